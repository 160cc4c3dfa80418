/* Ethernet, 802.1Q, IPv4, IPv6 and TCP, as far as mangle changes them. */
#include "mangle/header.h"

enum {
    ETHERTYPE_AT = 12,
    TAG = 4,
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_IPV6 = 0x86DD,
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_SERVICE_VLAN = 0x88A8,
    IPV4_MORE_AND_OFFSET = 0x3FFF, /* of flags and offset, all but DF */
};

unsigned octets_get_u16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

uint32_t octets_get_u32(const uint8_t *at)
{
    return (uint32_t)octets_get_u16(at) << 16 | octets_get_u16(at + 2);
}

void octets_set_u16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

void octets_set_u32(uint8_t *at, uint32_t value)
{
    octets_set_u16(at, value >> 16);
    octets_set_u16(at + 2, value & 0xFFFF);
}

static bool find_ipv4(struct slice frame, struct headers *h)
{
    const uint8_t *ip = frame.data + h->ip;
    size_t length;

    if (frame.len - h->ip < HEADER_IPV4 || ip[0] >> 4 != 4)
        return false;
    length = octets_get_u16(ip + 2);
    h->version = 4;
    h->protocol = ip[9];
    h->transport = h->ip + (ip[0] & (size_t)15) * 4;
    h->end = h->ip + length;
    return (ip[0] & 15) >= 5 && length > (ip[0] & (size_t)15) * 4 &&
           (octets_get_u16(ip + 6) & IPV4_MORE_AND_OFFSET) == 0;
}

static bool find_ipv6(struct slice frame, struct headers *h)
{
    const uint8_t *ip = frame.data + h->ip;

    if (frame.len - h->ip < HEADER_IPV6 || ip[0] >> 4 != 6)
        return false;
    h->version = 6;
    h->protocol = ip[6];
    h->transport = h->ip + HEADER_IPV6;
    h->end = h->transport + octets_get_u16(ip + 4);
    return h->end > h->transport && h->protocol != PROTOCOL_FRAGMENT;
}

static bool find_ip(struct slice frame, struct headers *h)
{
    size_t at = ETHERTYPE_AT;
    unsigned kind = 0;

    do {
        if (frame.len < at + 2)
            return false;
        kind = octets_get_u16(frame.data + at);
        h->ip = at + 2;
        at += TAG;
    } while (kind == ETHERTYPE_VLAN || kind == ETHERTYPE_SERVICE_VLAN);
    if (kind == ETHERTYPE_IPV4)
        return find_ipv4(frame, h);
    return kind == ETHERTYPE_IPV6 && find_ipv6(frame, h);
}

bool headers_of(struct slice frame, struct headers *out)
{
    *out = (struct headers){ 0 };
    if (!find_ip(frame, out) || out->end > frame.len)
        return false;
    if (out->protocol == PROTOCOL_TCP && out->end - out->transport >= HEADER_TCP) {
        size_t length = (size_t)(frame.data[out->transport + 12] >> 4) * 4;

        if (length >= HEADER_TCP && length <= out->end - out->transport)
            out->payload = out->transport + length;
    }
    return true;
}

unsigned header_checksum(struct slice octets, uint64_t sum)
{
    for (size_t i = 0; i < octets.len; i++)
        sum += i % 2 == 0 ? (uint32_t)octets.data[i] << 8 : octets.data[i];
    while (sum > 0xFFFF)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (unsigned)(~sum & 0xFFFF);
}

void header_seal_ip(uint8_t *frame, const struct headers *h, size_t end)
{
    uint8_t *ip = frame + h->ip;

    if (h->version == 6) {
        octets_set_u16(ip + 4, (unsigned)(end - h->ip - HEADER_IPV6));
        return;
    }
    octets_set_u16(ip + 2, (unsigned)(end - h->ip));
    octets_set_u16(ip + 10, 0);
    octets_set_u16(ip + 10, header_checksum(slice_of(ip, h->transport - h->ip), 0));
}

void header_seal_tcp(uint8_t *frame, const struct headers *h, size_t end)
{
    struct slice addresses =
        h->version == 6 ? slice_of(frame + h->ip + 8, 32) : slice_of(frame + h->ip + 12, 8);
    size_t length = end - h->transport;
    uint64_t sum = PROTOCOL_TCP + length + (~header_checksum(addresses, 0) & 0xFFFF);
    uint8_t *field = frame + h->transport + 16;

    octets_set_u16(field, 0);
    octets_set_u16(field, header_checksum(slice_of(frame + h->transport, length), sum));
}
