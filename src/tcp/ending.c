/* How a connection ends: FIN, RST, refusal, silence (RFC 9293 3.6, 3.5.2). */
#include "base/limits.h"
#include "base/mem.h"
#include "tcp/tracker_state.h"

/* How far from the next octet an RST may lie: more than any window in use that the other side has
 * not filled, less than a blind attacker's chance (RFC 5961 3). */
#define RESET_REACH ((int64_t)1 << 20)

void ending_drop_halves(struct tracker *tracker, struct connection *connection)
{
    if (connection->halves == NULL)
        return;
    half_clear(&connection->halves->client, &tracker->held_in_all);
    half_clear(&connection->halves->server, &tracker->held_in_all);
    mem_free(connection->halves);
    connection->halves = NULL;
}

static enum tcp_handshake handshake_of(const struct connection *connection)
{
    if (connection->is_refused)
        return TCP_HANDSHAKE_REFUSED;
    if (connection->has_syn && connection->has_syn_ack && connection->has_client_ack)
        return TCP_HANDSHAKE_COMPLETE;
    if (connection->has_syn_ack || (connection->has_syn && connection->had_payload))
        return TCP_HANDSHAKE_PARTIAL;
    if (connection->has_syn)
        return connection->server_packets == 0 && !connection->has_client_ack
                   ? TCP_HANDSHAKE_UNANSWERED
                   : TCP_HANDSHAKE_PARTIAL;
    return TCP_HANDSHAKE_MIDSTREAM;
}

static struct tcp_summary summary_of(const struct tracker *tracker,
                                     const struct connection *connection)
{
    struct tcp_summary summary = {
        .handshake = handshake_of(connection),
        .close = (enum tcp_close)connection->close,
        .closed_by = (enum tcp_closed_by)connection->closed_by,
        .client_is_certain = connection->is_certain,
        .is_snapped = connection->is_snapped,
        .limit_reached = connection->limit_reached,
        .was_reset_by_icmp = connection->is_refused_by_icmp,
        .round_trip_ns = connection->round_trip_ns,
        .syn_count = connection->syn_count,
        .first = connection->first,
        .last = connection->last,
        .first_close = connection->first_close,
    };

    if (connection->encapsulation != 0)
        summary.encapsulation = tracker->encapsulations[connection->encapsulation];
    if (connection->halves != NULL) {
        summary.client = connection->halves->client.counts;
        summary.server = connection->halves->server.counts;
    }
    summary.client.packets = connection->client_packets;
    summary.server.packets = connection->server_packets;
    return summary;
}

void ending_end(struct tracker *tracker, struct connection *connection, enum tcp_close close)
{
    struct tcp_summary summary;

    if (connection->is_refused_by_icmp && !connection->has_syn_ack)
        connection->is_refused = true;
    delivery_flush(tracker, connection);
    connection->close = (uint8_t)close;
    summary = summary_of(tracker, connection);
    if (tracker->status == STATUS_OK && !connection->is_dropped)
        tracker->status = tracker->sink.ended(tracker->sink.context, connection, &summary);
    ending_drop_halves(tracker, connection);
    flow_table_clear_due(&tracker->table, connection);
    flow_table_close(&tracker->table, connection);
}

static void note_closer(struct connection *connection, enum side side, const struct packet *packet)
{
    enum tcp_closed_by who = side == SIDE_CLIENT ? TCP_CLOSED_BY_CLIENT : TCP_CLOSED_BY_SERVER;

    if (connection->closed_by == TCP_CLOSED_BY_NOBODY) {
        connection->closed_by = (uint8_t)who;
        connection->first_close = packet->place;
    } else if (connection->closed_by != who &&
               connection->first_close.at.ns == packet->place.at.ns) {
        connection->closed_by = TCP_CLOSED_BY_BOTH;
    }
}

/* RFC 9293 3.5.2: in SYN-SENT an RST is believed if it acknowledges the SYN. */
static bool refuses(const struct connection *connection, const struct packet *packet,
                    enum side side)
{
    const struct segment *segment = &packet->segment;

    return side == SIDE_SERVER && connection->has_syn && !connection->has_syn_ack &&
           !connection->had_payload && (segment->flags & TCP_ACK) != 0 &&
           segment->acknowledgement - connection->client_isn - 1 < UINT16_MAX;
}

static bool reset_is_believed(const struct connection *connection, const struct packet *packet,
                              enum side side)
{
    const struct half *half;
    int64_t distance;

