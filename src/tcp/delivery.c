/* A segment waits until all that it acknowledges was delivered: so no reply comes before its
 * command, whatever order the capture has them in. What waits, waits for a hole; holes are given up
 * when they have aged (half_confirmed), at a limit, or at the end. */
#include "tcp/delivery.h"

#include "base/mem.h"
#include "tcp/ending.h"
#include "tcp/timers.h"

void delivery_begin(struct tracker *t, struct connection *c)
{
    struct flow *flow = spares_take(&t->flows);

    if (flow == NULL) {
        t->status = STATUS_NO_MEMORY;
        return;
    }
    for (unsigned d = 0; d < 2; d++) {
        struct half *half = &flow->half[d];

        *half = (struct half){ .base = c->sides[d].base };
        half->has_base = (c->sides[d].flags & END_HAS_BASE) != 0;
        /* A FIN that was told before any payload came stood at offset 0. */
        half->has_fin = (c->sides[d].flags & END_HAS_FIN) != 0;
        half->is_fin_told = half->has_fin;
    }
    sent_init(&flow->sent);
    flow->is_timed = false;
    flow->syns = (struct held_syns){ 0 };
    /* The answer to a SYN comes at once: it measures the way alone. */
    if (c->closed_by == TCP_CLOSED_BY_NOBODY && c->answered_ns > 0 &&
        state_has(c, CONNECTION_SYN) && !state_has(c, CONNECTION_KARN))
        flow->sent.smallest_ns = c->answered_ns;
    c->flow = flow;
}

void delivery_end(struct tracker *t, struct connection *c)
{
    if (c->flow == NULL)
        return;
    timers_set(t, c, INT64_MAX);
    half_clear(&c->flow->half[0], &t->held_in_all, &t->trails);
    half_clear(&c->flow->half[1], &t->held_in_all, &t->trails);
    spares_give(&t->flows, c->flow);
    c->flow = NULL;
}

static inline void tell(struct tracker *t, struct connection *c, const struct chunk *chunk)
{
    if (!state_is_mute(t, c))
        t->status = t->sink.chunk(t->sink.context, c, chunk);
}

void delivery_tell_closed(struct tracker *t, struct connection *c, unsigned direction,
                          const struct place *place)
{
    if (!state_is_mute(t, c))
        t->status = t->sink.closed(t->sink.context, c, state_side(c, direction), place);
}

void delivery_tell_gap(struct tracker *t, struct connection *c, unsigned direction, uint64_t until,
                       const struct place *place)
{
    struct half *half = &c->flow->half[direction];
    struct chunk chunk = {
        .from = state_side(c, direction),
        .place = *place,
        .offset = half->next,
        .missing = until - half->next,
    };

    /* One number past the end, and nothing after it: a FIN that the capture does not hold. */
    if (chunk.missing == 1 && half->end <= half->next && !half_front(half).is_there) {
        half->may_have_fin = true;
        return;
    }
    half->next = until;
    half->may_have_fin = false;
    half->gaps++;
    half->lost_bytes += chunk.missing;
    half->is_absent = half->data_segments == 0;
    tell(t, c, &chunk);
}

void delivery_tell_octets(struct tracker *t, struct connection *c, unsigned direction,
                          struct slice octets, const struct place *place)
{
    struct half *half = &c->flow->half[direction];
    struct chunk chunk = {
        .from = state_side(c, direction),
        .place = *place,
        .offset = half->next,
        .data = octets,
    };

    half->next += octets.len;
    half->may_have_fin = false;
    tell(t, c, &chunk);
    if (!state_is_mute(t, c) &&
        trail_add(&half->trail, chunk.offset, octets, place, &t->trails) != STATUS_OK)
        t->status = STATUS_NO_MEMORY;
}

static void deliver_front(struct tracker *t, struct connection *c, unsigned direction,
                          const struct half_front *front)
{
    struct half *half = &c->flow->half[direction];
    struct piece *piece;

    if (front->is_fin) {
        half->is_fin_told = true;
        if (!half->is_fin_doubtful || c->closed_by == TCP_CLOSED_BY_NOBODY)
            ending_note_closer(c, direction, &half->fin_place);
        half_drop_from(half, half->fin_offset, &t->held_in_all);
        delivery_tell_closed(t, c, direction, &half->fin_place);
        return;
    }
    piece = half_pop(half, &t->held_in_all);
    delivery_tell_octets(t, c, direction, slice_of(piece->octets, piece->len), &piece->place);
    mem_free(piece);
}

/* Delivers the front of a direction if its turn has come. */
static bool advance(struct tracker *t, struct connection *c, unsigned direction)
{
    struct half *half = &c->flow->half[direction];
    struct half *other = &c->flow->half[1 - direction];
    struct half_front front = half_front(half);

    if (!front.is_there || front.offset > half->next || half->is_on_trial || state_is_mute(t, c))
        return false;
    if (front.needs > half_reach(other)) {
        if (!other->is_absent || other->is_fin_told)
            return false;
        delivery_tell_gap(t, c, 1 - direction, front.needs, front.place);
    }
    deliver_front(t, c, direction, &front);
    return true;
}

