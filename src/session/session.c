/* The fold: each event becomes an entry; a command and a content wait (pending.c) for their reply. */
#include "session/session.h"

#include "base/limits.h"
#include "base/mem.h"
#include "session/session_state.h"

void session_init(struct session *session, const struct place *started)
{
    *session = (struct session){ .record.started = *started, .furthest = STAGE_CONNECT };
    session->entries = &session->own_entries;
    session->pending = &session->only_pending;
    session->pending_room = 1;
}

enum status session_new(struct session **out, const struct place *started)
{
    *out = mem_alloc(sizeof(**out));
    if (*out == NULL)
        return STATUS_NO_MEMORY;
    session_init(*out, started);
    return STATUS_OK;
}

void session_follow(struct session *session, const struct connection *connection)
{
    session->connection = connection;
}

void session_clear(struct session *session)
{
    mem_free(session->own_entries.list);
    for (uint32_t i = 0; i < session->record.message_count; i++) {
        if (session->messages[i].recipient_count > FIRST_RECIPIENTS)
            mem_free(session->messages[i].recipients);
    }
    if (session->record.message_count > FIRST_MESSAGES)
        mem_free(session->messages);
    mem_free(session->auth);
    if (session->pending != &session->only_pending)
        mem_free(session->pending);
    tls_hello_reader_free(session->tls);
    arena_clear(&session->record.arena);
}

void session_free(struct session *session)
{
    if (session == NULL)
        return;
    session_clear(session);
    mem_free(session);
}

bool session_speaks_smtp(const struct session *session)
{
    return session->speaks_smtp;
}

struct slice session_keep(struct session *session, struct slice text)
{
    if (session->record.arena.total > LIMIT_SESSION_TEXT) {
        session->record.limits |= SMTP_LIMIT_TEXT;
        return slice_of(NULL, 0);
    }
    return arena_copy(&session->record.arena, text, &session->status);
}

static const void *keep_object(struct session *session, const void *object, size_t size)
{
    void *copy = arena_alloc(&session->record.arena, size);

    if (copy == NULL)
        session->status = STATUS_NO_MEMORY;
    else
        mem_copy(copy, object, size);
    return copy;
}

struct note *session_add_note(struct session *session, enum entry_kind kind, enum side from,
                              const struct place *begin, const struct place *place)
{
    struct session_record *record = &session->record;
    struct note *note;

    if (record->entry_count == LIMIT_DIALOGUE_ENTRIES) {
        record->entries_dropped++;
        return NULL;
    }
    note = arena_alloc(&record->arena, sizeof(*note));
    if (note == NULL) {
        session->status = STATUS_NO_MEMORY;
        return NULL;
    }
    note->previous = session->newest;
    note->n = ++record->entry_count;
    note->kind = (uint8_t)kind;
    note->from = (uint8_t)from;
    note->at = place->at;
    note->frame = place->frame;
    note->capture = place->capture;
    if (begin->frame != place->frame || begin->capture != place->capture ||
        begin->at.ns != place->at.ns)
        note->begin = keep_object(session, begin, sizeof(*begin));
    if (session->newest != NULL)
        note->sequence = session->newest->sequence;
    session->newest = note;
    return note;
}

static struct note *add_event_note(struct session *session, enum entry_kind kind,
                                   const struct smtp_event *event)
{
    struct note *note = session_add_note(session, kind, event->from, &event->begin, &event->place);

    session->record.marks |= event->marks;
    if (note == NULL)
        return NULL;
    note->sequence = (uint32_t)event->sequence;
    note->octets = event->octets;
    note->marks = (uint16_t)event->marks;
    return note;
}

/* The note of an event; NULL where it was not kept. What is asked for is hardly ever far back. */
static struct note *note_of(const struct session *session, uint64_t sequence)
{
    struct note *note = session->newest;

    while (note != NULL && note->sequence > sequence)
        note = note->previous;
    /* TLS notes share the sequence of the event before. */
    while (note != NULL && note->sequence == sequence && note->previous != NULL &&
           note->previous->sequence == sequence)
        note = note->previous;
    return note != NULL && sequence != 0 && note->sequence == sequence ? note : NULL;
}

