/* The machine's own clocks, in nanoseconds: for live captures and progress, never for what a capture
 * tells (base/stamp.h). */
#ifndef SMTPSCOPE_BASE_CLOCK_H
#define SMTPSCOPE_BASE_CLOCK_H

#include <time.h>

#include "base/stamp.h"

/* 0 where there is no such clock. */
static inline int64_t clock_ns(clockid_t clock)
{
    struct timespec now = { 0 };

    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * STAMP_SECOND + now.tv_nsec;
}

#endif
