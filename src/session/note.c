/* Events become notes, and notes become entries. */
#include "session/note.h"

#include "base/mem.h"
#include "session/session_state.h"

_Static_assert(sizeof(struct note_reply) == 64,
               "the usual reply's note is a cache line, its text aside");
_Static_assert(MARK_AFTER_GAP < 1 << 16, "marks fit in a note");
_Static_assert(VERB_COUNT <= 1 << 6, "a verb fits in a note");
_Static_assert(ENTRY_GAP < 1 << 3 && LINE_END_NONE < 1 << 2 && SIDE_SERVER < 1 << 1,
               "so do kind, line end and side");

void session_note_apart(struct session *session, struct note *note, const struct smtp_event *event)
{
    struct note_apart *apart = arena_alloc(&session->arena, sizeof(*apart));

    if (apart == NULL) {
        session->status = STATUS_NO_MEMORY;
        return;
    }
    *apart = (struct note_apart){
        .previous = session->apart,
        .note = note,
        .place = event->place,
        .begin = event->begin,
        .octets = event->octets,
    };
    if (note->kind == ENTRY_REPLY) {
        apart->longest_line = event->reply.longest_line;
        mem_copy(apart->code_text, event->reply.code_text, sizeof(apart->code_text));
    }
    session->apart = apart;
    note->is_apart = true;
}

static const struct note_apart *apart_of(const struct session *session, const struct note *note)
{
    const struct note_apart *apart = session->apart;

    while (note->is_apart && apart != NULL && apart->note != note)
        apart = apart->previous;
    return note->is_apart ? apart : NULL;
}

static struct place own_place(const struct session *session, const struct note *note)
{
    return (struct place){ .at = note->at, .frame = note->frame, .capture = session->capture };
}

struct place session_note_place(const struct session *session, const struct note *note)
{
    const struct note_apart *apart = apart_of(session, note);

    return apart == NULL ? own_place(session, note) : apart->place;
}

struct note *session_note_of(const struct session *session, uint64_t sequence, uint32_t *n)
{
    struct note *note = session->newest;

    *n = session->entry_count;
    while (note != NULL && note->sequence > sequence) {
        note = note->previous;
        --*n;
    }
    /* TLS notes share the sequence of the event before. */
    while (note != NULL && note->sequence == sequence && note->previous != NULL &&
           note->previous->sequence == sequence) {
        note = note->previous;
        --*n;
    }
    return note != NULL && sequence != 0 && note->sequence == sequence ? note : NULL;
}

/* What the session's notes become entries with. */
struct expansion {
    struct session *session;
    const struct note_apart *apart; /* of the newest note that is not an entry yet and has one */
};

static void spell_code(uint8_t text[3], unsigned code)
{
    unsigned tens = code / 10;

    text[0] = (uint8_t)('0' + tens / 10);
    text[1] = (uint8_t)('0' + tens % 10);
    text[2] = (uint8_t)('0' + code % 10);
}

static void expand_reply(struct entry *entry, const struct note *note, struct slice *text)
{
    const struct note_reply *reply = (const struct note_reply *)note;

    /* One by one, for the parts of the latency come last. */
    entry->reply.code = reply->code;
    spell_code(entry->reply.code_text, reply->code);
    entry->reply.enhanced = reply->enhanced;
    entry->reply.lines = text;
    entry->reply.line_count = 1;
    entry->reply.answers = note->partner;
    entry->reply.latency_ns = reply->latency_ns;
    entry->reply.ack_ns = reply->ack_ns;
    entry->reply.was_repeated = note->was_repeated;
    entry->reply.longest_line = note->octets;
    if (note->has_lines) {
        const struct note_lines *lines = note_lines(reply);

        entry->reply.lines = lines->lines;
        entry->reply.line_count = note->text_len;
        entry->reply.longest_line = lines->longest_line;
    } else {
        *text = note_reply_text(reply);
    }
}

static void expand_tls(struct entry *entry, const struct note *note)
{
    const struct note_tls *tls = (const struct note_tls *)note;

    entry->tls = (struct entry_tls){
        .event = tls->event,
        .detail = slice_of(tls->detail, note->text_len),
    };
}

static enum status expand_data(struct entry *entry, const struct note *note, struct arena *arena)
{
    const struct note_data *data = (const struct note_data *)note;
    struct content_facts *facts = NULL;

