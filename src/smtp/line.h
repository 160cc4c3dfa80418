/* Cuts a stream into lines at LF, whatever the pieces it arrives in. */
#ifndef SMTPSCOPE_SMTP_LINE_H
#define SMTPSCOPE_SMTP_LINE_H

#include "base/buf.h"
#include "smtp/event.h"

/* A line that came in part. */
struct begun_line {
    struct buf kept;     /* at most LIMIT_LINE_KEPT */
    uint64_t length;     /* octets of the line so far, those not kept included; 0: it is over */
    struct place begin;  /* of its first octet */
    struct place latest; /* of the octets fed last */
    uint8_t last;        /* the octet fed last */
    bool is_doubtful;    /* a hole lies in it */
};

/* Nearly every line lies whole in what is fed, so that nothing is kept of it. */
struct line_reader {
    struct begun_line *begun; /* NULL between two lines, or until the next is fed */
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
    return reader->begun == NULL || reader->begun->length == 0;
}

/* Octets of the line that the next octet goes on with; 0 where it begins one. */
static inline uint64_t line_reader_length(const struct line_reader *reader)
{
    return line_reader_is_at_start(reader) ? 0 : reader->begun->length;
}

/* What is kept of that line. */
struct slice line_reader_kept(const struct line_reader *reader);

/* A hole comes next: the line that goes on behind it, if one does, is doubtful. */
void line_reader_doubt(struct line_reader *reader);

MUST_USE enum status line_reader_copy(struct line_reader *to, const struct line_reader *from);

/* Octets of the line that `in` begins with where it lies there whole, ends in CRLF, and has nothing
 * but text in it, hence nothing that is worth a mark: nearly every line. One search tells all that.
 * 0: it may be another. */
size_t line_plain(struct slice in);

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
