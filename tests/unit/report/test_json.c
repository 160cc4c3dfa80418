/* Records -> the formats json and ndjson, read back with jansson's parser. */
#include "report/writer.h"

#include <check.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "report/tally.h"

#define TEXT(literal)                                   \
    {                                                   \
        (const uint8_t *)(literal), sizeof(literal) - 1 \
    }
#define AT(ms, number)                                                    \
    {                                                                     \
        .at = { (ms)*STAMP_MILLISECOND }, .frame = (number), .capture = 0 \
    }

static const char *name_of(const void *context, uint32_t capture)
{
    (void)context;
    return capture == 0 ? "first.pcap" : "second\xFF.pcap";
}

static bool is_fine(const void *context, uint32_t capture)
{
    (void)context;
    return capture == 1;
}

static struct report_options plain_options(void)
{
    return (struct report_options){
        .captures = { .name = name_of, .is_fine = is_fine },
        .annotate = ANNOTATE_NONE,
    };
}

/* A session that has every kind of entry, and octets that break what is careless. */
struct fixture {
    struct entry entries[7];
    struct slice reply_lines[2];
    struct slice extensions[1];
    struct parameter params[3];
    struct recipient recipients[2];
    struct message messages[1];
    struct auth_attempt auth[1];
    struct finding_rule rule;
    struct finding finding;
    struct findings findings;
    struct diagnosis diagnosis;
    struct session_record record;
    struct tcp_summary tcp;
    struct report_session session;
};

static void fill_entries(struct fixture *f)
{
    f->reply_lines[0] = (struct slice)TEXT("mx \"one\" \x1b[31m \xC3\xA9 \xFF");
    f->entries[0] = (struct entry){ .kind = ENTRY_REPLY,
                                    .from = SIDE_SERVER,
                                    .verb = VERB_CONNECT,
                                    .place = AT(1, 4),
                                    .octets = 30 };
    f->entries[0].reply = (struct entry_reply){
        .code = 220, .lines = f->reply_lines, .line_count = 1, .latency_ns = -1
    };
    f->entries[1] = (struct entry){ .kind = ENTRY_COMMAND,
                                    .from = SIDE_CLIENT,
                                    .verb = VERB_UNKNOWN,
                                    .end = LINE_END_LF,
                                    .is_cut = true,
                                    .is_doubtful = true,
                                    .place = AT(2, 5),
                                    .octets = 9 };
    f->entries[1].command.line = (struct slice)TEXT("FOO\0\\bar");
    f->entries[2] = (struct entry){ .kind = ENTRY_SASL,
                                    .from = SIDE_CLIENT,
                                    .verb = VERB_AUTH,
                                    .is_encrypted = true,
                                    .place = AT(3, 6),
                                    .octets = 14 };
    f->entries[2].command.line = (struct slice)TEXT("<redacted 12 octets>");
    f->entries[3] = (struct entry){
        .kind = ENTRY_REPLY, .from = SIDE_SERVER, .verb = VERB_NONE, .place = AT(4, 7)
    };
    f->entries[3].reply = (struct entry_reply){ .code_text = { 'h', '"', 0xFF },
                                                .latency_ns = 1500000,
                                                .answers = 3 };
    f->entries[4] = (struct entry){
        .kind = ENTRY_DATA, .from = SIDE_CLIENT, .verb = VERB_BDAT, .place = AT(5, 8), .octets = 526
    };
    f->entries[4].data = (struct entry_data){ .lines = 12, .lost_octets = 3 };
    f->entries[5] = (struct entry){ .kind = ENTRY_TLS, .from = SIDE_CLIENT, .place = AT(6, 9) };
    f->entries[5].tls = (struct entry_tls){ .event = TLS_EVENT_CLIENT_HELLO };
    f->entries[6] =
        (struct entry){ .kind = ENTRY_GAP,
                        .from = SIDE_SERVER,
                        .place = { .at = { 7 * STAMP_MILLISECOND + 1 }, .frame = 1, .capture = 1 },
                        .octets = UINT64_C(1) << 40 };
}

