/* How connections begin, and which packets begin one. */
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

START_TEST(a_complete_handshake_measures_the_round_trip)
{
    rig_open(&rig);
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "[complete open nobody]");
    ck_assert_int_eq(rig.ended.round_trip_ns, 2 * STAMP_MILLISECOND);
    ck_assert_uint_eq(rig.ended.syn_count, 1);
    ck_assert_uint_eq(rig.ended.client.packets, 2);
    ck_assert_uint_eq(rig.ended.server.packets, 1);
    ck_assert(rig.ended.client_is_certain);
}
END_TEST

START_TEST(a_repeated_syn_is_a_retry_and_measures_nothing)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_wait(&rig, STAMP_SECOND);
    rig_open(&rig);
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "[complete open nobody]");
    ck_assert_uint_eq(rig.ended.syn_count, 2);
    ck_assert_int_eq(rig.ended.round_trip_ns, -1);
}
END_TEST

START_TEST(a_repeated_syn_ack_measures_nothing)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_client(&rig, 0, 0, "");
    rig_finish(&rig);
    ck_assert_int_eq(rig.ended.round_trip_ns, -1);
}
END_TEST

START_TEST(nobody_answers)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_wait(&rig, 3 * STAMP_SECOND);
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "[unanswered open nobody]");
    ck_assert_uint_eq(rig.ended.syn_count, 2);
}
END_TEST

START_TEST(nobody_answers_until_it_is_idle)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_pass(&rig, LIMIT_IDLE - STAMP_SECOND);
    ck_assert_str_eq(rig.log, "");
    rig_pass(&rig, 2 * STAMP_SECOND);
    ck_assert_str_eq(rig.log, "[unanswered idle nobody]");
}
END_TEST

START_TEST(an_rst_refuses)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_RST | TCP_ACK, -5001, 0, "");
    ck_assert_str_eq(rig.log, "[refused rst_server server]");
    ck_assert(!rig.ended.was_reset_by_icmp);
}
END_TEST

START_TEST(an_rst_that_acknowledges_something_else_refuses_nothing)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_RST | TCP_ACK, -5001, 100000, "");
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_client(&rig, 0, 0, "");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "[complete open nobody]");
}
END_TEST

static void icmp(uint32_t sequence, bool is_unreachable)
{
    struct packet syn = rig_packet(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, slice_of_string(""));
    struct packet packet = {
        .kind = PACKET_ICMP_ERROR,
        .place = syn.place,
        .icmp = { .sender = { 4, { 203, 0, 113, 9 } },
                  .code = 10,
                  .from = syn.segment.from,
                  .to = syn.segment.to,
                  .sequence = sequence,
                  .is_unreachable = is_unreachable },
    };

    rig_accept(&rig, &packet);
}

START_TEST(an_unreachable_refuses)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    icmp(999, true);
    icmp(1000, false);
    ck_assert_str_eq(rig.log, "");
    icmp(1000, true);
    ck_assert_str_eq(rig.log, "[refused rst_server nobody]");
    ck_assert(rig.ended.was_reset_by_icmp);
    ck_assert_uint_eq(rig.ended.refusal.sender.octets[3], 9);
    ck_assert_uint_eq(rig.ended.refusal.code, 10);
    ck_assert(rig.was_used);
}
END_TEST

START_TEST(an_unreachable_about_a_connection_that_stands_is_nothing)
{
    rig_open(&rig);
    icmp(1000, true);
    ck_assert_str_eq(rig.log, "");
}
END_TEST

START_TEST(an_unreachable_about_nothing_is_not_ours)
{
    icmp(1000, true);
    ck_assert(!rig.was_used);
}
END_TEST

START_TEST(a_retry_after_a_refusal_is_let_alone_until_it_is_answered)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_RST | TCP_ACK, -5001, 0, "");
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    ck_assert(rig.was_used);
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended_count, 1);
}
END_TEST

START_TEST(a_retry_after_a_refusal_that_is_answered_is_a_new_one)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_RST | TCP_ACK, -5001, 0, "");
    rig_open(&rig);
    rig_server(&rig, 0, 0, "220");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "[refused rst_server server] S\"220\" [complete open nobody]");
}
END_TEST