static void reach(struct session *session, enum smtp_verb verb)
{
    enum stage stage = session_stage_of(verb);

    if (stage > session->furthest)
        session->furthest = stage;
}

static void apply_command(struct session *session, const struct smtp_event *event)
{
    bool is_sasl = event->kind == SMTP_EVENT_SASL;
    struct note *note = add_event_note(session, is_sasl ? ENTRY_SASL : ENTRY_COMMAND, event);
    struct pending item = {
        .sequence = event->sequence,
        .note = note,
        .verb = event->command.verb,
        .line = session_keep(session, event->command.line),
        .place = event->place,
    };

    if (note != NULL) {
        note->verb = (uint8_t)event->command.verb;
        note->end = (uint8_t)event->command.end;
        note->is_cut = event->command.is_cut;
        note->line = item.line;
    }
    session->last_was_421 = false;
    reach(session, event->command.verb);
    if (event->command.verb == VERB_QUIT)
        session->record.quit_sent = true;
    if (is_sasl)
        session_go_on_with_auth(session, event);
    else if (event->command.verb == VERB_AUTH)
        session_begin_auth(session, event, note == NULL ? 0 : note->n);
    session_await(session, &item);
}

static const struct slice *keep_headers(struct session *session,
                                        const struct slice headers[HEADER_FIELD_COUNT])
{
    struct slice *kept = NULL;

    for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++) {
        if (headers[i].len == 0)
            continue;
        if (kept == NULL)
            kept = arena_alloc(&session->record.arena, HEADER_FIELD_COUNT * sizeof(*kept));
        if (kept == NULL) {
            session->status = STATUS_NO_MEMORY;
            return NULL;
        }
        kept[i] = session_keep(session, headers[i]);
    }
    return kept;
}

/* Nothing to tell of a content but its longest line. */
static bool is_plain(const struct content_facts *facts)
{
    return facts->bare_lf.count == 0 && facts->bare_cr.count == 0 && facts->nul.count == 0 &&
           facts->eight_bit.count == 0 && facts->long_line.count == 0 &&
           facts->lookalikes.count == 0 && facts->smuggled == 0 && !facts->bare_lf_at_end;
}

static enum status keep_content(struct session *session, struct note *note,
                                const struct smtp_content *content)
{
    struct note_data *data = arena_alloc(&session->record.arena, sizeof(*data));

    if (data == NULL) {
        session->status = STATUS_NO_MEMORY;
        return STATUS_NO_MEMORY;
    }
    *data = (struct note_data){
        .lines = content->lines,
        .lost_octets = content->lost_octets,
        .declared = content->declared,
        .longest_line = content->facts->longest_line,
        .facts = is_plain(content->facts)
                     ? NULL
                     : keep_object(session, content->facts, sizeof(*content->facts)),
        .message = UINT32_MAX, /* until it is known, with its answer, which one it is */
        .is_last = content->is_last,
        .is_complete = content->is_complete,
    };
    note->verb = (uint8_t)content->verb;
    note->octets = content->message_octets;
    note->data = data;
    return STATUS_OK;
}

static void apply_content(struct session *session, const struct smtp_event *event)
{
    const struct smtp_content *content = &event->content;
    struct note *note = add_event_note(session, ENTRY_DATA, event);
    struct pending item = {
        .sequence = event->sequence,
        .verb = content->verb == VERB_BDAT ? VERB_BDAT : VERB_END_OF_DATA,
        .place = event->place,
        .octets = content->message_octets,
        .lost_octets = content->lost_octets,
        .is_last = content->is_last,
        .is_complete = content->is_complete,
        .is_doubtful = (event->marks & MARK_AFTER_GAP) != 0,
    };

    if (content->is_last || !content->is_complete)
        item.headers = keep_headers(session, content->headers);
    if (note != NULL && keep_content(session, note, content) == STATUS_OK)
        item.note = note;
    /* A content that the end cut off is told last, whatever was said meanwhile. */
    if (content->is_complete)
        session->last_was_421 = false;
    session->furthest = session->furthest < STAGE_DATA ? STAGE_DATA : session->furthest;
    if (!content->is_complete)
        session->record.ends_in_content = true;
    session_await(session, &item);
}