static void fill_mail(struct fixture *f)
{
    f->params[0] = (struct parameter){ TEXT("size"), TEXT("1234") };
    f->params[1] = (struct parameter){ TEXT("SMTPUTF8"), TEXT("") };
    f->params[2] = (struct parameter){ TEXT("SIZE"), TEXT("9") };
    f->recipients[0] = (struct recipient){ .address = TEXT("a\"@example"),
                                           .code = 250,
                                           .enhanced = { 2, 1, 5 },
                                           .verdict = VERDICT_ACCEPTED };
    f->recipients[1] =
        (struct recipient){ .address = TEXT(""), .code = 742, .verdict = VERDICT_UNKNOWN };
    f->messages[0] = (struct message){
        .has_from = true,
        .params = { f->params, 3 },
        .recipients = f->recipients,
        .recipient_count = 2,
        .via = VERB_BDAT,
        .octets = 526,
        .code = 550,
        .verdict = VERDICT_REFUSED,
        .message_id = TEXT("id@example"),
        .began = AT(2, 5),
        .ended = AT(5, 8),
    };
    f->messages[0].headers[HEADER_SUBJECT] = (struct slice)TEXT(" =?iso-8859-1?q?=FC?=\r\n x\r\n");
    f->auth[0] = (struct auth_attempt){ .mechanism = TEXT("PLAIN"),
                                        .user = TEXT("u\x01"),
                                        .result = AUTH_FAILURE,
                                        .code = 535,
                                        .enhanced = { 5, 7, 8 } };
}

static void fill_judgement(struct fixture *f)
{
    f->rule = (struct finding_rule){ .id = "bare-lf",
                                     .reference = "RFC 5321 2.3.8",
                                     .fix = "Send CRLF." };
    f->finding = (struct finding){ .rule = &f->rule,
                                   .severity = SEVERITY_ERROR,
                                   .message = "a \x07 \"line\"",
                                   .message_len = 10,
                                   .reference = "RFC 5321 2.3.8",
                                   .n = 2,
                                   .frame = 5,
                                   .count = 3 };
    f->findings = (struct findings){ .list = &f->finding, .count = 1 };
    f->diagnosis = (struct diagnosis){ .severity = SEVERITY_ERROR,
                                       .summary = "rejected \xFF",
                                       .summary_len = 10,
                                       .n = 4,
                                       .code = 742,
                                       .fix = "Fix it." };
}

static void fill(struct fixture *f)
{
    *f = (struct fixture){ 0 };
    fill_entries(f);
    fill_mail(f);
    fill_judgement(f);
    f->extensions[0] = (struct slice)TEXT("SIZE 10");
    f->tcp = (struct tcp_summary){
        .round_trip_ns = 250000,
        .closed_by = TCP_CLOSED_BY_SERVER,
    };
    f->record = (struct session_record){
        .ordinal = 3,
        .client = { { 4, { 192, 0, 2, 1 } }, 41000 },
        .server = { { 4, { 192, 0, 2, 2 } }, 25 },
        .started = AT(0, 1),
        .ended = AT(8, 10),
        .outcome = OUTCOME_REJECTED,
        .stage = STAGE_DATA,
        .tcp = &f->tcp,
        .ehlo = { .verb = VERB_EHLO,
                  .name = TEXT("x"),
                  .extensions = f->extensions,
                  .extension_count = 1 },
        .tls = { .mode = TLS_STARTTLS, .version = 0x0304, .alert_known = true, .alert_code = 48 },
        .auth = f->auth,
        .auth_count = 1,
        .messages = f->messages,
        .message_count = 1,
        .entries = f->entries,
        .entry_count = 7,
        .entries_dropped = 1,
    };
    f->tcp.encapsulation.count = 1;
    f->tcp.encapsulation.layers[0] = (struct layer){ LAYER_VLAN, 100 };
    f->session = (struct report_session){ &f->record, &f->findings, &f->diagnosis };
}

/* One line of NDJSON, parsed. */
static json_t *line_of(const struct fixture *f, const struct report_options *options)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    struct report_writer *writer = ndjson_writer_new(out, options);
    json_error_t error;
    json_t *line;

    ck_assert_ptr_nonnull(writer);
    ck_assert_int_eq(report_begin(writer), STATUS_OK);
    ck_assert_int_eq(report_session(writer, &f->session), STATUS_OK);
    report_writer_free(writer);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_uint_gt(len, 1);
    ck_assert_ptr_eq(memchr(text, '\n', len), text + len - 1);
    line = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(line != NULL, "%s in: %s", error.text, text);
    free(text);
    return line;
}

