/* In order within a direction, and causes before effects between the two. */
#include "unit/tcp/rig.h"

static struct rig rig;

static void begin(void)
{
    rig_begin(&rig);
    rig_open(&rig);
}

static void end(void)
{
    rig_end(&rig);
}

START_TEST(in_order_octets_come_at_once)
{
    rig_server(&rig, 0, 0, "220");
    rig_client(&rig, 0, 3, "EHLO");
    rig_server(&rig, 3, 4, "250");
    ck_assert_str_eq(rig.log, "S\"220\" C\"EHLO\" S\"250\"");
}
END_TEST

START_TEST(segments_out_of_order_are_held_with_their_places)
{
    rig.places = RIG_TELLS_PLACES;
    rig_server(&rig, 3, 0, "def"); /* frame 4 */
    rig_server(&rig, 6, 0, "ghi");
    ck_assert_str_eq(rig.log, "");
    rig_server(&rig, 0, 0, "abc");
    ck_assert_str_eq(rig.log, "S\"abc\"@6 S\"def\"@4 S\"ghi\"@5");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.server.out_of_order, 1);
    ck_assert_uint_eq(rig.ended.server.bytes, 9);
    ck_assert_uint_eq(rig.ended.server.data_segments, 3);
    ck_assert_uint_eq(rig.ended.server.retransmissions, 0);
}
END_TEST

START_TEST(a_reply_captured_before_its_command_waits)
{
    rig_server(&rig, 0, 4, "250");
    ck_assert_str_eq(rig.log, "");
    rig_client(&rig, 0, 0, "EHLO");
    ck_assert_str_eq(rig.log, "C\"EHLO\" S\"250\"");
}
END_TEST

START_TEST(a_whole_dialogue_captured_backwards_comes_out_forwards)
{
    rig_server(&rig, 6, 8, "251");
    rig_client(&rig, 4, 6, "MAIL");
    rig_server(&rig, 3, 4, "250");
    rig_client(&rig, 0, 3, "EHLO");
    rig_server(&rig, 0, 0, "220");
    ck_assert_str_eq(rig.log, "S\"220\" C\"EHLO\" S\"250\" C\"MAIL\" S\"251\"");
}
END_TEST

START_TEST(a_reply_to_a_lost_command_waits_a_second)
{
    rig.places = RIG_TELLS_PLACES;
    rig_server(&rig, 0, 4, "250"); /* frame 4 */
    rig_pass(&rig, STAMP_SECOND - 2 * STAMP_MILLISECOND);
    ck_assert_str_eq(rig.log, "");
    rig_pass(&rig, 20 * STAMP_MILLISECOND);
    ck_assert_str_eq(rig.log, "C-4@4 S\"250\"@4");
}
END_TEST

START_TEST(its_own_packets_measure_the_second_exactly)
{
    rig_server(&rig, 0, 4, "250");
    rig_wait(&rig, STAMP_SECOND - STAMP_MILLISECOND);
    rig_client(&rig, 4, 3, "MAIL");
    ck_assert_str_eq(rig.log, "C-4 S\"250\" C\"MAIL\"");
}
END_TEST

START_TEST(a_late_command_within_the_second_is_no_gap)
{
    rig_server(&rig, 0, 4, "250");
    rig_wait(&rig, 900 * STAMP_MILLISECOND);
    rig_client(&rig, 0, 0, "EHLO");
    rig_pass(&rig, 2 * STAMP_SECOND);
    ck_assert_str_eq(rig.log, "C\"EHLO\" S\"250\"");
}
END_TEST

START_TEST(a_hole_nobody_acknowledged_waits_for_the_end)
{
    rig_client(&rig, 4, 0, "MAIL");
    rig_pass(&rig, 100 * STAMP_SECOND);
    ck_assert_str_eq(rig.log, "");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C-4 C\"MAIL\" [complete open nobody]");
}
END_TEST

START_TEST(an_acknowledgement_without_octets_makes_a_gap_too)
{
    rig_server(&rig, 0, 4, "");
    rig_pass(&rig, 1100 * STAMP_MILLISECOND);
    ck_assert_str_eq(rig.log, "C-4");
}
END_TEST

