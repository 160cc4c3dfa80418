/* Every frame is put together in one buffer, in the order of its octets. */
#include "make-capture/wire.h"

#include <string.h>

#include "base/mem.h"
#include "base/stamp.h"

enum {
    FILE_BUFFER = 1 << 20,
    FRAME_MAX = 1514,
    RECORD_HEADER = 16,
    ETHERNET_HEADER = 14,
    LINKTYPE_ETHERNET = 1,
    SNAP = 262144,
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_IPV6 = 0x86DD,
    PROTOCOL_ICMP = 1,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
};

struct frame_room {
    size_t len;
    uint8_t octets[RECORD_HEADER + FRAME_MAX];
};

static void add(struct frame_room *f, struct slice octets)
{
    struct slice fitting = slice_part(octets, 0, sizeof(f->octets) - f->len);

    mem_copy(f->octets + f->len, fitting.data, fitting.len);
    f->len += fitting.len;
}

static void add_u8(struct frame_room *f, unsigned value)
{
    uint8_t octet = (uint8_t)value;

    add(f, slice_of(&octet, 1));
}

static void add_u16(struct frame_room *f, unsigned value)
{
    uint8_t octets[2] = { (uint8_t)(value >> 8), (uint8_t)value };

    add(f, slice_of(octets, 2));
}

static void add_u32(struct frame_room *f, uint32_t value)
{
    add_u16(f, value >> 16);
    add_u16(f, value & 0xFFFF);
}

/* pcap's own numbers are written with the low octet first. */
static void set_u32_low(struct frame_room *f, size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        f->octets[at + i] = (uint8_t)(value >> 8 * i);
}

static void set_u16(struct frame_room *f, size_t at, unsigned value)
{
    f->octets[at] = (uint8_t)(value >> 8);
    f->octets[at + 1] = (uint8_t)value;
}

/* RFC 1071, from `at` to the end. */
static uint32_t sum(const struct frame_room *f, size_t at, size_t end)
{
    uint32_t total = 0;

    for (; at + 1 < end; at += 2)
        total += (uint32_t)(f->octets[at] << 8 | f->octets[at + 1]);
    return at < end ? total + ((uint32_t)f->octets[at] << 8) : total;
}

static unsigned folded(uint32_t total)
{
    while (total > 0xFFFF)
        total = (total & 0xFFFF) + (total >> 16);
    return ~total & 0xFFFF;
}

static void begin(struct frame_room *f, uint16_t ethertype)
{
    static const uint8_t hardware[12] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };

    f->len = RECORD_HEADER;
    add(f, slice_of(hardware, sizeof(hardware)));
    add_u16(f, ethertype);
}

static size_t address_size(const struct endpoint *end)
{
    return end->address.version == 6 ? 16 : 4;
}

