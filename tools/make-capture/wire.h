/* Frames into a pcap file: Ethernet, IP, TCP or UDP, lengths and checksums right. */
#ifndef SMTPSCOPE_MAKE_CAPTURE_WIRE_H
#define SMTPSCOPE_MAKE_CAPTURE_WIRE_H

#include <stdio.h>

#include "base/slice.h"
#include "net/packet.h"

/* Octets of payload that a frame takes: IPv6, TCP with timestamps, 1,500 octets. */
enum { WIRE_PAYLOAD_MAX = 1428 };

struct wire {
    FILE *file;
    uint64_t packets;
};

struct wire_segment {
    struct endpoint from;
    struct endpoint to;
    uint32_t sequence;
    uint32_t acknowledgement;
    uint8_t flags;
    uint16_t window;
    uint32_t timestamp; /* 0: none */
    uint32_t echo;
};

/* False where the file cannot be written. */
bool wire_open(struct wire *w, const char *path);
bool wire_close(struct wire *w);

/* `at` is in nanoseconds since the epoch; the file keeps microseconds. Payload follows in pieces,
 * all together at most WIRE_PAYLOAD_MAX octets. */
void wire_tcp(struct wire *w, int64_t at, const struct wire_segment *segment, struct slice payload);
void wire_udp(struct wire *w, int64_t at, const struct endpoint *from, const struct endpoint *to,
              struct slice payload);
void wire_icmp(struct wire *w, int64_t at, const struct endpoint *from, const struct endpoint *to,
               struct slice message);
/* Anything else that Ethernet carries. */
void wire_frame(struct wire *w, int64_t at, uint16_t ethertype, struct slice payload);

#endif
