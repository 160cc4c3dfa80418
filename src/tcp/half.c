/* In-order octets never come here: they are delivered from the packet. */
#include "tcp/half.h"

#include "base/limits.h"
#include "base/mem.h"

/* Marks closer to each other than that are one: so HALF_MARKS of them last for LIMIT_HOLE_WAIT. */
#define MARK_DISTANCE (LIMIT_HOLE_WAIT / HALF_MARKS)

/* Frees all of it. */
static void empty(struct hold *hold, uint64_t *held_in_all)
{
    *held_in_all -= hold->octets + hold->count * PIECE_COST;
    hold_clear(hold);
}

void half_clear(struct half *half, uint64_t *held_in_all, struct trail_spares *spares)
{
    struct backlog *backlog = half->backlog;

    trail_clear(&half->trail, spares);
    mem_free(half->conflict);
    half->conflict = NULL;
    mem_free(half->too_big);
    half->too_big = NULL;
    stuck_clear(&half->stuck);
    if (backlog == NULL)
        return;
    empty(&backlog->hold, held_in_all);
    mem_free(backlog);
    half->backlog = NULL;
}

static enum status need_backlog(struct half *half)
{
    if (half->backlog == NULL)
        half->backlog = mem_calloc(1, sizeof(*half->backlog));
    return half->backlog == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

void half_release_front(struct half *half)
{
    if (half_front(half).is_fin)
        half->fin_needs = 0;
    else
        hold_first(&half->backlog->hold)->needs = 0;
}

enum status half_hold(struct half *half, const struct held_segment *segment, uint64_t *held_in_all,
                      struct hold_result *result)
{
    struct hold *hold;
    enum status status;
    uint32_t count;

    if (need_backlog(half) != STATUS_OK)
        return STATUS_NO_MEMORY;
    hold = &half->backlog->hold;
    count = hold->count;
    status = hold_push(hold, segment, result);
    *held_in_all += result->fresh + (hold->count - count) * PIECE_COST;
    return status;
}

void half_drop_from(struct half *half, uint64_t offset, uint64_t *held_in_all)
{
    struct hold *hold;
    uint64_t octets;
    uint32_t count;

    if (half->backlog == NULL)
        return;
    hold = &half->backlog->hold;
    octets = hold->octets;
    count = hold->count;
    hold_drop_from(hold, offset);
    octets -= hold->octets;
    *held_in_all -= octets + (count - hold->count) * PIECE_COST;
    if (octets > 0)
        half->end = hold_end(hold) > half->next ? hold_end(hold) : half->next;
}

enum status half_note_conflict(struct half *half, const struct tcp_conflict *conflict)
{
    if (half->conflicts++ > 0)
        return STATUS_OK;
    half->conflict = mem_alloc(sizeof(*half->conflict));
    if (half->conflict == NULL)
        return STATUS_NO_MEMORY;
    *half->conflict = *conflict;
    return STATUS_OK;
}

struct piece *half_pop(struct half *half, uint64_t *held_in_all)
{
    struct piece *piece = hold_pop(&half->backlog->hold);

    *held_in_all -= piece->len + PIECE_COST;
    return piece;
}

void half_drop(struct half *half, uint64_t *held_in_all)
{
    struct hold *hold = &half->backlog->hold;

    empty(hold, held_in_all);
}

static void drop_marks(struct backlog *backlog, uint8_t count)
{
    backlog->mark_count = (uint8_t)(backlog->mark_count - count);
    mem_move(backlog->marks, backlog->marks + count,
             backlog->mark_count * sizeof(backlog->marks[0]));
}

enum status half_mark(struct half *half, int64_t now)
{
    struct backlog *backlog;
    struct half_mark *last;

    if (need_backlog(half) != STATUS_OK)
        return STATUS_NO_MEMORY;
    backlog = half->backlog;
    last = backlog->mark_count == 0 ? NULL : &backlog->marks[backlog->mark_count - 1];
    if (last != NULL && last->offset >= half->acked)
        return STATUS_OK;
    if (last == NULL && backlog->confirmed >= half->acked)
        return STATUS_OK;
    /* A mark that all has come for since says nothing more. */
    if (last != NULL && last->offset > half->next &&
        (now - last->at < MARK_DISTANCE || backlog->mark_count == HALF_MARKS)) {
        last->offset = half->acked;
        return STATUS_OK;
    }
    if (backlog->mark_count == HALF_MARKS)
        drop_marks(backlog, 1);
    backlog->marks[backlog->mark_count++] = (struct half_mark){ .offset = half->acked, .at = now };
    return STATUS_OK;
}

uint64_t half_confirmed(struct half *half, int64_t now)
{
    struct backlog *backlog = half->backlog;
    uint8_t aged = 0;

    if (backlog == NULL)
        return 0;
    while (aged < backlog->mark_count && now - backlog->marks[aged].at >= LIMIT_HOLE_WAIT)
        backlog->confirmed = backlog->marks[aged++].offset;
    if (aged > 0)
        drop_marks(backlog, aged);
    return backlog->confirmed;
}

int64_t half_deadline(struct half *half)
{
    struct backlog *backlog = half->backlog;
    uint8_t useless = 0;

    if (backlog == NULL)
        return INT64_MAX;
    while (useless < backlog->mark_count && backlog->marks[useless].offset <= half_reach(half))
        useless++;
    if (useless > 0)
        drop_marks(backlog, useless);
    return backlog->mark_count == 0 ? INT64_MAX : backlog->marks[0].at + LIMIT_HOLE_WAIT;
}
