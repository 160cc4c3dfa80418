/* Packets in; each finds its connection, or begins one. */
#include "tcp/tracker.h"

#include "base/limits.h"
#include "base/mem.h"
#include "tcp/delivery.h"
#include "tcp/ending.h"
#include "tcp/foresight.h"
#include "tcp/opening.h"
#include "tcp/pool.h"
#include "tcp/timers.h"
#include "tcp/ways.h"

/* Open ones. With fewer the caches hold most of what they need. */
enum { FORESIGHT_FROM = 1000 };

/* Connections that end in turn need no more. */
enum { SPARE_FLOWS = 32 };

enum status tracker_new(struct tracker **out, const struct tracker_options *options,
                        const struct tracker_sink *sink)
{
    struct tracker *t = mem_calloc(1, sizeof(*t));
    enum status status;

    if (t == NULL)
        return STATUS_NO_MEMORY;
    t->options = *options;
    t->sink = *sink;
    t->flows =
        (struct spares){ .size = sizeof(struct flow), .has_lines = true, .most = SPARE_FLOWS };
    t->trails = trail_spares();
    t->memory_high = options->memory_max == 0
                         ? SIZE_MAX
                         : options->memory_max - options->memory_max / LIMIT_MEMORY_RESERVE;
    status = flow_table_init(&t->table);
    if (status != STATUS_OK) {
        tracker_free(t);
        return status;
    }
    *out = t;
    return STATUS_OK;
}

void tracker_free(struct tracker *t)
{
    if (t == NULL)
        return;
    while (t->open.oldest != 0)
        ending_remove(t, pool_at(&t->pool, t->open.oldest));
    while (t->finished.oldest != 0)
        ending_remove(t, pool_at(&t->pool, t->finished.oldest));
    spares_clear(&t->flows);
    trail_spares_clear(&t->trails);
    pool_clear(&t->pool);
    flow_table_clear(&t->table);
    ways_clear(&t->ways);
    mem_free(t);
}

/* It was active: it goes to the end of its list, though not at every packet: that would touch its
 * neighbours' lines each time. */
static void touch(struct tracker *t, struct connection *c)
{
    c->active_at = t->now;
    if (t->now - c->queued_at < STAMP_SECOND)
        return;
    if (t->open.newest == c->number)
        c->queued_at = t->now;
    else
        ending_put_off(t, c);
}

/* The window became zero, or is so no longer. */
static void turn_window(struct connection *c, unsigned direction, struct stamp at)
{
    struct half *half = c->flow == NULL ? NULL : &c->flow->half[direction];
    unsigned zero = state_zero_window(direction);

    if (!state_has(c, zero)) {
        state_set(c, zero);
        c->faults[direction].zero_windows++;
        if (half != NULL)
            half->zero_since = at;
        return;
    }
    state_unset(c, zero);
    if (half != NULL)
        half->zero_ns += state_zero_time(half, at);
}

static void count_packet(struct tracker *t, struct connection *c, unsigned direction,
                         const struct packet *packet)
{
    const struct segment *segment = &packet->segment;
    struct side_state *side = &c->sides[direction];

    t->silence = stamp_between(c->last.at, packet->place.at);
    c->last = packet->place;
    side->packets++;
    if (segment->checksum == CHECKSUM_BAD || segment->checksum == CHECKSUM_PARTIAL)
        c->faults[direction].checksum_errors++;
    if (segment->payload_length > segment->payload.len)
        state_set(c, CONNECTION_SNAPPED);
    if ((segment->flags & TCP_RST) != 0)
        return;
    side->window = segment->window;
    if ((segment->flags & TCP_SYN) != 0)
        return;
    if ((segment->window == 0) != state_has(c, state_zero_window(direction)))
        turn_window(c, direction, packet->place.at);
}

/* A segment that needs no flow: no payload, and none missing. The number after the last may be the
 * FIN's. */
