/* The fold: each event becomes an entry; a command and a content wait (pending.c) for their reply. */
#include "session/session.h"

#include "base/limits.h"
#include "base/mem.h"
#include "session/note_add.h"
#include "session/session_state.h"

void session_init(struct session *session, const struct place *started, struct closing *closing)
{
    *session = (struct session){ .furthest = STAGE_CONNECT };
    session->capture = started->capture;
    session->closing = closing;
    session->pending = &session->only_pending;
    session->pending_room = 1;
}

/* A session and what it becomes. */
struct single {
    struct session session;
    struct closing closing;
};

enum status session_new(struct session **out, const struct place *started)
{
    struct single *single = mem_alloc(sizeof(*single));

    if (single == NULL)
        return STATUS_NO_MEMORY;
    single->closing = (struct closing){ 0 };
    session_init(&single->session, started, &single->closing);
    *out = &single->session;
    return STATUS_OK;
}

void session_follow(struct session *session, const struct connection *connection)
{
    session->connection = connection;
}

void session_clear(struct session *session)
{
    messages_clear(session);
    mem_free(session->auth);
    pending_clear(session);
    if (session->tls != NULL)
        tls_hello_reader_free(session->tls->reader);
    arena_clear(&session->arena);
}

void session_free(struct session *session)
{
    struct single *single = (struct single *)session;

    if (session == NULL)
        return;
    session_clear(session);
    closing_clear(&single->closing);
    mem_free(single);
}

bool session_speaks_smtp(const struct session *session)
{
    return session->speaks_smtp;
}

struct slice session_keep(struct session *session, struct slice text)
{
    if (session_is_full(session)) {
        session->limits |= SMTP_LIMIT_TEXT;
        return slice_of(NULL, 0);
    }
    return arena_copy(&session->arena, text, &session->status);
}

static void reach(struct session *session, enum stage stage)
{
    if (stage > session->furthest)
        session->furthest = stage;
}

/* MAIL, RCPT and the like. */
static bool has_path(enum stage stage)
{
    return stage == STAGE_MAIL || stage == STAGE_RCPT;
}

static void apply_command(struct session *session, const struct smtp_event *event)
{
    bool is_sasl = event->kind == SMTP_EVENT_SASL;
    const struct smtp_command *command = &event->command;
    enum stage stage = session_stage_of(command->verb);
    struct slice line = slice_part(command->line, 0, session_text_room(session, command->line));
    struct note_form form = {
        .kind = is_sasl ? ENTRY_SASL : ENTRY_COMMAND,
        .verb = command->verb,
        .end = command->end,
        .is_cut = command->is_cut,
        .text_len = (uint32_t)line.len,
    };
    struct note *note = session_add_note(session, event, form, sizeof(*note) + line.len);
    uint32_t n = note == NULL ? 0 : session->entry_count;
    struct path_argument path = { .place = { 0 } };
    struct pending *item;

    /* Read where it lies, and not in the copy, which may not have reached the cache yet. */
    if (has_path(stage))
        path = path_argument_of(line);
    if (note != NULL) {
        note->path = path.place;
        mem_copy(note + 1, line.data, line.len);
        line = note_line(note);
    } else {
        line = session_keep(session, line);
    }
    session->last_was_421 = false;
    reach(session, stage);
    if (command->verb == VERB_QUIT)
        session->quit_sent = true;
    if (is_sasl)
        session_go_on_with_auth(session, event);
    else if (command->verb == VERB_AUTH)
        session_begin_auth(session, event, n);
    item = session_await(session);
    if (item == NULL)
        return;
    *item = (struct pending){
        .sequence = event->sequence,
        .place = event->place,
        .line = { .text = line, .address = path.span },
        .n = n,
        .verb = command->verb,
    };
}

static bool has_headers(const struct smtp_content *content)
{
    for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++)
        if (content->headers[i].len > 0)
            return true;
    return false;
}

