/* Two copies of the same octets: whether they differ, and what is told of that. */
#ifndef SMTPSCOPE_TCP_CONFLICT_H
#define SMTPSCOPE_TCP_CONFLICT_H

#include "tcp/connection.h"

/* Compares two copies, equally long, of the octets from `offset` on. True where they differ:
 * `*conflict` then holds the offset and the octets from the first that does, those of `first` being
 * the ones that stand. Nothing else of it is touched. */
bool tcp_copies_differ(uint64_t offset, struct slice first, struct slice second,
                       struct tcp_conflict *conflict);

#endif
