/* Connections that something must happen to within a second of capture time: a wheel of slots, so
 * that looking costs nothing, whatever waits. */
#ifndef SMTPSCOPE_TCP_TIMERS_H
#define SMTPSCOPE_TCP_TIMERS_H

#include "tcp/state.h"

/* Sets when the connection, which must have a flow, is due; at most LIMIT_HOLE_WAIT ahead.
 * INT64_MAX: never. */
void timers_set(struct tracker *t, struct connection *c, int64_t deadline);

/* A connection whose time has come, taken off the wheel; NULL: no (more) now. It comes a slot's 17
 * ms after its deadline at the latest, measured in capture time. */
struct connection *timers_next_due(struct tracker *t);

/* When the next slot's time has come, all before it being empty. */
static inline int64_t timers_next_tick(const struct tracker *t)
{
    return (t->tick + 1) * ((int64_t)1 << STATE_TICK_BITS);
}

/* Moves the tracker's clock to a packet's stamp. It follows the capture's time but never runs back;
 * where the capture does so by more than any wait, time goes on from there. */
void timers_move_clock(struct tracker *t, struct stamp at);

#endif
