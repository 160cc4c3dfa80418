/* The tracker: segments of one connection and its neighbours, in any order.
 *
 * Input: mode, how far before the wrap each side's numbers begin (two octets), then segments of
 * eight octets: flags, offset (two), length, acknowledged (two), time, window.
 *
 * An octet's value tells its side, its offset and which of two copies it is, so that whatever comes
 * out says where it came from. */
#include <assert.h>
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "fuzz/fuzz.h"
#include "support/exact.h"
#include "tcp/tracker.h"

enum {
    FLAG_SERVER = 1,
    FLAG_SYN = 2,
    FLAG_FIN = 4,
    FLAG_RST = 8,
    FLAG_NO_ACK = 16,
    FLAG_OTHER_COPY = 32,
    FLAG_SNAPPED = 64,
    FLAG_ELSEWHERE = 128, /* another connection, or an ICMP error */
    MODE_OPEN = 1,        /* begins with a handshake: offsets are known */
    MODE_FEW = 2,         /* two connections at most are followed */
    MODE_OTHER_ISN = 4,   /* a SYN may begin anew */
    MODE_LITTLE = 8,      /* memory for a few segments out of order */
    LITTLE_MEMORY = 200000,
    SPAN = 65536 + 256 * 8,
    SEGMENTS_MAX = 2000,
    CONNECTIONS_KNOWN = 64,
};

enum copies { COPY_NONE, COPY_FIRST, COPY_SECOND };

/* One connection, as the sink sees it. */
struct seen {
    uint64_t next[2];
    bool is_closed[2];
    bool has_gap[2];
    bool is_ended;
};

struct run {
    struct tracker *tracker;
    uint8_t mode;
    uint32_t isn[2];
    struct stamp at;
    uint64_t frame;
    bool is_plain; /* nothing but octets and their order so far: the first copy must come out */
    uint8_t first[2][SPAN]; /* enum copies */
    uint8_t sent[2][SPAN];  /* 1 << enum copies, ORed */
    size_t seen_count;
    struct seen seen[CONNECTIONS_KNOWN];
};

static uint8_t octet_at(unsigned side, size_t offset, enum copies copy)
{
    uint8_t octet = (uint8_t)(offset * 5 + offset / 256 * 3 + side * 101);

    return copy == COPY_SECOND ? (uint8_t)~octet : octet;
}

static struct seen *seen_of(struct run *run, struct connection *connection)
{
    struct seen *seen = connection_user(connection);

    if (seen != NULL)
        return seen;
    if (run->seen_count == CONNECTIONS_KNOWN)
        return NULL;
    seen = &run->seen[run->seen_count++];
    *seen = (struct seen){ 0 };
    connection_set_user(connection, seen);
    return seen;
}

/* What came out is what was sent, the first copy where nothing else could be the reason. */
static void check_octets(const struct run *run, const struct chunk *chunk, const struct seen *seen)
{
    unsigned side = chunk->from;

    for (size_t i = 0; i < chunk->data.len; i++) {
        uint64_t at = chunk->offset + i;
        enum copies copy;

        if (at >= SPAN)
            return;
        copy = chunk->data.data[i] == octet_at(side, at, COPY_FIRST) ? COPY_FIRST : COPY_SECOND;
        assert(chunk->data.data[i] == octet_at(side, at, copy));
        assert((run->sent[side][at] & 1U << copy) != 0);
        if (run->is_plain && !seen->has_gap[0] && !seen->has_gap[1])
            assert(run->first[side][at] == copy);
    }
}

static enum status take_chunk(void *context, struct connection *connection,
                              const struct chunk *chunk)
{
    struct run *run = context;
    struct seen *seen = seen_of(run, connection);

    if (seen == NULL)
        return STATUS_OK;
    assert(!seen->is_ended && !seen->is_closed[chunk->from]);
    assert(chunk->offset == seen->next[chunk->from]);
    assert((chunk->missing == 0) == (chunk->data.len > 0));
    seen->next[chunk->from] += chunk->missing + chunk->data.len;
    seen->has_gap[chunk->from] |= chunk->missing > 0;
    if ((run->mode & MODE_OPEN) != 0 && connection_ordinal(connection) == 1)
        check_octets(run, chunk, seen);
    return STATUS_OK;
}

