/* Segments that the receiver does not take, though whoever listens sees them: none of them may end
 * the session, or put words into it. */
#include "unit/tcp/rig.h"

static struct rig rig;

static void setup(void)
{
    rig_begin(&rig);
    rig_open(&rig);
    rig_server(&rig, 0, 0, "220\n");
    rig_client(&rig, 0, 4, "EHLO\n");
    rig_server(&rig, 4, 5, "250\n");
    rig.len = 0;
    rig.log[0] = '\0';
}

static void teardown(void)
{
    rig_end(&rig);
}

/* The session goes on as if nothing had been; `ignored` segments of the client's were refused. */
static void expect_untouched(uint32_t ignored)
{
    rig_client(&rig, 5, 8, "QUIT\n");
    rig_server(&rig, 8, 10, "221\n");
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 12, 10, "");
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 10, 13, "");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C\"QUIT\n\" S\"221\n\" S. C. [complete fin server]");
    ck_assert_uint_eq(rig.ended.client.ignored, ignored);
    ck_assert_uint_eq(rig.ended.client.bytes, 10);
    ck_assert_uint_eq(rig.ended.client.overlap_conflicts + rig.ended.client.gaps, 0);
}

START_TEST(octets_far_outside_the_window_are_refused)
{
    rig_client(&rig, 5 + 64240 + (1 << 20) + 1, 8, "EVIL\n");
    rig_client(&rig, 1 << 29, 8, "EVIL\n");
    expect_untouched(2);
}
END_TEST

START_TEST(octets_just_outside_the_window_come_out_at_no_time)
{
    /* They may have been sent under an acknowledgement that the capture missed; none ever comes. */
    rig_client(&rig, 5 + 64240, 8, "EVIL\n");
    rig_wait(&rig, 10 * STAMP_SECOND);
    expect_untouched(0);
}
END_TEST

START_TEST(octets_at_the_windows_end_are_of_the_stream)
{
    rig_client(&rig, 5 + 64239, 8, "X");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C-64239 C\"X\" [complete open nobody]");
}
END_TEST

START_TEST(octets_outside_the_window_do_not_push_others_out)
{
    static char junk[1400];

    memset(junk, 'x', sizeof(junk) - 1);
    for (int i = 0; i < 800; i++)
        rig_client(&rig, 5 + 64240 + i * 1399, 8, junk);
    rig_client(&rig, 10, 8, "QUIT\n");
    rig_client(&rig, 5, 8, "NOOP\n");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C\"NOOP\n\" C\"QUIT\n\" [complete open nobody]");
    ck_assert(!rig.ended.limit_reached);
    ck_assert_uint_eq(rig.ended.client.gaps, 0);
}
END_TEST

START_TEST(octets_without_an_ack_are_refused)
{
    rig_send(&rig, SIDE_CLIENT, TCP_PSH, 5, 0, "EVIL\n");
    rig_send(&rig, SIDE_CLIENT, 0, 5, 0, "EVIL\n");
    rig_send(&rig, SIDE_CLIENT, TCP_FIN, 5, 0, "");
    expect_untouched(3);
}
END_TEST

START_TEST(octets_that_acknowledge_what_was_never_sent_are_refused)
{
    /* RFC 5961 5: neither what no window lets be sent, nor what lies a window back. */
    rig_client(&rig, 5, 8 + 64240 + (1 << 20) + 1, "EVIL\n");
    rig_client(&rig, 5, 4 - 65536, "EVIL\n");
    rig_client(&rig, 5, INT32_MAX, "EVIL\n");
    expect_untouched(3);
}
END_TEST

START_TEST(a_fin_far_outside_the_window_ends_nothing)
{
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 1 << 29, 8, "");
    expect_untouched(1);
}
END_TEST

START_TEST(of_two_fins_the_nearer_is_reached)
{
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 5000, 8, "");
    rig_client(&rig, 5, 8, "QUIT\n");
    rig_server(&rig, 8, 10, "221\n");
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 12, 10, "");
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 10, 13, "");
    rig_server(&rig, 13, 11, "");
    ck_assert_str_eq(rig.log, "C\"QUIT\n\" S\"221\n\" S. C. [complete fin server]");
}
END_TEST

