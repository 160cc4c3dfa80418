/* From segments to chunks. Within a direction octets come in order; between the two directions a
 * segment waits until all that it acknowledges was delivered, so that no reply comes before its
 * command, whatever order the capture has them in. */
#include "base/limits.h"
#include "base/mem.h"
#include "tcp/tracker_state.h"

/* RFC 7323 2.3: no window is larger, so nothing further away belongs to this connection. */
#define WINDOW_MAX ((int64_t)1 << 30)

enum status delivery_need_halves(struct tracker *tracker, struct connection *connection)
{
    struct halves *halves;

    (void)tracker;
    if (connection->halves != NULL)
        return STATUS_OK;
    halves = mem_alloc(sizeof(*halves));
    if (halves == NULL)
        return STATUS_NO_MEMORY;
    *halves = (struct halves){ .client = half_of(), .server = half_of() };
    /* RFC 9293 3.4: the SYN takes one sequence number, the first octet has the next. */
    if (connection->has_syn) {
        halves->client.base = connection->client_isn + 1;
        halves->client.has_base = true;
    }
    if (connection->has_syn_ack) {
        halves->server.base = connection->server_isn + 1;
        halves->server.has_base = true;
    }
    connection->halves = halves;
    return STATUS_OK;
}

static void deliver(struct tracker *tracker, struct connection *connection,
                    const struct chunk *chunk)
{
    if (tracker->status != STATUS_OK || connection->is_dropped)
        return;
    tracker->status = tracker->sink.chunk(tracker->sink.context, connection, chunk);
}

static void deliver_octets(struct tracker *tracker, struct connection *connection, enum side side,
                           struct slice octets, const struct place *place)
{
    struct half *half = half_of_side(connection->halves, side);
    struct chunk chunk = { .from = side, .place = *place, .offset = half->next, .data = octets };

    half->next += octets.len;
    deliver(tracker, connection, &chunk);
}

static void deliver_gap(struct tracker *tracker, struct connection *connection, enum side side,
                        uint64_t missing, const struct place *place)
{
    struct half *half = half_of_side(connection->halves, side);
    struct chunk chunk = {
        .from = side, .place = *place, .offset = half->next, .missing = missing
    };

    half->next += missing;
    half->counts.gaps++;
    half->counts.lost_bytes += missing;
    deliver(tracker, connection, &chunk);
}

/* The octets of the other direction that `needs` speaks of were all delivered. */
static bool is_in_time(const struct half *other, uint64_t needs)
{
    return needs <= other->next;
}

static bool deliver_first_held(struct tracker *tracker, struct connection *connection,
                               enum side side, bool whatever_it_needs)
{
    struct half *half = half_of_side(connection->halves, side);
    const struct half *other = half_of_side(connection->halves, side_other(side));
    const struct held_segment *first = half_first(half);
    struct held_segment segment;

    if (first == NULL || first->offset > half->next)
        return false;
    if (!whatever_it_needs && !is_in_time(other, first->needs))
        return false;
    segment = half_pop(half, &tracker->held_in_all);
    deliver_octets(tracker, connection, side, slice_of(segment.octets, segment.len),
                   &segment.place);
    mem_free(segment.octets);
    return true;
}

void delivery_pump(struct tracker *tracker, struct connection *connection)
{
    bool has_moved = true;

    while (has_moved && tracker->status == STATUS_OK) {
        has_moved = false;
        while (deliver_first_held(tracker, connection, SIDE_CLIENT, false))
            has_moved = true;
        while (deliver_first_held(tracker, connection, SIDE_SERVER, false))
            has_moved = true;
    }
}

/* Gives up the hole before what is held, or before what was acknowledged. */
static bool give_up_hole(struct tracker *tracker, struct connection *connection, enum side side)
{
    struct half *half = half_of_side(connection->halves, side);
    const struct held_segment *first = half_first(half);
    uint64_t hole = half_hole(half);

    /* One octet past the end that nobody has seen is a FIN that was not captured. */
    if (hole == 0 || (first == NULL && (hole == 1 || half->acked > half->fin)))
        return false;
    deliver_gap(tracker, connection, side, hole,
                first != NULL ? &first->place : &half->acked_place);
    return true;
}

/* Whose held octets came first, where both sides wait. */
static enum side earlier_side(const struct halves *halves)
{
    const struct held_segment *client = half_first(&halves->client);
    const struct held_segment *server = half_first(&halves->server);

    if (server == NULL)
        return SIDE_CLIENT;
    if (client == NULL)
        return SIDE_SERVER;
    return stamp_between(client->place.at, server->place.at) < 0 ? SIDE_SERVER : SIDE_CLIENT;
}

/* One step towards delivering everything: the missing octets that something waits for are given up
 * first, then the order of cause and effect. */
static bool force_one(struct tracker *tracker, struct connection *connection)
{
    struct halves *halves = connection->halves;
    enum side side = earlier_side(halves);
    struct half *half = half_of_side(halves, side);
    const struct held_segment *first = half_first(half);

    if (first == NULL)
        return give_up_hole(tracker, connection, SIDE_CLIENT) ||
               give_up_hole(tracker, connection, SIDE_SERVER);
    if (first->needs > half_of_side(halves, side_other(side))->next &&
        half_hole(half_of_side(halves, side_other(side))) > 0 &&
        give_up_hole(tracker, connection, side_other(side)))
        return true;
    if (give_up_hole(tracker, connection, side))
        return true;
    return deliver_first_held(tracker, connection, side, true);
}

