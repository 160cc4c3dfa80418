/* A connection is over when both FINs were reached, after an RST and a short grace for what was in
 * flight, or when nothing was heard of it for long. */
#include "tcp/ending.h"

#include "base/limits.h"
#include "base/mem.h"
#include "tcp/delivery.h"
#include "tcp/opening.h"
#include "tcp/pool.h"
#include "tcp/summary.h"
#include "tcp/timers.h"

static struct connection_list *list_of(struct tracker *t, const struct connection *c)
{
    if (state_has(c, CONNECTION_CLOSED))
        return &t->closed;
    return state_has(c, CONNECTION_FINISHED) ? &t->finished : &t->open;
}

/* Who is the oldest now may have waited long enough already. */
static void unlist(struct tracker *t, struct connection_list *list, struct connection *c)
{
    if (list->oldest == c->number)
        t->due = t->now;
    pool_unlink(&t->pool, list, c);
}

void ending_put_off(struct tracker *t, struct connection *c)
{
    c->queued_at = t->now;
    unlist(t, &t->open, c);
    pool_append(&t->pool, &t->open, c);
}

void ending_remove(struct tracker *t, struct connection *c)
{
    delivery_end(t, c);
    unlist(t, list_of(t, c), c);
    flow_table_remove(&t->table, c->hash, c->number);
    if (t->recent == c)
        t->recent = NULL;
    if (*state_found(t, c->hash) == c->number)
        *state_found(t, c->hash) = 0;
    pool_give(&t->pool, c);
}

void ending_end(struct tracker *t, struct connection *c, enum tcp_close close,
                enum ending_trace trace)
{
    bool is_reset = state_has(c, CONNECTION_RESET) && c->flow != NULL;

    delivery_flush(t, c);
    /* What was in flight came before this in the order of cause and effect. */
    if (is_reset && !c->flow->half[c->flow->reset_by].is_fin_told)
        delivery_tell_closed(t, c, c->flow->reset_by, &c->flow->reset_place);
    if (!state_is_mute(t, c)) {
        struct tcp_summary summary;

        opening_keep_syns(c);
        summary_make(&summary, t, c, close);
        t->status = t->sink.ended(t->sink.context, c, &summary);
        t->open_count--;
    }
    if (trace == ENDING_LEAVES_NOTHING) {
        ending_remove(t, c);
        return;
    }
    delivery_end(t, c);
    c->user = NULL;
    unlist(t, list_of(t, c), c);
    state_set(c, CONNECTION_CLOSED);
    c->active_at = t->now;
    pool_append(&t->pool, &t->closed, c);
}

void ending_finish(struct tracker *t, struct connection *c)
{
    if (state_is_mute(t, c) || (c->sides[0].flags & c->sides[1].flags & END_FIN_ACKED) != 0) {
        ending_end(t, c, TCP_CLOSE_FIN, ENDING_LEAVES_TOMBSTONE);
        return;
    }
    if (state_has(c, CONNECTION_FINISHED))
        return;
    if (c->flow != NULL)
        timers_set(t, c, INT64_MAX);
    unlist(t, &t->open, c);
    state_set(c, CONNECTION_FINISHED);
    c->queued_at = t->now;
    pool_append(&t->pool, &t->finished, c);
}

void ending_note_ack(struct connection *c, unsigned direction, const struct segment *segment)
{
    struct side_state *other = &c->sides[1 - direction];
    uint64_t fin = 0;

    if ((segment->flags & TCP_ACK) == 0 || (other->flags & END_HAS_BASE) == 0)
        return;
    if (c->flow != NULL && c->flow->half[1 - direction].has_fin)
        fin = c->flow->half[1 - direction].fin_offset;
    else if (c->flow != NULL || (other->flags & END_HAS_FIN) == 0)
        return;
    /* RFC 9293 3.4: the FIN takes one number. */
    if ((int32_t)(segment->acknowledgement - other->base - (uint32_t)fin) > 0)
        other->flags |= END_FIN_ACKED;
}

enum tcp_close ending_close_of(const struct connection *c, enum tcp_close otherwise)
{
    unsigned fins = 0;

