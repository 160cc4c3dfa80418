/* The fold: each event becomes an entry; a command and a content wait there for their reply. */
#include "session/session.h"

#include "base/limits.h"
#include "base/mem.h"
#include "session/session_state.h"

enum status session_new(struct session **out, const struct place *started)
{
    struct session *session = mem_calloc(1, sizeof(*session));

    if (session == NULL)
        return STATUS_NO_MEMORY;
    session->record.started = *started;
    session->furthest = STAGE_CONNECT;
    *out = session;
    return STATUS_OK;
}

void session_follow(struct session *session, const struct connection *connection)
{
    session->connection = connection;
}

void session_free(struct session *session)
{
    if (session == NULL)
        return;
    arena_clear(&session->record.arena);
    mem_free(session->entries);
    for (uint32_t i = 0; i < session->record.message_count; i++)
        mem_free(session->messages[i].recipients);
    mem_free(session->messages);
    mem_free(session->auth);
    mem_free(session->pending);
    tls_hello_reader_free(session->tls);
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

struct entry *session_add_entry(struct session *session, enum entry_kind kind, enum side from,
                                const struct place *begin, const struct place *place)
{
    struct session_record *record = &session->record;
    struct entry *entry;

    if (record->entry_count == LIMIT_DIALOGUE_ENTRIES) {
        record->entries_dropped++;
        return NULL;
    }
    if (record->entry_count == session->entry_room) {
        size_t room = session->entry_room == 0 ? 16 : session->entry_room * 2;
        struct entry *entries = mem_realloc(session->entries, room * sizeof(*entries));

        if (entries == NULL) {
            session->status = STATUS_NO_MEMORY;
            return NULL;
        }
        session->entries = entries;
        session->entry_room = room;
        record->entries = entries;
    }
    entry = &session->entries[record->entry_count++];
    *entry = (struct entry){ .kind = kind, .from = from, .begin = *begin, .place = *place };
    if (record->entry_count > 1)
        entry->sequence = entry[-1].sequence;
    return entry;
}

static struct entry *add_event_entry(struct session *session, enum entry_kind kind,
                                     const struct smtp_event *event)
{
    struct entry *entry =
        session_add_entry(session, kind, event->from, &event->begin, &event->place);

    session->record.marks |= event->marks;
    if (entry == NULL)
        return NULL;
    entry->sequence = event->sequence;
    entry->octets = event->octets;
    entry->marks = event->marks;
    entry->is_doubtful = (event->marks & MARK_AFTER_GAP) != 0;
    return entry;
}

/* The entry of an event; NULL where it was not kept. */
static struct entry *entry_of(struct session *session, uint64_t sequence)
{
    size_t low = 0;
    size_t high = session->record.entry_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (session->entries[middle].sequence < sequence)
            low = middle + 1;
        else
            high = middle;
    }
    if (sequence == 0 || low == session->record.entry_count ||
        session->entries[low].sequence != sequence)
        return NULL;
    return &session->entries[low];
}

static enum status make_room(struct session *session)
{
    size_t waiting = session->pending_count - session->pending_head;
    size_t room = session->pending_room == 0 ? 8 : session->pending_room * 2;
    struct pending *pending;

    if (session->pending_count < session->pending_room)
        return STATUS_OK;
    if (session->pending_head > session->pending_room / 2) {
        mem_move(session->pending, session->pending + session->pending_head,
                 waiting * sizeof(*pending));
        session->pending_head = 0;
        session->pending_count = waiting;
        return STATUS_OK;
    }
    pending = mem_realloc(session->pending, room * sizeof(*pending));
    if (pending == NULL)
        return STATUS_NO_MEMORY;
    session->pending = pending;
    session->pending_room = room;
    return STATUS_OK;
}

