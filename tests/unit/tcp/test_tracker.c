/* Reassembly: whatever the order, the cuts and the repetitions, each side's octets come out once, in
 * order, and no reply before the command that it acknowledges. */
#include "tcp/tracker.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "support/suite.h"

enum { STREAM_MAX = 8192, LOG_MAX = 20000 };

/* What the sink was told: octets of each side, and the order of everything as a log in which 'c' and
 * 's' stand for an octet, 'C' and 'S' for a hole. */
struct heard {
    uint8_t octets[2][STREAM_MAX];
    size_t len[2];
    uint64_t missing[2];
    char log[LOG_MAX];
    size_t log_len;
    unsigned ended;
    struct tcp_summary summary;
};

static enum status hear_chunk(void *context, struct connection *connection,
                              const struct chunk *chunk)
{
    struct heard *heard = context;
    size_t *len = &heard->len[chunk->from];

    (void)connection;
    ck_assert_uint_eq(chunk->offset, *len + heard->missing[chunk->from]);
    heard->missing[chunk->from] += chunk->missing;
    if (chunk->missing > 0)
        heard->log[heard->log_len++] = chunk->from == SIDE_CLIENT ? 'C' : 'S';
    for (size_t i = 0; i < chunk->data.len; i++) {
        ck_assert_uint_lt(*len, STREAM_MAX);
        heard->octets[chunk->from][(*len)++] = chunk->data.data[i];
        heard->log[heard->log_len++] = chunk->from == SIDE_CLIENT ? 'c' : 's';
        ck_assert_uint_lt(heard->log_len, LOG_MAX);
    }
    return STATUS_OK;
}

static enum status hear_close(void *context, struct connection *connection, enum side side,
                              const struct place *place)
{
    (void)context;
    (void)connection;
    (void)side;
    (void)place;
    return STATUS_OK;
}

static enum status hear_end(void *context, struct connection *connection,
                            const struct tcp_summary *summary)
{
    struct heard *heard = context;

    (void)connection;
    heard->ended++;
    heard->summary = *summary;
    return STATUS_OK;
}

static bool is_smtp(const void *context, uint16_t port)
{
    (void)context;
    return port == 25;
}

static struct tracker *new_tracker(struct heard *heard, uint64_t connections_max)
{
    struct tracker_options options = { .follows_port = is_smtp,
                                       .connections_max = connections_max };
    struct tracker_sink sink = {
        .context = heard, .chunk = hear_chunk, .closed = hear_close, .ended = hear_end
    };
    struct tracker *tracker;

    memset(heard, 0, sizeof(*heard));
    ck_assert_int_eq(tracker_new(&tracker, &options, &sink), STATUS_OK);
    return tracker;
}

/* One segment as a test writes it. Numbers are relative: the client's first octet is 0. */
struct sent {
    enum side from;
    uint8_t flags;
    int64_t offset; /* of the payload; -1: the SYN's own */
    int64_t acked;  /* -1: no ACK */
    const char *octets;
    size_t len;
    double at;        /* seconds */
    uint32_t snapped; /* octets sent but not captured */
};

enum { CLIENT_ISN = -20, SERVER_ISN = 5000 };

static struct packet packet_of(const struct sent *sent)
{
    struct endpoint client = { .address = { .version = 4, .octets = { 192, 0, 2, 1 } },
                               .port = 40000 };
    struct endpoint server = { .address = { .version = 4, .octets = { 192, 0, 2, 25 } },
                               .port = 25 };
    bool from_client = sent->from == SIDE_CLIENT;
    int64_t own = from_client ? CLIENT_ISN : SERVER_ISN;
    int64_t other = from_client ? SERVER_ISN : CLIENT_ISN;
    struct packet packet = { .kind = PACKET_TCP };

    packet.place.at.ns = (int64_t)(sent->at * 1e9);
    packet.segment = (struct segment){
        .from = from_client ? client : server,
        .to = from_client ? server : client,
        .sequence = (uint32_t)(own + 1 + sent->offset),
        .acknowledgement = sent->acked < 0 ? 0 : (uint32_t)(other + 1 + sent->acked),
        .flags = (uint8_t)(sent->flags | (sent->acked < 0 ? 0 : TCP_ACK)),
        .window = 1000,
        .payload = slice_of(sent->octets, sent->len),
        .payload_length = (uint32_t)sent->len + sent->snapped,
    };
    return packet;
}

