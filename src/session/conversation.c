/* One conversation a connection: chunks go to its dialogue, the dialogue's events to its session. */
#include "session/conversation.h"

#include <stdalign.h>
#include <stddef.h>

#include "base/mem.h"
#include "base/spares.h"
#include "session/session_state.h"
#include "smtp/dialog.h"

/* How much of a connection on any port is read before it must have spoken SMTP: a greeting, an
 * EHLO and its reply are far shorter. */
#define RECOGNITION_OCTETS 16384

/* Octets of a session's texts and notes for which no memory beside the conversation's is asked: who
 * is turned away at once needs no more. */
enum { FIRST_TEXTS = 320 };

/* Conversations that are over, whose memory waits for the next: 48 KiB at the most. */
enum { SPARE_CONVERSATIONS = 32 };

struct conversations {
    struct conversation_options options;
    struct record_sink sink;
    struct smtp_shared shared; /* by their dialogues */
    struct closing closing;    /* of the session that ended last */
    struct spares blocks;      /* in which a conversation stands */
    uint64_t recognised;       /* sessions so far, under any_port */
    struct conversation
        *first; /* of those that are open: where reading is given up they are left */
};

/* One block of memory, from a line of the cache on: what lies together is fetched together. Behind it
 * lies the first block of the session's arena. */
struct conversation {
    struct conversations *owner;
    struct conversation *next;
    struct conversation *previous;
    const struct connection *connection;
    uint64_t ordinal; /* 0: not recognised yet */
    uint64_t octets;  /* read before that */
    bool is_dropped;
    bool is_tls_told[2]; /* by enum side, to the observer */
    alignas(MEM_LINE) struct session session;
    alignas(MEM_LINE) uint8_t dialog[SMTP_DIALOG_OCTETS];
    alignas(max_align_t) uint8_t texts[];
};

static struct smtp_dialog *dialog_of(struct conversation *conversation)
{
    return (struct smtp_dialog *)(void *)conversation->dialog;
}

enum status conversations_new(struct conversations **out,
                              const struct conversation_options *options,
                              const struct record_sink *sink)
{
    struct conversations *conversations = mem_alloc(sizeof(*conversations));

    if (conversations == NULL)
        return STATUS_NO_MEMORY;
    *conversations = (struct conversations){
        .options = *options,
        .sink = *sink,
        .blocks = {
            .size = sizeof(struct conversation) + sizeof(struct arena_block) + FIRST_TEXTS,
            .has_lines = true,
            .most = SPARE_CONVERSATIONS,
        },
    };
    *out = conversations;
    return STATUS_OK;
}

static void link_in(struct conversation *conversation)
{
    struct conversations *owner = conversation->owner;

    conversation->next = owner->first;
    conversation->previous = NULL;
    if (owner->first != NULL)
        owner->first->previous = conversation;
    owner->first = conversation;
}

static void conversation_free(struct conversation *conversation)
{
    struct conversation *next = conversation->next;

    if (next != NULL)
        next->previous = conversation->previous;
    if (conversation->previous != NULL)
        conversation->previous->next = next;
    else
        conversation->owner->first = next;
    smtp_dialog_clear(dialog_of(conversation));
    session_clear(&conversation->session);
    spares_give(&conversation->owner->blocks, conversation);
}

void conversations_free(struct conversations *conversations)
{
    while (conversations != NULL && conversations->first != NULL)
        conversation_free(conversations->first);
    if (conversations != NULL) {
        smtp_shared_clear(&conversations->shared);
        closing_clear(&conversations->closing);
        spares_clear(&conversations->blocks);
    }
    mem_free(conversations);
}

static enum status observe(struct conversation *conversation, const struct smtp_event *event)
{
    const struct conversation_observer *observer = &conversation->owner->options.observer;

