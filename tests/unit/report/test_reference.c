/* explain, compare and codes: what is pasted is understood, and what comes out fits the terminal. */
#include "report/reference.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/width.h"
#include "support/capture_files.h"
#include "support/suite.h"

static struct catalog *catalog;

static void setup(void)
{

    ck_assert_int_eq(catalog_open(&catalog), STATUS_OK);
}

static void teardown(void)
{
    catalog_free(catalog);
}

static const struct {
    const char *pasted;
    unsigned code;
    struct enhanced_code enhanced;
    const char *text;
} pastes[] = {
    { "550", 550, { 0, 0, 0 }, "" },
    { "550 5.1.1", 550, { 5, 1, 1 }, "" },
    { "550 5.1.1 User unknown", 550, { 5, 1, 1 }, "User unknown" },
    { "  550   5.1.1   User unknown  ", 550, { 5, 1, 1 }, "User unknown" },
    { "550-5.1.1 User unknown", 550, { 5, 1, 1 }, "User unknown" },
    { "250 OK", 250, { 0, 0, 0 }, "OK" },
    { "421 4.7.0 [TSS04] try later", 421, { 4, 7, 0 }, "[TSS04] try later" },
    { "550-5.1.1 The account\r\n550-5.1.1 does not\r\n550 5.1.1 exist",
      550,
      { 5, 1, 1 },
      "The account does not exist" },
    { "550-one\n550 two", 550, { 0, 0, 0 }, "one two" },
    { "550-one\n550-5.7.1 two\n550 three", 550, { 5, 7, 1 }, "one two three" },
    { "550 one\n250 two", 550, { 0, 0, 0 }, "one 250 two" },
    { "550\n", 550, { 0, 0, 0 }, "" },
    { "554: Relay access denied", 554, { 0, 0, 0 }, ": Relay access denied" },
    { "550 #5.7.1 Your access is denied", 550, { 5, 7, 1 }, "Your access is denied" },
    { "<x@example>: host mx.example[192.0.2.25] said: 550 5.1.1 <x@example>: unknown",
      550,
      { 5, 1, 1 },
      "<x@example>: unknown" },
    { "(host mx.example said: 452 4.2.2 full (in reply to RCPT TO command))",
      452,
      { 4, 2, 2 },
      "full (in reply to RCPT TO command))" },
    { "Diagnostic-Code: smtp; 550 5.1.1 gone", 550, { 5, 1, 1 }, "gone" },
    { "SMTP error from remote mail server after RCPT TO:<x@e>: 451 4.3.0 later",
      451,
      { 4, 3, 0 },
      "later" },
    { "from 192.0.2.250 port 2525: 530 5.7.0 TLS first", 530, { 5, 7, 0 }, "TLS first" },
    { "Nov 24 10:00:00 mx smtp[554]: x5501y 599a 1550 550x 550.5: 552 5.2.2 full",
      552,
      { 5, 2, 2 },
      "full" },
    { "relay=mx.example[192.0.2.25]:587, delay=0.5, dsn=5.1.1, status=bounced (host said: 550 5.1.1 "
      "gone)",
      550,
      { 5, 1, 1 },
      "gone)" },
    { "size=450, nrcpt=1: 552 5.3.4 too big", 552, { 5, 3, 4 }, "too big" },
    { "status=550 5.1.1 gone", 550, { 5, 1, 1 }, "gone" },
};

START_TEST(what_is_pasted_from_a_log_or_a_bounce_is_understood)
{
    char room[512];
    struct reply_key key;
    struct slice text;

    ck_assert(reference_parse(pastes[_i].pasted, room, sizeof(room), &text, &key));
    ck_assert_uint_eq(key.code, pastes[_i].code);
    ck_assert(enhanced_code_equal(key.enhanced, pastes[_i].enhanced));
    ck_assert_msg(slice_equal(text, slice_of_string(pastes[_i].text)), "\"%.*s\"", (int)text.len,
                  (const char *)text.data);
}
END_TEST

