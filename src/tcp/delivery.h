/* From segments to chunks: in order within each direction, causes before effects between them. */
#ifndef SMTPSCOPE_TCP_DELIVERY_H
#define SMTPSCOPE_TCP_DELIVERY_H

#include "tcp/state.h"

/* How long acknowledged holes have waited when they are given up. */
enum give_up {
    GIVE_UP_AGED, /* LIMIT_HOLE_WAIT */
    GIVE_UP_ACKNOWLEDGED,
};

/* Makes the connection's flow; STATUS_NO_MEMORY in t->status. */
void delivery_begin(struct tracker *t, struct connection *c);

/* Frees the flow. */
void delivery_end(struct tracker *t, struct connection *c);

/* One segment of `direction`, no RST. The connection must have a flow. */
void delivery_take(struct tracker *t, struct connection *c, unsigned direction,
                   const struct packet *packet);

/* The short way of nearly every segment, as Van Jacobson's header prediction is one: the next in
 * order, or only an acknowledgement, where nothing is missing or held. False where it is another, and
 * nothing was done; else all is as if delivery_take had taken it. The connection must have a flow. */
bool delivery_take_expected(struct tracker *t, struct connection *c, unsigned direction,
                            const struct packet *packet);

/* Delivers all that is in order and whose causes were delivered. */
void delivery_pump(struct tracker *t, struct connection *c);

/* Gives up holes that the peer has acknowledged past, and delivers what that sets free. */
void delivery_give_up(struct tracker *t, struct connection *c, enum give_up which);

/* Gives up every hole and delivers all that is held. */
void delivery_flush(struct tracker *t, struct connection *c);

/* Forgets all that is held: it counts as lost, with the holes before it. */
void delivery_drop(struct tracker *t, struct connection *c);

/* Hands the octets that come next of `direction` to the sink, and remembers them. The connection must
 * have a flow. */
void delivery_tell_octets(struct tracker *t, struct connection *c, unsigned direction,
                          struct slice octets, const struct place *place);

/* The chunk that tells of missing octets up to `until`. */
void delivery_tell_gap(struct tracker *t, struct connection *c, unsigned direction, uint64_t until,
                       const struct place *place);

/* Tells the sink that nothing more comes from `direction`. */
void delivery_tell_closed(struct tracker *t, struct connection *c, unsigned direction,
                          const struct place *place);

#endif