    if (state_has(c, CONNECTION_FINISHED))
        return TCP_CLOSE_FIN;
    if (state_has(c, CONNECTION_RESET))
        return (enum tcp_close)c->close;
    if (c->flow == NULL)
        return otherwise;
    /* The FIN of a side that was not captured shows in nothing, or in its acknowledgement. */
    for (unsigned d = 0; d < 2; d++)
        fins += c->flow->half[d].is_fin_told || c->flow->half[d].may_have_fin ||
                (c->sides[d].flags & END_FIN_ACKED) != 0 || c->sides[d].packets == 0;
    return fins == 2 && c->closed_by != TCP_CLOSED_BY_NOBODY ? TCP_CLOSE_FIN : otherwise;
}

void ending_note_closer(struct connection *c, unsigned direction, const struct place *place)
{
    enum tcp_closed_by who =
        state_side(c, direction) == SIDE_CLIENT ? TCP_CLOSED_BY_CLIENT : TCP_CLOSED_BY_SERVER;

    if (c->closed_by != TCP_CLOSED_BY_NOBODY && c->closed_by != who &&
        c->first_close.at.ns == place->at.ns) {
        c->closed_by = TCP_CLOSED_BY_BOTH;
    } else if (c->closed_by == TCP_CLOSED_BY_NOBODY ||
               stamp_between(place->at, c->first_close.at) > 0) {
        c->closed_by = (uint8_t)who;
        c->first_close = *place;
    }
}

void ending_take_back(struct connection *c, const struct place *place)
{
    if (c->closed_by == TCP_CLOSED_BY_NOBODY || c->first_close.frame != place->frame ||
        c->first_close.at.ns != place->at.ns)
        return;
    c->closed_by = TCP_CLOSED_BY_NOBODY;
    c->answered_ns = 0;
    if (state_has(c, CONNECTION_RESET))
        ending_note_closer(c, c->flow->reset_by, &c->flow->reset_place);
    for (unsigned d = 0; d < 2; d++)
        if (c->flow->half[d].is_fin_told ||
            (c->flow->half[d].has_fin && (c->sides[d].flags & END_FIN_ACKED) != 0))
            ending_note_closer(c, d, &c->flow->half[d].fin_place);
}

/* The client's SYN has no answer yet: its SYN-SENT (RFC 9293 3.3.2). */
static bool awaits_answer(const struct connection *c)
{
    return state_has(c, CONNECTION_SYN) && !state_has(c, CONNECTION_SYN_ACK | CONNECTION_WENT_ON);
}

/* RFC 9293 3.10.7.3: in SYN-SENT an RST is believed if it acknowledges the SYN, and its data. */
static bool refuses(const struct connection *c, unsigned direction, const struct segment *segment)
{
    return awaits_answer(c) && direction != c->client && (segment->flags & TCP_ACK) != 0 &&
           segment->acknowledgement - c->sides[1 - direction].base <= UINT16_MAX;
}

/* RFC 5961 3: an RST counts if it lies where the peer expects octets. The capture may have missed
 * acknowledgements, so all from the last one seen to the window's end will do. */
static bool is_believed(const struct connection *c, unsigned direction,
                        const struct segment *segment)
{
    const struct side_state *side = &c->sides[direction];
    const struct side_state *peer = &c->sides[1 - direction];
    uint32_t window = (uint32_t)peer->window << peer->scale;
    uint32_t low = side->base;
    uint32_t high = side->base;

    if ((side->flags & END_HAS_BASE) == 0)
        return true;
    if (c->flow != NULL) {
        const struct half *half = &c->flow->half[direction];
        uint64_t acked = half->acked < half->next ? half->acked : half->next;
        uint64_t end = half->end > half->next ? half->end : half->next;

        low += (uint32_t)acked;
        high += (uint32_t)end + 1;
    }
    if (window < UINT16_MAX)
        window = UINT16_MAX;
    /* Without its SYN the window's scale is not known. */
    if ((peer->flags & END_HAS_SCALE) == 0)
        window = 1 << 20;
    return (int32_t)(segment->sequence - low) >= -1 &&
           (int32_t)(segment->sequence - high) <= (int32_t)(window < 1 << 30 ? window : 1 << 30);
}

