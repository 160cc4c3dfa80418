/* The fold: each event becomes an entry, and changes what is known of greeting, EHLO, AUTH and the
 * transactions. A command takes effect when its reply comes, so that pipelining changes nothing. */
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

/* 0 where the entry is not kept: its sequence is 0 then. */
static uint32_t number_of(const struct session *session, const struct entry *entry)
{
    return entry == NULL || entry->sequence == 0 ? 0 : (uint32_t)(entry - session->entries) + 1;
}

static void take_effect(struct session *session, const struct pending *command,
                        const struct entry *reply);

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
        take_effect(session, &oldest, NULL);
    }
    if (make_room(session) != STATUS_OK) {
        session->status = STATUS_NO_MEMORY;
        return;
    }
    session->pending[session->pending_count++] = *item;
}

static enum stage stage_of(enum smtp_verb verb)
{
    switch (verb) {
    case VERB_HELO:
    case VERB_EHLO:
    case VERB_LHLO:
        return STAGE_EHLO;
    case VERB_STARTTLS:
    case VERB_X_ANONYMOUSTLS:
        return STAGE_TLS;
    case VERB_AUTH:
        return STAGE_AUTH;
    case VERB_MAIL:
    case VERB_SEND:
    case VERB_SOML:
    case VERB_SAML:
        return STAGE_MAIL;
    case VERB_RCPT:
        return STAGE_RCPT;
    case VERB_DATA:
    case VERB_BDAT:
    case VERB_BURL:
    case VERB_END_OF_DATA:
        return STAGE_DATA;
    case VERB_QUIT:
        return STAGE_QUIT;
    case VERB_CONNECT:
        return STAGE_GREETING;
    case VERB_NONE:
    case VERB_UNKNOWN:
    case VERB_RSET:
    case VERB_NOOP:
    case VERB_VRFY:
    case VERB_EXPN:
    case VERB_HELP:
    case VERB_TURN:
    case VERB_ATRN:
    case VERB_ETRN:
    case VERB_XCLIENT:
    case VERB_XFORWARD:
    case VERB_COUNT:
        break;
    }
    return STAGE_CONNECT;
}

static void reach(struct session *session, enum smtp_verb verb)
{
    enum stage stage = stage_of(verb);

    if (stage > session->furthest)
        session->furthest = stage;
}

static void begin_auth(struct session *session, const struct smtp_event *event, uint32_t n)
{
    struct auth_attempt *attempt;

    if (session->record.auth_count == LIMIT_AUTH_ATTEMPTS) {
        session->record.limits |= SMTP_LIMIT_TEXT;
        return;
    }
    if (session->record.auth_count == session->auth_room) {
        size_t room = session->auth_room == 0 ? 2 : session->auth_room * 2;
        struct auth_attempt *auth = mem_realloc(session->auth, room * sizeof(*auth));

        if (auth == NULL) {
            session->status = STATUS_NO_MEMORY;
            return;
        }
        session->auth = auth;
        session->auth_room = room;
        session->record.auth = auth;
    }
    attempt = &session->auth[session->record.auth_count++];
    *attempt = (struct auth_attempt){
        .mechanism = session_keep(session, event->command.mechanism),
        .user = session_keep(session, event->command.identity),
        .result = AUTH_INCOMPLETE,
        .command = n,
    };
    session->auth_cancelled = false;
}

static void go_on_with_auth(struct session *session, const struct smtp_event *event)
{
    if (session->record.auth_count == 0)
        return;
    if (event->command.identity.len > 0)
        session->auth[session->record.auth_count - 1].user =
            session_keep(session, event->command.identity);
    if (slice_equal(event->command.line, slice_of_string("*")))
        session->auth_cancelled = true;
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
        item.n = number_of(session, entry);
    }
    session->last_was_421 = false;
    reach(session, event->command.verb);
    if (event->command.verb == VERB_QUIT)
        session->record.quit_sent = true;
    if (is_sasl)
        go_on_with_auth(session, event);
    else if (event->command.verb == VERB_AUTH)
        begin_auth(session, event, item.n);
    await(session, &item);
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

    if (content->is_last || !content->is_complete) {
        for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++)
            item.headers[i] = session_keep(session, content->headers[i]);
    }
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
        item.n = number_of(session, entry);
    }
    /* A content that the end cut off is told last, whatever was said meanwhile. */
    if (content->is_complete)
        session->last_was_421 = false;
    session->furthest = session->furthest < STAGE_DATA ? STAGE_DATA : session->furthest;
    if (!content->is_complete)
        session->record.ends_in_content = true;
    await(session, &item);
}

/* RFC 5321 4.3.1: the domain comes first in a greeting, its software somewhere after. */
static void take_greeting(struct session *session, const struct entry *entry)
{
    const struct entry_reply *reply = &entry->reply;

    session->record.greeting = number_of(session, entry);
    if (reply->code >= 400)
        session->refused_greeting = session->record.greeting;
    for (uint32_t i = 0; i < reply->line_count; i++) {
        if (reply->code == 220 &&
            slice_find_nocase(reply->lines[i], slice_of_string("SMTP")) != SLICE_NONE)
            session->speaks_smtp = true;
        if (session->record.server_software.len == 0)
            session->record.server_software = session_keep(session, software_in(reply->lines[i]));
    }
}

