/* A transcript, line by line -> a session's record. A small fold of its own: the tests of findings
 * and reports do not hang on session/. */
#include "support/record_builder.h"

#include <check.h>

#include "base/mem.h"

#define ROUND_TRIP INT64_C(400000)

static struct slice keep(struct record_builder *b, struct slice s)
{
    enum status status = STATUS_OK;
    struct slice kept = arena_copy(&b->arena, s, &status);

    ck_assert_int_eq(status, STATUS_OK);
    return kept;
}

/* Room for one element more in `list`. */
static void *grow(void *list, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return list;
    *room = *room == 0 ? 16 : *room * 2;
    list = mem_realloc(list, *room * size);
    ck_assert_ptr_nonnull(list);
    return list;
}

static struct endpoint endpoint_of(uint8_t last, uint16_t port)
{
    return (struct endpoint){
        .address = { .version = 4, .octets = { 192, 0, 2, last } },
        .port = port,
    };
}

static struct place here(const struct record_builder *b)
{
    return (struct place){ .at = b->now, .frame = b->frame };
}

void record_begin(struct record_builder *b)
{
    *b = (struct record_builder){
        .step = STAMP_MILLISECOND,
        .now = { RECORD_START },
        .frame = 1,
    };
    b->record = (struct session_record){
        .ordinal = 1,
        .client = endpoint_of(10, 51022),
        .server = endpoint_of(25, 25),
        .service = SERVICE_SMTP,
        .started = here(b),
        .tcp = &b->tcp,
    };
    b->tcp = (struct tcp_summary){
        .handshake = TCP_HANDSHAKE_COMPLETE,
        .client_is_certain = true,
        .round_trip_ns = ROUND_TRIP,
        .syn_count = 1,
        .first = here(b),
        .client = { .packets = 2 },
        .server = { .packets = 1 },
    };
    b->frame = 3; /* the handshake */
    b->now.ns += ROUND_TRIP;
}

void record_wait(struct record_builder *b, int64_t ns)
{
    b->now.ns += ns;
}

static struct entry *add(struct record_builder *b, enum entry_kind kind, enum side from)
{
    struct session_record *record = &b->record;
    struct tcp_direction *direction = from == SIDE_CLIENT ? &b->tcp.client : &b->tcp.server;
    struct entry *entry;

    b->entries = grow(b->entries, record->entry_count, &b->entry_room, sizeof *b->entries);
    record->entries = b->entries;
    entry = &b->entries[record->entry_count++];
    b->now.ns += b->step;
    b->frame++;
    *entry = (struct entry){ .kind = kind, .from = from, .place = here(b), .begin = here(b) };
    entry->sequence = record->entry_count;
    direction->packets++;
    direction->data_segments++;
    return entry;
}

static uint32_t number_of(const struct record_builder *b, const struct entry *entry)
{
    return (uint32_t)(entry - b->entries) + 1;
}

static void await_reply(struct record_builder *b, const struct entry *entry, enum smtp_verb verb)
{
    ck_assert_uint_lt(b->waiting_count, RECORD_WAITING_MAX);
    b->waiting[b->waiting_count++] =
        (struct record_waiting){ .n = number_of(b, entry), .verb = verb };
}

/* The address between angle brackets after the colon of MAIL and RCPT. */
static struct slice address_in(struct slice line)
{
    size_t open = slice_find(line, 0, '<');
    size_t close = open == SLICE_NONE ? SLICE_NONE : slice_find(line, open, '>');

    if (close == SLICE_NONE)
        return slice_of(NULL, 0);
    return slice_part(line, open + 1, close - open - 1);
}

static struct message *newest_message(struct record_builder *b)
{
    return b->record.message_count == 0 ? NULL : &b->messages[b->record.message_count - 1];
}

static void begin_message(struct record_builder *b, const struct entry *entry)
{
    struct session_record *record = &b->record;

    b->messages = grow(b->messages, record->message_count, &b->message_room, sizeof *b->messages);
    record->messages = b->messages;
    b->messages[record->message_count++] = (struct message){
        .has_from = true,
        .from = address_in(entry->command.line),
        .mail = number_of(b, entry),
        .began = entry->place,
        .ended = entry->place,
    };
    b->has_transaction = true;
}

