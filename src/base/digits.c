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

size_t digits_decimal(char *to, uint64_t value, size_t least)
{
    size_t len = value < 10 ? 1 : length_of(value);
    uint32_t rest;
    size_t at;

    if (len < least)
        len = least;
    at = len;
    for (; value > UINT32_MAX; value /= 100) {
        at -= 2;
        mem_copy(to + at, pairs + 2 * (value % 100), 2);
    }
    /* The most are as small, and divided in half the time. */
    for (rest = (uint32_t)value; rest >= 100; rest /= 100) {
        at -= 2;
        mem_copy(to + at, pairs + (size_t)2 * (rest % 100), 2);
    }
    if (rest >= 10) {
        at -= 2;
        mem_copy(to + at, pairs + (size_t)2 * rest, 2);
    } else {
        to[--at] = (char)('0' + rest);
    }
    while (at > 0)
        to[--at] = '0';
    return len;
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
