/* Finished sessions -> counts. */
#include "report/tally.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "support/record_builder.h"

static const struct finding_rule slow_reply = { .id = "slow-reply" };
static const struct finding_rule bare_lf = { .id = "bare-lf" };

static struct tally *tally;

static void setup(void)
{
    tally = tally_new();
    ck_assert_ptr_nonnull(tally);
}

static void teardown(void)
{
    tally_free(tally);
}

static void add(const struct session_record *record, struct finding *list, uint32_t count)
{
    struct findings findings = { .list = list, .count = count };
    struct diagnosis diagnosis = { .summary = "" };
    struct report_session session = { record, &findings, &diagnosis };

    ck_assert_int_eq(tally_add(tally, &session), STATUS_OK);
}

static void begin(struct record_builder *b, const char *greeting)
{
    record_begin(b);
    record_server(b, greeting);
    record_client(b, "EHLO client.example.test");
    record_server(b, "250 mx.example.test");
    record_client(b, "MAIL FROM:<a@example.test>");
    record_server(b, "250 2.1.0 Ok");
}

static void recipient(struct record_builder *b, const char *rcpt, const char *reply)
{
    record_client(b, rcpt);
    record_server(b, reply);
}

static void content(struct record_builder *b, uint64_t octets, const char *reply)
{
    record_client(b, "DATA");
    record_server(b, "354 go ahead");
    record_content(b, octets, 10);
    record_server(b, reply);
}

START_TEST(sessions_messages_and_replies_add_up)
{
    const struct tally_totals *totals = tally_totals(tally);
    struct record_builder b;

    begin(&b, "220 mx.example.test ESMTP");
    recipient(&b, "RCPT TO:<b@example.test>", "250 2.1.5 Ok");
    recipient(&b, "RCPT TO:<c@example.test>", "550 5.1.1 User unknown");
    content(&b, 1204, "250 2.0.0 Ok");
    add(record_finish(&b, OUTCOME_PARTIAL, STAGE_RCPT), NULL, 0);
    record_clear(&b);
    begin(&b, "220 mx.example.test ESMTP");
    recipient(&b, "RCPT TO:<b@example.test>", "250 2.1.5 Ok");
    content(&b, 1000, "554 5.7.1 spam");
    record_unsolicited(&b, "hello");
    add(record_finish(&b, OUTCOME_REJECTED, STAGE_DATA), NULL, 0);
    record_clear(&b);

    ck_assert_uint_eq(totals->sessions, 2);
    ck_assert_uint_eq(totals->outcomes[OUTCOME_PARTIAL], 1);
    ck_assert_uint_eq(totals->outcomes[OUTCOME_REJECTED], 1);
    ck_assert_uint_eq(totals->outcomes[OUTCOME_DELIVERED], 0);
    ck_assert_uint_eq(totals->replies[220], 2);
    ck_assert_uint_eq(totals->replies[250], 7);
    ck_assert_uint_eq(totals->replies[554], 1);
    ck_assert_uint_eq(totals->replies[0], 1);
    ck_assert_uint_eq(totals->messages_accepted, 1);
    ck_assert_uint_eq(totals->messages_refused, 1);
    ck_assert_uint_eq(totals->messages_unknown, 0);
    ck_assert_uint_eq(totals->message_octets, 2204);
    ck_assert_uint_eq(totals->recipients_accepted, 2);
    ck_assert_uint_eq(totals->recipients_refused, 1);
}
END_TEST

static void expect_row(const struct tally_row *row, const char *name, uint64_t count)
{
    ck_assert_uint_eq(row->name_len, strlen(name));
    ck_assert_int_eq(strncmp(row->name, name, row->name_len), 0);
    ck_assert_uint_eq(row->count, count);
}