/* The member or item that `path` names, as in "messages/0/from". */
static const json_t *member(const json_t *value, const char *path)
{
    struct slice rest = slice_of_string(path);

    while (rest.len > 0) {
        size_t end = slice_find(rest, 0, '/');
        struct slice name = slice_part(rest, 0, end);
        char key[64] = "";
        uint64_t index;

        ck_assert_uint_lt(name.len, sizeof(key));
        (void)snprintf(key, sizeof(key), "%.*s", (int)name.len, (const char *)name.data);
        value = slice_to_u64(name, &index) ? json_array_get(value, (size_t)index)
                                           : json_object_get(value, key);
        rest = end == SLICE_NONE ? slice_of(NULL, 0) : slice_from(rest, end + 1);
    }
    return value;
}

static void expect_string(const json_t *value, const char *path, const char *expected)
{
    const char *got = json_string_value(member(value, path));

    ck_assert_msg(got != NULL && strcmp(got, expected) == 0, "%s: %s, not %s", path,
                  got == NULL ? "no string" : got, expected);
}

static void expect_number(const json_t *value, const char *path, double expected)
{
    double got = json_number_value(member(value, path));

    ck_assert_msg(json_is_number(member(value, path)) && got >= expected && got <= expected,
                  "%s: %f, not %f", path, got, expected);
}

static void expect_null(const json_t *value, const char *path)
{
    ck_assert_msg(json_is_null(member(value, path)), "%s is not null", path);
}

static void expect_absent(const json_t *value, const char *path)
{
    ck_assert_msg(member(value, path) == NULL, "%s stands there", path);
}

START_TEST(a_session_says_who_when_and_what)
{
    struct report_options options = plain_options();
    struct fixture f;
    json_t *line;

    fill(&f);
    line = line_of(&f, &options);
    expect_string(line, "schema", "smtpscope.session/1");
    expect_number(line, "session", 3);
    expect_string(line, "capture", "first.pcap");
    expect_string(line, "client/ip", "192.0.2.1");
    expect_number(line, "server/port", 25);
    expect_string(line, "started", "1970-01-01T00:00:00.000000Z");
    expect_string(line, "ended", "1970-01-01T00:00:00.008000Z");
    expect_number(line, "duration_ms", 8);
    expect_string(line, "outcome", "rejected");
    expect_string(line, "encapsulation/0", "vlan:100");
    expect_string(line, "wireshark_filter",
                  "ip.addr == 192.0.2.1 && ip.addr == 192.0.2.2 && "
                  "tcp.port == 41000 && tcp.port == 25");
    expect_number(line, "tcp/rtt_ms", 0.25);
    expect_string(line, "tcp/closed_by", "server");
    expect_string(line, "tls/version", "TLSv1.3");
    expect_string(line, "tls/alert", "unknown_ca");
    expect_null(line, "tls/cipher");
    expect_null(line, "tls/sni");
    expect_string(line, "ehlo/extensions/0", "SIZE 10");
    expect_null(line, "server_software");
    json_decref(line);
}
END_TEST

START_TEST(the_filter_of_a_connection_to_itself_tells_the_directions)
{
    struct report_options options = plain_options();
    struct fixture f;
    json_t *line;

    fill(&f);
    f.record.client = (struct endpoint){ { 6, { [15] = 1 } }, 25 };
    f.record.server = f.record.client;
    line = line_of(&f, &options);
    expect_string(line, "wireshark_filter",
                  "ipv6.src == ::1 && ipv6.dst == ::1 && "
                  "tcp.srcport == 25 && tcp.dstport == 25");
    json_decref(line);
}
END_TEST

START_TEST(codes_outside_the_schema_are_null_but_in_the_dialogue)
{
    struct report_options options = plain_options();
    struct fixture f;
    json_t *line;

    fill(&f);
    f.entries[0].reply.code = 742;
    line = line_of(&f, &options);
    expect_null(line, "diagnosis/code");
    expect_null(line, "messages/0/recipients/1/code");
    expect_number(line, "messages/0/recipients/0/code", 250);
    expect_string(line, "messages/0/recipients/0/enhanced", "2.1.5");
    expect_number(line, "dialogue/0/code", 742);
    expect_number(line, "auth/0/code", 535);
    json_decref(line);
}
END_TEST

