/* The checksums of TCP (RFC 9293 3.1, RFC 1071) and of the IPv4 header. Private to net/. */
#ifndef SMTPSCOPE_NET_CHECKSUM_H
#define SMTPSCOPE_NET_CHECKSUM_H

#include "net/packet.h"
#include "net/tcp_header.h"

/* Of a segment that was captured whole, its own field included: never CHECKSUM_UNKNOWN. */
enum checksum checksum_of(const struct tcp_datagram *datagram);

/* Of an IPv4 header with its options (RFC 791 3.1). */
bool checksum_of_header_is_good(struct slice header);

#endif