static void add_recipient(struct record_builder *b, const struct entry *entry)
{
    struct message *message = newest_message(b);
    uint32_t count;

    if (!b->has_transaction || message == NULL)
        return;
    count = message->recipient_count++;
    message->recipients =
        mem_realloc(message->recipients, message->recipient_count * sizeof *message->recipients);
    ck_assert_ptr_nonnull(message->recipients);
    message->recipients[count] = (struct recipient){
        .address = address_in(entry->command.line),
        .command = number_of(b, entry),
    };
}

static void begin_auth(struct record_builder *b, const struct entry *entry)
{
    struct session_record *record = &b->record;
    struct slice rest = entry->command.line;

    (void)slice_next_word(&rest);
    b->auth = grow(b->auth, record->auth_count, &b->auth_room, sizeof *b->auth);
    record->auth = b->auth;
    b->auth[record->auth_count++] = (struct auth_attempt){
        .mechanism = slice_next_word(&rest),
        .result = AUTH_INCOMPLETE,
        .command = number_of(b, entry),
    };
}

struct entry *record_client_octets(struct record_builder *b, struct slice line)
{
    struct entry *entry = add(b, ENTRY_COMMAND, SIDE_CLIENT);

    entry->command.line = keep(b, line);
    entry->verb = smtp_verb_of(line);
    entry->octets = line.len + 2;
    b->tcp.client.bytes += entry->octets;
    if (entry->verb == VERB_MAIL)
        begin_message(b, entry);
    else if (entry->verb == VERB_RCPT)
        add_recipient(b, entry);
    else if (entry->verb == VERB_AUTH)
        begin_auth(b, entry);
    else if (entry->verb == VERB_QUIT)
        b->record.quit_sent = true;
    if (entry->verb != VERB_BDAT)
        await_reply(b, entry, entry->verb);
    return entry;
}

struct entry *record_client(struct record_builder *b, const char *line)
{
    return record_client_octets(b, slice_of_string(line));
}

struct entry *record_sasl(struct record_builder *b, const char *line)
{
    struct entry *entry = add(b, ENTRY_SASL, SIDE_CLIENT);

    entry->verb = VERB_AUTH;
    entry->command.line = keep(b, slice_of_string(line));
    entry->octets = entry->command.line.len + 2;
    b->tcp.client.bytes += entry->octets;
    await_reply(b, entry, VERB_AUTH);
    return entry;
}

/* Cuts the lines of a reply; the last one's code is the reply's. */
static void fill_reply(struct record_builder *b, struct entry *entry, struct slice text)
{
    struct entry_reply *reply = &entry->reply;
    struct slice *lines;
    uint32_t count = 1;

    for (size_t at = 0; at < text.len; at++)
        count += text.data[at] == '\n';
    lines = arena_alloc(&b->arena, count * sizeof *lines);
    ck_assert_ptr_nonnull(lines);
    for (uint32_t i = 0; i < count; i++) {
        size_t end = slice_find(text, 0, '\n');
        struct slice line = slice_part(text, 0, end);
        bool has_code = line.len >= 3 && ascii_is_digit(line.data[0]) &&
                        ascii_is_digit(line.data[1]) && ascii_is_digit(line.data[2]);

        if (has_code) {
            mem_copy(reply->code_text, line.data, 3);
            reply->code = (uint16_t)((line.data[0] - '0') * 100 + (line.data[1] - '0') * 10 +
                                     (line.data[2] - '0'));
        }
        lines[i] = has_code ? slice_from(line, 4) : line;
        (void)enhanced_code_parse(lines[i], &reply->enhanced);
        if (line.len + 2 > reply->longest_line)
            reply->longest_line = line.len + 2;
        entry->octets += line.len + 2;
        text = slice_from(text, end == SLICE_NONE ? text.len : end + 1);
    }
    reply->lines = lines;
    reply->line_count = count;
    entry->reply.latency_ns = -1;
    entry->reply.ack_ns = -1;
    entry->reply.parts = (struct latency_parts){ -1, -1, -1 };
}

static enum verdict verdict_of(const struct entry *entry)
{
    return entry->reply.code < 300 ? VERDICT_ACCEPTED : VERDICT_REFUSED;
}