START_TEST(holes_age_each_on_its_own)
{
    rig_client(&rig, 0, 0, "EHLO");
    rig_server(&rig, 0, 8, "250");
    rig_wait(&rig, 500 * STAMP_MILLISECOND);
    rig_server(&rig, 3, 12, "251");
    rig_pass(&rig, 520 * STAMP_MILLISECOND);
    ck_assert_str_eq(rig.log, "C\"EHLO\" C-4 S\"250\"");
    rig_pass(&rig, 500 * STAMP_MILLISECOND);
    ck_assert_str_eq(rig.log, "C\"EHLO\" C-4 S\"250\" C-4 S\"251\"");
}
END_TEST

START_TEST(both_sides_lack_something)
{
    /* EHLO and its reply are both missing; what acknowledges them was captured. */
    rig_server(&rig, 0, 0, "220");
    rig_client(&rig, 4, 6, "MAIL");
    rig_server(&rig, 6, 8, "251");
    ck_assert_str_eq(rig.log, "S\"220\"");
    rig_pass(&rig, 1100 * STAMP_MILLISECOND);
    ck_assert_str_eq(rig.log, "S\"220\" C-4 S-3 C\"MAIL\" S\"251\"");
}
END_TEST

START_TEST(where_each_waits_for_the_other_the_capture_decides)
{
    /* A repeated segment has a newer acknowledgement than its lost first copy. */
    rig_client(&rig, 0, 3, "EHLO");
    rig_server(&rig, 0, 4, "220");
    ck_assert_str_eq(rig.log, "C\"EHLO\" S\"220\"");
}
END_TEST

START_TEST(a_server_captured_alone_waits_once)
{
    rig_server(&rig, 0, 0, "220");
    rig_server(&rig, 3, 4, "250");
    ck_assert_str_eq(rig.log, "S\"220\"");
    rig_pass(&rig, 1100 * STAMP_MILLISECOND);
    rig_server(&rig, 6, 8, "251");
    rig_server(&rig, 9, 14, "252");
    ck_assert_str_eq(rig.log, "S\"220\" C-4 S\"250\" C-4 S\"251\" C-6 S\"252\"");
}
END_TEST

START_TEST(a_client_captured_alone_waits_once)
{
    rig_client(&rig, 0, 3, "EHLO");
    rig_pass(&rig, 1100 * STAMP_MILLISECOND);
    rig_client(&rig, 4, 6, "MAIL");
    rig_client(&rig, 8, 9, "QUIT");
    rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 12, 13, "");
    ck_assert_str_eq(rig.log, "S-3 C\"EHLO\" S-3 C\"MAIL\" S-3 C\"QUIT\" S-4 C.");
    rig_pass(&rig, LIMIT_IDLE + STAMP_SECOND);
    ck_assert_uint_eq(rig.ended_count, 1);
    ck_assert_uint_eq(rig.ended.server.gaps, 4);
    ck_assert_uint_eq(rig.ended.server.lost_bytes, 13);
}
END_TEST

START_TEST(an_absent_side_that_turns_up_is_waited_for_again)
{
    rig_server(&rig, 0, 4, "250");
    rig_pass(&rig, 1100 * STAMP_MILLISECOND);
    rig_client(&rig, 4, 3, "MAIL");
    rig_server(&rig, 3, 12, "251");
    rig_client(&rig, 8, 3, "RCPT");
    ck_assert_str_eq(rig.log, "C-4 S\"250\" C\"MAIL\" C\"RCPT\" S\"251\"");
}
END_TEST

START_TEST(an_acknowledged_fin_that_is_missing_is_no_gap)
{
    rig_client(&rig, 0, 0, "QUIT");
    rig_server(&rig, 0, 5, "221");
    rig_pass(&rig, 1100 * STAMP_MILLISECOND);
    ck_assert_str_eq(rig.log, "C\"QUIT\" S\"221\"");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.client.gaps, 0);
}
END_TEST