/* NULL where there is nothing to keep, or no more is kept. */
static const struct kept_content *keep_content(struct session *session,
                                               const struct smtp_content *content)
{
    /* The chunks of BDAT tell with the last what all of them had. */
    bool tells_headers = (content->is_last || !content->is_complete) && has_headers(content);
    struct kept_content *kept;

    if (content->lost_octets == 0 && !tells_headers)
        return NULL;
    if (session_is_full(session)) {
        session->limits |= SMTP_LIMIT_TEXT;
        return NULL;
    }
    kept = arena_alloc(&session->arena, sizeof(*kept));
    if (kept == NULL) {
        session->status = STATUS_NO_MEMORY;
        return NULL;
    }
    kept->lost_octets = content->lost_octets;
    for (unsigned i = 0; tells_headers && i < HEADER_FIELD_COUNT; i++)
        kept->headers[i] = session_keep(session, content->headers[i]);
    return kept;
}

/* Nothing to tell of a content but its longest line. */
static bool is_plain(const struct content_facts *facts)
{
    return facts->bare_lf.count == 0 && facts->bare_cr.count == 0 && facts->nul.count == 0 &&
           facts->eight_bit.count == 0 && facts->long_line.count == 0 &&
           facts->lookalikes.count == 0 && facts->smuggled == 0 && !facts->bare_lf_at_end;
}

static const struct content_facts *keep_facts(struct session *session,
                                              const struct content_facts *facts)
{
    struct content_facts *kept;

    if (is_plain(facts))
        return NULL;
    kept = arena_take(&session->arena, sizeof(*kept));
    if (kept == NULL)
        session->status = STATUS_NO_MEMORY;
    else
        *kept = *facts;
    return kept;
}

static struct note_data *note_content(struct session *session, const struct smtp_event *event)
{
    const struct smtp_content *content = &event->content;
    struct note_form form = { .kind = ENTRY_DATA, .verb = content->verb };
    struct note_data *data =
        (struct note_data *)session_add_note(session, event, form, sizeof(*data));

    if (data == NULL)
        return NULL;
    data->begin = event->begin;
    data->octets = content->message_octets;
    data->lines = content->lines;
    data->lost_octets = content->lost_octets;
    data->declared = content->declared;
    data->longest_line = content->facts->longest_line;
    data->facts = keep_facts(session, content->facts);
    data->message = UINT32_MAX; /* until it is known, with its answer, which one it is */
    data->is_last = content->is_last;
    data->is_complete = content->is_complete;
    return data;
}

static void apply_content(struct session *session, const struct smtp_event *event)
{
    const struct smtp_content *content = &event->content;
    struct note_data *data = note_content(session, event);
    const struct kept_content *kept = keep_content(session, content);
    struct pending *item;

    /* A content that the end cut off is told last, whatever was said meanwhile. */
    if (content->is_complete)
        session->last_was_421 = false;
    reach(session, STAGE_DATA);
    if (!content->is_complete)
        session->ends_in_content = true;
    item = session->status == STATUS_OK ? session_await(session) : NULL;
    if (item == NULL)
        return;
    *item = (struct pending){
        .sequence = event->sequence,
        .place = event->place,
        .content = { .octets = content->message_octets, .kept = kept, .note = data },
        .n = data == NULL ? 0 : session->entry_count,
        .verb = content->verb == VERB_BDAT ? VERB_BDAT : VERB_END_OF_DATA,
        .is_content = true,
        .is_last = content->is_last,
        .is_complete = content->is_complete,
        .is_doubtful = (event->marks & MARK_AFTER_GAP) != 0,
    };
}

/* LMTP's second reply to an end of data, and those after it: each speaks of one recipient. */
static void take_further_reply(struct session *session, uint64_t sequence,
                               const struct answer *answer)
{
    uint32_t n;
    const struct note *content =
        answer->note == NULL ? NULL : session_note_of(session, sequence, &n);

    if (content != NULL) {
        struct place place = session_note_place(session, content);

        answer->note->note.partner = n;
        session_note_acknowledgement(session, answer, &place);
    }
    transaction_further_reply(session, answer);
}

