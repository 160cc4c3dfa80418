/* What the parts of the tracker share: packets (tracker.c), opening (opening.c), delivery
 * (delivery.c) and endings (ending.c). */
#ifndef SMTPSCOPE_TCP_TRACKER_STATE_H
#define SMTPSCOPE_TCP_TRACKER_STATE_H

#include "tcp/flow_table.h"

struct tracker {
    struct tracker_options options;
    struct tracker_sink sink;
    struct flow_table table;
    struct stamp now;  /* the latest stamp of the capture so far */
    struct place last; /* of the packet being accepted */
    uint64_t ordinal;
    uint64_t evicted;
    uint64_t held_in_all;
    struct encapsulation *encapsulations; /* each kind of way that was met, once */
    uint16_t encapsulation_count;
    enum status status;
};

static inline struct half *half_of_side(struct halves *halves, enum side side)
{
    return side == SIDE_CLIENT ? &halves->client : &halves->server;
}

/* opening.c */
/* The connection that a segment belongs to, made where it begins one; NULL where it is none of
 * ours. `*side` is who sent it. */
struct connection *opening_find(struct tracker *tracker, const struct packet *packet,
                                enum side *side);
void opening_follow(struct tracker *tracker, struct connection *connection,
                    const struct packet *packet, enum side side);

/* delivery.c */
MUST_USE enum status delivery_need_halves(struct tracker *tracker, struct connection *connection);
void delivery_take(struct tracker *tracker, struct connection *connection,
                   const struct packet *packet, enum side side);
/* Delivers all that is in order and whose causes were delivered. */
void delivery_pump(struct tracker *tracker, struct connection *connection);
/* Gives up every hole and delivers all that is held. */
void delivery_flush(struct tracker *tracker, struct connection *connection);
/* A second has gone by: holes that were acknowledged past are given up. */
void delivery_give_up(struct tracker *tracker, struct connection *connection);
/* Something is missing that the peer has acknowledged. */
bool delivery_has_hole(const struct connection *connection);

/* ending.c */
void ending_follow(struct tracker *tracker, struct connection *connection,
                   const struct packet *packet, enum side side);
/* Tells the sink and leaves a tombstone. */
void ending_end(struct tracker *tracker, struct connection *connection, enum tcp_close close);
/* What time brings: holes given up, resets settled, idle connections ended, tombstones removed. */
void ending_pass_time(struct tracker *tracker);
void ending_drop_halves(struct tracker *tracker, struct connection *connection);

#endif
