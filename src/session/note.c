/* Notes become entries. */
#include "session/note.h"

#include "base/mem.h"
#include "session/session_state.h"

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

static enum status expand_data(struct entry *entry, const struct note *note, struct arena *arena)
{
    const struct note_data *data = note->data;
    struct content_facts *facts = NULL;

    if (data->facts == NULL) {
        facts = arena_alloc(arena, sizeof(*facts));
        if (facts == NULL)
            return STATUS_NO_MEMORY;
        facts->longest_line = data->longest_line;
    }
    entry->data = (struct entry_data){
        .lines = data->lines,
        .lost_octets = data->lost_octets,
        .declared = data->declared,
        .facts = facts == NULL ? data->facts : facts,
        .answered_by = note->partner,
        .message = data->message,
        .is_last = data->is_last,
        .is_complete = data->is_complete,
    };
    return STATUS_OK;
}

static enum status expand_note(const struct note *note, struct arena *arena, struct entry *entry)
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
        return expand_data(entry, note, arena);
    case ENTRY_TLS:
        expand_tls(entry, note);
        break;
    case ENTRY_GAP:
        break;
    }
    return STATUS_OK;
}

static enum status make_entry_room(struct entry_list *entries, uint32_t count)
{
    struct entry *list;

    if (count <= entries->room)
        return STATUS_OK;
    list = mem_alloc(count * sizeof(*list));
    if (list == NULL)
        return STATUS_NO_MEMORY;
    mem_free(entries->list);
    *entries = (struct entry_list){ .list = list, .room = count };
    return STATUS_OK;
}

enum status session_expand(struct session *session)
{
    struct session_record *record = &session->record;
    enum status status = make_entry_room(session->entries, record->entry_count);
    struct entry *list = session->entries->list;

    for (const struct note *note = session->newest; note != NULL && status == STATUS_OK;
         note = note->previous)
        status = expand_note(note, &record->arena, &list[note->n - 1]);
    record->entries = list;
    return status;
}
