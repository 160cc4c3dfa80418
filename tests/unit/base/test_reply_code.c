/* Enhanced status codes at the start of a reply's text. */
#include "base/reply_code.h"

#include <check.h>

#include "support/exact.h"
#include "support/suite.h"

START_TEST(a_code_is_read_and_its_length_told)
{
    static const struct {
        const char *text;
        size_t taken;
        struct enhanced_code code;
    } rows[] = {
        { "5.7.26 This mail", 6, { 5, 7, 26 } },
        { "2.0.0", 5, { 2, 0, 0 } },
        { "4.4.2 ", 5, { 4, 4, 2 } },
        { "5.999.999 x", 9, { 5, 999, 999 } },
        { "2.01.005", 8, { 2, 1, 5 } },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct enhanced_code code;

        ck_assert_uint_eq(enhanced_code_parse(slice_of_string(rows[i].text), &code), rows[i].taken);
        ck_assert(enhanced_code_equal(code, rows[i].code));
    }
}
END_TEST

START_TEST(what_is_no_code_is_refused)
{
    static const char *const rows[] = {
        "",         "5",      "5.7",   "5.7.",    "5.7. 1",  " 5.7.1", "1.7.1",   "3.7.1",
        "6.7.1",    "0.0.0",  "5..1",  "5.7.1.2", "5.7.1-x", "5.7.1:", "5.7.1,x", "5.1000.1",
        "5.1.1000", "55.7.1", "5,7.1", "5.7,1",   "5.7.1\t", "Ok",     "a.b.c",   "5.-1.1",
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct enhanced_code code = { 5, 1, 1 };

        ck_assert_msg(enhanced_code_parse(slice_of_string(rows[i]), &code) == 0, "%s", rows[i]);
        ck_assert_uint_eq(code.class, 0);
    }
}
END_TEST

/* _i is how much of it arrived: a number's first digits are a number too. */
START_TEST(a_code_cut_at_any_octet_is_none_or_ends_there)
{
    struct slice part = exact_copy(slice_part(slice_of_string("5.123.456 x"), 0, (size_t)_i));
    struct enhanced_code code;
    size_t taken = enhanced_code_parse(part, &code);

    ck_assert_uint_eq(taken, _i < 7 ? 0 : _i > 9 ? 9 : (size_t)_i);
    ck_assert_uint_eq(code.detail, _i < 7 ? 0 : _i == 7 ? 4 : _i == 8 ? 45 : 456);
    exact_free(part);
}
END_TEST

START_TEST(a_code_is_written_as_it_is_read)
{
    char text[ENHANCED_CODE_TEXT_MAX];

    ck_assert_uint_eq(enhanced_code_text((struct enhanced_code){ 5, 7, 26 }, text), 6);
    ck_assert_str_eq(text, "5.7.26");
    ck_assert_uint_eq(enhanced_code_text((struct enhanced_code){ 5, 999, 999 }, text),
                      ENHANCED_CODE_TEXT_MAX - 1);
    ck_assert_str_eq(text, "5.999.999");
}
END_TEST

START_TEST(no_code_is_written_as_nothing)
{
    char text[ENHANCED_CODE_TEXT_MAX] = "x";

    ck_assert_uint_eq(enhanced_code_text((struct enhanced_code){ 0, 7, 1 }, text), 0);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(codes_are_equal_in_all_three_numbers)
{
    const struct enhanced_code code = { 5, 7, 1 };

    ck_assert(enhanced_code_equal(code, (struct enhanced_code){ 5, 7, 1 }));
    ck_assert(!enhanced_code_equal(code, (struct enhanced_code){ 4, 7, 1 }));
    ck_assert(!enhanced_code_equal(code, (struct enhanced_code){ 5, 1, 1 }));
    ck_assert(!enhanced_code_equal(code, (struct enhanced_code){ 5, 7, 2 }));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("reply_code");

    tcase_add_test(tc, a_code_is_read_and_its_length_told);
    tcase_add_test(tc, what_is_no_code_is_refused);
    tcase_add_loop_test(tc, a_code_cut_at_any_octet_is_none_or_ends_there, 0, 12);
    tcase_add_test(tc, a_code_is_written_as_it_is_read);
    tcase_add_test(tc, no_code_is_written_as_nothing);
    tcase_add_test(tc, codes_are_equal_in_all_three_numbers);
    return suite_run("base/reply_code", tc);
}
