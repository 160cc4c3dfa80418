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

/* Added, it brings octets up to CR under 0; those over 127 are under 0 as signed numbers. The sign of
 * the sum tells both, in one step where a comparison takes two. */
enum { LESS_THAN_TEXT = -('\r' + 1) };

static inline uint64_t low_sse2(const uint8_t *octets)
{
    uint64_t low = 0;

#pragma GCC unroll 4
    for (unsigned i = 0; i < LINES_BLOCK; i += 16) {
        __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(octets + i));

        low |= bits_sse2(_mm_adds_epi8(part, _mm_set1_epi8(LESS_THAN_TEXT))) << i;
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
    const __m256i less = _mm256_set1_epi8(LESS_THAN_TEXT);
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)octets);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(octets + 32));

    return bits_avx2(_mm256_adds_epi8(low, less), _mm256_adds_epi8(high, less));
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

#ifdef __SSE2__
ONE_OF_EACH uint64_t low_of(enum lines_means means, const uint8_t *octets)
{
    return means == LINES_AVX2 ? low_avx2(octets) : low_sse2(octets);
}
#endif

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

/* Passes the block at `at`, or what is left where that is less: in it, what was passed already stands
 * before. Fewer, and *is_over, where something ends the passing. Returns how many. */
ONE_OF_EACH size_t pass_block(enum lines_means means, struct lines *lines, struct slice in,
                              size_t at, bool *is_over)
{
    size_t size = in.len - at < LINES_BLOCK ? in.len - at : LINES_BLOCK;
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

#ifdef __SSE2__
/* Where the short way stands. */
struct standing {
    size_t begin; /* of the line, as an index; it wraps where the line began before the octets */
    uint64_t longest; /* longest_max at most */
    uint64_t count;
};

/* Ends the lines of a block, given its octets that are `low`. False at the first of these that is
 * no CRLF, that ends too long a line, or that a dot follows which the passing stops at. */
ONE_OF_EACH bool end_plain_lines(struct standing *now, const struct lines *lines,
                                 const uint8_t *octets, size_t at, uint64_t low)
{
    static const uint8_t crlf[2] = { '\r', '\n' };

    for (; low != 0; low &= low - 1, low &= low - 1) {
        size_t next = at + (unsigned)__builtin_ctzll(low) + sizeof(crlf);

        if (memcmp(octets + next - sizeof(crlf), crlf, sizeof(crlf)) != 0)
            return false;
        if (next - now->begin > now->longest) {
            if (next - now->begin > lines->longest_max)
                return false;
            now->longest = next - now->begin;
        }
        now->begin = next;
        now->count++;
        if (octets[next] == '.' && lines->stops_at_dot)
            return false;
    }
    return true;
}

/* Leaves a CR that ends the block to the next. Returns how many of its octets are passed, then. */
ONE_OF_EACH size_t without_last_cr(const uint8_t *octets, uint64_t *low)
{
    const uint64_t last = UINT64_C(1) << (LINES_BLOCK - 1);

    if ((*low & last) == 0 || octets[LINES_BLOCK - 1] != '\r')
        return LINES_BLOCK;
    *low &= ~last;
    return LINES_BLOCK - 1;
}

/* What is left at the end of `in`, less than a block and an octet, where its last two octets are text:
 * no line ends there, so that an octet follows each that does. */
ONE_OF_EACH size_t pass_plain_rest(enum lines_means means, struct standing *now,
                                   const struct lines *lines, struct slice in, size_t at)
{
    uint64_t low = low_of(means, in.data + in.len - LINES_BLOCK);

    if (at == in.len || low >> (LINES_BLOCK - 2) != 0 ||
        !end_plain_lines(now, lines, in.data, at, low >> (LINES_BLOCK - (in.len - at))))
        return at;
    return in.len;
}

/* The short way: passes blocks with nothing in them but text and whole CRLFs, up to the last whole
 * line before anything else, which pass_block takes. It looks at one octet behind a block. */
ONE_OF_EACH size_t pass_plain_blocks(enum lines_means means, struct lines *lines, struct slice in,
                                     size_t at)
{
    struct standing now = { at - lines->line_octets, lines->longest, lines->count };
    size_t step;

    if (lines->is_after_cr || (lines->is_at_start && in.data[at] == '.'))
        return at;
    if (now.longest > lines->longest_max)
        now.longest = lines->longest_max;
    for (; in.len - at > LINES_BLOCK; at += step) {
        uint64_t low = low_of(means, in.data + at);

        step = without_last_cr(in.data + at, &low);
        if (!end_plain_lines(&now, lines, in.data, at, low))
            break;
    }
    if (in.len - at <= LINES_BLOCK)
        at = pass_plain_rest(means, &now, lines, in, at);
    if (lines->count != now.count) {
        at = now.begin > at ? now.begin : at;
        lines->is_at_start = now.begin == at;
    } else if (at - now.begin != lines->line_octets) {
        lines->is_at_start = false;
    }
    lines->line_octets = at - now.begin;
    if (lines->longest < now.longest)
        lines->longest = now.longest;
    lines->count = now.count;
    return at;
}

/* A block that the short way does not know: apart, so that it costs the others nothing. */
#define APART __attribute__((noinline))

APART static size_t pass_odd_sse2(struct lines *lines, struct slice in, size_t at, bool *is_over)
{
    return pass_block(LINES_SSE2, lines, in, at, is_over);
}

FOR_AVX2 APART static size_t pass_odd_avx2(struct lines *lines, struct slice in, size_t at,
                                           bool *is_over)
{
    return pass_block(LINES_AVX2, lines, in, at, is_over);
}

ONE_OF_EACH size_t pass(enum lines_means means, struct lines *lines, struct slice in)
{
    bool is_over = in.len < LINES_BLOCK;
    size_t at = 0;

    while (!is_over && at < in.len) {
        at = pass_plain_blocks(means, lines, in, at);
        if (at < in.len)
            at += means == LINES_AVX2 ? pass_odd_avx2(lines, in, at, &is_over)
                                      : pass_odd_sse2(lines, in, at, &is_over);
    }
    return at;
}
#endif

/* Without the short way: what that must agree with. */
static size_t pass_plain(struct lines *lines, struct slice in)
{
    bool is_over = in.len < LINES_BLOCK;
    size_t at = 0;

    while (!is_over && at < in.len)
        at += pass_block(LINES_PLAIN, lines, in, at, &is_over);
    return at;
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

typedef size_t pass_function(struct lines *lines, struct slice in);

static pass_function *const functions[LINES_MEANS_COUNT] = {
    [LINES_PLAIN] = pass_plain,
#ifdef __SSE2__
    [LINES_SSE2] = pass_sse2,
    [LINES_AVX2] = pass_avx2,
#endif
};

size_t lines_pass_with(enum lines_means means, struct lines *lines, struct slice in)
{
    return functions[means](lines, in);
}

size_t lines_pass(struct lines *lines, struct slice in)
{
    static pass_function *fastest;

    for (unsigned means = LINES_MEANS_COUNT; fastest == NULL; means--) {
        if (lines_has((enum lines_means)(means - 1)))
            fastest = functions[means - 1];
    }
    return fastest(lines, in);
}
