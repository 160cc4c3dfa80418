/* One loop over blocks of 64 octets, a bit an octet; how the bits are made differs by processor. Of
 * nearly all blocks it is enough to find the few octets that are no plain text. */
#include "base/lines.h"

#include <string.h>

#ifdef __SSE2__
#include <immintrin.h>
/* Distributions build for the first x86-64: what is newer is for this function alone, and asked
 * for when it runs. */
#define FOR_AVX2 __attribute__((target("avx2,popcnt,bmi")))
#endif

/* Bit i is for octet i. */
struct block {
    uint64_t lf;
    uint64_t cr;
    uint64_t dot;
    bool is_odd; /* has a NUL or an octet over 127 */
};

struct odd_octets {
    bool has_nul;
    uint64_t eight_bit;
};

static inline struct block block_plain(const uint8_t *octets)
{
    struct block block = { 0 };

    for (unsigned i = 0; i < LINES_BLOCK; i++) {
        block.lf |= (uint64_t)(octets[i] == '\n') << i;
        block.cr |= (uint64_t)(octets[i] == '\r') << i;
        block.dot |= (uint64_t)(octets[i] == '.') << i;
        block.is_odd = block.is_odd || octets[i] == 0 || octets[i] > 127;
    }
    return block;
}

static inline struct odd_octets odd_plain(const uint8_t *octets)
{
    struct odd_octets odd = { 0 };

    for (unsigned i = 0; i < LINES_BLOCK; i++) {
        odd.has_nul = odd.has_nul || octets[i] == 0;
        odd.eight_bit |= (uint64_t)(octets[i] > 127) << i;
    }
    return odd;
}

#ifdef __SSE2__
static inline uint64_t bits_sse2(__m128i octets)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(octets);
}

static inline struct block block_sse2(const uint8_t *octets)
{
    struct block block = { 0 };
    unsigned odd = 0;

#pragma GCC unroll 4
    for (unsigned i = 0; i < LINES_BLOCK; i += 16) {
        __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(octets + i));

        block.lf |= bits_sse2(_mm_cmpeq_epi8(part, _mm_set1_epi8('\n'))) << i;
        block.cr |= bits_sse2(_mm_cmpeq_epi8(part, _mm_set1_epi8('\r'))) << i;
        block.dot |= bits_sse2(_mm_cmpeq_epi8(part, _mm_set1_epi8('.'))) << i;
        /* As signed numbers, octets over 127 are under 0. */
        odd |= (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(part, _mm_set1_epi8(1)));
    }
    block.is_odd = odd != 0;
    return block;
}

static inline struct odd_octets odd_sse2(const uint8_t *octets)
{
    struct odd_octets odd = { 0 };

    for (unsigned i = 0; i < LINES_BLOCK; i += 16) {
        __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(octets + i));

        odd.has_nul |= bits_sse2(_mm_cmpeq_epi8(part, _mm_setzero_si128())) != 0;
        odd.eight_bit |= bits_sse2(part) << i;
    }
    return odd;
}

/* Octets up to CR, and those over 127, which are under 0 as signed numbers. */
static inline uint64_t low_sse2(const uint8_t *octets)
{
    uint64_t low = 0;

#pragma GCC unroll 4
    for (unsigned i = 0; i < LINES_BLOCK; i += 16) {
        __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(octets + i));

        low |= bits_sse2(_mm_cmplt_epi8(part, _mm_set1_epi8('\r' + 1))) << i;
    }
    return low;
}

FOR_AVX2 static inline uint64_t bits_avx2(__m256i low, __m256i high)
{
    return (uint64_t)(unsigned)_mm256_movemask_epi8(high) << 32 |
           (unsigned)_mm256_movemask_epi8(low);
}

FOR_AVX2 static inline struct block block_avx2(const uint8_t *octets)
{
    const __m256i lf = _mm256_set1_epi8('\n');
    const __m256i cr = _mm256_set1_epi8('\r');
    const __m256i dot = _mm256_set1_epi8('.');
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)octets);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(octets + 32));
    /* As signed numbers, octets over 127 are under 0. */
    __m256i plain = _mm256_cmpgt_epi8(_mm256_min_epi8(low, high), _mm256_setzero_si256());

    return (struct block){
        .lf = bits_avx2(_mm256_cmpeq_epi8(low, lf), _mm256_cmpeq_epi8(high, lf)),
        .cr = bits_avx2(_mm256_cmpeq_epi8(low, cr), _mm256_cmpeq_epi8(high, cr)),
        .dot = bits_avx2(_mm256_cmpeq_epi8(low, dot), _mm256_cmpeq_epi8(high, dot)),
        .is_odd = _mm256_movemask_epi8(plain) != -1,
    };
}

FOR_AVX2 static inline uint64_t low_avx2(const uint8_t *octets)
{
    const __m256i text = _mm256_set1_epi8('\r' + 1);
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)octets);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(octets + 32));

    return bits_avx2(_mm256_cmpgt_epi8(text, low), _mm256_cmpgt_epi8(text, high));
}