/* Octets from the beginning of the first line to the end of the last where they follow each other
 * without anything in between; 0 where they do not. */
static size_t run_of(const struct slice *lines, size_t count)
{
    const uint8_t *end = lines[0].data;
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        if (lines[i].data != end)
            return 0;
        len += lines[i].len;
        /* Of an empty line there may be no octets at all. */
        if (lines[i].len > 0)
            end += lines[i].len;
    }
    return len;
}

/* Lines that a reply was put together of are kept with one copy. */
static void keep_texts(struct session *session, struct slice *kept, const struct slice *lines,
                       size_t count)
{
    struct slice run = slice_of(lines[0].data, run_of(lines, count));
    size_t begin = 0;

    if (run.len == 0) {
        for (size_t i = 0; i < count; i++)
            kept[i] = session_keep(session, lines[i]);
        return;
    }
    run = session_keep(session, run);
    for (size_t i = 0; i < count; i++) {
        kept[i] = slice_part(run, begin, lines[i].len);
        begin += lines[i].len;
    }
}

static void keep_lines(struct session *session, struct note *note, const struct smtp_reply *reply)
{
    size_t count = reply->line_count;
    struct slice *lines;

    /* A line without text costs memory too. */
    if (count > 1 && session->record.arena.total > LIMIT_SESSION_TEXT) {
        session->record.limits |= SMTP_LIMIT_TEXT;
        note->is_cut = true;
        count = 1;
    }
    lines = arena_alloc(&session->record.arena, count * sizeof(*lines));
    if (lines == NULL) {
        session->status = STATUS_NO_MEMORY;
        return;
    }
    keep_texts(session, lines, reply->lines, count);
    note->reply->lines = lines;
    note->reply->line_count = (uint32_t)count;
}

static void fill_reply(struct note *note, const struct smtp_reply *reply)
{
    note->verb = (uint8_t)reply->verb;
    note->end = (uint8_t)reply->end;
    note->is_cut = reply->is_cut;
    *note->reply = (struct note_reply){
        .code = (uint16_t)reply->code,
        .enhanced = reply->enhanced,
        .latency_ns = reply->latency_ns,
        .ack_ns = -1,
        .longest_line = reply->longest_line,
    };
    mem_copy(note->reply->code_text, reply->code_text, sizeof(reply->code_text));
}

/* LMTP's second reply to an end of data, and those after it: each speaks of one recipient. */
static void take_further_reply(struct session *session, uint64_t sequence, struct note *reply)
{
    struct answer answer = session_answer_of(reply);
    const struct note *content = reply->n == 0 ? NULL : note_of(session, sequence);

    if (content != NULL) {
        reply->partner = content->n;
        session_note_acknowledgement(session, reply, content);
    }
    transaction_further_reply(session, &answer);
}

/* The note of a reply; `*unkept` where the dialogue is full: what the reply changes counts all the
 * same. */
static struct note *note_reply(struct session *session, const struct smtp_event *event,
                               struct note *unkept)
{
    struct note *note = add_event_note(session, ENTRY_REPLY, event);

    if (note != NULL) {
        note->reply = arena_alloc(&session->record.arena, sizeof(*note->reply));
        if (note->reply == NULL) {
            session->status = STATUS_NO_MEMORY;
            return NULL;
        }
        fill_reply(note, &event->reply);
        keep_lines(session, note, &event->reply);
        return note;
    }
    unkept->at = event->place.at;
    unkept->frame = event->place.frame;
    unkept->capture = event->place.capture;
    fill_reply(unkept, &event->reply);
    unkept->reply->lines = event->reply.lines;
    unkept->reply->line_count = (uint32_t)event->reply.line_count;
    /* The offer outlives the call. */
    if (session_stage_of(event->reply.verb) == STAGE_EHLO)
        keep_lines(session, unkept, &event->reply);
    return unkept;
}