void delivery_flush(struct tracker *tracker, struct connection *connection)
{
    if (connection->halves == NULL)
        return;
    delivery_pump(tracker, connection);
    while (tracker->status == STATUS_OK && force_one(tracker, connection))
        delivery_pump(tracker, connection);
}

bool delivery_has_hole(const struct connection *connection)
{
    const struct halves *halves = connection->halves;

    return halves != NULL && (halves->client.acked > halves->client.next ||
                              halves->server.acked > halves->server.next ||
                              halves->client.held_count > 0 || halves->server.held_count > 0);
}

void delivery_give_up(struct tracker *tracker, struct connection *connection)
{
    struct halves *halves = connection->halves;
    bool has_moved = false;

    for (int i = 0; i < 2; i++) {
        enum side side = i == 0 ? SIDE_CLIENT : SIDE_SERVER;
        const struct half *half = half_of_side(halves, side);

        if (half->acked > half->next && give_up_hole(tracker, connection, side))
            has_moved = true;
    }
    /* Each waits for the other and nothing is missing: the capture's own order then decides. */
    if (!has_moved && half_hole(&halves->client) == 0 && half_hole(&halves->server) == 0)
        (void)deliver_first_held(tracker, connection, earlier_side(halves), true);
    delivery_pump(tracker, connection);
}

/* What a segment says of the other direction. */
static uint64_t take_acknowledgement(struct connection *connection, const struct packet *packet,
                                     enum side side)
{
    struct half *other = half_of_side(connection->halves, side_other(side));
    uint64_t acked;

    if ((packet->segment.flags & TCP_ACK) == 0)
        return 0;
    if (!other->has_base) {
        other->base = packet->segment.acknowledgement;
        other->has_base = true;
        return 0;
    }
    acked = half_offset(other, packet->segment.acknowledgement);
    if ((int64_t)(acked - other->next) > WINDOW_MAX || (int64_t)acked < 0)
        return 0;
    /* RFC 9293 3.4: the FIN takes a number too, which is no octet. */
    if (acked > other->fin)
        acked = other->fin;
    if (acked > other->acked) {
        other->acked = acked;
        other->acked_place = packet->place;
    }
    return acked;
}

static void count_segment(struct half *half, uint64_t offset, size_t sent, enum half_take taken)
{
    uint64_t end = offset + sent;

    half->counts.data_segments++;
    if (taken == HALF_NOTHING)
        half->counts.retransmissions++;
    else if (end < half->end || offset < half->end)
        half->counts.out_of_order += end <= half->end ? 1 : 0;
    if (end > half->end)
        half->end = end;
}

/* RFC 9293 3.8.4: a keep-alive repeats the octet before the next, or sends none. */
static bool is_keep_alive(const struct half *half, uint64_t offset, size_t sent)
{
    return sent <= 1 && half->next > 0 && offset == half->next - 1 && half->end == half->next;
}

/* Out of room: the oldest hole is given up to make some. */
static void make_room(struct tracker *tracker, struct connection *connection)
{
    connection->limit_reached = true;
    if (force_one(tracker, connection))
        delivery_pump(tracker, connection);
}

static void take_payload(struct tracker *tracker, struct connection *connection,
                         const struct packet *packet, enum side side, uint64_t needs)
{
    const struct segment *segment = &packet->segment;
    struct half *half = half_of_side(connection->halves, side);
    const struct half *other = half_of_side(connection->halves, side_other(side));
    /* The SYN of a Fast Open takes the number before its data (RFC 7413 2). */
    uint32_t sequence = segment->sequence + ((segment->flags & TCP_SYN) != 0 ? 1 : 0);
    uint64_t offset = half_offset(half, sequence);
    enum half_take taken;
    struct slice fresh;

    if ((int64_t)(offset - half->next) > WINDOW_MAX ||
        is_keep_alive(half, offset, segment->payload_length))
        return;
    do {
        taken =
            half_offer(half, offset, segment->payload, needs, &packet->place,
                       is_in_time(other, needs), &tracker->held_in_all, &fresh, &tracker->status);
        if (taken == HALF_FULL)
            make_room(tracker, connection);
    } while (taken == HALF_FULL && tracker->status == STATUS_OK && half_first(half) != NULL);
    count_segment(half, offset, segment->payload_length, taken);
    half->is_seen = half->is_seen || segment->payload.len > 0;
    if (taken == HALF_NOW) {
        half->counts.bytes += fresh.len;
        deliver_octets(tracker, connection, side, fresh, &packet->place);
    }
}

void delivery_take(struct tracker *tracker, struct connection *connection,
                   const struct packet *packet, enum side side)
{
    const struct segment *segment = &packet->segment;
    struct half *half = half_of_side(connection->halves, side);
    const struct half *other = half_of_side(connection->halves, side_other(side));
    uint64_t needs;

    if (!half->has_base) {
        half->base = segment->sequence + ((segment->flags & TCP_SYN) != 0 ? 1 : 0);
        half->has_base = true;
    }
    needs = take_acknowledgement(connection, packet, side);
    /* A direction that was given up once and never seen is not captured: nobody waits for it. */
    if (!other->is_seen && other->counts.gaps > 0)
        (void)give_up_hole(tracker, connection, side_other(side));
    if (segment->payload_length > segment->payload.len)
        connection->is_snapped = true;
    if (segment->payload_length > 0)
        take_payload(tracker, connection, packet, side, needs);
    delivery_pump(tracker, connection);
}
