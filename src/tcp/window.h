/* Whether a receiver would take a segment: the tests of RFC 9293 3.10.7.4, RFC 5961 5 and RFC 7323 5,
 * as far as somebody who only listens can make them. What is not certain is taken: a second copy
 * that says something else is then told of as a conflict. */
#ifndef SMTPSCOPE_TCP_WINDOW_H
#define SMTPSCOPE_TCP_WINDOW_H

#include "tcp/state.h"

/* True for a segment of `direction` that its peer would drop, octets, FIN and all. Neither SYN nor
 * RST. The connection must have a flow. */
MUST_USE bool window_refuses(const struct connection *c, unsigned direction,
                             const struct segment *segment);

/* The segment was taken: its time stamp is from now on the oldest that may bring octets. */
void window_follow(struct connection *c, unsigned direction, const struct segment *segment);

/* An acknowledgement of `acked` octets of the other direction came from `direction`, and with it
 * how far that one may send. */
void window_open(struct connection *c, unsigned direction, uint64_t acked, uint16_t window);

#endif
