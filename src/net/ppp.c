/* PPP (RFC 1661, RFC 1662), over Ethernet (RFC 2516), and Cisco's HDLC (RFC 1547 4.3.1). */
#include "net/layers.h"

enum {
    HDLC_ALL_STATIONS = 0xFF,
    HDLC_UNNUMBERED = 0x03,
    CISCO_UNICAST = 0x0F,
    CISCO_MULTICAST = 0x8F,
    PPPOE_VERSION_AND_TYPE = 0x11,
    PPPOE_SESSION = 0,
};

/* IANA's list of PPP DLL protocol numbers. */
enum {
    PPP_IPV4 = 0x0021,
    PPP_VJ_COMPRESSED = 0x002D, /* RFC 1144 */
    PPP_VJ_UNCOMPRESSED = 0x002F,
    PPP_MULTILINK = 0x003D, /* RFC 1990 */
    PPP_ENCRYPTED = 0x0053, /* RFC 1968 */
    PPP_IPV6 = 0x0057,
    PPP_COMPRESSED = 0x00FD, /* RFC 1962; MPPE as well (RFC 3078) */
    PPP_MPLS = 0x0281,
    PPP_MPLS_UPSTREAM = 0x0283,
};

/* RFC 1661 6.5: the number may have lost its first octet, which is even, where the second is odd. */
static uint16_t protocol_of(struct cursor *in)
{
    uint8_t first = cursor_u8(in);

    return (first & 1) != 0 ? first : (uint16_t)((unsigned)first << 8 | cursor_u8(in));
}

enum step layer_ppp(struct decoding *d)
{
    struct cursor ahead = d->in;
    uint16_t protocol;

    if (cursor_u8(&ahead) == HDLC_ALL_STATIONS) {
        uint8_t control = cursor_u8(&ahead);

        d->in = ahead;
        if (!d->in.is_short && control != HDLC_UNNUMBERED)
            return STEP_NOT_IP;
    }
    protocol = protocol_of(&d->in);
    if (d->in.is_short)
        return step_short(d);
    switch (protocol) {
    case PPP_IPV4:
        return STEP_IPV4;
    case PPP_IPV6:
        return STEP_IPV6;
    case PPP_MPLS:
    case PPP_MPLS_UPSTREAM:
        return STEP_MPLS;
    case PPP_ENCRYPTED:
        return STEP_ENCRYPTED;
    case PPP_VJ_COMPRESSED:
    case PPP_VJ_UNCOMPRESSED:
    case PPP_MULTILINK:
    case PPP_COMPRESSED:
        return STEP_UNSUPPORTED_ENCAPSULATION;
    default:
        return STEP_NOT_IP;
    }
}

/* LINKTYPE_PPP_HDLC: the first octet tells which of the two framings it is. */
enum step layer_ppp_serial(struct decoding *d)
{
    struct cursor ahead = d->in;
    uint8_t first = cursor_u8(&ahead);

    if (ahead.is_short)
        return step_short(d);
    return first == CISCO_UNICAST || first == CISCO_MULTICAST ? STEP_HDLC : STEP_PPP;
}

/* LINKTYPE_PPP_WITH_DIR has the octet before a PPP frame, LINKTYPE_PPP_PPPD in the place of the
 * address, and the control octet, which no protocol number begins with, then follows. */
enum step layer_ppp_directed(struct decoding *d)
{
    struct cursor ahead;

    cursor_skip(&d->in, 1);
    ahead = d->in;
    if (cursor_u8(&ahead) == HDLC_UNNUMBERED)
        d->in = ahead;
    return d->in.is_short ? step_short(d) : STEP_PPP;
}

enum step layer_hdlc(struct decoding *d)
{
    uint16_t ethertype;

    cursor_skip(&d->in, 2); /* address, control */
    ethertype = cursor_u16be(&d->in);
    if (d->in.is_short)
        return step_short(d);
    return ethertype <= ETHERTYPE_LENGTH_MAX ? STEP_NOT_IP : ethertype_step(d, ethertype);
}

/* LINKTYPE_C_HDLC_WITH_DIR. */
enum step layer_hdlc_directed(struct decoding *d)
{
    cursor_skip(&d->in, 1);
    return d->in.is_short ? step_short(d) : STEP_HDLC;
}

/* RFC 2516 4; what the Ethertype of the discovery stage has is told apart before. */
enum step layer_pppoe(struct decoding *d)
{
    uint8_t version_and_type = cursor_u8(&d->in);
    uint8_t code = cursor_u8(&d->in);
    uint16_t session = cursor_u16be(&d->in);
    uint16_t length = cursor_u16be(&d->in);

    if (d->in.is_short)
        return step_short(d);
    if (version_and_type != PPPOE_VERSION_AND_TYPE)
        return STEP_MALFORMED;
    if (code != PPPOE_SESSION)
        return STEP_NOT_IP;
    decoding_bound(d, length);
    return step_into(d, LAYER_PPPOE, session, STEP_PPP);
}
