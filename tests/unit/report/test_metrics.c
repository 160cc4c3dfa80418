/* Finished sessions -> the text that Prometheus reads. */
#include "report/metrics.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "support/record_builder.h"
#include "support/suite.h"

static struct metrics *metrics;
static struct buf text;

static void set_up(void)
{
    metrics = metrics_new();
    ck_assert_ptr_nonnull(metrics);
    text = buf_of(METRICS_TEXT_MAX);
}

static void tear_down(void)
{
    metrics_free(metrics);
    buf_clear(&text);
}

static void write_text(const struct metrics_capture *capture)
{
    size_t dropped;

    buf_reset(&text);
    ck_assert_int_eq(metrics_write(metrics, capture, &text), STATUS_OK);
    ck_assert_int_eq(buf_append(&text, slice_of("", 1), &dropped), STATUS_OK);
    ck_assert_uint_eq(dropped, 0);
}

static bool has_line(const char *line)
{
    const char *at = (const char *)text.data;
    size_t len = strlen(line);

    while ((at = strstr(at, line)) != NULL) {
        if ((at == (const char *)text.data || at[-1] == '\n') && at[len] == '\n')
            return true;
        at++;
    }
    return false;
}

static void expect(const char *line)
{
    ck_assert_msg(has_line(line), "no line '%s'", line);
}

static void expect_nothing_of(const char *part)
{
    ck_assert_msg(strstr((const char *)text.data, part) == NULL, "'%s' is there", part);
}

static void add(const struct session_record *record, struct finding *list, uint32_t count)
{
    struct findings findings = { .list = list, .count = count };
    struct diagnosis diagnosis = { .summary = "" };

    metrics_add(metrics, &(struct report_session){ record, &findings, &diagnosis });
}

static void write_counts(void)
{
    write_text(&(struct metrics_capture){ .packets_received = 0 });
}

START_TEST(what_the_capture_says_is_written)
{
    struct metrics_capture capture = {
        .started = { INT64_C(1795482123123456789) },
        .packets_received = UINT64_MAX,
        .packets_analysed = 2,
        .skipped = { [SKIP_NOT_TCP] = 3 },
        .dropped_by_kernel = 4,
        .dropped_by_interface = 5,
        .sessions_unreported = 6,
        .tcp = { .connections = 7, .open = 8, .evicted = 9, .octets_held = 10 },
        .resident_octets = 11,
    };

    write_text(&capture);
    expect("process_start_time_seconds 1795482123.123");
    expect("smtpscope_packets_received_total 18446744073709551615");
    expect("smtpscope_packets_analyzed_total 2");
    expect("smtpscope_packets_skipped_total{reason=\"not_tcp\"} 3");
    expect("smtpscope_packets_skipped_total{reason=\"malformed\"} 0");
    expect("smtpscope_packets_dropped_total{by=\"kernel\"} 4");
    expect("smtpscope_packets_dropped_total{by=\"interface\"} 5");
    expect("smtpscope_sessions_unreported_total 6");
    expect("smtpscope_connections_total 7");
    expect("smtpscope_connections_open 8");
    expect("smtpscope_connections_evicted_total 9");
    expect("smtpscope_reassembly_held_bytes 10");
    expect("process_resident_memory_bytes 11");
    capture.resident_octets = 0;
    write_text(&capture);
    expect_nothing_of("process_resident_memory_bytes");
}
END_TEST

START_TEST(before_the_first_session_every_outcome_and_finding_is_0)
{
    write_counts();
    expect("# TYPE smtpscope_sessions_total counter");
    expect("smtpscope_sessions_total{service=\"smtp\",outcome=\"delivered\"} 0");
    expect("smtpscope_sessions_total{service=\"submissions\",outcome=\"no_mail\"} 0");
    expect("smtpscope_findings_total{id=\"bare-lf\"} 0");
    expect("# TYPE smtpscope_command_latency_seconds histogram");
    expect_nothing_of("smtpscope_command_latency_seconds_bucket");
    expect_nothing_of("smtpscope_replies_total{");
    expect_nothing_of("smtpscope_tls_sessions_total{");
}
END_TEST

