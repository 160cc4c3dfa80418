/* One session as one JSON object, field by field as the schema lists them. */
#include "report/json_session.h"

#include "base/digits.h"
#include "base/hash.h"
#include "base/mem.h"
#include "catalog/tls_names.h"
#include "net/encapsulation.h"
#include "net/endpoint.h"
#include "report/json_parts.h"

enum { ALERT_TEXT_MAX = 24 };

enum status json_report_init(struct json_report *report, FILE *out,
                             const struct report_options *options)
{
    *report = (struct json_report){ .options = *options };
    if (json_annotations_new(&report->annotations) != STATUS_OK)
        return STATUS_NO_MEMORY;
    if (json_emit_init(&report->emit, out) != STATUS_OK) {
        json_annotations_free(report->annotations);
        return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

void json_report_clear(struct json_report *report)
{
    json_annotations_free(report->annotations);
    json_emit_clear(&report->emit);
}

void json_code_or_null(struct json_emit *e, uint16_t code)
{
    emit_uint_or_null(e, code >= 200 && code <= 599 ? code : 0);
}

void json_capture(struct json_report *report, uint32_t capture)
{
    const struct capture_names *names = &report->options.captures;

    emit_wire(&report->emit, slice_of_string(names->name(names->context, capture)));
}

static void time_member(struct json_report *report, const struct place *place)
{
    const struct capture_names *names = &report->options.captures;

    emit_time(&report->emit, place->at,
              names->is_fine(names->context, place->capture) ? EMIT_NANOSECONDS
                                                             : EMIT_MICROSECONDS);
}

/* How an endpoint is written, which is done in two places. */
struct spelling {
    char address[ADDRESS_TEXT_MAX];
    char port[DIGITS_MAX];
    size_t address_len;
    size_t port_len;
};

static void spell(struct spelling *out, const struct endpoint *endpoint)
{
    out->address_len = address_text(&endpoint->address, out->address);
    out->port_len = digits_decimal(out->port, endpoint->port);
}

/* Wireshark's conversation filter. Where both ends share an address or a port, "any of the two is
 * it" would say too little. */
static void filter_member(struct json_emit *e, const struct session_record *record,
                          const struct spelling *client, const struct spelling *server)
{
    struct slice ip = slice_of_string(record->client.address.version == 6 ? "ipv6" : "ip");
    bool same_address = address_equal(&record->client.address, &record->server.address);
    bool same_port = record->client.port == record->server.port;
    const struct slice words[] = {
        ip,
        slice_of_string(same_address ? ".src == " : ".addr == "),
        slice_of(client->address, client->address_len),
        slice_of_string(" && "),
        ip,
        slice_of_string(same_address ? ".dst == " : ".addr == "),
        slice_of(server->address, server->address_len),
        slice_of_string(same_port ? " && tcp.srcport == " : " && tcp.port == "),
        slice_of(client->port, client->port_len),
        slice_of_string(same_port ? " && tcp.dstport == " : " && tcp.port == "),
        slice_of(server->port, server->port_len),
    };

    EMIT_KEY(e, "wireshark_filter");
    emit_words(e, words, sizeof(words) / sizeof(words[0]));
}

static void encapsulation_member(struct json_emit *e, const struct encapsulation *way)
{
    if (way->count == 0)
        return;
    EMIT_KEY(e, "encapsulation");
    emit_open(e, EMIT_ARRAY);
    for (uint8_t i = 0; i < way->count; i++) {
        char text[LAYER_TEXT_MAX];

        (void)layer_text(&way->layers[i], text);
        emit_name(e, text);
    }
    emit_close(e);
}

static void endpoint_object(struct json_emit *e, const struct endpoint *endpoint,
                            const struct spelling *spelling)
{
    struct slice address = slice_of(spelling->address, spelling->address_len);

    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "ip");
    emit_words(e, &address, 1);
    EMIT_KEY(e, "port");
    emit_uint(e, endpoint->port);
    emit_close(e);
}

static struct flow_end flow_end_of(const struct endpoint *endpoint)
{
    return (struct flow_end){
        .address = slice_of(endpoint->address.octets, endpoint->address.version == 6 ? 16 : 4),
        .port = endpoint->port,
    };
}

static void community_member(struct json_emit *e, const struct session_record *record)
{
    char community[COMMUNITY_ID_TEXT_MAX];
    size_t len =
        community_id(flow_end_of(&record->client), flow_end_of(&record->server), community);

    EMIT_KEY(e, "community_id");
    /* Without SHA-1, as on a machine that forbids it: still of the form that readers expect. */
    emit_name(e, len > 0 ? community : "1:unavailable");
}

static void identity_members(struct json_report *report, const struct session_record *record)
{
    struct json_emit *e = &report->emit;
    struct spelling client;
    struct spelling server;

    spell(&client, &record->client);
    spell(&server, &record->server);
    EMIT_MEMBERS(e, "\"schema\":\"smtpscope.session/1\"");
    EMIT_KEY(e, "session");
    emit_uint(e, record->ordinal);
    community_member(e, record);
    EMIT_KEY(e, "capture");
    json_capture(report, record->started.capture);
    filter_member(e, record, &client, &server);
    encapsulation_member(e, &record->tcp->encapsulation);
    EMIT_KEY(e, "client");
    endpoint_object(e, &record->client, &client);
    EMIT_KEY(e, "server");
    endpoint_object(e, &record->server, &server);
    EMIT_KEY(e, "service");
    emit_name(e, service_name(record->service));
    EMIT_KEY(e, "started");
    time_member(report, &record->started);
    EMIT_KEY(e, "ended");
    time_member(report, &record->ended);
    EMIT_KEY(e, "duration_ms");
    emit_millis(e, stamp_between(record->started.at, record->ended.at));
    EMIT_KEY(e, "outcome");
    emit_name(e, outcome_name(record->outcome));
    EMIT_KEY(e, "stage");
    emit_name(e, stage_name(record->stage));
}

static void diagnosis_member(struct json_emit *e, const struct diagnosis *diagnosis)
{
    EMIT_KEY(e, "diagnosis");
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "severity");
    emit_name(e, severity_name(diagnosis->severity));
    EMIT_KEY(e, "summary");
    emit_wire(e, slice_of(diagnosis->summary, diagnosis->summary_len));
    EMIT_KEY(e, "n");
    emit_uint_or_null(e, diagnosis->n);
    EMIT_KEY(e, "code");
    json_code_or_null(e, diagnosis->code);
    EMIT_KEY(e, "enhanced");
    emit_enhanced(e, diagnosis->enhanced);
    EMIT_KEY(e, "when_seen");
    emit_string(e, diagnosis->when_seen);
    EMIT_KEY(e, "fix");
    emit_string(e, diagnosis->fix);
    EMIT_KEY(e, "reference");
    emit_string(e, diagnosis->reference);
    emit_close(e);
}

