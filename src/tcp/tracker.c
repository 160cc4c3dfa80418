/* Packets in, chunks and endings out. */
#include "tcp/tracker.h"

#include <stdlib.h>

#include "base/mem.h"
#include "net/endpoint.h"
#include "tcp/tracker_state.h"

enum { ENCAPSULATIONS_ROOM = 4096 };

enum status tracker_new(struct tracker **out, const struct tracker_options *options,
                        const struct tracker_sink *sink)
{
    struct tracker *tracker = mem_calloc(1, sizeof(*tracker));

    if (tracker == NULL)
        return STATUS_NO_MEMORY;
    tracker->options = *options;
    tracker->sink = *sink;
    tracker->now.ns = INT64_MIN;
    tracker->encapsulations = mem_calloc(ENCAPSULATIONS_ROOM, sizeof(*tracker->encapsulations));
    tracker->encapsulation_count = 1; /* number 0 is the plain way */
    if (tracker->encapsulations == NULL || flow_table_init(&tracker->table) != STATUS_OK) {
        mem_free(tracker->encapsulations);
        mem_free(tracker);
        return STATUS_NO_MEMORY;
    }
    *out = tracker;
    return STATUS_OK;
}

void tracker_free(struct tracker *tracker)
{
    if (tracker == NULL)
        return;
    for (struct connection *connection = tracker->table.open.oldest; connection != NULL;
         connection = connection->links[LIST_IDLE].next)
        ending_drop_halves(tracker, connection);
    flow_table_clear(&tracker->table);
    mem_free(tracker->encapsulations);
    mem_free(tracker);
}

static void count_packet(struct connection *connection, const struct packet *packet, enum side side)
{
    const struct segment *segment = &packet->segment;
    struct half *half;
    bool is_zero;

    if (side == SIDE_CLIENT)
        connection->client_packets++;
    else
        connection->server_packets++;
    if (connection->halves == NULL)
        return;
    half = half_of_side(connection->halves, side);
    if (segment->checksum == CHECKSUM_BAD)
        half->counts.checksum_errors++;
    if ((segment->flags & (TCP_SYN | TCP_RST)) != 0)
        return;
    is_zero = segment->window == 0;
    if (is_zero && !half->is_zero_window)
        half->counts.zero_windows++;
    half->is_zero_window = is_zero;
}

static void take_segment(struct tracker *tracker, struct connection *connection,
                         const struct packet *packet, enum side side)
{
    const struct segment *segment = &packet->segment;

    connection->last = packet->place;
    flow_table_touch(&tracker->table, connection);
    if (connection->state == CONNECTION_CLOSED)
        return;
    opening_follow(tracker, connection, packet, side);
    if (segment->payload_length > 0 || ((segment->flags & TCP_FIN) != 0)) {
        if (delivery_need_halves(tracker, connection) != STATUS_OK) {
            tracker->status = STATUS_NO_MEMORY;
            return;
        }
        connection->had_payload = connection->had_payload || segment->payload_length > 0;
    }
    count_packet(connection, packet, side);
    if (connection->halves != NULL && (segment->flags & TCP_RST) == 0)
        delivery_take(tracker, connection, packet, side);
    /* The sink may have found that client and server were guessed the wrong way round. */
    ending_follow(tracker, connection, packet,
                  endpoint_equal(&segment->from, &connection->client) ? SIDE_CLIENT : SIDE_SERVER);
}

/* RFC 1122 4.2.3.9: an ICMP error about the SYN refuses the connection, if nobody answers it. */
static bool take_icmp(struct tracker *tracker, const struct packet *packet)
{
    const struct icmp_error *icmp = &packet->icmp;
    struct connection *connection;
    uint32_t hash;

    connection = flow_table_find(&tracker->table, &icmp->from, &icmp->to, &hash);
    if (connection == NULL)
        return false;
    if (connection->state == CONNECTION_OPEN && icmp->is_unreachable && connection->has_syn &&
        !connection->has_syn_ack && endpoint_equal(&icmp->from, &connection->client) &&
        icmp->sequence == connection->client_isn) {
        connection->is_refused_by_icmp = true;
        connection->last = packet->place;
    }
    return true;
}