START_TEST(another_number_after_a_refusal_is_a_new_one)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_RST | TCP_ACK, -5001, 0, "");
    rig.isn[SIDE_CLIENT] = 77;
    rig_open(&rig);
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "[refused rst_server server] [complete open nobody]");
}
END_TEST

START_TEST(another_number_on_an_unanswered_one_is_a_new_one)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig.isn[SIDE_CLIENT] = 77;
    rig_open(&rig);
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "[unanswered idle nobody] [complete open nobody]");
}
END_TEST

START_TEST(another_number_on_a_live_one_is_ignored)
{
    rig_open(&rig);
    rig.isn[SIDE_CLIENT] = 77;
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig.isn[SIDE_CLIENT] = 1000;
    rig_server(&rig, 0, 0, "220");
    rig_client(&rig, 0, 3, "EHLO");
    ck_assert_str_eq(rig.log, "S\"220\" C\"EHLO\"");
}
END_TEST

START_TEST(another_number_that_is_answered_is_a_new_one)
{
    rig_open(&rig);
    rig_server(&rig, 0, 0, "220");
    rig.isn[SIDE_CLIENT] = 77;
    rig.isn[SIDE_SERVER] = 88;
    rig_open(&rig);
    rig_server(&rig, 0, 0, "221");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "S\"220\" [complete idle nobody] S\"221\" [complete open nobody]");
}
END_TEST

START_TEST(another_number_after_a_minute_of_silence_is_a_new_one)
{
    rig_open(&rig);
    rig_wait(&rig, 61 * STAMP_SECOND);
    rig.isn[SIDE_CLIENT] = 77;
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "[complete idle nobody] [unanswered open nobody]");
}
END_TEST

START_TEST(parts_of_a_handshake)
{
    static const struct {
        bool syn, syn_ack, ack, payload;
        const char *log;
    } rows[] = {
        { true, true, false, false, "[partial open nobody]" },
        { true, false, true, false, "[partial open nobody]" },
        { false, true, true, false, "[partial open nobody]" },
        { true, false, false, true, "S\"220\" [partial open nobody]" },
        { false, false, false, true, "S\"220\" [midstream open nobody]" },
        { false, false, true, false, "" },
    };

    if (rows[_i].syn)
        rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    if (rows[_i].syn_ack)
        rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    if (rows[_i].ack)
        rig_client(&rig, 0, 0, "");
    if (rows[_i].payload)
        rig_server(&rig, 0, 0, "220");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, rows[_i].log);
    ck_assert_int_eq(rig.ended.round_trip_ns, rig.ended_count == 0 ? 0 : -1);
}
END_TEST

START_TEST(a_syn_ack_captured_before_its_syn)
{
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_client(&rig, 0, 0, "");
    rig_server(&rig, 0, 0, "220");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "S\"220\" [complete open nobody]");
    ck_assert_int_eq(rig.ended.round_trip_ns, -1);
    ck_assert_uint_eq(rig.ended.syn_count, 1);
}
END_TEST

/* The last ACK of the connection before, on the same ports, captured twice. */
START_TEST(an_ack_of_the_connection_before_does_not_stand_for_the_answer)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_CLIENT, TCP_ACK, 100000, 396657722, "");
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_client(&rig, 0, 0, "");
    rig_server(&rig, 0, 0, "220 mx\r\n");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "S\"220 mx\r\n\" [complete open nobody]");
    ck_assert_uint_eq(rig.ended.server.lost_bytes, 0);
    ck_assert_int_eq(rig.ended.round_trip_ns, 3 * STAMP_MILLISECOND);
}
END_TEST

START_TEST(nor_does_an_ack_of_the_server_before)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_ACK, 396657722, 1262311365, "");
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_client(&rig, 0, 0, "");
    rig_server(&rig, 0, 0, "220 mx\r\n");
    rig_client(&rig, 0, 8, "QUIT\r\n");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "S\"220 mx\r\n\" C\"QUIT\r\n\" [complete open nobody]");
    ck_assert_uint_eq(rig.ended.server.lost_bytes, 0);
}
END_TEST

