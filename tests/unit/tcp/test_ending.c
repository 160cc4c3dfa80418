/* Where one connection ends and another begins on the same endpoints: whose each packet is. */
#include "unit/tcp/rig.h"

static struct rig rig;

static void begin(void)
{
    rig_begin(&rig);
}

static void end(void)
{
    rig_end(&rig);
}

/* "221" and QUIT's FINs: the server's, then the client's. */
static void both_close(void)
{
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 0, 0, "221");
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 0, 4, "");
}

START_TEST(the_last_ack_of_a_close_is_its_own)
{
    rig_open(&rig);
    both_close();
    ck_assert_uint_eq(rig.ended_count, 0);
    rig_server(&rig, 4, 1, "");
    ck_assert_str_eq(rig.log, "S\"221\" S. C. [complete fin server]");
    ck_assert_uint_eq(rig.ended.client.packets, 3);
    ck_assert_uint_eq(rig.ended.server.packets, 3);
    ck_assert_uint_eq(rig.ended.last.frame, rig.frame);
}
END_TEST

START_TEST(without_payload_the_last_ack_is_its_own_too)
{
    rig_open(&rig);
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 0, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 0, 1, "");
    ck_assert_uint_eq(rig.ended_count, 0);
    rig_client(&rig, 1, 1, "");
    ck_assert_str_eq(rig.log, " C. S. [complete fin client]");
    ck_assert_uint_eq(rig.ended.client.packets, 4);
    ck_assert_uint_eq(rig.ended.last.frame, rig.frame);
}
END_TEST

START_TEST(fins_that_cross_are_over_with_the_second_ack)
{
    rig_open(&rig);
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 0, 0, "221");
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 0, 0, "");
    rig_server(&rig, 4, 1, "");
    ck_assert_uint_eq(rig.ended_count, 0);
    rig_client(&rig, 1, 4, "");
    ck_assert_uint_eq(rig.ended_count, 1);
    ck_assert_uint_eq(rig.ended.client.packets, 4);
    ck_assert_uint_eq(rig.ended.server.packets, 3);
}
END_TEST

START_TEST(a_last_ack_that_never_comes_is_waited_for_a_second)
{
    rig_open(&rig);
    both_close();
    rig_pass(&rig, STAMP_SECOND - 3 * STAMP_MILLISECOND);
    ck_assert_uint_eq(rig.ended_count, 0);
    rig_pass(&rig, 2 * STAMP_MILLISECOND);
    ck_assert_str_eq(rig.log, "S\"221\" S. C. [complete fin server]");
    ck_assert_uint_eq(rig.ended.server.packets, 2);
}
END_TEST

START_TEST(the_last_ack_acknowledges_what_came_with_the_fin)
{
    rig_open(&rig);
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 0, 0, "221");
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 0, 4, "RSET");
    rig_server(&rig, 4, 5, "");
    ck_assert_uint_eq(rig.ended_count, 1);
    ck_assert_uint_eq(rig.ended.client.unacknowledged, 0);
}
END_TEST

START_TEST(a_last_ack_of_a_part_acknowledges_that)
{
    rig_open(&rig);
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 0, 0, "221");
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 0, 4, "RSET");
    rig_server(&rig, 4, 3, "");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.client.unacknowledged, 1);
}
END_TEST

START_TEST(what_comes_after_the_last_ack_is_nobodys)
{
    rig_open(&rig);
    both_close();
    rig_server(&rig, 4, 1, "");
    rig_server(&rig, 4, 1, "");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended_count, 1);
    ck_assert_uint_eq(rig.ended.server.packets, 3);
}
END_TEST

START_TEST(an_rst_after_both_fins_ends_what_was_closed)
{
    rig_open(&rig);
    both_close();
    rig_send(&rig, SIDE_SERVER, TCP_RST, 4, 0, "");
    ck_assert_str_eq(rig.log, "S\"221\" S. C. [complete fin server]");
    ck_assert_uint_eq(rig.ended.server.packets, 3);
}
END_TEST

START_TEST(the_end_of_the_capture_ends_what_awaits_its_last_ack)
{
    rig_open(&rig);
    both_close();
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "S\"221\" S. C. [complete fin server]");
}
END_TEST

START_TEST(a_new_syn_does_not_wait_for_the_last_ack_of_the_old)
{
    rig_open(&rig);
    both_close();
    rig.isn[SIDE_CLIENT] = 7777;
    rig.isn[SIDE_SERVER] = 8888;
    rig_open(&rig);
    ck_assert_str_eq(rig.log, "S\"221\" S. C. [complete fin server]");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.client.packets, 2);
    ck_assert_uint_eq(rig.ended.server.packets, 1);
}
END_TEST

START_TEST(a_connection_that_awaits_its_last_ack_gives_way_before_an_open_one)
{
    rig_end(&rig);
    rig_begin_with(&rig, 2);
    rig_open(&rig);
    rig.client_port = 40001;
    rig_open(&rig);
    both_close();
    rig.client_port = 40002;
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    ck_assert_str_eq(rig.log, "S\"221\" S. C. [complete fin server]");
}
END_TEST

