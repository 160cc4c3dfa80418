/* A path that does not let large packets through: packets as a capture beside the client holds them,
 * through tracker, conversation, findings and diagnosis. */
#include <check.h>

#include "findings/diagnosis.h"
#include "session/conversation.h"
#include "unit/tcp/rig.h"

enum { FULL = 1460, TAIL = 300, TEXT_MAX = 2048 };

static struct rig rig;
static struct conversations *conversations;
static struct catalog *catalog;
static char found[TEXT_MAX];   /* "severity message" of path-mtu; empty: it was not raised */
static char summary[TEXT_MAX]; /* of the diagnosis */

static enum status take_record(void *context, const struct session_record *record)
{
    struct findings findings = { 0 };
    struct diagnosis diagnosis;

    (void)context;
    findings_run(&findings, record);
    ck_assert_int_eq(diagnose(&diagnosis, record, &findings, catalog), STATUS_OK);
    snprintf(summary, sizeof summary, "%.*s", (int)diagnosis.summary_len, diagnosis.summary);
    for (uint32_t i = 0; i < findings.count; i++) {
        const struct finding *finding = &findings.list[i];

        if (strcmp(finding->rule->id, "path-mtu") == 0)
            snprintf(found, sizeof found, "%s %.*s", severity_name(finding->severity),
                     (int)finding->message_len, finding->message);
    }
    findings_clear(&findings);
    return STATUS_OK;
}

static void begin(void)
{
    struct conversation_options options = { 0 };
    struct record_sink sink = { .record = take_record };
    struct tracker_options tracker = { .follows_port = rig_follows,
                                       .connections_max = LIMIT_CONNECTIONS };
    struct tracker_sink told;

    ck_assert_int_eq(catalog_open(&catalog), STATUS_OK);
    ck_assert_int_eq(conversations_new(&conversations, &options, &sink), STATUS_OK);
    told = conversations_tracker_sink(conversations);
    rig = (struct rig){ .at = { 1700000000 * STAMP_SECOND },
                        .client_port = 40000,
                        .isn = { 1000, 5000 },
                        .window = 64240 };
    ck_assert_int_eq(tracker_new(&rig.tracker, &tracker, &told), STATUS_OK);
    found[0] = '\0';
    summary[0] = '\0';
}

static void end(void)
{
    rig_end(&rig);
    conversations_free(conversations);
    catalog_free(catalog);
}

/* Where the streams stand. */
static int64_t sent;
static int64_t heard;

static void client(const char *text)
{
    rig_client(&rig, sent, heard, text);
    sent += (int64_t)strlen(text);
}

static void server(const char *text)
{
    rig_server(&rig, heard, sent, text);
    heard += (int64_t)strlen(text);
}

static void content(int64_t offset, size_t length)
{
    static uint8_t octets[FULL];
    struct packet packet;

    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = i % 70 == 68 ? '\r' : i % 70 == 69 ? '\n' : 'x';
    packet = rig_packet(&rig, SIDE_CLIENT, TCP_ACK, offset, heard, slice_of(octets, length));
    rig_accept(&rig, &packet);
}

/* Greeting to 354, then three full-size segments and a short one. */
static void open_and_begin_content(void)
{
    sent = 0;
    heard = 0;
    rig_open(&rig);
    server("220 mx.example ESMTP\r\n");
    client("HELO c.example\r\n");
    server("250 mx.example\r\n");
    client("MAIL FROM:<a@c.example>\r\n");
    server("250 ok\r\n");
    client("RCPT TO:<b@d.example>\r\n");
    server("250 ok\r\n");
    client("DATA\r\n");
    server("354 go\r\n");
    for (int i = 0; i < 3; i++)
        content(sent + i * FULL, FULL);
    content(sent + 3 * FULL, TAIL);
}

static void server_acknowledges(int64_t offset)
{
    rig_server(&rig, heard, offset, "");
}

