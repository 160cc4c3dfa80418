/* The way of nearly every frame, in one look: Ethernet and, right behind it, IPv4 without options or
 * IPv6 without extension headers, around TCP. Private to net/. */
#ifndef SMTPSCOPE_NET_PLAIN_H
#define SMTPSCOPE_NET_PLAIN_H

#include "net/layers.h"
#include "net/tcp_header.h"

/* Octets of the headers, and how an IPv4 header without options begins (RFC 791 3.1: version 4, five
 * words). */
enum {
    PLAIN_ETHERNET = 14,
    PLAIN_IPV4 = 20,
    PLAIN_IPV6 = 40,
    PLAIN_IPV4_BEGIN = 0x45,
};

static inline uint16_t plain_u16(const uint8_t *octets)
{
    return (uint16_t)(octets[0] << 8 | octets[1]);
}

/* The headers lie at known places, so that one length check does for all of them. `ip` has the
 * header, and TCP_HEADER octets behind it. */
static inline bool plain_ipv4(const uint8_t *ip, struct tcp_datagram *out)
{
    enum {
        LENGTH_AT = 2,
        PLACE_AT = 6,
        PROTOCOL_AT = 9,
        SOURCE_AT = 12,
        DESTINATION_AT = 16,
        FRAGMENTED = 0x3FFF, /* more fragments, or an offset */
    };
    uint32_t length = plain_u16(ip + LENGTH_AT);

    out->version = 4;
    out->source = ip + SOURCE_AT;
    out->destination = ip + DESTINATION_AT;
    out->segment.data = ip + PLAIN_IPV4;
    out->sent = length - PLAIN_IPV4;
    return ip[0] == PLAIN_IPV4_BEGIN && ip[PROTOCOL_AT] == PROTOCOL_TCP &&
           (plain_u16(ip + PLACE_AT) & FRAGMENTED) == 0 && length >= PLAIN_IPV4 + TCP_HEADER;
}

static inline bool plain_ipv6(const uint8_t *ip, struct tcp_datagram *out)
{
    enum { LENGTH_AT = 4, PROTOCOL_AT = 6, SOURCE_AT = 8, DESTINATION_AT = 24 };

    out->version = 6;
    out->source = ip + SOURCE_AT;
    out->destination = ip + DESTINATION_AT;
    out->segment.data = ip + PLAIN_IPV6;
    out->sent = plain_u16(ip + LENGTH_AT);
    return ip[0] >> 4 == 6 && ip[PROTOCOL_AT] == PROTOCOL_TCP && out->sent >= TCP_HEADER;
}

/* True: the frame is plain, and *out is what it holds, but for out->segment.len. More may have been
 * sent than was captured. */
static inline bool plain_find(struct slice octets, struct tcp_datagram *out)
{
    const uint8_t *ip = octets.data + PLAIN_ETHERNET;

    if (octets.len < PLAIN_ETHERNET + PLAIN_IPV4 + TCP_HEADER)
        return false;
    switch (plain_u16(ip - 2)) {
    case ETHERTYPE_IPV4:
        return plain_ipv4(ip, out);
    case ETHERTYPE_IPV6:
        return octets.len >= PLAIN_ETHERNET + PLAIN_IPV6 + TCP_HEADER && plain_ipv6(ip, out);
    default:
        return false;
    }
}

/* True: the frame is plain and was captured whole, and *out is what the layers' handlers would find
 * in it. False: it is something else, and the handlers tell what. */
static inline bool plain_read(const struct frame *frame, struct tcp_datagram *out)
{
    const uint8_t *end = frame->octets.data + frame->octets.len;

    if (frame->octets.len != frame->length || !plain_find(frame->octets, out) ||
        out->sent > (size_t)(end - out->segment.data))
        return false;
    out->segment.len = out->sent;
    return true;
}

#endif
