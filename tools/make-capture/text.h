/* The text that messages are made of: lines, some of which begin with a (stuffed) dot. */
#ifndef SMTPSCOPE_MAKE_CAPTURE_TEXT_H
#define SMTPSCOPE_MAKE_CAPTURE_TEXT_H

#include "base/slice.h"
#include "make-capture/random.h"

struct text;

/* Whole lines, a part of one block. */
struct text_cut {
    struct slice octets;
    uint32_t dots; /* lines that begin with a stuffed dot */
};

struct text *text_new(uint64_t seed);
void text_free(struct text *text);

/* A line to begin at. */
uint32_t text_pick(const struct text *text, struct random *r);

/* Lines from `*line` on, at least one, up to `most` octets if that holds one, no further than the
 * block's end. Moves `*line` on; after the last comes the first. */
struct text_cut text_cut(const struct text *text, uint32_t *line, size_t most);

#endif
