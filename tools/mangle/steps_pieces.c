/* Segments and IP packets in pieces. */
#include "base/mem.h"
#include "make-capture/list.h"
#include "mangle/header.h"
#include "mangle/steps.h"

enum {
    FLAG_FIN_PSH = 0x09,
    FLAGS_SYN_RST_URG = 0x26,
    PIECES_MAX = 6,
    SINGLY_MAX = 200,  /* octets of payload that may come one by one */
    FRAGMENT_UNIT = 8, /* RFC 791 3.1 */
    FIRST_MIN = 64,    /* no TCP header is longer than 60 octets */
    FRAGMENTS_MAX = 8,
    IPV4_MORE = 0x2000,
    IPV6_MORE = 1,
};

enum fragments { FRAGMENTS_FAIR, FRAGMENTS_TINY, FRAGMENTS_OVERLAPPING };

/* What fragments are made of. */
struct whole {
    const struct frame_kept *frame;
    struct headers headers;
    uint32_t id;
};

static void add_segment(struct frames *out, const struct frame_kept *frame, const struct headers *h,
                        size_t from, size_t to)
{
    struct frame_kept *added = frames_add(out, frame, slice_part(frame_view(frame), 0, to));
    uint8_t *octets = added->octets;
    size_t end = h->payload + (to - from);
    uint8_t *tcp = octets + h->transport;

    mem_move(octets + h->payload, octets + from, to - from);
    added->len = end;
    added->length = end;
    octets_set_u32(tcp + 4, octets_get_u32(tcp + 4) + (uint32_t)(from - h->payload));
    if (to < h->end)
        tcp[13] &= (uint8_t)~FLAG_FIN_PSH;
    header_seal_ip(octets, h, end);
    header_seal_tcp(octets, h, end);
}

static void split(struct frames *out, const struct frame_kept *frame, const struct headers *h,
                  struct random *r)
{
    size_t length = h->end - h->payload;
    bool is_singly = length <= SINGLY_MAX && random_below(r, 8) == 0;
    size_t largest = is_singly ? 1 : length / random_between(r, 2, PIECES_MAX) + 1;
    size_t from = h->payload;

    while (from < h->end) {
        size_t left = h->end - from;
        size_t piece = random_between(r, 1, (uint32_t)largest);

        piece = piece < left ? piece : left;
        add_segment(out, frame, h, from, from + piece);
        from += piece;
    }
}

void step_split(struct frames *frames, double share, struct random *r)
{
    struct frames out = frames_like(frames);

    for (size_t i = 0; i < frames->count; i++) {
        const struct frame_kept *frame = &frames->list[i];
        struct headers h;

        if (headers_of(frame_view(frame), &h) && h.payload > 0 && h.end - h.payload >= 2 &&
            (frame->octets[h.transport + 13] & FLAGS_SYN_RST_URG) == 0 && random_chance(r, share))
            split(&out, frame, &h, r);
        else
            frames_add(&out, frame, frame_view(frame));
    }
    frames_clear(frames);
    *frames = out;
}

static void number_ipv4(uint8_t *octets, const struct whole *w, size_t offset, bool is_last)
{
    uint8_t *ip = octets + w->headers.ip;

    octets_set_u16(ip + 4, w->id & 0xFFFF);
    octets_set_u16(ip + 6, (unsigned)(offset / FRAGMENT_UNIT) | (is_last ? 0 : IPV4_MORE));
}

static void number_ipv6(uint8_t *octets, const struct whole *w, size_t offset, bool is_last)
{
    uint8_t *header = octets + w->headers.transport;

    header[0] = (uint8_t)w->headers.protocol;
    header[1] = 0;
    octets_set_u16(header + 2, (unsigned)offset | (is_last ? 0 : IPV6_MORE));
    octets_set_u32(header + 4, w->id);
    octets[w->headers.ip + 6] = PROTOCOL_FRAGMENT;
}

