/* Comparing and searching borrowed octets; nothing here allocates or trusts a NUL. */
#include "base/slice.h"

bool slice_equal_nocase(struct slice a, struct slice b)
{
    return a.len == b.len && slice_starts_nocase(a, b);
}

bool slice_starts_nocase(struct slice s, struct slice prefix)
{
    if (s.len < prefix.len)
        return false;
    for (size_t i = 0; i < prefix.len; i++) {
        if (ascii_upper(s.data[i]) != ascii_upper(prefix.data[i]))
            return false;
    }
    return true;
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

static bool is_blank(uint8_t octet)
{
    return octet == ' ' || octet == '\t';
}

struct slice slice_trim(struct slice s)
{
    while (s.len > 0 && is_blank(s.data[0]))
        s = slice_from(s, 1);
    while (s.len > 0 && is_blank(s.data[s.len - 1]))
        s.len--;
    return s;
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
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}