static void add_transaction(const char *rcpt_reply, const char *end_reply, enum outcome outcome)
{
    struct record_builder b;

    record_begin(&b);
    record_server(&b, "220 mx.example.test ESMTP");
    record_client(&b, "MAIL FROM:<a@example.test>");
    record_server(&b, "250 2.1.0 Ok");
    record_client(&b, "RCPT TO:<b@example.test>");
    record_server(&b, rcpt_reply);
    if (end_reply != NULL) {
        record_client(&b, "DATA");
        record_server(&b, "354 go ahead");
        record_content(&b, 1204, 10);
        record_server(&b, end_reply);
    }
    b.record.service = SERVICE_SUBMISSION;
    add(record_finish(&b, outcome, STAGE_DATA), NULL, 0);
    record_clear(&b);
}

START_TEST(sessions_replies_and_mail_add_up)
{
    add_transaction("250 2.1.5 Ok", "250 2.0.0 Ok", OUTCOME_DELIVERED);
    add_transaction("250 2.1.5 Ok", "250 2.0.0 Ok", OUTCOME_DELIVERED);
    add_transaction("550 5.1.1 no", NULL, OUTCOME_REJECTED);
    write_counts();
    expect("smtpscope_sessions_total{service=\"submission\",outcome=\"delivered\"} 2");
    expect("smtpscope_sessions_total{service=\"submission\",outcome=\"rejected\"} 1");
    expect("smtpscope_sessions_total{service=\"smtp\",outcome=\"delivered\"} 0");
    expect("smtpscope_replies_total{code=\"220\",verb=\"CONNECT\"} 3");
    expect("smtpscope_replies_total{code=\"250\",verb=\"RCPT\"} 2");
    expect("smtpscope_replies_total{code=\"550\",verb=\"RCPT\"} 1");
    expect("smtpscope_replies_total{code=\"250\",verb=\".\"} 2");
    expect("smtpscope_messages_total{verdict=\"accepted\"} 2");
    expect("smtpscope_recipients_total{verdict=\"accepted\"} 2");
    expect("smtpscope_recipients_total{verdict=\"refused\"} 1");
    expect("smtpscope_message_bytes_total 2408");
}
END_TEST

/* The lowest and the highest code with a series of its own, and what is no such code. */
START_TEST(codes_outside_200_to_599_share_a_series)
{
    static const char *const replies[] = { "199 a", "200 b", "599 c", "600 d", "999 e", "hello" };
    struct record_builder b;

    record_begin(&b);
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
        record_unsolicited(&b, replies[i]);
    add(record_finish(&b, OUTCOME_NO_MAIL, STAGE_QUIT), NULL, 0);
    record_clear(&b);
    write_counts();
    expect("smtpscope_replies_total{code=\"200\",verb=\"none\"} 1");
    expect("smtpscope_replies_total{code=\"599\",verb=\"none\"} 1");
    expect("smtpscope_replies_total{code=\"other\",verb=\"none\"} 4");
    expect_nothing_of("code=\"199\"");
    expect_nothing_of("code=\"600\"");
}
END_TEST

static void add_latency(int64_t ns)
{
    struct record_builder b;

    record_begin(&b);
    record_server(&b, "220 mx.example.test ESMTP");
    record_client(&b, "NOOP");
    record_server(&b, "250 ok")->reply.latency_ns = ns;
    add(record_finish(&b, OUTCOME_NO_MAIL, STAGE_QUIT), NULL, 0);
    record_clear(&b);
}

/* A bucket holds what is as long as its bound, and all that the ones before it hold. */
START_TEST(latencies_are_in_buckets_that_add_up)
{
    add_latency(0);
    add_latency(1000000);
    add_latency(1000001);
    add_latency(600 * STAMP_SECOND + 1);
    add_latency(-1);
    write_counts();
#define NOOP_BUCKET(le) "smtpscope_command_latency_seconds_bucket{verb=\"NOOP\",le=\"" le "\"} "
    expect(NOOP_BUCKET("0.0005") "1");
    expect(NOOP_BUCKET("0.001") "2");
    expect(NOOP_BUCKET("0.0025") "3");
    expect(NOOP_BUCKET("600") "3");
    expect(NOOP_BUCKET("+Inf") "4");
    expect("smtpscope_command_latency_seconds_sum{verb=\"NOOP\"} 600.002000002");
    expect("smtpscope_command_latency_seconds_count{verb=\"NOOP\"} 4");
}
END_TEST

