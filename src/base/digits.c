/* Pairs of digits from a table: a division costs more than the rest together. */
#include "base/digits.h"

#include "base/mem.h"

size_t digits_decimal(char *to, uint64_t value, size_t least)
{
    static const char pairs[] = "0001020304050607080910111213141516171819"
                                "2021222324252627282930313233343536373839"
                                "4041424344454647484950515253545556575859"
                                "6061626364656667686970717273747576777879"
                                "8081828384858687888990919293949596979899";
    size_t len = 1;
    size_t at;

    if (value < 10 && least <= 1) {
        to[0] = (char)('0' + value);
        return 1;
    }
    for (uint64_t power = 10; len < DIGITS_MAX && value >= power; power *= 10)
        len++;
    if (len < least)
        len = least;
    at = len;
    for (; value >= 100; value /= 100) {
        at -= 2;
        mem_copy(to + at, pairs + 2 * (value % 100), 2);
    }
    if (value >= 10) {
        at -= 2;
        mem_copy(to + at, pairs + 2 * value, 2);
    } else {
        to[--at] = (char)('0' + value);
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
