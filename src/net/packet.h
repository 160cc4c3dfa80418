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

enum layer_kind {
    LAYER_VLAN, /* id: VLAN number */
};

struct layer {
    enum layer_kind kind;
    uint32_t id;
};

enum { ENCAPSULATION_LAYERS_MAX = 8 };

/* The way to the IP header, outermost first. */
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
    CHECKSUM_BAD, /* normal on the sending host, where the card fills it in */
};

struct segment {
    struct endpoint from;
    struct endpoint to;
    uint32_t sequence;
    uint32_t acknowledgement; /* counts only where flags has TCP_ACK */
    uint16_t window;          /* as sent, not scaled */
    uint8_t flags;
    enum checksum checksum;
    bool has_window_scale; /* SYN only (RFC 7323 2.2) */
    uint8_t window_scale;
    uint16_t maximum_segment; /* SYN only (RFC 9293 3.7.1); 0: not sent */
    bool has_timestamp;       /* RFC 7323 3.2 */
    uint32_t timestamp;
    uint32_t sacked;         /* octets of the longest block past the hole (RFC 2018 3); 0: none */
    struct slice payload;    /* the octets captured */
    uint32_t payload_length; /* the octets sent; over payload.len where the frame was snapped */
};

/* An ICMP or ICMPv6 error that quotes the start of a TCP segment (RFC 792, RFC 4443). */
struct icmp_error {
    struct endpoint from; /* who had sent the quoted segment */
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
    PACKET_OTHER, /* well formed, of no use here; `reason` says why */
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
    SKIP_FRAGMENT, /* a fragment whose datagram never became whole */
    SKIP_REASON_COUNT,
};

struct packet {
    enum packet_kind kind;
    enum skip_reason reason; /* for PACKET_OTHER and for PARSE_BAD */
    struct place place;
    struct encapsulation encapsulation;
    bool is_snapped; /* fewer octets captured than sent */
    union {
        struct segment segment;
        struct icmp_error icmp;
    };
};

#endif
