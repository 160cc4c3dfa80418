/* Time as the capture tells it: nanoseconds since 1970-01-01T00:00:00Z, never the clock's. */
#ifndef SMTPSCOPE_BASE_STAMP_H
#define SMTPSCOPE_BASE_STAMP_H

#include <stdint.h>

struct stamp {
    int64_t ns;
};

#define STAMP_SECOND INT64_C(1000000000)
#define STAMP_MILLISECOND INT64_C(1000000)

/* Nanoseconds from `from` to `to`; negative where the capture's time runs backwards. Saturates:
 * a hostile file may hold any two times. */
static inline int64_t stamp_between(struct stamp from, struct stamp to)
{
    int64_t difference;

    if (__builtin_sub_overflow(to.ns, from.ns, &difference))
        return to.ns > from.ns ? INT64_MAX : INT64_MIN;
    return difference;
}

#endif
