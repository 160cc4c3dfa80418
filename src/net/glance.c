/* The headers lie at known places. */
#include "net/glance.h"

#include "base/mem.h"
#include "net/plain.h"

enum {
    IPV4_LENGTH_AT = 2,
    IPV4_PROTOCOL_AT = 9,
    IPV4_SOURCE_AT = 12,
    IPV6_LENGTH_AT = 4,
    IPV6_PROTOCOL_AT = 6,
    IPV6_SOURCE_AT = 8,
    TCP_DATA_OFFSET_AT = 12,
};

static uint16_t u16_at(const uint8_t *octets)
{
    return (uint16_t)(octets[0] << 8 | octets[1]);
}

/* The ports and the length of the TCP header, of a datagram with `length` octets behind its own. */
static void read_tcp(const uint8_t *tcp, uint32_t length, struct glance *out)
{
    out->from.port = u16_at(tcp);
    out->to.port = u16_at(tcp + 2);
    out->has_payload = length > (uint32_t)(tcp[TCP_DATA_OFFSET_AT] >> 4) * 4;
}

static void read_addresses(const uint8_t *at, uint8_t version, struct glance *out)
{
    size_t size = version == 4 ? 4 : 16;

    *out = (struct glance){ 0 };
    out->from.address.version = version;
    out->to.address.version = version;
    mem_copy(out->from.address.octets, at, size);
    mem_copy(out->to.address.octets, at + size, size);
}

bool net_glance(int link_type, struct slice octets, struct glance *out)
{
    const uint8_t *ip;

    if (link_type != LINK_ETHERNET || octets.len < PLAIN_ETHERNET + PLAIN_IPV4 + PLAIN_TCP)
        return false;
    ip = octets.data + PLAIN_ETHERNET;
    if (u16_at(ip - 2) == ETHERTYPE_IPV4 && ip[0] == PLAIN_IPV4_BEGIN &&
        ip[IPV4_PROTOCOL_AT] == PROTOCOL_TCP && u16_at(ip + IPV4_LENGTH_AT) >= PLAIN_IPV4) {
        read_addresses(ip + IPV4_SOURCE_AT, 4, out);
        read_tcp(ip + PLAIN_IPV4, (uint32_t)u16_at(ip + IPV4_LENGTH_AT) - PLAIN_IPV4, out);
        return true;
    }
    if (u16_at(ip - 2) == ETHERTYPE_IPV6 && octets.len >= PLAIN_ETHERNET + PLAIN_IPV6 + PLAIN_TCP &&
        ip[IPV6_PROTOCOL_AT] == PROTOCOL_TCP) {
        read_addresses(ip + IPV6_SOURCE_AT, 6, out);
        read_tcp(ip + PLAIN_IPV6, u16_at(ip + IPV6_LENGTH_AT), out);
        return true;
    }
    return false;
}
