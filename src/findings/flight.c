/* A fold over the dialogue: each reply is judged against the last thing that waits for one. */
#include "findings/flight.h"

void flight_step(struct flight *flight, const struct session_record *record,
                 const struct entry *entry)
{
    switch (entry->kind) {
    case ENTRY_COMMAND:
        /* Lines that are no commands may be a message that nobody wanted. A BDAT's reply answers
         * its octets, the entry that follows. */
        if (entry->verb == VERB_UNKNOWN)
            flight->before = NULL;
        else if (entry->verb != VERB_BDAT || entry->command.answered_by != 0)
            flight->before = entry;
        break;
    case ENTRY_SASL:
        flight->before = entry;
        break;
    case ENTRY_DATA:
        flight->before = entry;
        if ((entry->marks & MARK_FORCED_END) != 0)
            flight->forced = record_entry(record, entry->data.answered_by);
        break;
    case ENTRY_GAP:
    case ENTRY_TLS:
        flight->before = NULL;
        break;
    case ENTRY_REPLY:
        break;
    }
}

const struct entry *flight_of(const struct flight *flight, const struct session_record *record,
                              const struct entry *entry)
{
    const struct entry *before = flight->before;
    const struct entry *reply;

    if (before == NULL || entry->from != SIDE_CLIENT || entry->verb == VERB_UNKNOWN ||
        !entry_is_whole(entry) || !entry_is_whole(before))
        return NULL;
    /* What a look-alike turned into commands was sent as text. */
    if (flight->forced != NULL && place_is_before(entry->begin, flight->forced->begin))
        return NULL;
    reply = record_entry(record, entry_answer(before));
    if (reply == NULL || !entry_is_whole(reply) || !place_is_before(entry->begin, reply->begin))
        return NULL;
    return before;
}
