/* IPv6 (RFC 8200): header, extension headers, jumbograms, fragments. */
#include "base/limits.h"
#include "net/fragments.h"
#include "net/layers.h"

enum {
    HEADER = 40,
    OPTION_PAD1 = 0x00,
    OPTION_JUMBO = 0xC2,
    ROUTING_SOURCE = 0,  /* RFC 2460 4.4, deprecated */
    ROUTING_HOME = 2,    /* RFC 6275 6.4 */
    ROUTING_SEGMENT = 4, /* RFC 8754 2 */
};

static bool is_extension(uint8_t protocol)
{
    switch (protocol) {
    case PROTOCOL_HOP_BY_HOP:
    case PROTOCOL_ROUTING:
    case PROTOCOL_AUTHENTICATION:
    case PROTOCOL_DESTINATION:
    case PROTOCOL_MOBILITY:
    case PROTOCOL_HIP:
    case PROTOCOL_SHIM6:
        return true;
    default:
        return false;
    }
}

/* What decode follows in IPv6, extension headers passed. */
static enum step next_of(uint8_t protocol)
{
    switch (protocol) {
    case PROTOCOL_TCP:
        return STEP_TCP;
    case PROTOCOL_ICMPV6:
        return STEP_ICMPV6;
    default:
        return STEP_CARRIED;
    }
}

/* Length of the option RFC 2675 2; 0 where the hop-by-hop header at the cursor has none. */
static uint32_t jumbo_length(struct cursor in)
{
    struct cursor options;

    cursor_skip(&in, 1);
    options = cursor_of(cursor_take(&in, (size_t)cursor_u8(&in) * 8 + 6));
    while (cursor_left(&options) > 0) {
        uint8_t kind = cursor_u8(&options);
        uint8_t length;

        if (kind == OPTION_PAD1)
            continue;
        length = cursor_u8(&options);
        if (kind == OPTION_JUMBO && length == 4)
            return cursor_u32be(&options);
        cursor_skip(&options, length);
        if (options.is_short)
            return 0;
    }
    return 0;
}

/* How many octets follow the header. Where the field says 0 it is a jumbogram's, or segmentation
 * was left to the card. */
static uint32_t payload_sent(const struct decoding *d, uint16_t length)
{
    uint64_t sent = sent_left(d);
    uint32_t jumbo;

    if (length != 0)
        return length;
    if (sent > LIMIT_DATAGRAM)
        sent = cursor_left(&d->in);
    if (d->protocol != PROTOCOL_HOP_BY_HOP)
        return (uint32_t)sent;
    jumbo = jumbo_length(d->in);
    return jumbo != 0 && jumbo < sent ? jumbo : (uint32_t)sent;
}

enum step layer_ipv6(struct decoding *d)
{
    struct slice fixed = cursor_take(&d->in, HEADER);
    struct cursor header = cursor_of(fixed);
    uint16_t length;
    uint8_t first;

    if (fixed.len != HEADER)
        return step_short(d);
    first = cursor_u8(&header);
    cursor_skip(&header, 3);
    length = cursor_u16be(&header);
    d->protocol = cursor_u8(&header);
    cursor_skip(&header, 1);
    d->source = cursor_take(&header, 16);
    d->destination = cursor_take(&header, 16);
    if (first >> 4 != 6)
        return STEP_MALFORMED;
    d->version = 6;
    decoding_bound(d, payload_sent(d, length));
    return d->protocol == PROTOCOL_TCP ? STEP_TCP : STEP_AFTER_IPV6;
}

/* A packet under way carries the next hop as its destination; the answer will come from the last,
 * and the checksum is made over that (RFC 8200 8.1). */
static void last_hop(struct slice routing, struct slice *destination)
{
    struct cursor in = cursor_of(routing);
    uint8_t type = cursor_u8(&in);
    uint8_t hops_left = cursor_u8(&in);
    struct slice hops, hop;

    cursor_skip(&in, 4);
    hops = cursor_rest(&in);
    if (hops_left == 0 || destination == NULL || hops.len < 16)
        return;
    if (type == ROUTING_SOURCE)
        hop = slice_part(hops, (hops.len / 16 - 1) * 16, 16);
    else if (type == ROUTING_HOME || type == ROUTING_SEGMENT)
        hop = slice_part(hops, 0, 16);
    else
        return;
    *destination = hop;
}

enum parse ipv6_skip_extensions(struct cursor *in, uint8_t *protocol, struct slice *destination)
{
    while (is_extension(*protocol)) {
        uint8_t next = cursor_u8(in);
        size_t length = cursor_u8(in);
        struct slice rest;

        /* The authentication header counts in 4 octets, the others in 8 (RFC 4302 2.2). */
        rest = cursor_take(in, length * (*protocol == PROTOCOL_AUTHENTICATION ? 4 : 8) + 6);
        if (in->is_short)
            return PARSE_MORE;
        if (*protocol == PROTOCOL_ROUTING)
            last_hop(rest, destination);
        *protocol = next;
    }
    return PARSE_OK;
}

/* The fragment header (RFC 8200 4.5) stands at the cursor. */
static enum step fragment(struct decoding *d)
{
    uint8_t next = cursor_u8(&d->in);
    struct fragment f = {
        .version = 6,
        .protocol = next,
        .source = d->source,
        .destination = d->destination,
        .way = &d->packet->encapsulation,
        .at = d->frame->place.at,
    };
    uint16_t place;

    cursor_skip(&d->in, 1);
    place = cursor_u16be(&d->in);
    f.id = cursor_u32be(&d->in);
    f.offset = place & 0xFFF8U;
    f.is_last = (place & 1) == 0;
    if (d->in.is_short)
        return step_short(d);
    d->protocol = next;
    /* RFC 6946: a fragment that is the whole datagram stands for itself. */
    if (f.offset == 0 && f.is_last)
        return STEP_AFTER_IPV6;
    /* What is of no use whole is not worth holding in pieces. */
    if (!is_extension(next) && !protocol_is_carrier(next) && next != PROTOCOL_ICMPV6)
        return next_of(next);
    return decoding_reassemble(d, &f);
}

enum step layer_after_ipv6(struct decoding *d)
{
    if (ipv6_skip_extensions(&d->in, &d->protocol, &d->destination) != PARSE_OK)
        return step_short(d);
    return d->protocol == PROTOCOL_FRAGMENT ? fragment(d) : next_of(d->protocol);
}
