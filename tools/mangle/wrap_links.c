/* Link layers and the headers that capture interfaces make up. Formats: the page of each on
 * https://www.tcpdump.org/linktypes.html and the standard that net/'s source names. */
#include "base/mem.h"
#include "mangle/wrap_links.h"

enum {
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_IPV6 = 0x86DD,
    FAMILY_IPV4 = 2,
    FAMILY_IPV6_BSD = 24,
    FAMILY_IPV6_LINUX = 10,
    WLAN_DATA = 0x08,
    WLAN_QOS_DATA = 0x88,
    AMSDU_HEADER = 14,
};

static bool put_tag(struct wrapped *f, unsigned kind, unsigned id)
{
    uint8_t addresses[12];

    if (wrapped_length(f) < sizeof(addresses))
        return false;
    mem_copy(addresses, f->octets + f->at, sizeof(addresses));
    f->at += sizeof(addresses);
    put_u16(f, id);
    put_u16(f, kind);
    put(f, slice_of(addresses, sizeof(addresses)));
    return true;
}

bool wrap_vlan(struct wrapped *f)
{
    return put_tag(f, 0x8100, 0x6000 | 100);
}

bool wrap_qinq(struct wrapped *f)
{
    return put_tag(f, 0x8100, 100) && put_tag(f, 0x88A8, 200);
}

static void put_snap(struct wrapped *f, unsigned ethertype)
{
    put_u16(f, ethertype);
    put(f, slice_of("\xAA\xAA\x03\0\0\0", 6));
}

bool wrap_snap(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    if (ethertype == 0 || wrapped_length(f) > 1492)
        return false;
    put_snap(f, ethertype);
    put_ethernet(f, (unsigned)wrapped_length(f)); /* as 802.3 has it, a length */
    return true;
}

bool wrap_pbb(struct wrapped *f)
{
    put_u32(f, 0x20000000 | 70000);
    put_ethernet(f, 0x88E7);
    return put_tag(f, 0x88A8, 300);
}

static void put_labels(struct wrapped *f)
{
    put_u32(f, 2000U << 12 | 0x100 | 64);
    put_u32(f, 1000U << 12 | 64);
}

bool wrap_mpls(struct wrapped *f)
{
    if (take_ethernet(f) == 0)
        return false;
    put_labels(f);
    put_ethernet(f, 0x8847);
    return true;
}

bool wrap_label(struct wrapped *f)
{
    if (take_ethernet(f) == 0)
        return false;
    put_labels(f);
    return true;
}

bool wrap_pseudowire(struct wrapped *f)
{
    put_labels(f);
    put_ethernet(f, 0x8847);
    return true;
}

bool wrap_pseudowire_controlled(struct wrapped *f)
{
    put_u32(f, 7);
    return wrap_pseudowire(f);
}

void put_ppp(struct wrapped *f, unsigned ethertype)
{
    put_u16(f, ethertype == ETHERTYPE_IPV6 ? 0x0057 : 0x0021);
}

bool wrap_ppp_ether(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    if (ethertype == 0 || wrapped_length(f) > 65533)
        return false;
    put_ppp(f, ethertype);
    put_u16(f, (unsigned)wrapped_length(f));
    put_u16(f, 17);
    put_u16(f, 0x1100);
    return true;
}

bool wrap_pppoe(struct wrapped *f)
{
    if (!wrap_ppp_ether(f))
        return false;
    put_ethernet(f, 0x8864);
    return true;
}

/* RFC 1661 6.5: the protocol number without its first octet. */
bool wrap_ppp(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_u8(f, ethertype == ETHERTYPE_IPV6 ? 0x57 : 0x21);
    return ethertype != 0;
}

bool wrap_ppp_hdlc(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_ppp(f, ethertype);
    put_u16(f, 0xFF03);
    return ethertype != 0;
}

bool wrap_ppp_pppd(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_ppp(f, ethertype);
    put_u16(f, 0x0103);
    return ethertype != 0;
}

bool wrap_ppp_directed(struct wrapped *f)
{
    bool is_wrapped = wrap_ppp_hdlc(f);

    put_u8(f, 1);
    return is_wrapped;
}

bool wrap_hdlc(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_u16(f, ethertype);
    put_u16(f, 0x0F00);
    return ethertype != 0;
}

bool wrap_hdlc_directed(struct wrapped *f)
{
    bool is_wrapped = wrap_hdlc(f);

    put_u8(f, 0);
    return is_wrapped;
}

/* From a station to its access point, without what tells the kind of frame. */
static void put_wlan(struct wrapped *f, unsigned type)
{
    put_u16_low(f, 5 << 4); /* sequence number 5, fragment 0 */
    put(f, slice_of("\2\0\0\0\0\1\2\0\0\0\0\2\2\0\0\0\0\3", 18));
    put_u16(f, 0);
    put_u16(f, type << 8 | 0x01);
}

bool wrap_wlan(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_snap(f, ethertype);
    put_wlan(f, WLAN_DATA);
    return ethertype != 0;
}