static void take_transaction_reply(struct record_builder *b, const struct entry *entry)
{
    struct message *message = newest_message(b);
    uint32_t n = number_of(b, entry);

    if (message == NULL)
        return;
    if (entry->verb == VERB_MAIL) {
        message->mail_verdict = verdict_of(entry);
    } else if (entry->verb == VERB_RCPT) {
        for (uint32_t i = 0; i < message->recipient_count; i++) {
            struct recipient *recipient = &message->recipients[i];

            if (recipient->command != entry->reply.answers)
                continue;
            recipient->reply = n;
            recipient->code = entry->reply.code;
            recipient->enhanced = entry->reply.enhanced;
            recipient->verdict = verdict_of(entry);
        }
        return;
    }
    if (entry->verb == VERB_END_OF_DATA || entry->verb == VERB_BDAT) {
        message->verdict = verdict_of(entry);
        message->code = entry->reply.code;
        message->enhanced = entry->reply.enhanced;
        message->end_reply = n;
        message->ended = entry->place;
    }
    if ((entry->verb == VERB_MAIL || entry->verb == VERB_DATA) && entry->reply.code >= 400) {
        message->verdict = VERDICT_REFUSED;
        message->refusal_code = entry->reply.code;
        message->refused_at = entry->verb == VERB_MAIL ? STAGE_MAIL : STAGE_DATA;
    }
}

static void take_ehlo_reply(struct record_builder *b, const struct entry *entry)
{
    const struct entry *command = record_entry(&b->record, entry->reply.answers);
    struct ehlo *ehlo = &b->record.ehlo;
    struct slice rest = command->command.line;

    if (entry->reply.code != 250)
        return;
    (void)slice_next_word(&rest);
    *ehlo = (struct ehlo){
        .verb = entry->verb,
        .name = slice_next_word(&rest),
        .extensions = entry->reply.lines + 1,
        .extension_count = entry->reply.line_count - 1,
        .reply = number_of(b, entry),
    };
}

static void take_auth_reply(struct record_builder *b, const struct entry *entry)
{
    struct auth_attempt *auth =
        b->record.auth_count == 0 ? NULL : &b->auth[b->record.auth_count - 1];

    if (auth == NULL || entry->reply.code == 334)
        return;
    auth->code = entry->reply.code;
    auth->enhanced = entry->reply.enhanced;
    auth->reply = number_of(b, entry);
    auth->result = entry->reply.code < 300 ? AUTH_SUCCESS : AUTH_FAILURE;
}

static void take_answer(struct record_builder *b, struct entry *entry,
                        const struct record_waiting *waiting)
{
    struct entry *asked = &b->entries[waiting->n - 1];

    entry->verb = waiting->verb;
    entry->reply.answers = waiting->n;
    entry->reply.latency_ns = stamp_between(asked->place.at, entry->place.at);
    if (asked->kind == ENTRY_DATA)
        asked->data.answered_by = number_of(b, entry);
    else
        asked->command.answered_by = number_of(b, entry);
    if (waiting->verb == VERB_EHLO || waiting->verb == VERB_HELO || waiting->verb == VERB_LHLO)
        take_ehlo_reply(b, entry);
    else if (waiting->verb == VERB_AUTH)
        take_auth_reply(b, entry);
    else
        take_transaction_reply(b, entry);
}

struct entry *record_server_octets(struct record_builder *b, struct slice lines)
{
    struct entry *entry = add(b, ENTRY_REPLY, SIDE_SERVER);

    fill_reply(b, entry, keep(b, lines));
    b->tcp.server.bytes += entry->octets;
    if (b->record.greeting == 0) {
        b->record.greeting = number_of(b, entry);
        entry->verb = VERB_CONNECT;
        entry->reply.latency_ns = stamp_between(b->record.started.at, entry->place.at);
    } else if (b->waiting_count > 0) {
        struct record_waiting waiting = b->waiting[0];

        b->waiting_count--;
        mem_move(b->waiting, b->waiting + 1, b->waiting_count * sizeof b->waiting[0]);
        take_answer(b, entry, &waiting);
    }
    return entry;
}

struct entry *record_server(struct record_builder *b, const char *lines)
{
    return record_server_octets(b, slice_of_string(lines));
}

struct entry *record_unsolicited(struct record_builder *b, const char *lines)
{
    struct entry *entry = add(b, ENTRY_REPLY, SIDE_SERVER);

    fill_reply(b, entry, keep(b, slice_of_string(lines)));
    b->tcp.server.bytes += entry->octets;
    return entry;
}

static struct entry *add_content(struct record_builder *b, enum smtp_verb verb, uint32_t command)
{
    struct entry *entry = add(b, ENTRY_DATA, SIDE_CLIENT);
    struct content_facts *facts = arena_alloc(&b->arena, sizeof *facts);
    struct message *message = newest_message(b);

