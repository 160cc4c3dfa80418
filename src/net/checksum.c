/* The checksums of TCP and of the IPv4 header. */
#include "net/checksum.h"

#include "base/cursor.h"
#include "base/ones_sum.h"

enum { CHECKSUM_AT = 16 };

/* Of most packets the addresses are of one word each. */
static inline uint64_t sum_of_address(struct slice address)
{
    struct cursor in = cursor_of(address);

    return address.len == 4 ? cursor_u32le(&in) : ones_sum(address);
}

enum checksum checksum_of(const struct pseudo_header *pseudo, struct slice segment)
{
    uint64_t length = __builtin_bswap32((uint32_t)segment.len);
    uint64_t sum =
        ones_sum_add(sum_of_address(pseudo->source), sum_of_address(pseudo->destination));
    struct cursor field = cursor_of(slice_from(segment, CHECKSUM_AT));
    uint16_t partial;

    sum = ones_sum_add(sum, __builtin_bswap32(pseudo->protocol));
    if (ones_sum_fold(ones_sum_add(ones_sum_add(sum, length), ones_sum(segment))) == UINT16_MAX)
        return CHECKSUM_GOOD;
    partial = __builtin_bswap16(cursor_u16be(&field));
    /* What the card is to complete: some systems leave the length to it as well. */
    return partial == ones_sum_fold(ones_sum_add(sum, length)) || partial == ones_sum_fold(sum)
               ? CHECKSUM_PARTIAL
               : CHECKSUM_BAD;
}

bool checksum_of_header_is_good(struct slice header)
{
    return ones_sum_fold(ones_sum(header)) == UINT16_MAX;
}