static void apply_reply(struct session *session, const struct smtp_event *event)
{
    struct note_reply body;
    struct note unkept = { .kind = ENTRY_REPLY, .reply = &body };
    struct note *reply = note_reply(session, event, &unkept);
    const struct note *answered = NULL;

    if (reply == NULL)
        return;
    session->last_was_421 = event->reply.code == 421 && event->reply.verb == VERB_NONE;
    session->said_421 = event->place;
    reach(session, event->reply.verb == VERB_CONNECT ? VERB_CONNECT : VERB_NONE);
    if (event->reply.verb == VERB_CONNECT && reply->n != 0)
        session_take_greeting(session, reply);
    if (event->reply.answers == 0)
        return;
    if (session_settle(session, event->reply.answers, reply, &answered)) {
        if (answered != NULL)
            session_note_acknowledgement(session, reply, answered);
    } else {
        take_further_reply(session, event->reply.answers, reply);
    }
}

/* A reply that came while content was being sent turned out to answer its end. */
static void apply_reattributed(struct session *session, const struct smtp_event *event)
{
    struct note *reply = note_of(session, event->reattributed.reply);
    const struct note *content = note_of(session, event->reattributed.answers);
    const struct note *answered;
    int64_t latency;

    if (reply == NULL || content == NULL || reply->kind != ENTRY_REPLY ||
        content->kind != ENTRY_DATA)
        return;
    latency = stamp_between(content->at, reply->at);
    reply->verb = content->verb == VERB_BDAT ? VERB_BDAT : VERB_END_OF_DATA;
    reply->reply->latency_ns = latency < 0 ? 0 : latency;
    session->last_was_421 = false;
    (void)session_settle(session, event->reattributed.answers, reply, &answered);
}

enum status session_apply(struct session *session, const struct smtp_event *event)
{
    switch (event->kind) {
    case SMTP_EVENT_COMMAND:
    case SMTP_EVENT_SASL:
        apply_command(session, event);
        break;
    case SMTP_EVENT_REPLY:
        apply_reply(session, event);
        break;
    case SMTP_EVENT_CONTENT:
        apply_content(session, event);
        break;
    case SMTP_EVENT_REATTRIBUTED:
        apply_reattributed(session, event);
        break;
    case SMTP_EVENT_OPAQUE:
        session_take_opaque(session, event);
        break;
    case SMTP_EVENT_GAP:
        (void)add_event_note(session, ENTRY_GAP, event);
        session_tls_gap(session, event);
        break;
    case SMTP_EVENT_LIMIT:
        session->record.limits |= event->limit;
        break;
    }
    return session->status;
}

static enum service service_of(uint16_t port)
{
    switch (port) {
    case 25:
        return SERVICE_SMTP;
    case 587:
        return SERVICE_SUBMISSION;
    case 465:
        return SERVICE_SUBMISSIONS;
    default:
        return SERVICE_OTHER;
    }
}

enum status session_close(struct session *session, const struct tcp_summary *tcp,
                          const struct endpoint *client, const struct endpoint *server,
                          uint64_t ordinal, const struct session_record **out)
{
    struct session_record *record = &session->record;
    const struct note *answered;

    /* Nothing has a sequence as high: all that waits is settled as unanswered. */
    session->ends_unanswered = session_is_waiting(session);
    (void)session_settle(session, UINT64_MAX, NULL, &answered);
    if (session->status == STATUS_OK)
        session->status = session_expand(session);
    if (session->status != STATUS_OK)
        return session->status;
    record->ordinal = ordinal;
    record->client = *client;
    record->server = *server;
    record->service = service_of(server->port);
    record->tcp = tcp;
    record->started = tcp->first;
    record->ended = tcp->last;
    record->spans_captures = tcp->first.capture != tcp->last.capture;
    record->is_client_unseen = tcp->client.bytes == 0 && tcp->client.lost_bytes > 0;
    record->is_server_unseen = tcp->server.bytes == 0 && tcp->server.lost_bytes > 0;
    session_attribute_latency(session);
    session_tls_finish(session);
    transaction_finish(session);
    session_decide(session);
    *out = record;
    return session->status;
}
