/* Octets that are others, or not there. */
#include "mangle/steps.h"

enum { FLIPS_MAX = 4, HEADERS = 60 };

static void flip(struct frame_kept *frame, struct random *r)
{
    /* Half of what happens, happens where the headers are. */
    size_t reach = frame->len > HEADERS && random_below(r, 2) == 0 ? HEADERS : frame->len;
    uint32_t at = random_below(r, (uint32_t)reach);

    switch (random_below(r, 3)) {
    case 0:
        frame->octets[at] = (uint8_t)random_next(r);
        break;
    case 1:
        random_fill(r, frame->octets + at, random_between(r, 1, (uint32_t)(reach - at)));
        break;
    default:
        frame->octets[at] ^= (uint8_t)(1U << random_below(r, 8));
        break;
    }
}

void step_flip(struct frames *frames, double share, struct random *r)
{
    for (size_t i = 0; i < frames->count; i++) {
        if (frames->list[i].len == 0 || !random_chance(r, share))
            continue;
        for (uint32_t k = random_between(r, 1, FLIPS_MAX); k > 0; k--)
            flip(&frames->list[i], r);
    }
}

/* The end of the frame is not there, and as far as the capture knows it never was. */
void step_cut(struct frames *frames, double share, struct random *r)
{
    step_snap(frames, share, r);
    for (size_t i = 0; i < frames->count; i++)
        frames->list[i].length = frames->list[i].len;
}

/* The capture kept less of the frame than there was. */
void step_snap(struct frames *frames, double share, struct random *r)
{
    for (size_t i = 0; i < frames->count; i++)
        if (random_chance(r, share))
            frames->list[i].len = random_below(r, (uint32_t)frames->list[i].len + 1);
}

void step_cut_file(struct frames *frames, double share, struct random *r)
{
    (void)r;
    frames->file_share *= 1 - share;
}
