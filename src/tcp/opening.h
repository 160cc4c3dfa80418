/* How a connection begins, and whether a segment belongs to the one that is there. */
#ifndef SMTPSCOPE_TCP_OPENING_H
#define SMTPSCOPE_TCP_OPENING_H

#include "tcp/state.h"

enum opening {
    OPENING_BELONGS,
    OPENING_IGNORED, /* says nothing about it: a SYN that nobody has answered yet */
    OPENING_ANOTHER, /* the four numbers are used again: the old connection is over */
};

enum opening opening_judge(const struct tracker *t, const struct connection *c, unsigned direction,
                           const struct segment *segment);

/* A SYN of `direction` that was said to be OPENING_IGNORED: neither this connection's nor another's
 * until that shows. */
void opening_hold_syn(struct tracker *t, struct connection *c, unsigned direction,
                      const struct packet *packet);

/* The held SYNs begin no connection: they count as this one's. */
void opening_keep_syns(struct connection *c);

/* Takes the held SYNs out of the connection of which OPENING_ANOTHER was said, where the segment
 * answers or repeats them; a count of 0: none. */
struct held_syns opening_take_syns(struct connection *c, const struct segment *segment);

/* The connection that a packet begins; NULL where it begins none, or with t->status set. `syns`,
 * none where their count is 0, were its client's before; no place in them: they count to no
 * connection. */
struct connection *opening_begin(struct tracker *t, const struct packet *packet,
                                 const struct held_syns *syns);

/* What a segment says of the handshake: sequence numbers, who went on, the round trip. */
void opening_follow(struct connection *c, unsigned direction, const struct packet *packet);

#endif
