/* How a connection begins: SYN, SYN-ACK, or octets in the middle of one (RFC 9293 3.5). */
#include "net/endpoint.h"
#include "tcp/tracker_state.h"

/* A SYN with another number on a connection that has been silent for so long begins a new one. */
#define LONG_IDLE (60 * STAMP_SECOND)

/* Every different way to the IP header is kept once; a capture has a handful. */
enum { ENCAPSULATIONS_MAX = 4096 };

static bool follows(const struct tracker *tracker, const struct endpoint *endpoint)
{
    return tracker->options.follows_port(tracker->options.port_context, endpoint->port);
}

static bool encapsulation_equal(const struct encapsulation *a, const struct encapsulation *b)
{
    if (a->count != b->count)
        return false;
    for (uint8_t i = 0; i < a->count; i++) {
        if (a->layers[i].kind != b->layers[i].kind || a->layers[i].id != b->layers[i].id)
            return false;
    }
    return true;
}

static uint16_t encapsulation_index(struct tracker *tracker, const struct encapsulation *way)
{
    if (way->count == 0)
        return 0;
    for (uint16_t i = 1; i < tracker->encapsulation_count; i++) {
        if (encapsulation_equal(&tracker->encapsulations[i], way))
            return i;
    }
    if (tracker->encapsulation_count == ENCAPSULATIONS_MAX)
        return 0;
    tracker->encapsulations[tracker->encapsulation_count] = *way;
    return tracker->encapsulation_count++;
}

/* Makes room where as many are open as may be: the longest idle one is told as it stands. */
static void evict(struct tracker *tracker)
{
    while (tracker->table.count >= tracker->options.connections_max &&
           tracker->status == STATUS_OK) {
        if (tracker->table.closed.oldest != NULL) {
            flow_table_remove(&tracker->table, tracker->table.closed.oldest);
        } else {
            tracker->evicted++;
            ending_end(tracker, tracker->table.open.oldest, TCP_CLOSE_EVICTED);
        }
    }
}

static struct connection *begin(struct tracker *tracker, const struct packet *packet,
                                const struct endpoint *client, const struct endpoint *server,
                                uint32_t hash)
{
    struct connection *connection;

    evict(tracker);
    connection = flow_table_add(&tracker->table, client, server, hash);
    if (connection == NULL) {
        tracker->status = STATUS_NO_MEMORY;
        return NULL;
    }
    connection->ordinal = ++tracker->ordinal;
    connection->first = packet->place;
    connection->last = packet->place;
    connection->encapsulation = encapsulation_index(tracker, &packet->encapsulation);
    return connection;
}

/* Without a SYN: the client is who does not hold a followed port; where both or neither do, who
 * holds the higher one, for services live on low ports. */
static struct connection *begin_midstream(struct tracker *tracker, const struct packet *packet,
                                          uint32_t hash)
{
    const struct endpoint *from = &packet->segment.from;
    const struct endpoint *to = &packet->segment.to;
    bool from_follows = follows(tracker, from);
    bool to_follows = follows(tracker, to);
    bool from_is_server = from_follows != to_follows ? from_follows : from->port < to->port;
    struct connection *connection =
        begin(tracker, packet, from_is_server ? to : from, from_is_server ? from : to, hash);

    if (connection != NULL)
        connection->is_certain = from_follows != to_follows;
    return connection;
}

static struct connection *begin_with(struct tracker *tracker, const struct packet *packet,
                                     uint32_t hash)
{
    const struct segment *segment = &packet->segment;
    bool is_syn = (segment->flags & TCP_SYN) != 0;
    bool is_ack = (segment->flags & TCP_ACK) != 0;
    struct connection *connection;

    if (is_syn && !follows(tracker, is_ack ? &segment->from : &segment->to))
        return NULL;
    if (!is_syn) {
        /* Late packets of a connection that nobody knows any more begin none. */
        if (segment->payload_length == 0 || (segment->flags & TCP_RST) != 0)
            return NULL;
        if (!follows(tracker, &segment->from) && !follows(tracker, &segment->to))
            return NULL;
        return begin_midstream(tracker, packet, hash);
    }
    connection = is_ack ? begin(tracker, packet, &segment->to, &segment->from, hash)
                        : begin(tracker, packet, &segment->from, &segment->to, hash);
    if (connection != NULL)
        connection->is_certain = true;
    return connection;
}

