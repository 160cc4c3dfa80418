/* Cutting, comparing and searching borrowed octets. */
#include "base/slice.h"

#include <check.h>

#include "support/exact.h"
#include "support/suite.h"

static struct slice text(const char *octets)
{
    return slice_of_string(octets);
}

START_TEST(a_part_is_clamped_to_what_is_there)
{
    struct slice s = text("abcde");

    ck_assert(slice_equal(slice_part(s, 1, 3), text("bcd")));
    ck_assert(slice_equal(slice_part(s, 3, 2), text("de")));
    ck_assert(slice_equal(slice_part(s, 3, 3), text("de")));
    ck_assert(slice_equal(slice_part(s, 3, SIZE_MAX), text("de")));
    ck_assert(slice_equal(slice_from(s, 4), text("e")));
}
END_TEST

START_TEST(a_part_from_the_end_or_past_it_is_empty)
{
    struct slice s = text("abc");

    ck_assert_uint_eq(slice_part(s, 3, 1).len, 0);
    ck_assert_uint_eq(slice_part(s, 4, 1).len, 0);
    ck_assert_uint_eq(slice_from(s, SIZE_MAX).len, 0);
    ck_assert_uint_eq(slice_from(slice_of(NULL, 0), 0).len, 0);
}
END_TEST

START_TEST(equality_needs_every_octet_and_the_length)
{
    ck_assert(slice_equal(text("a\xff"), text("a\xff")));
    ck_assert(!slice_equal(text("ab"), text("aB")));
    ck_assert(!slice_equal(text("ab"), text("abc")));
    ck_assert(!slice_equal(slice_of("a\0b", 3), slice_of("a\0c", 3)));
    ck_assert(slice_equal(slice_of(NULL, 0), text("")));
}
END_TEST

START_TEST(a_prefix_is_found_at_the_start_only)
{
    ck_assert(slice_starts(text("MAIL FROM"), text("MAIL")));
    ck_assert(slice_starts(text("MAIL"), text("MAIL")));
    ck_assert(slice_starts(text("MAIL"), slice_of(NULL, 0)));
    ck_assert(!slice_starts(text("MAI"), text("MAIL")));
    ck_assert(!slice_starts(text("mail"), text("MAIL")));
    ck_assert(!slice_starts(text(" MAIL"), text("MAIL")));
}
END_TEST

START_TEST(an_octet_is_found_at_or_after_the_place)
{
    struct slice s = slice_of("a\0a\0", 4);

    ck_assert_uint_eq(slice_find(s, 0, 0), 1);
    ck_assert_uint_eq(slice_find(s, 1, 0), 1);
    ck_assert_uint_eq(slice_find(s, 2, 0), 3);
    ck_assert_uint_eq(slice_find(s, 3, 'a'), SLICE_NONE);
    ck_assert_uint_eq(slice_find(s, 4, 0), SLICE_NONE);
    ck_assert_uint_eq(slice_find(s, SIZE_MAX, 0), SLICE_NONE);
    ck_assert_uint_eq(slice_find(slice_of(NULL, 0), 0, 0), SLICE_NONE);
}
END_TEST

/* _i is the octet. */
START_TEST(only_ascii_letters_have_a_case)
{
    uint8_t octet = (uint8_t)_i;
    bool is_small = _i >= 'a' && _i <= 'z';
    bool is_large = _i >= 'A' && _i <= 'Z';

    ck_assert_uint_eq(ascii_upper(octet), is_small ? octet - 32U : octet);
    ck_assert_int_eq(ascii_is_alpha(octet), is_small || is_large);
    ck_assert_int_eq(ascii_is_digit(octet), _i >= '0' && _i <= '9');
}
END_TEST

START_TEST(comparing_without_case_folds_ascii_alone)
{
    ck_assert(slice_equal_nocase(text("StartTLS"), text("sTARTtls")));
    ck_assert(!slice_equal_nocase(text("[a"), text("{A")));
    ck_assert(!slice_equal_nocase(text("\xc3\xa9"), text("\xc3\x89")));
    ck_assert(!slice_equal_nocase(text("ab"), text("abc")));
    ck_assert(!slice_equal_nocase(text("abc"), text("ab")));
    ck_assert(slice_starts_nocase(text("auth PLAIN"), text("AUTH")));
    ck_assert(!slice_starts_nocase(text("aut"), text("AUTH")));
}
END_TEST

/* _i is an octet: compared with every other, at every place of runs up to three words long. */
START_TEST(case_alone_is_what_may_differ_wherever_it_stands)
{
    uint8_t a[23];
    uint8_t b[23];

    memset(a, 'x', sizeof(a));
    memset(b, 'X', sizeof(b));
    for (size_t len = 1; len <= sizeof(a); len++) {
        for (unsigned other = 0; other < 256; other++) {
            size_t at = other % len;

            a[at] = (uint8_t)_i;
            b[at] = (uint8_t)other;
            ck_assert_int_eq(slice_equal_nocase(slice_of(a, len), slice_of(b, len)),
                             ascii_upper((uint8_t)_i) == ascii_upper((uint8_t)other));
            a[at] = 'x';
            b[at] = 'X';
        }
    }
}
END_TEST