/* The octets `from` to `to` of what the IP packet carries. */
static struct frame_kept *add_fragment(struct frames *out, const struct whole *w, size_t from,
                                       size_t to)
{
    const struct headers *h = &w->headers;
    size_t extra = h->version == 6 ? HEADER_FRAGMENT : 0;
    size_t end = h->transport + extra + (to - from);
    bool is_last = h->transport + to == h->end;
    uint8_t *octets = list_new(end);
    struct frame_kept like = *w->frame;
    struct frame_kept *added;

    mem_copy(octets, w->frame->octets, h->transport);
    mem_copy(octets + h->transport + extra, w->frame->octets + h->transport + from, to - from);
    (h->version == 6 ? number_ipv6 : number_ipv4)(octets, w, from, is_last);
    header_seal_ip(octets, h, end);
    like.length = like.len; /* what is behind the IP packet does not count */
    added = frames_add(out, &like, slice_of(octets, end));
    mem_free(octets);
    return added;
}

/* Octets of the next fragment: but for the first, as few as may be. */
static size_t size_of(size_t from, size_t least, struct random *r)
{
    size_t units = random_chance(r, 0.2) ? 1 : random_between(r, 1, 64);
    size_t size = units * FRAGMENT_UNIT;

    return from == 0 && size < least ? least : size;
}

/* Says again, or beforehand, what fragments say, and something else. */
static void add_overlap(struct frames *out, const struct whole *w, size_t size, struct random *r)
{
    size_t from = random_below(r, (uint32_t)(size / FRAGMENT_UNIT)) * (size_t)FRAGMENT_UNIT;
    size_t left = (size - from) / FRAGMENT_UNIT;
    size_t to = from + random_between(r, 1, (uint32_t)left) * (size_t)FRAGMENT_UNIT;
    struct frame_kept *added = add_fragment(out, w, from, to);
    size_t spoilt = random_below(r, (uint32_t)(to - from)) + 1;

    random_fill(r, added->octets + added->len - spoilt, spoilt);
}

static void mix(struct frames *frames, size_t from, struct random *r)
{
    for (size_t i = frames->count; i > from + 1; i--) {
        size_t other = from + random_below(r, (uint32_t)(i - from));
        struct frame_kept held = frames->list[i - 1];

        frames->list[i - 1] = frames->list[other];
        frames->list[other] = held;
    }
}

static void fragment(struct frames *out, const struct whole *w, enum fragments kind,
                     struct random *r)
{
    size_t size = w->headers.end - w->headers.transport;
    size_t least = kind == FRAGMENTS_TINY ? FRAGMENT_UNIT : FIRST_MIN;
    size_t begin = out->count;
    size_t from = 0;

    for (size_t count = 1; from < size; count++) {
        size_t next = from == 0 && kind == FRAGMENTS_TINY ? least : size_of(from, least, r);

        if (next > size - from || count == FRAGMENTS_MAX)
            next = size - from;
        add_fragment(out, w, from, from + next);
        from += next;
    }
    if (kind == FRAGMENTS_OVERLAPPING)
        add_overlap(out, w, size, r);
    if (random_below(r, 2) == 0)
        mix(out, begin, r);
}

static void fragment_all(struct frames *frames, double share, enum fragments kind, struct random *r)
{
    struct frames out = frames_like(frames);
    size_t least = kind == FRAGMENTS_TINY ? FRAGMENT_UNIT : FIRST_MIN;
    /* As no other step of the same command line has them, but by chance. */
    uint32_t id = (uint32_t)random_next(r);

    for (size_t i = 0; i < frames->count; i++) {
        struct whole whole = { .frame = &frames->list[i] };

        if (headers_of(frame_view(whole.frame), &whole.headers) &&
            whole.headers.end - whole.headers.transport > least && random_chance(r, share)) {
            whole.id = id++;
            fragment(&out, &whole, kind, r);
        } else {
            frames_add(&out, whole.frame, frame_view(whole.frame));
        }
    }
    frames_clear(frames);
    *frames = out;
}

void step_fragment(struct frames *frames, double share, struct random *r)
{
    fragment_all(frames, share, FRAGMENTS_FAIR, r);
}

void step_tiny(struct frames *frames, double share, struct random *r)
{
    fragment_all(frames, share, FRAGMENTS_TINY, r);
}

void step_overlap(struct frames *frames, double share, struct random *r)
{
    fragment_all(frames, share, FRAGMENTS_OVERLAPPING, r);
}
