/* One's complement sums, 32 bits at a time. */
#include "net/checksum.h"

#include "base/cursor.h"

enum { BLOCK = 32 };

/* RFC 1071 2(B): wider words may be summed, the carries are folded in at the end. */
static uint64_t sum_of(struct slice octets)
{
    struct cursor in = cursor_of(octets);
    uint64_t sum = 0;

    while (cursor_left(&in) >= BLOCK) {
        struct cursor block = cursor_of(slice_of(cursor_take(&in, BLOCK).data, BLOCK));

        for (int i = 0; i < BLOCK / 4; i++)
            sum += cursor_u32be(&block);
    }
    while (cursor_left(&in) >= 2)
        sum += cursor_u16be(&in);
    if (cursor_left(&in) == 1)
        sum += (uint32_t)cursor_u8(&in) << 8;
    return sum;
}

bool checksum_is_good(struct slice source, struct slice destination, uint8_t protocol,
                      struct slice segment)
{
    /* 64 bits hold the sum of 2^32 words, more than any segment has. */
    uint64_t sum = sum_of(source) + sum_of(destination) + protocol + segment.len;

    sum += sum_of(segment);
    while (sum > UINT16_MAX)
        sum = (sum & UINT16_MAX) + (sum >> 16);
    return sum == UINT16_MAX;
}