START_TEST(a_fin_that_the_peer_acknowledged_past_was_not_honoured)
{
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 8, 8, "");
    rig_client(&rig, 5, 8, "NOOP\nQUIT\n");
    rig_server(&rig, 8, 15, "250\n");
    ck_assert_str_eq(rig.log, "C\"NOOP\nQUIT\n\" C. S\"250\n\"");
}
END_TEST

START_TEST(an_rst_outside_the_window_ends_nothing)
{
    static const int64_t offsets[] = { -5, 5 + 65536 + 1, 1 << 20, 1 << 30, INT32_MIN };

    for (size_t i = 0; i < sizeof(offsets) / sizeof(*offsets); i++)
        rig_send(&rig, SIDE_CLIENT, TCP_RST, offsets[i], 0, "");
    rig_pass(&rig, 5 * STAMP_SECOND);
    expect_untouched(0);
}
END_TEST

START_TEST(an_rst_within_the_window_that_nobody_honoured_ends_nothing)
{
    /* RFC 5961 3.2: it is challenged, and who is said to have sent it goes on. */
    rig_send(&rig, SIDE_CLIENT, TCP_RST, 900, 0, "");
    rig_client(&rig, 5, 8, "NOOP\n");
    rig_server(&rig, 8, 10, "250\n");
    rig_client(&rig, 10, 12, "NOOP\n");
    ck_assert_str_eq(rig.log, "C\"NOOP\n\" S\"250\n\" C\"NOOP\n\"");
    rig_finish(&rig);
}
END_TEST

START_TEST(an_rst_in_time_wait_is_no_news)
{
    /* RFC 1337. */
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 8, 5, "");
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 5, 9, "");
    rig_send(&rig, SIDE_SERVER, TCP_ACK, 9, 6, "");
    rig_send(&rig, SIDE_CLIENT, TCP_RST, 6, 9, "");
    rig_client(&rig, 5, 9, "EVIL\n");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, " S. C. [complete fin server]");
    ck_assert_uint_eq(rig.ended_count, 1);
}
END_TEST

/* What follows is of connections with time stamps (RFC 7323). */

static void stamped(enum side from, uint8_t flags, int64_t offset, int64_t acknowledged,
                    const char *payload, uint32_t time)
{
    struct packet packet =
        rig_packet(&rig, from, flags, offset, acknowledged, slice_of_string(payload));

    packet.segment.has_timestamp = true;
    packet.segment.timestamp = time;
    rig_accept(&rig, &packet);
}

static void open_stamped(uint32_t time)
{
    teardown();
    rig_begin(&rig);
    stamped(SIDE_CLIENT, TCP_SYN, -1, 0, "", time);
    stamped(SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "", 7);
    stamped(SIDE_CLIENT, TCP_ACK, 0, 0, "", time);
    stamped(SIDE_CLIENT, TCP_ACK, 0, 0, "AAAA", time + 10);
    stamped(SIDE_SERVER, TCP_ACK, 0, 4, "", 8);
}

START_TEST(a_segment_older_than_what_came_before_is_refused)
{
    /* The time may go round in the meantime. */
    open_stamped(_i == 0 ? 100 : UINT32_MAX - 5);
    stamped(SIDE_CLIENT, TCP_ACK, 4, 0, "EVIL", _i == 0 ? 50 : UINT32_MAX - 50);
    stamped(SIDE_CLIENT, TCP_ACK | TCP_FIN, 4, 0, "", _i == 0 ? 50 : UINT32_MAX - 50);
    stamped(SIDE_CLIENT, TCP_ACK, 4, 0, "BBBB", _i == 0 ? 120 : 20);
    ck_assert_str_eq(rig.log, "C\"AAAA\" C\"BBBB\"");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.client.ignored, 2);
    ck_assert_uint_eq(rig.ended.client.overlap_conflicts, 0);
}
END_TEST

START_TEST(octets_out_of_order_are_not_too_old)
{
    open_stamped(100);
    stamped(SIDE_CLIENT, TCP_ACK, 8, 0, "CCCC", 130);
    stamped(SIDE_CLIENT, TCP_ACK, 4, 0, "BBBB", 120);
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C\"AAAA\" C\"BBBB\" C\"CCCC\" [complete open nobody]");
    ck_assert_uint_eq(rig.ended.client.ignored, 0);
}
END_TEST

