/* How a connection ends: FIN, RST, refusal, silence, no room (RFC 9293 3.5.2, 3.6). */
#ifndef SMTPSCOPE_TCP_ENDING_H
#define SMTPSCOPE_TCP_ENDING_H

#include "tcp/state.h"

enum ending_trace {
    ENDING_LEAVES_TOMBSTONE, /* its late packets are known for LIMIT_CLOSED_LINGER */
    ENDING_LEAVES_NOTHING,
};

/* Delivers what is held, tells the sink, frees. */
void ending_end(struct tracker *t, struct connection *c, enum tcp_close close,
                enum ending_trace trace);

/* An open connection that was active goes to the end of its list. */
void ending_put_off(struct tracker *t, struct connection *c);

/* Removes a connection without a word. */
void ending_remove(struct tracker *t, struct connection *c);

/* One was reused, evicted, idle, or the capture ended: how it counts as closed, `otherwise` where
 * no FIN or RST tells. */
enum tcp_close ending_close_of(const struct connection *c, enum tcp_close otherwise);

/* Both FINs were told: ends it, at once where both were acknowledged, else with the last ACK or
 * after STATE_LAST_ACK_GRACE without it. */
void ending_finish(struct tracker *t, struct connection *c);

/* A segment of `direction` that delivery_take does not see: whether it acknowledges the peer's
 * FIN. */
void ending_note_ack(struct connection *c, unsigned direction, const struct segment *segment);

/* `direction` closed, with a FIN that was reached or acknowledged, or an RST that is believed.
 * Whatever order they are told in, who closed first is told by the time of capture. */
void ending_note_closer(struct connection *c, unsigned direction, const struct place *place);

/* Nobody honoured the FIN or RST of `place`. The connection must have a flow. */
void ending_take_back(struct connection *c, const struct place *place);

/* An RST of `direction`. The connection may be over afterwards. */
void ending_reset(struct tracker *t, struct connection *c, unsigned direction,
                  const struct packet *packet);

/* After each other segment of a connection with a flow: ends it where it is over, sets when it is
 * looked at next where it is not. */
void ending_follow(struct tracker *t, struct connection *c);

/* What time brings: gaps, resets settled, idle connections ended, tombstones removed. */
void ending_pass_time(struct tracker *t);

/* Room for one connection more. */
void ending_make_room(struct tracker *t);

/* Less on the heap: first octets out of order, where they suffice, then the connections that were
 * idle longest. */
void ending_make_memory(struct tracker *t);

#endif
