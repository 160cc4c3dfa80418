/* The checksums of TCP (RFC 9293 3.1, RFC 1071) and of the IPv4 header. Private to net/. */
#ifndef SMTPSCOPE_NET_CHECKSUM_H
#define SMTPSCOPE_NET_CHECKSUM_H

#include "net/packet.h"

/* Of IPv4 (4-octet addresses) or IPv6 (RFC 8200 8.1). */
struct pseudo_header {
    struct slice source;
    struct slice destination;
    uint8_t protocol;
};

/* Of a whole TCP segment, its own field included: never CHECKSUM_UNKNOWN. */
enum checksum checksum_of(const struct pseudo_header *pseudo, struct slice segment);

/* Of an IPv4 header with its options (RFC 791 3.1). */
bool checksum_of_header_is_good(struct slice header);

#endif
