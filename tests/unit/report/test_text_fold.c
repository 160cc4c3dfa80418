/* Which entries of a dialogue are more of the same, and which are news. */
#include <check.h>

#include "report/text_parts.h"
#include "support/record_builder.h"
#include "support/suite.h"

static struct record_builder b;
static struct diagnosis diagnosis;
static struct findings findings;

/* Greeting is 1, EHLO 2 and 3, MAIL 4 and 5. */
static void setup(void)
{
    diagnosis = (struct diagnosis){ 0 };
    findings = (struct findings){ 0 };
    record_begin(&b);
    record_server(&b, "220 mx ESMTP");
    record_client(&b, "EHLO c");
    record_server(&b, "250 mx");
    record_client(&b, "MAIL FROM:<a@c>");
    record_server(&b, "250 ok");
}

static void teardown(void)
{
    record_clear(&b);
}

static void ask(const char *command, const char *reply)
{
    record_client(&b, command);
    record_server(&b, reply);
}

static uint32_t run_end(uint32_t n)
{
    struct report_session session = { &b.record, &findings, &diagnosis };

    record_finish(&b, OUTCOME_NO_MAIL, STAGE_RCPT);
    return text_run_end(&session, n);
}

START_TEST(recipients_accepted_one_after_the_other_are_one_run)
{
    for (int i = 0; i < 5; i++)
        ask("RCPT TO:<b@d>", "250 ok");
    ask("DATA", "354 go");
    ck_assert_uint_eq(run_end(6), 15);
    ck_assert_uint_eq(run_end(9), 15);
    ck_assert_uint_eq(run_end(15), 15);
}
END_TEST

START_TEST(pipelined_recipients_are_one_run)
{
    for (int i = 0; i < 4; i++)
        record_client(&b, "RCPT TO:<b@d>");
    for (int i = 0; i < 4; i++)
        record_server(&b, "250 ok");
    ck_assert_uint_eq(run_end(6), 13);
}
END_TEST

START_TEST(another_verb_ends_a_run)
{
    ask("NOOP", "250 ok");
    ask("NOOP", "250 ok");
    ask("RSET", "250 ok");
    ck_assert_uint_eq(run_end(6), 9);
}
END_TEST

START_TEST(another_code_ends_a_run)
{
    ask("RCPT TO:<b@d>", "250 ok");
    ask("RCPT TO:<b@d>", "251 ok");
    ask("RCPT TO:<b@d>", "251 ok");
    ck_assert_uint_eq(run_end(6), 7);
    ck_assert_uint_eq(run_end(8), 11);
}
END_TEST

START_TEST(a_refusal_is_news)
{
    ask("RCPT TO:<b@d>", "550 no");
    ask("RCPT TO:<b@d>", "550 no");
    ck_assert_uint_eq(run_end(6), 6);
    ck_assert_uint_eq(run_end(7), 7);
}
END_TEST

START_TEST(a_refusal_of_what_is_no_command_is_the_same_news_every_time)
{
    ask("body line", "500 what");
    ask("body line", "500 what");
    ask("body line", "500 what");
    ck_assert_uint_eq(run_end(6), 11);
}
END_TEST

START_TEST(what_was_never_answered_is_news)
{
    record_client(&b, "NOOP");
    record_client(&b, "NOOP");
    ck_assert_uint_eq(run_end(6), 6);
}
END_TEST

START_TEST(a_reply_of_several_lines_is_news)
{
    ask("NOOP", "250 ok");
    ask("NOOP", "250-more\n250 ok");
    ask("NOOP", "250 ok");
    ck_assert_uint_eq(run_end(6), 7);
    ck_assert_uint_eq(run_end(8), 8);
}
END_TEST

START_TEST(the_entry_that_decides_stands_alone)
{
    for (int i = 0; i < 3; i++)
        ask("RCPT TO:<b@d>", "250 ok");
    record_finish(&b, OUTCOME_NO_MAIL, STAGE_RCPT);
    b.record.deciding = 9;
    ck_assert_uint_eq(run_end(6), 8);
    ck_assert_uint_eq(run_end(9), 9);
    ck_assert_uint_eq(run_end(10), 11);
}
END_TEST

START_TEST(the_entry_of_the_diagnosis_stands_alone)
{
    for (int i = 0; i < 3; i++)
        ask("RCPT TO:<b@d>", "250 ok");
    diagnosis.n = 9;
    ck_assert_uint_eq(run_end(6), 8);
    ck_assert_uint_eq(run_end(9), 9);
}
END_TEST

START_TEST(an_entry_with_a_finding_begins_a_run_of_its_own)
{
    struct finding finding = { .n = 8 };

    for (int i = 0; i < 3; i++)
        ask("RCPT TO:<b@d>", "250 ok");
    findings = (struct findings){ .list = &finding, .count = 1 };
    ck_assert_uint_eq(run_end(6), 7);
    ck_assert_uint_eq(run_end(8), 11);
}
END_TEST

START_TEST(an_entry_that_a_hole_touched_is_news)
{
    for (int i = 0; i < 3; i++)
        ask("RCPT TO:<b@d>", "250 ok");
    b.entries[7].is_doubtful = true;
    ck_assert_uint_eq(run_end(6), 7);
    ck_assert_uint_eq(run_end(8), 8);
}
END_TEST

START_TEST(a_message_is_news_and_chunks_are_not)
{
    ask("DATA", "354 go");
    record_content(&b, 10, 1);
    record_server(&b, "250 ok");
    ck_assert_uint_eq(run_end(8), 8);
    record_clear(&b);
    setup();
    for (int i = 0; i < 3; i++) {
        record_client(&b, "BDAT 10");
        record_chunk(&b, 1);
        record_server(&b, "250 ok");
    }
    ck_assert_uint_eq(run_end(7), 8);
}
END_TEST

START_TEST(no_entry_has_no_run)
{
    ck_assert_uint_eq(run_end(0), 0);
    ck_assert_uint_eq(run_end(6), 6);
    ck_assert_uint_eq(run_end(UINT32_MAX), UINT32_MAX);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("fold");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, recipients_accepted_one_after_the_other_are_one_run);
    tcase_add_test(tc, pipelined_recipients_are_one_run);
    tcase_add_test(tc, another_verb_ends_a_run);
    tcase_add_test(tc, another_code_ends_a_run);
    tcase_add_test(tc, a_refusal_is_news);
    tcase_add_test(tc, a_refusal_of_what_is_no_command_is_the_same_news_every_time);
    tcase_add_test(tc, what_was_never_answered_is_news);
    tcase_add_test(tc, a_reply_of_several_lines_is_news);
    tcase_add_test(tc, the_entry_that_decides_stands_alone);
    tcase_add_test(tc, the_entry_of_the_diagnosis_stands_alone);
    tcase_add_test(tc, an_entry_with_a_finding_begins_a_run_of_its_own);
    tcase_add_test(tc, an_entry_that_a_hole_touched_is_news);
    tcase_add_test(tc, a_message_is_news_and_chunks_are_not);
    tcase_add_test(tc, no_entry_has_no_run);
    return suite_run("report/text_fold", tc);
}
