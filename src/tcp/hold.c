/* A sorted array of pointers: pieces come off its front, new ones mostly go to its end, and one in
 * between is found by halving. LIMIT_HELD_SEGMENTS bounds what an insertion moves. */
#include "tcp/hold.h"

#include "base/mem.h"
#include "tcp/conflict.h"

enum { FIRST_ROOM = 8 };

void hold_clear(struct hold *hold)
{
    for (uint32_t i = 0; i < hold->count; i++)
        mem_free(hold->list[hold->first + i]);
    mem_free(hold->list);
    *hold = (struct hold){ 0 };
}

static uint64_t end_of(const struct piece *piece)
{
    return piece->offset + piece->len;
}

/* Place in the list of the first piece that ends after `offset`. */
static uint32_t find(const struct hold *hold, uint64_t offset)
{
    uint32_t low = hold->first;
    uint32_t high = hold->first + hold->count;

    if (hold->count > 0 && end_of(hold->list[high - 1]) <= offset)
        return high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (end_of(hold->list[middle]) <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Room for one more at the end; moves *at along where the list moves. */
static enum status make_room(struct hold *hold, uint32_t *at)
{
    uint32_t room = hold->room == 0 ? FIRST_ROOM : hold->room * 2;
    struct piece **list;

    if (hold->first + hold->count < hold->room)
        return STATUS_OK;
    if (hold->first > hold->room / 2) {
        mem_move(hold->list, hold->list + hold->first, hold->count * sizeof(struct piece *));
    } else {
        list = mem_alloc(room * sizeof(struct piece *));
        if (list == NULL)
            return STATUS_NO_MEMORY;
        if (hold->list != NULL)
            mem_copy(list, hold->list + hold->first, hold->count * sizeof(struct piece *));
        mem_free(hold->list);
        hold->list = list;
        hold->room = room;
    }
    *at -= hold->first;
    hold->first = 0;
    return STATUS_OK;
}

static enum status insert(struct hold *hold, uint32_t *at, const struct held_segment *segment,
                          uint64_t from, uint64_t until)
{
    size_t len = (size_t)(until - from);
    struct piece *piece = mem_alloc(sizeof(*piece) + len);

    if (piece == NULL)
        return STATUS_NO_MEMORY;
    if (make_room(hold, at) != STATUS_OK) {
        mem_free(piece);
        return STATUS_NO_MEMORY;
    }
    *piece = (struct piece){
        .offset = from,
        .needs = segment->needs,
        .order = segment->order,
        .place = segment->place,
        .len = (uint32_t)len,
    };
    mem_copy(piece->octets, slice_from(segment->octets, (size_t)(from - segment->offset)).data,
             len);
    mem_move(hold->list + *at + 1, hold->list + *at,
             (hold->first + hold->count - *at) * sizeof(struct piece *));
    hold->list[*at] = piece;
    hold->count++;
    hold->octets += len;
    return STATUS_OK;
}

/* Compares the octets from `from` to `until`, which both have; what differs goes to `*result`. */
static void compare(const struct piece *piece, const struct held_segment *segment, uint64_t from,
                    uint64_t until, struct hold_result *result)
{
    size_t len = (size_t)(until - from);
    struct slice held =
        slice_part(slice_of(piece->octets, piece->len), (size_t)(from - piece->offset), len);
    struct slice late = slice_part(segment->octets, (size_t)(from - segment->offset), len);
    struct tcp_conflict *conflict = &result->conflict;

    if (result->is_conflict || !tcp_copies_differ(from, held, late, conflict))
        return;
    result->is_conflict = true;
    conflict->place = segment->place;
    conflict->first_frame = piece->place.frame;
    conflict->first_capture = piece->place.capture;
}

enum status hold_push(struct hold *hold, const struct held_segment *segment,
                      struct hold_result *result)
{
    uint64_t from = segment->offset;
    uint64_t end = from + segment->octets.len;
    uint32_t at = find(hold, from);

    *result = (struct hold_result){ 0 };
    while (from < end) {
        bool has_next = at < hold->first + hold->count;
        const struct piece *next = has_next ? hold->list[at] : NULL;
        uint64_t until;

        if (has_next && next->offset <= from) {
            until = end_of(next) < end ? end_of(next) : end;
            compare(next, segment, from, until, result);
        } else {
            until = has_next && next->offset < end ? next->offset : end;
            if (insert(hold, &at, segment, from, until) != STATUS_OK)
                return STATUS_NO_MEMORY;
            result->fresh += until - from;
        }
        from = until;
        at++;
    }
    return STATUS_OK;
}

struct piece *hold_pop(struct hold *hold)
{
    struct piece *piece = hold->list[hold->first];

    hold->octets -= piece->len;
    hold->first++;
    hold->count--;
    if (hold->count == 0)
        hold_clear(hold);
    return piece;
}

uint64_t hold_end(const struct hold *hold)
{
    return hold->count == 0 ? 0 : end_of(hold->list[hold->first + hold->count - 1]);
}

void hold_drop_from(struct hold *hold, uint64_t offset)
{
    while (hold->count > 0) {
        struct piece *last = hold->list[hold->first + hold->count - 1];

        if (end_of(last) <= offset)
            return;
        if (last->offset < offset) {
            uint32_t len = (uint32_t)(offset - last->offset);

            hold->octets -= last->len - len;
            last->len = len;
            return;
        }
        hold->octets -= last->len;
        hold->count--;
        mem_free(last);
    }
    hold_clear(hold);
}