    if (conversation->ordinal == 0)
        return STATUS_OK;
    if (event->kind == SMTP_EVENT_OPAQUE) {
        if (conversation->is_tls_told[event->from])
            return STATUS_OK;
        conversation->is_tls_told[event->from] = true;
    }
    return observer->event(observer->context, connection_client(conversation->connection),
                           connection_server(conversation->connection), event);
}

/* Where nobody watches, the session alone is touched. */
static enum status take_event(void *session, const struct smtp_event *event)
{
    return session_apply(session, event);
}

static enum status take_watched_event(void *context, const struct smtp_event *event)
{
    struct conversation *conversation = context;
    enum status status = session_apply(&conversation->session, event);

    return status == STATUS_OK ? observe(conversation, event) : status;
}

static struct smtp_event_sink sink_of(struct conversation *conversation)
{
    if (conversation->owner->options.observer.event == NULL)
        return (struct smtp_event_sink){ .context = &conversation->session, .event = take_event };
    return (struct smtp_event_sink){ .context = conversation, .event = take_watched_event };
}

static enum status conversation_new(struct conversation **out, struct conversations *owner,
                                    const struct connection *connection)
{
    struct conversation *conversation = spares_take(&owner->blocks);
    struct smtp_dialog_options options = {
        .shows_secrets = owner->options.shows_secrets,
        .is_midstream = connection_is_midstream(connection),
        .shared = &owner->shared,
    };
    struct smtp_event_sink sink;
    struct place first = connection_first(connection);

    if (conversation == NULL)
        return STATUS_NO_MEMORY;
    conversation->owner = owner;
    link_in(conversation);
    conversation->connection = connection;
    conversation->ordinal = owner->options.any_port ? 0 : connection_ordinal(connection);
    conversation->octets = 0;
    conversation->is_dropped = false;
    conversation->is_tls_told[SIDE_CLIENT] = false;
    conversation->is_tls_told[SIDE_SERVER] = false;
    sink = sink_of(conversation);
    session_init(&conversation->session, &first, &owner->closing);
    conversation->session.arena =
        arena_in((struct arena_block *)(void *)conversation->texts, FIRST_TEXTS);
    if (smtp_dialog_init(dialog_of(conversation), &options, &sink) != STATUS_OK) {
        conversation_free(conversation);
        return STATUS_NO_MEMORY;
    }
    session_follow(&conversation->session, connection);
    *out = conversation;
    return STATUS_OK;
}

/* A line that begins with three digits and a separator: servers speak so, clients do not. */
static bool is_reply_shaped(struct slice octets)
{
    return octets.len >= 4 && ascii_is_digit(octets.data[0]) && ascii_is_digit(octets.data[1]) &&
           ascii_is_digit(octets.data[2]) && (octets.data[3] == ' ' || octets.data[3] == '-');
}

/* Under any_port: a connection that has not spoken SMTP by now is none of ours. */
static void recognise(struct conversation *conversation, struct connection *connection,
                      const struct chunk *chunk)
{
    if (conversation->ordinal != 0)
        return;
    if (session_speaks_smtp(&conversation->session)) {
        conversation->ordinal = ++conversation->owner->recognised;
        return;
    }
    conversation->octets += chunk->data.len;
    if (conversation->octets > RECOGNITION_OCTETS) {
        conversation->is_dropped = true;
        connection_drop(connection);
    }
}

static enum status take_chunk(void *context, struct connection *connection,
                              const struct chunk *chunk)
{
    struct conversations *conversations = context;
    struct conversation *conversation = connection_user(connection);
    struct chunk turned;
    enum status status;

    if (conversation == NULL) {
        status = conversation_new(&conversation, conversations, connection);
        if (status != STATUS_OK)
            return status;
        connection_set_user(connection, conversation);
        if (chunk->from == SIDE_CLIENT && !connection_client_is_certain(connection) &&
            is_reply_shaped(chunk->data)) {
            connection_swap_sides(connection);
            turned = *chunk;
            turned.from = SIDE_SERVER;
            chunk = &turned;
        }
    }
    /* Of the rest of the conversation nothing is touched, where the port tells what it is. */
    if (!conversations->options.any_port)
        return smtp_dialog_feed(dialog_of(conversation), chunk);
    if (conversation->is_dropped)
        return STATUS_OK;
    status = smtp_dialog_feed(dialog_of(conversation), chunk);
    recognise(conversation, connection, chunk);
    return status;
}