static void direction_object(struct json_emit *e, const struct tcp_direction *direction)
{
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "packets");
    emit_uint(e, direction->packets);
    EMIT_KEY(e, "bytes");
    emit_uint(e, direction->bytes);
    EMIT_KEY(e, "retransmissions");
    emit_uint(e, direction->retransmissions);
    EMIT_KEY(e, "out_of_order");
    emit_uint(e, direction->out_of_order);
    EMIT_KEY(e, "gaps");
    emit_uint(e, direction->gaps);
    EMIT_KEY(e, "lost_bytes");
    emit_uint(e, direction->lost_bytes);
    EMIT_KEY(e, "zero_windows");
    emit_uint(e, direction->zero_windows);
    EMIT_KEY(e, "checksum_errors");
    emit_uint(e, direction->checksum_errors);
    EMIT_KEY(e, "overlap_conflicts");
    emit_uint(e, direction->overlap_conflicts);
    emit_close(e);
}

static void closed_by_member(struct json_emit *e, enum tcp_closed_by closed_by)
{
    EMIT_KEY(e, "closed_by");
    switch (closed_by) {
    case TCP_CLOSED_BY_NOBODY:
        emit_null(e);
        break;
    case TCP_CLOSED_BY_CLIENT:
        emit_name(e, "client");
        break;
    case TCP_CLOSED_BY_SERVER:
        emit_name(e, "server");
        break;
    case TCP_CLOSED_BY_BOTH:
        emit_name(e, "both");
        break;
    }
}

static void tcp_member(struct json_emit *e, const struct tcp_summary *tcp)
{
    EMIT_KEY(e, "tcp");
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "handshake");
    emit_name(e, tcp_handshake_name(tcp->handshake));
    EMIT_KEY(e, "close");
    emit_name(e, tcp_close_name(tcp->close));
    EMIT_KEY(e, "rtt_ms");
    if (tcp->round_trip_ns < 0)
        emit_null(e);
    else
        emit_millis(e, tcp->round_trip_ns);
    EMIT_KEY(e, "client");
    direction_object(e, &tcp->client);
    EMIT_KEY(e, "server");
    direction_object(e, &tcp->server);
    closed_by_member(e, tcp->closed_by);
    emit_close(e);
}

/* An alert that IANA's registry does not hold is told by its number. */
static void alert_member(struct json_emit *e, const struct tls_record_facts *tls)
{
    const char *name = tls_alert_name(tls->alert_code);
    char number[ALERT_TEXT_MAX];

    EMIT_KEY(e, "alert");
    if (!tls->alert_known) {
        emit_null(e);
        return;
    }
    if (name == NULL) {
        (void)snprintf(number, sizeof(number), "alert %u", (unsigned)tls->alert_code);
        name = number;
    }
    emit_name(e, name);
}