/* Two presence words, a time stamp, flags that say the header is filled up to 4 octets. */
static void put_radiotap(struct wrapped *f)
{
    put_zeros(f, 3);
    put_u8(f, 0x20);
    put_zeros(f, 8);
    put_u32_low(f, 0);
    put_u32_low(f, 0);
    put_u32_low(f, 0x80000003U);
    put_u16_low(f, 28);
    put_u16(f, 0);
}

bool wrap_radiotap(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_snap(f, ethertype);
    put_u16(f, 0); /* 26 octets of header become 28 */
    put_u16(f, 0);
    put_wlan(f, WLAN_QOS_DATA);
    put_radiotap(f);
    return ethertype != 0;
}

/* Behind another one, so that the second must be found. */
bool wrap_amsdu(struct wrapped *f)
{
    static const uint8_t other[] = { 0xAA, 0xAA, 3, 0, 0, 0, 0x08, 0x06, 'w', 'h', 'o' };
    unsigned ethertype = take_ethernet(f);

    if (ethertype == 0 || wrapped_length(f) > 2000)
        return false;
    put_snap(f, ethertype);
    put_ethernet(f, (unsigned)wrapped_length(f));
    put_zeros(f, (4 - (AMSDU_HEADER + sizeof(other)) % 4) % 4);
    put(f, slice_of(other, sizeof(other)));
    put_ethernet(f, sizeof(other));
    put_u16(f, 0); /* as above */
    put_u16(f, 0x8000);
    put_wlan(f, WLAN_QOS_DATA);
    put_radiotap(f);
    return true;
}

bool wrap_prism(struct wrapped *f)
{
    bool is_wrapped = wrap_wlan(f);

    put_zeros(f, 144 - 8);
    put_u32_low(f, 144);
    put_u32_low(f, 0x44);
    return is_wrapped;
}

bool wrap_avs(struct wrapped *f)
{
    bool is_wrapped = wrap_wlan(f);

    put_zeros(f, 64 - 8);
    put_u32(f, 64);
    put_u32(f, 0x80211001);
    return is_wrapped;
}

bool wrap_ppi(struct wrapped *f)
{
    bool is_wrapped = wrap_wlan(f);

    put_u32_low(f, 105);
    put_u16_low(f, 8);
    put_u16(f, 0);
    return is_wrapped;
}

bool wrap_cooked(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_u16(f, ethertype);
    put(f, slice_of("\0\4\0\1\0\6\2\0\0\0\0\1\0\0", 14));
    return ethertype != 0;
}

bool wrap_cooked_v2(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put(f, slice_of("\0\0\0\0\0\3\0\1\4\6\2\0\0\0\0\1\0\0", 18));
    put_u16(f, ethertype);
    return ethertype != 0;
}

static unsigned family_of(unsigned ethertype)
{
    return ethertype == ETHERTYPE_IPV6 ? FAMILY_IPV6_BSD : FAMILY_IPV4;
}

bool wrap_null(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_u32_low(f, family_of(ethertype));
    return ethertype != 0;
}

bool wrap_loop(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_u32(f, family_of(ethertype));
    return ethertype != 0;
}

bool wrap_raw(struct wrapped *f)
{
    return take_ethernet(f) != 0;
}

bool wrap_ipv4(struct wrapped *f)
{
    return take_ethernet(f) == ETHERTYPE_IPV4;
}

bool wrap_ipv6(struct wrapped *f)
{
    return take_ethernet(f) == ETHERTYPE_IPV6;
}

bool wrap_llc(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_snap(f, ethertype);
    return ethertype != 0;
}

bool wrap_enc(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_u32_low(f, 0);
    put_u32(f, 0x1001);
    put_u32_low(f, family_of(ethertype));
    return ethertype != 0;
}

/* OpenBSD's of 61 octets, filled up to 64. */
bool wrap_pflog(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);

    put_zeros(f, 64 - 2);
    put_u8(f, family_of(ethertype));
    put_u8(f, 61);
    return ethertype != 0;
}

/* The order of this machine, as that of the capture file is. */
static void put_host_u16(struct wrapped *f, uint16_t value)
{
    put(f, slice_of(&value, sizeof(value)));
}

bool wrap_nflog(struct wrapped *f)
{
    unsigned ethertype = take_ethernet(f);
    uint16_t length;

    if (ethertype == 0 || wrapped_length(f) > 65531)
        return false;
    length = (uint16_t)(wrapped_length(f) + 4);
    put_host_u16(f, 9); /* NFULA_PAYLOAD */
    put_host_u16(f, length);
    put(f, slice_of("smtp\0\0\0\0", 8)); /* a prefix of 5 octets, filled up to 8 */
    put_host_u16(f, 10);
    put_host_u16(f, 4 + 5);
    put_u16(f, 30);
    put_u8(f, 0);
    put_u8(f, ethertype == ETHERTYPE_IPV6 ? FAMILY_IPV6_LINUX : FAMILY_IPV4);
    return true;
}

bool wrap_pktap(struct wrapped *f)
{
    put_zeros(f, 108 - 12);
    put_u32_low(f, 1); /* Ethernet */
    put_u32_low(f, 1);
    put_u32_low(f, 108);
    return true;
}
