/* Times and captured octets in a sentence. */
#include "findings/sentence.h"

#include "base/stamp.h"
#include "support/suite.h"

static const struct {
    int64_t ns;
    const char *text;
} times[] = {
    { -1, "0 µs" },
    { 99999, "99 µs" },
    { 100000, "0.1 ms" },
    { 9999999, "9.9 ms" },
    { 10 * STAMP_MILLISECOND, "10 ms" },
    { STAMP_SECOND - 1, "999 ms" },
    { STAMP_SECOND, "1.0 s" },
    { 300 * STAMP_SECOND + STAMP_SECOND / 10, "300.1 s" },
    { 600 * STAMP_SECOND - 1, "599.9 s" },
    { 600 * STAMP_SECOND, "10 min 0 s" },
    { 3600 * STAMP_SECOND, "1 h 0 min" },
    { INT64_MAX, "2562047 h 47 min" },
};

START_TEST(times_are_told_in_the_unit_that_fits)
{
    ck_assert_str_eq(duration_text_of(times[_i].ns).text, times[_i].text);
}
END_TEST

START_TEST(captured_octets_are_cut_between_two_characters)
{
    struct sentence s = { .len = 0 };

    sentence_add_octets(&s, slice_of_string("a\xc3\xa4"), 3);
    ck_assert_str_eq(s.text, "a\xc3\xa4");
    s.len = 0;
    sentence_add_octets(&s, slice_of_string("a\xc3\xa4"), 2);
    ck_assert_str_eq(s.text, "a…");
    s.len = 0;
    sentence_add_octets(&s, slice_of_string("\x80\x80\x80\x80\x80\x80"), 5);
    ck_assert_str_eq(s.text, "\x80\x80\x80\x80\x80…");
}
END_TEST

START_TEST(a_sentence_never_grows_past_its_room)
{
    struct sentence s = { .len = 0 };
    char octets[600];

    memset(octets, 'x', sizeof(octets));
    for (int i = 0; i < 5; i++) {
        sentence_add_octets(&s, slice_of(octets, sizeof(octets)), sizeof(octets));
        sentence_add(&s, "%s", "and more");
        ck_assert_uint_lt(s.len, sizeof(s.text));
        ck_assert_uint_eq(strlen(s.text), s.len);
    }
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("sentence");

    tcase_add_loop_test(tc, times_are_told_in_the_unit_that_fits, 0,
                        (int)(sizeof(times) / sizeof(*times)));
    tcase_add_test(tc, captured_octets_are_cut_between_two_characters);
    tcase_add_test(tc, a_sentence_never_grows_past_its_room);
    return suite_run("findings/sentence", tc);
}
