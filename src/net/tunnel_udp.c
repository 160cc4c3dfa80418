/* Tunnels over UDP. A port number is no proof: every bit that a header leaves no choice of is
 * checked, and what it announces must look like it, before anything in it is believed. What fails is
 * UDP like any other, not a malformed tunnel. */
#include "net/layers.h"

/* IANA's list of service names and port numbers, and what Linux used for VXLAN before it. */
enum port {
    PORT_L2TP = 1701,
    PORT_GTP_U = 2152,
    PORT_TEREDO = 3544,
    PORT_VXLAN = 4789,
    PORT_VXLAN_GPE = 4790,
    PORT_GENEVE = 6081,
    PORT_VXLAN_LINUX = 8472,
};

enum {
    UDP_HEADER = 8,
    VXLAN_HAS_NETWORK = 0x08,
    VXLAN_HAS_GROUP = 0x80,   /* draft-smith-vxlan-group-policy */
    VXLAN_GROUP_FLAGS = 0x48, /* don't learn, policy applied */
    GPE_VERSION = 0x30,       /* draft-ietf-nvo3-vxlan-gpe 3.1, as what follows */
    GPE_RESERVED = 0xC0,
    GPE_HAS_PROTOCOL = 0x04,
    GPE_OAM = 0x01,
    GENEVE_VERSION = 0xC0, /* RFC 8926 3.4 */
    GENEVE_OPTION_WORDS = 0x3F,
    GENEVE_CONTROL = 0x80,
    GENEVE_RESERVED = 0x3F,
    GTP_FIXED_BITS = 0xF8,   /* version, protocol type, and one that is spare */
    GTP_VERSION_1 = 0x30,    /* 3GPP TS 29.281 5.1 */
    GTP_HAS_OPTIONAL = 0x07, /* extension header, sequence number, N-PDU number: all or none */
    GTP_HAS_EXTENSION = 0x04,
    GTP_USER_DATA = 255,            /* a G-PDU */
    TEREDO_AUTHENTICATION = 0x0001, /* RFC 4380 5.1.1 */
    TEREDO_ORIGIN = 0x0000,
    L2TP_CONTROL = 0x8000, /* RFC 2661 3.1 */
    L2TP_HAS_LENGTH = 0x4000,
    L2TP_HAS_SEQUENCE = 0x0800,
    L2TP_HAS_OFFSET = 0x0200,
    L2TP_RESERVED = 0x34F0,
    L2TP_VERSION = 0x000F,
};

static enum step tunnel_of(uint16_t from, uint16_t to)
{
    switch (to) {
    case PORT_VXLAN:
    case PORT_VXLAN_LINUX:
        return STEP_VXLAN;
    case PORT_VXLAN_GPE:
        return STEP_VXLAN_GPE;
    case PORT_GENEVE:
        return STEP_GENEVE;
    case PORT_GTP_U:
        return STEP_GTP_U;
    case PORT_TEREDO:
        return STEP_TEREDO;
    case PORT_L2TP:
        return STEP_L2TP;
    default:
        break;
    }
    /* Their servers answer from where they were asked. */
    if (from == PORT_TEREDO)
        return STEP_TEREDO;
    return from == PORT_L2TP ? STEP_L2TP : STEP_NOT_TCP;
}

enum step layer_udp(struct decoding *d)
{
    uint16_t from = cursor_u16be(&d->in);
    uint16_t to = cursor_u16be(&d->in);
    uint16_t length = cursor_u16be(&d->in);
    enum step tunnel;

    cursor_skip(&d->in, 2);
    if (d->in.is_short)
        return step_short(d);
    tunnel = tunnel_of(from, to);
    if (tunnel == STEP_NOT_TCP)
        return tunnel;
    d->is_guess = true;
    /* RFC 2675 4: a length of 0 is the rest of a jumbogram, or was left to the card. */
    if (length >= UDP_HEADER)
        decoding_bound(d, (uint32_t)length - UDP_HEADER);
    return tunnel;
}

/* An Ethernet frame in a tunnel. */
static enum step into_ethernet(struct decoding *d, enum layer_kind kind, uint32_t id)
{
    switch (ethernet_is_likely(d->in)) {
    case PARSE_OK:
        return step_into(d, kind, id, STEP_ETHERNET);
    case PARSE_MORE:
        return step_short(d);
    case PARSE_BAD:
        break;
    }
    return STEP_NOT_TCP;
}