static void apply_reply(struct session *session, const struct smtp_event *event)
{
    const struct smtp_reply *reply = &event->reply;
    struct note_reply *note = session_note_reply(session, event);
    struct answer answer = {
        .note = note,
        .n = note == NULL ? 0 : session->entry_count,
        .code = reply->code,
        .enhanced = reply->enhanced,
        .lines = reply->lines,
        .line_count = reply->line_count,
        .place = &event->place,
        .begin = &event->begin,
    };
    const struct pending *answered;

    /* What the reply changes counts where the dialogue is full, too. */
    if (note != NULL && note->note.has_lines) {
        answer.lines = note_lines(note)->lines;
        answer.line_count = note->note.text_len;
    } else if (note == NULL && session_stage_of(reply->verb) == STAGE_EHLO) {
        session_keep_lines(session, &answer);
    }
    if (session->status != STATUS_OK)
        return;
    session->last_was_421 = reply->code == 421 && reply->verb == VERB_NONE;
    if (session->last_was_421)
        session->said_421 = event->place;
    if (reply->verb == VERB_CONNECT) {
        reach(session, STAGE_GREETING);
        if (note != NULL)
            session_take_greeting(session, &answer);
    }
    if (reply->answers == 0)
        return;
    answered = session_settle(session, reply->answers, &answer);
    if (answered == NULL)
        take_further_reply(session, reply->answers, &answer);
    else if (note != NULL && answered->n != 0)
        session_note_acknowledgement(session, &answer, &answered->place);
}

/* A reply that came while content was being sent turned out to answer its end. */
static void apply_reattributed(struct session *session, const struct smtp_event *event)
{
    uint32_t n;
    const struct note *content = session_note_of(session, event->reattributed.answers, &n);
    struct note *note = session_note_of(session, event->reattributed.reply, &n);
    struct note_reply *reply = (struct note_reply *)note;
    struct place place;
    struct slice text;
    int64_t latency;

    if (note == NULL || content == NULL || note->kind != ENTRY_REPLY || content->kind != ENTRY_DATA)
        return;
    latency = stamp_between(content->at, note->at);
    note->verb = content->verb == VERB_BDAT ? VERB_BDAT : VERB_END_OF_DATA;
    reply->latency_ns = latency < 0 ? 0 : latency;
    session->last_was_421 = false;
    place = session_note_place(session, note);
    text = note->has_lines ? slice_of(NULL, 0) : note_reply_text(reply);
    (void)session_settle(session, event->reattributed.answers,
                         &(struct answer){
                             .note = reply,
                             .n = n,
                             .code = reply->code,
                             .enhanced = reply->enhanced,
                             .lines = note->has_lines ? note_lines(reply)->lines : &text,
                             .line_count = note->has_lines ? note->text_len : 1,
                             .place = &place,
                             .begin = &place,
                         });
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
        (void)session_add_note(session, event, (struct note_form){ .kind = ENTRY_GAP },
                               sizeof(struct note));
        session_tls_gap(session, event);
        break;
    case SMTP_EVENT_LIMIT:
        session->limits |= event->limit;
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

/* What the fold has found out. */
static void tell_facts(const struct session *session, struct session_record *record)
{
    *record = (struct session_record){
        .ehlo = session->ehlo,
        .greeting = session->greeting,
        .server_software = session->server_software,
        .auth = session->auth,
        .auth_count = session->auth_count,
        .messages = session->messages,
        .message_count = session->message_count,
        .messages_dropped = session->messages_dropped,
        .entries_dropped = session->entries_dropped,
        .marks = session->marks,
        .limits = session->limits,
        .quit_sent = session->quit_sent,
        .ends_in_content = session->ends_in_content,
        .has_gap = session->has_gap,
    };
    if (session->tls != NULL)
        record->tls = session->tls->facts;
}

enum status session_close(struct session *session, const struct tcp_summary *tcp,
                          const struct endpoint *client, const struct endpoint *server,
                          uint64_t ordinal, const struct session_record **out)
{
    struct session_record *record = &session->closing->record;

    arena_fetch(&session->arena);
    /* Nothing has a sequence as high: all that waits is settled as unanswered. */
    session->ends_unanswered = session_is_waiting(session);
    (void)session_settle(session, UINT64_MAX, NULL);
    tell_facts(session, record);
    record->tcp = tcp;
    if (session->status == STATUS_OK)
        session->status = session_expand(session);
    if (session->status != STATUS_OK)
        return session->status;
    record->ordinal = ordinal;
    record->client = *client;
    record->server = *server;
    record->service = service_of(server->port);
    record->started = tcp->first;
    record->ended = tcp->last;
    record->spans_captures = tcp->first.capture != tcp->last.capture;
    record->is_client_unseen = tcp->client.bytes == 0 && tcp->client.lost_bytes > 0;
    record->is_server_unseen = tcp->server.bytes == 0 && tcp->server.lost_bytes > 0;
    session_tls_finish(session);
    transaction_finish(session);
    session_decide(session);
    *out = record;
    return session->status;
}
