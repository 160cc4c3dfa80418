/* Keeps as much of both copies as both have. */
#include "tcp/conflict.h"

#include "base/mem.h"

void tcp_conflict_set(struct tcp_conflict *conflict, uint64_t offset, struct slice first,
                      struct slice second)
{
    first = slice_part(first, 0, TCP_CONFLICT_OCTETS);
    second = slice_part(second, 0, first.len);
    conflict->offset = offset;
    conflict->length = (uint8_t)second.len;
    mem_copy(conflict->first, first.data, second.len);
    mem_copy(conflict->second, second.data, second.len);
}
