/* In-order octets never come here: they are delivered from the packet. What is held is a sorted
 * array of disjoint pieces, the first copy of an octet winning. */
#include "tcp/half.h"

#include "base/limits.h"
#include "base/mem.h"

struct half half_of(void)
{
    return (struct half){ .fin = UINT64_MAX };
}

void half_clear(struct half *half, uint64_t *held_in_all)
{
    for (uint32_t i = 0; i < half->held_count; i++)
        mem_free(half->held[i].octets);
    *held_in_all -= half->held_octets;
    mem_free(half->held);
    half->held = NULL;
    half->held_count = 0;
    half->held_room = 0;
    half->held_octets = 0;
}

uint64_t half_offset(const struct half *half, uint32_t sequence)
{
    uint32_t next = half->base + (uint32_t)half->next;
    int32_t distance = (int32_t)(sequence - next);

    return half->next + (uint64_t)(int64_t)distance;
}

const struct held_segment *half_first(const struct half *half)
{
    return half->held_count == 0 ? NULL : &half->held[0];
}

struct held_segment half_pop(struct half *half, uint64_t *held_in_all)
{
    struct held_segment first = half->held[0];

    half->held_octets -= first.len;
    *held_in_all -= first.len;
    half->held_count--;
    mem_move(half->held, half->held + 1, half->held_count * sizeof(*half->held));
    return first;
}

uint64_t half_hole(const struct half *half)
{
    if (half->held_count > 0 && half->held[0].offset > half->next)
        return half->held[0].offset - half->next;
    if (half->held_count == 0 && half->acked > half->next)
        return half->acked - half->next;
    return 0;
}

/* Index of the first held segment that ends after `offset`. */
static uint32_t find_held(const struct half *half, uint64_t offset)
{
    uint32_t low = 0;
    uint32_t high = half->held_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (half->held[middle].offset + half->held[middle].len <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum status insert(struct half *half, uint32_t at, struct held_segment segment,
                          struct slice octets)
{
    if (half->held_count == half->held_room) {
        uint32_t room = half->held_room == 0 ? 4 : half->held_room * 2;
        struct held_segment *held = mem_realloc(half->held, room * sizeof(*held));

        if (held == NULL)
            return STATUS_NO_MEMORY;
        half->held = held;
        half->held_room = room;
    }
    segment.octets = mem_alloc(octets.len);
    if (segment.octets == NULL)
        return STATUS_NO_MEMORY;
    mem_copy(segment.octets, octets.data, octets.len);
    segment.len = (uint32_t)octets.len;
    mem_move(half->held + at + 1, half->held + at, (half->held_count - at) * sizeof(*half->held));
    half->held[at] = segment;
    half->held_count++;
    half->held_octets += octets.len;
    return STATUS_OK;
}

/* Two copies of the same octets: the first stands, a difference is counted. */
static void compare(struct half *half, const struct held_segment *held, uint64_t offset,
                    struct slice octets)
{
    uint64_t from = held->offset > offset ? held->offset : offset;
    uint64_t end = offset + octets.len;
    uint64_t held_end = held->offset + held->len;
    struct slice old;
    struct slice new;

    if (held_end < end)
        end = held_end;
    old = slice_of(held->octets + (from - held->offset), (size_t)(end - from));
    new = slice_part(octets, (size_t)(from - offset), (size_t)(end - from));
    if (!slice_equal(old, new))
        half->counts.overlap_conflicts++;
}

/* Holds every part of the octets that no held segment covers; how many were new. */
static uint64_t hold_new_parts(struct half *half, uint64_t offset, struct slice octets,
                               uint64_t needs, const struct place *place, enum status *status)
{
    uint64_t fresh = 0;
    uint32_t at = find_held(half, offset);

    while (octets.len > 0 && *status == STATUS_OK) {
        uint64_t until = offset + octets.len;
        size_t len;

        if (at < half->held_count && half->held[at].offset <= offset) {
            uint64_t covered = half->held[at].offset + half->held[at].len - offset;

            compare(half, &half->held[at], offset, octets);
            octets = slice_from(octets, covered < octets.len ? (size_t)covered : octets.len);
            offset += covered;
            at++;
            continue;
        }
        if (at < half->held_count && half->held[at].offset < until)
            until = half->held[at].offset;
        len = (size_t)(until - offset);
        *status = insert(half, at,
                         (struct held_segment){ .offset = offset, .needs = needs, .place = *place },
                         slice_part(octets, 0, len));
        if (*status == STATUS_OK)
            fresh += len;
        octets = slice_from(octets, len);
        offset = until;
        at++;
    }
    return fresh;
}

static bool has_room(const struct half *half, size_t len, uint64_t held_in_all)
{
    return half->held_count < LIMIT_HELD_SEGMENTS &&
           half->held_octets + len <= LIMIT_HELD_A_DIRECTION &&
           held_in_all + len <= LIMIT_HELD_IN_ALL;
}

enum half_take half_offer(struct half *half, uint64_t offset, struct slice octets, uint64_t needs,
                          const struct place *place, bool is_in_time, uint64_t *held_in_all,
                          struct slice *fresh, enum status *status)
{
    int64_t before = (int64_t)(half->next - offset);
    uint64_t added;

    /* What lies before `next` was delivered or given up. */
    if (before > 0) {
        octets = slice_from(octets, (uint64_t)before < octets.len ? (size_t)before : octets.len);
        offset = half->next;
    }
    if (octets.len == 0)
        return HALF_NOTHING;
    if (is_in_time && offset == half->next &&
        (half->held_count == 0 || half->held[0].offset >= offset + octets.len)) {
        *fresh = octets;
        return HALF_NOW;
    }
    if (!has_room(half, octets.len, *held_in_all))
        return HALF_FULL;
    added = hold_new_parts(half, offset, octets, needs, place, status);
    *held_in_all += added;
    half->counts.bytes += added;
    return added > 0 ? HALF_HELD : HALF_NOTHING;
}
