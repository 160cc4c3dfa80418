/* Picks a few fields out of a message's header section as it passes: RFC 5322 2.2, read no further
 * than the empty line. Their bodies are kept as sent, folds included. */
#ifndef SMTPSCOPE_SMTP_HEADER_H
#define SMTPSCOPE_SMTP_HEADER_H

#include "base/buf.h"
#include "smtp/event.h"

enum header_state {
    HEADER_NAME,  /* at the start of a line, or inside a field's name */
    HEADER_BODY,  /* inside the body of a field that is kept */
    HEADER_OTHER, /* inside a line that is not */
    HEADER_DONE,
};

enum { HEADER_NAME_MAX = 12 };

struct header_reader {
    enum header_state state;
    uint8_t name[HEADER_NAME_MAX]; /* of the line being read */
    uint8_t name_len;
    bool was_kept; /* the line before belongs to `field`: a fold goes on with it */
    enum header_field field;
    uint32_t octets; /* read so far; LIMIT_HEADER_KEPT ends it */
    struct buf kept; /* the bodies, one after the other as they came */
    struct header_place {
        uint32_t begin; /* in `kept` */
        uint32_t len;
        bool is_there; /* the first of each name is kept */
    } bodies[HEADER_FIELD_COUNT];
};

struct header_reader header_reader_of(void);

/* Makes ready for the next message, and keeps the memory. */
void header_reader_reset(struct header_reader *reader);
void header_reader_clear(struct header_reader *reader);

/* Reads the next octets of the content, whatever the pieces. */
MUST_USE enum status header_read(struct header_reader *reader, struct slice in);

/* The octets after a hole are not looked at. */
void header_gap(struct header_reader *reader);

/* The body of a field, blanks and line ends at both ends left out; empty where it was not seen. */
struct slice header_body(const struct header_reader *reader, enum header_field field);

#endif
