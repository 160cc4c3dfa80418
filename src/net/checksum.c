/* One's complement sums, 64 bits at a time. */
#include "net/checksum.h"

#include "base/cursor.h"

enum { BLOCK = 64, CHECKSUM_AT = 16 };

/* RFC 1071 2(C): the carry is added back in. */
static uint64_t add(uint64_t sum, uint64_t word)
{
    sum += word;
    return sum + (sum < word);
}

/* RFC 1071 2(B) and (C): the sum comes out the same in either byte order, and wider words may be
 * summed with the carries folded in at the end. This one reads what the processor reads fastest. */
static uint64_t sum_of(struct slice octets)
{
    struct cursor in = cursor_of(octets);
    uint64_t sum = 0;
    uint64_t carries = 0;

    while (cursor_left(&in) >= BLOCK) {
        struct cursor block = cursor_of(slice_of(cursor_take(&in, BLOCK).data, BLOCK));

#pragma GCC unroll 8
        for (unsigned i = 0; i < BLOCK / 8; i++)
            carries += __builtin_add_overflow(sum, cursor_u64le(&block), &sum);
    }
    while (cursor_left(&in) >= 8)
        carries += __builtin_add_overflow(sum, cursor_u64le(&in), &sum);
    if (cursor_left(&in) >= 4)
        sum = add(sum, cursor_u32le(&in));
    for (unsigned shift = 0; cursor_left(&in) > 0; shift += 8)
        sum = add(sum, (uint64_t)cursor_u8(&in) << shift);
    return add(sum, carries);
}

/* Of most packets the addresses are of one word each. */
static inline uint64_t sum_of_address(struct slice address)
{
    struct cursor in = cursor_of(address);

    return address.len == 4 ? cursor_u32le(&in) : sum_of(address);
}

static uint16_t fold(uint64_t sum)
{
    /* What two words make fits 33 bits, and what three parts of 16 bits make fits 18. */
    sum = (sum & UINT32_MAX) + (sum >> 32);
    sum = (sum & UINT16_MAX) + (sum >> 16 & UINT16_MAX) + (sum >> 32);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)((sum & UINT16_MAX) + (sum >> 16));
}

enum checksum checksum_of(const struct pseudo_header *pseudo, struct slice segment)
{
    uint64_t length = __builtin_bswap32((uint32_t)segment.len);
    uint64_t sum = add(sum_of_address(pseudo->source), sum_of_address(pseudo->destination));
    struct cursor field = cursor_of(slice_from(segment, CHECKSUM_AT));
    uint16_t partial;

    sum = add(sum, __builtin_bswap32(pseudo->protocol));
    if (fold(add(add(sum, length), sum_of(segment))) == UINT16_MAX)
        return CHECKSUM_GOOD;
    partial = __builtin_bswap16(cursor_u16be(&field));
    /* What the card is to complete: some systems leave the length to it as well. */
    return partial == fold(add(sum, length)) || partial == fold(sum) ? CHECKSUM_PARTIAL
                                                                     : CHECKSUM_BAD;
}

bool checksum_of_header_is_good(struct slice header)
{
    return fold(sum_of(header)) == UINT16_MAX;
}
