/* Datagrams under way, each with a bit for every 8 octets that are there. */
#include "net/fragments.h"

#include "base/limits.h"
#include "base/mem.h"
#include "net/encapsulation.h"
#include "net/layers.h"

enum {
    UNIT = 8, /* fragments begin at multiples of it */
    TCP_HEADER = 20,
    OCTETS_MAX = 65535,
    UNITS_MAX = OCTETS_MAX / UNIT + 1,
    ROOM_FIRST = 4096,
};

struct datagram {
    struct {
        uint8_t version;
        uint8_t protocol; /* IPv4: part of the key (RFC 791 3.2) */
        uint8_t source[16];
        uint8_t destination[16];
        struct encapsulation way;
    } key;
    struct stamp first; /* when its first fragment came */
    uint8_t protocol;   /* as the fragment at offset 0 has it */
    bool is_dead;       /* overlapped: nothing more is kept of it (RFC 5722) */
    bool has_end;
    uint32_t length;  /* where has_end */
    uint32_t units;   /* how many bits of `there` are set */
    uint32_t highest; /* octets up to the end of the furthest fragment */
    uint64_t count;   /* fragments taken in */
    uint8_t there[UNITS_MAX / 8];
    uint8_t *octets;
    size_t room;
};

struct fragments {
    struct datagram *held[LIMIT_DATAGRAMS]; /* oldest first */
    uint32_t ids[LIMIT_DATAGRAMS];          /* of the same, side by side for a quick search */
    size_t count;
    size_t octets; /* they and their rooms take together */
    size_t octets_max;
    struct fragment_counts counts;
    uint8_t *whole[LIMIT_LAYERS]; /* datagrams handed out since the last release */
    size_t whole_count;
    enum status status; /* STATUS_NO_MEMORY: a fragment had to be let go */
};

enum status fragments_new(struct fragments **out, size_t octets_max)
{
    *out = mem_calloc(1, sizeof(**out));
    if (*out == NULL)
        return STATUS_NO_MEMORY;
    (*out)->octets_max =
        octets_max == 0 || octets_max > LIMIT_FRAGMENT_OCTETS ? LIMIT_FRAGMENT_OCTETS : octets_max;
    return STATUS_OK;
}

static void datagram_free(struct datagram *d)
{
    mem_free(d->octets);
    mem_free(d);
}

void fragments_free(struct fragments *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->count; i++)
        datagram_free(f->held[i]);
    fragments_release(f);
    mem_free(f);
}

void fragments_release(struct fragments *f)
{
    while (f->whole_count > 0)
        mem_free(f->whole[--f->whole_count]);
}

enum status fragments_status(const struct fragments *f)
{
    return f->status;
}

struct fragment_counts fragments_counts(const struct fragments *f)
{
    struct fragment_counts counts = f->counts;

    for (size_t i = 0; i < f->count; i++)
        counts.lost += f->held[i]->count;
    return counts;
}

/* Takes datagram `i` out of the list; the caller frees it. */
static struct datagram *take_out(struct fragments *f, size_t i)
{
    struct datagram *d = f->held[i];

    f->octets -= sizeof(*d) + d->room;
    f->count--;
    mem_move(&f->held[i], &f->held[i + 1], (f->count - i) * sizeof(f->held[0]));
    mem_move(&f->ids[i], &f->ids[i + 1], (f->count - i) * sizeof(f->ids[0]));
    return d;
}

static void give_up_oldest(struct fragments *f)
{
    struct datagram *d = take_out(f, 0);

    f->counts.lost += d->count;
    datagram_free(d);
}

static bool belongs(const struct datagram *d, const struct fragment *fragment)
{
    return d->key.version == fragment->version &&
           (fragment->version == 6 || d->key.protocol == fragment->protocol) &&
           slice_equal(slice_of(d->key.source, fragment->source.len), fragment->source) &&
           slice_equal(slice_of(d->key.destination, fragment->destination.len),
                       fragment->destination) &&
           encapsulation_equal(&d->key.way, fragment->way);
}

static struct datagram *begin(struct fragments *f, const struct fragment *fragment)
{
    struct datagram *d;

    if (f->count == LIMIT_DATAGRAMS)
        give_up_oldest(f);
    d = mem_calloc(1, sizeof(*d));
    if (d == NULL) {
        f->status = STATUS_NO_MEMORY;
        return NULL;
    }
    d->key.version = fragment->version;
    d->key.protocol = fragment->protocol;
    mem_copy(d->key.source, fragment->source.data, fragment->source.len);
    mem_copy(d->key.destination, fragment->destination.data, fragment->destination.len);
    d->key.way = *fragment->way;
    d->first = fragment->at;
    d->protocol = fragment->protocol;
    f->ids[f->count] = fragment->id;
    f->held[f->count++] = d;
    f->octets += sizeof(*d);
    return d;
}

/* Index of the fragment's datagram, begun where it is new; SLICE_NONE where there is no memory. */
static size_t find(struct fragments *f, const struct fragment *fragment)
{
    while (f->count > 0 && stamp_between(f->held[0]->first, fragment->at) > LIMIT_FRAGMENT_WAIT)
        give_up_oldest(f);
    for (size_t i = 0; i < f->count; i++)
        if (f->ids[i] == fragment->id && belongs(f->held[i], fragment))
            return i;
    return begin(f, fragment) == NULL ? SLICE_NONE : f->count - 1;
}

