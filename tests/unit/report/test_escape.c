/* Octets -> text for a terminal and for JSON. */
#include "report/escape.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/utf8.h"
#include "report/width.h"

typedef void escape_fn(struct text_sink *sink, struct slice s);

static void expect(escape_fn *escape, const char *in, size_t len, const char *expected)
{
    uint8_t room[1024];
    struct text_sink sink = text_sink_of(room, sizeof room - 1);

    escape(&sink, slice_of(in, len));
    room[sink.len] = '\0';
    ck_assert_str_eq((const char *)room, expected);
    ck_assert_uint_eq(sink.dropped, 0);
}

#define EXPECT(escape, in, expected) expect((escape), "" in, sizeof(in) - 1, (expected))

/* _i is the octet. */
START_TEST(a_single_octet_is_itself_only_where_it_is_printable_ascii)
{
    const char in = (char)_i;
    char shown[8];
    char terminal[8];

    (void)snprintf(shown, sizeof shown, "\\x%02x", (unsigned)_i);
    (void)snprintf(terminal, sizeof terminal, "%c", _i);
    expect(escape_terminal, &in, 1, _i >= 0x20 && _i < 0x7F ? terminal : shown);
    expect(escape_record, &in, 1, _i >= 0x20 && _i < 0x7F ? terminal : shown);
}
END_TEST

START_TEST(harmless_utf8_is_kept_everywhere)
{
    EXPECT(escape_terminal, "Grüße, 你好, привет", "Grüße, 你好, привет");
    EXPECT(escape_record, "Grüße, 你好", "Grüße, 你好");
    EXPECT(escape_json, "Grüße, 你好", "Grüße, 你好");
    EXPECT(escape_json_record, "Grüße, 你好", "Grüße, 你好");
}
END_TEST

START_TEST(escape_sequences_never_reach_a_terminal)
{
    EXPECT(escape_terminal, "220 \x1b[2J\x1b]0;x\x07 hi\r\n",
           "220 \\x1b[2J\\x1b]0;x\\x07 hi\\x0d\\x0a");
    EXPECT(escape_terminal,
           "\xC2\x9B"
           "2J",
           "\\xc2\\x9b"
           "2J");
    EXPECT(escape_terminal, "a\tb\x7F", "a\\x09b\\x7f");
}
END_TEST

static const struct {
    const char *octets;
    const char *shown;
} harmful[] = {
    { "\xC2\x80", "\\xc2\\x80" },                   /* C1, the first */
    { "\xC2\x9F", "\\xc2\\x9f" },                   /* C1, the last */
    { "\xC2\xAD", "\\xc2\\xad" },                   /* soft hyphen */
    { "\xD8\x9C", "\\xd8\\x9c" },                   /* U+061C */
    { "\xE2\x80\x8B", "\\xe2\\x80\\x8b" },          /* zero-width space */
    { "\xE2\x80\x8D", "\\xe2\\x80\\x8d" },          /* zero-width joiner */
    { "\xE2\x80\x8E", "\\xe2\\x80\\x8e" },          /* U+200E */
    { "\xE2\x80\x8F", "\\xe2\\x80\\x8f" },          /* U+200F */
    { "\xE2\x80\xA8", "\\xe2\\x80\\xa8" },          /* line separator */
    { "\xE2\x80\xA9", "\\xe2\\x80\\xa9" },          /* paragraph separator */
    { "\xE2\x80\xAA", "\\xe2\\x80\\xaa" },          /* U+202A */
    { "\xE2\x80\xAE", "\\xe2\\x80\\xae" },          /* U+202E */
    { "\xE2\x81\xA6", "\\xe2\\x81\\xa6" },          /* U+2066 */
    { "\xE2\x81\xA9", "\\xe2\\x81\\xa9" },          /* U+2069 */
    { "\xEF\xBB\xBF", "\\xef\\xbb\\xbf" },          /* byte order mark */
    { "\xEF\xB8\x8F", "\\xef\\xb8\\x8f" },          /* variation selector */
    { "\xEE\x80\x80", "\\xee\\x80\\x80" },          /* private use */
    { "\xEF\xBF\xBF", "\\xef\\xbf\\xbf" },          /* no character */
    { "\xF3\xA0\x81\x81", "\\xf3\\xa0\\x81\\x81" }, /* tag */
};

START_TEST(what_hides_or_turns_text_is_shown_by_its_octets)
{
    expect(escape_terminal, harmful[_i].octets, strlen(harmful[_i].octets), harmful[_i].shown);
}
END_TEST