enum status tracker_accept(struct tracker *tracker, const struct packet *packet, bool *used)
{
    struct connection *connection;
    enum side side;

    *used = false;
    if (stamp_between(tracker->now, packet->place.at) > 0)
        tracker->now = packet->place.at;
    ending_pass_time(tracker);
    if (tracker->status != STATUS_OK)
        return tracker->status;
    if (packet->kind == PACKET_ICMP_ERROR) {
        *used = take_icmp(tracker, packet);
        return tracker->status;
    }
    connection = opening_find(tracker, packet, &side);
    if (connection == NULL) {
        *used =
            tracker->options.follows_port(tracker->options.port_context,
                                          packet->segment.from.port) ||
            tracker->options.follows_port(tracker->options.port_context, packet->segment.to.port);
        return tracker->status;
    }
    *used = true;
    take_segment(tracker, connection, packet, side);
    return tracker->status;
}

static int by_ordinal(const void *a, const void *b)
{
    const struct connection *const *one = a;
    const struct connection *const *other = b;

    return ((*one)->ordinal > (*other)->ordinal) - ((*one)->ordinal < (*other)->ordinal);
}

enum status tracker_finish(struct tracker *tracker)
{
    struct connection **list;
    size_t count = 0;

    for (struct connection *c = tracker->table.open.oldest; c != NULL; c = c->links[LIST_IDLE].next)
        count++;
    list = mem_alloc(count * sizeof(*list));
    if (list == NULL)
        return STATUS_NO_MEMORY;
    count = 0;
    for (struct connection *c = tracker->table.open.oldest; c != NULL; c = c->links[LIST_IDLE].next)
        list[count++] = c;
    qsort(list, count, sizeof(struct connection *), by_ordinal);
    for (size_t i = 0; i < count && tracker->status == STATUS_OK; i++) {
        enum tcp_close close =
            list[i]->state == CONNECTION_RESET ? (enum tcp_close)list[i]->close : TCP_CLOSE_OPEN;

        ending_end(tracker, list[i], close);
    }
    mem_free(list);
    return tracker->status;
}

const struct endpoint *connection_client(const struct connection *connection)
{
    return &connection->client;
}

const struct endpoint *connection_server(const struct connection *connection)
{
    return &connection->server;
}

uint64_t connection_ordinal(const struct connection *connection)
{
    return connection->ordinal;
}

bool connection_is_midstream(const struct connection *connection)
{
    return !connection->has_syn && !connection->has_syn_ack;
}

bool connection_client_is_certain(const struct connection *connection)
{
    return connection->is_certain;
}

struct place connection_first(const struct connection *connection)
{
    return connection->first;
}

void *connection_user(const struct connection *connection)
{
    return connection->user;
}

void connection_set_user(struct connection *connection, void *user)
{
    connection->user = user;
}

void connection_swap_sides(struct connection *connection)
{
    struct endpoint client = connection->client;
    uint32_t packets = connection->client_packets;

    connection->client = connection->server;
    connection->server = client;
    connection->client_packets = connection->server_packets;
    connection->server_packets = packets;
    if (connection->halves != NULL) {
        struct half half = connection->halves->client;

        connection->halves->client = connection->halves->server;
        connection->halves->server = half;
    }
    connection->is_certain = true;
}

void connection_drop(struct connection *connection)
{
    connection->is_dropped = true;
}

void tracker_counts(const struct tracker *tracker, struct tracker_counts *counts)
{
    *counts = (struct tracker_counts){
        .connections = tracker->ordinal,
        .open = tracker->table.count,
        .evicted = tracker->evicted,
        .octets_held = tracker->held_in_all,
    };
}