static const struct {
    const char *pasted;
    unsigned code;
    const char *enhanced;
    const char *verb; /* NULL: not said */
    const char *text;
} replies[] = {
    { "550", 550, "", NULL, "" },
    { "550 5.7.1", 550, "5.7.1", NULL, "" },
    { "550 5.7.1 no thanks", 550, "5.7.1", NULL, "no thanks" },
    { "550-5.7.1 no\n550 5.7.1 thanks", 550, "5.7.1", NULL, "no thanks" },
    { "550-no\r\n550 thanks\r\n", 550, "", NULL, "no thanks" },
    { "550 #5.1.1 unknown", 550, "5.1.1", NULL, "unknown" },
    { "5.7.26", 599, "5.7.26", NULL, "" },
    { " #4.2.2 ", 499, "4.2.2", NULL, "" },
    { "SMTP error from remote mail server after RCPT TO:<x@a.example>: 550 no user", 550, "",
      "RCPT", "no user" },
    { "SMTP error from remote mail server after end of data: 552 too large", 552, "", ".",
      "too large" },
    { "delay=300, delays=0.1/0/0.2/300, dsn=5.1.1, said: 554 5.1.1 unknown (in reply to RCPT TO "
      "command)",
      554, "5.1.1", "RCPT", "unknown (in reply to RCPT TO command)" },
    { "delay=300, host mx.example said: 450 later (in reply to end of DATA command)", 450, "", ".",
      "later (in reply to end of DATA command)" },
    { "host mx.example[192.0.2.250] refused to talk to me: 554 no", 554, "", "CONNECT", "no" },
    /* Not the class of the code: not its enhanced code's line. */
    { "250 5.1.1, then 550 5.1.1 unknown", 550, "5.1.1", NULL, "unknown" },
};

START_TEST(code_enhanced_code_words_and_command_are_found)
{
    struct reply_key key;
    struct slice text;
    char room[512];
    char enhanced[ENHANCED_CODE_TEXT_MAX];

    ck_assert(reference_parse(replies[_i].pasted, room, sizeof(room), &text, &key));
    ck_assert_uint_eq(key.code, replies[_i].code);
    enhanced_code_text(key.enhanced, enhanced);
    ck_assert_str_eq(enhanced, replies[_i].enhanced);
    ck_assert_pstr_eq(key.verb, replies[_i].verb);
    ck_assert_msg(slice_equal(text, slice_of_string(replies[_i].text)), "%.*s", (int)text.len,
                  (const char *)text.data);
    ck_assert_ptr_eq(key.lines, &text);
    ck_assert_uint_eq(key.line_count, 1);
}
END_TEST

START_TEST(a_text_without_a_code_is_refused)
{
    static const char *const pasted[] = {
        "", " ", "none", "199", "600", "5500", "x550", "3.7.1", "5.7", "5.7.1 and more", "10.550.1",
    };
    struct reply_key key;
    struct slice text;
    char room[64];

    for (size_t i = 0; i < sizeof(pasted) / sizeof(*pasted); i++)
        ck_assert_msg(!reference_parse(pasted[i], room, sizeof(room), &text, &key), "%s",
                      pasted[i]);
}
END_TEST

START_TEST(what_holds_no_code_is_refused)
{
    static const char *const rows[] = { "",          "5",    "55",    "5501",      "199",
                                        "600",       "x550", "550x",  "3.1.1",     "user unknown",
                                        "1.2.3.550", "-",    "550.1", "0550 five", "\xc3\xa9" };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char room[64];
        struct reply_key key = { .code = 7 };
        struct slice text;

        ck_assert_msg(!reference_parse(rows[i], room, sizeof(room), &text, &key), "%s", rows[i]);
        ck_assert_uint_eq(key.code, 0);
    }
}
END_TEST

/* _i is the room. */
START_TEST(a_text_is_cut_to_its_room)
{
    char room[16];
    struct reply_key key;
    struct slice text;

    memset(room, '#', sizeof(room));
    ck_assert(reference_parse("550-ab\n550 cdef", room, (size_t)_i, &text, &key));
    ck_assert(slice_equal(text, slice_part(slice_of_string("ab cdef"), 0, (size_t)_i)));
    ck_assert_int_eq(room[_i], '#');
}
END_TEST

