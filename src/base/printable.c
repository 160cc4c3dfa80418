/* A word-wise search: nearly all of what is reported is plain. */
#include "base/printable.h"

#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))

/* The high bit of every octet that is zero; octets above one may be set wrongly, so that only
 * "none" may be relied on. */
static uint64_t zero_octets(uint64_t word)
{
    return (word - EACH(0x01)) & ~word & EACH(0x80);
}

static bool is_plain_word(uint64_t word)
{
    uint64_t high = word & EACH(0x80);
    uint64_t control = (word - EACH(0x20)) & ~word & EACH(0x80);

    return (high | control | zero_octets(word ^ EACH('"')) | zero_octets(word ^ EACH('\\')) |
            zero_octets(word ^ EACH(0x7F))) == 0;
}

size_t plain_length(struct slice s)
{
    size_t n = 0;

    while (s.len - n >= sizeof(uint64_t)) {
        uint64_t word;

        memcpy(&word, s.data + n, sizeof(word));
        if (!is_plain_word(word))
            break;
        n += sizeof(word);
    }
    while (n < s.len && octet_is_plain(s.data[n]))
        n++;
    return n;
}
