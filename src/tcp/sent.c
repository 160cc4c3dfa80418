/* A ring of the newest segments: commands are answered soon after they were sent. */
#include "tcp/sent.h"

void sent_init(struct sent *sent)
{
    *sent = (struct sent){ .smallest_ns = -1 };
}

void sent_push(struct sent *sent, uint64_t end, const struct place *place)
{
    struct sent_segment *segment = &sent->list[sent->next];

    if (segment->end == 0 || segment->is_acknowledged)
        sent->waiting++;
    *segment = (struct sent_segment){
        .end = end,
        .frame = place->frame,
        .at = place->at,
        .capture = place->capture,
    };
    sent->next = (uint8_t)((sent->next + 1) % SENT_KEPT);
}

void sent_repeat(struct sent *sent, uint64_t from, uint64_t end)
{
    for (unsigned i = 0; i < SENT_KEPT; i++) {
        struct sent_segment *segment = &sent->list[i];

        if (segment->end > from && segment->end <= end && !segment->is_acknowledged)
            segment->is_repeated = true;
    }
}

void sent_acknowledge(struct sent *sent, uint64_t offset, struct stamp at)
{
    for (unsigned i = 0; i < SENT_KEPT && sent->waiting > 0; i++) {
        struct sent_segment *segment = &sent->list[i];
        int64_t delay = stamp_between(segment->at, at);

        if (segment->end == 0 || segment->is_acknowledged || segment->end > offset)
            continue;
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
    for (unsigned i = 0; i < SENT_KEPT; i++) {
        const struct sent_segment *segment = &sent->list[i];

        if (segment->end > 0 && segment->frame == place->frame &&
            segment->capture == place->capture)
            return segment;
    }
    return NULL;
}