/* What a call writes, on the heap. */
static char *output(enum status expected, unsigned columns, const char *const *words, size_t count)
{
    struct reference_options options = { .catalog = catalog, .columns = columns };
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(reference_explain(out, &options, words, count), expected);
    fclose(out);
    return text;
}

static void check_fits(const char *text, size_t columns)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");

        ck_assert_msg(text_width(slice_of(text, len)) <= columns, "%.*s", (int)len, text);
        text += len + (text[len] == '\n' ? 1 : 0);
    }
}

START_TEST(an_explanation_has_title_description_when_seen_and_fix)
{
    static const char *const words[] = { "530", "5.7.0", "TLS", "first" };
    char *text = output(STATUS_OK, 80, words, 4);

    ck_assert_int_eq(strncmp(text, "530 5.7.0  ", 11), 0);
    ck_assert_ptr_nonnull(strstr(text, "\n> TLS first\n"));
    ck_assert_ptr_nonnull(strstr(text, "\nDescription\n"));
    ck_assert_ptr_nonnull(strstr(text, "\nWhen You See It\n"));
    ck_assert_ptr_nonnull(strstr(text, "\nHow to Fix\n"));
    ck_assert_ptr_null(strstr(text, "More specific"));
    free(text);
}
END_TEST

/* A catalog file that knows 250 in two contexts of its own. */
static const char overlay[] = "{\"schema\": \"smtpscope.catalog/1\", \"specific\": ["
                              "{\"code\": 250, \"verb\": \"ETRN\", \"title\": \"Queue run begun\","
                              " \"when_seen\": \"w\", \"fix\": \"f\"},"
                              "{\"code\": 250, \"verb\": \".\", \"title\": \"Taken over here\","
                              " \"when_seen\": \"w\", \"fix\": \"f\"}]}";

START_TEST(a_bare_code_names_the_contexts_that_say_more)
{
    static const char *const words[] = { "250" };
    const char *path = capture_files_write("overlay.json", slice_of_string(overlay));
    char error[256] = "";
    char *text;

    ck_assert_msg(catalog_overlay(catalog, path, error, sizeof error) == STATUS_OK, "%s", error);
    text = output(STATUS_OK, 80, words, 1);
    ck_assert_ptr_nonnull(strstr(text, "\nMore specific\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n  Queue run begun: to ETRN\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n  Taken over here: to the end of data\n"));
    ck_assert_ptr_null(strstr(text, "\n> "));
    free(text);
}
END_TEST

START_TEST(every_code_has_an_explanation_that_fits_the_terminal)
{
    static const unsigned widths[] = { 40, 80, 200 };

    for (unsigned code = 200; code < 600; code += code < 220 || code > 550 ? 1 : 9) {
        char digits[4];
        const char *const words[] = { digits };

        snprintf(digits, sizeof(digits), "%u", code % 1000);
        for (size_t i = 0; i < 3; i++) {
            char *text = output(STATUS_OK, widths[i], words, 1);

            ck_assert_int_eq(strncmp(text, digits, 3), 0);
            check_fits(text, widths[i]);
            free(text);
        }
    }
}
END_TEST

START_TEST(what_cannot_be_explained_prints_nothing)
{
    static const char *const words[] = { "hello", "world" };
    char *text = output(STATUS_USAGE, 80, words, 2);

    ck_assert_str_eq(text, "");
    free(text);
    text = output(STATUS_USAGE, 80, words, 0);
    ck_assert_str_eq(text, "");
    free(text);
}
END_TEST

START_TEST(escape_sequences_in_a_paste_do_not_reach_the_terminal)
{
    static const char *const words[] = { "550 \x1b[31mred \x07" };
    char *text = output(STATUS_OK, 80, words, 1);

    ck_assert_ptr_null(strchr(text, '\x1b'));
    ck_assert_ptr_null(strchr(text, '\x07'));
    ck_assert_ptr_nonnull(strstr(text, "\\x1b[31mred"));
    free(text);
}
END_TEST

