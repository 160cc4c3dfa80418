/* Pieces of text -> wrapped lines, with and without colour. */
#include "report/layout.h"

#include <check.h>
#include <stdlib.h>

#include "report/human.h"
#include "report/width.h"

struct page {
    char *text;
    size_t len;
    FILE *out;
    struct layout l;
};

static void open_page(struct page *page, unsigned columns, bool in_colour)
{
    page->out = open_memstream(&page->text, &page->len);
    ck_assert_ptr_nonnull(page->out);
    page->l = layout_of(page->out, columns, in_colour);
}

static void close_page(struct page *page)
{
    ck_assert_int_eq(page->l.status, STATUS_OK);
    layout_clear(&page->l);
    ck_assert_int_eq(fclose(page->out), 0);
}

static void free_page(struct page *page)
{
    free(page->text); /* open_memstream's own */
}

static void expect_page(struct page *page, const char *expected)
{
    close_page(page);
    ck_assert_str_eq(page->text, expected);
    free_page(page);
}

START_TEST(a_short_paragraph_is_one_line)
{
    struct page page;

    open_page(&page, 80, false);
    layout_text(&page.l, ROLE_BAD, "ERROR");
    layout_text(&page.l, ROLE_PLAIN, " no more");
    layout_end(&page.l);
    layout_blank(&page.l);
    expect_page(&page, "ERROR no more\n\n");
}
END_TEST

START_TEST(lines_break_at_words_and_hang_below_the_text)
{
    struct page page;

    open_page(&page, 40, false);
    layout_text(&page.l, ROLE_STRONG, "ERROR");
    layout_pad(&page.l, 9);
    layout_hang(&page.l);
    layout_text(&page.l, ROLE_PLAIN, "rejected at RCPT TO <nobody@example.test>: 550 no");
    layout_end(&page.l);
    expect_page(&page, "ERROR    rejected at RCPT TO\n"
                       "         <nobody@example.test>: 550 no\n");
}
END_TEST

START_TEST(a_word_longer_than_a_line_is_cut)
{
    struct page page;

    open_page(&page, 40, false);
    layout_text(&page.l, ROLE_PLAIN, "> ");
    layout_hang(&page.l);
    for (int i = 0; i < 50; i++)
        layout_text(&page.l, ROLE_PLAIN, "ü");
    layout_end(&page.l);
    close_page(&page);
    ck_assert_uint_eq(text_width(slice_of(page.text, page.len)), 1 + 40 + 1 + 14);
    free_page(&page);
}
END_TEST

/* _i is the number of columns. */
START_TEST(no_line_is_wider_than_the_columns)
{
    struct page page;
    char *line;

    open_page(&page, (unsigned)_i, false);
    layout_text(&page.l, ROLE_DIM, "  0.012  1.24 s     15");
    layout_pad(&page.l, 24);
    layout_hang(&page.l);
    layout_wire(&page.l, ROLE_PLAIN,
                slice_of_string("550 5.1.1 你好你好你好你好你好你好 \x1b[0m Grüße aus "
                                "averyveryveryveryveryveryverylongdomain.example.test, "
                                "e\xCC\x81\xCC\x81 and so on and so on \xFF\xFF\xFF\xFF\xFF"));
    layout_end(&page.l);
    close_page(&page);
    for (line = page.text; *line != '\0';) {
        char *end = strchr(line, '\n');

        ck_assert_ptr_nonnull(end);
        ck_assert_uint_le(text_width(slice_of(line, (size_t)(end - line))),
                          (size_t)_i < LAYOUT_COLUMNS_MIN ? LAYOUT_COLUMNS_MIN : (size_t)_i);
        line = end + 1;
    }
    free_page(&page);
}
END_TEST

START_TEST(numbers_end_where_they_should)
{
    struct page page;

    open_page(&page, 80, false);
    layout_right(&page.l, ROLE_PLAIN, "1,204", 8);
    layout_right(&page.l, ROLE_PLAIN, "27 µs", 16);
    layout_end(&page.l);
    expect_page(&page, "   1,204   27 µs\n");
}
END_TEST

START_TEST(colours_end_before_each_line_does)
{
    struct page page;

    open_page(&page, 40, true);
    layout_text(&page.l, ROLE_BAD, "ERROR");
    layout_text(&page.l, ROLE_PLAIN, " ");
    layout_hang(&page.l);
    layout_text(&page.l, ROLE_GOOD, "aaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbb");
    layout_end(&page.l);
    expect_page(&page, "\x1b[1;31mERROR\x1b[0m \x1b[32maaaaaaaaaaaaaaa\x1b[0m\n"
                       "      \x1b[32mbbbbbbbbbbbbbbbbbbb\x1b[0m\n");
}
END_TEST

