/* Link layers: Ethernet with VLAN tags, Linux cooked captures, BSD loopback, raw IP. */
#include "net/layers.h"

enum {
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_VLAN = 0x8100, /* IEEE 802.1Q */
    ETHERTYPE_IPV6 = 0x86DD,
    ETHERTYPE_SERVICE_VLAN = 0x88A8, /* IEEE 802.1ad */
    ETHERTYPE_OLD_QINQ = 0x9100,     /* stacked tags from before 802.1ad */
    VLAN_ID = 0x0FFF,
    HARDWARE_NETLINK = 824, /* ARPHRD_NETLINK: the protocol field is no Ethertype */
};

static bool is_vlan(uint16_t ethertype)
{
    return ethertype == ETHERTYPE_VLAN || ethertype == ETHERTYPE_SERVICE_VLAN ||
           ethertype == ETHERTYPE_OLD_QINQ;
}

/* Reads the VLAN tags that may follow an Ethertype. */
static enum step after_ethertype(struct decoding *d, uint16_t ethertype)
{
    struct encapsulation *way = &d->packet->encapsulation;

    while (is_vlan(ethertype)) {
        uint16_t id = cursor_u16be(&d->in) & VLAN_ID;

        ethertype = cursor_u16be(&d->in);
        if (d->in.is_short)
            return step_short(d);
        /* 802.1Q 9.6: number 0 carries only a priority, the frame is in no VLAN by it. */
        if (id == 0)
            continue;
        if (way->count == ENCAPSULATION_LAYERS_MAX)
            return STEP_MALFORMED;
        way->layers[way->count++] = (struct layer){ .kind = LAYER_VLAN, .id = id };
    }
    if (ethertype == ETHERTYPE_IPV4)
        return STEP_IPV4;
    if (ethertype == ETHERTYPE_IPV6)
        return STEP_IPV6;
    return STEP_NOT_IP;
}

enum step layer_ethernet(struct decoding *d)
{
    uint16_t ethertype;

    cursor_skip(&d->in, 12); /* both hardware addresses */
    ethertype = cursor_u16be(&d->in);
    return d->in.is_short ? step_short(d) : after_ethertype(d, ethertype);
}

/* LINKTYPE_LINUX_SLL: packet type, hardware type, address length, address, protocol. */
enum step layer_cooked(struct decoding *d)
{
    uint16_t hardware, ethertype;

    cursor_skip(&d->in, 2);
    hardware = cursor_u16be(&d->in);
    cursor_skip(&d->in, 10);
    ethertype = cursor_u16be(&d->in);
    if (d->in.is_short)
        return step_short(d);
    return hardware == HARDWARE_NETLINK ? STEP_NOT_IP : after_ethertype(d, ethertype);
}

/* LINKTYPE_LINUX_SLL2: protocol, reserved, interface, hardware type, packet type, address. */
enum step layer_cooked_v2(struct decoding *d)
{
    uint16_t ethertype = cursor_u16be(&d->in);
    uint16_t hardware;

    cursor_skip(&d->in, 6);
    hardware = cursor_u16be(&d->in);
    cursor_skip(&d->in, 10);
    if (d->in.is_short)
        return step_short(d);
    return hardware == HARDWARE_NETLINK ? STEP_NOT_IP : after_ethertype(d, ethertype);
}

/* LINKTYPE_NULL has the address family in the order of the machine that captured, LINKTYPE_LOOP in
 * network order; families are small numbers, so the order shows. */
enum step layer_loopback(struct decoding *d)
{
    uint32_t family = cursor_u32be(&d->in);

    if (d->in.is_short)
        return step_short(d);
    if (family > UINT16_MAX)
        family = __builtin_bswap32(family);
    switch (family) {
    case 2:
        return STEP_IPV4;
    case 10: /* Linux */
    case 23: /* Windows */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* Darwin */
        return STEP_IPV6;
    default:
        return STEP_NOT_IP;
    }
}

enum step layer_raw_ip(struct decoding *d)
{
    struct cursor ahead = d->in;
    uint8_t first = cursor_u8(&ahead);

    if (ahead.is_short)
        return step_short(d);
    return first >> 4 == 6 ? STEP_IPV6 : STEP_IPV4;
}
