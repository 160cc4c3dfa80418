/* A search of many octets at a time: nearly all of what is reported is plain. */
#include "base/printable.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

size_t plain_length_plain(struct slice s)
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

#ifdef __SSE2__
enum { PART = 16 };

/* Bit i: octet i of the sixteen is not plain. */
static unsigned odd_octets(const uint8_t *octets)
{
    __m128i part = _mm_loadu_si128((const __m128i *)(const void *)octets);
    /* Signed: what is over 127 counts as less than a space too. */
    __m128i odd = _mm_cmplt_epi8(part, _mm_set1_epi8(' '));

    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(part, _mm_set1_epi8(0x7F)));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(part, _mm_set1_epi8('"')));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(part, _mm_set1_epi8('\\')));
    return (unsigned)_mm_movemask_epi8(odd);
}

size_t plain_length(struct slice s)
{
    if (s.len < PART)
        return plain_length_plain(s);
    for (size_t at = 0;; at += PART) {
        unsigned odd;

        /* The last sixteen, the first of which may have been looked at already. */
        if (at > s.len - PART)
            at = s.len - PART;
        odd = odd_octets(s.data + at);
        if (odd != 0)
            return at + (size_t)__builtin_ctz(odd);
        if (at == s.len - PART)
            return s.len;
    }
}
#else
size_t plain_length(struct slice s)
{
    return plain_length_plain(s);
}
#endif