static void accept(struct tracker *tracker, const struct sent *sent, uint64_t frame)
{
    struct packet packet = packet_of(sent);
    bool used;

    packet.place.frame = frame;
    ck_assert_int_eq(tracker_accept(tracker, &packet, &used), STATUS_OK);
}

static void run(struct heard *heard, const struct sent *list, size_t count)
{
    struct tracker *tracker = new_tracker(heard, 1000);

    for (size_t i = 0; i < count; i++)
        accept(tracker, &list[i], i + 1);
    ck_assert_int_eq(tracker_finish(tracker), STATUS_OK);
    tracker_free(tracker);
}

#define RUN(heard, list) run(heard, list, sizeof(list) / sizeof(*(list)))
#define OPENING                                         \
    { SIDE_CLIENT, TCP_SYN, -1, -1, "", 0, 0.0, 0 },    \
        { SIDE_SERVER, TCP_SYN, -1, 0, "", 0, 0.1, 0 }, \
    {                                                   \
        SIDE_CLIENT, 0, 0, 0, "", 0, 0.2, 0             \
    }

static void expect(const struct heard *heard, enum side side, const char *octets)
{
    ck_assert_msg(heard->len[side] == strlen(octets) &&
                      memcmp(heard->octets[side], octets, strlen(octets)) == 0,
                  "heard \"%.*s\", expected \"%s\"", (int)heard->len[side],
                  (const char *)heard->octets[side], octets);
}

START_TEST(a_clean_connection_is_told_as_it_was)
{
    const struct sent list[] = {
        OPENING,
        { SIDE_SERVER, 0, 0, 0, "220\n", 4, 0.3, 0 },
        { SIDE_CLIENT, 0, 0, 4, "QUIT\n", 5, 0.4, 0 },
        { SIDE_SERVER, TCP_FIN, 4, 5, "221\n", 4, 0.5, 0 },
        { SIDE_CLIENT, TCP_FIN, 5, 9, "", 0, 0.6, 0 },
    };
    struct heard heard;

    RUN(&heard, list);
    expect(&heard, SIDE_CLIENT, "QUIT\n");
    expect(&heard, SIDE_SERVER, "220\n221\n");
    ck_assert_str_eq(heard.log, "sssscccccssss");
    ck_assert_uint_eq(heard.ended, 1);
    ck_assert_int_eq(heard.summary.handshake, TCP_HANDSHAKE_COMPLETE);
    ck_assert_int_eq(heard.summary.close, TCP_CLOSE_FIN);
    ck_assert_int_eq(heard.summary.closed_by, TCP_CLOSED_BY_SERVER);
    ck_assert_int_eq(heard.summary.round_trip_ns, 200000000);
}
END_TEST

/* A stream of 64 octets in segments of random sizes, shuffled in a window, some of them twice, some
 * overlapping. _i seeds it; the client's numbers wrap after its 20th octet. */
START_TEST(any_order_any_cut_any_repetition_gives_the_stream)
{
    char stream[65];
    struct sent list[200] = { OPENING };
    size_t count = 3;
    struct heard heard;

    srand((unsigned)_i);
    for (size_t i = 0; i < 64; i++)
        stream[i] = (char)('!' + i);
    stream[64] = '\0';
    for (size_t at = 0; at < 64;) {
        size_t back = (size_t)rand() % 4 < at ? (size_t)rand() % 4 : 0;
        size_t len = 1 + (size_t)rand() % 9;

        if (back > at)
            back = at;
        if (len > 64 - at)
            len = 64 - at;
        list[count++] =
            (struct sent){ SIDE_CLIENT, 0, (int64_t)(at - back), 0, stream + at - back, len + back,
                           1.0,         0 };
        if (rand() % 3 == 0) {
            list[count] = list[count - 1];
            count++;
        }
        at += len;
    }
    for (size_t i = 3; i < count; i++) {
        size_t other = i + (size_t)rand() % 8;

        if (other < count) {
            struct sent swapped = list[i];

            list[i] = list[other];
            list[other] = swapped;
        }
    }
    run(&heard, list, count);
    expect(&heard, SIDE_CLIENT, stream);
    ck_assert_uint_eq(heard.missing[SIDE_CLIENT], 0);
    ck_assert_uint_eq(heard.summary.client.bytes, 64);
    ck_assert_uint_eq(heard.summary.client.overlap_conflicts, 0);
}
END_TEST

