/* A tracker with one connection to talk into and a log of what it tells, written so:
 *   C"EHLO x"  S"250"   octets of client or server (neighbours are not joined)
 *   C-12                a gap of 12 octets
 *   C.                  nothing more comes from the client
 *   [complete fin client]  ended: handshake, close, closed by
 * Sequence numbers are given as offsets from the side's first octet, so -1 is its SYN. */
#ifndef SMTPSCOPE_TESTS_UNIT_TCP_RIG_H
#define SMTPSCOPE_TESTS_UNIT_TCP_RIG_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "tcp/tracker.h"

enum { RIG_LOG = 1 << 16 };

struct rig {
    struct tracker *tracker;
    struct stamp at;
    uint64_t frame;
    uint16_t client_port; /* of the packets to come */
    uint32_t isn[2];      /* by enum side */
    uint16_t window;
    struct tcp_summary ended; /* of the last one that ended */
    unsigned ended_count;
    bool was_used;
    bool is_deaf;                                       /* chunks are not logged */
    enum { RIG_QUIET_PLACES, RIG_TELLS_PLACES } places; /* a frame number after each chunk: @7 */
    enum { RIG_KEEPS, RIG_DROPS, RIG_SWAPS } reaction;  /* to the first chunk */
    size_t len;
    char log[RIG_LOG];
};

static inline void rig_note(struct rig *rig, const char *text, size_t len)
{
    ck_assert_uint_lt(len, RIG_LOG - rig->len);
    mem_copy(rig->log + rig->len, text, len);
    rig->len += len;
    rig->log[rig->len] = '\0';
}

static inline void rig_note_string(struct rig *rig, const char *text)
{
    rig_note(rig, text, strlen(text));
}

static inline enum status rig_chunk(void *context, struct connection *connection,
                                    const struct chunk *chunk)
{
    struct rig *rig = context;
    char text[64];

    if (rig->is_deaf)
        return STATUS_OK;
    if (rig->len > 0)
        rig_note_string(rig, " ");
    rig_note_string(rig, chunk->from == SIDE_CLIENT ? "C" : "S");
    if (chunk->missing > 0) {
        ck_assert_uint_eq(chunk->data.len, 0);
        snprintf(text, sizeof(text), "-%llu", (unsigned long long)chunk->missing);
        rig_note_string(rig, text);
    } else {
        rig_note_string(rig, "\"");
        rig_note(rig, (const char *)chunk->data.data, chunk->data.len);
        rig_note_string(rig, "\"");
    }
    if (rig->places == RIG_TELLS_PLACES) {
        snprintf(text, sizeof(text), "@%llu", (unsigned long long)chunk->place.frame);
        rig_note_string(rig, text);
    }
    if (rig->reaction == RIG_DROPS)
        connection_drop(connection);
    if (rig->reaction == RIG_SWAPS)
        connection_swap_sides(connection);
    rig->reaction = RIG_KEEPS;
    return STATUS_OK;
}

static inline enum status rig_closed(void *context, struct connection *connection, enum side side,
                                     const struct place *place)
{
    struct rig *rig = context;

    (void)connection;
    (void)place;
    rig_note_string(rig, side == SIDE_CLIENT ? " C." : " S.");
    return STATUS_OK;
}

static inline enum status rig_ended(void *context, struct connection *connection,
                                    const struct tcp_summary *summary)
{
    static const char *const handshakes[] = { "complete", "refused", "unanswered", "partial",
                                              "midstream" };
    static const char *const closes[] = { "fin",  "rst_client", "rst_server",
                                          "idle", "evicted",    "open" };
    static const char *const closers[] = { "nobody", "client", "server", "both" };
    struct rig *rig = context;
    char text[64];

    (void)connection;
    rig->ended = *summary;
    rig->ended_count++;
    snprintf(text, sizeof(text), "%s[%s %s %s]", rig->len > 0 ? " " : "",
             handshakes[summary->handshake], closes[summary->close], closers[summary->closed_by]);
    rig_note_string(rig, text);
    return STATUS_OK;
}

