/* 64 bits at a time, or 256 where the processor has AVX2: RFC 1071 2(B) and (C), the sum comes out
 * the same in either byte order, and wider words may be summed with the carries folded in at the
 * end. */
#include "base/ones_sum.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "base/cursor.h"

enum { BLOCK = 64 };

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
enum { VECTOR = 32, VECTORS_MAX = 2048 };

/* What is kept of the last VECTOR octets where only the last few of them are to be summed: from the
 * place on that lies as many octets before the ones. */
static const uint8_t kept[2 * VECTOR] = {
    [VECTOR] = 0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
    0xFF,
};

#define AVX2 __attribute__((target("avx2"), always_inline)) static inline

AVX2 __m256i load(const uint8_t *octets)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)octets);
}

/* Sums of pairs of words, each word less 2^15: so it has a sign, as the multiplication by 1 that adds
 * the pairs takes it. */
AVX2 __m256i pairs(__m256i octets)
{
    return _mm256_madd_epi16(_mm256_xor_si256(octets, _mm256_set1_epi16(INT16_MIN)),
                             _mm256_set1_epi16(1));
}

/* What `count` vectors summed by pairs(), VECTORS_MAX of them at most, stand for. */
AVX2 uint64_t sum_of_pairs(__m256i sums, uint64_t count)
{
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    __m128i two = _mm_add_epi32(four, _mm_unpackhi_epi64(four, four));
    int32_t sum = _mm_cvtsi128_si32(two) + _mm_extract_epi32(two, 1);

    /* 2^15 of each of 16 words. */
    return (count << 19) + (uint64_t)(int64_t)sum;
}

/* `count` vectors, VECTORS_MAX at most, summed by pairs(). */
AVX2 __m256i sum_vectors(const uint8_t *at, size_t count)
{
    __m256i sum = _mm256_setzero_si256();

    for (size_t n = count / 4; n > 0; n--, at += 4 * VECTOR) {
        __m256i a = _mm256_add_epi32(pairs(load(at)), pairs(load(at + VECTOR)));
        __m256i b = _mm256_add_epi32(pairs(load(at + 2 * VECTOR)), pairs(load(at + 3 * VECTOR)));

        sum = _mm256_add_epi32(sum, _mm256_add_epi32(a, b));
    }
    for (size_t n = count % 4; n > 0; n--, at += VECTOR)
        sum = _mm256_add_epi32(sum, pairs(load(at)));
    return sum;
}

/* Of VECTOR octets at least, and of no more than VECTORS_MAX vectors have. Words that are left behind
 * the last whole vector are read together with those before them, which are then left out. */
__attribute__((target("avx2"))) static uint64_t sum_avx2(const uint8_t *octets, size_t len)
{
    size_t left = len % VECTOR & ~(size_t)1;
    size_t count = len / VECTOR;
    const uint8_t *end = octets + len / 2 * 2;
    __m256i sum = sum_vectors(octets, count);

    if (left > 0) {
        sum = _mm256_add_epi32(sum, pairs(_mm256_and_si256(load(end - VECTOR), load(kept + left))));
        count++;
    }
    return sum_of_pairs(sum, count) + (len % 2 != 0 ? *end : 0);
}

uint64_t ones_sum(struct slice octets)
{
    enum { PART = (VECTORS_MAX - 1) * VECTOR };
    const uint8_t *at = octets.data;
    size_t left = octets.len;
    uint64_t sum = 0;

    if (left < VECTOR || !__builtin_cpu_supports("avx2"))
        return ones_sum_plain(octets);
    for (; left >= PART + VECTOR; left -= PART, at += PART)
        sum = ones_sum_add(sum, sum_avx2(at, PART));
    return ones_sum_add(sum, sum_avx2(at, left));
}
#else
uint64_t ones_sum(struct slice octets)
{
    return ones_sum_plain(octets);
}
#endif