static bool is_quiet(const struct connection *c, unsigned direction, const struct segment *segment)
{
    const struct side_state *other = &c->sides[1 - direction];
    bool has_ack = (segment->flags & TCP_ACK) != 0 && (other->flags & END_HAS_BASE) != 0;

    return segment->payload_length == 0 &&
           (!has_ack || (int32_t)(segment->acknowledgement - other->base) <= 1) &&
           ((segment->flags & TCP_FIN) == 0 || segment->sequence == c->sides[direction].base);
}

static void take_quiet(struct tracker *t, struct connection *c, unsigned direction,
                       const struct packet *packet)
{
    struct side_state *side = &c->sides[direction];

    ending_note_ack(c, direction, &packet->segment);
    if ((packet->segment.flags & TCP_FIN) == 0 || (side->flags & END_HAS_FIN) != 0)
        return;
    side->flags |= END_HAS_FIN;
    ending_note_closer(c, direction, &packet->place);
    delivery_tell_closed(t, c, direction, &packet->place);
    if ((c->sides[1 - direction].flags & END_HAS_FIN) != 0)
        ending_finish(t, c);
}

/* The last FIN, and octets that came with it or shortly before, may be acknowledged only now. */
static void note_last_acknowledged(struct half *half, const struct segment *segment)
{
    uint64_t acked;

    if (!half_is_acknowledged(half, segment, &acked))
        return;
    if (acked > half->fin_offset)
        acked = half->fin_offset;
    if (acked > half->acked)
        half->acked = acked;
}

/* Both sides have said all: what still comes is counted, and acknowledges the last FIN. */
static void take_last(struct tracker *t, struct connection *c, unsigned direction,
                      const struct packet *packet)
{
    count_packet(t, c, direction, packet);
    ending_note_ack(c, direction, &packet->segment);
    if (c->flow != NULL)
        note_last_acknowledged(&c->flow->half[1 - direction], &packet->segment);
    if ((packet->segment.flags & TCP_RST) != 0)
        ending_end(t, c, TCP_CLOSE_FIN, ENDING_LEAVES_TOMBSTONE);
    else
        ending_finish(t, c);
}

/* RFC 5961: octets after an RST, of who sent it, show that nobody honoured it. */
static void take_back_reset(struct connection *c, unsigned direction, const struct segment *segment)
{
    struct flow *flow = c->flow;
    int64_t ahead = half_distance(&flow->half[direction], segment->sequence);
    uint64_t offset = flow->half[direction].next + (uint64_t)ahead;

    if (direction != flow->reset_by || segment->payload_length == 0 || ahead > HALF_WINDOW_MAX ||
        (int64_t)(offset - flow->reset_offset) < 0)
        return;
    state_unset(c, CONNECTION_RESET);
    ending_take_back(c, &flow->reset_place);
}

static void take_segment(struct tracker *t, struct connection *c, unsigned direction,
                         const struct packet *packet)
{
    const struct segment *segment = &packet->segment;

    if (state_has(c, CONNECTION_FINISHED)) {
        take_last(t, c, direction, packet);
        return;
    }
    touch(t, c);
    count_packet(t, c, direction, packet);
    if ((segment->flags & TCP_RST) != 0) {
        ending_reset(t, c, direction, packet);
        return;
    }
    /* After it nothing is left to see to but that whoever listens has had enough. */
    if (c->flow != NULL &&
        (c->flags & (CONNECTION_WENT_ON | CONNECTION_RESET)) == CONNECTION_WENT_ON &&
        delivery_take_expected(t, c, direction, packet)) {
        if (state_has(c, CONNECTION_DROPPED))
            ending_follow(t, c);
        return;
    }
    opening_follow(c, direction, packet);
    if (c->flow == NULL) {
        if (is_quiet(c, direction, segment)) {
            take_quiet(t, c, direction, packet);
            return;
        }
        delivery_begin(t, c);
        if (c->flow == NULL)
            return;
    }
    if (state_has(c, CONNECTION_RESET))
        take_back_reset(c, direction, segment);
    if (c->flow->is_timed && c->flow->deadline <= t->now)
        delivery_give_up(t, c, GIVE_UP_AGED);
    delivery_take(t, c, direction, packet);
    ending_follow(t, c);
}