static struct slice argument_of(struct slice line)
{
    struct slice rest = line;

    (void)slice_next_word(&rest);
    return slice_trim(rest);
}

static void take_ehlo(struct session *session, const struct pending *command,
                      const struct entry *reply)
{
    struct ehlo *ehlo = &session->record.ehlo;
    uint32_t n = number_of(session, reply);

    if (reply->reply.code / 100 != 2) {
        session->refused_ehlo = n;
        return;
    }
    session->refused_ehlo = 0;
    session->speaks_smtp = session->speaks_smtp || reply->reply.code == 250;
    *ehlo = (struct ehlo){ .verb = command->verb, .name = argument_of(command->line), .reply = n };
    /* RFC 5321 4.1.1.1: the first line is the greeting, the others a keyword each. */
    if (command->verb != VERB_HELO && reply->reply.line_count > 1) {
        ehlo->extensions = reply->reply.lines + 1;
        ehlo->extension_count = reply->reply.line_count - 1;
    }
}

static void take_auth_reply(struct session *session, const struct entry *reply)
{
    struct auth_attempt *attempt;

    if (session->record.auth_count == 0)
        return;
    attempt = &session->auth[session->record.auth_count - 1];
    attempt->code = reply->reply.code;
    attempt->enhanced = reply->reply.enhanced;
    attempt->reply = number_of(session, reply);
    if (reply->reply.code == 334)
        return;
    if (reply->reply.code / 100 == 2) {
        attempt->result = AUTH_SUCCESS;
        session->refused_auth = 0;
    } else {
        attempt->result = session->auth_cancelled ? AUTH_CANCELLED : AUTH_FAILURE;
        session->refused_auth = attempt->reply;
    }
}

static struct answer answer_of(const struct session *session, const struct entry *reply)
{
    struct answer answer = {
        .n = number_of(session, reply),
        .code = reply->reply.code,
        .enhanced = reply->reply.enhanced,
        .place = reply->place,
    };

    if (reply->reply.line_count > 0)
        answer.text = reply->reply.lines[reply->reply.line_count - 1];
    return answer;
}

/* What a reply changes, now that it is known what it answers. */
static void take_effect(struct session *session, const struct pending *command,
                        const struct entry *reply)
{
    struct answer answer = { 0 };

    if (reply != NULL) {
        answer = answer_of(session, reply);
        if (stage_of(command->verb) == STAGE_EHLO)
            take_ehlo(session, command, reply);
        else if (command->verb == VERB_AUTH)
            take_auth_reply(session, reply);
        else if (smtp_verb_starts_tls(command->verb) && answer.code == 220)
            session->starttls_accepted = true;
        else if (smtp_verb_starts_tls(command->verb))
            session->refused_starttls = answer.n;
        else if (command->verb == VERB_QUIT)
            session->quit_answered = true;
    }
    transaction_command(session, command, &answer);
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
            take_effect(session, &item, NULL);
            continue;
        }
        entry =
            record_entry(&session->record, item.n) == NULL ? NULL : &session->entries[item.n - 1];
        if (entry != NULL && reply != NULL) {
            uint32_t n = number_of(session, reply);

            reply->reply.answers = item.n;
            if (entry->kind == ENTRY_DATA)
                entry->data.answered_by = n;
            else
                entry->command.answered_by = n;
        }
        take_effect(session, &item, reply);
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
        .longest_line = reply->longest_line,
    };
    mem_copy(entry->reply.code_text, reply->code_text, sizeof(reply->code_text));
    keep_lines(session, entry, reply);
}

/* LMTP's second reply to an end of data, and those after it: each speaks of one recipient. */
static void take_further_reply(struct session *session, uint64_t sequence, struct entry *reply)
{
    struct entry *content = entry_of(session, sequence);
    struct answer answer = answer_of(session, reply);

    if (content != NULL)
        reply->reply.answers = number_of(session, content);
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
        if (stage_of(event->reply.verb) == STAGE_EHLO)
            keep_lines(session, &unkept, &event->reply);
    }
    session->last_was_421 = event->reply.code == 421 && event->reply.verb == VERB_NONE;
    session->said_421 = event->place;
    reach(session, event->reply.verb == VERB_CONNECT ? VERB_CONNECT : VERB_NONE);
    if (event->reply.verb == VERB_CONNECT && entry != NULL)
        take_greeting(session, entry);
    if (event->reply.answers == 0)
        return;
    if (!settle(session, event->reply.answers, reply))
        take_further_reply(session, event->reply.answers, reply);
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
    session_tls_finish(session);
    transaction_finish(session);
    session_decide(session);
    *out = record;
    return session->status;
}
