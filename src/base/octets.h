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

/* Index of the first octet that is no plain text: under 14, as CR, LF, NUL and the tab are, or over
 * 127; s.len where there is none. In most lines that is their CR, and found sooner than by the above. */
size_t octets_find_low(struct slice s);

/* Index of the first octet that is one of two; s.len where there is none. */
size_t octets_find_either(struct slice s, uint8_t one, uint8_t other);

/* How many octets are over 127. */
uint64_t octets_count_8bit(struct slice s);

#endif