/* A SYN that begins a connection is counted to it, though it came while another stood. */
START_TEST(the_syn_of_a_new_one_is_not_the_old_ones)
{
    uint64_t syn;

    rig_open(&rig);
    rig_server(&rig, 0, 0, "220");
    rig.isn[SIDE_CLIENT] = 77;
    rig.isn[SIDE_SERVER] = 88;
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    syn = rig.frame;
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    ck_assert_uint_eq(rig.ended.client.packets, 2);
    ck_assert_uint_eq(rig.ended.last.frame, syn - 1);
    rig_client(&rig, 0, 0, "");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.client.packets, 2);
    ck_assert_uint_eq(rig.ended.server.packets, 1);
    ck_assert_uint_eq(rig.ended.syn_count, 1);
    ck_assert_uint_eq(rig.ended.first.frame, syn);
    ck_assert_int_eq(rig.ended.round_trip_ns, 2 * STAMP_MILLISECOND);
}
END_TEST

/* RFC 5961 4: a challenge ACK answers it, the client resets what the server holds, and tries again. */
START_TEST(a_syn_that_was_challenged_is_the_new_ones)
{
    rig_open(&rig);
    rig_server(&rig, 0, 0, "220");
    rig.isn[SIDE_CLIENT] = 77;
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig.isn[SIDE_CLIENT] = 1000;
    rig_server(&rig, 3, 0, "");
    rig_send(&rig, SIDE_CLIENT, TCP_RST, 0, 0, "");
    rig.isn[SIDE_CLIENT] = 77;
    rig.isn[SIDE_SERVER] = 88;
    rig_open(&rig);
    ck_assert_str_eq(rig.log, "S\"220\" C. [complete rst_client client]");
    ck_assert_uint_eq(rig.ended.client.packets, 3);
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.client.packets, 3);
    ck_assert_uint_eq(rig.ended.syn_count, 2);
    ck_assert_int_eq(rig.ended.round_trip_ns, -1);
}
END_TEST

START_TEST(a_syn_that_begins_nothing_is_the_old_ones)
{
    rig_open(&rig);
    rig.isn[SIDE_CLIENT] = 77;
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig.isn[SIDE_CLIENT] = 78;
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended_count, 1);
    ck_assert_uint_eq(rig.ended.client.packets, 4);
}
END_TEST

START_TEST(an_ack_captured_before_its_fin_acknowledges_it)
{
    rig_open(&rig);
    rig_server(&rig, 0, 0, "221");
    rig_client(&rig, 0, 4, "");
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 3, 0, "");
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 0, 3, "");
    rig_server(&rig, 4, 1, "");
    ck_assert_str_eq(rig.log, "S\"221\" S. C. [complete fin server]");
}
END_TEST

/* Anybody can make a FIN that lies in the window: nobody closed with it. */
START_TEST(a_fin_beyond_a_hole_closes_nothing)
{
    rig_open(&rig);
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 50, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 0, 0, "221");
    rig_send(&rig, SIDE_CLIENT, TCP_RST, 0, 4, "");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "S\"221\" S. C-50 C. [complete rst_client server]");
    ck_assert_uint_eq(rig.ended.first_close.frame, 5);
}
END_TEST

START_TEST(a_syn_after_a_fin_beyond_a_hole_begins_nothing)
{
    rig_open(&rig);
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 50, 0, "");
    rig.isn[SIDE_CLIENT] = 77;
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    ck_assert_uint_eq(rig.ended_count, 0);
}
END_TEST

START_TEST(a_fin_that_was_acknowledged_beyond_a_hole_closes)
{
    rig_open(&rig);
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 50, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 0, 51, "");
    rig_client(&rig, 51, 1, "");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C-50 C. S. [complete fin client]");
    ck_assert_uint_eq(rig.ended.first_close.frame, 4);
}
END_TEST

START_TEST(a_fin_whose_number_was_an_octets_closed_nothing)
{
    rig_open(&rig);
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 5, 0, "");
    rig_server(&rig, 0, 6, "");
    rig_server(&rig, 0, 10, "");
    rig_client(&rig, 0, 0, "NOOP\nQUIT\n");
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 0, 10, "221");
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 10, 4, "");
    ck_assert_uint_eq(rig.ended_count, 0);
    rig_server(&rig, 4, 11, "");
    ck_assert_str_eq(rig.log, "C\"NOOP\nQUIT\n\" S\"221\" S. C. [complete fin server]");
}
END_TEST

/* RFC 5961: the RST was forged, and what its alleged sender says goes on. */
/* The server has acknowledged one number more than was captured: a FIN, until more octets come. They
 * wait here for the reply that they acknowledge. */