/* FIN and RST change nothing before the connection ends: the other side may still speak. */
static enum status take_closed(void *context, struct connection *connection, enum side side,
                               const struct place *place)
{
    (void)context;
    (void)connection;
    (void)side;
    (void)place;
    return STATUS_OK;
}

/* A connection without payload: an attempt at a session. */
static enum status tell_attempt(struct conversations *conversations,
                                const struct connection *connection,
                                const struct tcp_summary *summary)
{
    const struct session_record *record;
    struct session *session;
    enum status status;

    if (conversations->options.any_port)
        return STATUS_OK;
    if (session_new(&session, &summary->first) != STATUS_OK)
        return STATUS_NO_MEMORY;
    status = session_close(session, summary, connection_client(connection),
                           connection_server(connection), connection_ordinal(connection), &record);
    if (status == STATUS_OK)
        status = conversations->sink.record(conversations->sink.context, record);
    session_free(session);
    return status;
}

static enum status take_ended(void *context, struct connection *connection,
                              const struct tcp_summary *summary)
{
    struct conversations *conversations = context;
    struct conversation *conversation = connection_user(connection);
    const struct session_record *record;
    enum status status;

    if (conversation == NULL)
        return tell_attempt(conversations, connection, summary);
    connection_set_user(connection, NULL);
    status = smtp_dialog_finish(dialog_of(conversation), &summary->last);
    if (conversation->ordinal == 0 && session_speaks_smtp(&conversation->session))
        conversation->ordinal = ++conversations->recognised;
    if (status == STATUS_OK && conversation->ordinal != 0) {
        status = session_close(&conversation->session, summary, connection_client(connection),
                               connection_server(connection), conversation->ordinal, &record);
        if (status == STATUS_OK)
            status = conversations->sink.record(conversations->sink.context, record);
    }
    conversation_free(conversation);
    return status;
}

/* What a line needs of the block first; then what it adds to; then what TLS is read with. */
static bool expect_chunk(struct conversation *conversation, unsigned step)
{
    const struct session *session = &conversation->session;

    switch (step) {
    case 0:
        mem_fetch(session, SESSION_HOT);
        mem_fetch(conversation->dialog, SMTP_DIALOG_HOT);
        return true;
    case 1:
        session_fetch(session);
        smtp_dialog_fetch(dialog_of(conversation));
        return session->tls != NULL;
    default:
        /* It may be another session by now. */
        if (session->tls != NULL)
            tls_hello_reader_fetch(session->tls->reader);
        return false;
    }
}

/* All of it is looked at: of the arena's blocks, each of which tells where the one before is, one at
 * a step. `size`: of the block that the conversation stands in. */
static bool expect_end(const struct conversation *conversation, size_t size, unsigned step)
{
    if (step > 0)
        return arena_fetch_block(&conversation->session.arena, step - 1);
    mem_fetch(conversation, size);
    return true;
}

static bool expect(void *context, const struct connection *connection, enum tracker_expected what,
                   unsigned step)
{
    const struct conversations *conversations = context;
    struct conversation *conversation = connection_user(connection);

    return what == TRACKER_EXPECTED_CHUNK
               ? expect_chunk(conversation, step)
               : expect_end(conversation, conversations->blocks.size, step);
}

struct tracker_sink conversations_tracker_sink(struct conversations *conversations)
{
    return (struct tracker_sink){
        .context = conversations,
        .chunk = take_chunk,
        .closed = take_closed,
        .ended = take_ended,
        .expect = expect,
    };
}
