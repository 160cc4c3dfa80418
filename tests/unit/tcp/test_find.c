/* Which connection a segment belongs to, the one before it being of the same, of another or of one
 * that is gone. */
#include "tcp/tracker.h"

#include "base/limits.h"
#include "rig.h"
#include "support/suite.h"

static struct rig rig;

static uint64_t connections(void)
{
    struct tracker_counts counts;

    tracker_counts(rig.tracker, &counts);
    return counts.connections;
}

static void setup(void)
{
    rig_begin(&rig);
}

static void teardown(void)
{
    rig_end(&rig);
}

START_TEST(trains_in_both_directions_are_of_one_connection)
{
    rig_open(&rig);
    rig_server(&rig, 0, 0, "220 a\r\n");
    rig_server(&rig, 7, 0, "");
    rig_client(&rig, 0, 7, "EHLO b\r\n");
    rig_client(&rig, 8, 7, "QUIT\r\n");
    ck_assert_uint_eq(connections(), 1);
    ck_assert_str_eq(rig.log, "S\"220 a\r\n\" C\"EHLO b\r\n\" C\"QUIT\r\n\"");
}
END_TEST

/* _i: they differ in the client's port, or the client has the server's. */
START_TEST(trains_of_two_connections_are_told_apart)
{
    for (int i = 0; i < 4; i++) {
        rig.client_port = i % 2 == 0 ? 40000 : _i == 0 ? 40001 : 25;
        rig_client(&rig, i / 2, 0, "a");
    }
    ck_assert_uint_eq(connections(), 2);
}
END_TEST

/* Both ports are the same: only the addresses say who sends. */
START_TEST(ends_with_one_port_are_told_apart)
{
    rig.client_port = 25;
    rig_client(&rig, 0, 0, "a");
    rig_server(&rig, 0, 1, "b");
    rig_client(&rig, 1, 1, "c");
    ck_assert_uint_eq(connections(), 1);
}
END_TEST

/* What comes after its time was up begins another, though nothing came in between. */
START_TEST(what_is_gone_is_not_found_again)
{
    rig_open(&rig);
    rig_client(&rig, 0, 0, "a");
    rig_send(&rig, SIDE_CLIENT, TCP_RST, 1, 0, "");
    rig_wait(&rig, 2 * STAMP_SECOND);
    rig_client(&rig, 1, 0, "");
    ck_assert_uint_eq(rig.ended_count, 1);
    rig_wait(&rig, LIMIT_CLOSED_LINGER + STAMP_SECOND);
    rig_client(&rig, 1, 0, "b");
    ck_assert_uint_eq(connections(), 2);
    rig_client(&rig, 2, 0, "c");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended_count, 2);
}
END_TEST

/* A segment of other ports is of no connection, but time goes by with it. */
START_TEST(other_ports_bring_time_and_nothing_else)
{
    struct packet packet;

    rig_open(&rig);
    rig_wait(&rig, LIMIT_IDLE + STAMP_SECOND);
    packet = rig_packet(&rig, SIDE_CLIENT, TCP_ACK, 0, 0, slice_of_string("a"));
    packet.kind = PACKET_OTHER_PORT;
    rig_accept(&rig, &packet);
    ck_assert(!rig.was_used);
    ck_assert_uint_eq(connections(), 1);
    ck_assert_uint_eq(rig.ended_count, 1);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("find");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, trains_in_both_directions_are_of_one_connection);
    tcase_add_loop_test(tc, trains_of_two_connections_are_told_apart, 0, 2);
    tcase_add_test(tc, ends_with_one_port_are_told_apart);
    tcase_add_test(tc, what_is_gone_is_not_found_again);
    tcase_add_test(tc, other_ports_bring_time_and_nothing_else);
    return suite_run("tcp/find", tc);
}
