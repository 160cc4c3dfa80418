/* Sessions made by hand -> the text report. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/tally.h"
#include "report/width.h"
#include "report/writer.h"
#include "support/record_builder.h"

static struct catalog *catalog;
static struct report_options options;
static struct record_builder b;
static struct report_writer *writer;
static struct tally *tally;
static FILE *out;
static char *text; /* open_memstream's */
static size_t text_len;

static const struct finding_rule quit_missing = {
    .id = "quit-missing",
    .severity = SEVERITY_INFO,
    .meaning = "The client closed without QUIT.",
    .fix = "Let the client send QUIT.",
};

/* Once for all tests: it takes longer than they do. */
static void open_catalog(void)
{

    ck_assert_int_eq(catalog_open(&catalog), STATUS_OK);
}

static void close_catalog(void)
{
    catalog_free(catalog);
}

static void setup(void)
{
    options = (struct report_options){
        .catalog = catalog,
        .detail = DETAIL_NORMAL,
        .zone = CLOCK_UTC,
        .columns = 80,
    };
    tally = tally_new();
    ck_assert_ptr_nonnull(tally);
    writer = NULL;
    out = open_memstream(&text, &text_len);
    ck_assert_ptr_nonnull(out);
}

static void teardown(void)
{
    report_writer_free(writer);
    tally_free(tally);
    free(text);
}

/* Reports the session of `b`, and clears it. */
static void report(enum outcome outcome, uint32_t n, const char *summary, struct finding *list,
                   uint32_t count)
{
    const struct session_record *record = record_finish(&b, outcome, STAGE_RCPT);
    struct findings findings = { .list = list, .count = count };
    struct diagnosis diagnosis = {
        .severity = outcome == OUTCOME_DELIVERED ? SEVERITY_OK : SEVERITY_ERROR,
        .summary = summary,
        .summary_len = strlen(summary),
        .n = n,
        .when_seen = n == 0 ? NULL : "When the diagnosis is made.",
        .fix = n == 0 ? NULL : "Do as the diagnosis says.",
    };
    struct report_session session = { record, &findings, &diagnosis };

    if (writer == NULL) {
        writer = text_writer_new(out, &options);
        ck_assert_ptr_nonnull(writer);
        ck_assert_int_eq(report_begin(writer), STATUS_OK);
    }
    ck_assert_int_eq(tally_add(tally, &session), STATUS_OK);
    ck_assert_int_eq(report_session(writer, &session), STATUS_OK);
    record_clear(&b);
}

static void end(uint64_t packets, uint64_t unreported)
{
    struct report_input input = { .packets = packets, .sessions_unreported = unreported };

    if (writer == NULL)
        writer = text_writer_new(out, &options);
    ck_assert_int_eq(report_end(writer, &input, tally), STATUS_OK);
    ck_assert_int_eq(fclose(out), 0);
}

static void expect(const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in:\n%s", part, text);
}

static void expect_not(const char *part)
{
    ck_assert_msg(strstr(text, part) == NULL, "'%s' in:\n%s", part, text);
}

