/* A ring of octets, and a ring of marks. */
#include "tcp/trail.h"

#include "base/mem.h"
#include "tcp/conflict.h"

/* Connections that end in turn need no more. */
enum { SPARES_KEPT = 32 };

/* Where the octet of that offset is, or goes. */
static size_t index_of(const struct trail *trail, uint64_t offset)
{
    return (size_t)((offset - trail->origin) & (trail->room - 1));
}

/* Copies into the ring; octets.len is at most `room`. */
static void put(struct trail *trail, uint64_t offset, struct slice octets)
{
    size_t at = index_of(trail, offset);
    size_t until_wrap = trail->room - at;

    if (octets.len <= until_wrap) {
        mem_copy(trail->octets + at, octets.data, octets.len);
        return;
    }
    mem_copy(trail->octets + at, octets.data, until_wrap);
    mem_copy(trail->octets, octets.data + until_wrap, octets.len - until_wrap);
}

/* The longest run of the ring from `offset` on that is in one piece, `most` octets of it. */
static struct slice run_at(const struct trail *trail, uint64_t offset, size_t most)
{
    return slice_part(slice_of(trail->octets, trail->room), index_of(trail, offset), most);
}

struct spares trail_spares(void)
{
    return (struct spares){ .size = sizeof(struct trail) + TRAIL_ROOM, .most = SPARES_KEPT };
}

static struct trail *trail_of(uint32_t room, struct spares *spares)
{
    struct trail *trail;

    if (spares->count > 0)
        room = TRAIL_ROOM;
    trail = room == TRAIL_ROOM ? spares_take(spares) : mem_alloc(sizeof(*trail) + room);
    if (trail == NULL)
        return NULL;
    /* The marks are not looked at before they are written. */
    trail->start = 0;
    trail->end = 0;
    trail->origin = 0;
    trail->room = room;
    trail->mark_count = 0;
    trail->mark_next = 0;
    return trail;
}

/* A ring for `length` octets more than it holds, or the largest: there was none, or it was smaller
 * than both. */
static enum status grow(struct trail **trail, size_t length, struct spares *spares)
{
    struct trail *old = *trail;
    size_t held = old == NULL ? 0 : (size_t)(old->end - old->start);
    uint32_t room = old == NULL ? TRAIL_ROOM_FIRST : old->room;
    struct trail *fresh;

    while (room < TRAIL_ROOM && room < held + length)
        room *= 2;
    fresh = trail_of(room, spares);
    if (fresh == NULL)
        return STATUS_NO_MEMORY;
    if (old != NULL) {
        room = fresh->room;
        *fresh = *old;
        fresh->room = room;
        fresh->origin = old->start;
        for (uint64_t at = old->start; at != old->end;) {
            struct slice run = run_at(old, at, (size_t)(old->end - at));

            put(fresh, at, run);
            at += run.len;
        }
        trail_free(old, spares);
    }
    *trail = fresh;
    return STATUS_OK;
}

static void add_mark(struct trail *trail, uint64_t offset, struct slice octets,
                     const struct place *place)
{
    struct trail_mark *mark = &trail->marks[trail->mark_next];

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

enum status trail_add(struct trail **out, uint64_t offset, struct slice octets,
                      const struct place *place, struct spares *spares)
{
    struct trail *trail = *out;

    if (trail == NULL ||
        (trail->room < TRAIL_ROOM && trail->room < trail->end - trail->start + octets.len)) {
        if (grow(out, octets.len, spares) != STATUS_OK)
            return STATUS_NO_MEMORY;
        trail = *out;
    }
    if (trail->end != offset) {
        trail->start = offset;
        trail->mark_count = 0;
    }
    add_mark(trail, offset, octets, place);
    trail->end = offset + octets.len;
    if (octets.len >= trail->room) {
        /* Nothing of what was there stays, so the ring may begin where it begins. */
        trail->start = trail->end - trail->room;
        trail->origin = trail->start;
        mem_copy(trail->octets, octets.data + (octets.len - trail->room), trail->room);
        return STATUS_OK;
    }
    put(trail, offset, octets);
    if (trail->end - trail->start > trail->room)
        trail->start = trail->end - trail->room;
    return STATUS_OK;
}

/* The `i`th mark, the oldest first. */
static const struct trail_mark *mark_at(const struct trail *trail, unsigned i)
{
    return &trail->marks[(trail->mark_next + (unsigned)TRAIL_MARKS - trail->mark_count + i) %
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

    if (trail == NULL || (int64_t)(offset - trail->end) >= 0)
        return false;
    for (unsigned i = 0; !differs && i < trail->mark_count; i++) {
        const struct trail_mark *mark = mark_at(trail, i);

        differs = differs_in(slice_of(mark->head, mark->head_length), mark_offset(trail, mark),
                             copy, offset, conflict);
    }
    for (uint64_t at = trail->start; !differs && at != trail->end;) {
        struct slice run = run_at(trail, at, (size_t)(trail->end - at));

        differs = differs_in(run, at, copy, offset, conflict);
        at += run.len;
    }
    if (differs)
        name_first(trail, conflict);
    return differs;
}

void trail_free(struct trail *trail, struct spares *spares)
{
    bool is_largest;

    if (trail == NULL)
        return;
    is_largest = trail->room == TRAIL_ROOM;
    mem_wipe(trail, sizeof(*trail) + trail->room);
    if (is_largest)
        spares_give(spares, trail);
    else
        mem_free(trail);
}
