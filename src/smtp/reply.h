/* Puts the lines of a reply together (RFC 5321 4.2, 4.2.1). */
#ifndef SMTPSCOPE_SMTP_REPLY_H
#define SMTPSCOPE_SMTP_REPLY_H

#include "smtp/event.h"
#include "smtp/line.h"

struct reply_line {
    size_t start; /* of its text in `text` */
    size_t len;
};

/* Where the lines of a reply are put together. Hardly any reply is still open when its segment has
 * been read, so that one of these serves any number of dialogues in turn. */
struct reply_text {
    struct buf octets;
    struct reply_line *lines;
    struct slice *views; /* made of `lines` when the reply is complete */
    size_t line_room;
};

void reply_text_free(struct reply_text *text);

/* A reply being read; complete between reply_take's PARSE_OK and
 * reply_builder_clear. */
struct reply_builder {
    struct reply_text *text;   /* NULL before the first line */
    struct reply_text **spare; /* where one that lies idle is, shared; NULL: none is shared */
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

/* Makes ready for the next reply. What it gives back is at hand for the next one, of whatever
 * session; a session between two replies needs none. */
void reply_builder_clear(struct reply_builder *reply);

/* The code that a reply line begins with: 0 where it has no three digits. `*text` is what follows
 * code and separator, `*separator` the separator: ' ', '-', another octet, or 0 at the line's end. */
unsigned reply_line_code(struct slice line, struct slice *text, uint8_t *separator);

/* Adds a line that has a code. PARSE_OK: it was the reply's last; PARSE_MORE: more must come. */
MUST_USE enum parse reply_take(struct reply_builder *reply, const struct line *line,
                               enum status *status);

/* Fills the reply part of an event. The slices live until reply_builder_clear. */
void reply_view(struct reply_builder *reply, struct smtp_event *event);

#endif
