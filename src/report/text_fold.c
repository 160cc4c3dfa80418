/* Which entries of a dialogue are more of the same: a hundred recipients accepted one after the
 * other, a hundred lines that the server knows no command for. */
#include "report/text_parts.h"

static const struct entry *reply_to(const struct session_record *record, const struct entry *entry)
{
    switch (entry->kind) {
    case ENTRY_COMMAND:
    case ENTRY_SASL:
        return record_entry(record, entry->command.answered_by);
    case ENTRY_DATA:
        return record_entry(record, entry->data.answered_by);
    case ENTRY_REPLY:
        return entry;
    case ENTRY_TLS:
    case ENTRY_GAP:
        break;
    }
    return NULL;
}

static bool holds_finding(const struct report_session *session, uint32_t n)
{
    for (uint32_t i = 0; i < session->findings->count; i++)
        if (session->findings->list[i].n == n)
            return true;
    return false;
}

/* The code of the reply to an entry that says nothing by itself; 0 for one that does. A refusal is
 * news but where the server refuses to know a command: that is one and the same news every time. */
static unsigned dull_code(const struct session_record *record, const struct entry *entry)
{
    const struct entry *reply = reply_to(record, entry);

    if (reply == NULL || reply->reply.line_count > 1 || entry->is_doubtful)
        return 0;
    if (entry->kind == ENTRY_DATA && entry->verb != VERB_BDAT)
        return 0;
    return reply->reply.code < 400 || entry->verb == VERB_UNKNOWN ? reply->reply.code : 0;
}

uint32_t text_run_end(const struct report_session *session, uint32_t n)
{
    const struct session_record *record = session->record;
    const struct entry *first = record_entry(record, n);
    unsigned code = first == NULL ? 0 : dull_code(record, first);
    uint32_t end = n;

    if (code == 0 || n == record->deciding || n == session->diagnosis->n)
        return n;
    for (uint32_t next = n + 1; next <= record->entry_count; next++) {
        const struct entry *entry = record_entry(record, next);

        if (entry->verb != first->verb || dull_code(record, entry) != code ||
            next == record->deciding || next == session->diagnosis->n ||
            holds_finding(session, next))
            break;
        end = next;
    }
    return end;
}
