/* A word-wise search: message content is read at the speed of memory, not a branch an octet. */
#include "base/octets.h"

#include <string.h>

#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))

/* The high bit of every octet that is zero; octets above one may be set wrongly, so that only
 * "none" and the lowest hit may be relied on. */
static uint64_t zero_octets(uint64_t word)
{
    return (word - EACH(0x01)) & ~word & EACH(0x80);
}

static bool is_special(uint8_t octet, enum octets_stop stop)
{
    return octet == '\r' || octet == '\n' || octet == 0 ||
           (stop == OCTETS_STOP_AT_8BIT && octet > 127);
}

size_t octets_find_special(struct slice s, size_t from, enum octets_stop stop)
{
    uint64_t high = stop == OCTETS_STOP_AT_8BIT ? EACH(0x80) : 0;
    size_t at = from;

    while (s.len >= sizeof(uint64_t) && at <= s.len - sizeof(uint64_t)) {
        uint64_t word;

        memcpy(&word, s.data + at, sizeof(word));
        if ((zero_octets(word) | zero_octets(word ^ EACH('\r')) | zero_octets(word ^ EACH('\n')) |
             (word & high)) != 0)
            break;
        at += sizeof(word);
    }
    while (at < s.len && !is_special(s.data[at], stop))
        at++;
    return at < s.len ? at : s.len;
}