START_TEST(the_last_of_an_octet_is_found)
{
    ck_assert_uint_eq(slice_find_last(text("a@b@c"), '@'), 3);
    ck_assert_uint_eq(slice_find_last(text("@"), '@'), 0);
    ck_assert_uint_eq(slice_find_last(text("abc"), '@'), SLICE_NONE);
    ck_assert_uint_eq(slice_find_last(slice_of(NULL, 0), '@'), SLICE_NONE);
}
END_TEST

START_TEST(a_needle_is_found_where_it_first_stands)
{
    ck_assert_uint_eq(slice_find_nocase(text("aabAAB"), text("AAB")), 0);
    ck_assert_uint_eq(slice_find_nocase(text("xaAb"), text("aab")), 1);
    ck_assert_uint_eq(slice_find_nocase(text("xyzt"), text("ZT")), 2);
    ck_assert_uint_eq(slice_find_nocase(text("abc"), text("")), 0);
    ck_assert_uint_eq(slice_find_nocase(text(""), text("")), 0);
    ck_assert_uint_eq(slice_find_nocase(text("ab"), text("abc")), SLICE_NONE);
    ck_assert_uint_eq(slice_find_nocase(text("abab"), text("abc")), SLICE_NONE);
    ck_assert_uint_eq(slice_find_nocase(text(""), text("a")), SLICE_NONE);
}
END_TEST

/* _i is how much of the octets is there. */
START_TEST(a_needle_cut_short_is_not_found_and_nothing_behind_it_is_read)
{
    struct slice part = exact_copy(slice_part(text("x250 needle"), 0, (size_t)_i));

    ck_assert_uint_eq(slice_find_nocase(part, text("NEEDLE")), _i == 11 ? 5 : SLICE_NONE);
    exact_free(part);
}
END_TEST

START_TEST(blanks_are_trimmed_at_both_ends_and_not_inside)
{
    ck_assert(slice_equal(slice_trim(text(" \t a \t b\t ")), text("a \t b")));
    ck_assert(slice_equal(slice_trim(text("a")), text("a")));
    ck_assert_uint_eq(slice_trim(text(" \t ")).len, 0);
    ck_assert_uint_eq(slice_trim(slice_of(NULL, 0)).len, 0);
    ck_assert(slice_equal(slice_trim(text("\r\na\n")), text("\r\na\n")));
}
END_TEST

START_TEST(words_are_cut_at_runs_of_spaces)
{
    struct slice rest = text("  BDAT   86 LAST ");

    ck_assert(slice_equal(slice_next_word(&rest), text("BDAT")));
    ck_assert(slice_equal(slice_next_word(&rest), text("86")));
    ck_assert(slice_equal(slice_next_word(&rest), text("LAST")));
    ck_assert_uint_eq(slice_next_word(&rest).len, 0);
    ck_assert_uint_eq(slice_next_word(&rest).len, 0);
}
END_TEST

START_TEST(a_number_fills_the_whole_slice)
{
    uint64_t value = 7;

    ck_assert(slice_to_u64(text("0"), &value));
    ck_assert_uint_eq(value, 0);
    ck_assert(slice_to_u64(text("000123"), &value));
    ck_assert_uint_eq(value, 123);
    ck_assert(slice_to_u64(text("18446744073709551615"), &value));
    ck_assert(value == UINT64_MAX);
}
END_TEST

START_TEST(what_is_no_number_is_refused_and_changes_nothing)
{
    static const char *const rows[] = { "",
                                        "-1",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1a",
                                        "0x1",
                                        "1\n2",
                                        "1.0",
                                        "18446744073709551616",
                                        "99999999999999999999",
                                        "184467440737095516150" };
    uint64_t value = 7;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        ck_assert_msg(!slice_to_u64(text(rows[i]), &value), "%s", rows[i]);
    ck_assert_uint_eq(value, 7);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("slice");

    tcase_add_loop_test(tc, case_alone_is_what_may_differ_wherever_it_stands, 0, 256);
    tcase_add_test(tc, a_part_is_clamped_to_what_is_there);
    tcase_add_test(tc, a_part_from_the_end_or_past_it_is_empty);
    tcase_add_test(tc, equality_needs_every_octet_and_the_length);
    tcase_add_test(tc, a_prefix_is_found_at_the_start_only);
    tcase_add_test(tc, an_octet_is_found_at_or_after_the_place);
    tcase_add_loop_test(tc, only_ascii_letters_have_a_case, 0, 256);
    tcase_add_test(tc, comparing_without_case_folds_ascii_alone);
    tcase_add_test(tc, the_last_of_an_octet_is_found);
    tcase_add_test(tc, a_needle_is_found_where_it_first_stands);
    tcase_add_loop_test(tc, a_needle_cut_short_is_not_found_and_nothing_behind_it_is_read, 0, 12);
    tcase_add_test(tc, blanks_are_trimmed_at_both_ends_and_not_inside);
    tcase_add_test(tc, words_are_cut_at_runs_of_spaces);
    tcase_add_test(tc, a_number_fills_the_whole_slice);
    tcase_add_test(tc, what_is_no_number_is_refused_and_changes_nothing);
    return suite_run("base/slice", tc);
}