static void repeat(int times, size_t length)
{
    for (int i = 0; i < times; i++) {
        rig_wait(&rig, (STAMP_SECOND / 4) << i);
        content(sent, length);
    }
}

static void server_times_out(void)
{
    rig_wait(&rig, 100 * STAMP_SECOND);
    server("421 4.4.2 timeout\r\n");
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, heard, sent, "");
    rig_send(&rig, SIDE_CLIENT, TCP_RST, sent + 3 * FULL + TAIL, 0, "");
}

static void icmp_says(uint32_t mtu)
{
    struct packet about = rig_packet(&rig, SIDE_CLIENT, TCP_ACK, sent, 0, slice_of(NULL, 0));
    struct packet packet = {
        .kind = PACKET_ICMP_ERROR,
        .place = about.place,
        .icmp = { .from = about.segment.from,
                  .to = about.segment.to,
                  .sequence = about.segment.sequence,
                  .type = 3,
                  .code = 4,
                  .is_too_big = true,
                  .next_mtu = mtu },
    };

    rig_accept(&rig, &packet);
}

START_TEST(full_size_segments_vanish_while_small_ones_pass)
{
    open_and_begin_content();
    server_acknowledges(sent); /* the short one arrived */
    repeat(9, FULL);
    server_times_out();
    rig_finish(&rig);
    ck_assert_str_eq(found, "error the client's full-size segments (1,460 octets) were "
                            "retransmitted 9 times while 25-octet segments passed, and no ICMP "
                            "error said why: a path-MTU black hole");
    ck_assert_str_eq(summary, "DATA stalled: full-size segments (1,460 octets) were retransmitted "
                              "9 times while 25-octet segments passed: a path-MTU black hole; "
                              "allow ICMP too-big or clamp the MSS");
}
END_TEST

START_TEST(icmp_says_so_and_is_not_heeded)
{
    open_and_begin_content();
    icmp_says(1400);
    server_acknowledges(sent);
    repeat(9, FULL);
    server_times_out();
    rig_finish(&rig);
    ck_assert_str_eq(found, "error the client's full-size segments (1,460 octets) were "
                            "retransmitted 9 times while 25-octet segments passed, and ICMP said "
                            "that they are too big (MTU 1,400)");
    ck_assert_str_eq(summary, "DATA stalled: full-size segments (1,460 octets) were retransmitted "
                              "9 times while 25-octet segments passed, and ICMP said that they are "
                              "too big (MTU 1,400), which the sender did not heed; allow ICMP "
                              "too-big or clamp the MSS");
}
END_TEST

START_TEST(icmp_is_heeded)
{
    open_and_begin_content();
    icmp_says(1400);
    for (int64_t at = 0; at < 3 * FULL; at += 1360)
        content(sent + at, 1360);
    server_acknowledges(sent + 3 * FULL + TAIL);
    rig_finish(&rig);
    ck_assert_str_eq(found, "info ICMP told the client that its packets are too big (MTU 1,400), "
                            "and nothing stalled after that");
}
END_TEST

START_TEST(the_sender_finds_a_smaller_size_by_itself)
{
    open_and_begin_content();
    server_acknowledges(sent);
    repeat(3, FULL);
    for (int64_t at = 0; at < 3 * FULL; at += 1024)
        content(sent + at, 1024);
    server_acknowledges(sent + 3 * FULL + TAIL);
    rig_finish(&rig);
    ck_assert(strncmp(found, "warning the client's full-size segments (1,460 octets) were ", 60) ==
              0);
    ck_assert_ptr_nonnull(strstr(found, "; they got through in smaller ones after "));
}
END_TEST

START_TEST(two_repetitions_are_loss)
{
    open_and_begin_content();
    server_acknowledges(sent);
    repeat(2, FULL);
    server_times_out();
    rig_finish(&rig);
    ck_assert_str_eq(found, "");
    ck_assert_ptr_nonnull(strstr(summary, "closed by the server"));
}
END_TEST