static void await(struct session *session, const struct pending *item)
{
    /* Where one side was not captured nothing is ever answered. */
    if (session->pending_count - session->pending_head == LIMIT_OUTSTANDING) {
        struct pending oldest = session->pending[session->pending_head++];

        session->record.limits |= SMTP_LIMIT_OUTSTANDING;
        session_take_effect(session, &oldest, NULL);
    }
    if (make_room(session) != STATUS_OK) {
        session->status = STATUS_NO_MEMORY;
        return;
    }
    session->pending[session->pending_count++] = *item;
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
    struct entry *entry = add_event_entry(session, is_sasl ? ENTRY_SASL : ENTRY_COMMAND, event);
    struct pending item = {
        .sequence = event->sequence,
        .verb = event->command.verb,
        .line = session_keep(session, event->command.line),
        .place = event->place,
    };

    if (entry != NULL) {
        entry->verb = event->command.verb;
        entry->end = event->command.end;
        entry->is_cut = event->command.is_cut;
        entry->command.line = item.line;
        item.n = session_number_of(session, entry);
    }
    session->last_was_421 = false;
    reach(session, event->command.verb);
    if (event->command.verb == VERB_QUIT)
        session->record.quit_sent = true;
    if (is_sasl)
        session_go_on_with_auth(session, event);
    else if (event->command.verb == VERB_AUTH)
        session_begin_auth(session, event, item.n);
    await(session, &item);
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

static void apply_content(struct session *session, const struct smtp_event *event)
{
    const struct smtp_content *content = &event->content;
    struct entry *entry = add_event_entry(session, ENTRY_DATA, event);
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
    if (entry != NULL) {
        struct slice facts =
            session_keep(session, slice_of(content->facts, sizeof(*content->facts)));

        entry->verb = content->verb;
        entry->octets = content->message_octets;
        entry->data = (struct entry_data){
            .lines = content->lines,
            .lost_octets = content->lost_octets,
            .declared = content->declared,
            .facts = facts.len == 0 ? NULL : (const void *)facts.data,
            .message = UINT32_MAX, /* until it is known, with its answer, which one it is */
            .is_last = content->is_last,
            .is_complete = content->is_complete,
        };
        item.n = session_number_of(session, entry);
    }
    /* A content that the end cut off is told last, whatever was said meanwhile. */
    if (content->is_complete)
        session->last_was_421 = false;
    session->furthest = session->furthest < STAGE_DATA ? STAGE_DATA : session->furthest;
    if (!content->is_complete)
        session->record.ends_in_content = true;
    await(session, &item);
}

/* Takes what waits off the front up to `sequence`; what stands before it was never answered. False
 * where `sequence` does not wait, because it was answered before. */
static bool settle(struct session *session, uint64_t sequence, struct entry *reply)
{
    while (session->pending_head < session->pending_count) {
        struct pending item = session->pending[session->pending_head];
        struct entry *entry;

        if (item.sequence > sequence)
            return false;
        session->pending_head++;
        if (item.sequence < sequence) {
            session_take_effect(session, &item, NULL);
            continue;
        }
        entry =
            record_entry(&session->record, item.n) == NULL ? NULL : &session->entries[item.n - 1];
        if (entry != NULL && reply != NULL) {
            uint32_t n = session_number_of(session, reply);

            reply->reply.answers = item.n;
            if (entry->kind == ENTRY_DATA)
                entry->data.answered_by = n;
            else
                entry->command.answered_by = n;
        }
        /* Its end lies in a hole: only the server saw it. */
        if (reply != NULL && item.verb == VERB_END_OF_DATA && !item.is_complete)
            session->record.ends_in_content = false;
        session_take_effect(session, &item, reply);
        return true;
    }
    return false;
}

static void keep_lines(struct session *session, struct entry *entry, const struct smtp_reply *reply)
{
    size_t count = reply->line_count;
    struct slice *lines;

    /* A line without text costs memory too. */
    if (count > 1 && session->record.arena.total > LIMIT_SESSION_TEXT) {
        session->record.limits |= SMTP_LIMIT_TEXT;
        entry->is_cut = true;
        count = 1;
    }
    lines = arena_alloc(&session->record.arena, count * sizeof(*lines));
    if (lines == NULL) {
        session->status = STATUS_NO_MEMORY;
        return;
    }
    for (size_t i = 0; i < count; i++)
        lines[i] = session_keep(session, reply->lines[i]);
    entry->reply.lines = lines;
    entry->reply.line_count = (uint32_t)count;
}

static void fill_reply(struct session *session, struct entry *entry, const struct smtp_event *event)
{
    const struct smtp_reply *reply = &event->reply;

    entry->verb = reply->verb;
    entry->end = reply->end;
    entry->is_cut = reply->is_cut;
    entry->reply = (struct entry_reply){
        .code = (uint16_t)reply->code,
        .enhanced = reply->enhanced,
        .latency_ns = reply->latency_ns,
        .ack_ns = -1,
        .longest_line = reply->longest_line,
    };
    mem_copy(entry->reply.code_text, reply->code_text, sizeof(reply->code_text));
    keep_lines(session, entry, reply);
}

/* LMTP's second reply to an end of data, and those after it: each speaks of one recipient. */
static void take_further_reply(struct session *session, uint64_t sequence, struct entry *reply)
{
    struct entry *content = entry_of(session, sequence);
    struct answer answer = session_answer_of(session, reply);

    if (content != NULL)
        reply->reply.answers = session_number_of(session, content);
    transaction_further_reply(session, &answer);
}

static void apply_reply(struct session *session, const struct smtp_event *event)
{
    struct entry *entry = add_event_entry(session, ENTRY_REPLY, event);
    struct entry unkept = { .kind = ENTRY_REPLY, .place = event->place };
    struct entry *reply = entry == NULL ? &unkept : entry;

    if (entry != NULL) {
        fill_reply(session, entry, event);
    } else {
        /* The dialogue is full; what the reply changes counts all the same. */
        unkept.reply = (struct entry_reply){
            .code = (uint16_t)event->reply.code,
            .enhanced = event->reply.enhanced,
            .lines = event->reply.lines,
            .line_count = (uint32_t)event->reply.line_count,
        };
        /* The offer outlives the call. */
        if (session_stage_of(event->reply.verb) == STAGE_EHLO)
            keep_lines(session, &unkept, &event->reply);
    }
    session->last_was_421 = event->reply.code == 421 && event->reply.verb == VERB_NONE;
    session->said_421 = event->place;
    reach(session, event->reply.verb == VERB_CONNECT ? VERB_CONNECT : VERB_NONE);
    if (event->reply.verb == VERB_CONNECT && entry != NULL)
        session_take_greeting(session, entry);
    if (event->reply.answers == 0)
        return;
    if (!settle(session, event->reply.answers, reply))
        take_further_reply(session, event->reply.answers, reply);
    if (entry != NULL)
        session_note_acknowledgement(session, entry);
}

/* A reply that came while content was being sent turned out to answer its end. */
static void apply_reattributed(struct session *session, const struct smtp_event *event)
{
    struct entry *reply = entry_of(session, event->reattributed.reply);
    struct entry *content = entry_of(session, event->reattributed.answers);

    if (reply == NULL || content == NULL || reply->kind != ENTRY_REPLY ||
        content->kind != ENTRY_DATA)
        return;
    reply->verb = content->verb == VERB_BDAT ? VERB_BDAT : VERB_END_OF_DATA;
    reply->reply.latency_ns = stamp_between(content->place.at, reply->place.at);
    if (reply->reply.latency_ns < 0)
        reply->reply.latency_ns = 0;
    session->last_was_421 = false;
    (void)settle(session, event->reattributed.answers, reply);
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
        (void)add_event_entry(session, ENTRY_GAP, event);
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

    /* Nothing has a sequence as high: all that waits is settled as unanswered. */
    (void)settle(session, UINT64_MAX, NULL);
    record->ordinal = ordinal;
    record->client = *client;
    record->server = *server;
    record->service = service_of(server->port);
    record->tcp = *tcp;
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
