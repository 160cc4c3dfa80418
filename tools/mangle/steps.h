/* What can be done to a capture. Private to mangle. Each takes a share, 0 to 1, of what it works on,
 * and draws from `r` alone, so that the same seed gives the same octets. */
#ifndef SMTPSCOPE_MANGLE_STEPS_H
#define SMTPSCOPE_MANGLE_STEPS_H

#include "make-capture/random.h"
#include "mangle/frames.h"

/* Harmless: a reader that knows IP and TCP sees the same dialogue. */
void step_split(struct frames *frames, double share, struct random *r);
void step_fragment(struct frames *frames, double share, struct random *r);
void step_duplicate(struct frames *frames, double share, struct random *r);
void step_reorder(struct frames *frames, double share, struct random *r);

/* Harmful. */
void step_tiny(struct frames *frames, double share, struct random *r);
void step_overlap(struct frames *frames, double share, struct random *r);
void step_shuffle(struct frames *frames, double share, struct random *r);
void step_drop(struct frames *frames, double share, struct random *r);
void step_flip(struct frames *frames, double share, struct random *r);
void step_cut(struct frames *frames, double share, struct random *r);
void step_snap(struct frames *frames, double share, struct random *r);
void step_cut_file(struct frames *frames, double share, struct random *r);

#endif
