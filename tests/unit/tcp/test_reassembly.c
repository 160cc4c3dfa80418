/* Whatever happens to segments on their way, the octets that were sent come out, in order. */
#include "unit/tcp/rig.h"

enum { STREAM = 600, SEGMENTS_MAX = 4 * STREAM };

static struct rig rig;

/* What was delivered, by side. */
static uint8_t got[2][STREAM];
static uint64_t got_len[2];
static uint64_t got_missing[2];
static uint8_t stream[2][STREAM];
static uint32_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static enum status take_chunk(void *context, struct connection *connection,
                              const struct chunk *chunk)
{
    enum side from = chunk->from;

    (void)context;
    (void)connection;
    ck_assert_uint_eq(chunk->offset, got_len[from]);
    ck_assert_uint_le(chunk->offset + chunk->data.len + chunk->missing, STREAM);
    if (chunk->missing == 0)
        mem_copy(got[from] + chunk->offset, chunk->data.data, chunk->data.len);
    else
        mem_copy(got[from] + chunk->offset, stream[from] + chunk->offset, chunk->missing);
    got_len[from] += chunk->data.len + chunk->missing;
    got_missing[from] += chunk->missing;
    return STATUS_OK;
}

static void begin(void)
{
    struct tracker_options options = { .follows_port = rig_follows, .connections_max = 10 };
    struct tracker_sink sink = { &rig, take_chunk, rig_closed, rig_ended, NULL };

    rig_begin(&rig);
    tracker_free(rig.tracker);
    ck_assert_int_eq(tracker_new(&rig.tracker, &options, &sink), STATUS_OK);
    for (int side = 0; side < 2; side++) {
        got_len[side] = 0;
        got_missing[side] = 0;
        for (size_t i = 0; i < STREAM; i++)
            stream[side][i] = (uint8_t)draw(256);
    }
}

static void end(void)
{
    rig_end(&rig);
}

static void check_all(void)
{
    for (int side = 0; side < 2; side++) {
        ck_assert_uint_eq(got_len[side], STREAM);
        ck_assert_uint_eq(got_missing[side], 0);
        ck_assert(memcmp(got[side], stream[side], STREAM) == 0);
    }
}

struct cut {
    enum side from;
    size_t offset;
    size_t len;
    size_t acknowledged;
};

static struct cut cuts[SEGMENTS_MAX];

/* Both directions take turns, in segments of any size; some are repeated, some begin in what was
 * sent before. */
static size_t cut_streams(void)
{
    size_t sent[2] = { 0, 0 };
    size_t count = 0;

    while (sent[0] < STREAM || sent[1] < STREAM) {
        enum side from = draw(2) == 0 ? SIDE_CLIENT : SIDE_SERVER;
        size_t back = draw(4) == 0 ? draw(30) : 0;
        size_t len = 1 + draw(40);
        size_t offset = sent[from] > back ? sent[from] - back : 0;

        if (offset >= STREAM)
            continue;
        len = len < STREAM - offset ? len : STREAM - offset;
        cuts[count++] = (struct cut){ from, offset, len, sent[side_other(from)] };
        if (offset + len > sent[from])
            sent[from] = offset + len;
        if (draw(8) == 0) {
            cuts[count] = cuts[count - 1];
            count++;
        }
    }
    return count;
}

static void shuffle(size_t count, uint32_t window)
{
    for (size_t i = 0; i < count; i++) {
        size_t j = i + draw(window);

        if (j < count) {
            struct cut c = cuts[i];

            cuts[i] = cuts[j];
            cuts[j] = c;
        }
    }
}

static void send_cuts(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct packet packet = rig_packet(
            &rig, cuts[i].from, TCP_ACK, (int64_t)cuts[i].offset, (int64_t)cuts[i].acknowledged,
            slice_of(stream[cuts[i].from] + cuts[i].offset, cuts[i].len));

        rig.at.ns -= STAMP_MILLISECOND - 1000;
        rig_accept(&rig, &packet);
    }
}

