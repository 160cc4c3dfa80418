/* Whose time it was: parts the latency of a reply when all of the connection is known. */
#include "session/session_state.h"
#include "tcp/tracker.h"

/* RFC 9293 3.8.6.3: a host may hold back an ACK for less than that. */
#define ACK_DELAY_MAX (STAMP_SECOND / 2)

void session_note_acknowledgement(const struct session *session, const struct answer *reply,
                                  const struct place *answered)
{
    struct acknowledgement ack;

    if (session->connection == NULL || reply->note == NULL ||
        !connection_acknowledgement(session->connection, answered, &ack))
        return;
    reply->note->note.was_repeated = ack.is_of_repeated;
    /* One that came with the reply tells nothing of when the octets arrived. */
    if (ack.is_there && ack.at.ns < reply->begin->at.ns)
        reply->note->ack_ns = stamp_between(answered->at, ack.at);
}

static int64_t network_part(const struct entry_reply *reply, int64_t trip, int64_t latency)
{
    int64_t network = trip;

    if (reply->ack_ns >= 0 &&
        (reply->was_repeated || trip < 0 || reply->ack_ns - trip > ACK_DELAY_MAX))
        network = reply->ack_ns;
    else if (reply->was_repeated)
        return -1; /* when a copy of it arrived is not known */
    return network < latency ? network : latency;
}

/* The reply after which the client said `answered` and nothing else; NULL: none. */
static const struct entry *reply_before(const struct session_record *record,
                                        const struct entry *answered)
{
    const struct entry *before;

    if (answered == record->entries)
        return NULL;
    before = answered - 1;
    /* A chunk follows its BDAT at once. */
    if (answered->kind == ENTRY_DATA && before->kind == ENTRY_COMMAND &&
        before->verb == VERB_BDAT && before != record->entries)
        before--;
    return before->kind == ENTRY_REPLY ? before : NULL;
}

static int64_t client_part(const struct session_record *record, const struct entry_reply *reply)
{
    const struct entry *answered;
    const struct entry *before;
    int64_t part;

    if (reply->answers == 0)
        return -1;
    answered = &record->entries[reply->answers - 1];
    before = reply_before(record, answered);
    if (before == NULL)
        return -1;
    part = stamp_between(before->place.at, answered->place.at);
    /* It had begun before it could know. */
    return stamp_between(before->place.at, answered->begin.at) < 0 || part < 0 ? -1 : part;
}

/* From the end of the handshake to the greeting's last octet; -1: not known. */
static int64_t greeting_latency(const struct session_record *record, const struct entry *greeting)
{
    int64_t latency;

    if (record->tcp->established_ns < 0)
        return -1;
    latency =
        stamp_between(record->tcp->first.at, greeting->place.at) - record->tcp->established_ns;
    return latency < 0 ? -1 : latency;
}

void latency_attribute(const struct session_record *record, struct entry *entry)
{
    struct entry_reply *reply = &entry->reply;
    int64_t latency =
        entry->verb == VERB_CONNECT ? greeting_latency(record, entry) : reply->latency_ns;
    int64_t network = latency < 0 ? -1 : network_part(reply, record->tcp->server_trip_ns, latency);

    reply->parts.network_ns = network;
    reply->parts.server_ns = network < 0 ? -1 : latency - network;
    reply->parts.client_ns = client_part(record, reply);
}
