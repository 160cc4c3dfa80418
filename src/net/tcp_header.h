/* TCP as it lies in an IP datagram. Private to net/. */
#ifndef SMTPSCOPE_NET_TCP_HEADER_H
#define SMTPSCOPE_NET_TCP_HEADER_H

#include "net/layers.h"

struct tcp_datagram {
    uint8_t version;            /* of IP */
    const uint8_t *source;      /* 4 or 16 octets of address, as `version` has it */
    const uint8_t *destination; /* the same */
    struct slice segment;       /* what was captured of it: TCP_HEADER octets at least */
    uint32_t sent;              /* of the segment; over segment.len where that was cut */
};

enum { TCP_HEADER = 20 }; /* octets, without options */

/* Reads the segment into packet->segment, and sets packet->kind. Returns how the walk ends. */
enum step tcp_read(const struct net_rules *rules, const struct tcp_datagram *datagram,
                   struct packet *packet);

#endif