START_TEST(shuffled_repeated_and_overlapping_segments_give_the_stream)
{
    for (uint32_t round = 0; round < 100; round++) {
        size_t count;

        seed = (uint32_t)_i * 1000 + round;
        begin();
        /* The number space wraps somewhere within the stream. */
        rig.isn[SIDE_CLIENT] = UINT32_MAX - draw(STREAM);
        rig.isn[SIDE_SERVER] = UINT32_MAX - draw(STREAM);
        rig_open(&rig);
        count = cut_streams();
        shuffle(count, 1 + draw(30));
        send_cuts(count);
        check_all();
        rig_finish(&rig);
        ck_assert_uint_eq(rig.ended.client.bytes, STREAM);
        ck_assert_uint_eq(rig.ended.server.overlap_conflicts, 0);
        end();
    }
}
END_TEST

START_TEST(every_cut_in_two_either_way_round)
{
    for (size_t cut = 1; cut < STREAM; cut++) {
        cuts[0] = (struct cut){ SIDE_CLIENT, 0, cut, 0 };
        cuts[1] = (struct cut){ SIDE_CLIENT, cut, STREAM - cut, 0 };
        cuts[2] = (struct cut){ SIDE_SERVER, 0, STREAM, STREAM };
        shuffle(3, _i == 0 ? 1 : 3);
        begin();
        rig_open(&rig);
        send_cuts(3);
        check_all();
        end();
    }
}
END_TEST

START_TEST(the_number_space_wraps_at_every_position)
{
    for (uint32_t at = 0; at <= STREAM; at += 1) {
        begin();
        rig.isn[SIDE_CLIENT] = UINT32_MAX - at;
        rig.isn[SIDE_SERVER] = UINT32_MAX - at / 2;
        rig_open(&rig);
        send_cuts(cut_streams());
        check_all();
        end();
    }
}
END_TEST

START_TEST(without_some_segments_the_rest_and_gaps_come)
{
    for (uint32_t round = 0; round < 100; round++) {
        uint64_t dropped;
        size_t count, kept = 0;

        seed = (uint32_t)_i * 1000 + round;
        begin();
        rig_open(&rig);
        count = cut_streams();
        for (size_t i = 0; i < count; i++)
            if (draw(5) != 0)
                cuts[kept++] = cuts[i];
        dropped = count - kept;
        shuffle(kept, 1 + draw(5));
        send_cuts(kept);
        rig_finish(&rig);
        for (int side = 0; side < 2; side++) {
            const struct tcp_direction *d = side == 0 ? &rig.ended.client : &rig.ended.server;

            ck_assert(memcmp(got[side], stream[side], got_len[side]) == 0);
            ck_assert_uint_eq(d->lost_bytes, got_missing[side]);
            ck_assert_uint_eq(d->bytes, got_len[side] - got_missing[side]);
            ck_assert(dropped > 0 || got_len[side] == STREAM);
        }
        end();
    }
}
END_TEST

/* Octets by the gigabyte: the 32-bit numbers go round more than once. */
START_TEST(offsets_go_past_32_bits)
{
    static uint8_t block[1 << 16];
    struct tracker_counts counts;
    uint64_t sent = 0;

    rig_begin(&rig);
    rig_open(&rig);
    rig.is_deaf = true;
    while (sent < UINT64_C(9) << 30) {
        struct packet packet = rig_packet(&rig, SIDE_CLIENT, TCP_ACK, (int64_t)sent, 0,
                                          slice_of(block, sizeof(block)));

        rig_accept(&rig, &packet);
        sent += sizeof(block);
    }
    tracker_counts(rig.tracker, &counts);
    ck_assert_uint_eq(counts.octets_held, 0);
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.client.bytes, UINT64_C(9) << 30);
    ck_assert_uint_eq(rig.ended.client.gaps, 0);
    rig_end(&rig);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("tcp/reassembly");
    TCase *tc = tcase_create("reassembly");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, shuffled_repeated_and_overlapping_segments_give_the_stream, 0, 10);
    tcase_add_loop_test(tc, every_cut_in_two_either_way_round, 0, 2);
    tcase_add_test(tc, the_number_space_wraps_at_every_position);
    tcase_add_loop_test(tc, without_some_segments_the_rest_and_gaps_come, 0, 10);
    tcase_add_test(tc, offsets_go_past_32_bits);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return rig_run(suite());
}
