/* Builds frames and capture files. Its checksums are its own, so that they test those of net/. */
#include "support/packet_builder.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
    ETHERNET_ADDRESSES = 12,
    SNAP = 262144,
    SECTION_BLOCK = 0x0A0D0D0A,
    INTERFACE_BLOCK = 1,
    PACKET_BLOCK = 6,
    OPTION_RESOLUTION = 9,
};

struct capture_writer {
    FILE *file;
    struct capture_format format;
    uint32_t interfaces;
};

static _Noreturn void fail(const char *what, const char *which)
{
    fprintf(stderr, "packet_builder: %s%s\n", what, which);
    abort();
}

void built_clear(struct built *b)
{
    b->len = 0;
}

void built_add(struct built *b, struct slice octets)
{
    if (octets.len > BUILT_MAX - b->len)
        fail("frame too long", "");
    mem_copy(&b->octets[b->len], octets.data, octets.len);
    b->len += octets.len;
}

void built_add_u8(struct built *b, unsigned value)
{
    uint8_t octet = (uint8_t)value;

    built_add(b, slice_of(&octet, 1));
}

void built_add_u16(struct built *b, unsigned value)
{
    built_add_u8(b, value >> 8 & 0xFF);
    built_add_u8(b, value & 0xFF);
}

void built_add_u32(struct built *b, uint32_t value)
{
    built_add_u16(b, value >> 16);
    built_add_u16(b, value & 0xFFFF);
}

void built_set_u16(struct built *b, size_t at, unsigned value)
{
    if (at + 2 > b->len)
        fail("nothing stands there", "");
    b->octets[at] = (uint8_t)(value >> 8);
    b->octets[at + 1] = (uint8_t)value;
}

static uint32_t sum(struct slice s, uint32_t start)
{
    for (size_t i = 0; i < s.len; i++)
        start += i % 2 == 0 ? (uint32_t)s.data[i] << 8 : s.data[i];
    return start;
}

static unsigned folded(uint32_t sum_of_words)
{
    while (sum_of_words > 0xFFFF)
        sum_of_words = (sum_of_words & 0xFFFF) + (sum_of_words >> 16);
    return ~sum_of_words & 0xFFFF;
}

/* Writes the address's octets; returns how many: 4 or 16. */
static size_t address(const char *name, const char *usual, uint8_t out[16])
{
    const char *wanted = name != NULL ? name : usual;

    if (inet_pton(AF_INET, wanted, out) == 1)
        return 4;
    if (inet_pton(AF_INET6, wanted, out) == 1)
        return 16;
    fail("no address: ", wanted);
}

static size_t addresses(const char *from, const char *to, uint8_t source[16],
                        uint8_t destination[16])
{
    size_t size = address(from, "192.0.2.1", source);

    if (address(to, "198.51.100.25", destination) != size)
        fail("IPv4 to IPv6: name both addresses", "");
    return size;
}

void build_segment(struct built *out, const struct built_tcp *tcp)
{
    static const uint8_t zeros[4];
    size_t padding = (4 - tcp->options.len % 4) % 4;
    uint8_t source[16], destination[16];
    size_t size = addresses(tcp->from, tcp->to, source, destination);
    uint32_t total;

    built_clear(out);
    built_add_u16(out, tcp->from_port != 0 ? tcp->from_port : 40000);
    built_add_u16(out, tcp->to_port != 0 ? tcp->to_port : 25);
    built_add_u32(out, tcp->sequence);
    built_add_u32(out, tcp->acknowledgement);
    built_add_u8(out, (unsigned)(20 + tcp->options.len + padding) / 4 << 4);
    built_add_u8(out, tcp->flags != 0 ? tcp->flags : TCP_ACK);
    built_add_u16(out, tcp->window != 0 ? tcp->window : 64240);
    built_add_u32(out, 0);
    built_add(out, tcp->options);
    built_add(out, slice_of(zeros, padding));
    built_add(out, tcp->payload);
    total = sum(slice_of(source, size), 6 + (uint32_t)out->len);
    total = sum(slice_of(destination, size), total);
    built_set_u16(out, 16, folded(sum(built_view(out), total)));
}

static void add_ipv4(struct built *out, const struct built_ip *ip, const uint8_t source[16],
                     const uint8_t destination[16])
{
    size_t header = 20 + ip->options.len;

    built_add_u16(out, 0x4000 + (unsigned)(header / 4 << 8));
    built_add_u16(out, (unsigned)(header + ip->payload.len) & 0xFFFF);
    built_add_u16(out, ip->id);
    built_add_u16(out, ip->fragment);
    built_add_u8(out, 64);
    built_add_u8(out, ip->protocol != 0 ? ip->protocol : 6);
    built_add_u16(out, 0);
    built_add(out, slice_of(source, 4));
    built_add(out, slice_of(destination, 4));
    built_add(out, ip->options);
    built_set_u16(out, 10, folded(sum(built_view(out), 0)));
}