static struct connection *find(struct tracker *t, const struct flow_key *key)
{
    uint32_t *found = state_found(t, key->hash);
    uint32_t at = flow_table_home(&t->table, key->hash);
    uint32_t number = *found;

    /* How far a search in the table goes is what a processor can't foresee. */
    if (number != 0 && state_is_between(pool_at(&t->pool, number), 0, key->ends[0], key->ends[1]))
        return pool_at(&t->pool, number);
    while ((number = flow_table_next(&t->table, key->hash, &at)) != 0) {
        struct connection *c = pool_at(&t->pool, number);

        if (!state_is_between(c, 0, key->ends[0], key->ends[1]))
            continue;
        *found = number;
        return c;
    }
    return NULL;
}

/* Segments come in trains: the last one's connection may be this one's, in either direction. Where
 * both ports are the same it is looked for. */
static struct connection *find_recent(const struct tracker *t, const struct segment *segment,
                                      unsigned *direction)
{
    struct connection *c = t->recent;

    if (c == NULL)
        return NULL;
    *direction = segment->from.port == c->ends[0].port ? 0 : 1;
    return state_is_between(c, *direction, &segment->from, &segment->to) ? c : NULL;
}

/* NULL: there is none. */
static struct connection *find_of(struct tracker *t, const struct packet *packet,
                                  unsigned *direction)
{
    const struct segment *segment = &packet->segment;
    struct connection *c = foresight_find(t, packet, direction);
    struct flow_key key;

    if (c == NULL)
        c = find_recent(t, segment, direction);
    if (c != NULL)
        return c;
    key = flow_table_key(&t->table, &segment->from, &segment->to);
    *direction = key.direction;
    return find(t, &key);
}

/* RFC 5927 4.1: an error is believed only about octets that are on their way. */
static void take_too_big(struct tracker *t, struct connection *c, unsigned direction,
                         const struct packet *packet)
{
    struct half *half = c->flow == NULL ? NULL : &c->flow->half[direction];
    const struct icmp_error *icmp = &packet->icmp;
    struct tcp_too_big *noted;
    uint64_t offset;

    if (half == NULL || !half->has_base || state_has(c, CONNECTION_CLOSED))
        return;
    offset = half->next + (uint64_t)half_distance(half, icmp->sequence);
    if (offset < half->acked || offset >= (half->end > half->next ? half->end : half->next))
        return;
    if (half->too_big == NULL)
        half->too_big = mem_calloc(1, sizeof(*half->too_big));
    noted = half->too_big;
    if (noted == NULL) {
        t->status = STATUS_NO_MEMORY;
        return;
    }
    if (noted->count++ == 0)
        noted->place = packet->place;
    if (icmp->next_mtu != 0 && (noted->mtu == 0 || icmp->next_mtu < noted->mtu))
        noted->mtu = icmp->next_mtu;
}

/* RFC 1122 4.2.3.9: an ICMP unreachable about a SYN refuses the connection. */
static bool take_icmp(struct tracker *t, const struct packet *packet)
{
    const struct icmp_error *icmp = &packet->icmp;
    struct flow_key key = flow_table_key(&t->table, &icmp->from, &icmp->to);
    struct connection *c = find(t, &key);

    if (c == NULL || state_has(c, CONNECTION_DROPPED))
        return false;
    if (icmp->is_too_big)
        take_too_big(t, c, key.direction, packet);
    if (!icmp->is_unreachable || state_has(c, CONNECTION_CLOSED | CONNECTION_WENT_ON) ||
        !state_has(c, CONNECTION_SYN) || key.direction != c->client ||
        c->sides[1 - key.direction].packets > 0 ||
        icmp->sequence + 1 != c->sides[key.direction].base)
        return true;
    c->last = packet->place;
    state_set(c, CONNECTION_REFUSED | CONNECTION_ICMP);
    t->refusal = (struct tcp_refusal){ icmp->sender, icmp->code };
    ending_end(t, c, TCP_CLOSE_RST_SERVER, ENDING_LEAVES_TOMBSTONE);
    return true;
}

