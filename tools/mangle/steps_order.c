/* Frames that come twice, late or never. */
#include "base/mem.h"
#include "mangle/header.h"
#include "mangle/steps.h"

enum {
    COPY_LATE_MAX = 3,  /* frames */
    FRAME_LATE_MAX = 8, /* where order is not kept */
    FLAGS_AT = 13,
    FLAGS_SYN_RST = 0x06,
};

/* The capture's time never goes back: the frames change places, their stamps stay. */
static void swap(struct frames *frames, size_t a, size_t b)
{
    struct frame_kept *list = frames->list;
    struct frame_kept held = list[a];

    list[a] = list[b];
    list[b] = held;
    list[b].seconds = list[a].seconds;
    list[b].nanoseconds = list[a].nanoseconds;
    list[a].seconds = held.seconds;
    list[a].nanoseconds = held.nanoseconds;
}

static void move_back(struct frames *frames, size_t at, size_t to)
{
    for (; at > to; at--)
        swap(frames, at, at - 1);
}

void step_duplicate(struct frames *frames, double share, struct random *r)
{
    struct frames out = frames_like(frames);
    size_t due[COPY_LATE_MAX + 1] = { 0 }; /* number of a frame, from 1, by how late it is */

    for (size_t i = 0; i < frames->count; i++) {
        frames_add(&out, &frames->list[i], frame_view(&frames->list[i]));
        if (random_chance(r, share))
            due[random_below(r, COPY_LATE_MAX + 1)] = i + 1;
        if (due[0] > 0) {
            const struct frame_kept *copied = &frames->list[due[0] - 1];
            struct frame_kept *copy = frames_add(&out, copied, frame_view(copied));

            copy->seconds = frames->list[i].seconds;
            copy->nanoseconds = frames->list[i].nanoseconds;
        }
        mem_move(&due[0], &due[1], sizeof(due) - sizeof(due[0]));
        due[COPY_LATE_MAX] = 0;
    }
    frames_clear(frames);
    *frames = out;
}

static bool is_same_way(struct slice a, const struct headers *ha, struct slice b,
                        const struct headers *hb)
{
    size_t at = ha->version == 6 ? 8 : 12;
    size_t size = ha->version == 6 ? 32 : 8;

    return ha->version == hb->version &&
           slice_equal(slice_part(a, ha->ip + at, size), slice_part(b, hb->ip + at, size)) &&
           slice_equal(slice_part(a, ha->transport, 4), slice_part(b, hb->transport, 4));
}

/* The sender's time, of the one option that most stacks send (RFC 7323 3.2, appendix A); 0: none. */
static uint32_t time_of(const struct frame_kept *frame, const struct headers *h)
{
    size_t at = h->transport + HEADER_TCP;

    return h->payload >= at + 12 && octets_get_u32(frame->octets + at) == 0x0101080A
               ? octets_get_u32(frame->octets + at + 4)
               : 0;
}

/* Two segments of one sender, neither of which begins or breaks the connection. Of one time, too: to
 * a receiver what comes behind a later one may be stale (RFC 7323 5.3). */
static bool may_swap(const struct frame_kept *a, const struct frame_kept *b)
{
    struct headers ha;
    struct headers hb;

    if (!headers_of(frame_view(a), &ha) || !headers_of(frame_view(b), &hb) || ha.payload == 0 ||
        hb.payload == 0)
        return false;
    return is_same_way(frame_view(a), &ha, frame_view(b), &hb) &&
           time_of(a, &ha) == time_of(b, &hb) &&
           ((a->octets[ha.transport + FLAGS_AT] | b->octets[hb.transport + FLAGS_AT]) &
            FLAGS_SYN_RST) == 0;
}

void step_reorder(struct frames *frames, double share, struct random *r)
{
    for (size_t i = 1; i < frames->count; i++)
        if (may_swap(&frames->list[i - 1], &frames->list[i]) && random_chance(r, share))
            swap(frames, i - 1, i);
}

void step_shuffle(struct frames *frames, double share, struct random *r)
{
    for (size_t i = 1; i < frames->count; i++)
        if (random_chance(r, share))
            move_back(frames, i,
                      i - random_between(r, 1, i < FRAME_LATE_MAX ? (uint32_t)i : FRAME_LATE_MAX));
}

void step_drop(struct frames *frames, double share, struct random *r)
{
    struct frames out = frames_like(frames);

    for (size_t i = 0; i < frames->count; i++)
        if (!random_chance(r, share))
            frames_add(&out, &frames->list[i], frame_view(&frames->list[i]));
    frames_clear(frames);
    *frames = out;
}
