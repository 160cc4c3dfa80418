/* The checksum of TCP (RFC 9293 3.1, RFC 1071). Private to net/. */
#ifndef SMTPSCOPE_NET_CHECKSUM_H
#define SMTPSCOPE_NET_CHECKSUM_H

#include "base/slice.h"

/* True where the checksum of `segment`, its own field included, comes out right over the pseudo
 * header of IPv4 (4-octet addresses) or IPv6 (RFC 8200 8.1). */
bool checksum_is_good(struct slice source, struct slice destination, uint8_t protocol,
                      struct slice segment);

#endif
