/* The layers of a frame as the decode loop walks them: each handler reads one header and says what
 * comes next. Private to net/. A new layer is a step, a row of decode.c's table and a handler. */
#ifndef SMTPSCOPE_NET_LAYERS_H
#define SMTPSCOPE_NET_LAYERS_H

#include <endian.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "capture/frame.h"
#include "net/decode.h"
#include "net/encapsulation.h"
#include "net/packet.h"

struct fragment;
struct fragments;

enum step {
    STEP_ETHERNET,
    STEP_LLC, /* IEEE 802.2, SNAP included */
    STEP_MACSEC,
    STEP_PBB,
    STEP_MPLS,
    STEP_PPPOE,
    STEP_PPP,
    STEP_PPP_SERIAL,
    STEP_PPP_DIRECTED, /* PPP behind an octet that says who sent it */
    STEP_HDLC,
    STEP_HDLC_DIRECTED,
    STEP_WLAN, /* IEEE 802.11 */
    STEP_RADIOTAP,
    STEP_PRISM,
    STEP_PPI,
    STEP_AMSDU,
    STEP_COOKED,
    STEP_COOKED_V2,
    STEP_LOOPBACK,
    STEP_NFLOG,
    STEP_PKTAP,
    STEP_ENC,
    STEP_PFLOG,
    STEP_RAW_IP,
    STEP_IPV4,
    STEP_IPV6,
    STEP_AFTER_IPV4, /* what decoding.protocol says */
    STEP_AFTER_IPV6, /* the same: extension headers included */
    STEP_CARRIED,    /* the same, where it is neither TCP nor ICMP */
    STEP_UDP,
    STEP_GRE,
    STEP_ERSPAN_II,
    STEP_ERSPAN_III,
    STEP_ETHERIP,
    STEP_VXLAN,
    STEP_VXLAN_GPE,
    STEP_GENEVE,
    STEP_GTP_U,
    STEP_TEREDO,
    STEP_L2TP,
    STEP_TCP,
    STEP_ICMP,
    STEP_ICMPV6,
    STEP_LAYERS, /* how many the above are; what follows are ends */
    STEP_DONE = STEP_LAYERS,
    STEP_HELD,
    STEP_NOT_IP,
    STEP_NOT_TCP,
    STEP_TRUNCATED,
    STEP_MALFORMED,
    STEP_LOST_FRAGMENT,
    STEP_BAD_CHECKSUM,
    STEP_UNSUPPORTED_LINK_TYPE,
    STEP_ENCRYPTED,
    STEP_UNSUPPORTED_ENCAPSULATION,
    STEP_TOO_DEEP,
    STEP_COUNT,
};

/* More packets of a frame that holds several (A-MSDU). */
struct later {
    struct cursor in;
    uint32_t cut;
};

/* What a decoder was asked for. */
struct net_rules {
    enum net_checksums checksums;
    const struct port_set *followed_ports; /* NULL: all */
};

/* Where the walk stands. */
struct decoding {
    const struct frame *frame;
    struct fragments *fragments;
    struct packet *packet;
    struct cursor in; /* what has not been read yet */
    uint32_t cut;     /* octets that were sent after the end of `in`, and not captured */
    uint8_t version;  /* of the innermost IP header */
    uint8_t protocol; /* what the last IP or extension header says comes next */
    const struct net_rules *rules;
    bool is_guess;         /* a port or a first nibble said what comes here, no header */
    bool has_wlan_padding; /* radiotap says that the 802.11 header is filled up to 4 octets */
    uint8_t reassembled;   /* datagrams put together in this walk */
    struct later *later;   /* where what the walk leaves for another one goes */
    struct slice source;   /* of the innermost IP header: 4 or 16 octets */
    struct slice destination;
};

/* A header of which octets are missing: cut off by the capture, or never there. */
static inline enum step step_short(const struct decoding *d)
{
    return d->frame->octets.len < d->frame->length ? STEP_TRUNCATED : STEP_MALFORMED;
}

/* Octets sent from where the walk stands to the end. */
static inline uint64_t sent_left(const struct decoding *d)
{
    return (uint64_t)cursor_left(&d->in) + d->cut;
}

/* Ends the walk's input `sent` octets after the cursor: what lies beyond is padding, and what is
 * missing was cut off. */
void decoding_bound(struct decoding *d, uint32_t sent);

/* Adds `fragment`, its data still at the cursor, to its datagram. Where that is whole the walk goes
 * on in it. */
enum step decoding_reassemble(struct decoding *d, struct fragment *fragment);

/* Goes into one more layer of the packet's way, with `next` behind its header. */
static inline enum step step_into(struct decoding *d, enum layer_kind kind, uint32_t id,
                                  enum step next)
{
    return encapsulation_add(&d->packet->encapsulation, kind, id) ? next : STEP_TOO_DEEP;
}

/* What an Ethertype announces at the cursor, VLAN tags read. */
enum step ethertype_step(struct decoding *d, uint16_t ethertype);

/* Where there is no header to say so: whether an Ethernet frame could stand at the cursor. PARSE_MORE:
 * too little of it is there. */
MUST_USE enum parse ethernet_is_likely(struct cursor in);

enum { LINK_ETHERNET = 1 };

/* Where the walk begins in a frame of that LINKTYPE_ value. */
enum step link_type_step(int link_type);

/* Whether a datagram of that protocol can have TCP in it, so that its fragments are worth holding. */
bool protocol_is_carrier(uint8_t protocol);