void build_ip(struct built *out, const struct built_ip *ip)
{
    uint8_t source[16], destination[16];

    built_clear(out);
    if (addresses(ip->from, ip->to, source, destination) == 4) {
        add_ipv4(out, ip, source, destination);
    } else {
        built_add_u32(out, 0x60000000);
        built_add_u16(out, (unsigned)ip->payload.len & 0xFFFF);
        built_add_u8(out, ip->protocol != 0 ? ip->protocol : 6);
        built_add_u8(out, 64);
        built_add(out, slice_of(source, 16));
        built_add(out, slice_of(destination, 16));
    }
    built_add(out, ip->payload);
}

void build_ethernet(struct built *out, uint16_t ethertype, struct slice payload)
{
    static const uint8_t hardware[ETHERNET_ADDRESSES] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };

    built_clear(out);
    built_add(out, slice_of(hardware, sizeof(hardware)));
    built_add_u16(out, ethertype);
    built_add(out, payload);
}

void build_vlan(struct built *frame, uint16_t kind, uint16_t id)
{
    if (frame->len < ETHERNET_ADDRESSES || frame->len > BUILT_MAX - 4)
        fail("no room for a VLAN tag", "");
    mem_move(&frame->octets[ETHERNET_ADDRESSES + 4], &frame->octets[ETHERNET_ADDRESSES],
             frame->len - ETHERNET_ADDRESSES);
    frame->len += 4;
    built_set_u16(frame, ETHERNET_ADDRESSES, kind);
    built_set_u16(frame, ETHERNET_ADDRESSES + 2, id);
}

void build_tcp(struct built *out, const struct built_tcp *tcp)
{
    struct built *segment = mem_alloc(2 * sizeof(*segment));
    struct built *packet;

    if (segment == NULL)
        fail("no memory", "");
    packet = &segment[1];
    build_segment(segment, tcp);
    build_ip(packet, &(struct built_ip){
                         .from = tcp->from,
                         .to = tcp->to,
                         .payload = built_view(segment),
                     });
    build_ethernet(out, packet->octets[0] >> 4 == 6 ? 0x86DD : 0x0800, built_view(packet));
    mem_free(segment);
}

static void put(struct capture_writer *w, const void *octets, size_t size)
{
    if (size > 0 && fwrite(octets, 1, size, w->file) != size)
        fail("cannot write", "");
}

static void put_u16(struct capture_writer *w, uint16_t value)
{
    uint8_t low = (uint8_t)value, high = (uint8_t)(value >> 8);
    bool is_big = w->format.order == CAPTURE_BIG_ENDIAN;

    put(w, (uint8_t[2]){ is_big ? high : low, is_big ? low : high }, 2);
}

static void put_u32(struct capture_writer *w, uint32_t value)
{
    uint16_t low = (uint16_t)value, high = (uint16_t)(value >> 16);
    bool is_big = w->format.order == CAPTURE_BIG_ENDIAN;

    put_u16(w, is_big ? high : low);
    put_u16(w, is_big ? low : high);
}

static uint16_t link_type_of(uint16_t wanted)
{
    if (wanted == CAPTURE_LINK_NULL)
        return 0;
    return wanted == 0 ? 1 : wanted;
}

void capture_writer_interface(struct capture_writer *w, uint16_t link_type, uint32_t snap)
{
    if (w->format.kind != CAPTURE_PCAPNG)
        fail("only pcapng has interfaces", "");
    put_u32(w, INTERFACE_BLOCK);
    put_u32(w, 32);
    put_u16(w, link_type_of(link_type));
    put_u16(w, 0);
    put_u32(w, snap != 0 ? snap : SNAP);
    put_u16(w, OPTION_RESOLUTION);
    put_u16(w, 1);
    put(w, (uint8_t[4]){ w->format.precision == CAPTURE_NANOSECONDS ? 9 : 6 }, 4);
    put_u32(w, 0);
    put_u32(w, 32);
    w->interfaces++;
}

struct capture_writer *capture_writer_new(const char *path, const struct capture_format *format)
{
    struct capture_writer *w = mem_calloc(1, sizeof(*w));

    if (w == NULL)
        fail("no memory", "");
    w->format = *format;
    w->file = fopen(path, "wb");
    if (w->file == NULL)
        fail("cannot write ", path);
    if (format->kind == CAPTURE_PCAP) {
        put_u32(w, format->precision == CAPTURE_NANOSECONDS ? 0xA1B23C4D : 0xA1B2C3D4);
        put_u16(w, 2);
        put_u16(w, 4);
        put_u32(w, 0);
        put_u32(w, 0);
        put_u32(w, format->snap != 0 ? format->snap : SNAP);
        put_u32(w, link_type_of(format->link_type));
        return w;
    }
    put_u32(w, SECTION_BLOCK);
    put_u32(w, 28);
    put_u32(w, 0x1A2B3C4D);
    put_u16(w, 1);
    put_u16(w, 0);
    put_u32(w, UINT32_MAX); /* section length not said: 64 bits of ones */
    put_u32(w, UINT32_MAX);
    put_u32(w, 28);
    capture_writer_interface(w, format->link_type, format->snap);
    return w;
}

