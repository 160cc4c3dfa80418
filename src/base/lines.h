/* Passing over lines that nothing is wrong with, 64 octets at a time. */
#ifndef SMTPSCOPE_BASE_LINES_H
#define SMTPSCOPE_BASE_LINES_H

#include "base/slice.h"

enum { LINES_BLOCK = 64 };

/* Where the reading of lines stands, and what was seen of them. */
struct lines {
    bool is_at_start; /* of a line */
    bool is_after_cr;
    bool stops_at_dot;    /* where one begins a line */
    uint64_t line_octets; /* of the line that the reading stands in */
    uint64_t longest_max; /* a longer line is not passed over; LINES_BLOCK at least */
    uint64_t longest;     /* line, its CRLF counted; raised, never lowered */
    uint64_t count;       /* of lines that ended; added to */
    uint64_t eight_bit;   /* octets over 127; added to */
    size_t eight_bit_at;  /* the first of this call, where `eight_bit` was 0 before it */
};

/* Passes over octets for as long as LF stands behind CR and nowhere else, and CR before LF, no NUL
 * is there, no line is longer than it may be, and, where wanted, none begins with a dot. Returns how
 * many were passed: up to that dot exactly, up to at most a block before anything else. `in` has at
 * least LINES_BLOCK octets. Of a CR at the end of `in` all that can be said is is_after_cr. */
size_t lines_pass(struct lines *lines, struct slice in);

/* With what a block is looked at: lines_pass takes the fastest that the processor has. */
enum lines_means {
    LINES_PLAIN, /* C, an octet at a time: with it the others must agree */
    LINES_SSE2,
    LINES_AVX2,
    LINES_MEANS_COUNT,
};

bool lines_has(enum lines_means means);

/* The same as lines_pass, with means that the processor has: how far they pass may differ by a block. */
size_t lines_pass_with(enum lines_means means, struct lines *lines, struct slice in);

#endif
