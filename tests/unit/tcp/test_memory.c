/* What becomes of connections when the heap may hold no more. */
#include <check.h>

#include "base/limits.h"
#include "base/mem.h"
#include "tcp/tracker.h"

#include "support/suite.h"

enum {
    MEMORY = 2 << 20, /* beside what there is on the heap before */
    SEGMENT = 256,
};

/* What was told of connections, by the client's port. */
static struct {
    unsigned ended;
    unsigned evicted;
    uint64_t last; /* ordinal of the one that was evicted last */
    bool is_in_order;
    bool active_has_ended;
    bool has_limit;
    uint64_t octets;
    uint64_t missing;
} heard;

static struct tracker *tracker;
static uint64_t frame;
static size_t memory_max;

static const uint16_t active_port = 9;

static bool follows(const void *context, uint16_t port)
{
    (void)context;
    return port == 25;
}

static enum status take_chunk(void *context, struct connection *connection,
                              const struct chunk *chunk)
{
    (void)context;
    (void)connection;
    heard.octets += chunk->data.len;
    heard.missing += chunk->missing;
    return STATUS_OK;
}

static enum status take_closed(void *context, struct connection *connection, enum side side,
                               const struct place *place)
{
    (void)context;
    (void)connection;
    (void)side;
    (void)place;
    return STATUS_OK;
}

static enum status take_ended(void *context, struct connection *connection,
                              const struct tcp_summary *summary)
{
    (void)context;
    heard.ended++;
    heard.has_limit = heard.has_limit || summary->limit_reached;
    if (summary->close != TCP_CLOSE_EVICTED)
        return STATUS_OK;
    ck_assert(summary->is_out_of_memory);
    heard.evicted++;
    heard.is_in_order = heard.is_in_order && connection_ordinal(connection) > heard.last;
    heard.last = connection_ordinal(connection);
    if (connection_client(connection)->port == active_port)
        heard.active_has_ended = true;
    return STATUS_OK;
}

static void setup(void)
{
    struct tracker_sink sink = { NULL, take_chunk, take_closed, take_ended, NULL };
    struct tracker_options options = { .follows_port = follows, .connections_max = 1000000 };

    memset(&heard, 0, sizeof(heard));
    heard.is_in_order = true;
    frame = 0;
    memory_max = mem_used() + MEMORY;
    options.memory_max = memory_max;
    ck_assert_int_eq(tracker_new(&tracker, &options, &sink), STATUS_OK);
}

static void teardown(void)
{
    tracker_free(tracker);
}

/* A segment of the client's; a millisecond goes by before it. */
static void send(uint32_t host, uint16_t port, uint8_t flags, uint32_t sequence, size_t octets)
{
    static const uint8_t text[SEGMENT];
    struct packet packet = { .kind = PACKET_TCP };
    bool used;

    packet.place.frame = ++frame;
    packet.place.at.ns = (int64_t)frame * STAMP_MILLISECOND;
    packet.segment = (struct segment){
        .from = { { 4, { 10, (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host } }, port },
        .to = { { 4, { 198, 51, 100, 25 } }, 25 },
        .sequence = sequence,
        .flags = flags,
        .window = 64240,
        .payload = slice_of(text, octets),
        .payload_length = (uint32_t)octets,
    };
    ck_assert_int_eq(tracker_accept(tracker, &packet, &used), STATUS_OK);
    ck_assert_uint_le(mem_used(), memory_max);
}

START_TEST(a_flood_of_syns_stays_under_the_total)
{
    struct tracker_counts counts;

    for (uint32_t i = 0; i < 50000; i++)
        send(i, 1024, TCP_SYN, i, 0);
    tracker_counts(tracker, &counts);
    ck_assert_uint_eq(counts.evicted, heard.evicted);
    ck_assert_uint_eq(counts.open + counts.evicted, 50000);
    /* 256 octets each, and one in eight kept free. */
    ck_assert_uint_ge(counts.open, MEMORY / 256 / 2);
    ck_assert(heard.is_in_order);
}
END_TEST

START_TEST(a_connection_that_speaks_outlives_those_that_do_not)
{
    send(0, active_port, TCP_SYN, 0, 0);
    for (uint32_t i = 0; i < 50000; i++) {
        send(i, 1024, TCP_SYN, i, 0);
        if (i % 1000 == 0)
            send(0, active_port, TCP_ACK, 1 + i / 1000 * SEGMENT, SEGMENT);
    }
    ck_assert_uint_gt(heard.evicted, 10000);
    ck_assert(!heard.active_has_ended);
    ck_assert_uint_eq(heard.octets, (uint64_t)50 * SEGMENT);
}
END_TEST

/* Where octets that wait for a hole can make room, no connection has to. */
START_TEST(octets_out_of_order_go_before_connections)
{
    struct tracker_counts counts;

    for (uint32_t i = 0; i < 100; i++)
        send(i, 1024, TCP_SYN, 0, 0);
    for (uint32_t k = 0; k < 200; k++)
        for (uint32_t i = 0; i < 100; i++)
            send(i, 1024, TCP_ACK, 1 + (2 * k + 1) * SEGMENT, SEGMENT);
    tracker_counts(tracker, &counts);
    ck_assert_uint_eq(counts.evicted, 0);
    ck_assert_uint_eq(counts.open, 100);
    ck_assert_int_eq(tracker_finish(tracker), STATUS_OK);
    ck_assert(heard.has_limit);
    /* Nothing was told twice, or of octets that never were. */
    ck_assert_uint_eq(heard.octets + heard.missing, (uint64_t)100 * 400 * SEGMENT);
    ck_assert_uint_gt(heard.octets, 0);
}
END_TEST

/* What a flood took is there for what comes after it. */
START_TEST(memory_comes_back_when_connections_are_over)
{
    size_t full;

    for (uint32_t i = 0; i < 5000; i++)
        send(i, 1024, TCP_SYN, i, 0);
    full = mem_used();
    frame += (uint64_t)(2 * LIMIT_IDLE / STAMP_MILLISECOND);
    send(0, active_port, TCP_SYN, 0, 0);
    ck_assert_uint_eq(heard.ended, 5000);
    /* All but the table, which does not shrink, and a block. */
    ck_assert_uint_lt(mem_used(), full - (size_t)4000 * 200);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("memory");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_flood_of_syns_stays_under_the_total);
    tcase_add_test(tc, a_connection_that_speaks_outlives_those_that_do_not);
    tcase_add_test(tc, octets_out_of_order_go_before_connections);
    tcase_add_test(tc, memory_comes_back_when_connections_are_over);
    return suite_run("tcp/memory", tc);
}
