/* Web, database and name service traffic, scans, ARP and pings. */
#include "make-capture/noise.h"

#include "base/mem.h"
#include "make-capture/list.h"

enum { STREAMS = 256, UDP_MAX = 480 };

struct stream {
    struct endpoint ends[2];
    uint32_t next[2];
};

struct noise {
    struct random random;
    struct stream streams[STREAMS];
};

/* Ports that nobody follows; a client's is never a mail port either. */
static const uint16_t ports[] = { 443, 80, 3306, 22, 993, 5432 };

static struct endpoint some_end(struct random *r, uint16_t port)
{
    /* RFC 6598: shared address space, so that no session has it. */
    return (struct endpoint){
        .address = { 4, { 100, 64, (uint8_t)random_next(r), (uint8_t)random_next(r) } },
        .port = port,
    };
}

static void open_stream(struct noise *noise, struct stream *stream)
{
    struct random *r = &noise->random;

    stream->ends[0] = some_end(r, (uint16_t)random_between(r, 10000, 65000));
    stream->ends[1] = some_end(r, ports[random_below(r, sizeof(ports) / sizeof(ports[0]))]);
    stream->next[0] = (uint32_t)random_next(r);
    stream->next[1] = (uint32_t)random_next(r);
}

struct noise *noise_new(uint64_t seed)
{
    struct noise *noise = list_new(sizeof(*noise));

    noise->random = random_of(seed, UINT64_MAX - 1);
    for (int i = 0; i < STREAMS; i++)
        open_stream(noise, &noise->streams[i]);
    return noise;
}

void noise_free(struct noise *noise)
{
    mem_free(noise);
}

static void write_stream(struct noise *noise, struct wire *wire, int64_t at)
{
    struct random *r = &noise->random;
    struct stream *stream = &noise->streams[random_below(r, STREAMS)];
    unsigned from = random_below(r, 2);
    uint32_t len = random_below(r, 3) == 0 ? 0 : random_between(r, 1, WIRE_PAYLOAD_MAX);
    uint8_t octets[WIRE_PAYLOAD_MAX];

    random_fill(r, octets, len);
    wire_tcp(wire, at,
             &(struct wire_segment){
                 .from = stream->ends[from],
                 .to = stream->ends[1 - from],
                 .sequence = stream->next[from],
                 .acknowledgement = stream->next[1 - from],
                 .flags = TCP_ACK,
                 .window = 1024,
                 .timestamp = (uint32_t)(at / 1000000) | 1,
             },
             slice_of(octets, len));
    stream->next[from] += len;
    if (random_below(r, 200) == 0)
        open_stream(noise, stream);
}

/* A scanner knocks; nobody answers. */
static void write_scan(struct noise *noise, struct wire *wire, int64_t at)
{
    struct random *r = &noise->random;
    struct wire_segment segment = {
        .from = some_end(r, (uint16_t)random_between(r, 10000, 65000)),
        .to = some_end(r, (uint16_t)random_between(r, 1000, 9999)),
        .sequence = (uint32_t)random_next(r),
        .flags = TCP_SYN,
        .window = 1024,
        .timestamp = 1,
    };

    wire_tcp(wire, at, &segment, slice_of(NULL, 0));
}

static void write_datagram(struct noise *noise, struct wire *wire, int64_t at)
{
    struct random *r = &noise->random;
    struct endpoint from = some_end(r, (uint16_t)random_between(r, 10000, 65000));
    struct endpoint to = some_end(r, 53);
    uint8_t octets[UDP_MAX];
    uint32_t len = random_between(r, 17, UDP_MAX);

    random_fill(r, octets, len);
    wire_udp(wire, at, &from, &to, slice_of(octets, len));
}

static void write_ping(struct noise *noise, struct wire *wire, int64_t at)
{
    struct endpoint from = some_end(&noise->random, 0);
    struct endpoint to = some_end(&noise->random, 0);
    uint8_t octets[64] = { 8 };

    random_fill(&noise->random, octets + 4, sizeof(octets) - 4);
    wire_icmp(wire, at, &from, &to, slice_of(octets, sizeof(octets)));
}

static void write_arp(struct noise *noise, struct wire *wire, int64_t at)
{
    uint8_t octets[46] = { 0, 1, 8, 0, 6, 4, 0, 1 };

    random_fill(&noise->random, octets + 8, 20);
    wire_frame(wire, at, 0x0806, slice_of(octets, sizeof(octets)));
}

void noise_write(struct noise *noise, struct wire *wire, int64_t at)
{
    uint32_t kind = random_below(&noise->random, 100);

    if (kind < 70)
        write_stream(noise, wire, at);
    else if (kind < 85)
        write_datagram(noise, wire, at);
    else if (kind < 92)
        write_scan(noise, wire, at);
    else if (kind < 97)
        write_arp(noise, wire, at);
    else
        write_ping(noise, wire, at);
}
