/* What is kept of an entry while its session is open: as little as tells it, so that many sessions
 * fit in memory. It is made an entry when the session ends. */
#ifndef SMTPSCOPE_SESSION_NOTE_H
#define SMTPSCOPE_SESSION_NOTE_H

#include "session/record.h"

struct note_reply {
    int64_t latency_ns;
    int64_t ack_ns;
    uint64_t longest_line;
    const struct slice *lines;
    uint32_t line_count;
    uint16_t code;
    uint8_t code_text[3];
    bool was_repeated;
    struct enhanced_code enhanced;
};

/* Of most contents there is nothing to tell but their longest line. */
struct note_data {
    uint64_t lines;
    uint64_t lost_octets;
    uint64_t declared;
    uint64_t longest_line;
    const struct content_facts *facts; /* NULL: nothing else */
    uint32_t message;
    bool is_last;
    bool is_complete;
};

/* In the session's arena, and so never moved. */
struct note {
    struct note *previous;
    const struct place *begin; /* NULL: `place` */
    struct stamp at;           /* these three are its place */
    uint64_t frame;
    uint32_t capture;
    uint32_t n; /* of its entry; 0: it is not kept */
    uint64_t octets;
    uint32_t sequence; /* notes are few, so that of none of them is higher */
    uint32_t partner;  /* n of the reply that answers it, or of what it answers as a reply */
    uint16_t marks;    /* enum mark, ORed */
    uint8_t kind;      /* enum entry_kind */
    uint8_t from;      /* enum side */
    uint8_t verb;      /* enum smtp_verb */
    uint8_t end;       /* enum line_end */
    bool is_cut;
    union {
        struct slice line; /* ENTRY_COMMAND, ENTRY_SASL */
        struct note_reply *reply;
        struct note_data *data;
        struct {
            const uint8_t *detail;
            uint32_t detail_len;
            uint8_t event; /* enum tls_event */
        } tls;
    };
};

static inline struct place note_place(const struct note *note)
{
    return (struct place){ .at = note->at, .frame = note->frame, .capture = note->capture };
}

#endif
