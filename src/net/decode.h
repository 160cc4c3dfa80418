/* Turns a frame into a packet: link layers, tunnels of all kinds nested to a limit, IPv4 and IPv6
 * with extension headers, IP fragments, TCP. */
#ifndef SMTPSCOPE_NET_DECODE_H
#define SMTPSCOPE_NET_DECODE_H

#include "base/status.h"
#include "capture/frame.h"
#include "net/packet.h"
#include "net/port_set.h"

struct net_decoder; /* holds fragments of datagrams that are not whole yet, under a cap */

/* What to do about checksums. To verify TCP's takes 9 % more instructions on bulk data. */
enum net_checksums {
    NET_CHECKSUMS_IGNORED,  /* segment.checksum is CHECKSUM_UNKNOWN */
    NET_CHECKSUMS_VERIFIED, /* TCP's: segment.checksum tells */
    /* What a receiver would drop is PACKET_OTHER with SKIP_CHECKSUM: a CHECKSUM_BAD, and a bad IPv4
     * header. What the card was yet to fill in (CHECKSUM_PARTIAL, an IPv4 header's 0) is not. */
    NET_CHECKSUMS_ENFORCED,
};

struct net_options {
    enum net_checksums checksums;
    /* Segments neither from nor to one of these are PACKET_OTHER_PORT. NULL: all are followed. Must
     * outlive the decoder. */
    const struct port_set *followed_ports;
    size_t fragment_octets; /* that may be held of IP fragments; 0: LIMIT_FRAGMENT_OCTETS */
};

/* `options` may be NULL: all zero. */
MUST_USE enum status net_decoder_new(struct net_decoder **out, const struct net_options *options);
void net_decoder_free(struct net_decoder *decoder);

/* PARSE_OK: `*packet` is filled; its slices point into the frame (or, for a datagram put together
 * from fragments, into the decoder) and die at the next call. PARSE_MORE: a fragment, held until
 * its datagram is whole. PARSE_BAD: `packet->reason` says what is wrong with it. `place`,
 * `encapsulation`, `is_snapped`, `has_next` and `reason` are set whatever comes back; where it is not PARSE_OK,
 * `kind` is PACKET_OTHER. */
MUST_USE enum parse net_decode(struct net_decoder *decoder, const struct frame *frame,
                               struct packet *packet);

/* The same of every frame, without the shortcut that net_decode takes for plain ones: the two must
 * agree. */
MUST_USE enum parse net_decode_layers(struct net_decoder *decoder, const struct frame *frame,
                                      struct packet *packet);

/* The next packet of the same frame, where the one before `has_next`; the slices of that one die. */
MUST_USE enum parse net_decode_next(struct net_decoder *decoder, const struct frame *frame,
                                    struct packet *packet);

/* Counts over all fragments up to now. `lost` at the end is what SKIP_FRAGMENT counts beside the
 * frames that PARSE_BAD gave that reason for. */
struct fragment_counts net_decoder_fragments(const struct net_decoder *decoder);

/* STATUS_NO_MEMORY: a fragment was let go for want of memory, and counts as lost. */
enum status net_decoder_status(const struct net_decoder *decoder);

/* Name of a reason as it stands in reports, e.g. "unsupported_link_type". */
const char *skip_reason_name(enum skip_reason reason);

#endif