/* 8191 octets, one less and many more. */
START_TEST(a_long_paste_is_cut_and_explained)
{
    static const size_t sizes[] = { 8190, 8191, 8192, 20000 };
    static char pasted[20001];
    const char *const words[] = { pasted };
    char *text;

    memset(pasted, 'x', sizeof(pasted));
    mem_copy(pasted, "550 5.1.1 ", 10);
    pasted[sizes[_i]] = '\0';
    text = output(STATUS_OK, 80, words, 1);
    ck_assert_int_eq(strncmp(text, "550 5.1.1  ", 11), 0);
    free(text);
}
END_TEST

START_TEST(two_codes_are_compared_both_ways)
{
    static const unsigned pairs[][2] = { { 250, 354 }, { 354, 250 }, { 500, 502 }, { 530, 235 } };
    struct reference_options options = { .catalog = catalog, .columns = 60 };
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    ck_assert_int_eq(reference_compare(out, &options, pairs[_i][0], pairs[_i][1]), STATUS_OK);
    fclose(out);
    check_fits(text, 60);
    ck_assert_ptr_nonnull(strstr(text, "\n1. "));
    free(text);
}
END_TEST

START_TEST(a_code_that_nobody_knows_is_not_compared)
{
    static const unsigned pairs[][2] = { { 250, 999 }, { 999, 250 }, { 0, 0 }, { 250, 199 } };
    struct reference_options options = { .catalog = catalog, .columns = 60 };
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    ck_assert_int_eq(reference_compare(out, &options, pairs[_i][0], pairs[_i][1]), STATUS_USAGE);
    fclose(out);
    ck_assert_str_eq(text, "");
    free(text);
}
END_TEST

START_TEST(the_codes_are_a_line_each_in_their_order)
{
    struct reference_options options = { .catalog = catalog, .columns = 400 };
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    unsigned long previous = 0;
    const char *line;

    ck_assert_int_eq(reference_codes(out, &options), STATUS_OK);
    fclose(out);
    for (line = text; *line >= '2' && *line <= '5' && line[1] != '.';) {
        unsigned long code = strtoul(line, NULL, 10);

        ck_assert_uint_gt(code, previous);
        previous = code;
        line = strchr(line, '\n') + 1;
    }
    ck_assert_uint_ge(previous, 530);
    free(text);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("reference");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_checked_fixture(tc, capture_files_begin, capture_files_end);
    tcase_add_loop_test(tc, what_is_pasted_from_a_log_or_a_bounce_is_understood, 0,
                        (int)(sizeof(pastes) / sizeof(*pastes)));
    tcase_add_loop_test(tc, code_enhanced_code_words_and_command_are_found, 0,
                        (int)(sizeof(replies) / sizeof(*replies)));
    tcase_add_test(tc, a_text_without_a_code_is_refused);
    tcase_add_test(tc, what_holds_no_code_is_refused);
    tcase_add_loop_test(tc, a_text_is_cut_to_its_room, 0, 9);
    tcase_add_test(tc, an_explanation_has_title_description_when_seen_and_fix);
    tcase_add_test(tc, a_bare_code_names_the_contexts_that_say_more);
    tcase_add_test(tc, every_code_has_an_explanation_that_fits_the_terminal);
    tcase_add_test(tc, what_cannot_be_explained_prints_nothing);
    tcase_add_test(tc, escape_sequences_in_a_paste_do_not_reach_the_terminal);
    tcase_add_loop_test(tc, a_long_paste_is_cut_and_explained, 0, 4);
    tcase_add_loop_test(tc, two_codes_are_compared_both_ways, 0, 4);
    tcase_add_loop_test(tc, a_code_that_nobody_knows_is_not_compared, 0, 4);
    tcase_add_test(tc, the_codes_are_a_line_each_in_their_order);
    return suite_run("report/reference", tc);
}
