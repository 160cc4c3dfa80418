/* Packets foreseen, rightly or not: what is told is the same, and the sink is asked to prepare only
 * for connections that it knows. */
#include "tcp/foresight.h"

#include "rig.h"
#include "support/suite.h"

enum { CLIENTS = 1500, ROUNDS = 6 };

static struct rig rig;
static void *known[CLIENTS];
static unsigned chunks;
static uint16_t chunk_port; /* of the last one's client */
static unsigned expected_chunks[TRACKER_EXPECTED_STEPS];
static unsigned expected_ends[TRACKER_EXPECTED_STEPS];

static enum status take_chunk(void *context, struct connection *c, const struct chunk *chunk)
{
    (void)context;
    if (connection_user(c) == NULL)
        connection_set_user(c, known);
    chunks += chunk->data.len > 0;
    chunk_port = connection_client(c)->port;
    return STATUS_OK;
}

/* A chunk has two steps here, an end all that there are. */
static bool expect(void *context, const struct connection *c, enum tracker_expected what,
                   unsigned step)
{
    ck_assert_ptr_eq(context, &rig);
    ck_assert_ptr_eq(connection_user(c), known);
    if (what == TRACKER_EXPECTED_CHUNK)
        expected_chunks[step]++;
    else
        expected_ends[step]++;
    return what == TRACKER_EXPECTED_END || step == 0;
}

static enum status take_ended(void *context, struct connection *c,
                              const struct tcp_summary *summary)
{
    (void)context;
    (void)summary;
    connection_set_user(c, NULL);
    return STATUS_OK;
}

static void begin(void)
{
    struct tracker_options options = { .follows_port = rig_follows, .connections_max = 2000 };
    struct tracker_sink sink = { &rig, take_chunk, rig_closed, take_ended, expect };

    chunks = 0;
    memset(expected_chunks, 0, sizeof(expected_chunks));
    memset(expected_ends, 0, sizeof(expected_ends));
    rig_begin(&rig);
    rig_end(&rig);
    ck_assert_int_eq(tracker_new(&rig.tracker, &options, &sink), STATUS_OK);
}

/* `ahead` of the next packet, `payload` octets. */
static void foresee(uint16_t client_port, unsigned ahead, uint32_t payload)
{
    struct packet packet;
    uint16_t port = rig.client_port;

    rig.client_port = client_port;
    packet = rig_packet(&rig, SIDE_CLIENT, TCP_ACK, 0, 0, slice_of_string("x"));
    rig.client_port = port;
    tracker_foresee(rig.tracker, packet.place.frame + 1 + ahead, &packet.segment.from,
                    &packet.segment.to, payload);
}

/* Each step was told of `count` connections but the last few, the later ones of fewer. */
static void check_steps(const unsigned *told, unsigned steps, unsigned count)
{
    ck_assert_uint_le(told[0], count);
    for (unsigned i = 0; i < steps; i++) {
        ck_assert_uint_gt(told[i], count - TRACKER_FORESEEN);
        ck_assert(i == 0 || told[i] <= told[i - 1]);
    }
}

START_TEST(many_connections_want_it_and_the_sink_is_told_what_comes)
{
    begin();
    ck_assert(!tracker_wants_foresight(rig.tracker));
    for (unsigned i = 0; i < CLIENTS; i++) {
        rig.client_port = (uint16_t)(20000 + i);
        rig_client(&rig, 0, 0, "a");
    }
    ck_assert(tracker_wants_foresight(rig.tracker));
    for (unsigned i = 0; i < CLIENTS; i++)
        foresee((uint16_t)(20000 + i), TRACKER_FORESEEN, 1);
    check_steps(expected_chunks, 2, CLIENTS);
    ck_assert_uint_eq(expected_chunks[2], 0);
    ck_assert_uint_eq(expected_ends[0], 0);
    /* What is of no connection is none of the sink's business. */
    tracker_foresee(rig.tracker, 1, &(struct endpoint){ .port = 80 },
                    &(struct endpoint){ .port = 81 }, 1);
    rig_end(&rig);
}
END_TEST