/* The IP header for `length` octets of `protocol`; returns the sum of the pseudo header. */
static uint32_t begin_ip(struct frame_room *f, const struct endpoint *from,
                         const struct endpoint *to, unsigned protocol, size_t length)
{
    size_t size = address_size(from);
    size_t at = RECORD_HEADER + ETHERNET_HEADER;

    begin(f, size == 16 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
    if (size == 16) {
        add_u32(f, 0x60000000);
        add_u16(f, (unsigned)length);
        add_u8(f, protocol);
        add_u8(f, 64);
    } else {
        add_u16(f, 0x4500);
        add_u16(f, (unsigned)length + 20);
        add_u32(f, 0x00004000);
        add_u8(f, 64);
        add_u8(f, protocol);
        add_u16(f, 0);
    }
    add(f, slice_of(from->address.octets, size));
    add(f, slice_of(to->address.octets, size));
    if (size == 4)
        set_u16(f, at + 10, folded(sum(f, at, f->len)));
    return sum(f, f->len - 2 * size, f->len) + protocol + (uint32_t)length;
}

static void finish(struct wire *w, struct frame_room *f, int64_t at)
{
    uint32_t length = (uint32_t)(f->len - RECORD_HEADER);

    set_u32_low(f, 0, (uint32_t)(at / STAMP_SECOND));
    set_u32_low(f, 4, (uint32_t)(at % STAMP_SECOND / 1000));
    set_u32_low(f, 8, length);
    set_u32_low(f, 12, length);
    (void)fwrite(f->octets, 1, f->len, w->file);
    w->packets++;
}

bool wire_open(struct wire *w, const char *path)
{
    struct frame_room head = { .len = 24 };

    *w = (struct wire){ .file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb") };
    if (w->file == NULL)
        return false;
    (void)setvbuf(w->file, NULL, _IOFBF, FILE_BUFFER);
    set_u32_low(&head, 0, 0xA1B2C3D4);
    set_u32_low(&head, 4, 0x00040002);
    set_u32_low(&head, 16, SNAP);
    set_u32_low(&head, 20, LINKTYPE_ETHERNET);
    return fwrite(head.octets, 1, head.len, w->file) == head.len;
}

bool wire_close(struct wire *w)
{
    bool is_good = ferror(w->file) == 0;

    return fclose(w->file) == 0 && is_good;
}

/* RFC 7323 3.2, behind two octets of padding as everybody sends it. */
static void add_timestamps(struct frame_room *f, const struct wire_segment *segment)
{
    add_u32(f, 0x0101080A);
    add_u32(f, segment->timestamp);
    add_u32(f, segment->echo);
}

/* Segment size 1,460, selective acknowledgements, timestamps, a window scale of 7. */
static void add_syn_options(struct frame_room *f, const struct wire_segment *segment)
{
    add_u32(f, 0x020405B4);
    add_u32(f, 0x0402080A);
    add_u32(f, segment->timestamp);
    add_u32(f, segment->echo);
    add_u32(f, 0x01030307);
}

void wire_tcp(struct wire *w, int64_t at, const struct wire_segment *segment, struct slice payload)
{
    bool is_syn = (segment->flags & TCP_SYN) != 0;
    size_t header = is_syn ? 40 : segment->timestamp != 0 ? 32 : 20;
    struct frame_room f;
    uint32_t total = begin_ip(&f, &segment->from, &segment->to, PROTOCOL_TCP, header + payload.len);
    size_t start = f.len;

    add_u16(&f, segment->from.port);
    add_u16(&f, segment->to.port);
    add_u32(&f, segment->sequence);
    add_u32(&f, segment->acknowledgement);
    add_u8(&f, (unsigned)header / 4 << 4);
    add_u8(&f, segment->flags);
    add_u16(&f, segment->window);
    add_u32(&f, 0);
    if (is_syn)
        add_syn_options(&f, segment);
    else if (segment->timestamp != 0)
        add_timestamps(&f, segment);
    add(&f, payload);
    set_u16(&f, start + 16, folded(total + sum(&f, start, f.len)));
    finish(w, &f, at);
}

void wire_udp(struct wire *w, int64_t at, const struct endpoint *from, const struct endpoint *to,
              struct slice payload)
{
    struct frame_room f;
    uint32_t total = begin_ip(&f, from, to, PROTOCOL_UDP, 8 + payload.len);
    size_t start = f.len;

    add_u16(&f, from->port);
    add_u16(&f, to->port);
    add_u16(&f, (unsigned)payload.len + 8);
    add_u16(&f, 0);
    add(&f, payload);
    set_u16(&f, start + 6, folded(total + sum(&f, start, f.len)));
    finish(w, &f, at);
}

void wire_icmp(struct wire *w, int64_t at, const struct endpoint *from, const struct endpoint *to,
               struct slice message)
{
    struct frame_room f;
    size_t start;

    (void)begin_ip(&f, from, to, PROTOCOL_ICMP, message.len);
    start = f.len;
    add(&f, message);
    set_u16(&f, start + 2, folded(sum(&f, start, f.len)));
    finish(w, &f, at);
}

void wire_frame(struct wire *w, int64_t at, uint16_t ethertype, struct slice payload)
{
    struct frame_room f;

    begin(&f, ethertype);
    add(&f, payload);
    finish(w, &f, at);
}
