/* Wide searches: message content is read at the speed of memory, not a branch an octet. */
#include "base/octets.h"

#include <endian.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))

#ifndef __SSE2__
/* The high bit of every octet that is zero; octets above one may be set wrongly, so that only
 * "none" and the lowest hit may be relied on. */
static uint64_t zero_octets(uint64_t word)
{
    return (word - EACH(0x01)) & ~word & EACH(0x80);
}
#endif

static bool is_special(uint8_t octet, enum octets_stop stop)
{
    return octet == '\r' || octet == '\n' || octet == 0 ||
           (stop == OCTETS_STOP_AT_8BIT && octet > 127);
}

static uint64_t load(struct slice s, size_t at)
{
    uint64_t word;

    memcpy(&word, s.data + at, sizeof(word));
    return word;
}

/* One octet at a time. */
static size_t find_plain(struct slice s, size_t at, enum octets_stop stop)
{
    while (at < s.len && !is_special(s.data[at], stop))
        at++;
    return at;
}

#ifdef __SSE2__
/* Bit i: octet i of the 16 at `at` is special. */
static unsigned specials(struct slice s, size_t at, enum octets_stop stop)
{
    __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(s.data + at));
    __m128i found = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(part, _mm_set1_epi8('\r')),
                                              _mm_cmpeq_epi8(part, _mm_set1_epi8('\n'))),
                                 _mm_cmpeq_epi8(part, _mm_setzero_si128()));

    if (stop == OCTETS_STOP_AT_8BIT)
        found = _mm_or_si128(found, part);
    return (unsigned)_mm_movemask_epi8(found);
}

size_t octets_find_special(struct slice s, size_t from, enum octets_stop stop)
{
    unsigned found = 0;
    size_t at = from;

    if (from >= s.len)
        return s.len;
    if (s.len < 16)
        return find_plain(s, from, stop);
    for (; found == 0 && at <= s.len - 16; at += 16)
        found = specials(s, at, stop);
    if (found != 0)
        return at - 16 + (unsigned)__builtin_ctz(found);
    if (at == s.len)
        return s.len;
    /* The last 16 octets, without those that were looked at already. */
    found = specials(s, s.len - 16, stop) >> (at - (s.len - 16));
    return found == 0 ? s.len : at + (unsigned)__builtin_ctz(found);
}
#else
size_t octets_find_special(struct slice s, size_t from, enum octets_stop stop)
{
    uint64_t high = stop == OCTETS_STOP_AT_8BIT ? EACH(0x80) : 0;
    size_t at = from;

    if (from >= s.len)
        return s.len;
    for (; s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t word = load(s, at);

        if ((zero_octets(word) | zero_octets(word ^ EACH('\r')) | zero_octets(word ^ EACH('\n')) |
             (word & high)) != 0)
            break;
    }
    return find_plain(s, at, stop);
}
#endif

#ifdef __SSE2__
/* Bit i: octet i of the 16 at `at` is one of the two. */
static unsigned eithers(struct slice s, size_t at, __m128i one, __m128i other)
{
    __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(s.data + at));

    return (unsigned)_mm_movemask_epi8(
        _mm_or_si128(_mm_cmpeq_epi8(part, one), _mm_cmpeq_epi8(part, other)));
}
#endif

size_t octets_find_either(struct slice s, uint8_t one, uint8_t other)
{
    size_t at = 0;

#ifdef __SSE2__
    __m128i ones = _mm_set1_epi8((char)one);
    __m128i others = _mm_set1_epi8((char)other);

    for (; s.len - at >= 16; at += 16) {
        unsigned found = eithers(s, at, ones, others);

        if (found != 0)
            return at + (unsigned)__builtin_ctz(found);
    }
    /* The last step looks at some octets again, which are neither. */
    if (at > 0) {
        unsigned found = eithers(s, s.len - 16, ones, others);

        return found == 0 ? s.len : s.len - 16 + (unsigned)__builtin_ctz(found);
    }
#endif
    while (at < s.len && s.data[at] != one && s.data[at] != other)
        at++;
    return at;
}

/* The high bit of every octet that is under 14 or over 127; octets above one may be set wrongly. */
static uint64_t low_in_word(uint64_t word)
{
    return ((word - EACH('\r' + 1)) | word) & EACH(0x80);
}

#ifdef __SSE2__
/* Bit i: octet i of the 16 at `at` is so. */
static unsigned low_in_16(struct slice s, size_t at)
{
    __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(s.data + at));

    /* As signed numbers, octets over 127 are under 0 already; the sum's sign tells both. */
    return (unsigned)_mm_movemask_epi8(_mm_adds_epi8(part, _mm_set1_epi8(-('\r' + 1))));
}
#endif

/* The last step looks at some octets again, which are not low. */
size_t octets_find_low(struct slice s)
{
    size_t at = 0;

#ifdef __SSE2__
    for (; s.len - at >= 16; at += 16) {
        unsigned low = low_in_16(s, at);

        if (low != 0)
            return at + (unsigned)__builtin_ctz(low);
    }
    if (at > 0) {
        unsigned low = low_in_16(s, s.len - 16);

        return low == 0 ? s.len : s.len - 16 + (unsigned)__builtin_ctz(low);
    }
#endif
    for (; s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t low = low_in_word(le64toh(load(s, at)));

        if (low != 0)
            return at + (unsigned)__builtin_ctzll(low) / 8;
    }
    if (at > 0) {
        uint64_t low = low_in_word(le64toh(load(s, s.len - sizeof(low))));

        return low == 0 ? s.len : s.len - sizeof(low) + (unsigned)__builtin_ctzll(low) / 8;
    }
    while (at < s.len && s.data[at] > '\r' && s.data[at] <= 127)
        at++;
    return at;
}

uint64_t octets_count_8bit(struct slice s)
{
    uint64_t count = 0;
    size_t at = 0;

    for (; s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t))
        count += (uint64_t)__builtin_popcountll(load(s, at) & EACH(0x80));
    for (; at < s.len; at++)
        count += s.data[at] > 127;
    return count;
}
