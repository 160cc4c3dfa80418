/* Each of these asks for what one or more rules of the table would look for in vain. */
#include "findings/traits.h"

#include "findings/view.h"

static uint64_t trait_if(bool is_so, uint64_t trait)
{
    return is_so ? trait : 0;
}

/* TCP had to send again or to wait, was told that packets are too big, or got octets that differ. */
static bool has_trouble(const struct tcp_direction *d)
{
    return d->retransmissions >= RETRANSMISSIONS_MIN || d->zero_window_ns > ZERO_WINDOW ||
           d->stall.times >= STALL_REPETITIONS || d->too_big.count > 0 || d->overlap_conflicts > 0;
}

/* What was sent and not captured. */
static bool lacks_octets(const struct session_record *record)
{
    const struct tcp_summary *tcp = record->tcp;

    return tcp->client.gaps > 0 || tcp->server.gaps > 0 || tcp->is_snapped || tcp->is_multipath ||
           record->is_client_unseen || record->is_server_unseen;
}

static bool met_limit(const struct session_record *record)
{
    return record->limits != 0 || record->entries_dropped > 0 || record->messages_dropped > 0 ||
           record->tcp->limit_reached;
}

static bool has_silence(const struct session_record *record, const struct waits *waits)
{
    const struct tcp_summary *tcp = record->tcp;

    return waits->silence_ns > CLIENT_STALL || tcp->client.pause.ns > CLIENT_STALL ||
           (waits->reply != NULL &&
            stamp_between(waits->reply->place.at, tcp->first_close.at) > CLIENT_STALL);
}

uint64_t traits_of(const struct session_record *record, const struct waits *waits,
                   int64_t slow_limit)
{
    const struct tcp_summary *tcp = record->tcp;

    return trait_if(record->marks != 0, IF_MARKED) | trait_if(record->auth_count > 0, WITH_AUTH) |
           trait_if(record->tls.mode != TLS_NONE, WITH_TLS) |
           trait_if(record->service == SERVICE_SUBMISSIONS, WITH_TLS_PORT) |
           trait_if(record->entry_count > RECIPIENTS_MIN, WITH_MANY) |
           trait_if(!record->quit_sent, WITHOUT_QUIT) |
           trait_if(tcp->handshake != TCP_HANDSHAKE_COMPLETE, WITH_ODD_START) |
           trait_if(tcp->close != TCP_CLOSE_FIN, WITH_ODD_END) |
           trait_if(has_trouble(&tcp->client) || has_trouble(&tcp->server), WITH_TROUBLE) |
           trait_if(lacks_octets(record), WITH_HOLES) | trait_if(met_limit(record), WITH_LIMIT) |
           trait_if(waits->reply_ns > slow_limit, WITH_SLOW_REPLY) |
           trait_if(has_silence(record, waits), WITH_SILENCE);
}
