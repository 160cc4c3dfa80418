/* A stall begins with the first repetition of the oldest segment, and ends when it is
 * acknowledged. */
#include "tcp/stuck.h"

#include "base/mem.h"

void stuck_clear(struct stuck *stuck)
{
    mem_free(stuck->stalls);
    stuck->stalls = NULL;
}

static enum status need_stalls(struct stuck *stuck)
{
    if (stuck->stalls == NULL)
        stuck->stalls = mem_calloc(1, sizeof(*stuck->stalls));
    return stuck->stalls == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

struct tcp_stall stuck_worst(const struct stuck *stuck, uint32_t packets)
{
    const struct stalls *stalls = stuck->stalls;
    struct tcp_stall now = { 0 };

    if (stalls == NULL)
        return now;
    now = stalls->now;
    if (now.times == 0 || now.times < stalls->worst.times)
        return stalls->worst;
    now.peer_packets = packets - stalls->peer_before;
    now.sacked = stalls->sacked;
    return now;
}

enum status stuck_repeat(struct stuck *stuck, uint32_t length, const struct place *place,
                         uint32_t packets)
{
    struct tcp_stall *now;

    if (need_stalls(stuck) != STATUS_OK)
        return STATUS_NO_MEMORY;
    now = &stuck->stalls->now;
    if (now->times == 0) {
        *now = (struct tcp_stall){ .place = *place };
        stuck->stalls->peer_before = packets;
    }
    now->times++;
    if (length > now->size)
        now->size = length;
    now->ns = stamp_between(now->place.at, place->at);
    return STATUS_OK;
}

enum status stuck_sack(struct stuck *stuck, uint32_t length)
{
    if (need_stalls(stuck) != STATUS_OK)
        return STATUS_NO_MEMORY;
    if (length > stuck->stalls->sacked)
        stuck->stalls->sacked = length;
    return STATUS_OK;
}

void stuck_acknowledge(struct stuck *stuck, uint64_t acked, struct stamp at)
{
    struct stalls *stalls = stuck->stalls;

    if (stuck->trying != 0 && stuck->trying_end <= acked) {
        if (stuck->trying > stuck->passed)
            stuck->passed = stuck->trying;
        stuck->trying = 0;
    }
    if (stalls == NULL)
        return;
    if (stalls->now.times > 0 && stalls->now.times >= stalls->worst.times) {
        stalls->worst = stalls->now;
        stalls->worst.sacked = stalls->sacked;
        stalls->worst.ns = stamp_between(stalls->now.place.at, at);
        stalls->worst.is_over = true;
    }
    stalls->now = (struct tcp_stall){ 0 };
    stalls->sacked = 0;
}