static enum status take_closed(void *context, struct connection *connection, enum side side,
                               const struct place *place)
{
    struct seen *seen = seen_of(context, connection);

    (void)place;
    if (seen == NULL)
        return STATUS_OK;
    assert(!seen->is_ended && !seen->is_closed[side]);
    seen->is_closed[side] = true;
    return STATUS_OK;
}

static enum status take_ended(void *context, struct connection *connection,
                              const struct tcp_summary *summary)
{
    struct seen *seen = seen_of(context, connection);

    assert(summary->client.conflict.length <= TCP_CONFLICT_OCTETS);
    assert(summary->server.conflict.length <= TCP_CONFLICT_OCTETS);
    if (seen == NULL)
        return STATUS_OK;
    assert(!seen->is_ended);
    seen->is_ended = true;
    return STATUS_OK;
}

static bool follows(const void *context, uint16_t port)
{
    (void)context;
    return port == 25;
}

/* Remembers what is on its way, before the tracker may deliver it. */
static void remember(struct run *run, unsigned side, size_t offset, size_t len, enum copies copy)
{
    for (size_t i = offset; i < offset + len && i < SPAN; i++) {
        if (run->first[side][i] == COPY_NONE)
            run->first[side][i] = (uint8_t)copy;
        run->sent[side][i] |= (uint8_t)(1U << copy);
    }
}

static void accept(struct run *run, struct packet *packet)
{
    bool used;

    packet->place = (struct place){ .at = run->at, .frame = ++run->frame };
    assert(tracker_accept(run->tracker, packet, &used) == STATUS_OK);
}

static struct packet packet_of(const struct run *run, unsigned side, uint16_t client_port)
{
    struct endpoint ends[2] = {
        { .address = { 4, { 192, 0, 2, 1 } }, .port = client_port },
        { .address = { 4, { 198, 51, 100, 25 } }, .port = 25 },
    };
    struct packet packet = { .kind = PACKET_TCP };

    packet.segment = (struct segment){ .from = ends[side],
                                       .to = ends[1 - side],
                                       .sequence = run->isn[side],
                                       .acknowledgement = run->isn[1 - side] + 1,
                                       .flags = TCP_ACK,
                                       .window = 64240 };
    return packet;
}

static void shake_hands(struct run *run)
{
    struct packet packet = packet_of(run, SIDE_CLIENT, 40000);

    packet.segment.flags = TCP_SYN;
    accept(run, &packet);
    packet = packet_of(run, SIDE_SERVER, 40000);
    packet.segment.flags = TCP_SYN | TCP_ACK;
    accept(run, &packet);
    packet = packet_of(run, SIDE_CLIENT, 40000);
    packet.segment.sequence++;
    accept(run, &packet);
}

static uint8_t flags_of(uint8_t flags)
{
    return (uint8_t)((flags & FLAG_SYN ? TCP_SYN : 0) | (flags & FLAG_FIN ? TCP_FIN : 0) |
                     (flags & FLAG_RST ? TCP_RST : 0) | (flags & FLAG_NO_ACK ? 0 : TCP_ACK));
}

/* An ICMP error about the segment. */
static void make_error(struct packet *packet, uint16_t bits)
{
    struct segment segment = packet->segment;

    packet->kind = PACKET_ICMP_ERROR;
    packet->icmp = (struct icmp_error){ .from = segment.from,
                                        .to = segment.to,
                                        .sequence = segment.sequence,
                                        .is_unreachable = (bits & 1) != 0,
                                        .is_too_big = (bits & 1) == 0,
                                        .next_mtu = bits };
}