/* Both FINs were seen: what comes within the second that it is waited for ends the connection. */
START_TEST(the_end_of_a_connection_is_foreseen)
{
    enum { ENDING = 300 };

    begin();
    for (unsigned i = 0; i < CLIENTS; i++) {
        rig.client_port = (uint16_t)(20000 + i);
        rig_client(&rig, 0, 0, "a");
    }
    for (unsigned i = 0; i < ENDING; i++) {
        rig.client_port = (uint16_t)(20000 + i);
        rig_send(&rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, 1, 0, "");
        rig_send(&rig, SIDE_SERVER, TCP_FIN | TCP_ACK, 0, 2, "");
    }
    for (unsigned i = 0; i < CLIENTS; i++)
        foresee((uint16_t)(20000 + i), TRACKER_FORESEEN, 0);
    check_steps(expected_ends, TRACKER_EXPECTED_STEPS, ENDING);
    ck_assert_uint_eq(expected_ends[TRACKER_EXPECTED_STEPS - 1], ENDING);
    ck_assert_uint_eq(expected_chunks[0], 0);
    rig_end(&rig);
}
END_TEST

static uint16_t some_port(unsigned *seed)
{
    return (uint16_t)(20000 + (unsigned)rand_r(seed) % (4 * CLIENTS));
}

/* Packets of random connections, each begun anew now and then, and before each one foreseen, or none:
 * mostly that very packet, but also another in its place, or one that never comes. Returns how many
 * chunks were told. */
static unsigned talk(unsigned seed, bool foresees)
{
    unsigned told;

    begin();
    for (unsigned i = 0; i < CLIENTS * ROUNDS; i++) {
        uint16_t port = some_port(&seed);
        uint16_t coming = rand_r(&seed) % 4 == 0 ? some_port(&seed) : port;
        unsigned ahead = rand_r(&seed) % 4 == 0 ? (unsigned)rand_r(&seed) % FORESIGHT_ROOM : 0;

        if (foresees)
            foresee(coming, ahead, 1);
        else
            rig_wait(&rig, STAMP_MILLISECOND); /* as a packet that is made takes */
        rig.client_port = port;
        if (rand_r(&seed) % 4 == 0) {
            rig_send(&rig, SIDE_CLIENT, TCP_RST, 0, 0, "");
            rig_send(&rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
        }
        rig_client(&rig, 0, 0, "a");
    }
    rig_finish(&rig);
    for (unsigned i = 0; foresees && i < 2 * TRACKER_FORESEEN; i++)
        foresee((uint16_t)(20000 + i), i, 1);
    told = chunks;
    rig_end(&rig);
    return told;
}

/* Packets foreseen so far ahead that their connections are known when they come are those of these
 * connections, and what was foreseen of another is not believed. _i: which of the two. */
START_TEST(a_foreseen_packet_is_compared_with_its_connection)
{
    enum { COUNT = TRACKER_FORESEEN };
    struct tracker_counts counts;
    uint64_t first;

    begin();
    for (unsigned i = 0; i < 2 * COUNT; i++) {
        rig.client_port = (uint16_t)(20000 + i);
        rig_client(&rig, 0, 0, "a");
    }
    first = rig.frame + 1;
    for (unsigned i = 0; i < COUNT; i++) {
        struct packet packet;

        rig.client_port = (uint16_t)(20000 + i + (unsigned)_i);
        packet = rig_packet(&rig, SIDE_CLIENT, TCP_ACK, 1, 0, slice_of_string("b"));
        tracker_foresee(rig.tracker, first + i, &packet.segment.from, &packet.segment.to, 1);
    }
    rig.frame = first - 1;
    chunks = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        rig.client_port = (uint16_t)(20000 + i);
        rig_client(&rig, 1, 0, "b");
        ck_assert_uint_eq(chunks, i + 1);
        ck_assert_uint_eq(chunk_port, 20000 + i);
    }
    tracker_counts(rig.tracker, &counts);
    ck_assert_uint_eq(counts.connections, 2 * COUNT);
    rig_end(&rig);
}
END_TEST

/* Connections end, are evicted and begin between a packet's being foreseen and its coming, which may
 * never be: what is told is the same. */
START_TEST(what_is_foreseen_may_be_gone_or_never_come)
{
    unsigned told = talk((unsigned)_i, false);

    ck_assert_uint_gt(told, CLIENTS);
    ck_assert_uint_eq(talk((unsigned)_i, true), told);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("foresight");

    tcase_add_test(tc, many_connections_want_it_and_the_sink_is_told_what_comes);
    tcase_add_test(tc, the_end_of_a_connection_is_foreseen);
    tcase_add_loop_test(tc, what_is_foreseen_may_be_gone_or_never_come, 0, 4);
    tcase_add_loop_test(tc, a_foreseen_packet_is_compared_with_its_connection, 0, 2);
    return suite_run("tcp/foresight", tc);
}
