/* The checksums of TCP and of the IPv4 header. */
#include "net/checksum.h"

#include <endian.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "base/ones_sum.h"

enum { CHECKSUM_AT = 16 };

/* Of numbers of 32 bits: 2^32 leaves 1 by 65535, and 64 bits hold the sum of many. */
static inline uint64_t sum_of_address(const uint8_t *octets, size_t size)
{
    uint64_t sum = 0;

#pragma GCC unroll 4
    for (size_t at = 0; at < size; at += sizeof(uint32_t)) {
        uint32_t word;

        mem_copy(&word, octets + at, sizeof(word));
        sum += le32toh(word);
    }
    return sum;
}

/* The pseudo header but for the length (RFC 9293 3.1, RFC 8200 8.1). */
static inline uint64_t sum_of_pseudo_header(const struct tcp_datagram *datagram)
{
    uint64_t protocol = __builtin_bswap32(PROTOCOL_TCP);

    if (datagram->version == 4)
        return protocol + sum_of_address(datagram->source, 4) +
               sum_of_address(datagram->destination, 4);
    return protocol + sum_of_address(datagram->source, 16) +
           sum_of_address(datagram->destination, 16);
}

/* What the card is to complete: some systems leave the length to it as well. */
static enum checksum checksum_of_field(struct slice segment, uint64_t pseudo, uint64_t length)
{
    struct cursor field = cursor_of(slice_from(segment, CHECKSUM_AT));
    uint16_t partial = __builtin_bswap16(cursor_u16be(&field));

    return partial == ones_sum_fold(pseudo + length) || partial == ones_sum_fold(pseudo)
               ? CHECKSUM_PARTIAL
               : CHECKSUM_BAD;
}

enum checksum checksum_of(const struct tcp_datagram *datagram)
{
    uint64_t pseudo = sum_of_pseudo_header(datagram);
    uint64_t length = __builtin_bswap32((uint32_t)datagram->segment.len);
    uint64_t sum = ones_sum_add(ones_sum(datagram->segment), pseudo + length);

    return ones_sum_fold(sum) == UINT16_MAX ? CHECKSUM_GOOD
                                            : checksum_of_field(datagram->segment, pseudo, length);
}

bool checksum_of_header_is_good(struct slice header)
{
    return ones_sum_fold(ones_sum(header)) == UINT16_MAX;
}
