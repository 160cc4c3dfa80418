/* A ring of octets, and a ring of marks. */
#include "tcp/trail.h"

#include "base/mem.h"
#include "tcp/conflict.h"

/* Connections that end in turn need no more. */
enum { SPARES_KEPT = 32 };

/* Copies into the ring; octets.len is at most its room. */
static void put(struct trail *trail, uint64_t offset, struct slice octets)
{
    uint8_t *ring = trail_ring(trail);
    size_t at = trail_index(trail, offset);
    size_t until_wrap = trail_room(trail) - at;

    if (octets.len <= until_wrap) {
        mem_copy(ring + at, octets.data, octets.len);
        return;
    }
    mem_copy(ring + at, octets.data, until_wrap);
    mem_copy(ring, octets.data + until_wrap, octets.len - until_wrap);
}

/* The longest run of the ring from `offset` on that is in one piece, `most` octets of it. */
static struct slice run_at(const struct trail *trail, uint64_t offset, size_t most)
{
    return slice_part(slice_of(trail_ring(trail), trail_room(trail)), trail_index(trail, offset),
                      most);
}

struct trail_spares trail_spares(void)
{
    return (struct trail_spares){
        .firsts = { .size = sizeof(struct trail_first), .most = SPARES_KEPT },
        .rings = { .size = TRAIL_ROOM, .most = SPARES_KEPT },
    };
}

void trail_spares_clear(struct trail_spares *spares)
{
    spares_clear(&spares->firsts);
    spares_clear(&spares->rings);
}

/* From now on the ring is one of the heap, with what the first one held. */
static enum status grow(struct trail *trail, struct trail_spares *spares)
{
    uint64_t start = trail->end - trail->held;
    struct slice run = run_at(trail, start, trail->held);
    uint8_t *ring = spares_take(&spares->rings);

    if (ring == NULL)
        return STATUS_NO_MEMORY;
    mem_copy(ring, run.data, run.len);
    run = run_at(trail, start + run.len, trail->held - run.len);
    mem_copy(ring + (trail->held - run.len), run.data, run.len);
    mem_wipe(trail->first->ring, sizeof(trail->first->ring));
    trail->origin = (uint16_t)start;
    trail->ring = ring;
    return STATUS_OK;
}

static void add_mark(struct trail *trail, uint64_t offset, struct slice octets,
                     const struct place *place)
{
    struct trail_mark *mark = &trail->first->marks[trail->mark_next];

    mark->frame = place->frame;
    mark->capture = place->capture;
    mark->begin = (uint32_t)offset;
    mark->head_length = TRAIL_HEAD;
    /* The usual case is a copy of known size. */
    if (octets.len >= TRAIL_HEAD) {
        mem_copy(mark->head, octets.data, TRAIL_HEAD);
    } else {
        mark->head_length = (uint8_t)octets.len;
        mem_copy(mark->head, octets.data, octets.len);
    }
    trail->mark_next = trail->mark_next == TRAIL_MARKS - 1 ? 0 : (uint8_t)(trail->mark_next + 1);
    if (trail->mark_count < TRAIL_MARKS)
        trail->mark_count++;
}

/* Room for `length` octets more than it holds, or the most that there is. */
static inline enum status make_room(struct trail *trail, size_t length, struct trail_spares *spares)
{
    if (trail->first == NULL) {
        trail->first = spares_take(&spares->firsts);
        if (trail->first == NULL)
            return STATUS_NO_MEMORY;
    }
    if (trail->ring != NULL || trail->held + length <= TRAIL_ROOM_FIRST)
        return STATUS_OK;
    return grow(trail, spares);
}

enum status trail_add(struct trail *trail, uint64_t offset, struct slice octets,
                      const struct place *place, struct trail_spares *spares)
{
    size_t room;

    if (make_room(trail, octets.len, spares) != STATUS_OK)
        return STATUS_NO_MEMORY;
    if (trail->end != offset) {
        trail->held = 0;
        trail->mark_count = 0;
    }
    add_mark(trail, offset, octets, place);
    trail->end = offset + octets.len;
    room = trail_room(trail);
    if (octets.len >= room) {
        /* Nothing of what was there stays, so the ring may begin where it begins. */
        octets = slice_from(octets, octets.len - room);
        offset = trail->end - room;
        trail->origin = (uint16_t)offset;
        trail->held = 0;
    }
    put(trail, offset, octets);
    trail->held = (uint16_t)(trail->held + octets.len < room ? trail->held + octets.len : room);
    return STATUS_OK;
}

/* The `i`th mark, the oldest first. */
static const struct trail_mark *mark_at(const struct trail *trail, unsigned i)
{
    return &trail->first->marks[(trail->mark_next + (unsigned)TRAIL_MARKS - trail->mark_count + i) %
                                TRAIL_MARKS];
}

static uint64_t mark_offset(const struct trail *trail, const struct trail_mark *mark)
{
    return trail->end - (uint32_t)((uint32_t)trail->end - mark->begin);
}

/* The frame that brought the first copy; 0: not known any more. */
static void name_first(const struct trail *trail, struct tcp_conflict *conflict)
{
    for (unsigned i = 0; i < trail->mark_count; i++) {
        const struct trail_mark *mark = mark_at(trail, i);

        if (mark_offset(trail, mark) > conflict->offset)
            return;
        conflict->first_frame = mark->frame;
        conflict->first_capture = mark->capture;
    }
}

/* Compares `known` octets at `offset` with the copy's, which begins at `copy_at`. */
static bool differs_in(struct slice known, uint64_t offset, struct slice copy, uint64_t copy_at,
                       struct tcp_conflict *conflict)
{
    int64_t into = (int64_t)(offset - copy_at);

    if (into < 0) {
        known = slice_from(known, (size_t)-into);
        offset = copy_at;
        into = 0;
    }
    copy = slice_part(copy, (size_t)into, known.len);
    known = slice_part(known, 0, copy.len);
    return tcp_copies_differ(offset, known, copy, conflict);
}

bool trail_differs(const struct trail *trail, uint64_t offset, struct slice copy,
                   struct tcp_conflict *conflict)
{
    bool differs = false;

    if (trail->mark_count == 0 || (int64_t)(offset - trail->end) >= 0)
        return false;
    for (unsigned i = 0; !differs && i < trail->mark_count; i++) {
        const struct trail_mark *mark = mark_at(trail, i);

        differs = differs_in(slice_of(mark->head, mark->head_length), mark_offset(trail, mark),
                             copy, offset, conflict);
    }
    for (uint64_t at = trail->end - trail->held; !differs && at != trail->end;) {
        struct slice run = run_at(trail, at, (size_t)(trail->end - at));

        differs = differs_in(run, at, copy, offset, conflict);
        at += run.len;
    }
    if (differs)
        name_first(trail, conflict);
    return differs;
}

void trail_clear(struct trail *trail, struct trail_spares *spares)
{
    if (trail->ring != NULL) {
        mem_wipe(trail->ring, TRAIL_ROOM);
        spares_give(&spares->rings, trail->ring);
    }
    if (trail->first != NULL) {
        mem_wipe(trail->first, sizeof(*trail->first));
        spares_give(&spares->firsts, trail->first);
    }
    *trail = (struct trail){ 0 };
}