FOR_AVX2 static inline struct odd_octets odd_avx2(const uint8_t *octets)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)octets);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(octets + 32));
    __m256i none = _mm256_setzero_si256();

    return (struct odd_octets){
        .has_nul = bits_avx2(_mm256_cmpeq_epi8(low, none), _mm256_cmpeq_epi8(high, none)) != 0,
        .eight_bit = bits_avx2(low, high),
    };
}
#endif

/* The loop is written once, and comes out once for each of the means: inlined with a constant, it
 * has no choice left in it. */
#define ONE_OF_EACH static inline __attribute__((always_inline))

ONE_OF_EACH struct block block_of(enum lines_means means, const uint8_t *octets)
{
#ifdef __SSE2__
    if (means == LINES_AVX2)
        return block_avx2(octets);
    if (means == LINES_SSE2)
        return block_sse2(octets);
#else
    (void)means;
#endif
    return block_plain(octets);
}

ONE_OF_EACH struct odd_octets odd_of(enum lines_means means, const uint8_t *octets)
{
#ifdef __SSE2__
    if (means == LINES_AVX2)
        return odd_avx2(octets);
    if (means == LINES_SSE2)
        return odd_sse2(octets);
#else
    (void)means;
#endif
    return odd_plain(octets);
}

/* Not asked of LINES_PLAIN, which has no short way. */
ONE_OF_EACH uint64_t low_of(enum lines_means means, const uint8_t *octets)
{
#ifdef __SSE2__
    return means == LINES_AVX2 ? low_avx2(octets) : low_sse2(octets);
#else
    (void)means;
    (void)octets;
    return UINT64_MAX;
#endif
}

/* Bits under `size`, which is at most 64. */
static inline uint64_t under(size_t size)
{
    return size < LINES_BLOCK ? (UINT64_C(1) << size) - 1 : UINT64_MAX;
}

/* Ends the lines whose LFs these are. False, and nothing done, where the first is too long: the
 * others fit in a block. */
ONE_OF_EACH bool end_lines(struct lines *lines, uint64_t lf, size_t size)
{
    unsigned end = (unsigned)__builtin_ctzll(lf) + 1;
    uint64_t octets = lines->line_octets + end;

    if (octets > lines->longest_max)
        return false;
    if (octets > lines->longest)
        lines->longest = octets;
    lines->line_octets = size - (LINES_BLOCK - (unsigned)__builtin_clzll(lf));
    lines->count += (unsigned)__builtin_popcountll(lf);
    if (lines->longest >= LINES_BLOCK)
        return true;
    while ((lf &= lf - 1) != 0) {
        unsigned next = (unsigned)__builtin_ctzll(lf) + 1;

        if (next - end > lines->longest)
            lines->longest = next - end;
        end = next;
    }
    return true;
}

static inline void see_eight_bit(struct lines *lines, uint64_t eight_bit, size_t at)
{
    if (eight_bit == 0)
        return;
    if (lines->eight_bit == 0)
        lines->eight_bit_at = at + (unsigned)__builtin_ctzll(eight_bit);
    lines->eight_bit += (unsigned)__builtin_popcountll(eight_bit);
}

/* Passes `size` octets at `at`, the last of a block; fewer, and *is_over, where something ends the
 * passing. Returns how many. */
ONE_OF_EACH size_t pass_block(enum lines_means means, struct lines *lines, struct slice in,
                              size_t at, size_t size, bool *is_over)
{
    size_t over = LINES_BLOCK - size;
    const uint8_t *octets = in.data + at - over;
    struct block block = block_of(means, octets);
    struct odd_octets odd = { 0 };
    uint64_t lf = block.lf >> over;
    uint64_t cr = block.cr >> over;
    uint64_t dot = (lf << 1 | lines->is_at_start) & block.dot >> over;

    *is_over = true;
    if (((lf ^ (cr << 1 | lines->is_after_cr)) & under(size)) != 0)
        return 0;
    if (block.is_odd)
        odd = odd_of(means, octets);
    if (odd.has_nul)
        return 0;
    if (dot != 0 && lines->stops_at_dot) {
        size = (unsigned)__builtin_ctzll(dot);
        if (size == 0)
            return 0;
        lf &= under(size);
    } else {
        *is_over = false;
    }
    if (lf == 0)
        lines->line_octets += size;
    else if (!end_lines(lines, lf, size)) {
        *is_over = true;
        return 0;
    }
    see_eight_bit(lines, odd.eight_bit >> over & under(size), at);
    lines->is_at_start = (lf >> (size - 1) & 1) != 0;
    lines->is_after_cr = (cr >> (size - 1) & 1) != 0;
    return size;
}

/* Where the short way stands. */
struct standing {
    size_t begin; /* of the line, as an index; it wraps where the line began before the octets */
    uint64_t longest; /* longest_max at most */
    uint64_t count;
};

/* Ends the lines of a block, given its octets that are `low`. False where one of these is no CRLF
 * that lies in it, the line is too long, or a dot follows that the passing stops at. */