START_TEST(entries_have_what_their_kind_has)
{
    struct report_options options = plain_options();
    struct fixture f;
    json_t *line;

    fill(&f);
    line = line_of(&f, &options);
    expect_string(line, "dialogue/0/lines/0", "mx \"one\" \\x1b[31m \xC3\xA9 \\xff");
    expect_string(line, "dialogue/0/verb", "CONNECT");
    expect_null(line, "dialogue/0/answers");
    expect_null(line, "dialogue/0/latency_ms");
    expect_null(line, "dialogue/0/title");
    expect_absent(line, "dialogue/0/code_text");
    expect_string(line, "dialogue/1/verb", "?");
    expect_string(line, "dialogue/1/line", "FOO\\x00\\bar");
    expect_string(line, "dialogue/1/eol", "lf");
    ck_assert(json_is_true(member(line, "dialogue/1/continued")));
    ck_assert(json_is_true(member(line, "dialogue/1/doubtful")));
    expect_absent(line, "dialogue/1/encrypted");
    ck_assert(json_is_true(member(line, "dialogue/2/encrypted")));
    expect_absent(line, "dialogue/2/verb");
    expect_string(line, "dialogue/3/code_text", "h\"\\xff");
    expect_null(line, "dialogue/3/verb");
    expect_number(line, "dialogue/3/answers", 3);
    expect_number(line, "dialogue/3/latency_ms", 1.5);
    expect_string(line, "dialogue/4/verb", "BDAT");
    expect_number(line, "dialogue/4/lines", 12);
    expect_string(line, "dialogue/5/event", "client_hello");
    expect_number(line, "dialogue/6/octets", 1099511627776.0);
    expect_number(line, "dialogue/6/t_ms", 7.000001);
    ck_assert(json_is_true(member(line, "dialogue_truncated")));
    json_decref(line);
}
END_TEST

START_TEST(entries_name_their_file_only_where_there_are_several)
{
    struct report_options options = plain_options();
    struct fixture f;
    json_t *line;

    fill(&f);
    line = line_of(&f, &options);
    expect_absent(line, "dialogue/6/capture");
    expect_absent(line, "findings/0/capture");
    json_decref(line);
    f.record.spans_captures = true;
    f.record.ended.capture = 1;
    line = line_of(&f, &options);
    expect_string(line, "dialogue/0/capture", "first.pcap");
    expect_string(line, "dialogue/6/capture", "second\\xff.pcap");
    expect_string(line, "findings/0/capture", "first.pcap");
    expect_string(line, "ended", "1970-01-01T00:00:00.008000000Z");
    json_decref(line);
}
END_TEST

START_TEST(messages_have_their_envelope_and_under_headers_their_headers)
{
    struct report_options options = plain_options();
    struct fixture f;
    json_t *line;

    fill(&f);
    line = line_of(&f, &options);
    expect_string(line, "messages/0/from", "");
    expect_string(line, "messages/0/params/SIZE", "1234");
    expect_string(line, "messages/0/params/SMTPUTF8", "");
    ck_assert_uint_eq(json_object_size(member(line, "messages/0/params")), 2);
    ck_assert(json_is_true(member(line, "messages/0/recipients/0/accepted")));
    expect_null(line, "messages/0/recipients/1/accepted");
    ck_assert(json_is_false(member(line, "messages/0/accepted")));
    expect_number(line, "messages/0/duration_ms", 3);
    expect_null(line, "messages/0/queue_id");
    expect_absent(line, "messages/0/headers");
    json_decref(line);
    options.with_headers = true;
    f.messages[0].has_from = false;
    line = line_of(&f, &options);
    expect_null(line, "messages/0/from");
    expect_string(line, "messages/0/headers/subject", "\xC3\xBC x");
    expect_absent(line, "messages/0/headers/date");
    json_decref(line);
}
END_TEST

START_TEST(findings_and_diagnosis_escape_what_was_captured)
{
    struct report_options options = plain_options();
    struct fixture f;
    json_t *line;

    fill(&f);
    line = line_of(&f, &options);
    expect_string(line, "findings/0/id", "bare-lf");
    expect_string(line, "findings/0/message", "a \\x07 \"line\"");
    expect_number(line, "findings/0/count", 3);
    expect_null(line, "findings/0/confidence");
    expect_string(line, "diagnosis/summary", "rejected \\xff");
    expect_string(line, "diagnosis/fix", "Fix it.");
    expect_null(line, "diagnosis/when_seen");
    expect_string(line, "auth/0/user", "u\\x01");
    json_decref(line);
}
END_TEST