enum step layer_ethernet(struct decoding *d);
enum step layer_llc(struct decoding *d);
enum step layer_macsec(struct decoding *d);
enum step layer_pbb(struct decoding *d);
enum step layer_mpls(struct decoding *d);
enum step layer_pppoe(struct decoding *d);
enum step layer_ppp(struct decoding *d);
enum step layer_ppp_serial(struct decoding *d);
enum step layer_ppp_directed(struct decoding *d);
enum step layer_hdlc(struct decoding *d);
enum step layer_hdlc_directed(struct decoding *d);
enum step layer_wlan(struct decoding *d);
enum step layer_radiotap(struct decoding *d);
enum step layer_prism(struct decoding *d);
enum step layer_ppi(struct decoding *d);
enum step layer_amsdu(struct decoding *d);
enum step layer_nflog(struct decoding *d);
enum step layer_pktap(struct decoding *d);
enum step layer_enc(struct decoding *d);
enum step layer_pflog(struct decoding *d);
enum step layer_carried(struct decoding *d);
enum step layer_udp(struct decoding *d);
enum step layer_gre(struct decoding *d);
enum step layer_erspan_ii(struct decoding *d);
enum step layer_erspan_iii(struct decoding *d);
enum step layer_etherip(struct decoding *d);
enum step layer_vxlan(struct decoding *d);
enum step layer_vxlan_gpe(struct decoding *d);
enum step layer_geneve(struct decoding *d);
enum step layer_gtp_u(struct decoding *d);
enum step layer_teredo(struct decoding *d);
enum step layer_l2tp(struct decoding *d);
enum step layer_cooked(struct decoding *d);
enum step layer_cooked_v2(struct decoding *d);
enum step layer_loopback(struct decoding *d);
enum step layer_raw_ip(struct decoding *d);
enum step layer_ipv4(struct decoding *d);
enum step layer_ipv6(struct decoding *d);
enum step layer_after_ipv4(struct decoding *d);
enum step layer_after_ipv6(struct decoding *d);
enum step layer_tcp(struct decoding *d);
enum step layer_icmp(struct decoding *d);
enum step layer_icmpv6(struct decoding *d);

/* `octets`, 4 or 16 of them as `version` has it (4 or 6), as an address. */
static inline void address_set(struct address *out, uint8_t version, const uint8_t *octets)
{
    uint64_t words[2] = { 0, 0 };
    uint32_t word;

    if (version == 4) {
        mem_copy(&word, octets, sizeof(word));
        words[0] = htobe64((uint64_t)be32toh(word) << 32);
    } else {
        mem_copy(&words[0], octets, sizeof(words[0]));
        mem_copy(&words[1], octets + sizeof(words[0]), sizeof(words[1]));
    }
    /* In the words that it is read in (address_word): the processor gives them to who reads them
     * before the cache has them. */
    mem_copy(out->octets, &words[0], sizeof(words[0]));
    mem_copy(out->octets + sizeof(words[0]), &words[1], sizeof(words[1]));
    out->version = version;
}

/* Walks IPv6 extension headers from `*protocol`'s on. PARSE_OK: `in` stands at what is no extension
 * header, or at a fragment header; `*protocol` says which. PARSE_MORE: one is cut off.
 * `*destination`, where not NULL, becomes the last hop of a routing header that has hops left. */
MUST_USE enum parse ipv6_skip_extensions(struct cursor *in, uint8_t *protocol,
                                         struct slice *destination);

/* Numbers of the protocols that IP carries (IANA's list). */
enum protocol {
    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_ICMP = 1,
    PROTOCOL_IPV4 = 4, /* RFC 2003 */
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_IPV6 = 41, /* RFC 4213, RFC 2473 */
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_GRE = 47,
    PROTOCOL_ESP = 50,
    PROTOCOL_AUTHENTICATION = 51,
    PROTOCOL_ICMPV6 = 58,
    PROTOCOL_DESTINATION = 60,
    PROTOCOL_ETHERIP = 97,
    PROTOCOL_IPCOMP = 108,
    PROTOCOL_L2TP = 115,
    PROTOCOL_MOBILITY = 135,
    PROTOCOL_MPLS = 137, /* RFC 4023 */
    PROTOCOL_HIP = 139,
    PROTOCOL_SHIM6 = 140,
};

/* IEEE's list of Ethertypes, as far as there is something behind them. */
enum ethertype {
    ETHERTYPE_LENGTH_MAX = 1500, /* up to here it is a length, and LLC follows (802.3 3.2.6) */
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_ARP = 0x0806,
    ETHERTYPE_ERSPAN_III = 0x22EB,
    ETHERTYPE_BRIDGED = 0x6558, /* an Ethernet frame, in GRE and the like */
    ETHERTYPE_VLAN = 0x8100,    /* IEEE 802.1Q */
    ETHERTYPE_IPV6 = 0x86DD,
    ETHERTYPE_PPP = 0x880B,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_MPLS_UPSTREAM = 0x8848, /* RFC 5332 */
    ETHERTYPE_PPPOE = 0x8864,         /* session stage */
    ETHERTYPE_SERVICE_VLAN = 0x88A8,  /* IEEE 802.1ad */
    ETHERTYPE_ERSPAN_II = 0x88BE,
    ETHERTYPE_MACSEC = 0x88E5,
    ETHERTYPE_PBB = 0x88E7,      /* IEEE 802.1ah, now 802.1Q 9.5(c) */
    ETHERTYPE_NSH = 0x894F,      /* RFC 8300 */
    ETHERTYPE_OLD_QINQ = 0x9100, /* stacked tags from before 802.1ad */
};

#endif