static bool has_unit(const struct datagram *d, uint32_t unit)
{
    return (d->there[unit / 8] >> unit % 8 & 1) != 0;
}

/* Makes room for `end` octets; gives older datagrams up where all together have too many. */
static enum status reserve(struct fragments *f, size_t *index, uint32_t end)
{
    struct datagram *d = f->held[*index];
    size_t room = d->room == 0 ? ROOM_FIRST : d->room;
    uint8_t *octets;

    if (end <= d->room)
        return STATUS_OK;
    while (room < end)
        room *= 2;
    while (f->octets - d->room + room > f->octets_max && *index > 0) {
        give_up_oldest(f);
        --*index;
    }
    octets = mem_realloc(d->octets, room);
    if (octets == NULL) {
        f->status = STATUS_NO_MEMORY;
        return STATUS_NO_MEMORY;
    }
    f->octets += room - d->room;
    d->octets = octets;
    d->room = room;
    return STATUS_OK;
}

enum overlap {
    OVERLAP_NONE,
    OVERLAP_SAME, /* the same octets once more */
    OVERLAP_OTHER,
};

static enum overlap overlap_of(const struct datagram *d, const struct fragment *fragment)
{
    uint32_t first = fragment->offset / UNIT;
    size_t units = (fragment->data.len + UNIT - 1) / UNIT;
    size_t there = 0;

    for (uint32_t i = 0; i < units; i++)
        there += has_unit(d, first + i);
    if (there == 0)
        return OVERLAP_NONE;
    if (there == units &&
        slice_equal(slice_part(slice_of(d->octets, d->room), fragment->offset, fragment->data.len),
                    fragment->data))
        return OVERLAP_SAME;
    return OVERLAP_OTHER;
}

/* Copies what is not there yet: the first copy of an octet wins. */
static void fill(struct datagram *d, const struct fragment *fragment)
{
    for (size_t from = 0; from < fragment->data.len; from += UNIT) {
        uint32_t at = fragment->offset + (uint32_t)from;
        struct slice part = slice_part(fragment->data, from, UNIT);

        if (has_unit(d, at / UNIT))
            continue;
        d->there[at / UNIT / 8] |= (uint8_t)(1U << at / UNIT % 8);
        d->units++;
        mem_copy(&d->octets[at], part.data, part.len);
    }
}

/* False where the fragment contradicts what is known of the datagram's end. */
static bool fits_end(const struct datagram *d, const struct fragment *fragment, uint32_t end)
{
    if (fragment->is_last)
        return d->has_end ? d->length == end : d->highest <= end;
    return !d->has_end || end <= d->length;
}

static void give_up(struct fragments *f, struct datagram *d)
{
    f->octets -= d->room;
    mem_free(d->octets);
    d->octets = NULL;
    d->room = 0;
    d->is_dead = true;
}

/* Takes the octets in. False where the datagram is given up with it. */
static bool take_in(struct fragments *f, size_t *index, const struct fragment *fragment)
{
    struct datagram *d = f->held[*index];
    uint32_t end = fragment->offset + (uint32_t)fragment->data.len;
    enum overlap overlap;

    d->count++;
    if (d->is_dead)
        return false;
    overlap = overlap_of(d, fragment);
    f->counts.overlapping += overlap == OVERLAP_OTHER;
    if (!fits_end(d, fragment, end) || (overlap == OVERLAP_OTHER && fragment->version == 6)) {
        give_up(f, d);
        return false;
    }
    if (overlap == OVERLAP_SAME)
        return true;
    if (reserve(f, index, end) != STATUS_OK) {
        give_up(f, d);
        return false;
    }
    if (fragment->offset == 0)
        d->protocol = fragment->protocol;
    fill(d, fragment);
    if (end > d->highest)
        d->highest = end;
    if (fragment->is_last) {
        d->has_end = true;
        d->length = end;
    }
    return true;
}

/* RFC 1858 3: a filter that looks at the first fragment alone sees no flags in such a one, or, where
 * a second begins 8 octets on, is shown others than the receiver. Nothing is hidden from who puts
 * the datagram together. */
static bool is_tiny(const struct fragment *fragment)
{
    return fragment->protocol == PROTOCOL_TCP &&
           (fragment->offset == UNIT || (fragment->offset == 0 && fragment->data.len < TCP_HEADER));
}

enum parse fragments_add(struct fragments *f, const struct fragment *fragment, struct slice *whole,
                         uint8_t *protocol)
{
    struct datagram *d;
    size_t index;

    /* RFC 8200 4.5: such fragments are to be discarded; RFC 791 knows none. */
    if (fragment->data.len == 0 || fragment->data.len > OCTETS_MAX - fragment->offset ||
        (!fragment->is_last && fragment->data.len % UNIT != 0))
        return PARSE_BAD;
    f->counts.tiny += is_tiny(fragment);
    index = find(f, fragment);
    if (index == SLICE_NONE) {
        f->counts.lost++;
        return PARSE_MORE;
    }
    if (!take_in(f, &index, fragment))
        return PARSE_MORE;
    d = f->held[index];
    /* No walk goes through more layers, so none puts more datagrams together. */
    if (f->whole_count == LIMIT_LAYERS || !d->has_end || d->units < (d->length + UNIT - 1) / UNIT)
        return PARSE_MORE;
    (void)take_out(f, index);
    f->whole[f->whole_count++] = d->octets;
    *whole = slice_of(d->octets, d->length);
    *protocol = d->protocol;
    mem_free(d);
    return PARSE_OK;
}