/* A SYN-ACK with another number than the server has spoken with is nobody's. */
START_TEST(an_answer_after_the_server_spoke_changes_nothing)
{
    rig_open(&rig);
    rig_server(&rig, 0, 0, "220 mx\r\n");
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, 70000, 0, "");
    rig_client(&rig, 0, 8, "QUIT\r\n");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "S\"220 mx\r\n\" C\"QUIT\r\n\" [complete open nobody]");
}
END_TEST

START_TEST(both_open_at_the_same_time)
{
    rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_SYN, -1, 0, "");
    rig_send(&rig, SIDE_CLIENT, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_send(&rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_server(&rig, 0, 0, "220");
    rig_client(&rig, 0, 3, "EHLO");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "S\"220\" C\"EHLO\" [complete open nobody]");
}
END_TEST

/* RFC 7413: the SYN brings the first octets. */
START_TEST(multipath_is_agreed_on_by_both)
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        struct packet packet =
            rig_packet(&rig, side, side == SIDE_CLIENT ? TCP_SYN : TCP_SYN | TCP_ACK, -1, 0,
                       slice_of_string(""));

        packet.segment.is_multipath = side == SIDE_CLIENT || _i == 1;
        rig_accept(&rig, &packet);
    }
    rig_client(&rig, 0, 0, "");
    rig_finish(&rig);
    ck_assert_int_eq(rig.ended.is_multipath, _i);
}
END_TEST

static void side_from_ports(enum side side, uint16_t from, uint16_t to, const char *payload)
{
    struct packet packet = rig_packet(&rig, side, TCP_ACK, 0, 0, slice_of_string(payload));

    packet.segment.from.port = from;
    packet.segment.to.port = to;
    rig_accept(&rig, &packet);
}

static void from_ports(uint16_t from, uint16_t to, const char *payload)
{
    side_from_ports(SIDE_CLIENT, from, to, payload);
}

START_TEST(without_a_syn_the_followed_port_is_the_servers)
{
    static const struct {
        uint16_t from, to;
        const char *log;
        bool is_certain;
    } rows[] = {
        { 40000, 25, "C\"x\" [midstream open nobody]", true },
        { 25, 40000, "S\"x\" [midstream open nobody]", true },
        { 587, 25, "C\"x\" [midstream open nobody]", false },
        { 25, 587, "S\"x\" [midstream open nobody]", false },
        { 25, 25, "C\"x\" [midstream open nobody]", false },
        { 40000, 80, "", false },
    };

    from_ports(rows[_i].from, rows[_i].to, "x");
    ck_assert(rig.was_used == (rows[_i].log[0] != '\0'));
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, rows[_i].log);
    ck_assert(rig.ended.client_is_certain == rows[_i].is_certain);
}
END_TEST

START_TEST(a_wrong_guess_is_turned_round)
{
    rig.reaction = RIG_SWAPS;
    side_from_ports(SIDE_CLIENT, 587, 25, "220");
    side_from_ports(SIDE_SERVER, 25, 587, "EHLO");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C\"220\" C\"EHLO\" [midstream open nobody]");
    ck_assert_uint_eq(rig.ended.client.bytes, 4);
    ck_assert_uint_eq(rig.ended.server.bytes, 3);
}
END_TEST

START_TEST(a_connection_to_another_port_is_let_alone)
{
    struct packet packet = rig_packet(&rig, SIDE_SERVER, TCP_SYN, -1, 0, slice_of_string(""));

    rig_accept(&rig, &packet); /* from port 25 to port 40000 */
    ck_assert(!rig.was_used);
    rig_server(&rig, 0, 0, "PORT");
    ck_assert(!rig.was_used);
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "");
}
END_TEST

START_TEST(nothing_but_payload_begins_one_in_midstream)
{
    static const uint8_t flags[] = { TCP_ACK, TCP_FIN | TCP_ACK, TCP_RST, TCP_RST | TCP_ACK };

    rig_send(&rig, SIDE_CLIENT, flags[_i], 0, 0, "");
    ck_assert(rig.was_used);
    rig_send(&rig, SIDE_CLIENT, TCP_RST, 0, 0, "text");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "");
}
END_TEST

START_TEST(the_octet_of_a_keep_alive_begins_none)
{
    static const uint8_t octets[] = { 0, 0 };
    struct packet packet = rig_packet(&rig, SIDE_CLIENT, TCP_ACK, 0, 0, slice_of(octets, 1));

    rig_accept(&rig, &packet);
    ck_assert(rig.was_used);
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "");
}
END_TEST

