#include "tcp/conflict.h"

#include "base/mem.h"

bool tcp_copies_differ(uint64_t offset, struct slice first, struct slice second,
                       struct tcp_conflict *conflict)
{
    size_t at = 0;

    if (slice_equal(first, second))
        return false;
    while (first.data[at] == second.data[at])
        at++;
    first = slice_part(first, at, TCP_CONFLICT_OCTETS);
    conflict->offset = offset + at;
    conflict->length = (uint8_t)first.len;
    mem_copy(conflict->first, first.data, first.len);
    mem_copy(conflict->second, second.data + at, first.len);
    return true;
}
