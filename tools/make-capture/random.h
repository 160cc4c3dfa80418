/* A small generator of numbers that are the same on every machine (splitmix64). */
#ifndef SMTPSCOPE_MAKE_CAPTURE_RANDOM_H
#define SMTPSCOPE_MAKE_CAPTURE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

/* Every session draws from a stream of its own, so that it is the same whatever runs beside it. */
struct random random_of(uint64_t seed, uint64_t stream);

uint64_t random_next(struct random *r);

/* From 0 to n - 1; 0 where n is 0. */
uint32_t random_below(struct random *r, uint32_t n);

/* From `low` to `high`, both included. */
uint32_t random_between(struct random *r, uint32_t low, uint32_t high);

/* True with the probability `share`, 0 to 1. */
bool random_chance(struct random *r, double share);

void random_fill(struct random *r, uint8_t *to, size_t n);

#endif
