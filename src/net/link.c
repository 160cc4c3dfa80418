/* Headers that a system's capture interface makes up for want of a link layer: Linux cooked
 * captures, BSD loopback, raw IP, OpenBSD's enc and pflog, Linux's nflog, Darwin's pktap. */
#include "net/layers.h"

enum {
    COOKED_LLC = 4,             /* no Ethertype: those are above 1500 */
    HARDWARE_RADIOTAP = 803,    /* ARPHRD_IEEE80211_RADIOTAP: the protocol field is not used */
    HARDWARE_NETLINK = 824,     /* ARPHRD_NETLINK: the protocol field is no Ethertype */
    HARDWARE_FRAME_RELAY = 770, /* ARPHRD_FRAD */
    NFLOG_VERSION = 0,
    NFLOG_PAYLOAD = 9, /* NFULA_PAYLOAD */
    TLV_HEADER = 4,
    PKTAP_FIXED = 12, /* of the header, what is read */
    PKTAP_PACKET = 1,
    PKTAP_LENGTH_MAX = 4096, /* the real ones have 108 and 156 octets */
    DARWIN_RAW = 12,         /* DLT_RAW there; a LINKTYPE_ value it is not */
    LINK_RAW = 101,
    ENC_REST = 8,          /* after the address family: SPI, flags */
    PFLOG_LENGTH_MIN = 45, /* up to and with the rule numbers and the direction */
};

static enum step cooked_protocol(struct decoding *d, uint16_t hardware, uint16_t protocol)
{
    /* Of Frame Relay the protocol says nothing. */
    if (hardware == HARDWARE_NETLINK || hardware == HARDWARE_FRAME_RELAY)
        return STEP_NOT_IP;
    if (hardware == HARDWARE_RADIOTAP)
        return STEP_RADIOTAP;
    if (protocol == COOKED_LLC)
        return STEP_LLC;
    return protocol <= ETHERTYPE_LENGTH_MAX ? STEP_NOT_IP : ethertype_step(d, protocol);
}

/* LINKTYPE_LINUX_SLL: packet type, hardware type, address length, address, protocol. */
enum step layer_cooked(struct decoding *d)
{
    uint16_t hardware, protocol;

    cursor_skip(&d->in, 2);
    hardware = cursor_u16be(&d->in);
    cursor_skip(&d->in, 10);
    protocol = cursor_u16be(&d->in);
    return d->in.is_short ? step_short(d) : cooked_protocol(d, hardware, protocol);
}

/* LINKTYPE_LINUX_SLL2: protocol, reserved, interface, hardware type, packet type, address. */
enum step layer_cooked_v2(struct decoding *d)
{
    uint16_t protocol = cursor_u16be(&d->in);
    uint16_t hardware;

    cursor_skip(&d->in, 6);
    hardware = cursor_u16be(&d->in);
    cursor_skip(&d->in, 10);
    return d->in.is_short ? step_short(d) : cooked_protocol(d, hardware, protocol);
}

/* What an AF_ value of whichever system announces. */
static enum step family_step(uint32_t family)
{
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

/* A family in the order of whichever machine: families are small numbers, so the order shows. */
static uint32_t family_of(struct cursor *in)
{
    uint32_t family = cursor_u32be(in);

    return family > UINT16_MAX ? __builtin_bswap32(family) : family;
}

/* LINKTYPE_NULL has the address family in the order of the machine that captured, LINKTYPE_LOOP in
 * network order. */
enum step layer_loopback(struct decoding *d)
{
    uint32_t family = family_of(&d->in);

    return d->in.is_short ? step_short(d) : family_step(family);
}

enum step layer_raw_ip(struct decoding *d)
{
    struct cursor ahead = d->in;
    uint8_t first = cursor_u8(&ahead);

    if (ahead.is_short)
        return step_short(d);
    return first >> 4 == 6 ? STEP_IPV6 : STEP_IPV4;
}

/* LINKTYPE_ENC: address family and flags in the order of the machine that captured, the SPI between
 * them; what follows is what the IPsec stack has decrypted or is about to encrypt. */
enum step layer_enc(struct decoding *d)
{
    uint32_t family = family_of(&d->in);

    cursor_skip(&d->in, ENC_REST);
    return d->in.is_short ? step_short(d) : family_step(family);
}

/* LINKTYPE_PFLOG: a length, which does not count the filling up to 4 octets, and a family. */
enum step layer_pflog(struct decoding *d)
{
    uint8_t length = cursor_u8(&d->in);
    uint8_t family = cursor_u8(&d->in);

    if (d->in.is_short)
        return step_short(d);
    if (length < PFLOG_LENGTH_MIN)
        return STEP_MALFORMED;
    cursor_skip(&d->in, (size_t)(length + 3) / 4 * 4 - 2);
    if (d->in.is_short)
        return step_short(d);
    /* A rule with af-to has turned the packet into the other version, and not the family. */
    return family_step(family) == STEP_NOT_IP ? STEP_NOT_IP : STEP_RAW_IP;
}

/* LINKTYPE_NFLOG's lengths and types are in the order of the machine that captured; libpcap turns
 * those of a file round, so what comes here is in this one's. */
static uint16_t host_u16(struct cursor *in)
{
    struct slice octets = cursor_take(in, 2);
    uint16_t value = 0;

    if (octets.len == sizeof(value))
        mem_copy(&value, octets.data, sizeof(value));
    return value;
}

/* LINKTYPE_NFLOG: family, version, number, then values with length and type, each filled up to 4
 * octets; one of them is the packet. */
enum step layer_nflog(struct decoding *d)
{
    uint8_t version;

    cursor_skip(&d->in, 1); /* the packet says itself which version of IP it is */
    version = cursor_u8(&d->in);
    cursor_skip(&d->in, 2);
    if (d->in.is_short)
        return step_short(d);
    if (version != NFLOG_VERSION)
        return STEP_MALFORMED;
    while (cursor_left(&d->in) > 0) {
        uint16_t length = host_u16(&d->in);
        uint16_t type = host_u16(&d->in);

        if (d->in.is_short)
            return step_short(d);
        if (length < TLV_HEADER)
            return STEP_MALFORMED;
        if (type == NFLOG_PAYLOAD) {
            decoding_bound(d, (uint32_t)length - TLV_HEADER);
            return STEP_RAW_IP;
        }
        cursor_skip(&d->in, ((size_t)length + 3) / 4 * 4 - TLV_HEADER);
        if (d->in.is_short)
            return step_short(d);
    }
    return d->cut > 0 ? STEP_TRUNCATED : STEP_NOT_IP;
}

/* LINKTYPE_PKTAP: length, record type and the DLT_ value that Darwin has for the packet, all in the
 * order of Apple's machines, and more that is not needed. Anybody may use LINKTYPE_USER2 for
 * anything, hence the suspicion. */
enum step layer_pktap(struct decoding *d)
{
    uint32_t length = cursor_u32le(&d->in);
    uint32_t type = cursor_u32le(&d->in);
    uint32_t dlt = cursor_u32le(&d->in);

    if (d->in.is_short)
        return step_short(d);
    if (length < PKTAP_FIXED || length > PKTAP_LENGTH_MAX || type != PKTAP_PACKET)
        return STEP_UNSUPPORTED_LINK_TYPE;
    cursor_skip(&d->in, length - PKTAP_FIXED);
    if (d->in.is_short)
        return step_short(d);
    if (dlt > INT16_MAX)
        return STEP_UNSUPPORTED_LINK_TYPE;
    return link_type_step(dlt == DARWIN_RAW ? LINK_RAW : (int)dlt);
}
