/* Tunnels over IP and UDP. Formats: the RFC that net/'s source names for each. */
#include "mangle/wrap_links.h"

enum {
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_IPV6 = 0x86DD,
    PROTOCOL_IPV4 = 4,
    PROTOCOL_IPV6 = 41,
    PROTOCOL_GRE = 47,
    PROTOCOL_ETHERIP = 97,
    PROTOCOL_MPLS = 137,
    SOURCE_PORT = 49152,
};

static unsigned protocol_of(unsigned ethertype)
{
    return ethertype == ETHERTYPE_IPV6 ? PROTOCOL_IPV6 : PROTOCOL_IPV4;
}

bool wrap_in_ipv4(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    return ethertype != 0 && put_ipv4(f, protocol_of(ethertype));
}

bool wrap_in_ipv6(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    return ethertype != 0 && put_ipv6(f, protocol_of(ethertype));
}

bool wrap_gre(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_u16(f, ethertype);
    put_u16(f, 0);
    return ethertype != 0 && put_ipv4(f, PROTOCOL_GRE);
}

/* Checksum, key and sequence number, over IPv6. */
bool wrap_gre_full(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);
    unsigned checksum;

    put_u32(f, 9);
    put_u32(f, 42);
    put_u32(f, 0);
    put_u16(f, ethertype);
    put_u16(f, 0xB000);
    checksum = checksum_of_front(f, wrapped_length(f));
    f->octets[f->at + 4] = (uint8_t)(checksum >> 8);
    f->octets[f->at + 5] = (uint8_t)checksum;
    return ethertype != 0 && put_ipv6(f, PROTOCOL_GRE);
}

/* As NVGRE has it: subnet 5001, flow 7. */
bool wrap_gre_ethernet(struct wrapped *f)
{
    put_u32(f, 5001 << 8 | 7);
    put_u16(f, 0x6558);
    put_u16(f, 0x2000);
    return put_ipv4(f, PROTOCOL_GRE);
}

bool wrap_pptp(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);
    size_t length;

    put_ppp(f, ethertype);
    put_u16(f, 0xFF03);
    length = wrapped_length(f);
    put_u32(f, 8); /* acknowledgement */
    put_u32(f, 9);
    put_u16(f, 33);
    put_u16(f, (unsigned)length);
    put_u16(f, 0x880B);
    put_u16(f, 0x3081);
    return ethertype != 0 && length <= 65535 && put_ipv4(f, PROTOCOL_GRE);
}

bool wrap_erspan_i(struct wrapped *f)
{
    put_u16(f, 0x88BE);
    put_u16(f, 0);
    return put_ipv4(f, PROTOCOL_GRE);
}

bool wrap_erspan_ii(struct wrapped *f)
{
    put_u32(f, 77);
    put_u16(f, 0x1800 | 55);
    put_u16(f, 0x1000 | 100);
    put_u32(f, 9);
    put_u16(f, 0x88BE);
    put_u16(f, 0x1000);
    return put_ipv4(f, PROTOCOL_GRE);
}

/* With the subheader that is there by choice. */
bool wrap_erspan_iii(struct wrapped *f)
{
    put_u32(f, 1);
    put_u32(f, 0x04000000);
    put_u16(f, 0x0001);
    put_u16(f, 0);
    put_u32(f, 123456);
    put_u16(f, 56);
    put_u16(f, 0x2000 | 100);
    put_u32(f, 9);
    put_u16(f, 0x22EB);
    put_u16(f, 0x1000);
    return put_ipv4(f, PROTOCOL_GRE);
}

bool wrap_etherip(struct wrapped *f)
{
    put_u16(f, 0x3000);
    return put_ipv4(f, PROTOCOL_ETHERIP);
}

bool wrap_mpls_in_ip(struct wrapped *f)
{
    return wrap_label(f) && put_ipv4(f, PROTOCOL_MPLS);
}

static bool put_vxlan(struct wrapped *f, unsigned port)
{
    put_u32(f, 4242 << 8);
    put_u32(f, 0x08000000);
    return put_udp(f, SOURCE_PORT, port);
}

bool wrap_vxlan(struct wrapped *f)
{
    return put_vxlan(f, 4789);
}

bool wrap_vxlan_linux(struct wrapped *f)
{
    return put_vxlan(f, 8472);
}

bool wrap_vxlan_gpe(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_u32(f, 4242 << 8);
    put_u32(f, 0x0C000000 | (ethertype == ETHERTYPE_IPV6 ? 2 : 1));
    return ethertype != 0 && put_udp(f, SOURCE_PORT, 4790);
}

/* Two options, one of them without a value. */
static bool put_geneve(struct wrapped *f, unsigned protocol)
{
    put_u32(f, 0x01024400);
    put_u32(f, 0xDEADBEEF);
    put_u32(f, 0x01020101);
    put_u32(f, 4343 << 8);
    put_u16(f, protocol);
    put_u16(f, 0x0300);
    return put_udp(f, SOURCE_PORT, 6081);
}

bool wrap_geneve(struct wrapped *f)
{
    return put_geneve(f, 0x6558);
}

bool wrap_geneve_ip(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    return ethertype != 0 && put_geneve(f, ethertype);
}

/* A sequence number, and the PDU session container that 5G has (3GPP TS 38.415). */
bool wrap_gtp_u(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);
    size_t length;

    put_u32(f, 0x01000900);
    put_u8(f, 0x85);
    put_u8(f, 0);
    put_u16(f, 5);
    length = wrapped_length(f);
    put_u32(f, 0xABCD);
    put_u16(f, (unsigned)length);
    put_u16(f, 0x36FF);
    return ethertype != 0 && length <= 65535 && put_udp(f, 2152, 2152);
}

/* The packet goes into an IPv6 packet first, for Teredo carries no other; an authentication and an
 * origin indication stand before it. */
bool wrap_teredo(struct wrapped *f)
{
    static const uint8_t addresses[32] = {
        [0] = 0x20, 0x01, 0, 0, [15] = 1, [16] = 0x20, 0x01, 0x0D, 0xB8, [31] = 2
    };
    unsigned ethertype = take_ethernet(f);
    size_t length = wrapped_length(f);

    put(f, slice_of(addresses, sizeof(addresses)));
    put_u8(f, 64);
    put_u8(f, protocol_of(ethertype));
    put_u16(f, (unsigned)length);
    put_u32(f, 0x60000000);
    put(f, slice_of("\0\0\x3F\xFE\x34\xFF\x8E\xFE", 8));
    put(f, slice_of("\0\1\0\0\1\2\3\4\5\6\7\x08\0", 13));
    return ethertype != 0 && length <= 65535 && put_udp(f, 3544, SOURCE_PORT);
}

/* Length, sequence numbers and an offset. */
bool wrap_l2tp(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);
    size_t length;

    put_ppp(f, ethertype);
    put_u16(f, 0xFF03);
    put_u16(f, 0);
    put_u16(f, 2);
    put_u32(f, 0x00010002);
    put_u16(f, 66);
    put_u16(f, 11);
    length = wrapped_length(f) + 4;
    put_u16(f, (unsigned)length);
    put_u16(f, 0x4A02);
    return ethertype != 0 && length <= 65535 && put_udp(f, 1701, 1701);
}
