/* A ring; each frame that comes in moves those before it a step nearer to their analysis. */
#include "app/ahead.h"

#include "base/mem.h"

/* How many frames lie between the steps of tracker_glance: what one step fetches, the next reads. */
enum { STEP = AHEAD_FRAMES / TRACKER_GLANCES };

static struct ahead_frame *at(const struct ahead *ahead, unsigned place)
{
    return &ahead->ring[(ahead->oldest + place) % AHEAD_FRAMES];
}

/* The payload stands in the frame: not in the decoder, as that of a datagram put together does. */
static bool is_of_frame(const struct segment *segment, const struct slice octets)
{
    return segment->payload.len == 0 || (segment->payload.data >= octets.data &&
                                         segment->payload.data < octets.data + octets.len);
}

bool ahead_put(struct ahead *ahead, struct net_decoder *decoder, const struct tracker *tracker,
               const struct frame *frame, struct packet *packet, enum parse *parse)
{
    struct ahead_frame *fresh;

    *parse = net_decode(decoder, frame, packet);
    if (ahead->ring == NULL)
        ahead->ring = mem_alloc(AHEAD_FRAMES * sizeof(*ahead->ring));
    if (*parse != PARSE_OK || packet->kind != PACKET_TCP || packet->has_next ||
        frame->octets.len > AHEAD_OCTETS || !is_of_frame(&packet->segment, frame->octets) ||
        ahead->ring == NULL)
        return false;
    fresh = at(ahead, ahead->count);
    mem_copy(fresh->octets, frame->octets.data, frame->octets.len);
    fresh->frame = *frame;
    fresh->frame.octets.data = fresh->octets;
    fresh->packet = *packet;
    if (packet->segment.payload.len > 0)
        fresh->packet.segment.payload.data =
            fresh->octets + (packet->segment.payload.data - frame->octets.data);
    tracker_glance_begin(tracker, packet, &fresh->glance);
    for (unsigned step = 1; step < TRACKER_GLANCES && step * STEP <= ahead->count; step++)
        tracker_glance_on(tracker, &at(ahead, ahead->count - step * STEP)->glance, step);
    ahead->count++;
    return true;
}

void ahead_clear(struct ahead *ahead)
{
    mem_free(ahead->ring);
    *ahead = (struct ahead){ 0 };
}
