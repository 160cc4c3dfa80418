/* Searching octets for what ends or breaks a line, many at a time. */
#ifndef SMTPSCOPE_BASE_OCTETS_H
#define SMTPSCOPE_BASE_OCTETS_H

#include "base/slice.h"

enum octets_stop {
    OCTETS_STOP_AT_BREAKS, /* CR, LF and NUL */
    OCTETS_STOP_AT_8BIT,   /* those, and every octet over 127 */
};

/* Index of the first such octet at or after `from`; s.len where there is none. */
size_t octets_find_special(struct slice s, size_t from, enum octets_stop stop);

/* How many octets are over 127. */
uint64_t octets_count_8bit(struct slice s);

#endif