START_TEST(what_passes_in_the_end_was_not_too_large)
{
    open_and_begin_content();
    server_acknowledges(sent);
    repeat(9, FULL);
    server_acknowledges(sent + FULL);
    rig_finish(&rig);
    ck_assert_str_eq(found, "");
}
END_TEST

START_TEST(a_size_that_passed_before_is_not_too_large)
{
    open_and_begin_content();
    server_acknowledges(sent + FULL);
    sent += FULL;
    server_acknowledges(sent);
    repeat(9, FULL);
    server_times_out();
    rig_finish(&rig);
    ck_assert_str_eq(found, "");
}
END_TEST

static void server_holds(uint32_t length)
{
    struct packet packet = rig_packet(&rig, SIDE_SERVER, TCP_ACK, heard, sent, slice_of(NULL, 0));

    packet.segment.sacked = length;
    rig_accept(&rig, &packet);
}

START_TEST(the_short_segment_behind_the_hole_arrived_and_nobody_spoke_again)
{
    open_and_begin_content();
    server_holds(TAIL);
    repeat(7, FULL);
    rig_send(&rig, SIDE_CLIENT, TCP_RST, sent + 3 * FULL + TAIL, 0, "");
    rig_finish(&rig);
    ck_assert_str_eq(found, "error the client's full-size segments (1,460 octets) were "
                            "retransmitted 7 times while 25-octet segments passed, and no ICMP "
                            "error said why: a path-MTU black hole");
}
END_TEST

START_TEST(a_full_size_segment_behind_the_hole_arrived)
{
    open_and_begin_content();
    server_holds(FULL);
    repeat(7, FULL);
    server_times_out();
    rig_finish(&rig);
    ck_assert_str_eq(found, "");
}
END_TEST

START_TEST(a_server_that_gives_up_after_the_whole_message_was_sent_never_saw_it)
{
    open_and_begin_content();
    rig_client(&rig, sent + 3 * FULL + TAIL, heard, "\r\n.\r\n");
    server_holds(TAIL + 5);
    repeat(9, FULL);
    server_times_out();
    rig_finish(&rig);
    ck_assert_ptr_nonnull(strstr(summary, "stalled: full-size segments (1,460 octets) were "));
    ck_assert_ptr_nonnull(strstr(summary, "a path-MTU black hole; allow ICMP too-big"));
}
END_TEST

START_TEST(where_nothing_passes_any_more_the_other_side_is_gone)
{
    open_and_begin_content();
    repeat(9, FULL);
    rig_finish(&rig);
    ck_assert_str_eq(found, "");
}
END_TEST

START_TEST(a_reset_is_no_sign_of_life)
{
    open_and_begin_content();
    repeat(9, FULL);
    rig_send(&rig, SIDE_SERVER, TCP_RST | TCP_ACK, heard, sent, "");
    rig_finish(&rig);
    ck_assert_str_eq(found, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("findings/path_mtu");
    TCase *tc = tcase_create("path_mtu");

    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, full_size_segments_vanish_while_small_ones_pass);
    tcase_add_test(tc, icmp_says_so_and_is_not_heeded);
    tcase_add_test(tc, icmp_is_heeded);
    tcase_add_test(tc, the_sender_finds_a_smaller_size_by_itself);
    tcase_add_test(tc, two_repetitions_are_loss);
    tcase_add_test(tc, what_passes_in_the_end_was_not_too_large);
    tcase_add_test(tc, a_size_that_passed_before_is_not_too_large);
    tcase_add_test(tc, the_short_segment_behind_the_hole_arrived_and_nobody_spoke_again);
    tcase_add_test(tc, a_full_size_segment_behind_the_hole_arrived);
    tcase_add_test(tc, a_server_that_gives_up_after_the_whole_message_was_sent_never_saw_it);
    tcase_add_test(tc, where_nothing_passes_any_more_the_other_side_is_gone);
    tcase_add_test(tc, a_reset_is_no_sign_of_life);
    suite_add_tcase(suite, tc);
    return rig_run(suite);
}
