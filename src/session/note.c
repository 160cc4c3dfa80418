/* Notes become entries. */
#include "session/note.h"

#include "base/mem.h"

_Static_assert(MARK_AFTER_GAP <= UINT16_MAX, "marks fit in a note");
_Static_assert(VERB_COUNT <= UINT8_MAX, "a verb fits in a note");

static void expand_reply(struct entry *entry, const struct note *note)
{
    const struct note_reply *reply = note->reply;

    entry->reply = (struct entry_reply){
        .code = reply->code,
        .enhanced = reply->enhanced,
        .lines = reply->lines,
        .line_count = reply->line_count,
        .answers = note->partner,
        .latency_ns = reply->latency_ns,
        .ack_ns = reply->ack_ns,
        .was_repeated = reply->was_repeated,
        .longest_line = reply->longest_line,
    };
    mem_copy(entry->reply.code_text, reply->code_text, sizeof(reply->code_text));
}

static void expand_tls(struct entry *entry, const struct note *note)
{
    entry->tls = (struct entry_tls){
        .event = (enum tls_event)note->tls.event,
        .detail = slice_of(note->tls.detail, note->tls.detail_len),
    };
}

void note_expand(const struct note *note, struct entry *entry)
{
    struct place place = note_place(note);

    *entry = (struct entry){
        .kind = (enum entry_kind)note->kind,
        .from = (enum side)note->from,
        .verb = (enum smtp_verb)note->verb,
        .end = (enum line_end)note->end,
        .is_doubtful = (note->marks & MARK_AFTER_GAP) != 0,
        .is_cut = note->is_cut,
        .marks = note->marks,
        .place = place,
        .begin = note->begin == NULL ? place : *note->begin,
        .sequence = note->sequence,
        .octets = note->octets,
    };
    switch (entry->kind) {
    case ENTRY_COMMAND:
    case ENTRY_SASL:
        entry->command = (struct entry_command){ note->line, note->partner };
        break;
    case ENTRY_REPLY:
        expand_reply(entry, note);
        break;
    case ENTRY_DATA:
        entry->data = *note->data;
        entry->data.answered_by = note->partner;
        break;
    case ENTRY_TLS:
        expand_tls(entry, note);
        break;
    case ENTRY_GAP:
        break;
    }
}