/* An IP packet in a tunnel, of which nothing says which version it is. */
static enum step into_ip(struct decoding *d, enum layer_kind kind, uint32_t id)
{
    struct cursor ahead = d->in;
    uint8_t first = cursor_u8(&ahead);

    if (ahead.is_short)
        return step_short(d);
    if (first >> 4 == 6)
        return step_into(d, kind, id, STEP_IPV6);
    return first >> 4 == 4 && (first & 0x0F) >= 5 ? step_into(d, kind, id, STEP_IPV4)
                                                  : STEP_NOT_TCP;
}

/* RFC 7348 5; with a group policy the second octet has flags, and a number follows. */
enum step layer_vxlan(struct decoding *d)
{
    uint8_t flags = cursor_u8(&d->in);
    uint8_t group_flags = cursor_u8(&d->in);
    uint16_t group = cursor_u16be(&d->in);
    uint32_t network = cursor_u24be(&d->in);
    uint8_t reserved = cursor_u8(&d->in);

    if (d->in.is_short)
        return step_short(d);
    if ((flags & ~VXLAN_HAS_GROUP) != VXLAN_HAS_NETWORK || reserved != 0 ||
        (group_flags & ~VXLAN_GROUP_FLAGS) != 0)
        return STEP_NOT_TCP;
    if ((flags & VXLAN_HAS_GROUP) == 0 && (group_flags != 0 || group != 0))
        return STEP_NOT_TCP;
    return into_ethernet(d, LAYER_VXLAN, network);
}

enum step layer_vxlan_gpe(struct decoding *d)
{
    uint8_t flags = cursor_u8(&d->in);
    uint16_t reserved = cursor_u16be(&d->in);
    uint8_t next = cursor_u8(&d->in);
    uint32_t network = cursor_u24be(&d->in);

    reserved = (uint16_t)(reserved | cursor_u8(&d->in));
    if (d->in.is_short)
        return step_short(d);
    if ((flags & (GPE_VERSION | GPE_RESERVED | GPE_OAM)) != 0 || reserved != 0 ||
        (flags & VXLAN_HAS_NETWORK) == 0)
        return STEP_NOT_TCP;
    if ((flags & GPE_HAS_PROTOCOL) == 0)
        return next == 0 ? into_ethernet(d, LAYER_VXLAN_GPE, network) : STEP_NOT_TCP;
    switch (next) { /* 3.1: next protocol */
    case 1:
    case 2:
        return into_ip(d, LAYER_VXLAN_GPE, network);
    case 3:
        return into_ethernet(d, LAYER_VXLAN_GPE, network);
    case 4: /* NSH */
        return STEP_UNSUPPORTED_ENCAPSULATION;
    case 5:
        return step_into(d, LAYER_VXLAN_GPE, network, STEP_MPLS);
    default:
        return STEP_NOT_TCP;
    }
}

/* RFC 8926 3.5: class, type, and a length in words that must come out even. */
static bool geneve_options_fit(struct slice options)
{
    struct cursor in = cursor_of(options);

    while (cursor_left(&in) > 0) {
        cursor_skip(&in, 3);
        cursor_skip(&in, (size_t)(cursor_u8(&in) & 0x1F) * 4);
        if (in.is_short)
            return false;
    }
    return true;
}

enum step layer_geneve(struct decoding *d)
{
    uint8_t first = cursor_u8(&d->in);
    uint8_t flags = cursor_u8(&d->in);
    uint16_t protocol = cursor_u16be(&d->in);
    uint32_t network = cursor_u24be(&d->in);
    uint8_t reserved = cursor_u8(&d->in);
    struct slice options = cursor_take(&d->in, (size_t)(first & GENEVE_OPTION_WORDS) * 4);

    if (d->in.is_short)
        return step_short(d);
    if ((first & GENEVE_VERSION) != 0 || (flags & (GENEVE_CONTROL | GENEVE_RESERVED)) != 0 ||
        reserved != 0 || !geneve_options_fit(options))
        return STEP_NOT_TCP;
    switch (protocol) {
    case ETHERTYPE_BRIDGED:
        return into_ethernet(d, LAYER_GENEVE, network);
    case ETHERTYPE_IPV4:
    case ETHERTYPE_IPV6:
        return into_ip(d, LAYER_GENEVE, network);
    case ETHERTYPE_MPLS:
        return step_into(d, LAYER_GENEVE, network, STEP_MPLS);
    case ETHERTYPE_NSH:
        return STEP_UNSUPPORTED_ENCAPSULATION;
    default:
        return STEP_NOT_TCP;
    }
}