START_TEST(servers_and_domains_that_refuse_are_listed_most_first)
{
    const struct tally_row *rows;
    struct record_builder b;
    size_t count;

    begin(&b, "220 mx1.example.test ESMTP");
    recipient(&b, "RCPT TO:<b@EXAMPLE.test>", "550 5.1.1 User unknown");
    recipient(&b, "RCPT TO:<c@example.test>", "451 4.7.1 later");
    recipient(&b, "RCPT TO:<\"x@y\"@other.test>", "550 no");
    add(record_finish(&b, OUTCOME_REJECTED, STAGE_RCPT), NULL, 0);
    record_clear(&b);
    record_begin(&b);
    b.record.server.address.octets[3] = 26;
    record_server(&b, "554 go away");
    add(record_finish(&b, OUTCOME_REJECTED, STAGE_GREETING), NULL, 0);
    record_clear(&b);

    rows = tally_rows(tally, TALLY_REFUSING_SERVERS, 10, &count);
    ck_assert_uint_eq(count, 2);
    expect_row(&rows[0], "192.0.2.25:25 mx1.example.test", 3);
    expect_row(&rows[1], "192.0.2.26:25", 1);
    rows = tally_rows(tally, TALLY_REFUSED_DOMAINS, 10, &count);
    ck_assert_uint_eq(count, 2);
    expect_row(&rows[0], "example.test", 2);
    expect_row(&rows[1], "other.test", 1);
    rows = tally_rows(tally, TALLY_REFUSED_DOMAINS, 1, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_ptr_nonnull(rows);
}
END_TEST

START_TEST(a_message_refused_at_its_end_counts_its_recipients_domains)
{
    struct record_builder b;
    const struct tally_row *rows;
    size_t count;

    begin(&b, "220 mx1.example.test ESMTP");
    recipient(&b, "RCPT TO:<b@a.test>", "250 ok");
    recipient(&b, "RCPT TO:<postmaster>", "250 ok");
    content(&b, 10, "554 5.7.1 spam");
    add(record_finish(&b, OUTCOME_REJECTED, STAGE_DATA), NULL, 0);
    record_clear(&b);
    rows = tally_rows(tally, TALLY_REFUSED_DOMAINS, 10, &count);
    ck_assert_uint_eq(count, 2);
    expect_row(&rows[0], "(no domain)", 1);
    expect_row(&rows[1], "a.test", 1);
}
END_TEST

START_TEST(findings_are_counted_by_session_and_ties_sorted_by_name)
{
    struct finding list[2] = {
        { .rule = &slow_reply, .count = 7 },
        { .rule = &bare_lf, .count = 1 },
    };
    const struct tally_row *rows;
    struct record_builder b;
    size_t count;

    begin(&b, "220 mx1.example.test ESMTP");
    add(record_finish(&b, OUTCOME_NO_MAIL, STAGE_MAIL), list, 2);
    record_clear(&b);
    rows = tally_rows(tally, TALLY_FINDINGS, 10, &count);
    ck_assert_uint_eq(count, 2);
    expect_row(&rows[0], "bare-lf", 1);
    expect_row(&rows[1], "slow-reply", 1);
}
END_TEST

START_TEST(an_empty_tally_has_no_rows)
{
    struct tally_latency latencies[VERB_COUNT];
    size_t count;

    (void)tally_rows(tally, TALLY_FINDINGS, 10, &count);
    ck_assert_uint_eq(count, 0);
    ck_assert_uint_eq(tally_overflow(tally, TALLY_FINDINGS), 0);
    ck_assert_uint_eq(tally_latencies(tally, latencies), 0);
}
END_TEST

/* Recipients in as many domains as there are rows, and one more that comes up twice. */
START_TEST(names_past_the_limit_are_counted_together)
{
    size_t count;

    for (unsigned i = 0; i < LIMIT_TALLY_NAMES + 2; i++) {
        struct recipient one = { .verdict = VERDICT_REFUSED };
        struct message message = { .recipients = &one, .recipient_count = 1 };
        struct session_record record = { .messages = &message, .message_count = 1 };
        char address[32];

        (void)snprintf(address, sizeof address, "a@%u.test",
                       i < LIMIT_TALLY_NAMES ? i : LIMIT_TALLY_NAMES);
        one.address = slice_of_string(address);
        add(&record, NULL, 0);
    }
    (void)tally_rows(tally, TALLY_REFUSED_DOMAINS, SIZE_MAX, &count);
    ck_assert_uint_eq(count, LIMIT_TALLY_NAMES);
    ck_assert_uint_eq(tally_overflow(tally, TALLY_REFUSED_DOMAINS), 2);
    ck_assert_uint_eq(tally_totals(tally)->recipients_refused, LIMIT_TALLY_NAMES + 2);
}
END_TEST

static void add_latency(uint64_t ordinal, int64_t ns)
{
    struct entry entry = { .kind = ENTRY_REPLY, .verb = VERB_RCPT };
    struct session_record record = { .ordinal = ordinal, .entries = &entry, .entry_count = 1 };

    entry.reply.code = 250;
    entry.reply.latency_ns = ns;
    add(&record, NULL, 0);
}

START_TEST(latencies_are_within_a_tenth_and_the_slowest_exact)
{
    struct tally_latency rows[VERB_COUNT];

    for (int64_t i = 1; i <= 1000; i++)
        add_latency((uint64_t)i, i * STAMP_MILLISECOND);
    add_latency(9999, -1);
    ck_assert_uint_eq(tally_latencies(tally, rows), 1);
    ck_assert_int_eq(rows[0].verb, VERB_RCPT);
    ck_assert_uint_eq(rows[0].count, 1000);
    ck_assert_int_ge(rows[0].median_ns, 450 * STAMP_MILLISECOND);
    ck_assert_int_le(rows[0].median_ns, 550 * STAMP_MILLISECOND);
    ck_assert_int_ge(rows[0].p95_ns, 855 * STAMP_MILLISECOND);
    ck_assert_int_le(rows[0].p95_ns, STAMP_SECOND);
    ck_assert_int_eq(rows[0].slowest_ns, STAMP_SECOND);
    ck_assert_uint_eq(rows[0].slowest_session, 1000);
}
END_TEST

START_TEST(a_single_latency_is_exact_whatever_it_is)
{
    static const int64_t values[] = { 0, 1, 999, 1000, 123456789, 900 * STAMP_SECOND, INT64_MAX };
    struct tally_latency rows[VERB_COUNT];

    add_latency(3, values[_i]);
    ck_assert_uint_eq(tally_latencies(tally, rows), 1);
    ck_assert_int_eq(rows[0].median_ns, values[_i]);
    ck_assert_int_eq(rows[0].p95_ns, values[_i]);
    ck_assert_int_eq(rows[0].slowest_ns, values[_i]);
    ck_assert_uint_eq(rows[0].slowest_session, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tally");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, sessions_messages_and_replies_add_up);
    tcase_add_test(tcase, servers_and_domains_that_refuse_are_listed_most_first);
    tcase_add_test(tcase, a_message_refused_at_its_end_counts_its_recipients_domains);
    tcase_add_test(tcase, findings_are_counted_by_session_and_ties_sorted_by_name);
    tcase_add_test(tcase, an_empty_tally_has_no_rows);
    tcase_add_test(tcase, names_past_the_limit_are_counted_together);
    tcase_add_test(tcase, latencies_are_within_a_tenth_and_the_slowest_exact);
    tcase_add_loop_test(tcase, a_single_latency_is_exact_whatever_it_is, 0, 7);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
