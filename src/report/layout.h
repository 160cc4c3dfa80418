/* Paragraphs for a terminal: text is gathered piece by piece, then wrapped at words to the columns,
 * the lines after the first hanging below where the paragraph said. Colour only where it is wanted.
 *
 * Every octet that is given to a layout is escaped or our own: nothing else is written. */
#ifndef SMTPSCOPE_REPORT_LAYOUT_H
#define SMTPSCOPE_REPORT_LAYOUT_H

#include <stdio.h>

#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"

/* What a piece of text is, from which its colour follows. */
enum role {
    ROLE_PLAIN,
    ROLE_DIM,
    ROLE_STRONG,
    ROLE_GOOD,
    ROLE_NOTE,
    ROLE_WARN,
    ROLE_BAD,
    ROLE_COUNT,
};

enum {
    LAYOUT_COLUMNS_MIN = 40,
    LAYOUT_COLUMNS_MAX = 400,
    LAYOUT_PROSE_MAX = 100, /* longer lines of prose are hard to read */
    LAYOUT_RUNS_MAX = 64,   /* pieces of one paragraph that differ in role */
};

struct layout_run {
    size_t at; /* where in the text it begins */
    enum role role;
};

struct layout {
    FILE *out; /* the caller's */
    unsigned columns;
    bool in_colour;
    struct buf text; /* of the open paragraph */
    struct layout_run runs[LAYOUT_RUNS_MAX];
    size_t run_count;
    size_t fixed;       /* octets at the start that are never broken */
    size_t hang;        /* columns before each line but the first */
    uint64_t dropped;   /* octets of the open paragraph past its limit */
    enum status status; /* latched */
    int error;          /* errno of the failure */
};

/* `columns` is taken to the nearest that a layout can do. */
struct layout layout_of(FILE *out, unsigned columns, bool in_colour);
void layout_clear(struct layout *l);

/* Our own text, or what has been escaped already: valid UTF-8, no controls. */
void layout_text(struct layout *l, enum role role, const char *text);
void layout_piece(struct layout *l, enum role role, struct slice text);
void layout_format(struct layout *l, enum role role, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Text of the catalogue or of a file of the user's, and captured octets: both are escaped. */
void layout_foreign(struct layout *l, enum role role, const char *text);
void layout_wire(struct layout *l, enum role role, struct slice octets);

/* The same, cut after `most` octets with an ellipsis. */
void layout_wire_cut(struct layout *l, enum role role, struct slice octets, size_t most);

/* Columns that the open paragraph takes in one line. */
size_t layout_column(const struct layout *l);

/* Spaces up to `column`; none where the text is there already. */
void layout_pad(struct layout *l, size_t column);

/* Spaces before, so that `text` ends at `column`. */
void layout_right(struct layout *l, enum role role, const char *text, size_t column);

/* What stands now is never broken, and later lines begin below what follows. */
void layout_hang(struct layout *l);

/* The same, but later lines begin at `column`. */
void layout_hang_at(struct layout *l, size_t column);

/* Writes the paragraph, wrapped to the columns or, by layout_end_prose, to what reads well. */
void layout_end(struct layout *l);
void layout_end_prose(struct layout *l);

/* Writes the paragraph as one line, however long. */
void layout_end_unbroken(struct layout *l);

void layout_blank(struct layout *l);

/* A line across the columns. */
void layout_rule(struct layout *l);

#endif