START_TEST(a_number_that_was_a_held_octets_is_no_fin)
{
    rig_open(&rig);
    rig_client(&rig, 0, 0, "NOOP");
    rig_server(&rig, 0, 5, "");
    rig_pass(&rig, 2 * STAMP_SECOND);
    rig_client(&rig, 4, 3, "RSET");
    ck_assert_str_eq(rig.log, "C\"NOOP\"");
    rig_server(&rig, 0, 5, "250");
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 3, 8, "");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C\"NOOP\" S\"250\" C\"RSET\" S. [complete open server]");
}
END_TEST

START_TEST(a_fin_after_a_reset_that_nobody_honoured_is_the_first_close)
{
    rig_open(&rig);
    rig_server(&rig, 0, 0, "220");
    rig_send(&rig, SIDE_CLIENT, TCP_RST, 0, 3, "");
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 3, 4, "");
    rig_client(&rig, 0, 3, "QUIT");
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 4, 4, "");
    rig_server(&rig, 4, 5, "");
    ck_assert_str_eq(rig.log, "S\"220\" C\"QUIT\" S. C. [complete fin server]");
}
END_TEST

/* Each says something, the second `text` at `offset`: so many connections there were by then. */
static void two_speak(int64_t first_offset, int64_t offset, const char *text, uint64_t connections)
{
    struct tracker_counts counts;

    rig.client_port = 40001;
    rig_client(&rig, first_offset, 0, "a");
    rig.client_port = 40002;
    rig_client(&rig, offset, 0, text);
    tracker_counts(rig.tracker, &counts);
    ck_assert_uint_eq(counts.connections, connections);
}

/* Of two that take turns each is found where it was found before, as long as it is there. */
START_TEST(what_comes_minutes_after_the_end_begins_another)
{
    for (int i = 0; i < 3; i++)
        two_speak(i, i, "b", 2);
    rig_send(&rig, SIDE_CLIENT, TCP_RST, 3, 0, "");
    rig_wait(&rig, LIMIT_CLOSED_LINGER / 2);
    two_speak(3, 3, "late", 2);
    rig_wait(&rig, LIMIT_CLOSED_LINGER);
    two_speak(4, 7, "anew", 3);
}
END_TEST

/* So a crashed server acknowledges what it had not yet. */
START_TEST(an_rst_acknowledges_what_its_sender_had_received)
{
    rig_open(&rig);
    rig_client(&rig, 0, 0, "NOOP\n");
    rig_send(&rig, SIDE_SERVER, TCP_RST | TCP_ACK, 0, 3, "");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.client.unacknowledged, 2);
}
END_TEST

START_TEST(an_rst_without_ack_acknowledges_nothing)
{
    rig_open(&rig);
    rig_client(&rig, 0, 0, "NOOP\n");
    rig_send(&rig, SIDE_SERVER, TCP_RST, 0, 3, "");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.client.unacknowledged, 5);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("tcp/ending");
    TCase *tc = tcase_create("end");

    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, the_last_ack_of_a_close_is_its_own);
    tcase_add_test(tc, without_payload_the_last_ack_is_its_own_too);
    tcase_add_test(tc, fins_that_cross_are_over_with_the_second_ack);
    tcase_add_test(tc, a_last_ack_that_never_comes_is_waited_for_a_second);
    tcase_add_test(tc, the_last_ack_acknowledges_what_came_with_the_fin);
    tcase_add_test(tc, a_last_ack_of_a_part_acknowledges_that);
    tcase_add_test(tc, what_comes_after_the_last_ack_is_nobodys);
    tcase_add_test(tc, an_rst_after_both_fins_ends_what_was_closed);
    tcase_add_test(tc, the_end_of_the_capture_ends_what_awaits_its_last_ack);
    tcase_add_test(tc, a_new_syn_does_not_wait_for_the_last_ack_of_the_old);
    tcase_add_test(tc, a_connection_that_awaits_its_last_ack_gives_way_before_an_open_one);
    tcase_add_test(tc, the_syn_of_a_new_one_is_not_the_old_ones);
    tcase_add_test(tc, a_syn_that_was_challenged_is_the_new_ones);
    tcase_add_test(tc, a_syn_that_begins_nothing_is_the_old_ones);
    tcase_add_test(tc, an_ack_captured_before_its_fin_acknowledges_it);
    tcase_add_test(tc, a_fin_beyond_a_hole_closes_nothing);
    tcase_add_test(tc, a_syn_after_a_fin_beyond_a_hole_begins_nothing);
    tcase_add_test(tc, a_fin_that_was_acknowledged_beyond_a_hole_closes);
    tcase_add_test(tc, a_fin_whose_number_was_an_octets_closed_nothing);
    tcase_add_test(tc, a_number_that_was_a_held_octets_is_no_fin);
    tcase_add_test(tc, a_fin_after_a_reset_that_nobody_honoured_is_the_first_close);
    tcase_add_test(tc, what_comes_minutes_after_the_end_begins_another);
    tcase_add_test(tc, an_rst_acknowledges_what_its_sender_had_received);
    tcase_add_test(tc, an_rst_without_ack_acknowledges_nothing);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return rig_run(suite());
}
