/* Ethernet and what its Ethertypes announce: VLAN tags, 802.1ah, MACsec; LLC and SNAP. */
#include "net/layers.h"

enum {
    VLAN_ID = 0x0FFF,
    SERVICE_ID = 0x00FFFFFF,
    LLC_SNAP = 0xAA,
    LLC_IP = 0x06, /* RFC 1042's predecessor, RFC 948 */
    LLC_UNNUMBERED = 0x03,
    OUI_ETHERTYPE = 0x000000,
    OUI_BRIDGE_TUNNEL = 0x0000F8, /* IEEE 802.1H */
    MACSEC_HAS_CHANNEL = 0x20,
    MACSEC_ENCRYPTED = 0x08,
    MACSEC_CHANGED = 0x04,
};

static bool is_vlan(uint16_t ethertype)
{
    return ethertype == ETHERTYPE_VLAN || ethertype == ETHERTYPE_SERVICE_VLAN ||
           ethertype == ETHERTYPE_OLD_QINQ;
}

static enum step after_tags(uint16_t ethertype)
{
    switch (ethertype) {
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_UPSTREAM:
        return STEP_MPLS;
    case ETHERTYPE_PPPOE:
        return STEP_PPPOE;
    case ETHERTYPE_PBB:
        return STEP_PBB;
    case ETHERTYPE_BRIDGED:
        return STEP_ETHERNET;
    case ETHERTYPE_PPP:
        return STEP_PPP;
    case ETHERTYPE_MACSEC:
        return STEP_MACSEC;
    case ETHERTYPE_NSH:
        return STEP_UNSUPPORTED_ENCAPSULATION;
    default:
        return STEP_NOT_IP;
    }
}

enum step ethertype_step(struct decoding *d, uint16_t ethertype)
{
    while (is_vlan(ethertype)) {
        uint16_t id = cursor_u16be(&d->in) & VLAN_ID;

        ethertype = cursor_u16be(&d->in);
        if (d->in.is_short)
            return step_short(d);
        /* 802.1Q 9.6: number 0 carries only a priority, the frame is in no VLAN by it. */
        if (id != 0 && !encapsulation_add(&d->packet->encapsulation, LAYER_VLAN, id))
            return STEP_TOO_DEEP;
    }
    if (ethertype == ETHERTYPE_IPV4)
        return STEP_IPV4;
    if (ethertype == ETHERTYPE_IPV6)
        return STEP_IPV6;
    if (ethertype > ETHERTYPE_LENGTH_MAX)
        return after_tags(ethertype);
    decoding_bound(d, ethertype);
    return STEP_LLC;
}

enum step layer_ethernet(struct decoding *d)
{
    uint16_t ethertype;

    cursor_skip(&d->in, 12); /* both hardware addresses */
    ethertype = cursor_u16be(&d->in);
    if (d->in.is_short)
        return step_short(d);
    return ethertype == ETHERTYPE_IPV4 ? STEP_IPV4 : ethertype_step(d, ethertype);
}

enum parse ethernet_is_likely(struct cursor in)
{
    uint16_t ethertype;

    cursor_skip(&in, 12);
    ethertype = cursor_u16be(&in);
    if (in.is_short)
        return PARSE_MORE;
    if (is_vlan(ethertype) || ethertype == ETHERTYPE_IPV4 || ethertype == ETHERTYPE_IPV6 ||
        ethertype == ETHERTYPE_ARP)
        return PARSE_OK;
    if (ethertype > ETHERTYPE_LENGTH_MAX)
        return after_tags(ethertype) != STEP_NOT_IP ? PARSE_OK : PARSE_BAD;
    /* A length alone would be likely in anything: with SNAP behind it, it is one. */
    if (cursor_u24be(&in) == (LLC_SNAP << 16 | LLC_SNAP << 8 | LLC_UNNUMBERED))
        return PARSE_OK;
    return in.is_short ? PARSE_MORE : PARSE_BAD;
}

/* IEEE 802.2; SNAP as RFC 1042 has it. */
enum step layer_llc(struct decoding *d)
{
    uint8_t to = cursor_u8(&d->in);
    uint8_t from = cursor_u8(&d->in);
    uint8_t control = cursor_u8(&d->in);
    uint32_t oui;
    uint16_t ethertype;

    if (d->in.is_short)
        return step_short(d);
    if (control != LLC_UNNUMBERED || to != from)
        return STEP_NOT_IP;
    if (to == LLC_IP)
        return STEP_IPV4;
    if (to != LLC_SNAP)
        return STEP_NOT_IP;
    oui = cursor_u24be(&d->in);
    ethertype = cursor_u16be(&d->in);
    if (d->in.is_short)
        return step_short(d);
    if ((oui != OUI_ETHERTYPE && oui != OUI_BRIDGE_TUNNEL) || ethertype <= ETHERTYPE_LENGTH_MAX)
        return STEP_NOT_IP;
    return ethertype_step(d, ethertype);
}

/* 802.1Q 9.7: the I-TAG's service number, then the customer's whole frame. */
enum step layer_pbb(struct decoding *d)
{
    uint32_t service = cursor_u32be(&d->in) & SERVICE_ID;

    return d->in.is_short ? step_short(d) : step_into(d, LAYER_PBB, service, STEP_ETHERNET);
}

/* 802.1AE 9.3: a SecTAG that promises integrity alone leaves the frame readable. */
enum step layer_macsec(struct decoding *d)
{
    uint8_t control = cursor_u8(&d->in);
    uint16_t ethertype;

    cursor_skip(&d->in, (control & MACSEC_HAS_CHANNEL) != 0 ? 5 + 8 : 5);
    if (d->in.is_short)
        return step_short(d);
    if ((control & (MACSEC_ENCRYPTED | MACSEC_CHANGED)) != 0)
        return STEP_ENCRYPTED;
    ethertype = cursor_u16be(&d->in);
    return d->in.is_short ? step_short(d) : ethertype_step(d, ethertype);
}
