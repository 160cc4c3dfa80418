/* Two copies of the same octets that differ: what is told of the first of them. */
#ifndef SMTPSCOPE_TCP_CONFLICT_H
#define SMTPSCOPE_TCP_CONFLICT_H

#include "tcp/connection.h"

/* The copies differ from `offset` on; `first` stands. Nothing else of `*conflict` is touched. */
void tcp_conflict_set(struct tcp_conflict *conflict, uint64_t offset, struct slice first,
                      struct slice second);

#endif
