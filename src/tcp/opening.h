/* How a connection begins, and whether a segment belongs to the one that is there. */
#ifndef SMTPSCOPE_TCP_OPENING_H
#define SMTPSCOPE_TCP_OPENING_H

#include "tcp/state.h"

enum opening {
    OPENING_BELONGS,
    OPENING_IGNORED, /* says nothing about it: a SYN that nobody has answered yet */
    OPENING_ANOTHER, /* the four numbers are used again: the old connection is over */
};

enum opening opening_judge(const struct tracker *t, struct connection *c, unsigned direction,
                           const struct segment *segment);

/* The connection that a packet begins; NULL where it begins none, or with t->status set. `old` is
 * the one that OPENING_ANOTHER was said of, still readable; NULL: there was none. Its endpoints in
 * order are `ends`, and `direction` is the packet's. */
struct connection *opening_begin(struct tracker *t, const struct packet *packet,
                                 const struct endpoint ends[2], unsigned direction, uint32_t hash,
                                 bool has_syn);

/* What a segment says of the handshake: sequence numbers, who went on, the round trip. */
void opening_follow(struct connection *c, unsigned direction, const struct packet *packet);

#endif
