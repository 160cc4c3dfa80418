/* The headers lie at known places, so that one length check does for all of them. */
#include "net/plain.h"

enum { FRAGMENTED = 0x3FFF /* more fragments, or an offset */ };

/* The datagram has `sent` octets behind its header of `header`. */
static bool begin_tcp(struct decoding *d, uint32_t header, uint32_t sent)
{
    struct slice octets = d->frame->octets;

    if (sent < PLAIN_TCP || sent > octets.len - PLAIN_ETHERNET - header)
        return false;
    d->protocol = PROTOCOL_TCP;
    d->in.pos = PLAIN_ETHERNET + header;
    d->in.in = slice_part(octets, 0, d->in.pos + sent);
    return true;
}

static bool read_ipv4(struct decoding *d)
{
    /* Of a length that is known, so that no read is checked. */
    struct cursor in = cursor_of(slice_of(d->frame->octets.data, PLAIN_ETHERNET + PLAIN_IPV4));
    uint16_t length, place;
    uint8_t first, protocol;

    cursor_skip(&in, PLAIN_ETHERNET);
    first = cursor_u8(&in);
    cursor_skip(&in, 1);
    length = cursor_u16be(&in);
    cursor_skip(&in, 2);
    place = cursor_u16be(&in);
    cursor_skip(&in, 1);
    protocol = cursor_u8(&in);
    cursor_skip(&in, 2);
    if (first != PLAIN_IPV4_BEGIN || (place & FRAGMENTED) != 0 || protocol != PROTOCOL_TCP ||
        length < PLAIN_IPV4 || !begin_tcp(d, PLAIN_IPV4, (uint32_t)length - PLAIN_IPV4))
        return false;
    d->version = 4;
    d->source = cursor_take(&in, 4);
    d->destination = cursor_take(&in, 4);
    return true;
}

static bool read_ipv6(struct decoding *d)
{
    struct cursor in = cursor_of(slice_of(d->frame->octets.data, PLAIN_ETHERNET + PLAIN_IPV6));
    uint16_t length;
    uint8_t first, protocol;

    cursor_skip(&in, PLAIN_ETHERNET);
    first = cursor_u8(&in);
    cursor_skip(&in, 3);
    length = cursor_u16be(&in);
    protocol = cursor_u8(&in);
    cursor_skip(&in, 1);
    if (first >> 4 != 6 || protocol != PROTOCOL_TCP || !begin_tcp(d, PLAIN_IPV6, length))
        return false;
    d->version = 6;
    d->source = cursor_take(&in, 16);
    d->destination = cursor_take(&in, 16);
    return true;
}

bool plain_read(struct decoding *d)
{
    struct slice octets = d->frame->octets;
    struct cursor type;

    /* Whether the IPv4 header's checksum is good is asked where checksums are enforced. */
    if (octets.len < PLAIN_ETHERNET + PLAIN_IPV4 + PLAIN_TCP || octets.len != d->frame->length ||
        d->checksums == NET_CHECKSUMS_ENFORCED)
        return false;
    type = cursor_of(slice_of(octets.data + PLAIN_ETHERNET - 2, 2));
    switch (cursor_u16be(&type)) {
    case ETHERTYPE_IPV4:
        return read_ipv4(d);
    case ETHERTYPE_IPV6:
        return octets.len >= PLAIN_ETHERNET + PLAIN_IPV6 + PLAIN_TCP && read_ipv6(d);
    default:
        return false;
    }
}
