/* Octets in a SYN (RFC 7413) are the session's only if the server took them. */
#include "unit/tcp/rig.h"

static struct rig rig;

static void setup(void)
{
    rig_begin(&rig);
}

static void teardown(void)
{
    rig_end(&rig);
}

START_TEST(the_syns_octets_wait_for_their_acknowledgement)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "EHLO");
    ck_assert_str_eq(rig.log, "");
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 4, "");
    ck_assert_str_eq(rig.log, "C\"EHLO\"");
    rig_client(&rig, 4, 0, "");
    rig_server(&rig, 0, 4, "220");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C\"EHLO\" S\"220\" [complete open nobody]");
    ck_assert_uint_eq(rig.ended.client.bytes, 4);
    ck_assert_uint_eq(rig.ended.client.retransmissions, 0);
}
END_TEST

START_TEST(the_server_takes_a_part)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "NOOPQUIT");
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 4, "");
    rig_client(&rig, 4, 0, "RSET");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C\"NOOP\" C\"RSET\" [complete open nobody]");
    ck_assert_uint_eq(rig.ended.client.bytes, 8);
    ck_assert_uint_eq(rig.ended.client.overlap_conflicts, 0);
}
END_TEST

START_TEST(what_the_server_leaves_alone_is_sent_again)
{
    /* The cookie was missing, or old: the answer acknowledges the SYN alone. */
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "EHLO");
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_client(&rig, 0, 0, _i == 0 ? "EHLO" : "QUIT");
    rig_server(&rig, 0, 4, "220");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, _i == 0 ? "C\"EHLO\" S\"220\" [complete open nobody]"
                                      : "C\"QUIT\" S\"220\" [complete open nobody]");
    ck_assert_uint_eq(rig.ended.client.bytes, 4);
    ck_assert_uint_eq(rig.ended.client.retransmissions + rig.ended.client.overlap_conflicts, 0);
}
END_TEST

START_TEST(the_answer_was_not_captured)
{
    /* What the client goes on with tells. */
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "EHLO");
    rig_client(&rig, _i == 0 ? 4 : 0, 0, "QUIT");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, _i == 0 ? "C\"EHLO\" C\"QUIT\" [partial open nobody]"
                                      : "C\"QUIT\" [partial open nobody]");
}
END_TEST

START_TEST(a_syn_sent_again_without_its_octets)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "EHLO");
    rig_wait(&rig, STAMP_SECOND);
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_client(&rig, 0, 0, "");
    rig_server(&rig, 0, 0, "220");
    rig_client(&rig, 0, 3, "EHLO");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "S\"220\" C\"EHLO\" [complete open nobody]");
    ck_assert_uint_eq(rig.ended.syn_count, 2);
}
END_TEST

START_TEST(nobody_took_the_octets_of_a_syn_that_was_refused)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "EHLO");
    rig_send(&rig, SIDE_SERVER, TCP_RST | TCP_ACK, -5001, 4, "");
    rig_pass(&rig, 2 * STAMP_SECOND);
    ck_assert_str_eq(rig.log, " S. [refused rst_server server]");
    ck_assert_uint_eq(rig.ended.client.bytes, 0);
}
END_TEST

START_TEST(nobody_took_the_octets_of_a_syn_without_an_answer)
{
    for (int i = 0; i < 3; i++)
        rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "EHLO");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "[unanswered open nobody]");
}
END_TEST

START_TEST(a_cookie_alone_carries_no_octets)
{
    rig_open(&rig);
    rig_client(&rig, 0, 0, "EHLO");
    ck_assert_str_eq(rig.log, "C\"EHLO\"");
}
END_TEST

START_TEST(both_open_at_the_same_time)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "EHLO");
    rig_send(&rig, SIDE_SERVER, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_CLIENT, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 4, "");
    rig_server(&rig, 0, 4, "220");
    rig_client(&rig, 4, 3, "");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C\"EHLO\" S\"220\" [complete open nobody]");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tcp/fast_open");
    TCase *tc = tcase_create("fast_open");

    suite_add_tcase(suite, tc);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_syns_octets_wait_for_their_acknowledgement);
    tcase_add_test(tc, the_server_takes_a_part);
    tcase_add_loop_test(tc, what_the_server_leaves_alone_is_sent_again, 0, 2);
    tcase_add_loop_test(tc, the_answer_was_not_captured, 0, 2);
    tcase_add_test(tc, a_syn_sent_again_without_its_octets);
    tcase_add_test(tc, nobody_took_the_octets_of_a_syn_that_was_refused);
    tcase_add_test(tc, nobody_took_the_octets_of_a_syn_without_an_answer);
    tcase_add_test(tc, a_cookie_alone_carries_no_octets);
    tcase_add_test(tc, both_open_at_the_same_time);
    return rig_run(suite);
}