static void take_segment(struct run *run, struct cursor *c)
{
    static uint8_t octets[256 * 8];
    uint8_t flags = cursor_u8(c);
    unsigned side = flags & FLAG_SERVER ? SIDE_SERVER : SIDE_CLIENT;
    size_t offset = cursor_u16be(c);
    size_t len = cursor_u8(c) * (offset % 5 == 0 ? 8U : 1U);
    uint16_t acknowledged = cursor_u16be(c);
    uint8_t time = cursor_u8(c);
    enum copies copy = flags & FLAG_OTHER_COPY ? COPY_SECOND : COPY_FIRST;
    bool is_elsewhere = (flags & FLAG_ELSEWHERE) != 0;
    struct packet packet = packet_of(run, side, is_elsewhere ? 40001 + acknowledged % 5 : 40000);
    struct slice payload;

    if ((flags & FLAG_SYN) != 0)
        packet.segment.sequence += run->mode & MODE_OTHER_ISN ? (uint32_t)offset * 65536 : 0;
    else
        packet.segment.sequence += 1 + (uint32_t)offset;
    if ((flags & FLAG_SYN) != 0)
        offset = 0;
    packet.segment.acknowledgement += acknowledged;
    packet.segment.flags = flags_of(flags);
    packet.segment.window = (uint16_t)(cursor_u8(c) * 256U);
    run->at.ns += (int64_t)time * time * time * (time < 250 ? STAMP_MILLISECOND : -STAMP_SECOND);
    for (size_t i = 0; i < len; i++)
        octets[i] = octet_at(side, offset + i, copy);
    packet.segment.payload_length = (uint32_t)len + (flags & FLAG_SNAPPED ? 100 : 0);
    payload = exact_copy(slice_of(octets, len));
    packet.segment.payload = payload;
    packet.is_snapped = (flags & FLAG_SNAPPED) != 0;
    if (is_elsewhere) {
        if (acknowledged % 7 == 0)
            make_error(&packet, acknowledged);
    } else {
        /* What is neither in order nor plain octets may be a reason to pass over a copy. */
        run->is_plain &= (flags & (FLAG_SYN | FLAG_FIN | FLAG_RST | FLAG_SNAPPED)) == 0;
        remember(run, side, offset, len, copy);
    }
    accept(run, &packet);
    exact_free(payload);
}

static void check_counts(const struct run *run, uint64_t most)
{
    struct tracker_counts counts;

    tracker_counts(run->tracker, &counts);
    assert(counts.open <= most && counts.octets_held <= LIMIT_HELD_IN_ALL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run run;
    struct cursor c = cursor_of(slice_of(data, size));
    struct tracker_options options = { .follows_port = follows };
    struct tracker_sink sink = { &run, take_chunk, take_closed, take_ended, NULL };

    memset(&run, 0, sizeof(run));
    run.mode = cursor_u8(&c);
    run.isn[SIDE_CLIENT] = 0U - cursor_u8(&c) * 251U;
    run.isn[SIDE_SERVER] = 0U - cursor_u8(&c) * 251U;
    run.at.ns = 1700000000 * STAMP_SECOND;
    run.is_plain = true;
    options.connections_max = run.mode & MODE_FEW ? 2 : LIMIT_CONNECTIONS;
    options.memory_max = run.mode & MODE_LITTLE ? LITTLE_MEMORY : 0;
    if (tracker_new(&run.tracker, &options, &sink) != STATUS_OK)
        return 0;
    if ((run.mode & MODE_OPEN) != 0)
        shake_hands(&run);
    for (int i = 0; i < SEGMENTS_MAX && cursor_left(&c) > 0; i++) {
        take_segment(&run, &c);
        check_counts(&run, options.connections_max);
    }
    assert(tracker_finish(run.tracker) == STATUS_OK);
    check_counts(&run, 0);
    for (size_t i = 0; i < run.seen_count; i++)
        assert(run.seen[i].is_ended);
    tracker_free(run.tracker);
    return 0;
}
