/* The way of nearly every frame, in one look. Private to net/. */
#ifndef SMTPSCOPE_NET_PLAIN_H
#define SMTPSCOPE_NET_PLAIN_H

#include "net/layers.h"

/* Octets of the headers, and how an IPv4 header without options begins (RFC 791 3.1: version 4, five
 * words). */
enum {
    PLAIN_ETHERNET = 14,
    PLAIN_IPV4 = 20,
    PLAIN_IPV6 = 40,
    PLAIN_TCP = 20,
    PLAIN_IPV4_BEGIN = 0x45,
};

/* Reads Ethernet and, right behind it, IPv4 without options or IPv6 without extension headers around
 * TCP that was sent and captured whole. True: the walk stands where the layers' handlers would have
 * brought it, at STEP_TCP. False: it is something else, the walk stands where it stood, and the
 * handlers tell what it is. */
bool plain_read(struct decoding *d);

#endif
