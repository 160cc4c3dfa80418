/* The entries of a dialogue as JSON. Most of a report is this, so that each is written in as few
 * pieces as can be. */
#include "base/printable.h"
#include "report/json_parts.h"

static void line_end_member(struct json_emit *e, enum line_end end)
{
    switch (end) {
    case LINE_END_CRLF:
        EMIT_MEMBERS(e, "\"eol\":\"crlf\"");
        break;
    case LINE_END_LF:
        EMIT_MEMBERS(e, "\"eol\":\"lf\"");
        break;
    case LINE_END_CR:
        EMIT_MEMBERS(e, "\"eol\":\"cr\"");
        break;
    case LINE_END_NONE:
        EMIT_MEMBERS(e, "\"eol\":\"none\"");
        break;
    }
}

static void kind_members(struct json_emit *e, const struct entry *entry)
{
    if (entry->from == SIDE_CLIENT)
        EMIT_MEMBERS(e, "\"from\":\"client\"");
    else
        EMIT_MEMBERS(e, "\"from\":\"server\"");
    switch (entry->kind) {
    case ENTRY_COMMAND:
        EMIT_MEMBERS(e, "\"kind\":\"command\"");
        break;
    case ENTRY_SASL:
        EMIT_MEMBERS(e, "\"kind\":\"sasl\"");
        break;
    case ENTRY_REPLY:
        EMIT_MEMBERS(e, "\"kind\":\"reply\"");
        break;
    case ENTRY_DATA:
        EMIT_MEMBERS(e, "\"kind\":\"data\"");
        break;
    case ENTRY_TLS:
        EMIT_MEMBERS(e, "\"kind\":\"tls\"");
        break;
    case ENTRY_GAP:
        EMIT_MEMBERS(e, "\"kind\":\"gap\"");
        break;
    }
}

static void octets_member(struct json_emit *e, uint64_t octets)
{
    EMIT_KEY(e, "octets");
    emit_uint(e, octets);
}

static void command(struct json_emit *e, const struct entry *entry)
{
    EMIT_KEY(e, "verb");
    emit_name(e, smtp_verb_name(entry->verb));
    EMIT_KEY(e, "line");
    emit_wire(e, entry->command.line);
    octets_member(e, entry->octets);
    line_end_member(e, entry->end);
}

static void sasl(struct json_emit *e, const struct entry *entry)
{
    octets_member(e, entry->octets);
    line_end_member(e, entry->end);
    EMIT_KEY(e, "line");
    emit_wire(e, entry->command.line);
}

/* Code, the three octets where they are no number, and the enhanced code. */
static void reply_code(struct json_emit *e, const struct entry_reply *reply)
{
    struct slice text = slice_of(reply->code_text, sizeof(reply->code_text));

    EMIT_KEY(e, "code");
    emit_uint(e, reply->code);
    if (reply->code == 0) {
        EMIT_KEY(e, "code_text");
        /* NUL where the line was shorter than a code. */
        if (slice_find(text, 0, '\0') == SLICE_NONE)
            emit_wire(e, text);
        else
            emit_null(e);
    }
    EMIT_KEY(e, "enhanced");
    emit_enhanced(e, reply->enhanced);
}

static void part(struct json_emit *e, int64_t ns)
{
    if (ns < 0)
        emit_null(e);
    else
        emit_millis(e, ns);
}

static void latency_parts(struct json_emit *e, const struct latency_parts *parts)
{
    if (parts->network_ns < 0 && parts->server_ns < 0 && parts->client_ns < 0) {
        EMIT_MEMBERS(e, "\"latency_parts\":null");
        return;
    }
    EMIT_KEY(e, "latency_parts");
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "network_ms");
    part(e, parts->network_ns);
    EMIT_KEY(e, "server_ms");
    part(e, parts->server_ns);
    EMIT_KEY(e, "client_ms");
    part(e, parts->client_ns);
    emit_close(e);
}

