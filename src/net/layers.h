/* The layers of a frame as the decode loop walks them: each handler reads one header and says what
 * comes next. Private to net/. A new layer is a step, a row of decode.c's table and a handler. */
#ifndef SMTPSCOPE_NET_LAYERS_H
#define SMTPSCOPE_NET_LAYERS_H

#include "base/cursor.h"
#include "base/mem.h"
#include "capture/frame.h"
#include "net/decode.h"
#include "net/packet.h"

struct fragment;
struct fragments;

enum step {
    STEP_ETHERNET,
    STEP_COOKED,
    STEP_COOKED_V2,
    STEP_LOOPBACK,
    STEP_RAW_IP,
    STEP_IPV4,
    STEP_IPV6,
    STEP_AFTER_IPV4, /* what decoding.protocol says */
    STEP_AFTER_IPV6, /* the same: extension headers included */
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
    STEP_COUNT,
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
    enum net_checksums checksums;
    struct slice source; /* of the innermost IP header: 4 or 16 octets */
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

enum step layer_ethernet(struct decoding *d);
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

/* `octets`, 4 or 16 of them as `version` has it, as an address. */
static inline void address_set(struct address *out, uint8_t version, struct slice octets)
{
    if (version == 4)
        memset(out->octets + 4, 0, sizeof(out->octets) - 4);
    out->version = version;
    /* The sizes are named, so that each copy is an instruction or two. */
    if (version == 4 && octets.len == 4)
        mem_copy(out->octets, octets.data, 4);
    else if (octets.len == sizeof(out->octets))
        mem_copy(out->octets, octets.data, sizeof(out->octets));
}

/* Walks IPv6 extension headers from `*protocol`'s on. PARSE_OK: `in` stands at what is no extension
 * header, or at a fragment header; `*protocol` says which. PARSE_MORE: one is cut off.
 * `*destination`, where not NULL, becomes the last hop of a routing header that has hops left. */
MUST_USE enum parse ipv6_skip_extensions(struct cursor *in, uint8_t *protocol,
                                         struct slice *destination);

/* Link types, as pcap files have them (tcpdump.org's LINKTYPE_ list). */
enum link_type {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_COOKED = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_COOKED_V2 = 276,
};

/* Numbers of the protocols that IP carries (IANA's list). */
enum protocol {
    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_ICMP = 1,
    PROTOCOL_TCP = 6,
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_AUTHENTICATION = 51,
    PROTOCOL_ICMPV6 = 58,
    PROTOCOL_DESTINATION = 60,
    PROTOCOL_MOBILITY = 135,
    PROTOCOL_HIP = 139,
    PROTOCOL_SHIM6 = 140,
};

#endif
