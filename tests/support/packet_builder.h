/* Frames and capture files for tests: what a test leaves zero takes the usual value, checksums and
 * lengths come out right. Three levels, from the wire up:
 *
 *   headers   struct built f; build_tcp(&f, &(struct built_tcp){ .payload = octets }); gives a
 *             whole Ethernet frame; build_segment, build_ip, build_ethernet and build_vlan are its
 *             layers, each taking the octets that it goes around.
 *   files     struct capture_writer *w = capture_writer_new(path, &(struct capture_format){ 0 });
 *             capture_writer_frame(w, at, built_view(&f)); capture_writer_free(w);
 *   dialogues struct talk t = talk_of(w, at); talk_open(&t); talk_server(&t, "220 mx\r\n");
 *             talk_client(&t, "QUIT\r\n"); talk_close(&t);
 *
 * Whatever goes wrong ends the test with a message. */
#ifndef SMTPSCOPE_TESTS_SUPPORT_PACKET_BUILDER_H
#define SMTPSCOPE_TESTS_SUPPORT_PACKET_BUILDER_H

#include "base/chunk.h"
#include "base/slice.h"
#include "net/packet.h"

enum { BUILT_MAX = 70000 };

struct built {
    size_t len;
    uint8_t octets[BUILT_MAX];
};

static inline struct slice built_view(const struct built *b)
{
    return slice_of(b->octets, b->len);
}

/* Octets one after the other: for headers that no function here knows. */
void built_clear(struct built *b);
void built_add(struct built *b, struct slice octets);
void built_add_u8(struct built *b, unsigned value);
void built_add_u16(struct built *b, unsigned value);
void built_add_u32(struct built *b, uint32_t value);
/* Writes `value` in network order over what stands at `at`. */
void built_set_u16(struct built *b, size_t at, unsigned value);

struct built_tcp {
    const char *from;         /* "192.0.2.1"; an IPv6 address makes an IPv6 packet */
    const char *to;           /* "198.51.100.25" */
    uint16_t from_port;       /* 40000 */
    uint16_t to_port;         /* 25 */
    uint32_t sequence;        /* 0 */
    uint32_t acknowledgement; /* 0 */
    uint8_t flags;            /* TCP_ACK */
    uint16_t window;          /* 64240 */
    struct slice options;     /* filled up to a multiple of 4 with ends of list */
    struct slice payload;
};

/* An Ethernet frame around one segment. */
void build_tcp(struct built *out, const struct built_tcp *tcp);

/* The TCP header and payload only. */
void build_segment(struct built *out, const struct built_tcp *tcp);

struct built_ip {
    const char *from;     /* "192.0.2.1" */
    const char *to;       /* "198.51.100.25" */
    uint8_t protocol;     /* 6 */
    uint16_t id;          /* IPv4 only, as are the two below */
    uint16_t fragment;    /* the field that holds the flags and the offset */
    struct slice options; /* a multiple of 4 octets */
    struct slice payload;
};

/* The IP header, IPv4 or IPv6 as the addresses are, and the payload. */
void build_ip(struct built *out, const struct built_ip *ip);

/* The Ethernet header and the payload. */
void build_ethernet(struct built *out, uint16_t ethertype, struct slice payload);

/* Puts a VLAN tag into an Ethernet frame, before the tags that it has. `kind` is 0x8100 and the
 * like. */
void build_vlan(struct built *frame, uint16_t kind, uint16_t id);

struct capture_format {
    enum capture_kind { CAPTURE_PCAP, CAPTURE_PCAPNG } kind;
    enum capture_precision { CAPTURE_MICROSECONDS, CAPTURE_NANOSECONDS } precision;
    enum capture_order { CAPTURE_LITTLE_ENDIAN, CAPTURE_BIG_ENDIAN } order;
    uint16_t link_type; /* 1, Ethernet; CAPTURE_LINK_NULL for 0 */
    uint32_t snap;      /* octets kept of a frame: 262144 */
};

enum { CAPTURE_LINK_NULL = 0xFFFF };

struct capture_writer;

struct capture_writer *capture_writer_new(const char *path, const struct capture_format *format);
/* Closes the file. */
void capture_writer_free(struct capture_writer *w);

void capture_writer_frame(struct capture_writer *w, struct stamp at, struct slice octets);
/* A frame of which `length` octets were sent. */
void capture_writer_snapped(struct capture_writer *w, struct stamp at, struct slice octets,
                            uint32_t length);
/* One more pcapng interface; frames written from then on are its. */
void capture_writer_interface(struct capture_writer *w, uint16_t link_type, uint32_t snap);

/* A TCP connection written segment by segment. What is said is acknowledged by what the other side
 * says next; every segment is `step` later than the one before. Open for tests that need more:
 * addresses may be set before talk_open, sequence numbers bent at any time. */
struct talk {
    struct capture_writer *writer;
    struct stamp at;
    int64_t step;           /* a millisecond */
    const char *address[2]; /* by enum side */
    uint16_t port[2];
    uint32_t next[2];   /* sequence number that a side sends next */
    size_t segment_max; /* octets of payload a segment: 1460 */
};

struct talk talk_of(struct capture_writer *writer, struct stamp at);

void talk_open(struct talk *t);  /* SYN, SYN and ACK, ACK */
void talk_close(struct talk *t); /* the client's FIN, the server's, ACK */
void talk_reset(struct talk *t, enum side from);
void talk_say(struct talk *t, enum side from, struct slice octets);
/* talk_say of a C string. */
void talk_client(struct talk *t, const char *octets);
void talk_server(struct talk *t, const char *octets);
/* One segment, as `flags` and the talk's numbers have it; moves the numbers on. */
void talk_segment(struct talk *t, enum side from, uint8_t flags, struct slice payload);

static inline void talk_wait(struct talk *t, int64_t ns)
{
    t->at.ns += ns;
}

#endif
