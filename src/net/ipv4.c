/* IPv4 (RFC 791): header, options, padding, fragments. */
#include "base/limits.h"
#include "net/checksum.h"
#include "net/fragments.h"
#include "net/layers.h"

enum {
    HEADER = 20,
    MORE_FRAGMENTS = 0x2000,
    FRAGMENT_OFFSET = 0x1FFF,
};

static enum step next_of(uint8_t protocol)
{
    switch (protocol) {
    case PROTOCOL_TCP:
        return STEP_TCP;
    case PROTOCOL_ICMP:
        return STEP_ICMP;
    case PROTOCOL_AUTHENTICATION:
        return STEP_AFTER_IPV4;
    default:
        return STEP_CARRIED;
    }
}

/* A fragment's data stands at the cursor. */
static enum step fragment(struct decoding *d, uint16_t id, uint16_t place)
{
    struct fragment f = {
        .version = 4,
        .protocol = d->protocol,
        .id = id,
        .source = d->source,
        .destination = d->destination,
        .way = &d->packet->encapsulation,
        .offset = (uint32_t)(place & FRAGMENT_OFFSET) * 8,
        .is_last = (place & MORE_FRAGMENTS) == 0,
        .at = d->frame->place.at,
    };

    /* What is of no use whole is not worth holding in pieces. */
    if (!protocol_is_carrier(d->protocol) && d->protocol != PROTOCOL_ICMP)
        return next_of(d->protocol);
    return decoding_reassemble(d, &f);
}

/* The field is 0 where the card was yet to fill it in. */
static bool is_spoilt(const struct decoding *d, struct slice header, uint16_t checksum)
{
    return d->rules->checksums == NET_CHECKSUMS_ENFORCED && checksum != 0 &&
           !checksum_of_header_is_good(header);
}

enum step layer_ipv4(struct decoding *d)
{
    uint64_t sent = sent_left(d);
    size_t had = cursor_left(&d->in);
    struct slice whole = slice_from(d->in.in, d->in.pos);
    struct slice fixed = cursor_take(&d->in, HEADER);
    struct cursor header = cursor_of(fixed);
    uint16_t length, id, place, checksum;
    uint32_t header_length;
    uint8_t first;

    if (fixed.len != HEADER)
        return step_short(d);
    first = cursor_u8(&header);
    cursor_skip(&header, 1);
    length = cursor_u16be(&header);
    id = cursor_u16be(&header);
    place = cursor_u16be(&header);
    cursor_skip(&header, 1);
    d->protocol = cursor_u8(&header);
    checksum = cursor_u16be(&header);
    d->source = cursor_take(&header, 4);
    d->destination = cursor_take(&header, 4);
    header_length = (uint32_t)(first & 0x0F) * 4;
    if (first >> 4 != 4 || header_length < HEADER)
        return STEP_MALFORMED;
    d->version = 4;
    /* Segmentation left to the card writes 0 where the length does not fit. */
    if (length == 0)
        decoding_bound(d, (uint32_t)(sent <= LIMIT_DATAGRAM ? sent : had) - HEADER);
    else if (length >= header_length)
        decoding_bound(d, (uint32_t)length - HEADER);
    else
        return STEP_MALFORMED;
    cursor_skip(&d->in, header_length - HEADER);
    if (d->in.is_short)
        return step_short(d);
    if (is_spoilt(d, slice_part(whole, 0, header_length), checksum))
        return STEP_BAD_CHECKSUM;
    if ((place & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) != 0)
        return fragment(d, id, place);
    return next_of(d->protocol);
}

/* Only the authentication header (RFC 4302) may stand between IPv4 and TCP. */
enum step layer_after_ipv4(struct decoding *d)
{
    if (d->protocol == PROTOCOL_AUTHENTICATION) {
        d->protocol = cursor_u8(&d->in);
        cursor_skip(&d->in, (size_t)(cursor_u8(&d->in) + 2) * 4 - 2);
        if (d->in.is_short)
            return step_short(d);
    }
    return next_of(d->protocol);
}