START_TEST(a_reply_waits_for_the_command_that_it_acknowledges)
{
    /* The capture has the reply first. */
    const struct sent list[] = {
        OPENING,
        { SIDE_SERVER, 0, 0, 5, "250\n", 4, 0.30, 0 },
        { SIDE_CLIENT, 0, 0, 0, "NOOP\n", 5, 0.31, 0 },
    };
    struct heard heard;

    RUN(&heard, list);
    ck_assert_str_eq(heard.log, "cccccssss");
}
END_TEST

START_TEST(a_lost_command_is_a_hole_before_its_reply)
{
    const struct sent list[] = {
        OPENING,
        { SIDE_SERVER, 0, 0, 5, "250\n", 4, 0.3, 0 },
        { SIDE_CLIENT, 0, 5, 4, "QUIT\n", 5, 0.4, 0 },
        { SIDE_SERVER, 0, 4, 10, "221\n", 4, 0.5, 0 },
        { SIDE_CLIENT, 0, 10, 8, "", 0, 2.0, 0 },
    };
    struct heard heard;

    RUN(&heard, list);
    ck_assert_str_eq(heard.log, "Csssscccccssss");
    ck_assert_uint_eq(heard.missing[SIDE_CLIENT], 5);
    ck_assert_uint_eq(heard.summary.client.gaps, 1);
    ck_assert_uint_eq(heard.summary.client.lost_bytes, 5);
}
END_TEST

START_TEST(a_hole_is_given_up_a_second_after_it_was_acknowledged)
{
    struct heard heard;
    struct tracker *tracker = new_tracker(&heard, 1000);
    const struct sent list[] = {
        OPENING,
        { SIDE_CLIENT, 0, 5, 0, "QUIT\n", 5, 1.0, 0 },
        { SIDE_SERVER, 0, 0, 5, "250\n", 4, 1.5, 0 },
        { SIDE_SERVER, 0, 4, 5, "", 0, 2.4, 0 },
        { SIDE_SERVER, 0, 4, 5, "", 0, 2.6, 0 },
    };

    for (size_t i = 0; i < 6; i++)
        accept(tracker, &list[i], i + 1);
    ck_assert_uint_eq(heard.log_len, 0);
    accept(tracker, &list[6], 7);
    ck_assert_str_eq(heard.log, "Ccccccssss");
    ck_assert_int_eq(tracker_finish(tracker), STATUS_OK);
    tracker_free(tracker);
}
END_TEST

START_TEST(a_side_that_was_not_captured_is_holes)
{
    const struct sent list[] = {
        { SIDE_CLIENT, TCP_SYN, -1, -1, "", 0, 0.0, 0 },
        { SIDE_CLIENT, 0, 0, 0, "", 0, 0.2, 0 },
        { SIDE_CLIENT, 0, 0, 10, "EHLO\n", 5, 0.3, 0 },
        { SIDE_CLIENT, 0, 5, 30, "QUIT\n", 5, 0.4, 0 },
        { SIDE_CLIENT, 0, 10, 40, "", 0, 0.5, 0 },
    };
    struct heard heard;

    RUN(&heard, list);
    ck_assert_str_eq(heard.log, "ScccccScccccS");
    ck_assert_uint_eq(heard.missing[SIDE_SERVER], 40);
    ck_assert_int_eq(heard.summary.handshake, TCP_HANDSHAKE_PARTIAL);
}
END_TEST

START_TEST(two_sides_that_wait_for_each_other_go_on)
{
    /* Hostile: each acknowledges what the other has not sent. */
    const struct sent list[] = {
        OPENING,
        { SIDE_SERVER, 0, 0, 500, "250\n", 4, 0.3, 0 },
        { SIDE_CLIENT, 0, 0, 500, "NOOP\n", 5, 0.4, 0 },
        { SIDE_CLIENT, 0, 5, 500, "", 0, 3.0, 0 },
        { SIDE_CLIENT, 0, 5, 500, "", 0, 6.0, 0 },
    };
    struct heard heard;

    RUN(&heard, list);
    expect(&heard, SIDE_CLIENT, "NOOP\n");
    expect(&heard, SIDE_SERVER, "250\n");
}
END_TEST

