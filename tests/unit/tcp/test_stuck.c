/* What a connection's summary tells of segments that do not get through, of closed windows and of
 * silences. */
#include "unit/tcp/rig.h"

static struct rig rig;

enum { FULL = 1000 };

static void begin(void)
{
    rig_begin(&rig);
    rig.is_deaf = true;
    rig_open(&rig);
}

static void end(void)
{
    rig_end(&rig);
}

static void client(int64_t offset, size_t length)
{
    static const uint8_t octets[FULL] = { 'x' };
    struct packet packet =
        rig_packet(&rig, SIDE_CLIENT, TCP_ACK, offset, 0, slice_of(octets, length));

    rig_accept(&rig, &packet);
}

static void server_acknowledges(int64_t offset)
{
    rig_server(&rig, 0, offset, "");
}

static const struct tcp_direction *finished(void)
{
    rig_finish(&rig);
    return &rig.ended.client;
}

START_TEST(a_segment_sent_again_and_again_is_counted)
{
    client(0, 50);
    server_acknowledges(50);
    client(50, FULL);
    client(50 + FULL, 30);
    for (int i = 0; i < 4; i++) {
        client(50, FULL);
        server_acknowledges(50);
    }
    ck_assert_uint_eq(finished()->stall.times, 4);
    ck_assert_uint_eq(rig.ended.client.stall.size, FULL);
    ck_assert_uint_eq(rig.ended.client.stall.peer_packets, 4);
    ck_assert_int_eq(rig.ended.client.stall.ns, 6 * STAMP_MILLISECOND);
    ck_assert(!rig.ended.client.stall.is_over);
    ck_assert_uint_eq(rig.ended.client.largest_segment, FULL);
    ck_assert_uint_eq(rig.ended.client.largest_acknowledged, 50);
    ck_assert_uint_eq(rig.ended.client.unacknowledged, FULL + 30);
    ck_assert_uint_eq(rig.ended.server.stall.times, 0);
}
END_TEST

START_TEST(a_stall_ends_with_its_acknowledgement)
{
    client(0, FULL);
    client(0, FULL);
    client(0, FULL);
    server_acknowledges(FULL);
    client(FULL, FULL);
    client(FULL, FULL);
    server_acknowledges(2 * FULL);
    ck_assert_uint_eq(finished()->stall.times, 2);
    ck_assert(rig.ended.client.stall.is_over);
    ck_assert_uint_eq(rig.ended.client.largest_acknowledged, FULL);
    ck_assert_uint_eq(rig.ended.client.unacknowledged, 0);
}
END_TEST

static void server_holds(int64_t acknowledged, uint32_t length)
{
    struct packet packet =
        rig_packet(&rig, SIDE_SERVER, TCP_ACK, 0, acknowledged, slice_of(NULL, 0));

    packet.segment.sacked = length;
    rig_accept(&rig, &packet);
}

START_TEST(what_the_peer_holds_past_the_hole_is_told_with_the_stall)
{
    client(0, FULL);
    client(FULL, 30);
    server_holds(0, 30);
    client(0, FULL);
    client(0, FULL);
    ck_assert_uint_eq(finished()->stall.times, 2);
    ck_assert_uint_eq(rig.ended.client.stall.sacked, 30);
    ck_assert_uint_eq(rig.ended.client.stall.peer_packets, 0);
}
END_TEST

START_TEST(what_the_peer_held_past_another_hole_is_not)
{
    client(0, FULL);
    client(FULL, 30);
    server_holds(0, 30);
    client(0, FULL);
    server_acknowledges(FULL + 30);
    client(FULL + 30, FULL);
    client(FULL + 30, FULL);
    client(FULL + 30, FULL);
    ck_assert_uint_eq(finished()->stall.times, 2);
    ck_assert_uint_eq(rig.ended.client.stall.sacked, 0);
}
END_TEST

START_TEST(what_went_again_in_pieces_has_not_passed_whole)
{
    client(0, FULL);
    client(0, FULL);
    client(0, 600);
    client(600, 400);
    server_acknowledges(FULL);
    ck_assert_uint_eq(finished()->largest_acknowledged, 600);
    ck_assert_uint_eq(rig.ended.client.stall.size, FULL);
}
END_TEST

START_TEST(another_segment_than_the_oldest_is_no_stall)
{
    client(0, FULL);
    client(FULL, 30);
    client(FULL, 30);
    ck_assert_uint_eq(finished()->stall.times, 0);
    ck_assert_uint_eq(rig.ended.client.retransmissions, 1);
}
END_TEST

