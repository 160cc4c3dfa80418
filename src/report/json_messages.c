/* The messages of a session as JSON. */
#include "report/header_text.h"
#include "report/json_parts.h"

/* Parameters of one command that are named: real ones have under ten, and the command line itself
 * stands in the dialogue. It bounds the search for names that stand twice. */
enum { PARAMETERS_MAX = 256 };

/* Longest header text that is shown: RFC 5322 2.1.1 allows a line 998 octets, and a field of more
 * than a few of them is no Subject. */
enum { HEADER_TEXT_MAX = 8192 };

void json_verdict(struct json_emit *e, enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_UNKNOWN:
        emit_null(e);
        break;
    case VERDICT_ACCEPTED:
        emit_bool(e, true);
        break;
    case VERDICT_REFUSED:
        emit_bool(e, false);
        break;
    }
}

static bool stands_before(const struct parameters *params, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++) {
        if (slice_equal_nocase(params->list[k].name, params->list[i].name))
            return true;
    }
    return false;
}

/* Keywords are not case-sensitive (RFC 5321 4.1.2): written in upper case, each once, as first
 * sent. */
static void params_member(struct json_emit *e, const struct parameters *params)
{
    uint32_t count = params->count < PARAMETERS_MAX ? params->count : PARAMETERS_MAX;

    if (count == 0)
        return;
    EMIT_KEY(e, "params");
    emit_open(e, EMIT_OBJECT);
    for (uint32_t i = 0; i < count; i++) {
        if (stands_before(params, i))
            continue;
        emit_key_wire_upper(e, params->list[i].name);
        emit_wire(e, params->list[i].value);
    }
    emit_close(e);
}

static void recipient(struct json_emit *e, const struct recipient *recipient)
{
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "address");
    emit_wire(e, recipient->address);
    params_member(e, &recipient->params);
    EMIT_KEY(e, "code");
    json_code_or_null(e, recipient->code);
    EMIT_KEY(e, "enhanced");
    emit_enhanced(e, recipient->enhanced);
    EMIT_KEY(e, "accepted");
    json_verdict(e, recipient->verdict);
    emit_close(e);
}

static void header_member(struct json_report *report, const char *name, struct slice body)
{
    struct json_emit *e = &report->emit;
    struct buf text = buf_of(HEADER_TEXT_MAX);

    if (body.len == 0)
        return;
    emit_key_wire(e, slice_of_string(name));
    if (header_text_decode(body, &text) == STATUS_OK)
        emit_text(e, buf_view(&text));
    else
        emit_null(e);
    buf_clear(&text);
}

static void headers_member(struct json_report *report, const struct message *message)
{
    struct json_emit *e = &report->emit;

    EMIT_KEY(e, "headers");
    emit_open(e, EMIT_OBJECT);
    header_member(report, "from", message->headers[HEADER_FROM]);
    header_member(report, "to", message->headers[HEADER_TO]);
    header_member(report, "subject", message->headers[HEADER_SUBJECT]);
    header_member(report, "date", message->headers[HEADER_DATE]);
    emit_close(e);
}

static void envelope_members(struct json_emit *e, const struct message *message)
{
    EMIT_KEY(e, "from");
    if (message->has_from)
        emit_wire(e, message->from);
    else
        emit_null(e);
    params_member(e, &message->params);
    EMIT_KEY(e, "recipients");
    emit_open(e, EMIT_ARRAY);
    for (uint32_t i = 0; i < message->recipient_count; i++)
        recipient(e, &message->recipients[i]);
    emit_close(e);
}

static void readings_member(struct json_emit *e, const struct readings *readings)
{
    if (readings->lenient == 0)
        return;
    EMIT_KEY(e, "readings");
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "strict");
    emit_uint(e, readings->strict);
    EMIT_KEY(e, "lenient");
    emit_uint(e, readings->lenient);
    emit_close(e);
}

static void message_object(struct json_report *report, const struct message *message)
{
    struct json_emit *e = &report->emit;

    emit_open(e, EMIT_OBJECT);
    envelope_members(e, message);
    EMIT_KEY(e, "via");
    if (message->via == VERB_NONE)
        emit_null(e);
    else
        emit_name(e, smtp_verb_name(message->via));
    EMIT_KEY(e, "octets");
    emit_uint(e, message->octets);
    EMIT_KEY(e, "lost_octets");
    emit_uint(e, message->lost_octets);
    EMIT_KEY(e, "code");
    json_code_or_null(e, message->code);
    EMIT_KEY(e, "enhanced");
    emit_enhanced(e, message->enhanced);
    EMIT_KEY(e, "accepted");
    json_verdict(e, message->verdict);
    EMIT_KEY(e, "complete");
    emit_bool(e, message->is_complete);
    EMIT_KEY(e, "message_id");
    emit_wire_or_null(e, message->message_id);
    EMIT_KEY(e, "queue_id");
    emit_wire_or_null(e, message->queue_id);
    readings_member(e, &message->readings);
    if (report->options.with_headers)
        headers_member(report, message);
    EMIT_KEY(e, "duration_ms");
    emit_millis(e, stamp_between(message->began.at, message->ended.at));
    emit_close(e);
}

void json_messages(struct json_report *report, const struct session_record *record)
{
    struct json_emit *e = &report->emit;

    EMIT_KEY(e, "messages");
    emit_open(e, EMIT_ARRAY);
    for (uint32_t i = 0; i < record->message_count; i++)
        message_object(report, &record->messages[i]);
    emit_close(e);
}