ONE_OF_EACH bool end_plain_lines(struct standing *now, const struct lines *lines,
                                 const uint8_t *octets, size_t at, uint64_t low)
{
    static const uint8_t crlf[2] = { '\r', '\n' };

    for (; low != 0; low &= low - 1, low &= low - 1) {
        unsigned cr = (unsigned)__builtin_ctzll(low);
        size_t next = at + cr + sizeof(crlf);

        if (cr > LINES_BLOCK - sizeof(crlf) || memcmp(octets + at + cr, crlf, sizeof(crlf)) != 0 ||
            (octets[next] == '.' && lines->stops_at_dot))
            return false;
        if (next - now->begin > now->longest) {
            if (next - now->begin > lines->longest_max)
                return false;
            now->longest = next - now->begin;
        }
        now->begin = next;
        now->count++;
    }
    return true;
}

/* What is left at the end of `in`, less than a block and an octet, where all of it is so plain and its
 * last two octets are text: no line ends there, so that an octet follows each that does. */
ONE_OF_EACH size_t pass_plain_rest(enum lines_means means, struct standing *now,
                                   const struct lines *lines, struct slice in, size_t at)
{
    uint64_t low = low_of(means, in.data + in.len - LINES_BLOCK);
    struct standing then = *now;

    if (at == in.len || low >> (LINES_BLOCK - 2) != 0 ||
        !end_plain_lines(&then, lines, in.data, at, low >> (LINES_BLOCK - (in.len - at))))
        return at;
    *now = then;
    return in.len;
}

/* The short way: passes blocks with nothing in them but text and whole CRLFs, and leaves the first
 * other one, which pass_block takes. It looks at one octet behind a block. */
ONE_OF_EACH size_t pass_plain_blocks(enum lines_means means, struct lines *lines, struct slice in,
                                     size_t at)
{
    struct standing now = { at - lines->line_octets, lines->longest, lines->count };

    if (now.longest > lines->longest_max)
        now.longest = lines->longest_max;
    if (lines->is_after_cr || (lines->is_at_start && in.data[at] == '.'))
        return at;
    for (; in.len - at > LINES_BLOCK; at += LINES_BLOCK) {
        struct standing then = now;

        if (!end_plain_lines(&then, lines, in.data, at, low_of(means, in.data + at)))
            break;
        now = then;
    }
    if (in.len - at <= LINES_BLOCK)
        at = pass_plain_rest(means, &now, lines, in, at);
    if (lines->count != now.count)
        lines->is_at_start = now.begin == at;
    else if (at - now.begin != lines->line_octets)
        lines->is_at_start = false;
    lines->line_octets = at - now.begin;
    if (lines->longest < now.longest)
        lines->longest = now.longest;
    lines->count = now.count;
    return at;
}

ONE_OF_EACH size_t pass(enum lines_means means, struct lines *state, struct slice in)
{
    struct lines lines = *state; /* in registers, as far as they go */
    bool is_over = in.len < LINES_BLOCK;
    size_t at = 0;

    while (!is_over && at <= in.len - LINES_BLOCK) {
        if (means != LINES_PLAIN)
            at = pass_plain_blocks(means, &lines, in, at);
        if (at <= in.len - LINES_BLOCK)
            at += pass_block(means, &lines, in, at, LINES_BLOCK, &is_over);
    }
    /* The last block begins with octets that were passed already. */
    if (!is_over && at < in.len)
        at += pass_block(means, &lines, in, at, in.len - at, &is_over);
    *state = lines;
    return at;
}

static size_t pass_plain(struct lines *lines, struct slice in)
{
    return pass(LINES_PLAIN, lines, in);
}

#ifdef __SSE2__
static size_t pass_sse2(struct lines *lines, struct slice in)
{
    return pass(LINES_SSE2, lines, in);
}

FOR_AVX2 static size_t pass_avx2(struct lines *lines, struct slice in)
{
    return pass(LINES_AVX2, lines, in);
}
#endif

bool lines_has(enum lines_means means)
{
#ifdef __SSE2__
    if (means == LINES_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") &&
               __builtin_cpu_supports("bmi");
    return means == LINES_PLAIN || means == LINES_SSE2;
#else
    return means == LINES_PLAIN;
#endif
}

size_t lines_pass_with(enum lines_means means, struct lines *lines, struct slice in)
{
#ifdef __SSE2__
    if (means == LINES_AVX2)
        return pass_avx2(lines, in);
    if (means == LINES_SSE2)
        return pass_sse2(lines, in);
#else
    (void)means;
#endif
    return pass_plain(lines, in);
}

size_t lines_pass(struct lines *lines, struct slice in)
{
    static enum lines_means best = LINES_MEANS_COUNT;

    if (best == LINES_MEANS_COUNT)
        best = lines_has(LINES_AVX2)   ? LINES_AVX2
               : lines_has(LINES_SSE2) ? LINES_SSE2
                                       : LINES_PLAIN;
    return lines_pass_with(best, lines, in);
}