START_TEST(snapped_octets_are_a_hole_unless_they_come_again)
{
    const struct sent lost[] = {
        OPENING,
        { SIDE_CLIENT, 0, 0, 0, "MAIL", 4, 0.3, 3 },
        { SIDE_SERVER, 0, 0, 7, "250\n", 4, 0.4, 0 },
        { SIDE_CLIENT, 0, 7, 4, "QUIT\n", 5, 5.0, 0 },
    };
    const struct sent again[] = {
        OPENING,
        { SIDE_CLIENT, 0, 0, 0, "MAIL", 4, 0.3, 3 },
        { SIDE_CLIENT, 0, 0, 0, "MAIL x\n", 7, 0.4, 0 },
        { SIDE_SERVER, 0, 0, 7, "250\n", 4, 0.5, 0 },
    };
    struct heard heard;

    RUN(&heard, lost);
    ck_assert_str_eq(heard.log, "ccccCssssccccc");
    ck_assert(heard.summary.is_snapped);
    RUN(&heard, again);
    expect(&heard, SIDE_CLIENT, "MAIL x\n");
    ck_assert_uint_eq(heard.missing[SIDE_CLIENT], 0);
}
END_TEST

START_TEST(the_first_copy_of_an_octet_wins_and_a_difference_is_counted)
{
    const struct sent list[] = {
        OPENING,
        { SIDE_CLIENT, 0, 4, 0, "BBBB", 4, 0.3, 0 },
        { SIDE_CLIENT, 0, 2, 0, "aaXX", 4, 0.4, 0 },
        { SIDE_CLIENT, 0, 0, 0, "ab", 2, 0.5, 0 },
    };
    struct heard heard;

    RUN(&heard, list);
    expect(&heard, SIDE_CLIENT, "abaaBBBB");
    ck_assert_uint_eq(heard.summary.client.overlap_conflicts, 1);
}
END_TEST

START_TEST(keep_alives_are_no_data_and_no_retransmission)
{
    const struct sent list[] = {
        OPENING,
        { SIDE_CLIENT, 0, 0, 0, "NOOP\n", 5, 0.3, 0 },
        { SIDE_SERVER, 0, 0, 5, "", 0, 0.4, 0 },
        { SIDE_CLIENT, 0, 4, 0, "\0", 1, 60.0, 0 },
        { SIDE_CLIENT, 0, 0, 0, "NOOP\n", 5, 61.0, 0 },
    };
    struct heard heard;

    RUN(&heard, list);
    expect(&heard, SIDE_CLIENT, "NOOP\n");
    ck_assert_uint_eq(heard.summary.client.retransmissions, 1);
}
END_TEST

START_TEST(a_syn_may_carry_data)
{
    const struct sent list[] = {
        { SIDE_CLIENT, TCP_SYN, -1, -1, "EHLO\n", 5, 0.0, 0 },
        { SIDE_SERVER, TCP_SYN, -1, 5, "", 0, 0.1, 0 },
        { SIDE_CLIENT, 0, 5, 0, "QUIT\n", 5, 0.2, 0 },
    };
    struct heard heard;

    RUN(&heard, list);
    expect(&heard, SIDE_CLIENT, "EHLO\nQUIT\n");
}
END_TEST

START_TEST(a_refused_and_an_unanswered_syn_are_told_apart)
{
    const struct sent refused[] = {
        { SIDE_CLIENT, TCP_SYN, -1, -1, "", 0, 0.0, 0 },
        { SIDE_SERVER, TCP_RST, -1, 0, "", 0, 0.1, 0 },
        { SIDE_CLIENT, TCP_SYN, -1, -1, "", 0, 0.2, 0 },
    };
    const struct sent unanswered[] = {
        { SIDE_CLIENT, TCP_SYN, -1, -1, "", 0, 0.0, 0 },
        { SIDE_CLIENT, TCP_SYN, -1, -1, "", 0, 1.0, 0 },
    };
    struct heard heard;

    RUN(&heard, refused);
    ck_assert_uint_eq(heard.ended, 1);
    ck_assert_int_eq(heard.summary.handshake, TCP_HANDSHAKE_REFUSED);
    RUN(&heard, unanswered);
    ck_assert_int_eq(heard.summary.handshake, TCP_HANDSHAKE_UNANSWERED);
    ck_assert_uint_eq(heard.summary.syn_count, 2);
    ck_assert_int_eq(heard.summary.round_trip_ns, -1);
}
END_TEST

