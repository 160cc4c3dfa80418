/* The slot of a deadline is its tick modulo STATE_TICKS; no deadline is further ahead than that. */
#include "tcp/timers.h"

#include "base/limits.h"
#include "tcp/pool.h"

/* No wait of the tracker is longer, so a longer leap of the capture's time does no more. */
#define LEAP_MAX (4 * LIMIT_IDLE)

_Static_assert(LIMIT_HOLE_WAIT >> STATE_TICK_BITS < STATE_TICKS - 1, "the wheel holds every wait");

static uint32_t *slot_of(struct tracker *t, int64_t deadline)
{
    return &t->timers[(uint64_t)(deadline >> STATE_TICK_BITS) % STATE_TICKS];
}

static void take_off(struct tracker *t, struct connection *c)
{
    struct flow *flow = c->flow;

    if (flow->timer_previous != 0)
        pool_at(&t->pool, flow->timer_previous)->flow->timer_next = flow->timer_next;
    else
        *slot_of(t, flow->deadline) = flow->timer_next;
    if (flow->timer_next != 0)
        pool_at(&t->pool, flow->timer_next)->flow->timer_previous = flow->timer_previous;
    flow->is_timed = false;
}

void timers_set(struct tracker *t, struct connection *c, int64_t deadline)
{
    struct flow *flow = c->flow;
    uint32_t *slot;

    if (flow->is_timed && flow->deadline == deadline)
        return;
    if (flow->is_timed)
        take_off(t, c);
    if (deadline == INT64_MAX)
        return;
    /* What is overdue is looked at with the next tick. */
    if (deadline < t->now)
        deadline = t->now;
    slot = slot_of(t, deadline);
    flow->deadline = deadline;
    flow->is_timed = true;
    flow->timer_previous = 0;
    flow->timer_next = *slot;
    if (*slot != 0)
        pool_at(&t->pool, *slot)->flow->timer_previous = c->number;
    *slot = c->number;
}

struct connection *timers_next_due(struct tracker *t)
{
    int64_t now = t->now >> STATE_TICK_BITS;

    /* After a leap every slot is looked at once. */
    if (now - t->tick > STATE_TICKS)
        t->tick = now - STATE_TICKS;
    for (; t->tick < now; t->tick++) {
        uint32_t number = t->timers[(uint64_t)t->tick % STATE_TICKS];

        if (number != 0) {
            struct connection *c = pool_at(&t->pool, number);

            take_off(t, c);
            return c;
        }
    }
    return NULL;
}

void timers_move_clock(struct tracker *t, struct stamp at)
{
    int64_t step;

    if (!t->has_time) {
        t->has_time = true;
        t->at = at;
        return;
    }
    step = stamp_between(t->at, at);
    if (step <= 0) {
        if (step < -LIMIT_IDLE)
            t->at = at;
        return;
    }
    t->at = at;
    if (step > LEAP_MAX)
        step = LEAP_MAX;
    if (t->now < INT64_MAX / 2)
        t->now += step;
}
