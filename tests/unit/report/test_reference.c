/* What users paste: a code, a reply of several lines, a line of a log, a bounce. */
#include "report/reference.h"

#include <check.h>
#include <stdlib.h>

#include "support/suite.h"

static const struct {
    const char *pasted;
    unsigned code;
    const char *enhanced;
    const char *verb; /* NULL: not said */
    const char *text;
} pastes[] = {
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

    ck_assert(reference_parse(pastes[_i].pasted, room, sizeof(room), &text, &key));
    ck_assert_uint_eq(key.code, pastes[_i].code);
    enhanced_code_text(key.enhanced, enhanced);
    ck_assert_str_eq(enhanced, pastes[_i].enhanced);
    ck_assert_pstr_eq(key.verb, pastes[_i].verb);
    ck_assert_msg(slice_equal(text, slice_of_string(pastes[_i].text)), "%.*s", (int)text.len,
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

/* _i is the size of the room. */
START_TEST(a_long_paste_is_cut_at_the_room)
{
    struct reply_key key;
    struct slice text;
    char room[16];

    ck_assert(reference_parse("550 5.7.1 no thanks", room, (size_t)_i, &text, &key));
    ck_assert_uint_eq(text.len, _i < 9 ? (size_t)_i : 9);
    ck_assert(slice_equal(text, slice_part(slice_of_string("no thanks"), 0, text.len)));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("reference");

    tcase_add_loop_test(tc, code_enhanced_code_words_and_command_are_found, 0,
                        (int)(sizeof(pastes) / sizeof(*pastes)));
    tcase_add_test(tc, a_text_without_a_code_is_refused);
    tcase_add_loop_test(tc, a_long_paste_is_cut_at_the_room, 0, 12);
    return suite_run("report/reference", tc);
}
