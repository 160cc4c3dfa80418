/* Makes segments of turns. */
#include "fuzz/wire.h"

#include <assert.h>

#include "base/limits.h"
#include "support/exact.h"
#include "tcp/tracker.h"

struct wire {
    struct tracker *tracker;
    const struct wire_options *options;
    struct place place;
    uint32_t next[2];
};

static bool follows(const void *context, uint16_t port)
{
    const struct wire_options *options = context;

    return options->conversation.any_port || port == options->port;
}

static void send_segment(struct wire *wire, enum side from, uint8_t flags, struct slice payload)
{
    struct endpoint ends[2] = {
        { .address = { 4, { 192, 0, 2, 1 } }, .port = 40000 },
        { .address = { 4, { 198, 51, 100, 25 } }, .port = wire->options->port },
    };
    struct packet packet = { .kind = PACKET_TCP };
    struct slice copy = exact_copy(payload);
    bool used;

    wire->place.frame++;
    packet.place = wire->place;
    packet.segment = (struct segment){ .from = ends[from],
                                       .to = ends[side_other(from)],
                                       .sequence = wire->next[from],
                                       .acknowledgement = wire->next[side_other(from)],
                                       .flags = flags,
                                       .window = 64240,
                                       .payload = copy,
                                       .payload_length = (uint32_t)payload.len };
    assert(tracker_accept(wire->tracker, &packet, &used) == STATUS_OK);
    wire->next[from] += (uint32_t)payload.len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
    exact_free(copy);
}

static void send_turn(struct wire *wire, const struct chunk *turn)
{
    if (turn->place.at.ns > wire->place.at.ns)
        wire->place.at.ns = turn->place.at.ns;
    /* Holes that are farther apart than a window are another connection. */
    if (turn->missing < (uint64_t)1 << 30)
        wire->next[turn->from] += (uint32_t)turn->missing;
    for (size_t at = 0; at < turn->data.len; at += wire->options->segment_max)
        send_segment(wire, turn->from, TCP_ACK | TCP_PSH,
                     slice_part(turn->data, at, wire->options->segment_max));
}

static void end(struct wire *wire)
{
    enum side from = wire->options->end_from;
    struct slice none = { 0 };

    wire->place.at.ns += STAMP_SECOND;
    switch (wire->options->end) {
    case WIRE_FIN:
        send_segment(wire, from, TCP_FIN | TCP_ACK, none);
        send_segment(wire, side_other(from), TCP_FIN | TCP_ACK, none);
        send_segment(wire, from, TCP_ACK, none);
        break;
    case WIRE_RST:
        send_segment(wire, from, TCP_RST | TCP_ACK, none);
        break;
    case WIRE_OPEN:
        break;
    }
}

void wire_play(const struct turns *turns, const struct wire_options *options,
               const struct record_sink *sink)
{
    struct wire wire = { .options = options, .next = { 1000, 0U - 500U } };
    struct tracker_options tracker = { .follows_port = follows,
                                       .port_context = options,
                                       .connections_max = LIMIT_CONNECTIONS };
    struct conversations *conversations;
    struct tracker_sink tracker_sink;
    struct slice none = { 0 };

    assert(conversations_new(&conversations, &options->conversation, sink) == STATUS_OK);
    tracker_sink = conversations_tracker_sink(conversations);
    assert(tracker_new(&wire.tracker, &tracker, &tracker_sink) == STATUS_OK);
    if (!options->is_midstream) {
        send_segment(&wire, SIDE_CLIENT, TCP_SYN, none);
        send_segment(&wire, SIDE_SERVER, TCP_SYN | TCP_ACK, none);
        send_segment(&wire, SIDE_CLIENT, TCP_ACK, none);
    }
    for (size_t i = 0; i < turns->count; i++)
        send_turn(&wire, &turns->list[i]);
    end(&wire);
    assert(tracker_finish(wire.tracker) == STATUS_OK);
    tracker_free(wire.tracker);
    conversations_free(conversations);
}