START_TEST(an_icmp_unreachable_refuses_a_syn_that_nobody_answers)
{
    const struct sent syn = { SIDE_CLIENT, TCP_SYN, -1, -1, "", 0, 0.0, 0 };
    struct heard heard;
    struct tracker *tracker = new_tracker(&heard, 1000);
    struct packet quoted = packet_of(&syn);
    struct packet icmp = { .kind = PACKET_ICMP_ERROR };
    bool used;

    accept(tracker, &syn, 1);
    icmp.icmp = (struct icmp_error){ .from = quoted.segment.from,
                                     .to = quoted.segment.to,
                                     .sequence = quoted.segment.sequence,
                                     .is_unreachable = true };
    ck_assert_int_eq(tracker_accept(tracker, &icmp, &used), STATUS_OK);
    ck_assert(used);
    ck_assert_int_eq(tracker_finish(tracker), STATUS_OK);
    ck_assert_int_eq(heard.summary.handshake, TCP_HANDSHAKE_REFUSED);
    ck_assert(heard.summary.was_reset_by_icmp);
    tracker_free(tracker);
}
END_TEST

START_TEST(late_packets_begin_nothing_and_a_new_syn_does)
{
    struct sent list[] = {
        OPENING,
        { SIDE_CLIENT, 0, 0, 0, "QUIT\n", 5, 0.3, 0 },
        { SIDE_SERVER, TCP_RST, 0, 5, "", 0, 0.4, 0 },
        { SIDE_CLIENT, 0, 5, 0, "late\n", 5, 3.0, 0 },
        { SIDE_SERVER, 0, 0, 5, "late\n", 5, 3.1, 0 },
        { SIDE_CLIENT, TCP_SYN, 100000, -1, "", 0, 4.0, 0 },
    };
    struct heard heard;

    RUN(&heard, list);
    expect(&heard, SIDE_CLIENT, "QUIT\n");
    ck_assert_uint_eq(heard.len[SIDE_SERVER], 0);
    ck_assert_uint_eq(heard.ended, 2);
}
END_TEST

START_TEST(without_a_syn_only_payload_begins_one)
{
    const struct sent list[] = {
        { SIDE_CLIENT, 0, 700, 900, "", 0, 0.0, 0 },
        { SIDE_SERVER, 0, 900, 700, "250\n", 4, 0.1, 0 },
        { SIDE_CLIENT, 0, 700, 904, "QUIT\n", 5, 0.2, 0 },
    };
    struct heard heard;

    RUN(&heard, list);
    ck_assert_str_eq(heard.log, "ssssccccc");
    ck_assert_int_eq(heard.summary.handshake, TCP_HANDSHAKE_MIDSTREAM);
    ck_assert_uint_eq(heard.summary.first.frame, 2);
}
END_TEST

START_TEST(an_rst_out_of_reach_is_not_believed)
{
    const struct sent list[] = {
        OPENING,
        { SIDE_CLIENT, 0, 0, 0, "NOOP\n", 5, 0.3, 0 },
        { SIDE_CLIENT, TCP_RST, 50000000, -1, "", 0, 0.4, 0 },
        { SIDE_CLIENT, 0, 5, 0, "QUIT\n", 5, 5.0, 0 },
    };
    struct heard heard;

    RUN(&heard, list);
    expect(&heard, SIDE_CLIENT, "NOOP\nQUIT\n");
    ck_assert_int_eq(heard.summary.close, TCP_CLOSE_OPEN);
}
END_TEST

START_TEST(silence_of_fifteen_minutes_ends_it)
{
    struct heard heard;
    struct tracker *tracker = new_tracker(&heard, 1000);
    struct sent other = { SIDE_CLIENT, 0, 0, 0, "", 0, 0.0, 0 };
    const struct sent list[] = { OPENING };

    for (size_t i = 0; i < 3; i++)
        accept(tracker, &list[i], i + 1);
    other.at = 0.2 + (double)LIMIT_IDLE / 1e9;
    accept(tracker, &other, 4);
    ck_assert_uint_eq(heard.ended, 0);
    other.at += 0.3 + (double)LIMIT_IDLE / 1e9;
    accept(tracker, &other, 5);
    ck_assert_uint_eq(heard.ended, 1);
    ck_assert_int_eq(heard.summary.close, TCP_CLOSE_IDLE);
    tracker_free(tracker);
}
END_TEST

