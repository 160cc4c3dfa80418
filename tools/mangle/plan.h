/* What is done to a capture, step by step: from a command line, or by chance. */
#ifndef SMTPSCOPE_MANGLE_PLAN_H
#define SMTPSCOPE_MANGLE_PLAN_H

#include <stdio.h>

#include "mangle/frames.h"

enum { PLAN_STEPS_MAX = 12, PLAN_WRAPS_MAX = 8 };

struct step_kind;

struct plan_step {
    const struct step_kind *kind; /* NULL: wraps */
    double share;
    const struct wrap *wraps[PLAN_WRAPS_MAX]; /* innermost first */
    size_t wrap_count;
};

struct plan {
    uint64_t seed;
    struct plan_step steps[PLAN_STEPS_MAX];
    size_t count;
};

enum plan_harm { PLAN_HARMLESS, PLAN_ANY };

/* Adds what an option of the command line asks for; the option's name with its two dashes. False:
 * there is no such step, its value is none, or there are too many. */
bool plan_add(struct plan *plan, const char *option, const char *value);

/* One to six steps, drawn from the seed. Those that are harmless can be done to `frames` without
 * leaving any of them out. */
struct plan plan_random(uint64_t seed, enum plan_harm harm, const struct frames *frames);

bool plan_is_harmless(const struct plan *plan);

/* The command line's part that asks for this plan, without an end of line. */
void plan_print(const struct plan *plan, FILE *out);

/* Returns how many frames could not be wrapped, and are left out. */
size_t plan_apply(const struct plan *plan, struct frames *frames);

/* A line of help for each step but --wrap. */
void plan_help(FILE *out);

#endif
