/* Packets that will come soon: what they will touch is fetched into the processor's cache while
 * those before them are worked on. Where many connections are open, waiting for memory is otherwise
 * most of the time. Nothing that is reported depends on it. */
#ifndef SMTPSCOPE_TCP_FORESIGHT_H
#define SMTPSCOPE_TCP_FORESIGHT_H

#include "tcp/state.h"

/* Asks memory for the slot that this packet's connection is found by, and for the next things that
 * the packets foreseen before it will touch. */
void foresight_take(struct tracker *t, const struct endpoint *from, const struct endpoint *to,
                    uint32_t payload);

#endif
