/* Message content between DATA's 354 and the end of data: counted and checked as it passes, never
 * kept (RFC 5321 4.5.2, 4.1.1.4). */
#ifndef SMTPSCOPE_SMTP_CONTENT_H
#define SMTPSCOPE_SMTP_CONTENT_H

#include "smtp/lookalike.h"

/* Where the scanner stands between two line breaks. A break is any of enum line_break, so that the
 * look-alikes of the end of data are seen as a lenient reader would see them. */
enum content_state {
    CONTENT_TEXT,
    CONTENT_START, /* after a break (and NULs, perhaps) */
    CONTENT_DOT,   /* break, dot */
    CONTENT_DOT_CR,
    CONTENT_DOT_CRCR,
    CONTENT_CR,
    CONTENT_CRCR,
};

struct content_scanner {
    enum content_state state;
    enum line_break before; /* the break before the dot, or before this line */
    bool has_nul;           /* a NUL beside the dot */
    uint32_t nuls;          /* between the break and the dot, or what may be one */
    bool is_dot_stuffed;    /* this line began with a dot that is not message (RFC 5321 4.5.2) */
    bool is_chunk;          /* BDAT: its size ends it, nothing in it can (RFC 3030 2) */
    uint64_t offset;        /* octets as sent */
    uint64_t stuffed;       /* dots to leave out */
    uint64_t lines;
    uint64_t line_octets; /* of this line so far */
    uint64_t lost;
    bool previous_lf;    /* the line before this one ended in LF alone */
    uint64_t terminator; /* octets of the end of data, or of the look-alike, found last */
    bool dot_is_a_line;  /* `lines` counts the look-alike found last as a line of text */
    uint64_t dot_at;     /* offset of the dot that began this line */
    struct lookalike_watch watch;
    struct content_facts facts;
};

enum content_result {
    CONTENT_MORE,      /* all was taken */
    CONTENT_END,       /* CRLF . CRLF: *used octets in */
    CONTENT_LOOKALIKE, /* what some readers take for it: *used octets in; feed the rest to go on */
};

/* Content begins right after a command line's CRLF. */
void content_scanner_init(struct content_scanner *scanner, enum smtp_verb verb);

/* Goes on with the next BDAT chunk of a message: a line may go on, and CRLF be parted (RFC 3030 2). */
void content_scanner_next_chunk(struct content_scanner *scanner);

/* For CONTENT_LOOKALIKE, `*which` tells its form. */
enum content_result content_scan(struct content_scanner *scanner, struct slice in,
                                 const struct place *place, size_t *used, struct lookalike *which);

/* `missing` octets that the capture does not hold; where a line begins is not known after it. */
void content_gap(struct content_scanner *scanner, uint64_t missing);

/* Message octets so far, stuffed dots left out, and `terminator` octets of the end of data. */
uint64_t content_octets(const struct content_scanner *scanner, uint64_t terminator);

#endif
