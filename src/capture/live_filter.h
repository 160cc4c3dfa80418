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
    LIVE_FILTER_VLAN,  /* untagged frames, and those with one or two VLAN tags */
    LIVE_FILTER_PLAIN, /* for link types that have no VLAN in pcap-filter */
};

/* The most that a filter's text may take, 0 at its end not counted. All ports but every second one
 * need half of it. */
enum { LIVE_FILTER_MAX = 1 << 20 };

/* Appends the text of the filter, without a NUL: TCP of those ports, fragments of TCP over IPv4 and
 * IPv6, IPv6 with extension headers, ICMP and ICMPv6 errors. Empty where every frame passes. An
 * expression that itself goes into the frame (vlan, mpls, pppoes, geneve shift what follows them)
 * comes first, and the ports are then sought where it has led. `out->max` of LIVE_FILTER_MAX and
 * an expression of the usual size always suffice; STATUS_USAGE: they did not. */
MUST_USE enum status live_filter_text(struct buf *out, const struct live_filter *filter,
                                      enum live_filter_form form);

#endif
