/* Lists on the command line. */
#include "app/words.h"

#include <check.h>

#include "support/suite.h"

/* The words of a list, each in brackets. */
static const char *words_of(struct slice rest)
{
    static char text[128];
    size_t len = 0;
    struct slice word;

    while (word_next(&rest, &word)) {
        ck_assert_uint_lt(len + word.len + 2, sizeof(text));
        text[len++] = '[';
        for (size_t i = 0; i < word.len; i++)
            text[len++] = (char)word.data[i];
        text[len++] = ']';
    }
    text[len] = '\0';
    return text;
}

START_TEST(a_list_is_cut_at_its_commas)
{
    ck_assert_str_eq(words_of(slice_of_string("a")), "[a]");
    ck_assert_str_eq(words_of(slice_of_string("delivered,partial,no_mail")),
                     "[delivered][partial][no_mail]");
    ck_assert_str_eq(words_of(slice_of_string("a b, c")), "[a b][ c]");
}
END_TEST

START_TEST(empty_words_are_words_for_the_caller_to_refuse)
{
    ck_assert_str_eq(words_of(slice_of_string("")), "[]");
    ck_assert_str_eq(words_of(slice_of_string(",")), "[][]");
    ck_assert_str_eq(words_of(slice_of_string("a,")), "[a][]");
    ck_assert_str_eq(words_of(slice_of_string(",a")), "[][a]");
    ck_assert_str_eq(words_of(slice_of_string("a,,b")), "[a][][b]");
}
END_TEST

START_TEST(a_list_that_is_used_up_has_no_words)
{
    ck_assert_str_eq(words_of(slice_of(NULL, 0)), "");
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("words");

    tcase_add_test(tc, a_list_is_cut_at_its_commas);
    tcase_add_test(tc, empty_words_are_words_for_the_caller_to_refuse);
    tcase_add_test(tc, a_list_that_is_used_up_has_no_words);
    return suite_run("app/words", tc);
}
