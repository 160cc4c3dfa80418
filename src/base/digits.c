/* Pairs of digits from a table: a division costs more than the rest together. */
#include "base/digits.h"

#include "base/mem.h"

static const char pairs[] = "0001020304050607080910111213141516171819"
                            "2021222324252627282930313233343536373839"
                            "4041424344454647484950515253545556575859"
                            "6061626364656667686970717273747576777879"
                            "8081828384858687888990919293949596979899";

/* How many digits it has; of each 2^n the decimal logarithm is n times that of 2, 1233/4096. */
static size_t length_of(uint64_t value)
{
    static const uint64_t powers[] = {
        0,
        UINT64_C(10),
        UINT64_C(100),
        UINT64_C(1000),
        UINT64_C(10000),
        UINT64_C(100000),
        UINT64_C(1000000),
        UINT64_C(10000000),
        UINT64_C(100000000),
        UINT64_C(1000000000),
        UINT64_C(10000000000),
        UINT64_C(100000000000),
        UINT64_C(1000000000000),
        UINT64_C(10000000000000),
        UINT64_C(100000000000000),
        UINT64_C(1000000000000000),
        UINT64_C(10000000000000000),
        UINT64_C(100000000000000000),
        UINT64_C(1000000000000000000),
        UINT64_C(10000000000000000000),
    };
    unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);
    size_t least = bits * 1233 >> 12;

    return least + (value >= powers[least]);
}

static void put_pair(char *to, uint32_t number)
{
    mem_copy(to, pairs + (size_t)2 * number, 2);
}

/* The `width` digits of a number that has no more. */
static void fill(char *to, uint64_t value, size_t width)
{
    uint32_t rest;

    for (; value > UINT32_MAX; value /= 100)
        put_pair(to + (width -= 2), (uint32_t)(value % 100));
    /* The most are as small, and divided in half the time. */
    for (rest = (uint32_t)value; width >= 2; rest /= 100)
        put_pair(to + (width -= 2), rest % 100);
    if (width > 0)
        to[0] = (char)('0' + rest);
}

size_t digits_decimal(char *to, uint64_t value)
{
    size_t length;

    if (value < 10) {
        to[0] = (char)('0' + value);
        return 1;
    }
    length = length_of(value);
    fill(to, value, length);
    return length;
}

size_t digits_padded(char *to, uint32_t value, size_t width)
{
    fill(to, value, width);
    return width;
}

size_t digits_hexadecimal(char *to, uint64_t value)
{
    unsigned shift = 60;
    size_t n = 0;

    while (shift > 0 && value >> shift == 0)
        shift -= 4;
    for (;; shift -= 4) {
        to[n++] = "0123456789abcdef"[value >> shift & 15];
        if (shift == 0)
            return n;
    }
}