/* Nothing can be in flight any more that anybody would wait for. */
static bool is_settled(const struct connection *c)
{
    const struct half *half = c->flow->half;
    unsigned other = 1U - c->flow->reset_by;

    return half[other].is_fin_told && !half_front(&half[0]).is_there &&
           !half_front(&half[1]).is_there;
}

/* An RST tells what its sender has received of `half` too, as every segment with an ACK. */
static void note_reset_acked(struct half *half, const struct segment *segment)
{
    uint64_t acked;

    if (half_is_acknowledged(half, segment, &acked))
        half->reset_acked = acked;
}

void ending_reset(struct tracker *t, struct connection *c, unsigned direction,
                  const struct packet *packet)
{
    struct flow *flow = c->flow;

    if (refuses(c, direction, &packet->segment))
        state_set(c, CONNECTION_REFUSED);
    else if ((awaits_answer(c) && direction != c->client) ||
             !is_believed(c, direction, &packet->segment))
        return;
    if (state_has(c, CONNECTION_RESET)) {
        ending_note_closer(c, direction, &packet->place);
        return;
    }
    if (flow != NULL)
        note_reset_acked(&flow->half[1 - direction], &packet->segment);
    ending_note_closer(c, direction, &packet->place);
    c->close = direction == c->client ? TCP_CLOSE_RST_CLIENT : TCP_CLOSE_RST_SERVER;
    if (flow == NULL) {
        ending_end(t, c, (enum tcp_close)c->close, ENDING_LEAVES_TOMBSTONE);
        return;
    }
    state_set(c, CONNECTION_RESET);
    flow->reset_by = (uint8_t)direction;
    flow->reset_place = packet->place;
    flow->reset_at = t->now;
    flow->reset_offset = flow->half[direction].next +
                         (uint64_t)half_distance(&flow->half[direction], packet->segment.sequence);
    delivery_give_up(t, c, GIVE_UP_ACKNOWLEDGED);
    ending_follow(t, c);
}

/* The sink wants no more of it: its last word lets the sink free what it keeps. */
static void finish_drop(struct tracker *t, struct connection *c)
{
    struct tcp_summary summary;

    summary_make(&summary, t, c, TCP_CLOSE_OPEN);
    if (t->status == STATUS_OK)
        t->status = t->sink.ended(t->sink.context, c, &summary);
    t->open_count--;
    c->user = NULL;
    delivery_end(t, c);
}

void ending_follow(struct tracker *t, struct connection *c)
{
    struct half *half = c->flow->half;
    int64_t deadline = INT64_MAX;

    if (t->status != STATUS_OK)
        return;
    if (state_has(c, CONNECTION_DROPPED)) {
        finish_drop(t, c);
        return;
    }
    if (half[0].is_fin_told && half[1].is_fin_told) {
        ending_finish(t, c);
        return;
    }
    if (state_has(c, CONNECTION_RESET)) {
        if (is_settled(c)) {
            ending_end(t, c, (enum tcp_close)c->close, ENDING_LEAVES_TOMBSTONE);
            return;
        }
        deadline = c->flow->reset_at + STATE_RESET_GRACE;
    }
    for (unsigned d = 0; d < 2; d++) {
        int64_t its = half_deadline(&half[d]);

        deadline = its < deadline ? its : deadline;
    }
    timers_set(t, c, deadline);
}

static void settle(struct tracker *t, struct connection *c)
{
    if (state_has(c, CONNECTION_RESET) && t->now - c->flow->reset_at >= STATE_RESET_GRACE) {
        ending_end(t, c, (enum tcp_close)c->close, ENDING_LEAVES_TOMBSTONE);
        return;
    }
    delivery_give_up(t, c, GIVE_UP_AGED);
    ending_follow(t, c);
}

static void sooner(int64_t *due, int64_t at)
{
    if (at < *due)
        *due = at;
}

/* When time may bring something next, as long as the oldest of each list stays: every wait that begins
 * later is longer than a tick of the timers. */