void capture_writer_free(struct capture_writer *w)
{
    if (w == NULL)
        return;
    if (fclose(w->file) != 0)
        fail("cannot write", "");
    mem_free(w);
}

static void put_pcap(struct capture_writer *w, struct stamp at, struct slice octets,
                     uint32_t length)
{
    int64_t unit = w->format.precision == CAPTURE_NANOSECONDS ? 1 : 1000;

    put_u32(w, (uint32_t)(at.ns / STAMP_SECOND));
    put_u32(w, (uint32_t)(at.ns % STAMP_SECOND / unit));
    put_u32(w, (uint32_t)octets.len);
    put_u32(w, length);
    put(w, octets.data, octets.len);
}

static void put_pcapng(struct capture_writer *w, struct stamp at, struct slice octets,
                       uint32_t length)
{
    static const uint8_t zeros[4];
    uint32_t padding = (uint32_t)(4 - octets.len % 4) % 4;
    uint32_t size = 32 + (uint32_t)octets.len + padding;
    uint64_t ticks = (uint64_t)(w->format.precision == CAPTURE_NANOSECONDS ? at.ns : at.ns / 1000);

    put_u32(w, PACKET_BLOCK);
    put_u32(w, size);
    put_u32(w, w->interfaces - 1);
    put_u32(w, (uint32_t)(ticks >> 32));
    put_u32(w, (uint32_t)ticks);
    put_u32(w, (uint32_t)octets.len);
    put_u32(w, length);
    put(w, octets.data, octets.len);
    put(w, zeros, padding);
    put_u32(w, size);
}

void capture_writer_snapped(struct capture_writer *w, struct stamp at, struct slice octets,
                            uint32_t length)
{
    if (w->format.kind == CAPTURE_PCAPNG)
        put_pcapng(w, at, octets, length);
    else
        put_pcap(w, at, octets, length);
}

void capture_writer_frame(struct capture_writer *w, struct stamp at, struct slice octets)
{
    uint32_t snap = w->format.snap != 0 ? w->format.snap : SNAP;

    capture_writer_snapped(w, at, slice_part(octets, 0, snap), (uint32_t)octets.len);
}

struct talk talk_of(struct capture_writer *writer, struct stamp at)
{
    return (struct talk){
        .writer = writer,
        .at = at,
        .step = STAMP_MILLISECOND,
        .address = { "192.0.2.1", "198.51.100.25" },
        .port = { 40000, 25 },
        .next = { 1000, 5000 },
        .segment_max = 1460,
    };
}

void talk_segment(struct talk *t, enum side from, uint8_t flags, struct slice payload)
{
    struct built *frame = mem_alloc(sizeof(*frame));
    enum side to = side_other(from);

    if (frame == NULL)
        fail("no memory", "");
    build_tcp(frame, &(struct built_tcp){
                         .from = t->address[from],
                         .to = t->address[to],
                         .from_port = t->port[from],
                         .to_port = t->port[to],
                         .sequence = t->next[from],
                         .acknowledgement = (flags & TCP_ACK) != 0 ? t->next[to] : 0,
                         .flags = flags,
                         .payload = payload,
                     });
    capture_writer_frame(t->writer, t->at, built_view(frame));
    mem_free(frame);
    t->at.ns += t->step;
    t->next[from] += (uint32_t)payload.len;
    /* RFC 9293 3.4: SYN and FIN take a number each. */
    t->next[from] += (uint32_t)((flags & TCP_SYN) != 0) + ((flags & TCP_FIN) != 0);
}

void talk_open(struct talk *t)
{
    talk_segment(t, SIDE_CLIENT, TCP_SYN, (struct slice){ 0 });
    talk_segment(t, SIDE_SERVER, TCP_SYN | TCP_ACK, (struct slice){ 0 });
    talk_segment(t, SIDE_CLIENT, TCP_ACK, (struct slice){ 0 });
}

void talk_close(struct talk *t)
{
    talk_segment(t, SIDE_CLIENT, TCP_FIN | TCP_ACK, (struct slice){ 0 });
    talk_segment(t, SIDE_SERVER, TCP_FIN | TCP_ACK, (struct slice){ 0 });
    talk_segment(t, SIDE_CLIENT, TCP_ACK, (struct slice){ 0 });
}

void talk_reset(struct talk *t, enum side from)
{
    talk_segment(t, from, TCP_RST | TCP_ACK, (struct slice){ 0 });
}

void talk_say(struct talk *t, enum side from, struct slice octets)
{
    while (octets.len > 0) {
        struct slice part = slice_part(octets, 0, t->segment_max);

        talk_segment(t, from, TCP_PSH | TCP_ACK, part);
        octets = slice_from(octets, part.len);
    }
}

void talk_client(struct talk *t, const char *octets)
{
    talk_say(t, SIDE_CLIENT, slice_of_string(octets));
}

void talk_server(struct talk *t, const char *octets)
{
    talk_say(t, SIDE_SERVER, slice_of_string(octets));
}