    ck_assert_ptr_nonnull(facts);
    entry->verb = verb;
    entry->data = (struct entry_data){
        .facts = facts,
        .command = command,
        .message = message == NULL ? 0 : b->record.message_count - 1,
        .is_last = true,
        .is_complete = true,
    };
    if (message != NULL) {
        message->via = verb;
        if (message->begin == 0)
            message->begin = command;
    }
    return entry;
}

static void count_octets(struct record_builder *b, struct entry *entry, uint64_t octets)
{
    struct message *message = newest_message(b);

    entry->octets = octets;
    b->tcp.client.bytes += octets;
    if (message != NULL) {
        message->octets += octets;
        message->is_complete = entry->data.is_last;
    }
}

struct entry *record_content(struct record_builder *b, uint64_t octets, uint64_t lines)
{
    struct entry *entry = add_content(b, VERB_DATA, b->record.entry_count - 1);

    entry->data.lines = lines;
    count_octets(b, entry, octets);
    await_reply(b, entry, VERB_END_OF_DATA);
    return entry;
}

struct entry *record_chunk(struct record_builder *b, uint64_t lines)
{
    struct entry *entry = add_content(b, VERB_BDAT, b->record.entry_count);
    struct slice rest = b->entries[entry->data.command - 1].command.line;

    (void)slice_next_word(&rest);
    ck_assert(slice_to_u64(slice_next_word(&rest), &entry->data.declared));
    entry->data.is_last = slice_equal_nocase(slice_next_word(&rest), slice_of_string("LAST"));
    entry->data.lines = lines;
    count_octets(b, entry, entry->data.declared);
    await_reply(b, entry, VERB_BDAT);
    return entry;
}

struct entry *record_tls(struct record_builder *b, enum tls_mode mode, uint16_t version,
                         const char *sni, uint64_t client_octets, uint64_t server_octets)
{
    struct tls_record_facts *tls = &b->record.tls;
    struct entry *entry;

    *tls = (struct tls_record_facts){
        .mode = mode,
        .handshake = TLS_HANDSHAKE_COMPLETE,
        .version = version,
        .sni = sni == NULL ? slice_of(NULL, 0) : keep(b, slice_of_string(sni)),
        .client_spoke = true,
        .server_spoke = true,
        .client_octets = client_octets,
        .server_octets = server_octets,
    };
    b->tcp.client.bytes += client_octets;
    b->tcp.server.bytes += server_octets;
    entry = add(b, ENTRY_TLS, SIDE_CLIENT);
    entry->tls = (struct entry_tls){ .event = TLS_EVENT_CLIENT_HELLO, .detail = tls->sni };
    tls->first_entry = number_of(b, entry);
    add(b, ENTRY_TLS, SIDE_SERVER)->tls.event = TLS_EVENT_SERVER_HELLO;
    entry = add(b, ENTRY_TLS, SIDE_CLIENT);
    entry->tls.event = TLS_EVENT_ESTABLISHED;
    return entry;
}

struct entry *record_gap(struct record_builder *b, enum side from, uint64_t octets)
{
    struct entry *entry = add(b, ENTRY_GAP, from);
    struct tcp_direction *direction = from == SIDE_CLIENT ? &b->tcp.client : &b->tcp.server;

    entry->octets = octets;
    entry->is_doubtful = true;
    direction->gaps++;
    direction->lost_bytes += octets;
    b->record.has_gap = true;
    return entry;
}

const struct session_record *record_finish(struct record_builder *b, enum outcome outcome,
                                           enum stage stage)
{
    struct session_record *record = &b->record;

    b->now.ns += b->step;
    b->frame++;
    record->outcome = outcome;
    record->stage = stage;
    record->ended = here(b);
    b->tcp.close = TCP_CLOSE_FIN;
    b->tcp.closed_by = TCP_CLOSED_BY_CLIENT;
    b->tcp.last = here(b);
    b->tcp.first_close = here(b);
    for (uint32_t i = 0; i < record->entry_count; i++)
        record->marks |= record->entries[i].marks;
    return record;
}

void record_clear(struct record_builder *b)
{
    for (uint32_t i = 0; i < b->record.message_count; i++)
        mem_free(b->messages[i].recipients);
    mem_free(b->messages);
    mem_free(b->entries);
    mem_free(b->auth);
    arena_clear(&b->arena);
    *b = (struct record_builder){ .step = 0 };
}