START_TEST(a_report_holds_its_sessions_and_what_was_read)
{
    static const char *const captures[] = { "first.pcap" };
    struct report_options options = plain_options();
    struct report_input input = {
        .captures = captures, .capture_count = 1, .packets = 5, .has_times = _i > 0
    };
    struct tally *tally = tally_new();
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    struct report_writer *writer = json_writer_new(out, &options);
    struct fixture f;
    json_t *report;

    fill(&f);
    input.skipped[SKIP_NOT_TCP] = 2;
    input.skipped[SKIP_ENCRYPTED] = 3;
    input.undecoded[0] = (struct report_undecoded){ SKIP_ENCRYPTED, 127, "IEEE802_11_RADIO", 2 };
    input.undecoded[1] = (struct report_undecoded){ SKIP_ENCRYPTED, 9999, NULL, 1 };
    input.undecoded_count = 2;
    input.fragments = (struct fragment_counts){ .overlapping = 4, .tiny = 5 };
    ck_assert_int_eq(report_begin(writer), STATUS_OK);
    for (int i = 0; i < _i; i++) {
        ck_assert_int_eq(report_session(writer, &f.session), STATUS_OK);
        ck_assert_int_eq(tally_add(tally, &f.session), STATUS_OK);
    }
    ck_assert_int_eq(report_end(writer, &input, tally), STATUS_OK);
    report_writer_free(writer);
    ck_assert_int_eq(fclose(out), 0);
    report = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(report);
    expect_string(report, "schema", "smtpscope.report/1");
    expect_string(report, "tool/name", "smtpscope");
    expect_string(report, "input/captures/0", "first.pcap");
    expect_number(report, "input/skipped/not_tcp", 2);
    expect_number(report, "input/skipped/encrypted", 3);
    expect_string(report, "input/undecoded/0/reason", "encrypted");
    expect_string(report, "input/undecoded/0/link_name", "IEEE802_11_RADIO");
    expect_number(report, "input/undecoded/0/link_type", 127);
    expect_number(report, "input/undecoded/1/packets", 1);
    expect_number(report, "input/fragments/overlapping", 4);
    expect_number(report, "input/fragments/tiny", 5);
    expect_number(report, "summary/sessions", _i);
    expect_number(report, "summary/outcomes/rejected", _i);
    ck_assert_uint_eq(json_array_size(member(report, "sessions")), (size_t)_i);
    if (_i == 0)
        expect_null(report, "input/first");
    else
        expect_string(report, "input/first", "1970-01-01T00:00:00.000000Z");
    json_decref(report);
    free(text);
    tally_free(tally);
}
END_TEST

START_TEST(a_full_disk_is_told)
{
    struct report_options options = plain_options();
    FILE *full = fopen("/dev/full", "w");
    struct report_writer *writer = ndjson_writer_new(full, &options);
    struct fixture f;

    fill(&f);
    ck_assert_int_eq(setvbuf(full, NULL, _IONBF, 0), 0);
    ck_assert_int_eq(report_begin(writer), STATUS_OK);
    ck_assert_int_eq(report_session(writer, &f.session), STATUS_IO);
    ck_assert_int_eq(errno, ENOSPC);
    report_writer_free(writer);
    (void)fclose(full);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *tc = tcase_create("writers");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tc);
    tcase_add_test(tc, a_session_says_who_when_and_what);
    tcase_add_test(tc, the_filter_of_a_connection_to_itself_tells_the_directions);
    tcase_add_test(tc, codes_outside_the_schema_are_null_but_in_the_dialogue);
    tcase_add_test(tc, entries_have_what_their_kind_has);
    tcase_add_test(tc, entries_name_their_file_only_where_there_are_several);
    tcase_add_test(tc, messages_have_their_envelope_and_under_headers_their_headers);
    tcase_add_test(tc, findings_and_diagnosis_escape_what_was_captured);
    tcase_add_loop_test(tc, a_report_holds_its_sessions_and_what_was_read, 0, 3);
    tcase_add_test(tc, a_full_disk_is_told);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