/* Each direction waits for the other: the order of the capture decides. */
static bool break_tie(struct tracker *t, struct connection *c)
{
    struct half *half = c->flow->half;
    struct half_front a = half_front(&half[0]);
    struct half_front b = half_front(&half[1]);

    if (!a.is_there || !b.is_there || a.offset > half[0].next || b.offset > half[1].next ||
        state_is_mute(t, c))
        return false;
    half_release_front(&half[a.order < b.order ? 0 : 1]);
    return true;
}

/* Its front need not wait for octets of its own. */
static inline bool is_at_front(const struct half *half)
{
    struct half_front front = half_front(half);

    return front.is_there && front.offset <= half->next;
}

void delivery_pump(struct tracker *t, struct connection *c)
{
    /* Mostly there is a hole, and what came lies behind it. */
    if (!is_at_front(&c->flow->half[0]) && !is_at_front(&c->flow->half[1]))
        return;
    do {
        bool has_moved = true;

        while (has_moved) {
            has_moved = false;
            for (unsigned d = 0; d < 2; d++)
                while (advance(t, c, d))
                    has_moved = true;
        }
    } while (break_tie(t, c));
}

/* A hole of `direction` that ends at `limit` or before, given up. */
static bool give_up_until(struct tracker *t, struct connection *c, unsigned direction,
                          uint64_t limit)
{
    struct half *half = &c->flow->half[direction];
    struct half_front front;
    struct half_front waiting;

    /* What was acknowledged beyond a FIN never was: nothing comes after it. */
    if (half->is_fin_told || limit <= half_reach(half) || state_is_mute(t, c))
        return false;
    front = half_front(half);
    waiting = half_front(&c->flow->half[1 - direction]);
    if (front.is_there && front.offset <= half->next)
        return false;
    if (front.is_there && front.offset < limit)
        limit = front.offset;
    /* No further than the other direction's next octets need: what it says between two lost
     * replies must come between them. */
    if (waiting.is_there && waiting.needs > half_reach(half) && waiting.needs < limit)
        limit = waiting.needs;
    delivery_tell_gap(t, c, direction, limit, front.is_there ? front.place : &c->last);
    return true;
}

void delivery_give_up(struct tracker *t, struct connection *c, enum give_up which)
{
    bool has_moved = true;

    delivery_pump(t, c);
    while (has_moved) {
        has_moved = false;
        for (unsigned d = 0; d < 2; d++) {
            struct half *half = &c->flow->half[d];
            uint64_t limit = which == GIVE_UP_AGED ? half_confirmed(half, t->now) : half->acked;

            if (give_up_until(t, c, d, limit)) {
                has_moved = true;
                delivery_pump(t, c);
            }
        }
    }
}

/* Where the hole of a direction ends; 0: it has none. */
static uint64_t hole_end(const struct half *half)
{
    struct half_front front = half_front(half);

    if (half->is_fin_told)
        return 0;
    if (front.is_there)
        return front.offset > half->next ? front.offset : 0;
    return half->acked > half_reach(half) ? half->acked : 0;
}

/* Both directions have a hole: the one that something waits for goes first, then the one before
 * what was captured first. */
static unsigned first_hole(const struct half half[2])
{
    struct half_front front[2] = { half_front(&half[0]), half_front(&half[1]) };

    for (unsigned d = 0; d < 2; d++) {
        if (!front[d].is_there)
            return 1 - d;
        if (front[d].needs > half_reach(&half[1 - d]))
            return 1 - d;
    }
    return front[0].order < front[1].order ? 0 : 1;
}

static bool force_one(struct tracker *t, struct connection *c)
{
    struct half *half = c->flow->half;
    uint64_t end[2] = { hole_end(&half[0]), hole_end(&half[1]) };
    unsigned d = end[0] != 0 && end[1] != 0 ? first_hole(half) : end[0] != 0 ? 0 : 1;

    if (state_is_mute(t, c))
        return false;
    if (end[d] != 0)
        return give_up_until(t, c, d, end[d]);
    for (d = 0; d < 2; d++) {
        if (half_front(&half[d]).is_there) {
            half_release_front(&half[d]);
            return true;
        }
    }
    return false;
}

void delivery_drop(struct tracker *t, struct connection *c)
{
    for (unsigned d = 0; d < 2; d++) {
        struct half *half = &c->flow->half[d];

        if (half->backlog == NULL || half->backlog->hold.count == 0)
            continue;
        half_drop(half, &t->held_in_all);
        delivery_tell_gap(t, c, d, half->end, &c->last);
    }
    delivery_pump(t, c);
}

void delivery_flush(struct tracker *t, struct connection *c)
{
    if (c->flow == NULL)
        return;
    for (unsigned d = 0; d < 2; d++) {
        struct half *half = &c->flow->half[d];

        /* Nobody answered that SYN. */
        if (half->is_on_trial)
            half_drop_from(half, 0, &t->held_in_all);
        half->is_on_trial = false;
    }
    delivery_pump(t, c);
    for (unsigned d = 0; d < 2; d++) {
        struct half *half = &c->flow->half[d];

        half_drop_outside(half, &t->held_in_all);
        half->is_fin_doubtful = half->fin_offset > half->next && half->fin_offset > half->acked;
    }
    while (force_one(t, c))
        delivery_pump(t, c);
}