static inline bool rig_follows(const void *context, uint16_t port)
{
    (void)context;
    return port == 25 || port == 587;
}

static inline void rig_begin_with(struct rig *rig, uint64_t connections_max)
{
    struct tracker_options options = { .follows_port = rig_follows,
                                       .connections_max = connections_max };
    struct tracker_sink sink = { rig, rig_chunk, rig_closed, rig_ended, NULL };

    *rig = (struct rig){ .at = { 1700000000 * STAMP_SECOND },
                         .client_port = 40000,
                         .isn = { 1000, 5000 },
                         .window = 64240 };
    ck_assert_int_eq(tracker_new(&rig->tracker, &options, &sink), STATUS_OK);
}

static inline void rig_begin(struct rig *rig)
{
    rig_begin_with(rig, LIMIT_CONNECTIONS);
}

static inline void rig_end(struct rig *rig)
{
    tracker_free(rig->tracker);
}

static inline void rig_wait(struct rig *rig, int64_t ns)
{
    rig->at.ns += ns;
}

/* A segment as it stands; a millisecond goes by before it. */
static inline struct packet rig_packet(struct rig *rig, enum side from, uint8_t flags,
                                       int64_t offset, int64_t acknowledged, struct slice payload)
{
    struct endpoint ends[2] = {
        { .address = { 4, { 192, 0, 2, 1 } }, .port = rig->client_port },
        { .address = { 4, { 198, 51, 100, 25 } }, .port = 25 },
    };
    enum side to = side_other(from);
    struct packet packet = { .kind = PACKET_TCP };

    rig_wait(rig, STAMP_MILLISECOND);
    packet.place = (struct place){ .at = rig->at, .frame = ++rig->frame };
    packet.segment = (struct segment){
        .from = ends[from],
        .to = ends[to],
        .sequence = rig->isn[from] + 1 + (uint32_t)offset,
        .acknowledgement = rig->isn[to] + 1 + (uint32_t)acknowledged,
        .flags = flags,
        .window = rig->window,
        .payload = payload,
        .payload_length = (uint32_t)payload.len,
    };
    return packet;
}

static inline void rig_accept(struct rig *rig, const struct packet *packet)
{
    ck_assert_int_eq(tracker_accept(rig->tracker, packet, &rig->was_used), STATUS_OK);
}

static inline void rig_send(struct rig *rig, enum side from, uint8_t flags, int64_t offset,
                            int64_t acknowledged, const char *payload)
{
    struct packet packet =
        rig_packet(rig, from, flags, offset, acknowledged, slice_of_string(payload));

    rig_accept(rig, &packet);
}

/* Octets with an acknowledgement. */
static inline void rig_client(struct rig *rig, int64_t offset, int64_t acknowledged,
                              const char *payload)
{
    rig_send(rig, SIDE_CLIENT, TCP_ACK, offset, acknowledged, payload);
}

static inline void rig_server(struct rig *rig, int64_t offset, int64_t acknowledged,
                              const char *payload)
{
    rig_send(rig, SIDE_SERVER, TCP_ACK, offset, acknowledged, payload);
}

/* SYN, SYN-ACK, ACK. */
static inline void rig_open(struct rig *rig)
{
    rig_send(rig, SIDE_CLIENT, TCP_SYN, -1, 0, "");
    rig_send(rig, SIDE_SERVER, TCP_SYN | TCP_ACK, -1, 0, "");
    rig_client(rig, 0, 0, "");
}

static inline void rig_finish(struct rig *rig)
{
    ck_assert_int_eq(tracker_finish(rig->tracker), STATUS_OK);
}

/* Time goes by for everybody: a packet of another connection comes, that begins none. */
static inline void rig_pass(struct rig *rig, int64_t ns)
{
    uint16_t port = rig->client_port;

    rig_wait(rig, ns);
    rig->client_port = 1;
    rig_client(rig, 0, 0, "");
    rig->client_port = port;
}

static inline int rig_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
