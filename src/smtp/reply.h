/* Puts the lines of a reply together (RFC 5321 4.2, 4.2.1). */
#ifndef SMTPSCOPE_SMTP_REPLY_H
#define SMTPSCOPE_SMTP_REPLY_H

#include "smtp/event.h"
#include "smtp/line.h"

/* RFC 5321 4.5.3.1.5: what a reply line has at most, CRLF included. */
enum { REPLY_LINE_OCTETS = 512 };

struct reply_line {
    size_t start; /* in `text` */
    size_t len;
};

/* A reply being read; complete between reply_take's PARSE_OK and reply_builder_reset. Hardly any
 * reply is still open when its segment has been read, so that one of these serves any number of
 * dialogues in turn. */
struct reply_builder {
    struct buf text; /* of all lines */
    struct reply_line *lines;
    struct slice *views; /* made of `lines` when the reply is complete */
    size_t line_room;
    size_t line_count;
    unsigned code;
    uint8_t code_text[3];
    struct enhanced_code enhanced;
    uint64_t octets;
    uint64_t longest_line;
    unsigned marks;
    enum line_end end;
    struct place begin;
    struct place last; /* of the line taken last */
    bool is_cut;
    bool is_open; /* a line has been taken and more must come */
};

struct reply_builder reply_builder_of(void);
void reply_builder_clear(struct reply_builder *reply);

/* Makes ready for the next reply, whose memory it keeps. */
void reply_builder_reset(struct reply_builder *reply);

/* One on the heap, ready: the idle one, where `idle` is not NULL and there is one. NULL: memory ran
 * out. */
struct reply_builder *reply_builder_take(struct reply_builder **idle);

/* Makes one that is ready go on with the reply that another has open, whose texts are left out. */
void reply_builder_go_on(struct reply_builder *reply, const struct reply_builder *open);

/* The caller needs it no longer: it is the idle one from now on, or freed. NULL is fine. */
void reply_builder_give(struct reply_builder *reply, struct reply_builder **idle);

/* The code that a reply line begins with: 0 where it has no three digits. `*text` is what follows
 * code and separator, `*separator` the separator: ' ', '-', another octet, or 0 at the line's end. */
static inline unsigned reply_line_code(struct slice line, struct slice *text, uint8_t *separator)
{
    const uint8_t *at = line.data;

    *text = line;
    *separator = 0;
    if (line.len < 3 || !ascii_is_digit(at[0]) || !ascii_is_digit(at[1]) || !ascii_is_digit(at[2]))
        return 0;
    *text = slice_of(at + 3, line.len - 3);
    if (text->len > 0) {
        *separator = at[3];
        if (*separator == ' ' || *separator == '-')
            *text = slice_of(at + 4, line.len - 4);
    }
    return (unsigned)(at[0] - '0') * 100 + (unsigned)(at[1] - '0') * 10 + (unsigned)(at[2] - '0');
}

/* Adds a line that has a code. PARSE_OK: it was the reply's last; PARSE_MORE: more must come. */
MUST_USE enum parse reply_take(struct reply_builder *reply, const struct line *line,
                               enum status *status);

/* Fills the reply part of an event. The slices live until reply_builder_reset. */
void reply_view(struct reply_builder *reply, struct smtp_event *event);

#endif