static void add_tls(enum tls_mode mode, uint16_t version)
{
    struct record_builder b;

    record_begin(&b);
    record_tls(&b, mode, version, NULL, 100, 100);
    b.record.tls.handshake = TLS_HANDSHAKE_COMPLETE;
    add(record_finish(&b, OUTCOME_ENCRYPTED, STAGE_TLS), NULL, 0);
    record_clear(&b);
}

START_TEST(tls_is_told_by_mode_handshake_and_version)
{
    add_tls(TLS_STARTTLS, 0x0304);
    add_tls(TLS_IMPLICIT, 0x0301);
    add_tls(TLS_IMPLICIT, 0);
    add_tls(TLS_IMPLICIT, 0x7f12);
    write_counts();
#define TLS_LINE(mode, version)                                                                \
    "smtpscope_tls_sessions_total{mode=\"" mode "\",handshake=\"complete\",version=\"" version \
    "\"} "
    expect(TLS_LINE("starttls", "TLSv1.3") "1");
    expect(TLS_LINE("implicit", "TLSv1") "1");
    expect(TLS_LINE("implicit", "unknown") "2");
}
END_TEST

START_TEST(findings_are_counted_by_their_row)
{
    size_t count;
    const struct finding_rule *rules = finding_rules(&count);
    struct finding list[] = { { .rule = &rules[0] }, { .rule = &rules[count - 1] } };
    struct record_builder b;
    char line[128];

    record_begin(&b);
    add(record_finish(&b, OUTCOME_NO_MAIL, STAGE_QUIT), list, 2);
    record_clear(&b);
    write_counts();
    (void)snprintf(line, sizeof line, "smtpscope_findings_total{id=\"%s\"} 1", rules[0].id);
    expect(line);
    (void)snprintf(line, sizeof line, "smtpscope_findings_total{id=\"%s\"} 1", rules[count - 1].id);
    expect(line);
    (void)snprintf(line, sizeof line, "smtpscope_findings_total{id=\"%s\"} 0", rules[1].id);
    expect(line);
}
END_TEST

/* Every verb answered with every code, every finding and every kind of TLS: the bound holds. */
START_TEST(the_text_has_a_bound)
{
    struct entry *entries = mem_calloc(VERB_COUNT * 400, sizeof *entries);
    struct session_record record = { .entries = entries, .entry_count = VERB_COUNT * 400 };

    ck_assert_ptr_nonnull(entries);
    for (uint32_t i = 0; i < record.entry_count; i++)
        entries[i] = (struct entry){
            .kind = ENTRY_REPLY,
            .verb = (enum smtp_verb)(i / 400),
            .reply = { .code = (uint16_t)(200 + i % 400), .latency_ns = 1 },
        };
    add(&record, NULL, 0);
    write_counts();
    /* Counts of 20 digits in the place of 1. */
    ck_assert_uint_lt(text.len + 19 * (VERB_COUNT * 450), METRICS_TEXT_MAX);
    expect("smtpscope_replies_total{code=\"599\",verb=\"XFORWARD\"} 1");
    mem_free(entries);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("metrics");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, what_the_capture_says_is_written);
    tcase_add_test(tc, before_the_first_session_every_outcome_and_finding_is_0);
    tcase_add_test(tc, sessions_replies_and_mail_add_up);
    tcase_add_test(tc, codes_outside_200_to_599_share_a_series);
    tcase_add_test(tc, latencies_are_in_buckets_that_add_up);
    tcase_add_test(tc, tls_is_told_by_mode_handshake_and_version);
    tcase_add_test(tc, findings_are_counted_by_their_row);
    tcase_add_test(tc, the_text_has_a_bound);
    return suite_run("metrics", tc);
}