    if (data->facts == NULL) {
        facts = arena_alloc(arena, sizeof(*facts));
        if (facts == NULL)
            return STATUS_NO_MEMORY;
        facts->longest_line = data->longest_line;
    }
    entry->begin = data->begin;
    entry->octets = data->octets;
    entry->data = (struct entry_data){
        .lines = data->lines,
        .lost_octets = data->lost_octets,
        .declared = data->declared,
        .facts = facts == NULL ? data->facts : facts,
        .message = data->message,
        .is_last = data->is_last,
        .is_complete = data->is_complete,
    };
    return STATUS_OK;
}

/* What was kept apart counts instead. */
static void expand_apart(struct entry *entry, const struct note_apart *apart)
{
    entry->place = apart->place;
    if (entry->kind == ENTRY_DATA)
        return;
    entry->begin = apart->begin;
    entry->octets = apart->octets;
    if (entry->kind != ENTRY_REPLY)
        return;
    entry->reply.longest_line = apart->longest_line;
    mem_copy(entry->reply.code_text, apart->code_text, sizeof(apart->code_text));
}

static enum status expand_note(struct expansion *expansion, const struct note *note,
                               struct entry *entry, struct slice *text)
{
    enum status status = STATUS_OK;
    struct place place = own_place(expansion->session, note);

    /* One by one: what is not of its kind is not written at all. */
    entry->kind = note->kind;
    entry->from = note->from;
    entry->verb = note->verb;
    entry->end = note->end;
    entry->is_encrypted = false;
    entry->is_doubtful = (note->marks & MARK_AFTER_GAP) != 0;
    entry->is_cut = note->is_cut;
    entry->marks = note->marks;
    entry->place = place;
    entry->begin = place;
    entry->sequence = note->sequence;
    entry->octets = note->octets;
    switch (entry->kind) {
    case ENTRY_COMMAND:
    case ENTRY_SASL:
        entry->command = (struct entry_command){ .line = note_line(note), .path = note->path };
        break;
    case ENTRY_REPLY:
        expand_reply(entry, note, text);
        break;
    case ENTRY_DATA:
        status = expand_data(entry, note, &expansion->session->closing->arena);
        break;
    case ENTRY_TLS:
        expand_tls(entry, note);
        break;
    case ENTRY_GAP:
        entry->command = (struct entry_command){ 0 };
        break;
    }
    if (note->is_apart) {
        expand_apart(entry, expansion->apart);
        expansion->apart = expansion->apart->previous;
    }
    return status;
}

static enum status make_entry_room(struct closing *closing, uint32_t count)
{
    struct entry *entries;
    struct slice *texts;

    if (count <= closing->room)
        return STATUS_OK;
    entries = mem_alloc(count * sizeof(*entries));
    texts = mem_alloc(count * sizeof(*texts));
    if (entries == NULL || texts == NULL) {
        mem_free(entries);
        mem_free(texts);
        return STATUS_NO_MEMORY;
    }
    mem_free(closing->entries);
    mem_free(closing->texts);
    closing->entries = entries;
    closing->texts = texts;
    closing->room = count;
    return STATUS_OK;
}

static void tell_answered(struct entry *answered, uint32_t by)
{
    if (answered->kind == ENTRY_DATA)
        answered->data.answered_by = by;
    else
        answered->command.answered_by = by;
}

/* Backwards: where LMTP answers a content several times, the reply that came first is told. */
static void tell_replies(const struct session_record *record, struct entry *entries)
{
    for (uint32_t n = record->entry_count; n > 0; n--) {
        struct entry *reply = &entries[n - 1];

        if (reply->kind != ENTRY_REPLY)
            continue;
        latency_attribute(record, reply);
        if (reply->reply.answers != 0)
            tell_answered(&entries[reply->reply.answers - 1], n);
    }
}

enum status session_expand(struct session *session)
{
    struct session_record *record = &session->closing->record;
    struct expansion expansion = { session, session->apart };
    enum status status = make_entry_room(session->closing, session->entry_count);
    struct entry *entries = session->closing->entries;
    uint32_t at = session->entry_count;

    arena_clear(&session->closing->arena);
    for (const struct note *note = session->newest; note != NULL && status == STATUS_OK;
         note = note->previous) {
        at--;
        status = expand_note(&expansion, note, &entries[at], &session->closing->texts[at]);
    }
    if (status != STATUS_OK)
        return status;
    record->entries = entries;
    record->entry_count = session->entry_count;
    tell_replies(record, entries);
    return STATUS_OK;
}

void closing_clear(struct closing *closing)
{
    mem_free(closing->entries);
    mem_free(closing->texts);
    arena_clear(&closing->arena);
    pending_trim();
    closing->entries = NULL;
    closing->texts = NULL;
    closing->room = 0;
}