static const struct {
    const char *octets;
    const char *shown;
    const char *json;
} invalid[] = {
    { "a\xC3", "a\\xc3", "a\xEF\xBF\xBD" },                                           /* cut */
    { "\xE4\xBD", "\\xe4\\xbd", "\xEF\xBF\xBD\xEF\xBF\xBD" },                         /* cut */
    { "\xF0\x9F\x98x", "\\xf0\\x9f\\x98x", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx" }, /* cut */
    { "\xC0\xAF", "\\xc0\\xaf", "\xEF\xBF\xBD\xEF\xBF\xBD" },                         /* overlong */
    { "\xE0\x80\xAF", "\\xe0\\x80\\xaf", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },    /* overlong */
    { "\xED\xA0\x80", "\\xed\\xa0\\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" }, /* surrogate */
    { "\xF5\x80", "\\xf5\\x80", "\xEF\xBF\xBD\xEF\xBF\xBD" },                      /* too large */
    { "\x80z", "\\x80z", "\xEF\xBF\xBDz" },                                        /* stray */
};

START_TEST(what_is_no_utf8_is_shown_by_its_octets)
{
    const char *octets = invalid[_i].octets;

    expect(escape_terminal, octets, strlen(octets), invalid[_i].shown);
    expect(escape_record, octets, strlen(octets), invalid[_i].shown);
    expect(escape_json, octets, strlen(octets), invalid[_i].json);
}
END_TEST

START_TEST(a_backslash_is_kept_unless_it_would_read_as_an_escape)
{
    EXPECT(escape_terminal, "DOMAIN\\user \\", "DOMAIN\\user \\");
    EXPECT(escape_terminal, "\\x1b \\xZZ \\x1", "\\x5cx1b \\xZZ \\x1");
    EXPECT(escape_record, "DOMAIN\\user", "DOMAIN\\user");
}
END_TEST

START_TEST(marks_stand_on_letters_and_do_not_pile_up)
{
    EXPECT(escape_terminal, "e\xCC\x81", "e\xCC\x81");
    EXPECT(escape_terminal, "\xCC\x81", "\\xcc\\x81");
    EXPECT(escape_terminal, "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81",
           "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81\\xcc\\x81");
}
END_TEST

START_TEST(json_escapes_what_ends_a_string_or_a_line)
{
    EXPECT(escape_json, "\"\\\n\x1f\x7f", "\\\"\\\\\\u000a\\u001f\\u007f");
    EXPECT(escape_json, "\xC2\x85\xE2\x80\xA8\xE2\x80\xA9", "\\u0085\\u2028\\u2029");
    EXPECT(escape_json_record, "\"\\\n\xFF\x7f", "\\\"\\\\\\\\x0a\\\\xff\\\\x7f");
    EXPECT(escape_json_record, "\xC2\x85\xE2\x80\xA8", "\\u0085\\u2028");
}
END_TEST

struct drained {
    char text[4096];
    size_t len;
};

static enum status drain(void *context, struct slice octets)
{
    struct drained *drained = context;

    for (size_t i = 0; i < octets.len; i++)
        drained->text[drained->len++] = (char)octets.data[i];
    return STATUS_OK;
}

/* _i is the room of the sink. */
START_TEST(a_sink_of_any_size_hands_on_the_same_text)
{
    uint8_t room[64];
    struct drained drained = { .len = 0 };
    struct text_sink sink = text_sink_of(room, (size_t)_i);

    sink.context = &drained;
    sink.drain = drain;
    escape_terminal(&sink, slice_of_string("one \x1b two \xFF three Grüße"));
    ck_assert_int_eq(text_sink_flush(&sink), STATUS_OK);
    drained.text[drained.len] = '\0';
    ck_assert_str_eq(drained.text, "one \\x1b two \\xff three Grüße");
}
END_TEST

START_TEST(what_does_not_fit_is_counted)
{
    uint8_t room[4];
    struct text_sink sink = text_sink_of(room, sizeof room);

    escape_terminal(&sink, slice_of_string("a\x1b"
                                           "bcd"));
    ck_assert_uint_eq(sink.len, 4);
    ck_assert_uint_eq(sink.dropped, 4);
}
END_TEST

START_TEST(widths_are_those_of_a_terminal)
{
    ck_assert_uint_eq(text_width(slice_of_string("abc")), 3);
    ck_assert_uint_eq(text_width(slice_of_string("Grüße")), 5);
    ck_assert_uint_eq(text_width(slice_of_string("你好")), 4);
    ck_assert_uint_eq(text_width(slice_of_string("e\xCC\x81")), 1);
    ck_assert_uint_eq(text_width(slice_of_string("→ متى تراه")), 10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("escape");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tcase, a_single_octet_is_itself_only_where_it_is_printable_ascii, 0, 256);
    tcase_add_test(tcase, harmless_utf8_is_kept_everywhere);
    tcase_add_test(tcase, escape_sequences_never_reach_a_terminal);
    tcase_add_loop_test(tcase, what_hides_or_turns_text_is_shown_by_its_octets, 0,
                        (int)(sizeof harmful / sizeof harmful[0]));
    tcase_add_loop_test(tcase, what_is_no_utf8_is_shown_by_its_octets, 0,
                        (int)(sizeof invalid / sizeof invalid[0]));
    tcase_add_test(tcase, a_backslash_is_kept_unless_it_would_read_as_an_escape);
    tcase_add_test(tcase, marks_stand_on_letters_and_do_not_pile_up);
    tcase_add_test(tcase, json_escapes_what_ends_a_string_or_a_line);
    tcase_add_loop_test(tcase, a_sink_of_any_size_hands_on_the_same_text, 1, 64);
    tcase_add_test(tcase, what_does_not_fit_is_counted);
    tcase_add_test(tcase, widths_are_those_of_a_terminal);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
