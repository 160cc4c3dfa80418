/* A ring of the newest segments: commands are answered soon after they were sent. */
#include "tcp/sent.h"

#include "base/mem.h"

_Static_assert(MEM_LINE % sizeof(struct sent_segment) == 0, "none lies on two lines of the cache");

void sent_init(struct sent *sent)
{
    sent->count = 0;
    sent->next = 0;
    sent->waiting = 0;
    sent->smallest_ns = -1;
}

void sent_push(struct sent *sent, uint64_t end, const struct place *place)
{
    struct sent_segment *segment = &sent->list[sent->next];

    if (sent->count < SENT_KEPT)
        sent->count++;
    else if (!segment->is_acknowledged)
        sent->waiting--;
    sent->waiting++;
    segment->frame = place->frame & (UINT64_MAX >> 2);
    segment->is_acknowledged = false;
    segment->is_repeated = false;
    segment->at = place->at;
    segment->capture = place->capture;
    segment->end = (uint32_t)end;
    sent->next = (uint8_t)((sent->next + 1) % SENT_KEPT);
}

void sent_repeat(struct sent *sent, uint64_t from, uint64_t end)
{
    for (unsigned i = 0; i < sent->count; i++) {
        struct sent_segment *segment = &sent->list[i];

        if ((int32_t)(segment->end - (uint32_t)from) > 0 &&
            (int32_t)(segment->end - (uint32_t)end) <= 0 && !segment->is_acknowledged)
            segment->is_repeated = true;
    }
}

void sent_acknowledge(struct sent *sent, uint64_t offset, struct stamp at)
{
    unsigned left = sent->waiting;

    for (unsigned i = 0; left > 0; i++) {
        struct sent_segment *segment = &sent->list[sent_index(sent, i)];
        int64_t delay;

        if (segment->is_acknowledged)
            continue;
        left--;
        if ((int32_t)(segment->end - (uint32_t)offset) > 0)
            continue;
        delay = stamp_between(segment->at, at);
        segment->is_acknowledged = true;
        segment->acknowledged = at;
        sent->waiting--;
        /* Karn: which of two copies was acknowledged is not known. */
        if (!segment->is_repeated && delay >= 0 &&
            (sent->smallest_ns < 0 || delay < sent->smallest_ns))
            sent->smallest_ns = delay;
    }
}

const struct sent_segment *sent_at(const struct sent *sent, const struct place *place)
{
    for (unsigned i = 0; i < sent->count; i++) {
        const struct sent_segment *segment = &sent->list[sent_index(sent, i)];

        if (segment->frame == place->frame && segment->capture == place->capture)
            return segment;
    }
    return NULL;
}
