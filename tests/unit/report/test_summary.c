/* Counts -> the summary of a capture. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/tally.h"
#include "report/width.h"
#include "report/writer.h"
#include "support/record_builder.h"

static struct catalog *catalog;
static struct report_options options;
static struct tally *tally;
static char *text; /* open_memstream's */
static size_t text_len;

static const struct finding_rule slow_reply = { .id = "slow-reply" };

static void setup(void)
{

    ck_assert_int_eq(catalog_open(&catalog), STATUS_OK);
    options = (struct report_options){ .catalog = catalog, .zone = CLOCK_UTC, .columns = 80 };
    tally = tally_new();
    ck_assert_ptr_nonnull(tally);
    text = NULL;
}

static void teardown(void)
{
    tally_free(tally);
    catalog_free(catalog);
    free(text);
}

static void add_session(const char *greeting, const char *rcpt, const char *reply,
                        enum outcome outcome)
{
    struct finding finding = { .rule = &slow_reply, .count = 1 };
    struct findings findings = { .list = &finding, .count = 1 };
    struct diagnosis diagnosis = { .summary = "" };
    struct record_builder b;
    struct report_session session = { &b.record, &findings, &diagnosis };

    record_begin(&b);
    record_server(&b, greeting);
    record_client(&b, "EHLO client.example.test");
    record_server(&b, "250 mx.example.test");
    record_client(&b, "MAIL FROM:<a@example.test>");
    record_server(&b, "250 2.1.0 Ok");
    record_client(&b, rcpt);
    record_wait(&b, 1239 * STAMP_MILLISECOND);
    record_server(&b, reply);
    if (outcome == OUTCOME_DELIVERED) {
        record_client(&b, "DATA");
        record_server(&b, "354 go ahead");
        record_content(&b, 123456, 2000);
        record_server(&b, "250 2.0.0 Ok");
    }
    (void)record_finish(&b, outcome, STAGE_RCPT);
    ck_assert_int_eq(tally_add(tally, &session), STATUS_OK);
    record_clear(&b);
}

static void summarise(const struct report_input *input)
{
    FILE *out = open_memstream(&text, &text_len);
    struct report_writer *writer;

    ck_assert_ptr_nonnull(out);
    writer = summary_writer_new(out, &options);
    ck_assert_ptr_nonnull(writer);
    ck_assert_int_eq(report_begin(writer), STATUS_OK);
    ck_assert_int_eq(report_end(writer, input, tally), STATUS_OK);
    report_writer_free(writer);
    ck_assert_int_eq(fclose(out), 0);
}

static const char *const captures[] = { "a.pcap", "b\x1b[2J.pcap" };

static struct report_input usual_input(void)
{
    struct report_input input = {
        .captures = captures,
        .capture_count = 2,
        .packets = 1204,
        .octets = 1234567,
        .has_times = true,
        .first = { .at = { RECORD_START } },
        .last = { .at = { RECORD_START + 303 * STAMP_SECOND } },
    };

    input.skipped[SKIP_NOT_TCP] = 12;
    input.skipped[SKIP_MALFORMED] = 1;
    return input;
}

static void expect(const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in:\n%s", part, text);
}

START_TEST(what_could_not_be_decoded_is_told_with_its_link_types)
{
    struct report_input input = usual_input();

    input.skipped[SKIP_MALFORMED] = 3;
    input.skipped[SKIP_TOO_DEEP] = 4;
    input.undecoded[0] = (struct report_undecoded){ SKIP_MALFORMED, 1, "EN10MB", 2 };
    input.undecoded[1] = (struct report_undecoded){ SKIP_TOO_DEEP, 1, "EN10MB", 4 };
    input.undecoded[2] = (struct report_undecoded){ SKIP_MALFORMED, 9999, NULL, 1 };
    input.undecoded_count = 3;
    input.fragments = (struct fragment_counts){ .overlapping = 1, .tiny = 2 };
    summarise(&input);
    expect("not analysed: 12 not TCP, 3 malformed (EN10MB,\n"
           "9999), 4 nested too deep (EN10MB); 1 fragment that overlaps another; 2 fragments\n"
           "that cut TCP's header\n");
}
END_TEST