/* The client acknowledges 500 octets of a server that says nothing and closes. */
START_TEST(nothing_comes_after_a_fin_whatever_was_acknowledged)
{
    rig_client(&rig, 0, 500, "x");
    rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 0, 0, "");
    rig_client(&rig, 1, 501, "");
    rig_pass(&rig, 5 * STAMP_SECOND);
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, " S. C\"x\" [complete open server]");
}
END_TEST

START_TEST(one_missing_octet_before_others_is_a_gap)
{
    rig_client(&rig, 0, 0, "QUI");
    rig_server(&rig, 0, 4, "221");
    rig_pass(&rig, 1100 * STAMP_MILLISECOND);
    rig_client(&rig, 4, 3, "\r\n");
    rig_server(&rig, 3, 6, "");
    rig_pass(&rig, 1100 * STAMP_MILLISECOND);
    ck_assert_str_eq(rig.log, "C\"QUI\" S\"221\" C-1 C\"\r\n\"");
}
END_TEST

START_TEST(impossible_acknowledgements_are_not_believed)
{
    rig_server(&rig, 0, (int64_t)1 << 30 | 1, "220");
    rig_client(&rig, 0, -100, "EHLO");
    ck_assert_str_eq(rig.log, "S\"220\" C\"EHLO\"");
}
END_TEST

START_TEST(time_that_runs_backwards_harms_nothing)
{
    rig_server(&rig, 0, 4, "250");
    rig_wait(&rig, -500 * STAMP_SECOND);
    rig_client(&rig, 4, 3, "MAIL");
    rig_wait(&rig, -LIMIT_IDLE * 20);
    rig_client(&rig, 0, 0, "EHLO");
    ck_assert_str_eq(rig.log, "C\"EHLO\" S\"250\" C\"MAIL\"");
    rig_wait(&rig, INT64_MIN / 4);
    rig_server(&rig, 3, 8, "251");
    ck_assert_str_eq(rig.log, "C\"EHLO\" S\"250\" C\"MAIL\" S\"251\"");
}
END_TEST

START_TEST(after_time_ran_backwards_seconds_count_on)
{
    rig_wait(&rig, -LIMIT_IDLE * 20);
    rig_server(&rig, 0, 4, "250");
    rig_pass(&rig, 1100 * STAMP_MILLISECOND);
    ck_assert_str_eq(rig.log, "C-4 S\"250\"");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("tcp/order");
    TCase *tc = tcase_create("order");

    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, in_order_octets_come_at_once);
    tcase_add_test(tc, segments_out_of_order_are_held_with_their_places);
    tcase_add_test(tc, a_reply_captured_before_its_command_waits);
    tcase_add_test(tc, a_whole_dialogue_captured_backwards_comes_out_forwards);
    tcase_add_test(tc, a_reply_to_a_lost_command_waits_a_second);
    tcase_add_test(tc, its_own_packets_measure_the_second_exactly);
    tcase_add_test(tc, a_late_command_within_the_second_is_no_gap);
    tcase_add_test(tc, a_hole_nobody_acknowledged_waits_for_the_end);
    tcase_add_test(tc, an_acknowledgement_without_octets_makes_a_gap_too);
    tcase_add_test(tc, holes_age_each_on_its_own);
    tcase_add_test(tc, both_sides_lack_something);
    tcase_add_test(tc, where_each_waits_for_the_other_the_capture_decides);
    tcase_add_test(tc, a_server_captured_alone_waits_once);
    tcase_add_test(tc, a_client_captured_alone_waits_once);
    tcase_add_test(tc, an_absent_side_that_turns_up_is_waited_for_again);
    tcase_add_test(tc, an_acknowledged_fin_that_is_missing_is_no_gap);
    tcase_add_test(tc, nothing_comes_after_a_fin_whatever_was_acknowledged);
    tcase_add_test(tc, one_missing_octet_before_others_is_a_gap);
    tcase_add_test(tc, impossible_acknowledgements_are_not_believed);
    tcase_add_test(tc, time_that_runs_backwards_harms_nothing);
    tcase_add_test(tc, after_time_ran_backwards_seconds_count_on);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return rig_run(suite());
}
