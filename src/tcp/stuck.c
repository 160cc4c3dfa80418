/* A stall begins with the first repetition of the oldest segment, and ends when it is
 * acknowledged. */
#include "tcp/stuck.h"

struct tcp_stall stuck_worst(const struct stuck *stuck, uint32_t packets)
{
    struct tcp_stall now = stuck->now;

    if (now.times == 0 || now.times < stuck->worst.times)
        return stuck->worst;
    now.peer_packets = packets - stuck->peer_before;
    now.sacked = stuck->sacked;
    return now;
}

void stuck_repeat(struct stuck *stuck, uint32_t length, const struct place *place, uint32_t packets)
{
    struct tcp_stall *now = &stuck->now;

    if (now->times == 0) {
        *now = (struct tcp_stall){ .place = *place };
        stuck->peer_before = packets;
    }
    now->times++;
    if (length > now->size)
        now->size = length;
    now->ns = stamp_between(now->place.at, place->at);
}

void stuck_acknowledge(struct stuck *stuck, uint64_t acked, struct stamp at)
{
    if (stuck->trying != 0 && stuck->trying_end <= acked) {
        if (stuck->trying > stuck->passed)
            stuck->passed = stuck->trying;
        stuck->trying = 0;
    }
    if (stuck->now.times > 0 && stuck->now.times >= stuck->worst.times) {
        stuck->worst = stuck->now;
        stuck->worst.sacked = stuck->sacked;
        stuck->worst.ns = stamp_between(stuck->now.place.at, at);
        stuck->worst.is_over = true;
    }
    stuck->now = (struct tcp_stall){ 0 };
    stuck->sacked = 0;
}