START_TEST(nor_is_what_the_capture_has_after_its_acknowledgement)
{
    open_stamped(100);
    stamped(SIDE_SERVER, TCP_ACK, 0, 12, "", 9);
    stamped(SIDE_CLIENT, TCP_ACK, 12, 0, "DDDD", 140);
    stamped(SIDE_CLIENT, TCP_ACK, 8, 0, "CCCC", 130);
    stamped(SIDE_CLIENT, TCP_ACK, 4, 0, "BBBB", 120);
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C\"AAAA\" C\"BBBB\" C\"CCCC\" C\"DDDD\" [complete open nobody]");
    ck_assert_uint_eq(rig.ended.client.ignored, 0);
}
END_TEST

/* Octets that the peer had were sent again, in vain; a segment sent before that came later. */
START_TEST(nor_is_what_was_sent_before_a_needless_repetition)
{
    open_stamped(100);
    stamped(SIDE_CLIENT, TCP_ACK, 4, 0, "BBBB", 115);
    stamped(SIDE_SERVER, TCP_ACK, 0, 8, "", 9);
    stamped(SIDE_CLIENT, TCP_ACK, 0, 0, "AAAA", 150);
    stamped(SIDE_CLIENT, TCP_ACK, 8, 0, "CCCC", 120);
    stamped(SIDE_SERVER, TCP_ACK, 0, 12, "", 10);
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C\"AAAA\" C\"BBBB\" C\"CCCC\" [complete open nobody]");
    ck_assert_uint_eq(rig.ended.client.ignored, 0);
}
END_TEST

START_TEST(a_late_first_copy_is_a_repetition)
{
    open_stamped(100);
    stamped(SIDE_CLIENT, TCP_ACK, 4, 0, "BBBB", 130);
    stamped(SIDE_CLIENT, TCP_ACK, 4, 0, "BBBB", 105);
    stamped(SIDE_CLIENT, TCP_ACK, 4, 0, "EVIL", 105);
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C\"AAAA\" C\"BBBB\" [complete open nobody]");
    ck_assert_uint_eq(rig.ended.client.ignored, 0);
    ck_assert_uint_eq(rig.ended.client.retransmissions, 2);
    ck_assert_uint_eq(rig.ended.client.overlap_conflicts, 1);
}
END_TEST

START_TEST(times_count_only_where_both_syns_had_them)
{
    rig_end(&rig);
    rig_begin(&rig);
    stamped(SIDE_CLIENT, TCP_SYN, -1, 0, "", 100);
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    stamped(SIDE_CLIENT, TCP_ACK, 0, 0, "AAAA", 110);
    rig_server(&rig, 0, 4, "");
    stamped(SIDE_CLIENT, TCP_ACK, 4, 0, "BBBB", 1);
    ck_assert_str_eq(rig.log, "C\"AAAA\" C\"BBBB\"");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tcp/window");
    TCase *tc = tcase_create("window");

    suite_add_tcase(suite, tc);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, octets_far_outside_the_window_are_refused);
    tcase_add_test(tc, octets_just_outside_the_window_come_out_at_no_time);
    tcase_add_test(tc, octets_at_the_windows_end_are_of_the_stream);
    tcase_add_test(tc, octets_outside_the_window_do_not_push_others_out);
    tcase_add_test(tc, octets_without_an_ack_are_refused);
    tcase_add_test(tc, octets_that_acknowledge_what_was_never_sent_are_refused);
    tcase_add_test(tc, a_fin_far_outside_the_window_ends_nothing);
    tcase_add_test(tc, of_two_fins_the_nearer_is_reached);
    tcase_add_test(tc, a_fin_that_the_peer_acknowledged_past_was_not_honoured);
    tcase_add_test(tc, an_rst_outside_the_window_ends_nothing);
    tcase_add_test(tc, an_rst_within_the_window_that_nobody_honoured_ends_nothing);
    tcase_add_test(tc, an_rst_in_time_wait_is_no_news);
    tcase_add_loop_test(tc, a_segment_older_than_what_came_before_is_refused, 0, 2);
    tcase_add_test(tc, octets_out_of_order_are_not_too_old);
    tcase_add_test(tc, nor_is_what_the_capture_has_after_its_acknowledgement);
    tcase_add_test(tc, nor_is_what_was_sent_before_a_needless_repetition);
    tcase_add_test(tc, a_late_first_copy_is_a_repetition);
    tcase_add_test(tc, times_count_only_where_both_syns_had_them);
    return rig_run(suite);
}
