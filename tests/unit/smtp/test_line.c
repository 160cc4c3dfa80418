/* Lines out of pieces, and what is wrong in them. */
#include "smtp/line.h"

#include <check.h>

#include "base/limits.h"
#include "support/suite.h"

static const struct place somewhere = { .frame = 3 };

/* Feeds the text in pieces of `piece` octets up to the first whole line. */
static bool read_one(struct line_reader *reader, struct slice text, size_t piece, struct line *line)
{
    enum status status = STATUS_OK;

    while (text.len > 0) {
        size_t used;
        enum parse parsed =
            line_reader_feed(reader, slice_part(text, 0, piece), somewhere, &used, line, &status);

        ck_assert_int_eq(status, STATUS_OK);
        if (parsed == PARSE_OK)
            return true;
        text = slice_from(text, used);
    }
    return false;
}

START_TEST(a_line_is_the_same_however_it_is_cut)
{
    struct line_reader reader = line_reader_of();
    struct line line;

    ck_assert(read_one(&reader, slice_of_string("MAIL FROM:<a@b>\r\nRCPT"), (size_t)_i, &line));
    ck_assert(slice_equal(line.text, slice_of_string("MAIL FROM:<a@b>")));
    ck_assert_uint_eq(line.octets, 17);
    ck_assert_int_eq(line.end, LINE_END_CRLF);
    ck_assert_uint_eq(line.marks, 0);
    line_reader_clear(&reader);
}
END_TEST

START_TEST(each_flaw_is_marked)
{
    static const struct {
        const char *octets;
        size_t len;
        unsigned marks;
        enum line_end end;
    } rows[] = {
        { "a\n", 2, MARK_BARE_LF, LINE_END_LF },
        { "a\rb\r\n", 5, MARK_BARE_CR, LINE_END_CRLF },
        { "a\r\r\n", 4, MARK_BARE_CR, LINE_END_CRLF },
        { "a\0b\r\n", 5, MARK_NUL, LINE_END_CRLF },
        { "a\xff\r\n", 4, MARK_8BIT, LINE_END_CRLF },
        { "\r\n", 2, 0, LINE_END_CRLF },
        { "\n", 1, MARK_BARE_LF, LINE_END_LF },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        for (size_t piece = 1; piece <= rows[i].len; piece++) {
            struct line_reader reader = line_reader_of();
            struct line line;

            ck_assert(read_one(&reader, slice_of(rows[i].octets, rows[i].len), piece, &line));
            ck_assert_uint_eq(line.marks, rows[i].marks);
            ck_assert_int_eq(line.end, rows[i].end);
            line_reader_clear(&reader);
        }
    }
}
END_TEST

/* Feeds a line of `len` octets and CRLF. */
static struct line read_long(struct line_reader *reader, size_t len)
{
    static uint8_t text[LIMIT_LINE_KEPT + 16];
    struct line line = { 0 };

    memset(text, 'x', sizeof(text));
    text[len] = '\r';
    text[len + 1] = '\n';
    ck_assert(read_one(reader, slice_of(text, len + 2), 1000, &line));
    return line;
}

START_TEST(what_is_kept_has_a_limit_and_the_length_none)
{
    struct line_reader reader = line_reader_of();
    struct line line = read_long(&reader, LIMIT_LINE_KEPT);

    ck_assert_uint_eq(line.text.len, LIMIT_LINE_KEPT);
    ck_assert(!line.is_cut);
    line = read_long(&reader, LIMIT_LINE_KEPT + 1);
    ck_assert_uint_eq(line.text.len, LIMIT_LINE_KEPT);
    ck_assert_uint_eq(line.octets, LIMIT_LINE_KEPT + 3);
    ck_assert(line.is_cut);
    ck_assert_int_eq(line.end, LINE_END_CRLF);
    line_reader_clear(&reader);
}
END_TEST

START_TEST(an_unfinished_line_is_told_as_it_stands)
{
    struct line_reader reader = line_reader_of();
    struct line line;

    ck_assert(!line_reader_finish(&reader, &line));
    ck_assert(!read_one(&reader, slice_of_string("QUI"), 1, &line));
    ck_assert(line_reader_finish(&reader, &line));
    ck_assert(slice_equal(line.text, slice_of_string("QUI")));
    ck_assert_int_eq(line.end, LINE_END_NONE);
    ck_assert(!read_one(&reader, slice_of_string("QUIT\r"), 5, &line));
    ck_assert(line_reader_finish(&reader, &line));
    ck_assert(slice_equal(line.text, slice_of_string("QUIT")));
    ck_assert_int_eq(line.end, LINE_END_CR);
    line_reader_clear(&reader);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("line");

    tcase_add_loop_test(tc, a_line_is_the_same_however_it_is_cut, 1, 22);
    tcase_add_test(tc, each_flaw_is_marked);
    tcase_add_test(tc, what_is_kept_has_a_limit_and_the_length_none);
    tcase_add_test(tc, an_unfinished_line_is_told_as_it_stands);
    return suite_run("smtp/line", tc);
}
