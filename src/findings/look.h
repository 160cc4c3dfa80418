/* What the rules share: order of capture, what a record can be trusted for, what the server has
 * offered. */
#ifndef SMTPSCOPE_FINDINGS_LOOK_H
#define SMTPSCOPE_FINDINGS_LOOK_H

#include "session/record.h"

/* Captured earlier. Within one file its order counts, between files the time. */
bool place_is_before(struct place a, struct place b);

/* The entry's number: 1-based. */
static inline uint32_t entry_number(const struct session_record *record,
                                    const struct entry *entry)
{
    return (uint32_t)(entry - record->entries) + 1;
}

/* No hole in the capture has touched the entry. */
static inline bool entry_is_whole(const struct entry *entry)
{
    return !entry->is_doubtful && (entry->marks & MARK_AFTER_GAP) == 0;
}

/* A command or SASL line of which every octet is known, so that its syntax can be judged. */
bool entry_is_legible(const struct entry *entry);

/* The beginning of the dialogue was captured, from both sides. */
bool record_has_start(const struct session_record *record);

/* The connection's end was captured (a FIN, a RST, or a silence longer than anyone waits). */
bool record_has_end(const struct session_record *record);

/* Octets of this side were lost to the capture, or all of them. */
bool record_has_holes(const struct session_record *record, enum side side);

/* TLS was seen and what went through it was not. */
bool record_is_opaque(const struct session_record *record);

/* What reply number `n` says. 0, and a reply that has no code, is VERDICT_UNKNOWN. */
enum verdict record_verdict(const struct session_record *record, uint32_t n);

/* Number of the reply to a command, SASL or data entry; 0: none. */
uint32_t entry_answer(const struct entry *entry);

/* The reply is one line whose code stands alone: ends a session in good order or announces that it
 * ends (221, 421). */
bool record_was_dismissed(const struct session_record *record);

/* "the client", "the server", "both sides at once", "nobody". */
const char *closed_by_text(enum tcp_closed_by closed_by);

/* What the client knows of the server's extensions at a point of the dialogue. */
enum hello_kind {
    HELLO_UNKNOWN, /* none accepted yet, or not all of its reply was captured */
    HELLO_HELO,    /* no extensions */
    HELLO_EHLO,
};

struct hello {
    enum hello_kind kind;
    const struct entry *reply; /* HELLO_EHLO */
};

/* Carries the knowledge over one entry of the dialogue. */
void hello_step(struct hello *hello, const struct entry *entry);

/* What the dialogue's end knows; for contents, which nothing is said after. */
struct hello hello_at(const struct session_record *record, uint32_t n);

/* True where `keyword` was offered; `*arguments` (may be NULL) is what follows it. */
bool hello_offers(const struct hello *hello, const char *keyword, struct slice *arguments);

#endif
