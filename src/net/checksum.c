/* One's complement sums, 32 bits at a time. */
#include "net/checksum.h"

#include "base/cursor.h"

enum { BLOCK = 32 };

/* RFC 1071 2(B) and (C): the sum comes out the same in either byte order, and wider words may be
 * summed with the carries folded in at the end. This one reads what the processor reads fastest. */
static uint64_t sum_of_block(struct slice block)
{
    struct cursor in = cursor_of(block);
    uint64_t sum = (uint64_t)cursor_u32le(&in) + cursor_u32le(&in);
    uint64_t next = (uint64_t)cursor_u32le(&in) + cursor_u32le(&in);

    sum += (uint64_t)cursor_u32le(&in) + cursor_u32le(&in);
    next += (uint64_t)cursor_u32le(&in) + cursor_u32le(&in);
    return sum + next;
}

static uint64_t sum_of(struct slice octets)
{
    struct cursor in = cursor_of(octets);
    uint64_t sum = 0;

    while (cursor_left(&in) >= BLOCK)
        sum += sum_of_block(slice_of(cursor_take(&in, BLOCK).data, BLOCK));
    while (cursor_left(&in) >= 4)
        sum += cursor_u32le(&in);
    for (unsigned shift = 0; cursor_left(&in) > 0; shift += 8)
        sum += (uint32_t)cursor_u8(&in) << shift;
    return sum;
}

bool checksum_is_good(struct slice source, struct slice destination, uint8_t protocol,
                      struct slice segment)
{
    /* 64 bits hold the sum of 2^32 words, more than any segment has. */
    uint64_t sum = sum_of(source) + sum_of(destination) + sum_of(segment);

    sum += __builtin_bswap32(protocol) + (uint64_t)__builtin_bswap32((uint32_t)segment.len);
    while (sum > UINT16_MAX)
        sum = (sum & UINT16_MAX) + (sum >> 16);
    return sum == UINT16_MAX;
}
