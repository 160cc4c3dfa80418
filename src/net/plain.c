/* The headers lie at known places, so that one length check does for all of them. */
#include "net/plain.h"

enum {
    ETHERNET = 14,
    IPV4 = 20,
    IPV6 = 40,
    TCP = 20,
    VERSION_AND_LENGTH = 0x45, /* RFC 791 3.1: version 4, five words of header */
    FRAGMENTED = 0x3FFF,       /* more fragments, or an offset */
};

/* The datagram has `sent` octets behind its header of `header`. */
static bool begin_tcp(struct decoding *d, uint32_t header, uint32_t sent)
{
    struct slice octets = d->frame->octets;

    if (sent < TCP || sent > octets.len - ETHERNET - header)
        return false;
    d->protocol = PROTOCOL_TCP;
    d->in.pos = ETHERNET + header;
    d->in.in = slice_part(octets, 0, d->in.pos + sent);
    return true;
}

static bool read_ipv4(struct decoding *d)
{
    /* Of a length that is known, so that no read is checked. */
    struct cursor in = cursor_of(slice_of(d->frame->octets.data, ETHERNET + IPV4));
    uint16_t length, place;
    uint8_t first, protocol;

    cursor_skip(&in, ETHERNET);
    first = cursor_u8(&in);
    cursor_skip(&in, 1);
    length = cursor_u16be(&in);
    cursor_skip(&in, 2);
    place = cursor_u16be(&in);
    cursor_skip(&in, 1);
    protocol = cursor_u8(&in);
    cursor_skip(&in, 2);
    if (first != VERSION_AND_LENGTH || (place & FRAGMENTED) != 0 || protocol != PROTOCOL_TCP ||
        length < IPV4 || !begin_tcp(d, IPV4, (uint32_t)length - IPV4))
        return false;
    d->version = 4;
    d->source = cursor_take(&in, 4);
    d->destination = cursor_take(&in, 4);
    return true;
}

static bool read_ipv6(struct decoding *d)
{
    struct cursor in = cursor_of(slice_of(d->frame->octets.data, ETHERNET + IPV6));
    uint16_t length;
    uint8_t first, protocol;

    cursor_skip(&in, ETHERNET);
    first = cursor_u8(&in);
    cursor_skip(&in, 3);
    length = cursor_u16be(&in);
    protocol = cursor_u8(&in);
    cursor_skip(&in, 1);
    if (first >> 4 != 6 || protocol != PROTOCOL_TCP || !begin_tcp(d, IPV6, length))
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
    if (octets.len < ETHERNET + IPV4 + TCP || octets.len != d->frame->length ||
        d->checksums == NET_CHECKSUMS_ENFORCED)
        return false;
    type = cursor_of(slice_of(octets.data + ETHERNET - 2, 2));
    switch (cursor_u16be(&type)) {
    case ETHERTYPE_IPV4:
        return read_ipv4(d);
    case ETHERTYPE_IPV6:
        return octets.len >= ETHERNET + IPV6 + TCP && read_ipv6(d);
    default:
        return false;
    }
}