static void tls_member(struct json_emit *e, const struct tls_record_facts *tls)
{
    EMIT_KEY(e, "tls");
    if (tls->mode == TLS_NONE) {
        emit_null(e);
        return;
    }
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "mode");
    emit_name(e, tls_mode_name(tls->mode));
    EMIT_KEY(e, "handshake");
    emit_name(e, tls_handshake_name(tls->handshake));
    EMIT_KEY(e, "version");
    emit_string(e, tls_version_name(tls->version));
    EMIT_KEY(e, "cipher");
    emit_string(e, tls_cipher_name(tls->cipher));
    EMIT_KEY(e, "sni");
    emit_wire_or_null(e, tls->sni);
    EMIT_KEY(e, "alpn");
    emit_wire_or_null(e, tls->alpn);
    EMIT_KEY(e, "resumed");
    if (tls->resumed_known)
        emit_bool(e, tls->resumed);
    else
        emit_null(e);
    EMIT_MEMBERS(e, "\"certificate\":null,\"decrypted\":false");
    alert_member(e, tls);
    EMIT_KEY(e, "client_octets");
    emit_uint(e, tls->client_octets);
    EMIT_KEY(e, "server_octets");
    emit_uint(e, tls->server_octets);
    emit_close(e);
}

static void ehlo_member(struct json_emit *e, const struct ehlo *ehlo)
{
    EMIT_KEY(e, "ehlo");
    if (ehlo->verb == VERB_NONE) {
        emit_null(e);
        return;
    }
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "verb");
    emit_name(e, smtp_verb_name(ehlo->verb));
    EMIT_KEY(e, "name");
    emit_wire(e, ehlo->name);
    EMIT_KEY(e, "extensions");
    emit_open(e, EMIT_ARRAY);
    for (uint32_t i = 0; i < ehlo->extension_count; i++)
        emit_wire(e, ehlo->extensions[i]);
    emit_close(e);
    emit_close(e);
}

static void auth_member(struct json_emit *e, const struct session_record *record)
{
    EMIT_KEY(e, "auth");
    emit_open(e, EMIT_ARRAY);
    for (uint32_t i = 0; i < record->auth_count; i++) {
        const struct auth_attempt *attempt = &record->auth[i];

        emit_open(e, EMIT_OBJECT);
        EMIT_KEY(e, "mechanism");
        emit_wire(e, attempt->mechanism);
        EMIT_KEY(e, "user");
        emit_wire_or_null(e, attempt->user);
        EMIT_KEY(e, "result");
        emit_name(e, auth_result_name(attempt->result));
        EMIT_KEY(e, "code");
        json_code_or_null(e, attempt->code);
        EMIT_KEY(e, "enhanced");
        emit_enhanced(e, attempt->enhanced);
        EMIT_KEY(e, "encrypted");
        emit_bool(e, attempt->is_encrypted);
        emit_close(e);
    }
    emit_close(e);
}

static void finding_object(struct json_report *report, const struct session_record *record,
                           const struct finding *finding)
{
    struct json_emit *e = &report->emit;

    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "id");
    emit_name(e, finding->rule->id);
    EMIT_KEY(e, "severity");
    emit_name(e, severity_name(finding->severity));
    EMIT_KEY(e, "message");
    emit_wire(e, slice_of(finding->message, finding->message_len));
    EMIT_KEY(e, "fix");
    emit_text(e, slice_of_string(finding->rule->fix));
    EMIT_KEY(e, "reference");
    emit_text(e, slice_of_string(finding->reference));
    EMIT_KEY(e, "n");
    emit_uint_or_null(e, finding->n);
    EMIT_KEY(e, "frame");
    emit_uint_or_null(e, finding->frame);
    EMIT_KEY(e, "count");
    emit_uint(e, finding->count);
    EMIT_KEY(e, "confidence");
    emit_string(e, finding->confidence);
    if (record->spans_captures && finding->frame > 0) {
        EMIT_KEY(e, "capture");
        json_capture(report, finding->capture);
    }
    emit_close(e);
}

static void findings_member(struct json_report *report, const struct report_session *session)
{
    struct json_emit *e = &report->emit;

    EMIT_KEY(e, "findings");
    emit_open(e, EMIT_ARRAY);
    for (uint32_t i = 0; i < session->findings->count; i++)
        finding_object(report, session->record, &session->findings->list[i]);
    emit_close(e);
}

void json_session(struct json_report *report, const struct report_session *session)
{
    struct json_emit *e = &report->emit;
    const struct session_record *record = session->record;

    emit_open(e, EMIT_OBJECT);
    identity_members(report, record);
    diagnosis_member(e, session->diagnosis);
    EMIT_KEY(e, "server_software");
    emit_wire_or_null(e, record->server_software);
    tcp_member(e, record->tcp);
    tls_member(e, &record->tls);
    ehlo_member(e, &record->ehlo);
    json_extensions(report, record);
    auth_member(e, record);
    json_messages(report, record);
    json_dialogue(report, record);
    findings_member(report, session);
    emit_close(e);
}
