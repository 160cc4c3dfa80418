/* The ways to the IP header that the capture's connections came by, each kept once. */
#ifndef SMTPSCOPE_TCP_WAYS_H
#define SMTPSCOPE_TCP_WAYS_H

#include "tcp/state.h"

/* The number of a way, 0 for the plain one. Past 65,535 different ones the rest are
 * taken for plain. STATUS_NO_MEMORY in `*status`. */
uint16_t ways_number(struct ways *ways, const struct encapsulation *way, enum status *status);

struct encapsulation ways_at(const struct ways *ways, uint16_t number);
void ways_clear(struct ways *ways);

#endif