static int64_t next_due(const struct tracker *t)
{
    int64_t due = timers_next_tick(t);

    if (t->finished.oldest != 0)
        sooner(&due, pool_at(&t->pool, t->finished.oldest)->queued_at + STATE_LAST_ACK_GRACE);
    if (t->open.oldest != 0)
        sooner(&due, pool_at(&t->pool, t->open.oldest)->active_at + LIMIT_IDLE + 1);
    if (t->closed.oldest != 0)
        sooner(&due, pool_at(&t->pool, t->closed.oldest)->active_at + LIMIT_CLOSED_LINGER + 1);
    return due;
}

void ending_pass_time(struct tracker *t)
{
    struct connection *c;

    while (t->status == STATUS_OK && (c = timers_next_due(t)) != NULL)
        settle(t, c);
    while (t->status == STATUS_OK && t->finished.oldest != 0) {
        c = pool_at(&t->pool, t->finished.oldest);
        if (t->now - c->queued_at < STATE_LAST_ACK_GRACE)
            break;
        ending_end(t, c, TCP_CLOSE_FIN, ENDING_LEAVES_TOMBSTONE);
    }
    while (t->status == STATUS_OK && t->open.oldest != 0) {
        c = pool_at(&t->pool, t->open.oldest);
        if (t->now - c->active_at <= LIMIT_IDLE)
            break;
        /* Whoever still speaks after that is met in midstream. */
        ending_end(t, c, ending_close_of(c, TCP_CLOSE_IDLE), ENDING_LEAVES_NOTHING);
    }
    while (t->closed.oldest != 0) {
        c = pool_at(&t->pool, t->closed.oldest);
        if (t->now - c->active_at <= LIMIT_CLOSED_LINGER)
            break;
        ending_remove(t, c);
    }
    t->due = next_due(t);
}

/* Ends the connection that was idle longest; a tombstone or one that is over rather than any. */
static void evict(struct tracker *t, enum connection_flag why)
{
    struct connection *c;

    if (t->closed.oldest != 0) {
        ending_remove(t, pool_at(&t->pool, t->closed.oldest));
        return;
    }
    if (t->finished.oldest != 0) {
        ending_end(t, pool_at(&t->pool, t->finished.oldest), TCP_CLOSE_FIN, ENDING_LEAVES_NOTHING);
        return;
    }
    c = pool_at(&t->pool, t->open.oldest);
    /* It spoke within the second for which its place in the list is not kept up. */
    if (c->active_at > c->queued_at && t->now - c->queued_at <= 2 * STAMP_SECOND) {
        c->active_at = t->now;
        ending_put_off(t, c);
        return;
    }
    t->evicted += !state_has(c, CONNECTION_DROPPED);
    state_set(c, why);
    ending_end(t, c, ending_close_of(c, TCP_CLOSE_EVICTED), ENDING_LEAVES_NOTHING);
}

/* One connection more would pass what the heap may hold. */
static bool is_short(const struct tracker *t)
{
    size_t growth = pool_growth(&t->pool) + flow_table_growth(&t->table);
    size_t used = mem_used();

    return growth > 0 && (used > t->memory_high || growth > t->memory_high - used);
}

void ending_make_room(struct tracker *t)
{
    while (t->status == STATUS_OK && t->table.count > 0) {
        if (is_short(t))
            evict(t, CONNECTION_NO_MEMORY);
        else if (t->table.count >= t->options.connections_max)
            evict(t, 0);
        else
            return;
    }
}

/* Drops what every connection holds. To deliver it, hole by hole, may take more than it frees. */
static void drop_held(struct tracker *t)
{
    uint32_t number = t->open.oldest;

    while (number != 0 && t->status == STATUS_OK && t->held_in_all > 0) {
        struct connection *c = pool_at(&t->pool, number);
        struct flow *flow = c->flow;

        number = c->next;
        if (flow == NULL || (flow->half[0].backlog == NULL && flow->half[1].backlog == NULL))
            continue;
        state_set(c, CONNECTION_LIMIT);
        delivery_drop(t, c);
        ending_follow(t, c);
    }
}

void ending_make_memory(struct tracker *t)
{
    /* Looking for it costs a walk over all connections: not for less than makes room for long. */
    if (t->held_in_all > t->options.memory_max / LIMIT_MEMORY_RESERVE)
        drop_held(t);
    while (t->status == STATUS_OK && mem_used() > t->memory_high && t->table.count > 0)
        evict(t, CONNECTION_NO_MEMORY);
}
