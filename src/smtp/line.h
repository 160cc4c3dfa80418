/* Cuts a stream into lines at LF, whatever the pieces it arrives in. */
#ifndef SMTPSCOPE_SMTP_LINE_H
#define SMTPSCOPE_SMTP_LINE_H

#include "base/buf.h"
#include "smtp/event.h"

/* A line being read. `kept` is empty while a line lies whole in what was fed. */
struct line_reader {
    struct buf kept;     /* at most LIMIT_LINE_KEPT */
    uint64_t length;     /* octets of the line so far, those not kept included */
    struct place begin;  /* of its first octet, where length > 0 */
    struct place latest; /* of the octets fed last */
    uint8_t last;        /* the octet fed last, where length > 0 */
    bool is_doubtful;    /* a hole lies in it */
};

struct line {
    struct slice text; /* without its end; valid until the reader is fed again */
    uint64_t octets;   /* on the wire, end included */
    enum line_end end;
    unsigned marks; /* MARK_BARE_LF, MARK_BARE_CR, MARK_NUL, MARK_8BIT, MARK_AFTER_GAP */
    struct place begin;
    struct place last; /* of the octets that ended it */
    bool is_cut;       /* more came than is kept */
};

struct line_reader line_reader_of(void);
void line_reader_clear(struct line_reader *reader);

/* True where the next octet begins a line. */
static inline bool line_reader_is_at_start(const struct line_reader *reader)
{
    return reader->length == 0;
}

/* Reads from `in`; `*used` octets were taken. PARSE_OK: `*out` is a whole line; feed the rest
 * again. PARSE_MORE: all was taken and the line goes on. `*status` is set where memory ran out. */
MUST_USE enum parse line_reader_feed(struct line_reader *reader, struct slice in,
                                     struct place place, size_t *used, struct line *out,
                                     enum status *status);

/* Ends the line as it stands: LINE_END_CR where a CR is its last octet, else LINE_END_NONE. False
 * where nothing was begun. */
bool line_reader_finish(struct line_reader *reader, struct line *out);

/* The last octet fed was a CR, and no LF has followed yet. */
bool line_reader_ends_in_cr(const struct line_reader *reader);

#endif