START_TEST(a_capture_is_told_on_one_page)
{
    struct report_input input = usual_input();

    add_session("220 mx1.example.test", "RCPT TO:<b@example.test>", "550 5.1.1 User unknown",
                OUTCOME_REJECTED);
    add_session("220 mx1.example.test", "RCPT TO:<c@other.test>", "250 2.1.5 Ok",
                OUTCOME_DELIVERED);
    summarise(&input);
    expect("a.pcap\n"
           "b\\x1b[2J.pcap\n"
           "1,204 packets, 1,234,567 octets; not analysed: 12 not TCP, 1 malformed\n"
           "2026-11-24 01:02:03.123 to 2026-11-24 01:07:06.123 UTC (5 min 3 s)\n"
           "\n"
           "2 SMTP sessions in 1,204 packets\n"
           "          1  ████████          delivered\n"
           "          1  ████████          rejected\n"
           "\n"
           "Messages\n"
           "          1  accepted\n"
           "          0  refused\n");
    expect("    123,456  octets of messages\n"
           "          1  recipients accepted\n"
           "          1  recipients refused\n");
    expect("          6  ████████████████  250 OK\n");
    expect("          1  ████████████████  192.0.2.25:25 mx1.example.test\n");
    expect("          1  ████████████████  example.test\n");
    expect("          2  ████████████████  slow-reply\n");
    expect("               answers      median        95 %     slowest   session\n"
           "  RCPT               2      1.");
    expect("1.24 s         1\n");
}
END_TEST

START_TEST(an_empty_capture_is_no_error)
{
    struct report_input input = { .packets = 1204, .octets = 99 };

    summarise(&input);
    ck_assert_str_eq(text, "1,204 packets, 99 octets\n\n0 SMTP sessions in 1,204 packets\n");
}
END_TEST

/* _i is the number of columns. */
START_TEST(no_line_is_wider_than_the_columns)
{
    struct report_input input = usual_input();

    options.columns = (unsigned)_i;
    add_session("220 a-very-long-name-of-a-mail-server.department.example.test",
                "RCPT TO:<b@a-very-long-domain-of-a-recipient.department.example.test>",
                "550 5.1.1 User unknown", OUTCOME_REJECTED);
    summarise(&input);
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1)
        ck_assert_uint_le(text_width(slice_of(line, strcspn(line, "\n"))), (size_t)_i);
}
END_TEST

START_TEST(hostile_names_are_escaped)
{
    struct report_input input = usual_input();

    add_session("220 mx.\x1b[2J", "RCPT TO:<b@evil\x07.test>", "550 no", OUTCOME_REJECTED);
    summarise(&input);
    expect("192.0.2.25:25 mx.\\x1b[2J\n");
    expect("evil\\x07.test\n");
    ck_assert_ptr_null(strchr(text, '\x1b'));
}
END_TEST

START_TEST(a_stream_that_fails_is_told)
{
    struct report_input input = usual_input();
    FILE *full = fopen("/dev/full", "w");
    struct report_writer *writer;
    enum status status = STATUS_OK;

    ck_assert_ptr_nonnull(full);
    ck_assert_int_eq(setvbuf(full, NULL, _IONBF, 0), 0);
    writer = summary_writer_new(full, &options);
    ck_assert_ptr_nonnull(writer);
    errno = 0;
    status = report_end(writer, &input, tally);
    ck_assert_int_eq(status, STATUS_IO);
    ck_assert_int_eq(errno, ENOSPC);
    report_writer_free(writer);
    (void)fclose(full);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("summary");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_could_not_be_decoded_is_told_with_its_link_types);
    tcase_add_test(tcase, a_capture_is_told_on_one_page);
    tcase_add_test(tcase, an_empty_capture_is_no_error);
    tcase_add_loop_test(tcase, no_line_is_wider_than_the_columns, 40, 120);
    tcase_add_test(tcase, hostile_names_are_escaped);
    tcase_add_test(tcase, a_stream_that_fails_is_told);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
