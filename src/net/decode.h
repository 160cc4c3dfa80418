/* Turns a frame into a packet: link layer, VLAN tags, IPv4 and IPv6 with extension headers, IP
 * fragments, TCP. */
#ifndef SMTPSCOPE_NET_DECODE_H
#define SMTPSCOPE_NET_DECODE_H

#include "base/status.h"
#include "capture/frame.h"
#include "net/packet.h"

struct net_decoder; /* holds fragments of datagrams that are not whole yet, under a cap */

MUST_USE enum status net_decoder_new(struct net_decoder **out);
void net_decoder_free(struct net_decoder *decoder);

/* PARSE_OK: `*packet` is filled; its slices point into the frame (or, for a datagram put together
 * from fragments, into the decoder) and die at the next call. PARSE_MORE: a fragment, held until
 * its datagram is whole. PARSE_BAD: `packet->reason` says what is wrong with it. */
MUST_USE enum parse net_decode(struct net_decoder *decoder, const struct frame *frame,
                               struct packet *packet);

/* Name of a reason as it stands in reports, e.g. "unsupported_link_type". */
const char *skip_reason_name(enum skip_reason reason);

#endif
