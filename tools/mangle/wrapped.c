/* The buffer that wraps build in, and the headers that most of them need. */
#include "mangle/wrapped.h"

#include "base/mem.h"
#include "mangle/header.h"

enum {
    ETHERNET_HEADER = 14,
    IPV4_HEADER = 20,
    LENGTH_MAX = 65535,
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_IPV6 = 0x86DD,
    PROTOCOL_UDP = 17,
};

bool wrapped_set(struct wrapped *f, struct slice ethernet)
{
    if (ethernet.len > WRAP_FRAME_MAX)
        return false;
    f->at = WRAP_ROOM_BEFORE;
    f->end = WRAP_ROOM_BEFORE + ethernet.len;
    f->link_type = WRAP_LINK_ETHERNET;
    mem_copy(f->octets + f->at, ethernet.data, ethernet.len);
    return true;
}

struct slice wrapped_view(const struct wrapped *f)
{
    return slice_of(f->octets + f->at, wrapped_length(f));
}

size_t wrapped_length(const struct wrapped *f)
{
    return f->end - f->at;
}

/* wrap_apply has seen to it that there is room. */
void put(struct wrapped *f, struct slice octets)
{
    f->at -= octets.len;
    mem_copy(f->octets + f->at, octets.data, octets.len);
}

void put_zeros(struct wrapped *f, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_u8(f, 0);
}

void put_u8(struct wrapped *f, unsigned value)
{
    f->octets[--f->at] = (uint8_t)value;
}

void put_u16(struct wrapped *f, unsigned value)
{
    put_u8(f, value);
    put_u8(f, value >> 8);
}

void put_u32(struct wrapped *f, uint32_t value)
{
    put_u16(f, value & 0xFFFF);
    put_u16(f, value >> 16);
}

void put_u16_low(struct wrapped *f, unsigned value)
{
    put_u8(f, value >> 8);
    put_u8(f, value);
}

void put_u32_low(struct wrapped *f, uint32_t value)
{
    put_u16_low(f, value >> 16);
    put_u16_low(f, value & 0xFFFF);
}

uint16_t take_ethernet(struct wrapped *f)
{
    const uint8_t *front = f->octets + f->at;
    unsigned ethertype;

    if (wrapped_length(f) <= ETHERNET_HEADER)
        return 0;
    ethertype = (unsigned)front[12] << 8 | front[13];
    f->at += ETHERNET_HEADER;
    return ethertype == ETHERTYPE_IPV4 || ethertype == ETHERTYPE_IPV6 ? (uint16_t)ethertype : 0;
}

void put_ethernet(struct wrapped *f, unsigned ethertype)
{
    static const uint8_t addresses[12] = { 2, 0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 4 };

    put_u16(f, ethertype);
    put(f, slice_of(addresses, sizeof(addresses)));
}

unsigned checksum_of_front(const struct wrapped *f, size_t count)
{
    return header_checksum(slice_of(f->octets + f->at, count), 0);
}

bool put_ipv4(struct wrapped *f, unsigned protocol)
{
    size_t length = wrapped_length(f) + IPV4_HEADER;
    unsigned checksum;

    if (length > LENGTH_MAX)
        return false;
    put_u32(f, 0xCB007102); /* 203.0.113.2 */
    put_u32(f, 0xCB007101);
    put_u16(f, 0);
    put_u8(f, protocol);
    put_u8(f, 64);
    put_u32(f, 0x00004000);
    put_u16(f, (unsigned)length);
    put_u16(f, 0x4500);
    checksum = checksum_of_front(f, IPV4_HEADER);
    f->octets[f->at + 10] = (uint8_t)(checksum >> 8);
    f->octets[f->at + 11] = (uint8_t)checksum;
    put_ethernet(f, ETHERTYPE_IPV4);
    return true;
}

bool put_ipv6(struct wrapped *f, unsigned protocol)
{
    static const uint8_t addresses[32] = {
        [0] = 0x20, 0x01, 0x0D, 0xB8, [15] = 1, [16] = 0x20, 0x01, 0x0D, 0xB8, [31] = 2
    };
    size_t length = wrapped_length(f);

    if (length > LENGTH_MAX)
        return false;
    put(f, slice_of(addresses, sizeof(addresses)));
    put_u8(f, 64);
    put_u8(f, protocol);
    put_u16(f, (unsigned)length);
    put_u32(f, 0x60000000);
    put_ethernet(f, ETHERTYPE_IPV6);
    return true;
}

bool put_udp(struct wrapped *f, unsigned from, unsigned to)
{
    size_t length = wrapped_length(f) + 8;

    if (length > LENGTH_MAX)
        return false;
    put_u16(f, 0); /* RFC 768: no checksum */
    put_u16(f, (unsigned)length);
    put_u16(f, to);
    put_u16(f, from);
    return put_ipv4(f, PROTOCOL_UDP);
}
