/* Sizes tell it from a dead link: on that nothing passes; here what is small does. */
#include "findings/path_mtu.h"

#include "findings/thresholds.h"

/* The peer is there: it said something during the stall, acknowledged the pieces in the end, or holds
 * something from behind the hole that is smaller than what does not pass. */
static bool peer_is_alive(const struct tcp_stall *stall)
{
    return stall->is_over || stall->peer_packets > 0 || stall->sacked > 0;
}

/* Something smaller passed, before or behind it, while the largest never did. */
static bool is_by_size(const struct tcp_direction *d)
{
    const struct tcp_stall *stall = &d->stall;

    return stall->times >= STALL_REPETITIONS && d->largest_acknowledged > 0 &&
           stall->size > d->largest_acknowledged && stall->size > stall->sacked &&
           peer_is_alive(stall);
}

static enum path_mtu_verdict judge(const struct tcp_direction *d)
{
    bool is_stuck = d->stall.times > 0 && !d->stall.is_over && d->unacknowledged > 0;

    if (d->too_big.count > 0)
        return is_stuck ? PATH_MTU_UNHEEDED : PATH_MTU_HEEDED;
    if (!is_by_size(d))
        return PATH_MTU_FINE;
    return d->stall.is_over ? PATH_MTU_OVERCOME : PATH_MTU_BLACK_HOLE;
}

struct path_mtu path_mtu_of(const struct session_record *record)
{
    struct path_mtu client = { judge(&record->tcp->client), SIDE_CLIENT, &record->tcp->client };
    struct path_mtu server = { judge(&record->tcp->server), SIDE_SERVER, &record->tcp->server };

    return server.verdict > client.verdict ? server : client;
}

static void add_times(struct sentence *s, uint32_t times)
{
    if (times == 1)
        sentence_add(s, "once");
    else
        sentence_add(s, "%s times", number_text_of(times).text);
}

void sentence_add_path_mtu(struct sentence *s, const struct path_mtu *mtu)
{
    const struct tcp_stall *stall = &mtu->direction->stall;

    sentence_add(s, "full-size segments (%s octets) were retransmitted ",
                 number_text_of(stall->size).text);
    add_times(s, stall->times);
    if (mtu->direction->largest_acknowledged > 0)
        sentence_add(s, " while %s-octet segments passed",
                     number_text_of(mtu->direction->largest_acknowledged).text);
    if (mtu->direction->too_big.count == 0)
        return;
    sentence_add(s, ", and ICMP said that they are too big");
    if (mtu->direction->too_big.mtu > 0)
        sentence_add(s, " (MTU %s)", number_text_of(mtu->direction->too_big.mtu).text);
}

/* What was under way: "the TLS handshake", the command said last, or whose content came last. */
static const char *stalled_text(const struct session_record *record)
{
    if (record->tls.mode != TLS_NONE && record->tls.handshake != TLS_HANDSHAKE_COMPLETE)
        return "the TLS handshake";
    for (uint32_t i = record->entry_count; i > 0; i--) {
        const struct entry *entry = &record->entries[i - 1];

        if (entry->kind == ENTRY_COMMAND || entry->kind == ENTRY_DATA)
            return smtp_verb_name(entry->verb);
    }
    return "the session";
}

bool sentence_add_blocked_path(struct sentence *s, const struct session_record *record)
{
    struct path_mtu mtu = path_mtu_of(record);

    if (mtu.verdict < PATH_MTU_UNHEEDED)
        return false;
    sentence_add(s, "%s stalled: ", stalled_text(record));
    sentence_add_path_mtu(s, &mtu);
    sentence_add(s, "%s; allow ICMP too-big or clamp the MSS",
                 mtu.verdict == PATH_MTU_BLACK_HOLE ? ": a path-MTU black hole"
                                                    : ", which the sender did not heed");
    return true;
}