START_TEST(what_waits_for_a_window_is_no_stall)
{
    client(0, FULL);
    rig.window = 0;
    server_acknowledges(0);
    rig.window = 1000;
    client(0, FULL);
    ck_assert_uint_eq(finished()->stall.times, 0);
}
END_TEST

static void too_big(int64_t offset, uint32_t mtu)
{
    struct packet about = rig_packet(&rig, SIDE_CLIENT, TCP_ACK, offset, 0, slice_of(NULL, 0));
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
    ck_assert(rig.was_used);
}

START_TEST(icmp_is_believed_about_octets_on_their_way)
{
    client(0, 50);
    server_acknowledges(50);
    client(50, FULL);
    too_big(49, 68);        /* acknowledged */
    too_big(50 + FULL, 68); /* never sent */
    too_big(50, 0);         /* as old routers say it */
    too_big(50, 1400);
    too_big(50 + FULL - 1, 1280);
    too_big(50, 1300);
    ck_assert_uint_eq(finished()->too_big.count, 4);
    ck_assert_uint_eq(rig.ended.client.too_big.mtu, 1280);
    ck_assert_uint_eq(rig.ended.client.too_big.place.frame, 9);
    ck_assert_uint_eq(rig.ended.server.too_big.count, 0);
}
END_TEST

START_TEST(a_closed_window_is_timed)
{
    client(0, 50);
    rig.window = 0;
    server_acknowledges(50);
    rig_wait(&rig, 3 * STAMP_SECOND);
    server_acknowledges(50);
    rig.window = 1000;
    server_acknowledges(50);
    rig.window = 0;
    server_acknowledges(50);
    rig_wait(&rig, 2 * STAMP_SECOND);
    rig.window = 1000;
    client(50, 1);
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.server.zero_windows, 2);
    /* Still closed when the last packet came. */
    ck_assert_int_eq(rig.ended.server.zero_window_ns, 5 * STAMP_SECOND + 3 * STAMP_MILLISECOND);
    ck_assert_int_eq(rig.ended.client.zero_window_ns, 0);
}
END_TEST

START_TEST(the_longest_silence_is_kept_by_who_ended_it)
{
    client(0, 50);
    rig_wait(&rig, 7 * STAMP_SECOND);
    client(50, 10);
    rig_wait(&rig, 3 * STAMP_SECOND);
    client(60, 10);
    rig_wait(&rig, 9 * STAMP_SECOND);
    client(60, 10);
    ck_assert_int_eq(finished()->pause.ns, 7 * STAMP_SECOND + STAMP_MILLISECOND);
    ck_assert_uint_eq(rig.ended.client.pause.end.frame, 5);
    ck_assert_int_eq(rig.ended.server.pause.ns, 0);
}
END_TEST

START_TEST(the_way_to_the_server_is_the_smallest_seen)
{
    rig_wait(&rig, STAMP_SECOND);
    client(0, 50);
    rig_wait(&rig, 20 * STAMP_MILLISECOND);
    server_acknowledges(50);
    rig_finish(&rig);
    /* The SYN's answer came a millisecond later. */
    ck_assert_int_eq(rig.ended.server_trip_ns, STAMP_MILLISECOND);
    ck_assert_int_eq(rig.ended.established_ns, 2 * STAMP_MILLISECOND);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tcp/stuck");
    TCase *tc = tcase_create("stuck");

    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, a_segment_sent_again_and_again_is_counted);
    tcase_add_test(tc, a_stall_ends_with_its_acknowledgement);
    tcase_add_test(tc, what_the_peer_holds_past_the_hole_is_told_with_the_stall);
    tcase_add_test(tc, what_the_peer_held_past_another_hole_is_not);
    tcase_add_test(tc, what_went_again_in_pieces_has_not_passed_whole);
    tcase_add_test(tc, another_segment_than_the_oldest_is_no_stall);
    tcase_add_test(tc, what_waits_for_a_window_is_no_stall);
    tcase_add_test(tc, icmp_is_believed_about_octets_on_their_way);
    tcase_add_test(tc, a_closed_window_is_timed);
    tcase_add_test(tc, the_longest_silence_is_kept_by_who_ended_it);
    tcase_add_test(tc, the_way_to_the_server_is_the_smallest_seen);
    suite_add_tcase(suite, tc);
    return rig_run(suite);
}
