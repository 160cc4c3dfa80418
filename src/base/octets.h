/* Searching octets for what ends or breaks a line, many at a time. */
#ifndef SMTPSCOPE_BASE_OCTETS_H
#define SMTPSCOPE_BASE_OCTETS_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/slice.h"

enum octets_stop {
    OCTETS_STOP_AT_BREAKS, /* CR, LF and NUL */
    OCTETS_STOP_AT_8BIT,   /* those, and every octet over 127 */
};

/* Index of the first such octet at or after `from`; s.len where there is none. */
size_t octets_find_special(struct slice s, size_t from, enum octets_stop stop);

/* How many octets are over 127. */
uint64_t octets_count_8bit(struct slice s);

enum { OCTETS_BLOCK = 64 };

/* Where the line ends of OCTETS_BLOCK octets are, bit i for octet i, and what else is in them. */
struct octets_block {
    uint64_t lf;
    uint64_t cr;
    bool has_nul;
    bool has_8bit;
};

/* The block at `at`, all of which must be there. The plain one is for machines without SSE2. */
struct octets_block octets_block_plain(struct slice s, size_t at);

#ifdef __SSE2__
/* Inline: message content passes through it, 64 octets a call. */
static inline struct octets_block octets_block_of(struct slice s, size_t at)
{
    const __m128i lf = _mm_set1_epi8('\n');
    const __m128i cr = _mm_set1_epi8('\r');
    __m128i lowest = _mm_set1_epi8(-1);
    __m128i any = _mm_setzero_si128();
    struct octets_block block = { 0 };

#pragma GCC unroll 4
    for (unsigned i = 0; i < OCTETS_BLOCK; i += 16) {
        __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(s.data + at + i));
        uint64_t lfs = (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(part, lf));
        uint64_t crs = (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(part, cr));

        block.lf |= lfs << i;
        block.cr |= crs << i;
        lowest = _mm_min_epu8(lowest, part);
        any = _mm_or_si128(any, part);
    }
    block.has_nul = _mm_movemask_epi8(_mm_cmpeq_epi8(lowest, _mm_setzero_si128())) != 0;
    block.has_8bit = _mm_movemask_epi8(any) != 0;
    return block;
}
#else
static inline struct octets_block octets_block_of(struct slice s, size_t at)
{
    return octets_block_plain(s, at);
}
#endif

#endif
