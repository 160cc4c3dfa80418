/* What the rules share: order of capture, what a record can be trusted for, what the server has
 * offered. */
#ifndef SMTPSCOPE_FINDINGS_LOOK_H
#define SMTPSCOPE_FINDINGS_LOOK_H

#include "findings/sentence.h"
#include "session/record.h"

/* Captured earlier. Within one file its order counts, between files the time. */
bool place_is_before(struct place a, struct place b);

/* The entry's number: 1-based. */
static inline uint32_t entry_number(const struct session_record *record, const struct entry *entry)
{
    return (uint32_t)(entry - record->entries) + 1;
}

/* No hole in the capture has touched the entry. */
static inline bool entry_is_whole(const struct entry *entry)
{
    return !entry->is_doubtful;
}

/* A command or SASL line of which every octet is known, so that its syntax can be judged. */
bool entry_is_legible(const struct entry *entry);

/* The beginning of the dialogue was captured, from both sides. */
bool record_has_start(const struct session_record *record);

/* The connection's end was captured (a FIN, a RST, or a silence longer than anyone waits). */
bool record_has_end(const struct session_record *record);

/* What TCP tells of one side. */
const struct tcp_direction *record_direction(const struct session_record *record, enum side side);

/* Octets of this side were lost to the capture, or all of them. */
bool record_has_holes(const struct session_record *record, enum side side);

/* TLS was seen and what went through it was not. */
bool record_is_opaque(const struct session_record *record);

/* What reply number `n` says. 0, and a reply that has no code, is VERDICT_UNKNOWN. */
enum verdict record_verdict(const struct session_record *record, uint32_t n);

/* The client closed at once, before it or the server had said anything: it looked whether the port is
 * open. */
bool record_is_port_check(const struct session_record *record);

/* Exim's extension that lets a client speak first, by the two names it has had. */
bool record_offers_early_pipelining(const struct session_record *record);

/* Number of the reply to a command, SASL or data entry; 0: none. */
uint32_t entry_answer(const struct entry *entry);

/* It must not be left without an answer. A BDAT's reply answers its octets; for QUIT's the client
 * only should wait (RFC 5321 4.1.1.10); a proxy's header has none where it is expected. */
bool entry_awaits_answer(const struct entry *entry);

/* Number of the first thing the client said that the server's TCP had not acknowledged to its end
 * when the connection ended: neither that nor anything later reached the server's software, if no
 * acknowledgement was lost. 0: none, or not known. */
uint32_t record_first_unreceived(const struct session_record *record);

/* The last reply, where it says that the server closes (221, 421); NULL: it does not. */
const struct entry *record_dismissal(const struct session_record *record);

/* How a message calls an entry: "MAIL", "a line that is no command", "an AUTH answer", "the
 * message", "a BDAT chunk", "reply 250". */
void sentence_add_entry(struct sentence *s, const struct entry *entry);

/* "the client", "the server", "both sides at once", "nobody". */
const char *closed_by_text(enum tcp_closed_by closed_by);

/* EHLO, HELO or LHLO. */
bool verb_says_hello(enum smtp_verb verb);

/* MAIL, and the obsolete SEND, SOML, SAML. */
bool verb_opens_transaction(enum smtp_verb verb);

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

/* True where `keyword` was offered; `*arguments` (may be NULL) is what follows it. */
bool hello_offers(const struct hello *hello, const char *keyword, struct slice *arguments);

/* The same for a name that was captured. */
bool hello_offers_name(const struct hello *hello, struct slice name);

#endif
