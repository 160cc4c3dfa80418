/* Header fields as sent -> text for reading. */
#include "report/header_text.h"

#include <check.h>
#include <stdlib.h>

#include "base/mem.h"

static void expect_text(const char *body, const char *text)
{
    struct buf out = buf_of(1024);

    ck_assert_int_eq(header_text_decode(slice_of_string(body), &out), STATUS_OK);
    ck_assert_msg(slice_equal(buf_view(&out), slice_of_string(text)), "%s -> [%.*s], not [%s]",
                  body, (int)out.len, (const char *)out.data, text);
    buf_clear(&out);
}

START_TEST(plain_text_loses_only_its_outer_space_and_line_ends)
{
    expect_text(" hello  world\r\n", "hello  world");
    expect_text(" hello\r\n world\r\n", "hello world");
    expect_text(" hello\r\n\tworld\n", "hello\tworld");
    expect_text(" \r\n", "");
    expect_text("", "");
}
END_TEST

START_TEST(encoded_words_are_decoded)
{
    expect_text(" =?utf-8?Q?caf=C3=A9?=", "caf\xC3\xA9");
    expect_text(" =?UTF-8?b?w6k=?=", "\xC3\xA9");
    expect_text(" =?utf-8*fr?q?caf=c3=a9_au_lait?=", "caf\xC3\xA9 au lait");
    expect_text(" =?ISO-8859-1?Q?J=FCrgen?= <a@b.example>", "J\xC3\xBCrgen <a@b.example>");
    expect_text(" =?us-ascii?q?a=3Db?=", "a=b");
    expect_text(" =?koi8-r?Q?=F0=D2=C9=D7=C5=D4?=",
                "\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82");
    expect_text(" =?shift_jis?B?k/qWew==?=", "\xE6\x97\xA5\xE6\x9C\xAC");
}
END_TEST

START_TEST(space_between_encoded_words_is_dropped_and_other_space_is_kept)
{
    expect_text(" =?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab");
    expect_text(" =?utf-8?q?a?= =?iso-8859-1?q?=E9?=", "a\xC3\xA9");
    expect_text(" =?utf-8?q?a?= b", "a b");
    expect_text(" a =?utf-8?q?b?=", "a b");
    expect_text(" \"=?utf-8?q?a?=\" x", "\"a\" x");
}
END_TEST

START_TEST(a_character_cut_between_two_words_is_put_together)
{
    expect_text(" =?utf-8?q?=C3?=\r\n =?utf-8?q?=A9?=", "\xC3\xA9");
    expect_text(" =?utf-8?b?4oI=?= =?UTF-8?b?rA==?=", "\xE2\x82\xAC");
}
END_TEST

START_TEST(what_is_no_encoded_word_stays)
{
    expect_text(" =?utf-8?x?a?=", "=?utf-8?x?a?=");
    expect_text(" =?utf-8?q?a", "=?utf-8?q?a");
    expect_text(" =?", "=?");
    expect_text(" =??q?a?=", "=??q?a?=");
    expect_text(" =?x-none?q?a?= =?utf-8?q?b?=", "=?x-none?q?a?= b");
    expect_text(" =?utf-8?q?a?= =?x-none?q?b?=", "a =?x-none?q?b?=");
    expect_text(" =?../../etc/passwd?q?b?=", "=?../../etc/passwd?q?b?=");
    expect_text(" =?utf-8?q?=zz=4?=", "=zz=4");
}
END_TEST

START_TEST(octets_that_are_no_utf8_become_replacement_characters)
{
    expect_text(" a\xFF"
                "b",
                "a\xEF\xBF\xBD"
                "b");
    expect_text(" \xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD");
    expect_text(" \xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    expect_text(" \xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    expect_text(" \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    expect_text(" =?utf-8?q?=C3?=", "\xEF\xBF\xBD");
    expect_text(" =?euc-jp?q?=FF=FFa?=", "\xEF\xBF\xBD\xEF\xBF\xBD"
                                         "a");
}
END_TEST

/* _i is the most that fits; the text is two characters of three octets. */
START_TEST(a_full_buffer_ends_with_a_whole_character)
{
    struct buf out = buf_of((size_t)_i);

    ck_assert_int_eq(header_text_decode(slice_of_string("=?utf-8?q?=E2=82=AC=E2=82=AC?="), &out),
                     STATUS_OK);
    ck_assert_uint_eq(out.len, (size_t)_i / 3 * 3);
    buf_clear(&out);
}
END_TEST

START_TEST(what_fits_does_not_stand_in_the_place_of_what_did_not)
{
    struct buf out = buf_of(4);

    ck_assert_int_eq(header_text_decode(slice_of_string("ab =?utf-8?q?=E2=82=AC?= c"), &out),
                     STATUS_OK);
    ck_assert(slice_equal(buf_view(&out), slice_of_string("ab ")));
    buf_clear(&out);
}
END_TEST

/* _i octets of a field arrive; the rest of the block is poisoned by the sanitizer. */
START_TEST(a_field_cut_at_any_octet_is_read_within_its_bounds)
{
    static const char field[] = " =?utf-8*en?Q?a=C3=A9?=\r\n =?koi8-r?B?8NLJ18XU?= \"x\" =?q";
    uint8_t *part = mem_alloc((size_t)_i);
    struct buf out = buf_of(1024);

    ck_assert_ptr_nonnull(part);
    mem_copy(part, field, (size_t)_i);
    ck_assert_int_eq(header_text_decode(slice_of(part, (size_t)_i), &out), STATUS_OK);
    buf_clear(&out);
    mem_free(part);
}
END_TEST

/* The first word ends within a shift sequence, which the next field knows nothing of. */
START_TEST(charsets_loaded_before_are_converted_alike)
{
    for (int i = 0; i < 2; i++) {
        expect_text(" =?iso-2022-jp?B?GyRCRnxLXA==?=", "\xE6\x97\xA5\xE6\x9C\xAC");
        expect_text(" =?iso-2022-jp?Q?abc?=", "abc");
        expect_text(" =?shift_jis?B?k/qWew==?=", "\xE6\x97\xA5\xE6\x9C\xAC");
        expect_text(" =?ks_c_5601-1987?B?sKE=?=", "\xEA\xB0\x80");
        header_text_prepare();
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("header_text");
    TCase *tc = tcase_create("decode");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tc);
    tcase_add_test(tc, plain_text_loses_only_its_outer_space_and_line_ends);
    tcase_add_test(tc, encoded_words_are_decoded);
    tcase_add_test(tc, space_between_encoded_words_is_dropped_and_other_space_is_kept);
    tcase_add_test(tc, a_character_cut_between_two_words_is_put_together);
    tcase_add_test(tc, what_is_no_encoded_word_stays);
    tcase_add_test(tc, octets_that_are_no_utf8_become_replacement_characters);
    tcase_add_loop_test(tc, a_full_buffer_ends_with_a_whole_character, 0, 8);
    tcase_add_test(tc, what_fits_does_not_stand_in_the_place_of_what_did_not);
    tcase_add_loop_test(tc, a_field_cut_at_any_octet_is_read_within_its_bounds, 0, 57);
    tcase_add_test(tc, charsets_loaded_before_are_converted_alike);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