/* The length counts in words, and the last octet says which header is next: 0 is none. */
static bool gtp_skip_extensions(struct cursor *in, uint8_t next)
{
    while (next != 0) {
        uint8_t words = cursor_u8(in);

        if (words == 0)
            return false;
        cursor_skip(in, (size_t)words * 4 - 2);
        next = cursor_u8(in);
    }
    return true;
}

enum step layer_gtp_u(struct decoding *d)
{
    uint8_t flags = cursor_u8(&d->in);
    uint8_t type = cursor_u8(&d->in);
    uint16_t length = cursor_u16be(&d->in);
    uint32_t endpoint = cursor_u32be(&d->in);

    if (d->in.is_short)
        return step_short(d);
    if ((flags & GTP_FIXED_BITS) != GTP_VERSION_1 || type != GTP_USER_DATA || length > sent_left(d))
        return STEP_NOT_TCP;
    decoding_bound(d, length);
    if ((flags & GTP_HAS_OPTIONAL) != 0) {
        uint8_t next;

        cursor_skip(&d->in, 3);
        next = cursor_u8(&d->in);
        if ((flags & GTP_HAS_EXTENSION) != 0 && !gtp_skip_extensions(&d->in, next))
            return d->in.is_short ? step_short(d) : STEP_NOT_TCP;
    }
    return d->in.is_short ? step_short(d) : into_ip(d, LAYER_GTP_U, endpoint);
}

/* RFC 4380 2.6: every packet that goes through has an address of this prefix at one end. */
static bool has_teredo_address(struct cursor in)
{
    uint32_t source, destination;

    cursor_skip(&in, 8);
    source = cursor_u32be(&in);
    cursor_skip(&in, 12);
    destination = cursor_u32be(&in);
    return source == 0x20010000 || destination == 0x20010000;
}

enum step layer_teredo(struct decoding *d)
{
    struct cursor ahead = d->in;

    if (cursor_u16be(&ahead) == TEREDO_AUTHENTICATION) {
        size_t client = cursor_u8(&ahead);
        size_t value = cursor_u8(&ahead);

        cursor_skip(&ahead, client + value + 9); /* nonce, confirmation */
        d->in = ahead;
    }
    ahead = d->in;
    if (cursor_u16be(&ahead) == TEREDO_ORIGIN) {
        cursor_skip(&ahead, 6);
        d->in = ahead;
    }
    ahead = d->in;
    cursor_skip(&ahead, 40);
    if (d->in.is_short || ahead.is_short)
        return step_short(d);
    if (!has_teredo_address(d->in))
        return STEP_NOT_TCP;
    return into_ip(d, LAYER_TEREDO, 0);
}

enum step layer_l2tp(struct decoding *d)
{
    struct cursor start = d->in;
    uint16_t flags = cursor_u16be(&d->in);
    uint16_t session;

    if (d->in.is_short)
        return step_short(d);
    if ((flags & L2TP_VERSION) != 2 || (flags & (L2TP_CONTROL | L2TP_RESERVED)) != 0)
        return STEP_NOT_TCP;
    if ((flags & L2TP_HAS_LENGTH) != 0) {
        uint16_t length = cursor_u16be(&d->in);
        uint64_t behind = cursor_left(&start) - cursor_left(&d->in);

        if (d->in.is_short)
            return step_short(d);
        if (length < behind || length - behind > sent_left(d))
            return STEP_NOT_TCP;
        decoding_bound(d, (uint32_t)(length - behind));
    }
    cursor_skip(&d->in, 2); /* tunnel */
    session = cursor_u16be(&d->in);
    cursor_skip(&d->in, (flags & L2TP_HAS_SEQUENCE) != 0 ? 4 : 0);
    if ((flags & L2TP_HAS_OFFSET) != 0)
        cursor_skip(&d->in, cursor_u16be(&d->in));
    if (d->in.is_short)
        return step_short(d);
    return step_into(d, LAYER_L2TP, session, STEP_PPP);
}