    if (connection->halves == NULL)
        return true;
    half = half_of_side(connection->halves, side);
    if (!half->has_base)
        return true;
    distance = (int64_t)(half_offset(half, packet->segment.sequence) - half->next);
    return distance >= -RESET_REACH && distance <= RESET_REACH;
}

static void take_reset(struct tracker *tracker, struct connection *connection,
                       const struct packet *packet, enum side side)
{
    if (refuses(connection, packet, side)) {
        connection->is_refused = true;
        note_closer(connection, side, packet);
        ending_end(tracker, connection, TCP_CLOSE_RST_SERVER);
        return;
    }
    if (!reset_is_believed(connection, packet, side))
        return;
    note_closer(connection, side, packet);
    if (connection->state != CONNECTION_OPEN)
        return;
    connection->state = CONNECTION_RESET;
    connection->close =
        (uint8_t)(side == SIDE_CLIENT ? TCP_CLOSE_RST_CLIENT : TCP_CLOSE_RST_SERVER);
    flow_table_set_due(&tracker->table, connection, tracker->now);
}

static void take_fin(struct connection *connection, const struct packet *packet, enum side side)
{
    struct half *half = half_of_side(connection->halves, side);
    const struct segment *segment = &packet->segment;
    uint64_t offset = half_offset(half, segment->sequence) + segment->payload_length +
                      ((segment->flags & TCP_SYN) != 0 ? 1 : 0);

    if ((int64_t)offset < 0 || half->fin != UINT64_MAX)
        return;
    half->fin = offset;
    if (half->acked > offset)
        half->acked = offset;
    note_closer(connection, side, packet);
}

static bool is_done(const struct half *half)
{
    return half->fin != UINT64_MAX && half->next >= half->fin;
}

void ending_follow(struct tracker *tracker, struct connection *connection,
                   const struct packet *packet, enum side side)
{
    uint8_t flags = packet->segment.flags;

    if ((flags & TCP_RST) != 0) {
        take_reset(tracker, connection, packet, side);
        return;
    }
    if ((flags & TCP_FIN) != 0 && connection->halves != NULL)
        take_fin(connection, packet, side);
    /* Octets that come after an RST show that nobody honoured it. */
    if (connection->state == CONNECTION_RESET && packet->segment.payload_length > 0 &&
        connection->halves != NULL &&
        connection->close == (side == SIDE_CLIENT ? TCP_CLOSE_RST_CLIENT : TCP_CLOSE_RST_SERVER))
        connection->state = CONNECTION_OPEN;
    if (connection->halves != NULL && is_done(&connection->halves->client) &&
        is_done(&connection->halves->server)) {
        ending_end(tracker, connection, TCP_CLOSE_FIN);
        return;
    }
    if (!connection->is_due &&
        (connection->state == CONNECTION_RESET || delivery_has_hole(connection)))
        flow_table_set_due(&tracker->table, connection, tracker->now);
}

static void settle_due(struct tracker *tracker, struct connection *connection)
{
    flow_table_clear_due(&tracker->table, connection);
    if (connection->state == CONNECTION_RESET) {
        ending_end(tracker, connection, (enum tcp_close)connection->close);
        return;
    }
    if (connection->halves == NULL)
        return;
    delivery_give_up(tracker, connection);
    if (is_done(&connection->halves->client) && is_done(&connection->halves->server))
        ending_end(tracker, connection, TCP_CLOSE_FIN);
    else if (delivery_has_hole(connection))
        flow_table_set_due(&tracker->table, connection, tracker->now);
}

void ending_pass_time(struct tracker *tracker)
{
    struct flow_table *table = &tracker->table;
    struct connection *oldest;

    while ((oldest = table->due.oldest) != NULL && tracker->status == STATUS_OK &&
           stamp_between(oldest->due_since, tracker->now) >= LIMIT_HOLE_WAIT)
        settle_due(tracker, oldest);
    while ((oldest = table->open.oldest) != NULL && tracker->status == STATUS_OK &&
           stamp_between(oldest->last.at, tracker->now) > LIMIT_IDLE)
        ending_end(tracker, oldest, TCP_CLOSE_IDLE);
    while ((oldest = table->closed.oldest) != NULL &&
           stamp_between(oldest->last.at, tracker->now) > LIMIT_CLOSED_LINGER)
        flow_table_remove(table, oldest);
}