static bool is_followed(const struct tracker *t, const struct endpoint *from,
                        const struct endpoint *to)
{
    return t->options.follows_port(t->options.port_context, from->port) ||
           t->options.follows_port(t->options.port_context, to->port);
}

static bool take_tcp(struct tracker *t, const struct packet *packet)
{
    const struct segment *segment = &packet->segment;
    enum opening opening = OPENING_BELONGS;
    struct held_syns syns = { 0 };
    unsigned direction;
    struct connection *c = find_of(t, packet, &direction);

    if (c != NULL)
        opening = opening_judge(t, c, direction, segment);
    else if (!is_followed(t, &segment->from, &segment->to))
        return false;
    if (opening == OPENING_ANOTHER) {
        syns = opening_take_syns(c, segment);
        if (state_has(c, CONNECTION_CLOSED))
            ending_remove(t, c);
        else
            ending_end(t, c, ending_close_of(c, TCP_CLOSE_IDLE), ENDING_LEAVES_NOTHING);
        c = NULL;
    }
    if (c == NULL && t->status == STATUS_OK)
        c = opening_begin(t, packet, &syns);
    if (c == NULL || t->status != STATUS_OK)
        return true;
    t->recent = c;
    if (state_has(c, CONNECTION_CLOSED))
        return true;
    if (state_has(c, CONNECTION_DROPPED)) {
        touch(t, c);
        return false;
    }
    if (opening == OPENING_IGNORED && (segment->flags & TCP_ACK) == 0) {
        opening_hold_syn(t, c, direction, packet);
        return true;
    }
    if (opening == OPENING_IGNORED) {
        c->last = packet->place;
        c->sides[direction].packets++;
        return true;
    }
    take_segment(t, c, direction, packet);
    return true;
}

enum status tracker_accept(struct tracker *t, const struct packet *packet, bool *used)
{
    *used = false;
    if (t->status != STATUS_OK)
        return t->status;
    t->packets++;
    timers_move_clock(t, packet->place.at);
    if (t->now >= t->due)
        ending_pass_time(t);
    if (mem_used() > t->memory_high)
        ending_make_memory(t);
    if (t->status != STATUS_OK)
        return t->status;
    if (packet->kind == PACKET_TCP)
        *used = take_tcp(t, packet);
    else if (packet->kind == PACKET_ICMP_ERROR)
        *used = take_icmp(t, packet);
    return t->status;
}

bool tracker_wants_foresight(const struct tracker *t)
{
    return t->open_count > FORESIGHT_FROM;
}

void tracker_foresee(struct tracker *t, uint64_t frame, const struct endpoint *from,
                     const struct endpoint *to, uint32_t payload)
{
    foresight_take(t, frame, from, to, payload);
}

enum status tracker_pass_time(struct tracker *t, struct stamp now)
{
    if (t->status == STATUS_OK && t->has_time) {
        timers_move_clock(t, now);
        ending_pass_time(t);
    }
    return t->status;
}

enum status tracker_finish(struct tracker *t)
{
    while (t->status == STATUS_OK && t->finished.oldest != 0)
        ending_end(t, pool_at(&t->pool, t->finished.oldest), TCP_CLOSE_FIN, ENDING_LEAVES_NOTHING);
    pool_sort(&t->pool, &t->open);
    while (t->status == STATUS_OK && t->open.oldest != 0) {
        struct connection *c = pool_at(&t->pool, t->open.oldest);

        ending_end(t, c, ending_close_of(c, TCP_CLOSE_OPEN), ENDING_LEAVES_NOTHING);
    }
    return t->status;
}

void tracker_counts(const struct tracker *t, struct tracker_counts *counts)
{
    *counts = (struct tracker_counts){
        .connections = t->ordinal,
        .open = t->open_count,
        .evicted = t->evicted,
        .octets_held = t->held_in_all,
    };
}
