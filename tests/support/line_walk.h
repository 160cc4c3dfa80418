/* What lines_pass is held against: the same walk, octet by octet. */
#ifndef SMTPSCOPE_TESTS_SUPPORT_LINE_WALK_H
#define SMTPSCOPE_TESTS_SUPPORT_LINE_WALK_H

#include "base/lines.h"

/* Makes of `lines` what is to be known of octets that were passed; false where one of them may not be
 * passed over. */
static inline bool line_walk(struct lines *lines, struct slice passed)
{
    for (size_t i = 0; i < passed.len; i++) {
        uint8_t octet = passed.data[i];

        if ((octet == '\n') != lines->is_after_cr || octet == 0 ||
            (lines->stops_at_dot && lines->is_at_start && octet == '.'))
            return false;
        if (octet > 127 && lines->eight_bit++ == 0)
            lines->eight_bit_at = i;
        lines->line_octets++;
        lines->is_after_cr = octet == '\r';
        lines->is_at_start = octet == '\n';
        if (octet != '\n')
            continue;
        if (lines->line_octets > lines->longest_max)
            return false;
        lines->count++;
        if (lines->line_octets > lines->longest)
            lines->longest = lines->line_octets;
        lines->line_octets = 0;
    }
    return true;
}

#endif
