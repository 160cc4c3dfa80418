/* The capture filter of `live`: what of an interface's traffic the analysis can need. */
#ifndef SMTPSCOPE_CAPTURE_LIVE_FILTER_H
#define SMTPSCOPE_CAPTURE_LIVE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

struct live_filter {
    const uint16_t *ports; /* rising; none: every frame, tunnels of all kinds included */
    size_t port_count;
    const char *expression; /* the user's pcap-filter expression, ANDed to it; NULL or "": none */
};

enum live_filter_form {
    LIVE_FILTER_VLAN, /* untagged frames, and those with one or two VLAN tags */

    /* "any" and the like, where pcap-filter has no VLAN. The kernel takes out one tag; where one is
     * left, every frame passes, and with an expression none. Linux (seen in 6.18) describes some of
     * those wrongly: who needs double tags listens on the interface itself. */
    LIVE_FILTER_COOKED,

    LIVE_FILTER_PLAIN, /* for link types that have no VLAN at all */
};

/* Runs of ports that are sought one by one; with more, all of TCP passes. The kernel takes 4,096
 * instructions for a filter, of which a run costs up to 112 on Ethernet. */
enum { LIVE_FILTER_RUNS = 24 };

/* Appends the text of the filter, without a NUL: TCP of those ports, IP fragments, IPv6 with
 * extension headers, ICMP and ICMPv6 errors, and what is in a tunnel, whatever that is. Empty where
 * every frame passes. An expression that itself goes into the frame (vlan, mpls, pppoes, geneve shift
 * what follows them) comes first, and the ports are then sought where it has led. STATUS_USAGE:
 * longer than `out->max`. */
MUST_USE enum status live_filter_text(struct buf *out, const struct live_filter *filter,
                                      enum live_filter_form form);

#endif
