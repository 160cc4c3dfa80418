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

/* A segment that was sent again and again: the first that the peer had not acknowledged. */
struct tcp_stall {
    uint32_t times;        /* sent again; 0: there was no such segment */
    uint32_t size;         /* octets, of the largest attempt */
    int64_t ns;            /* from the first repetition to the last, or to its acknowledgement */
    uint32_t sacked;       /* octets of the longest run that the peer holds past it; 0: none */
    uint32_t peer_packets; /* that came of the peer meanwhile, RST not counted; not where is_over */
    bool is_over;          /* it was acknowledged in the end, perhaps in smaller pieces */
    struct place place;    /* of the first repetition */
};

/* The connection's longest silence that octets of one side ended: it may be that side that kept the
 * other waiting. */
struct tcp_pause {
    int64_t ns;
    struct place end; /* of the segment that ended it */
};

enum { TCP_CONFLICT_OCTETS = 8 };

/* Two copies of the same octets that differ, from the first that does. */
struct tcp_conflict {
    uint64_t offset;
    struct place place;   /* of the later copy; frame 0: none is kept */
    uint64_t first_frame; /* of the copy that stands; 0: not known any more */
    uint32_t first_capture;
    uint8_t length;
    uint8_t first[TCP_CONFLICT_OCTETS]; /* stands */
    uint8_t second[TCP_CONFLICT_OCTETS];
};

/* ICMP "fragmentation needed" (RFC 1191), ICMPv6 "packet too big" (RFC 8201) about segments that
 * were on their way. */
struct tcp_too_big {
    uint32_t count;
    uint32_t mtu; /* the smallest told; 0: none was, as old routers do */
    struct place place;
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
    uint32_t ignored;           /* segments with octets or FIN that the peer would not take: outside
                                   the window, older than what came before, without a right ACK */
    uint32_t urgent;            /* segments with URG: the octet that most receivers take out of the
                                   stream (RFC 6093 2) stays where it stands */
    uint32_t overlap_conflicts; /* repeated octets that differed; the first copy stands */
    int64_t zero_window_ns;     /* how long the windows that this side offered were zero, in all */
    uint64_t unacknowledged;    /* octets sent that the peer had not acknowledged at the end, its
                                   RST taken into account */
    uint32_t largest_segment;   /* octets of payload */
    uint32_t largest_acknowledged; /* of one segment; the peer has it */
    struct tcp_stall stall;        /* the worst */
    struct tcp_too_big too_big;
    struct tcp_pause pause;
    struct tcp_conflict conflict; /* the first */
};

/* A snapshot handed out when a connection ends, and on demand. */
struct tcp_summary {
    enum tcp_handshake handshake;
    enum tcp_close close;
    enum tcp_closed_by closed_by;
    bool client_is_certain; /* a SYN or a followed port told who the client is */
    bool is_snapped;        /* some payload was cut by the capture's snap length */
    bool limit_reached;     /* octets out of order were given up at a limit of base/limits.h */
    bool is_out_of_memory;  /* it was evicted because of tracker_options.memory_max */
    bool is_multipath;      /* Multipath TCP was agreed on: other octets may go another way */
    bool was_reset_by_icmp; /* the handshake was refused by an ICMP unreachable */
    int64_t round_trip_ns;  /* of the handshake as seen here (SYN to the ACK that ends it, less what
                                lies before the capture point); -1 where not measured */
    int64_t established_ns; /* from the first packet to the ACK that ended the handshake, SYNs sent
                               again included; -1: not seen */
    int64_t server_trip_ns; /* from the capture point to the server and back: the smallest seen, of
                               the SYN and its answer or of octets and their ACK; -1: none */
    uint64_t syn_count;     /* SYNs of the client, retries included */
    struct place first;     /* first packet */
    struct place last;      /* last packet that belongs to it */
    struct place first_close;           /* first FIN or RST, where closed_by is somebody */
    struct encapsulation encapsulation; /* of the first packet */
    struct tcp_direction client;
    struct tcp_direction server;
};

#endif
