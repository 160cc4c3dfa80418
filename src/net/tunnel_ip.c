/* What IP carries besides TCP and ICMP: IP once more, GRE with what is in it, Ethernet, MPLS. */
#include "net/layers.h"

/* GRE's first 16 bits (RFC 2784 2.1, RFC 2890 2, RFC 2637 4.1). */
enum {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_RESERVED = 0x0F00, /* RFC 2784 2.2: the packet is discarded where one of them is set */
    GRE_ACKNOWLEDGEMENT = 0x0080, /* version 1 */
    GRE_VERSION = 0x0007,
};

enum {
    ERSPAN_VERSION_SHIFT = 12,
    ERSPAN_II = 1,
    ERSPAN_III = 2,
    ERSPAN_SESSION = 0x03FF,
    ERSPAN_HAS_SUBHEADER = 1,
    ERSPAN_FRAME_SHIFT = 10,
    ERSPAN_FRAME = 0x1F,
    ERSPAN_ETHERNET = 0,
    ERSPAN_IP = 2,
    ETHERIP_HEADER = 0x3000, /* RFC 3378 3: version 3, the rest is 0 */
};

bool protocol_is_carrier(uint8_t protocol)
{
    switch (protocol) {
    case PROTOCOL_TCP:
    case PROTOCOL_UDP:
    case PROTOCOL_IPV4:
    case PROTOCOL_IPV6:
    case PROTOCOL_GRE:
    case PROTOCOL_ETHERIP:
    case PROTOCOL_MPLS:
    case PROTOCOL_AUTHENTICATION:
        return true;
    default:
        return false;
    }
}

enum step layer_carried(struct decoding *d)
{
    switch (d->protocol) {
    case PROTOCOL_UDP:
        return STEP_UDP;
    case PROTOCOL_IPV4:
        return step_into(d, d->version == 4 ? LAYER_4IN4 : LAYER_4IN6, 0, STEP_IPV4);
    case PROTOCOL_IPV6:
        return step_into(d, d->version == 4 ? LAYER_6IN4 : LAYER_6IN6, 0, STEP_IPV6);
    case PROTOCOL_GRE:
        return STEP_GRE;
    case PROTOCOL_ETHERIP:
        return STEP_ETHERIP;
    case PROTOCOL_MPLS:
        return STEP_MPLS;
    case PROTOCOL_ESP:
        return STEP_ENCRYPTED;
    case PROTOCOL_IPCOMP:
    case PROTOCOL_L2TP:
        return STEP_UNSUPPORTED_ENCAPSULATION;
    default:
        return STEP_NOT_TCP;
    }
}

/* RFC 2637 4.1: the key is a length and a call, and a packet without a sequence number is an
 * acknowledgement alone. */
static enum step pptp(struct decoding *d, uint16_t flags, uint16_t protocol)
{
    uint16_t length = cursor_u16be(&d->in);
    uint16_t call = cursor_u16be(&d->in);

    cursor_skip(&d->in, (flags & GRE_SEQUENCE) != 0 ? 4 : 0);
    cursor_skip(&d->in, (flags & GRE_ACKNOWLEDGEMENT) != 0 ? 4 : 0);
    if (d->in.is_short)
        return step_short(d);
    if (protocol != ETHERTYPE_PPP || (flags & GRE_KEY) == 0 ||
        (flags & (GRE_CHECKSUM | GRE_ROUTING)) != 0)
        return STEP_MALFORMED;
    if ((flags & GRE_SEQUENCE) == 0 || length == 0)
        return STEP_NOT_TCP;
    decoding_bound(d, length);
    return step_into(d, LAYER_PPTP, call, STEP_PPP);
}

/* The ERSPAN drafts (draft-foschiano-erspan-03): type I has no header of its own, and shows by its
 * GRE header without a sequence number. */
static enum step after_gre(struct decoding *d, uint16_t flags, uint16_t protocol)
{
    if (protocol == ETHERTYPE_ERSPAN_II && (flags & GRE_SEQUENCE) == 0)
        return step_into(d, LAYER_ERSPAN_I, 0, STEP_ETHERNET);
    if (protocol == ETHERTYPE_ERSPAN_II)
        return STEP_ERSPAN_II;
    if (protocol == ETHERTYPE_ERSPAN_III)
        return STEP_ERSPAN_III;
    return protocol <= ETHERTYPE_LENGTH_MAX ? STEP_NOT_IP : ethertype_step(d, protocol);
}

enum step layer_gre(struct decoding *d)
{
    struct encapsulation *way = &d->packet->encapsulation;
    uint16_t flags = cursor_u16be(&d->in);
    uint16_t protocol = cursor_u16be(&d->in);
    uint32_t key = 0;
    bool has_key = (flags & GRE_KEY) != 0;

    if (d->in.is_short)
        return step_short(d);
    if ((flags & GRE_VERSION) == 1)
        return pptp(d, flags, protocol);
    /* RFC 1701's source routes are out of use since RFC 2784. */
    if ((flags & GRE_ROUTING) != 0)
        return STEP_UNSUPPORTED_ENCAPSULATION;
    if ((flags & GRE_VERSION) != 0 || (flags & GRE_RESERVED) != 0)
        return STEP_MALFORMED;
    cursor_skip(&d->in, (flags & GRE_CHECKSUM) != 0 ? 4 : 0);
    if (has_key)
        key = cursor_u32be(&d->in);
    cursor_skip(&d->in, (flags & GRE_SEQUENCE) != 0 ? 4 : 0);
    if (d->in.is_short)
        return step_short(d);
    if (!encapsulation_add(way, has_key ? LAYER_GRE_KEYED : LAYER_GRE, key))
        return STEP_TOO_DEEP;
    return after_gre(d, flags, protocol);
}

enum step layer_erspan_ii(struct decoding *d)
{
    uint16_t version = cursor_u16be(&d->in) >> ERSPAN_VERSION_SHIFT;
    uint16_t session = cursor_u16be(&d->in) & ERSPAN_SESSION;

    cursor_skip(&d->in, 4); /* port index */
    if (d->in.is_short)
        return step_short(d);
    if (version != ERSPAN_II)
        return STEP_MALFORMED;
    return step_into(d, LAYER_ERSPAN, session, STEP_ETHERNET);
}

enum step layer_erspan_iii(struct decoding *d)
{
    uint16_t version = cursor_u16be(&d->in) >> ERSPAN_VERSION_SHIFT;
    uint16_t session = cursor_u16be(&d->in) & ERSPAN_SESSION;
    uint16_t flags;

    cursor_skip(&d->in, 6); /* time stamp, security group */
    flags = cursor_u16be(&d->in);
    cursor_skip(&d->in, (flags & ERSPAN_HAS_SUBHEADER) != 0 ? 8 : 0);
    if (d->in.is_short)
        return step_short(d);
    if (version != ERSPAN_III)
        return STEP_MALFORMED;
    switch (flags >> ERSPAN_FRAME_SHIFT & ERSPAN_FRAME) {
    case ERSPAN_ETHERNET:
        return step_into(d, LAYER_ERSPAN, session, STEP_ETHERNET);
    case ERSPAN_IP:
        return step_into(d, LAYER_ERSPAN, session, STEP_RAW_IP);
    default:
        return STEP_UNSUPPORTED_ENCAPSULATION;
    }
}

enum step layer_etherip(struct decoding *d)
{
    uint16_t header = cursor_u16be(&d->in);

    if (d->in.is_short)
        return step_short(d);
    return header == ETHERIP_HEADER ? step_into(d, LAYER_ETHERIP, 0, STEP_ETHERNET)
                                    : STEP_MALFORMED;
}
