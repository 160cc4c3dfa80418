/* Replies out of lines. */
#include "smtp/reply.h"

#include <check.h>

#include "base/limits.h"
#include "support/suite.h"

static enum parse take(struct reply_builder *reply, const char *text)
{
    struct line line = { .text = slice_of_string(text), .octets = strlen(text) + 2 };
    enum status status = STATUS_OK;
    enum parse parsed = reply_take(reply, &line, &status);

    ck_assert_int_eq(status, STATUS_OK);
    return parsed;
}

START_TEST(codes_are_three_digits)
{
    static const struct {
        const char *line;
        unsigned code;
        const char *text;
        uint8_t separator;
    } rows[] = {
        { "250 ok", 250, "ok", ' ' },
        { "250-ok", 250, "ok", '-' },
        { "250", 250, "", 0 },
        { "250 ", 250, "", ' ' },
        { "2500", 250, "0", '0' },
        { "25", 0, "25", 0 },
        { "", 0, "", 0 },
        { "abc def", 0, "abc def", 0 },
        { "472 x", 472, "x", ' ' },
        { "999 x", 999, "x", ' ' },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct slice text;
        uint8_t separator;

        ck_assert_uint_eq(reply_line_code(slice_of_string(rows[i].line), &text, &separator),
                          rows[i].code);
        ck_assert(slice_equal(text, slice_of_string(rows[i].text)));
        ck_assert_uint_eq(separator, rows[i].separator);
    }
}
END_TEST

START_TEST(the_last_line_gives_code_and_enhanced_code)
{
    struct reply_builder reply = reply_builder_of();
    struct smtp_event event = { 0 };

    ck_assert_int_eq(take(&reply, "250-mx"), PARSE_MORE);
    ck_assert_int_eq(take(&reply, "550-5.7.1 not"), PARSE_MORE);
    ck_assert_int_eq(take(&reply, "451 4.3.0 later"), PARSE_OK);
    reply_view(&reply, &event);
    ck_assert_uint_eq(event.reply.code, 451);
    ck_assert_uint_eq(event.reply.enhanced.class, 4);
    ck_assert_uint_eq(event.reply.line_count, 3);
    ck_assert((event.marks & MARK_CODES_DIFFER) != 0);
    ck_assert(slice_equal(event.reply.lines[1], slice_of_string("5.7.1 not")));
    reply_builder_clear(&reply);
    ck_assert_int_eq(take(&reply, "250 ok"), PARSE_OK);
    reply_view(&reply, &event);
    ck_assert_uint_eq(event.marks, 0);
    ck_assert_uint_eq(event.reply.enhanced.class, 0);
    reply_builder_clear(&reply);
}
END_TEST

START_TEST(a_line_of_512_octets_is_not_too_long)
{
    char text[600];
    struct reply_builder reply = reply_builder_of();

    memset(text, 'x', sizeof(text));
    text[0] = '2';
    text[1] = text[2] = '5';
    text[3] = ' ';
    text[510] = '\0';
    ck_assert_int_eq(take(&reply, text), PARSE_OK);
    ck_assert_uint_eq(reply.marks & MARK_LONG_LINE, 0);
    reply_builder_clear(&reply);
    text[510] = 'x';
    text[511] = '\0';
    ck_assert_int_eq(take(&reply, text), PARSE_OK);
    ck_assert_uint_ne(reply.marks & MARK_LONG_LINE, 0);
    reply_builder_clear(&reply);
}
END_TEST

START_TEST(lines_past_the_limit_are_counted_and_not_kept)
{
    struct reply_builder reply = reply_builder_of();

    for (unsigned i = 0; i < LIMIT_REPLY_LINES; i++)
        ck_assert_int_eq(take(&reply, "250-x"), PARSE_MORE);
    ck_assert(!reply.is_cut);
    ck_assert_int_eq(take(&reply, "250 x"), PARSE_OK);
    ck_assert(reply.is_cut);
    ck_assert_uint_eq(reply.line_count, LIMIT_REPLY_LINES);
    ck_assert_uint_eq(reply.octets, (LIMIT_REPLY_LINES + 1) * 7);
    reply_builder_clear(&reply);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("reply");

    tcase_add_test(tc, codes_are_three_digits);
    tcase_add_test(tc, the_last_line_gives_code_and_enhanced_code);
    tcase_add_test(tc, a_line_of_512_octets_is_not_too_long);
    tcase_add_test(tc, lines_past_the_limit_are_counted_and_not_kept);
    return suite_run("smtp/reply", tc);
}
