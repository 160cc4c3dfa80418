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
    char room[DIGITS_MAX];
    size_t at = DIGITS_MAX;

    /* Divisions take longest: one for two digits. */
    for (; value >= 100; value /= 100) {
        at -= 2;
        mem_copy(room + at, pairs + 2 * (value % 100), 2);
    }
    if (value >= 10) {
        at -= 2;
        mem_copy(room + at, pairs + 2 * value, 2);
    } else if (value > 0) {
        room[--at] = (char)('0' + value);
    }
    while (DIGITS_MAX - at < least)
        room[--at] = '0';
    mem_copy(to, room + at, DIGITS_MAX - at);
    return DIGITS_MAX - at;
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
