/* The word-wise search against a plain one, at every alignment, length and place. */
#include "base/octets.h"

#include <check.h>

#include "support/exact.h"
#include "support/suite.h"

enum { LENGTH_MAX = 26 };

static size_t plain_find(struct slice s, size_t from, enum octets_stop stop)
{
    for (size_t at = from; at < s.len; at++) {
        uint8_t octet = s.data[at];

        if (octet == '\r' || octet == '\n' || octet == '\0')
            return at;
        if (stop == OCTETS_STOP_AT_8BIT && octet >= 128)
            return at;
    }
    return s.len;
}

static size_t plain_find_low(struct slice s)
{
    for (size_t at = 0; at < s.len; at++) {
        if (s.data[at] < 14 || s.data[at] > 127)
            return at;
    }
    return s.len;
}

static void check_low(struct slice s)
{
    ck_assert_uint_eq(octets_find_low(s), plain_find_low(s));
}

static size_t plain_find_either(struct slice s, uint8_t one, uint8_t other)
{
    size_t at = 0;

    while (at < s.len && s.data[at] != one && s.data[at] != other)
        at++;
    return at;
}

static void check_either(struct slice s)
{
    ck_assert_uint_eq(octets_find_either(s, '\r', 0x80), plain_find_either(s, '\r', 0x80));
    ck_assert_uint_eq(octets_find_either(s, '>', '\n'), plain_find_either(s, '>', '\n'));
}

static void check_both(struct slice s, size_t from)
{
    ck_assert_uint_eq(octets_find_special(s, from, OCTETS_STOP_AT_BREAKS),
                      plain_find(s, from, OCTETS_STOP_AT_BREAKS));
    ck_assert_uint_eq(octets_find_special(s, from, OCTETS_STOP_AT_8BIT),
                      plain_find(s, from, OCTETS_STOP_AT_8BIT));
    check_low(slice_from(s, from));
    check_either(slice_from(s, from));
}

/* _i is the octet. */
START_TEST(every_octet_stops_the_search_or_does_not_wherever_it_stands)
{
    bool is_break = _i == '\r' || _i == '\n' || _i == 0;
    uint8_t octets[LENGTH_MAX];

    for (size_t at = 0; at < LENGTH_MAX; at++) {
        struct slice s = slice_of(octets, LENGTH_MAX);

        memset(octets, 'x', sizeof(octets));
        octets[at] = (uint8_t)_i;
        ck_assert_uint_eq(octets_find_special(s, 0, OCTETS_STOP_AT_BREAKS),
                          is_break ? at : LENGTH_MAX);
        ck_assert_uint_eq(octets_find_special(s, 0, OCTETS_STOP_AT_8BIT),
                          is_break || _i > 127 ? at : LENGTH_MAX);
        check_low(s);
    }
}
END_TEST

/* _i is how far the octets lie from a word's beginning. */
START_TEST(both_searches_agree_at_every_alignment_length_and_start)
{
    /* Neighbours of CR, LF and NUL, and their twins with the high bit. */
    static const uint8_t pattern[] = { 'x', 0x01, 0x0B, 0x0E, 0x8D, 0x8A, 0x80, 0x0C, 0xFF };
    _Alignas(8) uint8_t octets[8 + LENGTH_MAX];

    for (size_t len = 0; len <= LENGTH_MAX; len++) {
        for (size_t at = 0; at <= len; at++) {
            for (size_t i = 0; i < sizeof(octets); i++)
                octets[i] = pattern[i % sizeof(pattern)];
            if (at < len)
                octets[(size_t)_i + at] = (uint8_t)(len % 2 == 0 ? '\r' : '\n');
            for (size_t from = 0; from <= len; from++)
                check_both(slice_of(octets + _i, len), from);
        }
    }
}
END_TEST

/* The borrow of a zero octet marks the one above it: the lower of two must be found. */
START_TEST(of_two_in_one_word_the_first_is_found)
{
    static const uint8_t specials[] = { 0x00, '\r', '\n', 0x80, 0x01, 0x0C };
    uint8_t octets[16];

    for (size_t a = 0; a < sizeof(specials); a++) {
        for (size_t b = 0; b < sizeof(specials); b++) {
            for (size_t at = 0; at + 1 < sizeof(octets); at++) {
                memset(octets, 'x', sizeof(octets));
                octets[at] = specials[a];
                octets[at + 1] = specials[b];
                check_both(slice_of(octets, sizeof(octets)), 0);
            }
        }
    }
}
END_TEST

/* _i is the length. */
START_TEST(nothing_is_read_past_the_end)
{
    uint8_t plain[LENGTH_MAX];
    struct slice part;

    memset(plain, 'x', sizeof(plain));
    part = exact_copy(slice_of(plain, (size_t)_i));
    for (size_t from = 0; from <= (size_t)_i; from++)
        ck_assert_uint_eq(octets_find_special(part, from, OCTETS_STOP_AT_8BIT), (size_t)_i);
    check_low(part);
    check_either(part);
    exact_free(part);
}
END_TEST

START_TEST(a_start_past_the_end_finds_the_end)
{
    ck_assert_uint_eq(octets_find_special(slice_of_string("\r\n"), 3, OCTETS_STOP_AT_8BIT), 2);
    ck_assert_uint_eq(octets_find_special(slice_of_string("0123456789"), 11, OCTETS_STOP_AT_8BIT),
                      10);
    ck_assert_uint_eq(octets_find_special(slice_of(NULL, 0), 0, OCTETS_STOP_AT_BREAKS), 0);
}
END_TEST

/* _i is the octet. */
START_TEST(octets_over_127_are_counted_wherever_they_stand)
{
    uint8_t octets[LENGTH_MAX];
    uint64_t each = _i > 127 ? 1 : 0;

    for (size_t at = 0; at < LENGTH_MAX; at++) {
        memset(octets, 'x', sizeof(octets));
        octets[at] = (uint8_t)_i;
        ck_assert_uint_eq(octets_count_8bit(slice_of(octets, LENGTH_MAX)), each);
        ck_assert_uint_eq(octets_count_8bit(slice_of(octets, at)), 0);
    }
    memset(octets, _i, sizeof(octets));
    ck_assert_uint_eq(octets_count_8bit(slice_of(octets, LENGTH_MAX)), each * LENGTH_MAX);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("octets");

    tcase_add_loop_test(tc, every_octet_stops_the_search_or_does_not_wherever_it_stands, 0, 256);
    tcase_add_loop_test(tc, both_searches_agree_at_every_alignment_length_and_start, 0, 8);
    tcase_add_test(tc, of_two_in_one_word_the_first_is_found);
    tcase_add_loop_test(tc, nothing_is_read_past_the_end, 0, LENGTH_MAX + 1);
    tcase_add_loop_test(tc, octets_over_127_are_counted_wherever_they_stand, 0, 256);
    tcase_add_test(tc, a_start_past_the_end_finds_the_end);
    return suite_run("base/octets", tc);
}
