/* TCP as it lies in an IP datagram. Private to net/. */
#ifndef SMTPSCOPE_NET_TCP_HEADER_H
#define SMTPSCOPE_NET_TCP_HEADER_H

#include "net/checksum.h"
#include "net/layers.h"

enum { TCP_HEADER = 20 }; /* octets, without options */

/* Sets all that options tell, of one segment whose other fields are set. */
void tcp_read_options(struct segment *segment, struct slice options);

/* Octets of the header with its options, as it says itself (RFC 9293 3.1). */
static inline uint32_t tcp_header_length(const uint8_t *header)
{
    enum { OFFSET_AT = 12 };

    return (uint32_t)(header[OFFSET_AT] >> 4) * 4;
}

static inline bool tcp_is_followed(const struct net_rules *rules, const struct segment *segment)
{
    return rules->followed_ports == NULL ||
           port_set_has(rules->followed_ports, segment->from.port) ||
           port_set_has(rules->followed_ports, segment->to.port);
}

/* Between whom and what, but for options and ports. The caller has seen that the header is there. */
static inline void tcp_read_fields(struct segment *segment, const struct tcp_datagram *datagram,
                                   uint32_t length)
{
    struct cursor header = cursor_of(slice_of(datagram->segment.data, TCP_HEADER));

    address_set(&segment->from.address, datagram->version, datagram->source);
    address_set(&segment->to.address, datagram->version, datagram->destination);
    cursor_skip(&header, 4);
    segment->sequence = cursor_u32be(&header);
    segment->acknowledgement = cursor_u32be(&header);
    cursor_skip(&header, 1);
    segment->flags = cursor_u8(&header) & 0x3F;
    segment->window = cursor_u16be(&header);
    segment->payload_length = datagram->sent - length;
}

/* Reads the segment, TCP_HEADER octets of which are there at least, into packet->segment, and sets
 * packet->kind. Returns how the walk ends. Inline: most packets take the shortcut to here. */
static inline enum step tcp_read(const struct net_rules *rules, const struct tcp_datagram *datagram,
                                 struct packet *packet)
{
    struct segment *segment = &packet->segment;
    struct cursor ports = cursor_of(slice_of(datagram->segment.data, TCP_HEADER));
    uint32_t length = tcp_header_length(datagram->segment.data);
    bool is_followed;

    if (length < TCP_HEADER || length > datagram->sent)
        return STEP_MALFORMED;
    segment->from.port = cursor_u16be(&ports);
    segment->to.port = cursor_u16be(&ports);
    /* Where the capture cut the options, the payload is cut from its first octet on. */
    segment->payload = slice_from(datagram->segment, length);
    packet->kind = PACKET_OTHER_PORT;
    is_followed = tcp_is_followed(rules, segment);
    if (!is_followed && rules->checksums != NET_CHECKSUMS_ENFORCED)
        return STEP_DONE;
    segment->checksum = CHECKSUM_UNKNOWN;
    if (rules->checksums != NET_CHECKSUMS_IGNORED && datagram->segment.len == datagram->sent)
        segment->checksum = checksum_of(datagram);
    if (segment->checksum == CHECKSUM_BAD && rules->checksums == NET_CHECKSUMS_ENFORCED)
        return STEP_BAD_CHECKSUM;
    if (!is_followed)
        return STEP_DONE;
    packet->kind = PACKET_TCP;
    tcp_read_fields(segment, datagram, length);
    tcp_read_options(segment, slice_part(datagram->segment, TCP_HEADER, length - TCP_HEADER));
    return STEP_DONE;
}

#endif
