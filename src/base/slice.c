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

size_t slice_find_nocase(struct slice s, struct slice needle)
{
    uint8_t first = needle.len == 0 ? 0 : ascii_upper(needle.data[0]);

    if (needle.len == 0)
        return 0;
    for (size_t at = 0; needle.len <= s.len - at; at++) {
        if (ascii_upper(s.data[at]) == first && slice_starts_nocase(slice_from(s, at), needle))
            return at;
    }
    return SLICE_NONE;
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
