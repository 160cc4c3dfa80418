/* What TCP tells of one connection: who, when, how it opened and closed, and what each direction
 * lost and repeated. */
#ifndef SMTPSCOPE_TCP_CONNECTION_H
#define SMTPSCOPE_TCP_CONNECTION_H

#include "net/packet.h"

enum tcp_handshake {
    TCP_HANDSHAKE_COMPLETE,   /* SYN, SYN-ACK, and the client went on */
    TCP_HANDSHAKE_REFUSED,    /* RST or an ICMP unreachable in answer to the SYN */
    TCP_HANDSHAKE_UNANSWERED, /* no answer to any SYN */
    TCP_HANDSHAKE_PARTIAL,    /* some of the three was not captured or never came */
    TCP_HANDSHAKE_MIDSTREAM,  /* the capture began later */
};

enum tcp_close {
    TCP_CLOSE_FIN,
    TCP_CLOSE_RST_CLIENT,
    TCP_CLOSE_RST_SERVER,
    TCP_CLOSE_IDLE,
    TCP_CLOSE_EVICTED,
    TCP_CLOSE_OPEN, /* the capture ended first */
};

/* Who sent the first FIN or RST. */
enum tcp_closed_by {
    TCP_CLOSED_BY_NOBODY,
    TCP_CLOSED_BY_CLIENT,
    TCP_CLOSED_BY_SERVER,
    TCP_CLOSED_BY_BOTH, /* the same stamp */
};

/* Counts of one direction. Sequence space is followed with 64-bit offsets, so that a stream of any
 * length is counted right (RFC 9293 3.4). */
struct tcp_direction {
    uint64_t bytes;      /* payload octets seen, repeated ones not counted */
    uint64_t lost_bytes; /* of holes that were never filled */
    uint32_t packets;
    uint32_t retransmissions; /* segments that carried only octets already seen */
    uint32_t data_segments;
    uint32_t out_of_order;
    uint32_t gaps;
    uint32_t zero_windows;
    uint32_t checksum_errors;
    uint32_t overlap_conflicts; /* repeated octets that differed; the first copy stands */
};

/* A snapshot handed out when a connection ends, and on demand. */
struct tcp_summary {
    enum tcp_handshake handshake;
    enum tcp_close close;
    enum tcp_closed_by closed_by;
    bool client_is_certain; /* a SYN or a followed port told who the client is */
    bool is_snapped;        /* some payload was cut by the capture's snap length */
    bool limit_reached;     /* octets out of order were given up at a limit of base/limits.h */
    bool was_reset_by_icmp; /* the handshake was refused by an ICMP unreachable */
    int64_t round_trip_ns;  /* of the handshake as seen here (SYN to the ACK that ends it, less what
                                lies before the capture point); -1 where not measured */
    uint64_t syn_count;     /* SYNs of the client, retries included */
    struct place first;     /* first packet */
    struct place last;      /* last packet that belongs to it */
    struct place first_close;           /* first FIN or RST, where closed_by is somebody */
    struct encapsulation encapsulation; /* of the first packet */
    struct tcp_direction client;
    struct tcp_direction server;
};

#endif
