/* The way of nearly every frame, in one look. Private to net/. */
#ifndef SMTPSCOPE_NET_PLAIN_H
#define SMTPSCOPE_NET_PLAIN_H

#include "net/layers.h"

/* Reads Ethernet and, right behind it, IPv4 without options or IPv6 without extension headers around
 * TCP that was sent and captured whole. True: the walk stands where the layers' handlers would have
 * brought it, at STEP_TCP. False: it is something else, the walk stands where it stood, and the
 * handlers tell what it is. */
bool plain_read(struct decoding *d);

#endif