START_TEST(any_other_octet_and_two_of_nul_begin_one)
{
    static const uint8_t octets[] = { 0, 0, 'x' };
    struct slice payload = slice_of(octets + 2 * _i, 2 - (size_t)_i);
    struct packet packet = rig_packet(&rig, SIDE_CLIENT, TCP_ACK, 0, 0, payload);

    rig_accept(&rig, &packet);
    rig_finish(&rig);
    /* The log ends at a NUL. */
    ck_assert_int_eq(rig.log[0], 'C');
}
END_TEST

START_TEST(what_is_dropped_is_heard_of_once_more)
{
    rig.reaction = RIG_DROPS;
    rig_open(&rig);
    rig_server(&rig, 0, 0, "220");
    ck_assert_str_eq(rig.log, "S\"220\" [complete open nobody]");
    rig_client(&rig, 0, 3, "USER");
    ck_assert(!rig.was_used);
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended_count, 1);
}
END_TEST

START_TEST(the_way_of_the_first_packet_is_told)
{
    struct packet packet = rig_packet(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, slice_of_string(""));

    packet.encapsulation = (struct encapsulation){ .count = 1, .layers = { { LAYER_VLAN, 100 } } };
    rig_accept(&rig, &packet);
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.encapsulation.count, 1);
    ck_assert_uint_eq(rig.ended.encapsulation.layers[0].id, 100);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("tcp/handshake");
    TCase *tc = tcase_create("handshake");

    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, a_complete_handshake_measures_the_round_trip);
    tcase_add_test(tc, a_repeated_syn_is_a_retry_and_measures_nothing);
    tcase_add_test(tc, a_repeated_syn_ack_measures_nothing);
    tcase_add_test(tc, nobody_answers);
    tcase_add_test(tc, nobody_answers_until_it_is_idle);
    tcase_add_test(tc, an_rst_refuses);
    tcase_add_test(tc, an_rst_that_acknowledges_something_else_refuses_nothing);
    tcase_add_test(tc, an_unreachable_refuses);
    tcase_add_test(tc, an_unreachable_about_a_connection_that_stands_is_nothing);
    tcase_add_test(tc, an_unreachable_about_nothing_is_not_ours);
    tcase_add_test(tc, a_retry_after_a_refusal_is_let_alone_until_it_is_answered);
    tcase_add_test(tc, a_retry_after_a_refusal_that_is_answered_is_a_new_one);
    tcase_add_test(tc, another_number_after_a_refusal_is_a_new_one);
    tcase_add_test(tc, another_number_on_an_unanswered_one_is_a_new_one);
    tcase_add_test(tc, another_number_on_a_live_one_is_ignored);
    tcase_add_test(tc, another_number_that_is_answered_is_a_new_one);
    tcase_add_test(tc, another_number_after_a_minute_of_silence_is_a_new_one);
    tcase_add_loop_test(tc, parts_of_a_handshake, 0, 6);
    tcase_add_test(tc, a_syn_ack_captured_before_its_syn);
    tcase_add_test(tc, an_ack_of_the_connection_before_does_not_stand_for_the_answer);
    tcase_add_test(tc, nor_does_an_ack_of_the_server_before);
    tcase_add_test(tc, an_answer_after_the_server_spoke_changes_nothing);
    tcase_add_test(tc, both_open_at_the_same_time);
    tcase_add_loop_test(tc, multipath_is_agreed_on_by_both, 0, 2);
    tcase_add_loop_test(tc, without_a_syn_the_followed_port_is_the_servers, 0, 6);
    tcase_add_test(tc, a_wrong_guess_is_turned_round);
    tcase_add_test(tc, a_connection_to_another_port_is_let_alone);
    tcase_add_loop_test(tc, nothing_but_payload_begins_one_in_midstream, 0, 4);
    tcase_add_test(tc, the_octet_of_a_keep_alive_begins_none);
    tcase_add_loop_test(tc, any_other_octet_and_two_of_nul_begin_one, 0, 2);
    tcase_add_test(tc, what_is_dropped_is_heard_of_once_more);
    tcase_add_test(tc, the_way_of_the_first_packet_is_told);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return rig_run(suite());
}