static unsigned times(const char *part)
{
    unsigned count = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

static void envelope(const char *rcpt_reply)
{
    record_begin(&b);
    record_server(&b, "220 mx.example.test ESMTP Postfix");
    record_client(&b, "EHLO client.example.test");
    record_server(&b, "250-mx.example.test\n250-PIPELINING\n250-SIZE 1000\n250 HELP");
    record_client(&b, "MAIL FROM:<a@example.test>");
    record_server(&b, "250 2.1.0 Ok");
    record_client(&b, "RCPT TO:<b@example.test>");
    record_server(&b, rcpt_reply);
}

START_TEST(a_rejected_session_is_laid_out_for_eighty_columns)
{
    envelope("550 5.1.1 User unknown");
    record_client(&b, "QUIT");
    record_server(&b, "221 2.0.0 Bye");
    report(OUTCOME_REJECTED, 7, "rejected at RCPT TO <b@example.test>: 550 5.1.1 User unknown",
           NULL, 0);
    end(1204, 0);
    expect("\nSession 1  2026-11-24 01:02:03.123 UTC  SMTP  10 ms\n"
           "           192.0.2.10:51022 → 192.0.2.25:25\n"
           "           (client.example.test → mx.example.test)\n"
           "\n"
           "ERROR    rejected at RCPT TO <b@example.test>: 550 5.1.1 User unknown (frame 10)\n"
           "         When You See It: When the diagnosis is made.\n"
           "         How to Fix: Do as the diagnosis says.\n"
           "\n"
           "   time    took  frame  client   server\n"
           "  0.001  1.4 ms      4           ← 220 mx.example.test ESMTP Postfix\n"
           "  0.002              5  → EHLO client.example.test\n"
           "  0.003  1.0 ms      6           ← 250 mx.example.test: PIPELINING, SIZE 1000,\n"
           "                                     HELP\n"
           "  0.004              7  → MAIL FROM:<a@example.test>\n"
           "  0.005  1.0 ms      8           ← 250 2.1.0 Ok\n"
           "  0.006              9  → RCPT TO:<b@example.test>\n"
           "> 0.007  1.0 ms     10           ← 550 5.1.1 User unknown\n"
           "  0.008             11  → QUIT\n"
           "  0.009  1.0 ms     12           ← 221 2.0.0 Bye\n"
           "  0.010             13  client closes the connection\n");
    expect("1 SMTP session in 1,204 packets: 1 rejected\n");
}
END_TEST

START_TEST(an_empty_result_is_a_line_and_no_error)
{
    end(1204, 0);
    ck_assert_str_eq(text, "0 SMTP sessions in 1,204 packets\n");
}
END_TEST

START_TEST(sessions_not_selected_are_counted)
{
    end(1, 12);
    ck_assert_str_eq(text, "0 SMTP sessions in 1 packet (12 not selected)\n");
}
END_TEST

START_TEST(quiet_is_a_line_a_session_and_no_total)
{
    options.detail = DETAIL_QUIET;
    envelope("550 5.1.1 User unknown");
    report(OUTCOME_REJECTED, 7, "rejected at RCPT: \x1b[31m a long line that is not wrapped at all",
           NULL, 0);
    end(10, 0);
    ck_assert_str_eq(text, "1  192.0.2.10 → 192.0.2.25:25  rejected at RCPT: \\x1b[31m a long line "
                           "that is not wrapped at all\n");
}
END_TEST

START_TEST(the_same_explanation_is_not_printed_twice)
{
    for (unsigned i = 1; i <= 3; i++) {
        envelope("550 5.1.1 User unknown");
        b.record.ordinal = i;
        report(OUTCOME_REJECTED, 7, "rejected", NULL, 0);
    }
    end(30, 0);
    ck_assert_uint_eq(times("Do as the diagnosis says."), 1);
    ck_assert_uint_eq(times("When You See It, How to Fix: see session 1"), 2);
    ck_assert_uint_eq(times("PIPELINING"), 1);
    ck_assert_uint_eq(times("250 mx.example.test: as in session 1\n"), 2);
    ck_assert_uint_eq(times("UTC"), 1);
}
END_TEST

/* The catalogue's explanation of VRFY's refusal. */
static const char *explanation(void)
{
    struct reply_key key = { .code = 502, .verb = "VRFY" };
    struct annotation found;

    catalog_annotate(catalog, &key, &found);
    ck_assert_ptr_nonnull(found.title);
    return found.title;
}

START_TEST(a_refusal_beside_the_diagnosis_is_explained_once_then_named)
{
    char titled[128];

    (void)snprintf(titled, sizeof titled, "[%s]", explanation());
    envelope("250 2.1.5 Ok");
    for (int i = 0; i < 2; i++) {
        record_client(&b, "VRFY bob");
        record_server(&b, "502 no");
    }
    report(OUTCOME_NO_MAIL, 0, "no mail was sent", NULL, 0);
    end(10, 0);
    ck_assert_uint_eq(times(titled), 2);
    ck_assert_uint_eq(times("How to Fix:"), 1);
    expect_not("[OK]");
}
END_TEST

START_TEST(everything_is_explained_where_everything_is_wanted)
{
    options.detail = DETAIL_FULL;
    envelope("550 5.1.1 User unknown");
    report(OUTCOME_REJECTED, 7, "rejected", NULL, 0);
    end(10, 0);
    ck_assert_uint_eq(times("How to Fix:"), 5);
    expect("250-mx.example.test\n");
    expect("250-PIPELINING\n");
    expect("250 HELP");
    expect("TCP      handshake complete, round trip 0.4 ms, closed (FIN), first by the\n"
           "         client\n");
    expect("octets  client server");
    expect("  0.001400  1.4 ms");
}
END_TEST

START_TEST(labels_are_in_the_language_that_was_asked_for)
{
    options.language = LANGUAGE_FR;
    envelope("550 5.1.1 User unknown");
    report(OUTCOME_REJECTED, 7, "rejected", NULL, 0);
    end(10, 0);
    expect("         Quand vous le voyez: When the diagnosis is made.\n");
    expect("         Comment résoudre: Do as the diagnosis says.\n");
}
END_TEST

START_TEST(findings_say_what_where_how_often_and_what_to_do)
{
    struct finding list[2] = {
        {
            .rule = &quit_missing,
            .severity = SEVERITY_WARNING,
            .message = "closed \x1b[2J early",
            .message_len = 17,
            .reference = "RFC 5321 4.1.1.10",
            .n = 4,
            .frame = 7,
            .count = 3,
        },
        {
            .rule = &quit_missing,
            .severity = SEVERITY_INFO,
            .message = "again",
            .message_len = 5,
            .count = 1,
            .confidence = "the capture has a gap",
        },
    };

    envelope("250 2.1.5 Ok");
    report(OUTCOME_NO_MAIL, 0, "no mail was sent", list, 2);
    end(10, 0);
    expect("warning  quit-missing: closed \\x1b[2J early (3 times, first at frame 7; RFC 5321\n"
           "           4.1.1.10)\n"
           "           How to Fix: Let the client send QUIT.\n"
           "info     quit-missing: again\n"
           "           May be wrong: the capture has a gap\n");
    expect("! 0.004              7  → MAIL");
    ck_assert_uint_eq(times("Fix:"), 1);
}
END_TEST

START_TEST(pipelined_replies_name_what_they_answer)
{
    record_begin(&b);
    record_server(&b, "220 mx.example.test");
    record_client(&b, "MAIL FROM:<a@example.test>");
    record_client(&b, "RCPT TO:<b@example.test>");
    record_client(&b, "RCPT TO:<c@example.test>");
    record_client(&b, "DATA");
    record_server(&b, "250 sender");
    record_server(&b, "250 first");
    record_server(&b, "550 <c@example.test> unknown");
    record_server(&b, "354 go ahead");
    report(OUTCOME_PARTIAL, 8, "partly delivered", NULL, 0);
    end(10, 0);
    expect("250 sender (MAIL)\n");
    expect("250 first (RCPT <b@example.test>)\n");
    expect("550 <c@example.test> unknown\n");
    expect("354 go ahead (DATA)\n");
}
END_TEST

START_TEST(content_tls_and_gaps_take_a_line_each)
{
    envelope("250 2.1.5 Ok");
    record_client(&b, "DATA");
    record_server(&b, "354 go ahead");
    record_gap(&b, SIDE_CLIENT, 1448);
    record_content(&b, 123456, 2000)->data.lost_octets = 1448;
    record_server(&b, "250 2.0.0 Ok");
    record_client(&b, "STARTTLS");
    record_server(&b, "220 go ahead");
    record_tls(&b, TLS_STARTTLS, 0x0304, "mx.example.test", 2345, 3456);
    report(OUTCOME_DELIVERED, 0, "delivered", NULL, 0);
    end(10, 0);
    expect("┄┄ 1,448 octets of the client not captured ┄┄\n");
    expect("→ message: 123,456 octets in 2,000 lines, 1,448 octets");
    expect("  TLSv1.3 to mx.example.test, 2,345 octets up, 3,456");
}
END_TEST

START_TEST(more_of_the_same_is_counted_not_shown)
{
    envelope("250 2.1.5 Ok");
    for (int i = 0; i < 100; i++) {
        char line[64];

        (void)snprintf(line, sizeof line, "RCPT TO:<user%d@example.test>", i);
        record_client(&b, line);
        record_server(&b, i == 50 ? "550 no such user" : "250 ok");
    }
    report(OUTCOME_PARTIAL, 0, "partly", NULL, 0);
    end(10, 0);
    expect("⋮ 96 more like these (-v shows them)\n");
    expect("⋮ 92 more like these (-v shows them)\n");
    expect("RCPT TO:<user50@example.test>");
    expect("550 no such user");
    expect_not("user20@");
}
END_TEST

/* _i is the number of columns. */
START_TEST(hostile_octets_neither_reach_the_terminal_nor_break_the_lines)
{
    char octets[400];
    size_t len = 0;

    for (int i = 0; i < 256; i++)
        if (i != '\n')
            octets[len++] = (char)i;
    options.columns = (unsigned)_i;
    options.detail = _i % 2 == 0 ? DETAIL_FULL : DETAIL_NORMAL;
    envelope("550 \x1b]0;title\x07\x1b[2J\x9b"
             "31m\xE2\x80\xAE\r");
    record_client_octets(&b, slice_of(octets, len));
    record_server_octets(&b, slice_of(octets, len));
    b.record.server_software = slice_of(octets, len);
    b.record.ehlo.name = slice_of(octets, len);
    report(OUTCOME_REJECTED, 7, "rejected: \x1b[2J\n\x9b", NULL, 0);
    end(10, 0);
    for (size_t i = 0; i < text_len; i++)
        ck_assert(text[i] == '\n' || ((unsigned char)text[i] >= 0x20 && text[i] != 0x7F));
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1)
        ck_assert_uint_le(text_width(slice_of(line, strcspn(line, "\n"))), (size_t)_i);
}
END_TEST

