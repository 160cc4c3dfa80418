/* Whose time a reply's latency is: packets through a tracker into conversations. */
#include <check.h>

#include "session/conversation.h"
#include "unit/tcp/rig.h"

static struct rig rig;
static struct conversations *conversations;
static struct latency_parts parts[16]; /* of the replies, in order */
static int64_t latencies[16];
static size_t count;

static enum status take_record(void *context, const struct session_record *record)
{
    (void)context;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        if (record->entries[i].kind != ENTRY_REPLY)
            continue;
        latencies[count] = record->entries[i].reply.latency_ns;
        parts[count++] = record->entries[i].reply.parts;
    }
    return STATUS_OK;
}

static void begin(void)
{
    struct conversation_options options = { 0 };
    struct record_sink sink = { .record = take_record };
    struct tracker_options tracker = { .follows_port = rig_follows,
                                       .connections_max = LIMIT_CONNECTIONS };
    struct tracker_sink told;

    ck_assert_int_eq(conversations_new(&conversations, &options, &sink), STATUS_OK);
    told = conversations_tracker_sink(conversations);
    rig = (struct rig){ .at = { 1700000000 * STAMP_SECOND },
                        .client_port = 40000,
                        .isn = { 1000, 5000 },
                        .window = 64240 };
    ck_assert_int_eq(tracker_new(&rig.tracker, &tracker, &told), STATUS_OK);
    count = 0;
}

static void end(void)
{
    rig_end(&rig);
    conversations_free(conversations);
}

/* The capture point is 10 ms from the server and back. */
static void open_and_greet(void)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_wait(&rig, 9 * STAMP_MILLISECOND);
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_client(&rig, 0, 0, "");
    rig_wait(&rig, 29 * STAMP_MILLISECOND);
    rig_server(&rig, 0, 0, "220 x\r\n");
}

static void check(size_t at, int64_t network, int64_t server, int64_t client)
{
    ck_assert_uint_lt(at, count);
    ck_assert_int_eq(parts[at].network_ns, network < 0 ? -1 : network * STAMP_MILLISECOND);
    ck_assert_int_eq(parts[at].server_ns, server < 0 ? -1 : server * STAMP_MILLISECOND);
    ck_assert_int_eq(parts[at].client_ns, client < 0 ? -1 : client * STAMP_MILLISECOND);
}

START_TEST(a_reply_that_brings_the_acknowledgement_took_the_smallest_round_trip)
{
    open_and_greet();
    rig_wait(&rig, 4 * STAMP_MILLISECOND);
    rig_client(&rig, 0, 7, "NOOP\r\n");
    rig_wait(&rig, 99 * STAMP_MILLISECOND);
    rig_server(&rig, 7, 6, "250 x\r\n");
    rig_finish(&rig);
    check(0, 10, 20, -1);
    check(1, 10, 90, 5);
    ck_assert_int_eq(latencies[1], 100 * STAMP_MILLISECOND);
}
END_TEST

START_TEST(an_acknowledgement_that_was_held_back_is_not_the_networks)
{
    open_and_greet();
    rig_client(&rig, 0, 7, "NOOP\r\n");
    rig_wait(&rig, 499 * STAMP_MILLISECOND);
    rig_server(&rig, 7, 6, "");
    rig_wait(&rig, 99 * STAMP_MILLISECOND);
    rig_server(&rig, 7, 6, "250 x\r\n");
    rig_finish(&rig);
    check(1, 10, 590, 1);
}
END_TEST

START_TEST(an_acknowledgement_later_than_any_may_be_held_back_is_the_networks)
{
    open_and_greet();
    rig_client(&rig, 0, 7, "NOOP\r\n");
    rig_wait(&rig, 510 * STAMP_MILLISECOND);
    rig_server(&rig, 7, 6, "");
    rig_wait(&rig, 99 * STAMP_MILLISECOND);
    rig_server(&rig, 7, 6, "250 x\r\n");
    rig_finish(&rig);
    check(1, 511, 100, 1);
}
END_TEST

START_TEST(what_was_lost_on_its_way_is_the_networks)
{
    open_and_greet();
    rig_client(&rig, 0, 7, "NOOP\r\n");
    rig_wait(&rig, 199 * STAMP_MILLISECOND);
    rig_client(&rig, 0, 7, "NOOP\r\n");
    rig_wait(&rig, 9 * STAMP_MILLISECOND);
    rig_server(&rig, 7, 6, "");
    rig_wait(&rig, 39 * STAMP_MILLISECOND);
    rig_server(&rig, 7, 6, "250 x\r\n");
    rig_finish(&rig);
    check(1, 210, 40, 1);
}
END_TEST

START_TEST(what_was_lost_and_acknowledged_by_its_reply_is_not_known)
{
    open_and_greet();
    rig_client(&rig, 0, 7, "NOOP\r\n");
    rig_wait(&rig, 199 * STAMP_MILLISECOND);
    rig_client(&rig, 0, 7, "NOOP\r\n");
    rig_wait(&rig, 9 * STAMP_MILLISECOND);
    rig_server(&rig, 7, 6, "250 x\r\n");
    rig_finish(&rig);
    check(1, -1, -1, 1);
}
END_TEST

START_TEST(a_pipelined_command_kept_nobody_waiting)
{
    open_and_greet();
    rig_client(&rig, 0, 7, "NOOP\r\nNOOP\r\n");
    rig_wait(&rig, 19 * STAMP_MILLISECOND);
    rig_server(&rig, 7, 12, "250 x\r\n250 y\r\n");
    rig_finish(&rig);
    check(1, 10, 10, 1);
    check(2, 10, 10, -1);
}
END_TEST

START_TEST(without_a_handshake_the_first_acknowledgement_measures)
{
    rig_server(&rig, 0, 0, "250 x\r\n");
    rig_client(&rig, 0, 7, "NOOP\r\n");
    rig_wait(&rig, 9 * STAMP_MILLISECOND);
    rig_server(&rig, 7, 6, "");
    rig_wait(&rig, 29 * STAMP_MILLISECOND);
    rig_server(&rig, 7, 6, "250 x\r\n");
    rig_finish(&rig);
    check(1, 10, 30, 1);
}
END_TEST

START_TEST(a_repeated_syn_measures_nothing_but_when_the_connection_stood)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_wait(&rig, STAMP_SECOND);
    open_and_greet();
    rig_finish(&rig);
    check(0, -1, -1, -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session/latency");
    TCase *tc = tcase_create("latency");

    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, a_reply_that_brings_the_acknowledgement_took_the_smallest_round_trip);
    tcase_add_test(tc, an_acknowledgement_that_was_held_back_is_not_the_networks);
    tcase_add_test(tc, an_acknowledgement_later_than_any_may_be_held_back_is_the_networks);
    tcase_add_test(tc, what_was_lost_on_its_way_is_the_networks);
    tcase_add_test(tc, what_was_lost_and_acknowledged_by_its_reply_is_not_known);
    tcase_add_test(tc, a_pipelined_command_kept_nobody_waiting);
    tcase_add_test(tc, without_a_handshake_the_first_acknowledgement_measures);
    tcase_add_test(tc, a_repeated_syn_measures_nothing_but_when_the_connection_stood);
    suite_add_tcase(suite, tc);
    return rig_run(suite);
}