/* A SYN, or an answer to one, that cannot be this connection's: the four numbers are used again. */
static bool is_another(const struct tracker *tracker, const struct connection *connection,
                       const struct packet *packet)
{
    const struct segment *segment = &packet->segment;
    bool is_over = connection->state != CONNECTION_OPEN;
    bool from_client = endpoint_equal(&segment->from, &connection->client);

    if ((segment->flags & TCP_SYN) == 0)
        return false;
    if ((segment->flags & TCP_ACK) != 0) {
        /* After a refusal the client may have tried again unseen; a new number tells as well. */
        if (connection->has_syn_ack)
            return is_over && segment->sequence != connection->server_isn;
        return is_over && (connection->is_refused || connection->has_syn) && !from_client;
    }
    if (connection->has_syn && from_client && segment->sequence == connection->client_isn)
        return false;
    if (is_over)
        return true;
    return stamp_between(connection->last.at, tracker->now) > LONG_IDLE;
}

struct connection *opening_find(struct tracker *tracker, const struct packet *packet,
                                enum side *side)
{
    const struct segment *segment = &packet->segment;
    struct connection *connection;
    uint32_t hash;

    connection = flow_table_find(&tracker->table, &segment->from, &segment->to, &hash);
    if (connection != NULL && is_another(tracker, connection, packet)) {
        if (connection->state != CONNECTION_CLOSED)
            ending_end(tracker, connection,
                       connection->state == CONNECTION_RESET ? (enum tcp_close)connection->close
                                                             : TCP_CLOSE_IDLE);
        flow_table_remove(&tracker->table, connection);
        connection = NULL;
    }
    if (connection == NULL)
        connection = begin_with(tracker, packet, hash);
    if (connection != NULL)
        *side = endpoint_equal(&segment->from, &connection->client) ? SIDE_CLIENT : SIDE_SERVER;
    return connection;
}

static void take_syn(struct connection *connection, const struct packet *packet)
{
    if (!connection->has_syn) {
        connection->has_syn = true;
        connection->client_isn = packet->segment.sequence;
    }
    if (packet->segment.sequence == connection->client_isn)
        connection->syn_count++;
}

static void take_syn_ack(struct connection *connection, const struct packet *packet)
{
    if (connection->has_syn_ack)
        return;
    connection->has_syn_ack = true;
    connection->server_isn = packet->segment.sequence;
    if (!connection->has_syn)
        connection->client_isn = packet->segment.acknowledgement - 1;
}

/* Karn's rule: which SYN was answered is not known where it was repeated. */
static void take_client_ack(struct connection *connection, const struct packet *packet)
{
    if (connection->has_client_ack)
        return;
    connection->has_client_ack = true;
    if (connection->has_syn_ack && connection->syn_count == 1)
        connection->round_trip_ns = stamp_between(connection->first.at, packet->place.at);
}

void opening_follow(struct tracker *tracker, struct connection *connection,
                    const struct packet *packet, enum side side)
{
    uint8_t flags = packet->segment.flags;

    (void)tracker;
    if ((flags & TCP_SYN) != 0 && (flags & TCP_ACK) == 0 && side == SIDE_CLIENT)
        take_syn(connection, packet);
    else if ((flags & TCP_SYN) != 0 && side == SIDE_SERVER)
        take_syn_ack(connection, packet);
    else if ((flags & (TCP_ACK | TCP_SYN | TCP_RST)) == TCP_ACK && side == SIDE_CLIENT &&
             (connection->has_syn_ack || connection->has_syn))
        take_client_ack(connection, packet);
}