START_TEST(colour_is_there_only_where_it_is_asked_for)
{
    options.in_colour = true;
    envelope("550 5.1.1 User unknown");
    report(OUTCOME_REJECTED, 7, "rejected", NULL, 0);
    end(10, 0);
    expect("\x1b[1;31mERROR\x1b[0m");
    expect("\x1b[1;31m550 5.1.1 User unknown\x1b[0m");
    expect("\x1b[32m250 \x1b[0m");
}
END_TEST

static const char *capture_name(const void *context, uint32_t capture)
{
    (void)context;
    return capture == 0 ? "a.pcap" : "b\x1b.pcap";
}

START_TEST(a_session_that_goes_on_in_another_capture_says_so)
{
    options.captures.name = capture_name;
    envelope("250 2.1.5 Ok");
    b.entries[5].place.capture = 1;
    b.entries[6].place.capture = 1;
    b.record.spans_captures = true;
    report(OUTCOME_NO_MAIL, 0, "no mail was sent", NULL, 0);
    end(10, 0);
    ck_assert_uint_eq(times("┄┄ from here on in b\\x1b.pcap ┄┄\n"), 1);
}
END_TEST

START_TEST(a_connection_without_a_word_is_told_in_two_lines)
{
    record_begin(&b);
    record_wait(&b, 7 * STAMP_SECOND);
    b.tcp.handshake = TCP_HANDSHAKE_UNANSWERED;
    b.tcp.syn_count = 3;
    report(OUTCOME_UNANSWERED, 0, "no answer", NULL, 0);
    end(10, 0);
    expect("→ SYN, sent 3 times\n");
    expect("← nothing\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_unchecked_fixture(tcase, open_catalog, close_catalog);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_rejected_session_is_laid_out_for_eighty_columns);
    tcase_add_test(tcase, an_empty_result_is_a_line_and_no_error);
    tcase_add_test(tcase, sessions_not_selected_are_counted);
    tcase_add_test(tcase, quiet_is_a_line_a_session_and_no_total);
    tcase_add_test(tcase, the_same_explanation_is_not_printed_twice);
    tcase_add_test(tcase, a_refusal_beside_the_diagnosis_is_explained_once_then_named);
    tcase_add_test(tcase, everything_is_explained_where_everything_is_wanted);
    tcase_add_test(tcase, labels_are_in_the_language_that_was_asked_for);
    tcase_add_test(tcase, findings_say_what_where_how_often_and_what_to_do);
    tcase_add_test(tcase, pipelined_replies_name_what_they_answer);
    tcase_add_test(tcase, content_tls_and_gaps_take_a_line_each);
    tcase_add_test(tcase, more_of_the_same_is_counted_not_shown);
    tcase_add_loop_test(tcase, hostile_octets_neither_reach_the_terminal_nor_break_the_lines, 40,
                        200);
    tcase_add_test(tcase, colour_is_there_only_where_it_is_asked_for);
    tcase_add_test(tcase, a_session_that_goes_on_in_another_capture_says_so);
    tcase_add_test(tcase, a_connection_without_a_word_is_told_in_two_lines);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