START_TEST(without_colour_no_octet_is_a_control)
{
    struct page page;
    char octets[256];

    for (int i = 0; i < 256; i++)
        octets[i] = (char)i;
    open_page(&page, 80, false);
    for (unsigned role = 0; role < ROLE_COUNT; role++)
        layout_wire(&page.l, (enum role)role, slice_of(octets, sizeof octets));
    layout_end(&page.l);
    layout_rule(&page.l);
    close_page(&page);
    for (size_t i = 0; i < page.len; i++)
        ck_assert(page.text[i] == '\n' || (unsigned char)page.text[i] >= 0x20);
    free_page(&page);
}
END_TEST

START_TEST(a_space_at_the_end_of_what_was_captured_is_seen)
{
    struct page page;

    open_page(&page, 80, false);
    layout_wire(&page.l, ROLE_PLAIN, slice_of_string("QUIT "));
    layout_end(&page.l);
    expect_page(&page, "QUIT\\x20\n");
}
END_TEST

START_TEST(what_is_cut_ends_in_an_ellipsis_and_no_half_character)
{
    struct page page;

    open_page(&page, 80, false);
    layout_wire_cut(&page.l, ROLE_PLAIN, slice_of_string("abcü"), 4);
    layout_wire_cut(&page.l, ROLE_PLAIN, slice_of_string("abcü"), 5);
    layout_end(&page.l);
    expect_page(&page, "abc…abcü\n");
}
END_TEST

START_TEST(a_paragraph_past_its_limit_is_cut_not_lost)
{
    static const char piece[] = "0123456789abcdef";
    struct page page;

    open_page(&page, 400, false);
    for (int i = 0; i < 40000; i++)
        layout_text(&page.l, ROLE_PLAIN, piece);
    layout_end(&page.l);
    close_page(&page);
    ck_assert_uint_gt(page.len, 300000);
    ck_assert_str_eq(page.text + page.len - 4, "…\n");
    free_page(&page);
}
END_TEST

static const struct {
    int64_t ns;
    const char *text;
} durations[] = {
    { 0, "0 ms" },
    { 400, "0 µs" },
    { 27000, "27 µs" },
    { 99600, "0.1 ms" },
    { 800000, "0.8 ms" },
    { 9960000, "10 ms" },
    { 12 * STAMP_MILLISECOND, "12 ms" },
    { 999600000, "1.00 s" },
    { 1240 * STAMP_MILLISECOND, "1.24 s" },
    { 12340 * STAMP_MILLISECOND, "12.3 s" },
    { 59970 * STAMP_MILLISECOND, "1 min 0 s" },
    { 303 * STAMP_SECOND, "5 min 3 s" },
    { 7500 * STAMP_SECOND, "2 h 5 min" },
    { 273600 * STAMP_SECOND, "3 d 4 h" },
    { INT64_MAX, "106751 d 23 h" },
    { -1, "unknown" },
};

START_TEST(durations_are_rounded_to_what_a_reader_can_use)
{
    ck_assert_str_eq(human_duration(durations[_i].ns).text, durations[_i].text);
}
END_TEST

START_TEST(counts_and_times_are_written_for_people)
{
    struct stamp before = { -1 };

    ck_assert_str_eq(human_count(0).text, "0");
    ck_assert_str_eq(human_count(999).text, "999");
    ck_assert_str_eq(human_count(1204).text, "1,204");
    ck_assert_str_eq(human_count(UINT64_MAX).text, "18,446,744,073,709,551,615");
    ck_assert_str_eq(human_counted(1, "octet", "octets").text, "1 octet");
    ck_assert_str_eq(human_offset(13 * STAMP_MILLISECOND, HUMAN_MILLISECONDS).text, "0.013");
    ck_assert_str_eq(human_offset(-1 * STAMP_MILLISECOND, HUMAN_MILLISECONDS).text, "-0.001");
    ck_assert_str_eq(human_offset(INT64_MIN, HUMAN_MILLISECONDS).text, "-9223372036.854");
    ck_assert_str_eq(human_offset(12345678, HUMAN_MICROSECONDS).text, "0.012345");
    ck_assert_str_eq(human_time(before, CLOCK_UTC).text, "1969-12-31 23:59:59.999");
    ck_assert_str_eq(human_zone(before, CLOCK_UTC).text, "UTC");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, a_short_paragraph_is_one_line);
    tcase_add_test(tcase, lines_break_at_words_and_hang_below_the_text);
    tcase_add_test(tcase, a_word_longer_than_a_line_is_cut);
    tcase_add_loop_test(tcase, no_line_is_wider_than_the_columns, 30, 140);
    tcase_add_test(tcase, numbers_end_where_they_should);
    tcase_add_test(tcase, colours_end_before_each_line_does);
    tcase_add_test(tcase, without_colour_no_octet_is_a_control);
    tcase_add_test(tcase, a_space_at_the_end_of_what_was_captured_is_seen);
    tcase_add_test(tcase, what_is_cut_ends_in_an_ellipsis_and_no_half_character);
    tcase_add_test(tcase, a_paragraph_past_its_limit_is_cut_not_lost);
    tcase_add_loop_test(tcase, durations_are_rounded_to_what_a_reader_can_use, 0,
                        (int)(sizeof durations / sizeof durations[0]));
    tcase_add_test(tcase, counts_and_times_are_written_for_people);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