static void reply(struct json_report *report, const struct session_record *record,
                  const struct entry *entry)
{
    struct json_emit *e = &report->emit;
    const struct entry_reply *reply = &entry->reply;

    reply_code(e, reply);
    EMIT_KEY(e, "lines");
    emit_open(e, EMIT_ARRAY);
    for (uint32_t i = 0; i < reply->line_count; i++)
        emit_wire(e, reply->lines[i]);
    emit_close(e);
    octets_member(e, entry->octets);
    EMIT_KEY(e, "verb");
    if (entry->verb == VERB_NONE)
        emit_null(e);
    else
        emit_name(e, smtp_verb_name(entry->verb));
    EMIT_KEY(e, "answers");
    emit_uint_or_null(e, reply->answers);
    EMIT_KEY(e, "latency_ms");
    part(e, reply->latency_ns);
    latency_parts(e, &reply->parts);
    json_annotation(report, record, entry);
}

static void data(struct json_emit *e, const struct entry *entry)
{
    EMIT_KEY(e, "verb");
    emit_name(e, smtp_verb_name(entry->verb));
    octets_member(e, entry->octets);
    EMIT_KEY(e, "lines");
    emit_uint(e, entry->data.lines);
    EMIT_KEY(e, "lost_octets");
    emit_uint(e, entry->data.lost_octets);
}

static void tls(struct json_emit *e, const struct entry *entry)
{
    EMIT_KEY(e, "event");
    emit_name(e, tls_event_name(entry->tls.event));
    EMIT_KEY(e, "detail");
    emit_wire_or_null(e, entry->tls.detail);
}

/* What the schema has only where it is true. */
static void exceptions(struct json_report *report, const struct session_record *record,
                       const struct entry *entry)
{
    struct json_emit *e = &report->emit;
    bool is_line =
        entry->kind == ENTRY_COMMAND || entry->kind == ENTRY_SASL || entry->kind == ENTRY_REPLY;

    if (entry->is_encrypted)
        EMIT_MEMBERS(e, "\"encrypted\":true");
    if (entry->is_cut && is_line)
        EMIT_MEMBERS(e, "\"continued\":true");
    if (entry->is_doubtful)
        EMIT_MEMBERS(e, "\"doubtful\":true");
    if (record->spans_captures) {
        EMIT_KEY(e, "capture");
        json_capture(report, entry->place.capture);
    }
}

/* What a usual entry takes beside its text: names, eleven numbers, and three of an enhanced code. */
enum { USUAL_TEXT_MAX = 4096, USUAL_ROOM = USUAL_TEXT_MAX + 14 * WRITTEN_NUMBER_MAX + 512 };

/* The only text of a command or a reply, if all of the entry is as nearly every one is. */
static bool is_usual(const struct session_record *record, const struct entry *entry,
                     struct slice *text)
{
    if (entry->end != LINE_END_CRLF || entry->is_encrypted || entry->is_cut || entry->is_doubtful ||
        record->spans_captures)
        return false;
    if (entry->kind == ENTRY_COMMAND && entry->from == SIDE_CLIENT)
        *text = entry->command.line;
    else if (entry->kind == ENTRY_REPLY && entry->from == SIDE_SERVER &&
             entry->reply.line_count == 1 && entry->reply.code != 0 && entry->verb != VERB_NONE)
        *text = entry->reply.lines[0];
    else
        return false;
    return text->len <= USUAL_TEXT_MAX && plain_length(*text) == text->len;
}

static uint8_t *write_name(uint8_t *to, const char *name)
{
    return write_slice(to, slice_of_string(name));
}

static uint8_t *write_part(uint8_t *to, int64_t ns)
{
    return ns < 0 ? WRITE_LITERAL(to, "null") : write_millis(to, ns);
}

static uint8_t *write_usual_command(uint8_t *to, const struct entry *entry, struct slice text)
{
    to = WRITE_LITERAL(to, ",\"from\":\"client\",\"kind\":\"command\",\"verb\":\"");
    to = write_name(to, smtp_verb_name(entry->verb));
    to = WRITE_LITERAL(to, "\",\"line\":\"");
    to = write_slice(to, text);
    to = WRITE_LITERAL(to, "\",\"octets\":");
    to = write_uint(to, entry->octets);
    return WRITE_LITERAL(to, ",\"eol\":\"crlf\"");
}

