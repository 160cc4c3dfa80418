/* Comparing and searching borrowed octets; nothing here allocates or trusts a NUL. */
#include "base/slice.h"

/* Whether what two runs of up to eight octets differ in, given as a number, can be the case alone. */
static bool may_be_case(uint64_t difference)
{
    return (difference & ~UINT64_C(0x2020202020202020)) == 0;
}

static bool equal_octet_by_octet(const uint8_t *a, const uint8_t *b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (a[i] != b[i] && ((a[i] ^ b[i]) != 0x20 || !ascii_is_alpha(a[i])))
            return false;
    }
    return true;
}

/* Mostly eight octets, or four, are equal as they stand, or differ in more than the case. */
bool octets_equal_nocase(const uint8_t *a, const uint8_t *b, size_t len)
{
    size_t at = 0;

    for (; len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t left;
        uint64_t right;

        memcpy(&left, a + at, sizeof(left));
        memcpy(&right, b + at, sizeof(right));
        if (left != right &&
            (!may_be_case(left ^ right) || !equal_octet_by_octet(a + at, b + at, sizeof(left))))
            return false;
    }
    for (; len - at >= sizeof(uint32_t); at += sizeof(uint32_t)) {
        uint32_t left;
        uint32_t right;

        memcpy(&left, a + at, sizeof(left));
        memcpy(&right, b + at, sizeof(right));
        if (left != right &&
            (!may_be_case(left ^ right) || !equal_octet_by_octet(a + at, b + at, sizeof(left))))
            return false;
    }
    return equal_octet_by_octet(a + at, b + at, len - at);
}

static uint8_t ascii_lower(uint8_t octet)
{
    return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet - 'A' + 'a') : octet;
}

/* Both cases of the first letter are sought by themselves, each place once: memchr looks at many
 * octets at a time. */
size_t slice_find_nocase(struct slice s, struct slice needle)
{
    uint8_t upper;
    uint8_t lower;
    size_t next_upper;
    size_t next_lower;

    if (needle.len == 0)
        return 0;
    if (needle.len > s.len)
        return SLICE_NONE;
    upper = ascii_upper(needle.data[0]);
    lower = ascii_lower(needle.data[0]);
    next_upper = slice_find(s, 0, upper);
    next_lower = lower == upper ? SLICE_NONE : slice_find(s, 0, lower);
    for (;;) {
        bool is_upper = next_upper < next_lower;
        size_t at = is_upper ? next_upper : next_lower;

        if (at == SLICE_NONE || slice_starts_nocase(slice_from(s, at), needle))
            return at;
        if (is_upper)
            next_upper = slice_find(s, at + 1, upper);
        else
            next_lower = slice_find(s, at + 1, lower);
    }
}

struct slice slice_next_word(struct slice *rest)
{
    struct slice word = slice_trim(*rest);
    size_t end = slice_find(word, 0, ' ');

    if (end == SLICE_NONE)
        end = word.len;
    *rest = slice_from(word, end);
    return slice_part(word, 0, end);
}

bool slice_to_u64(struct slice s, uint64_t *out)
{
    uint64_t value = 0;

    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        uint64_t digit;

        if (!ascii_is_digit(s.data[i]))
            return false;
        digit = (uint64_t)(s.data[i] - '0');
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
    }
    *out = value;
    return true;
}