START_TEST(the_longest_idle_makes_room_for_the_newest)
{
    struct heard heard;
    struct tracker *tracker = new_tracker(&heard, 2);
    const struct sent syn = { SIDE_CLIENT, TCP_SYN, -1, -1, "", 0, 0.0, 0 };
    struct tracker_counts counts;

    for (uint16_t i = 0; i < 3; i++) {
        struct packet packet = packet_of(&syn);
        bool used;

        packet.segment.from.port = (uint16_t)(40000 + i);
        packet.place.frame = i + 1U;
        ck_assert_int_eq(tracker_accept(tracker, &packet, &used), STATUS_OK);
    }
    tracker_counts(tracker, &counts);
    ck_assert_uint_eq(counts.evicted, 1);
    ck_assert_uint_eq(heard.ended, 1);
    ck_assert_int_eq(heard.summary.close, TCP_CLOSE_EVICTED);
    ck_assert_uint_eq(heard.summary.first.frame, 1);
    ck_assert_int_eq(tracker_finish(tracker), STATUS_OK);
    tracker_free(tracker);
}
END_TEST

START_TEST(what_is_held_has_a_limit_and_reaching_it_is_told)
{
    static char octets[60000];
    struct heard heard;
    struct tracker *tracker = new_tracker(&heard, 1000);
    const struct sent list[] = { OPENING };

    for (size_t i = 0; i < 3; i++)
        accept(tracker, &list[i], i + 1);
    /* Pieces of one octet with a hole before each: more pieces than are held. */
    for (int64_t i = 0; i < LIMIT_HELD_SEGMENTS + 100; i++) {
        struct sent sent = { SIDE_CLIENT, 0, 1 + 2 * i, 0, octets, 1, 0.5, 0 };
        struct packet packet = packet_of(&sent);
        bool used;

        heard.log_len = 0;
        heard.len[SIDE_CLIENT] = 0;
        heard.missing[SIDE_CLIENT] = 0;
        if (i >= LIMIT_HELD_SEGMENTS)
            break;
        ck_assert_int_eq(tracker_accept(tracker, &packet, &used), STATUS_OK);
        ck_assert_uint_eq(heard.log_len, 0);
    }
    accept(tracker,
           &(struct sent){ SIDE_CLIENT, 0, 2 * LIMIT_HELD_SEGMENTS + 100, 0, octets, 1, 0.6, 0 },
           9);
    ck_assert_uint_eq(heard.missing[SIDE_CLIENT], 1);
    ck_assert_int_eq(tracker_finish(tracker), STATUS_OK);
    ck_assert(heard.summary.limit_reached);
    tracker_free(tracker);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("tracker");

    tcase_add_test(tc, a_clean_connection_is_told_as_it_was);
    tcase_add_loop_test(tc, any_order_any_cut_any_repetition_gives_the_stream, 0, 300);
    tcase_add_test(tc, a_reply_waits_for_the_command_that_it_acknowledges);
    tcase_add_test(tc, a_lost_command_is_a_hole_before_its_reply);
    tcase_add_test(tc, a_hole_is_given_up_a_second_after_it_was_acknowledged);
    tcase_add_test(tc, a_side_that_was_not_captured_is_holes);
    tcase_add_test(tc, two_sides_that_wait_for_each_other_go_on);
    tcase_add_test(tc, snapped_octets_are_a_hole_unless_they_come_again);
    tcase_add_test(tc, the_first_copy_of_an_octet_wins_and_a_difference_is_counted);
    tcase_add_test(tc, keep_alives_are_no_data_and_no_retransmission);
    tcase_add_test(tc, a_syn_may_carry_data);
    tcase_add_test(tc, a_refused_and_an_unanswered_syn_are_told_apart);
    tcase_add_test(tc, an_icmp_unreachable_refuses_a_syn_that_nobody_answers);
    tcase_add_test(tc, late_packets_begin_nothing_and_a_new_syn_does);
    tcase_add_test(tc, without_a_syn_only_payload_begins_one);
    tcase_add_test(tc, an_rst_out_of_reach_is_not_believed);
    tcase_add_test(tc, silence_of_fifteen_minutes_ends_it);
    tcase_add_test(tc, the_longest_idle_makes_room_for_the_newest);
    tcase_add_test(tc, what_is_held_has_a_limit_and_reaching_it_is_told);
    return suite_run("tcp/tracker", tc);
}