static uint8_t *write_usual_times(uint8_t *to, const struct entry_reply *reply)
{
    const struct latency_parts *parts = &reply->parts;

    to = WRITE_LITERAL(to, ",\"latency_ms\":");
    to = write_part(to, reply->latency_ns);
    if (parts->network_ns < 0 && parts->server_ns < 0 && parts->client_ns < 0)
        return WRITE_LITERAL(to, ",\"latency_parts\":null");
    to = WRITE_LITERAL(to, ",\"latency_parts\":{\"network_ms\":");
    to = write_part(to, parts->network_ns);
    to = WRITE_LITERAL(to, ",\"server_ms\":");
    to = write_part(to, parts->server_ns);
    to = WRITE_LITERAL(to, ",\"client_ms\":");
    to = write_part(to, parts->client_ns);
    return WRITE_LITERAL(to, "}");
}

static uint8_t *write_usual_reply(uint8_t *to, const struct entry *entry, struct slice text)
{
    const struct entry_reply *reply = &entry->reply;

    to = WRITE_LITERAL(to, ",\"from\":\"server\",\"kind\":\"reply\",\"code\":");
    to = write_uint(to, reply->code);
    to = WRITE_LITERAL(to, ",\"enhanced\":");
    to = reply->enhanced.class == 0 ? WRITE_LITERAL(to, "null")
                                    : write_enhanced(to, reply->enhanced);
    to = WRITE_LITERAL(to, ",\"lines\":[\"");
    to = write_slice(to, text);
    to = WRITE_LITERAL(to, "\"],\"octets\":");
    to = write_uint(to, entry->octets);
    to = WRITE_LITERAL(to, ",\"verb\":\"");
    to = write_name(to, smtp_verb_name(entry->verb));
    to = WRITE_LITERAL(to, "\",\"answers\":");
    to = reply->answers == 0 ? WRITE_LITERAL(to, "null") : write_uint(to, reply->answers);
    return write_usual_times(to, reply);
}

/* The members of a usual entry, as those of any other would be, in one piece. */
static void usual_members(struct json_report *report, const struct session_record *record,
                          uint32_t n, struct slice text)
{
    struct json_emit *e = &report->emit;
    const struct entry *entry = &record->entries[n - 1];
    uint8_t *to = emit_reserve(e, USUAL_ROOM);

    to = WRITE_LITERAL(to, "\"n\":");
    to = write_uint(to, n);
    to = WRITE_LITERAL(to, ",\"frame\":");
    to = write_uint(to, entry->place.frame);
    to = WRITE_LITERAL(to, ",\"t_ms\":");
    to = write_millis(to, stamp_between(record->started.at, entry->place.at));
    if (entry->kind == ENTRY_COMMAND) {
        emit_wrote_members(e, write_usual_command(to, entry, text));
    } else {
        emit_wrote_members(e, write_usual_reply(to, entry, text));
        json_annotation(report, record, entry);
    }
}

static void any_members(struct json_report *report, const struct session_record *record, uint32_t n)
{
    struct json_emit *e = &report->emit;
    const struct entry *entry = &record->entries[n - 1];

    EMIT_KEY(e, "n");
    emit_uint(e, n);
    EMIT_KEY(e, "frame");
    emit_uint(e, entry->place.frame);
    EMIT_KEY(e, "t_ms");
    emit_millis(e, stamp_between(record->started.at, entry->place.at));
    kind_members(e, entry);
    switch (entry->kind) {
    case ENTRY_COMMAND:
        command(e, entry);
        break;
    case ENTRY_SASL:
        sasl(e, entry);
        break;
    case ENTRY_REPLY:
        reply(report, record, entry);
        break;
    case ENTRY_DATA:
        data(e, entry);
        break;
    case ENTRY_TLS:
        tls(e, entry);
        break;
    case ENTRY_GAP:
        octets_member(e, entry->octets);
        break;
    }
    exceptions(report, record, entry);
}

static void entry_object(struct json_report *report, const struct session_record *record,
                         uint32_t n)
{
    struct slice text;

    emit_open(&report->emit, EMIT_OBJECT);
    if (is_usual(record, &record->entries[n - 1], &text))
        usual_members(report, record, n, text);
    else
        any_members(report, record, n);
    emit_close(&report->emit);
}

void json_dialogue(struct json_report *report, const struct session_record *record)
{
    struct json_emit *e = &report->emit;

    EMIT_KEY(e, "dialogue");
    emit_open(e, EMIT_ARRAY);
    for (uint32_t n = 1; n <= record->entry_count; n++)
        entry_object(report, record, n);
    emit_close(e);
    if (record->entries_dropped > 0)
        EMIT_MEMBERS(e, "\"dialogue_truncated\":true");
}
