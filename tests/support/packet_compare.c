#include "support/packet_compare.h"

#include "net/endpoint.h"

static bool is_same_segment(const struct segment *a, const struct segment *b)
{
    return endpoint_equal(&a->from, &b->from) && endpoint_equal(&a->to, &b->to) &&
           a->sequence == b->sequence && a->acknowledgement == b->acknowledgement &&
           a->window == b->window && a->flags == b->flags && a->checksum == b->checksum &&
           a->has_window_scale == b->has_window_scale && a->window_scale == b->window_scale &&
           a->maximum_segment == b->maximum_segment && a->is_multipath == b->is_multipath &&
           a->has_timestamp == b->has_timestamp && a->timestamp == b->timestamp &&
           a->sacked == b->sacked && a->payload.data == b->payload.data &&
           a->payload.len == b->payload.len && a->payload_length == b->payload_length;
}

static bool is_same_icmp(const struct icmp_error *a, const struct icmp_error *b)
{
    return endpoint_equal(&a->from, &b->from) && endpoint_equal(&a->to, &b->to) &&
           a->sequence == b->sequence && a->type == b->type && a->code == b->code &&
           a->is_unreachable == b->is_unreachable && a->is_too_big == b->is_too_big &&
           a->next_mtu == b->next_mtu;
}

static bool is_same_way(const struct encapsulation *a, const struct encapsulation *b)
{
    if (a->count != b->count)
        return false;
    for (unsigned i = 0; i < a->count; i++)
        if (a->layers[i].kind != b->layers[i].kind || a->layers[i].id != b->layers[i].id)
            return false;
    return true;
}

bool packet_is_same(const struct packet *a, const struct packet *b)
{
    if (a->kind != b->kind || a->reason != b->reason || a->is_snapped != b->is_snapped ||
        a->has_next != b->has_next || a->place.frame != b->place.frame ||
        a->place.capture != b->place.capture || a->place.at.ns != b->place.at.ns ||
        !is_same_way(&a->encapsulation, &b->encapsulation))
        return false;
    switch (a->kind) {
    case PACKET_TCP:
        return is_same_segment(&a->segment, &b->segment);
    case PACKET_OTHER_PORT:
        return a->segment.from.port == b->segment.from.port &&
               a->segment.to.port == b->segment.to.port &&
               a->segment.payload.data == b->segment.payload.data &&
               a->segment.payload.len == b->segment.payload.len;
    case PACKET_ICMP_ERROR:
        return is_same_icmp(&a->icmp, &b->icmp);
    case PACKET_OTHER:
        break;
    }
    return true;
}
