/* ICMP (RFC 792) and ICMPv6 (RFC 4443) errors about TCP segments. */
#include "net/layers.h"

enum {
    ICMP_UNREACHABLE = 3,
    ICMP_FRAGMENTATION_NEEDED = 4, /* a code of the above (RFC 1191) */
    ICMP_TIME_EXCEEDED = 11,
    ICMP_PARAMETER_PROBLEM = 12,
    ICMPV6_UNREACHABLE = 1,
    ICMPV6_TOO_BIG = 2,
    ICMPV6_TIME_EXCEEDED = 3,
    ICMPV6_PARAMETER_PROBLEM = 4,
    IPV4_HEADER = 20,
};

/* The first 8 octets of the quoted segment, all that RFC 792 promises. */
static enum step quoted_segment(struct decoding *d)
{
    struct icmp_error *error = &d->packet->icmp;

    error->from.port = cursor_u16be(&d->in);
    error->to.port = cursor_u16be(&d->in);
    error->sequence = cursor_u32be(&d->in);
    if (d->in.is_short)
        return step_short(d);
    d->packet->kind = PACKET_ICMP_ERROR;
    return STEP_DONE;
}

static enum step quoted_ipv4(struct decoding *d)
{
    struct icmp_error *error = &d->packet->icmp;
    uint8_t first = cursor_u8(&d->in);
    size_t header_length = (size_t)(first & 0x0F) * 4;
    struct slice source, destination;
    uint16_t place;
    uint8_t protocol;

    cursor_skip(&d->in, 5);
    place = cursor_u16be(&d->in);
    cursor_skip(&d->in, 1);
    protocol = cursor_u8(&d->in);
    cursor_skip(&d->in, 2);
    source = cursor_take(&d->in, 4);
    destination = cursor_take(&d->in, 4);
    if (d->in.is_short)
        return step_short(d);
    if (first >> 4 != 4 || header_length < IPV4_HEADER)
        return STEP_MALFORMED;
    /* A later fragment has no TCP header to quote. */
    if (protocol != PROTOCOL_TCP || (place & 0x1FFF) != 0)
        return STEP_NOT_TCP;
    address_set(&error->from.address, 4, source.data);
    address_set(&error->to.address, 4, destination.data);
    cursor_skip(&d->in, header_length - IPV4_HEADER);
    return quoted_segment(d);
}

static enum step quoted_ipv6(struct decoding *d)
{
    struct icmp_error *error = &d->packet->icmp;
    uint8_t first = cursor_u8(&d->in);
    struct slice source, destination;
    uint8_t protocol;

    cursor_skip(&d->in, 5);
    protocol = cursor_u8(&d->in);
    cursor_skip(&d->in, 1);
    source = cursor_take(&d->in, 16);
    destination = cursor_take(&d->in, 16);
    if (d->in.is_short || ipv6_skip_extensions(&d->in, &protocol, &destination) != PARSE_OK)
        return step_short(d);
    if (first >> 4 != 6)
        return STEP_MALFORMED;
    if (protocol == PROTOCOL_FRAGMENT) {
        uint16_t place;

        protocol = cursor_u8(&d->in);
        cursor_skip(&d->in, 1);
        place = cursor_u16be(&d->in);
        cursor_skip(&d->in, 4);
        if (d->in.is_short)
            return step_short(d);
        if (place >> 3 != 0)
            return STEP_NOT_TCP;
    }
    if (protocol != PROTOCOL_TCP)
        return STEP_NOT_TCP;
    address_set(&error->from.address, 6, source.data);
    address_set(&error->to.address, 6, destination.data);
    return quoted_segment(d);
}

enum step layer_icmp(struct decoding *d)
{
    struct icmp_error *error = &d->packet->icmp;
    uint16_t next_mtu;

    address_set(&error->sender, d->version, d->source.data);
    error->type = cursor_u8(&d->in);
    error->code = cursor_u8(&d->in);
    cursor_skip(&d->in, 4);
    next_mtu = cursor_u16be(&d->in);
    if (d->in.is_short)
        return step_short(d);
    if (error->type != ICMP_UNREACHABLE && error->type != ICMP_TIME_EXCEEDED &&
        error->type != ICMP_PARAMETER_PROBLEM)
        return STEP_NOT_TCP;
    error->is_too_big = error->type == ICMP_UNREACHABLE && error->code == ICMP_FRAGMENTATION_NEEDED;
    error->is_unreachable = error->type == ICMP_UNREACHABLE && !error->is_too_big;
    error->next_mtu = error->is_too_big ? next_mtu : 0;
    return quoted_ipv4(d);
}

enum step layer_icmpv6(struct decoding *d)
{
    struct icmp_error *error = &d->packet->icmp;
    uint32_t next_mtu;

    address_set(&error->sender, d->version, d->source.data);
    error->type = cursor_u8(&d->in);
    error->code = cursor_u8(&d->in);
    cursor_skip(&d->in, 2);
    next_mtu = cursor_u32be(&d->in);
    if (d->in.is_short)
        return step_short(d);
    switch (error->type) {
    case ICMPV6_UNREACHABLE:
    case ICMPV6_TOO_BIG:
    case ICMPV6_TIME_EXCEEDED:
    case ICMPV6_PARAMETER_PROBLEM:
        break;
    default:
        return STEP_NOT_TCP;
    }
    error->is_too_big = error->type == ICMPV6_TOO_BIG;
    error->is_unreachable = error->type == ICMPV6_UNREACHABLE;
    error->next_mtu = error->type == ICMPV6_TOO_BIG ? next_mtu : 0;
    return quoted_ipv6(d);
}
