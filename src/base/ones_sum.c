/* 64 bits at a time, or 512 where the processor has AVX2: RFC 1071 2(B) and (C), the sum comes out
 * the same in either byte order, and wider words may be summed with the carries folded in at the
 * end. */
#include "base/ones_sum.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "base/cursor.h"

enum { BLOCK = 64, WIDE_MIN = 4 * BLOCK };

uint64_t ones_sum_plain(struct slice octets)
{
    struct cursor in = cursor_of(octets);
    uint64_t sum = 0;
    uint64_t carries = 0;

    while (cursor_left(&in) >= BLOCK) {
        struct cursor block = cursor_of(slice_of(cursor_take(&in, BLOCK).data, BLOCK));

#pragma GCC unroll 8
        for (unsigned i = 0; i < BLOCK / 8; i++)
            carries += __builtin_add_overflow(sum, cursor_u64le(&block), &sum);
    }
    while (cursor_left(&in) >= 8)
        carries += __builtin_add_overflow(sum, cursor_u64le(&in), &sum);
    if (cursor_left(&in) >= 4)
        sum = ones_sum_add(sum, cursor_u32le(&in));
    for (unsigned shift = 0; cursor_left(&in) > 0; shift += 8)
        sum = ones_sum_add(sum, (uint64_t)cursor_u8(&in) << shift);
    return ones_sum_add(sum, carries);
}

#ifdef __SSE2__
/* Whole blocks. 64 bits hold the sum of 2^32 words of 32: no slice has as many. */
__attribute__((target("avx2"))) static uint64_t sum_blocks(struct slice blocks)
{
    const __m256i low_half = _mm256_set1_epi64x(UINT32_MAX);
    __m256i low = _mm256_setzero_si256();
    __m256i high = _mm256_setzero_si256();
    uint64_t sums[4];

    for (size_t at = 0; at < blocks.len; at += BLOCK) {
        const uint8_t *octets = blocks.data + at;
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)octets);
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(octets + 32));

        low = _mm256_add_epi64(low, _mm256_and_si256(a, low_half));
        high = _mm256_add_epi64(high, _mm256_srli_epi64(a, 32));
        low = _mm256_add_epi64(low, _mm256_and_si256(b, low_half));
        high = _mm256_add_epi64(high, _mm256_srli_epi64(b, 32));
    }
    /* Halves of 32 bits weigh the same: 2^32 leaves 1 by 65535. */
    _mm256_storeu_si256((__m256i *)(void *)sums, _mm256_add_epi64(low, high));
    return sums[0] + sums[1] + sums[2] + sums[3];
}

uint64_t ones_sum(struct slice octets)
{
    size_t whole = octets.len & ~(size_t)(BLOCK - 1);

    if (octets.len < WIDE_MIN || !__builtin_cpu_supports("avx2"))
        return ones_sum_plain(octets);
    return ones_sum_add(sum_blocks(slice_part(octets, 0, whole)),
                        ones_sum_plain(slice_from(octets, whole)));
}
#else
uint64_t ones_sum(struct slice octets)
{
    return ones_sum_plain(octets);
}
#endif
