/* What a frame turned out to be: a TCP segment, an ICMP error about one, or something else. */
#ifndef SMTPSCOPE_NET_PACKET_H
#define SMTPSCOPE_NET_PACKET_H

#include <stdbool.h>

#include "base/chunk.h"
#include "base/slice.h"

struct address {
    uint8_t version;    /* 4 or 6 */
    uint8_t octets[16]; /* network order; an IPv4 address fills the first four, the rest is 0 */
};

struct endpoint {
    struct address address;
    uint16_t port; /* host order */
};

/* What an IP packet may be wrapped in, besides the link layer's own header; net/encapsulation.c has
 * their names. */
enum layer_kind {
    LAYER_VLAN,  /* id: VLAN number */
    LAYER_PBB,   /* 802.1ah; id: service (I-SID) */
    LAYER_MPLS,  /* id: label */
    LAYER_PPPOE, /* id: session */
    LAYER_4IN4,
    LAYER_6IN4,
    LAYER_4IN6,
    LAYER_6IN6,
    LAYER_GRE,
    LAYER_GRE_KEYED, /* id: key; NVGRE's 24-bit subnet number is its upper part */
    LAYER_PPTP,      /* id: call */
    LAYER_ERSPAN_I,
    LAYER_ERSPAN, /* II and III; id: session */
    LAYER_ETHERIP,
    LAYER_VXLAN, /* id: network (VNI), as of the next two */
    LAYER_VXLAN_GPE,
    LAYER_GENEVE,
    LAYER_GTP_U, /* id: tunnel endpoint (TEID) */
    LAYER_TEREDO,
    LAYER_L2TP, /* id: session */
    LAYER_KIND_COUNT,
};

struct layer {
    enum layer_kind kind;
    uint32_t id; /* 0 where the kind has none */
};

/* The deepest tunnels in use have half as many: two VLAN tags, VXLAN, two tags more. */
enum { ENCAPSULATION_LAYERS_MAX = 16 };

/* The way to the innermost IP header, outermost first. */
struct encapsulation {
    uint8_t count;
    struct layer layers[ENCAPSULATION_LAYERS_MAX];
};

enum {
    TCP_FIN = 0x01,
    TCP_SYN = 0x02,
    TCP_RST = 0x04,
    TCP_PSH = 0x08,
    TCP_ACK = 0x10,
    TCP_URG = 0x20,
};

enum checksum {
    CHECKSUM_UNKNOWN, /* not verified, or the octets are not all there */
    CHECKSUM_GOOD,
    CHECKSUM_PARTIAL, /* the pseudo header's sum alone: on the sending host, the card does the rest */
    CHECKSUM_BAD,
    CHECKSUM_COUNT,
};

struct segment {
    struct endpoint from;
    struct endpoint to;
    uint32_t sequence;
    uint32_t acknowledgement; /* counts only where flags has TCP_ACK */
    uint16_t window;          /* as sent, not scaled */
    uint8_t flags;
    bool has_timestamp; /* RFC 7323 3.2 */
    uint32_t timestamp;
    uint32_t sacked;          /* octets of the longest block past the hole (RFC 2018 3); 0: none */
    uint16_t maximum_segment; /* SYN only (RFC 9293 3.7.1); 0: not sent */
    bool has_window_scale;    /* SYN only (RFC 7323 2.2) */
    uint8_t window_scale;
    bool is_multipath; /* SYN only: MP_CAPABLE or MP_JOIN (RFC 8684 3.1, 3.2) */
    enum checksum checksum;
    struct slice payload;    /* the octets captured */
    uint32_t payload_length; /* the octets sent; over payload.len where the frame was snapped */
};

/* An ICMP or ICMPv6 error that quotes the start of a TCP segment (RFC 792, RFC 4443). */
struct icmp_error {
    struct address sender; /* of the error */
    struct endpoint from;  /* who had sent the quoted segment */
    struct endpoint to;
    uint32_t sequence; /* of the quoted segment */
    uint8_t type;
    uint8_t code;
    bool is_unreachable; /* destination unreachable of any kind but "fragmentation needed" */
    bool is_too_big;     /* "fragmentation needed" or "packet too big" */
    uint32_t
        next_mtu; /* of "fragmentation needed" or "packet too big"; else 0, and 0 of old routers */
};

enum packet_kind {
    PACKET_TCP,
    PACKET_ICMP_ERROR,
    PACKET_OTHER_PORT, /* a segment of ports that are not followed: of `segment` only the two ports,
                        * the payload and, where checksums are verified for all, that are filled
                        * in */
    PACKET_OTHER,      /* well formed, of no use here; `reason` says why */
};

/* Why a packet was not analysed: the keys of `input.skipped` in the report. */
enum skip_reason {
    SKIP_NONE,
    SKIP_NOT_IP,
    SKIP_NOT_TCP,
    SKIP_OTHER_PORT,
    SKIP_TRUNCATED, /* snapped inside the headers */
    SKIP_MALFORMED,
    SKIP_UNSUPPORTED_LINK_TYPE,
    SKIP_FRAGMENT,  /* a fragment whose datagram never became whole */
    SKIP_CHECKSUM,  /* a bad one, where that is asked for */
    SKIP_ENCRYPTED, /* below IP or TCP: 802.11 with Protected Frame set, MACsec, ESP */
    SKIP_UNSUPPORTED_ENCAPSULATION, /* a tunnel that is known and not decoded */
    SKIP_TOO_DEEP,                  /* over LIMIT_LAYERS or ENCAPSULATION_LAYERS_MAX */
    SKIP_REASON_COUNT,
};

/* IP fragments that are worth a word. */
struct fragment_counts {
    uint64_t lost;        /* PARSE_MORE was said of them, and their datagram is not whole: given up
                           * (time-out, limit, overlap), or held still */
    uint64_t overlapping; /* said something of octets that another had said: IPv4's first copy
                           * stands, IPv6's datagram is given up (RFC 5722) */
    uint64_t tiny;        /* TCP that begins with less than its header (RFC 1858 3, RFC 3128) */
};

struct packet {
    enum packet_kind kind;
    enum skip_reason reason; /* for PACKET_OTHER and for PARSE_BAD */
    bool is_snapped;         /* fewer octets captured than sent */
    bool has_next;           /* the frame holds another packet (802.11's A-MSDU): net_decode_next */
    struct place place;
    union {
        struct segment segment;
        struct icmp_error icmp;
    };
    struct encapsulation encapsulation;
};

#endif
