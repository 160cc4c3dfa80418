/* The top of a session: when, who, service, how long; what decided it; what was found. */
#include <inttypes.h>

#include "net/endpoint.h"
#include "report/escape.h"
#include "report/human.h"
#include "report/text_parts.h"
#include "report/width.h"

/* "WARNING" and two spaces: where the text of diagnoses and findings begins. */
enum { SEVERITY_COLUMNS = 9 };

/* Octets of a name that are shown in the header; honest ones are shorter. */
enum { NAME_SHOWN = 64 };

enum role text_severity_role(enum severity severity)
{
    switch (severity) {
    case SEVERITY_OK:
        return ROLE_GOOD;
    case SEVERITY_INFO:
        return ROLE_NOTE;
    case SEVERITY_WARNING:
        return ROLE_WARN;
    case SEVERITY_ERROR:
        break;
    }
    return ROLE_BAD;
}

static const char *severity_heading(enum severity severity)
{
    switch (severity) {
    case SEVERITY_OK:
        return "OK";
    case SEVERITY_INFO:
        return "INFO";
    case SEVERITY_WARNING:
        return "WARNING";
    case SEVERITY_ERROR:
        break;
    }
    return "ERROR";
}

static const char *service_text(enum service service)
{
    switch (service) {
    case SERVICE_SMTP:
        return "SMTP";
    case SERVICE_SUBMISSION:
        return "submission";
    case SERVICE_SUBMISSIONS:
        return "submissions (TLS)";
    case SERVICE_OTHER:
        break;
    }
    return "other port";
}

/* A piece of the header, on a line of its own where it no longer fits. */
static void piece(struct layout *l, enum role role, struct slice text, size_t indent)
{
    if (layout_column(l) + 2 + text_width(text) > l->columns) {
        layout_end(l);
        layout_pad(l, indent);
        layout_hang_at(l, indent + 2);
    } else {
        layout_text(l, ROLE_PLAIN, "  ");
    }
    layout_piece(l, role, text);
}

static void string_piece(struct layout *l, enum role role, const char *text, size_t indent)
{
    piece(l, role, slice_of_string(text), indent);
}

/* The zone is named with the first time of a report, and again where it changes. */
static void time_piece(struct text_report *report, struct stamp at, size_t indent)
{
    struct human time = human_time(at, report->options.zone);
    struct human zone = human_zone(at, report->options.zone);

    string_piece(&report->layout, ROLE_PLAIN, time.text, indent);
    if (!slice_equal(slice_of_string(zone.text), slice_of_string(report->zone))) {
        layout_text(&report->layout, ROLE_PLAIN, " ");
        layout_foreign(&report->layout, ROLE_PLAIN, zone.text);
        (void)snprintf(report->zone, sizeof report->zone, "%.15s", zone.text);
    }
}

/* The name that a server gives itself in its greeting; empty where that is no domain. */
static struct slice server_name(const struct session_record *record)
{
    const struct entry *greeting = record_entry(record, record->greeting);
    struct slice text;
    struct slice word;

    if (greeting == NULL || greeting->reply.line_count == 0)
        return slice_of(NULL, 0);
    text = greeting->reply.lines[0];
    word = slice_next_word(&text);
    return slice_find(word, 0, '.') == SLICE_NONE ? slice_of(NULL, 0) : word;
}

static void put_name(struct text_sink *sink, struct slice name)
{
    escape_terminal(sink, slice_part(name, 0, NAME_SHOWN));
    if (name.len > NAME_SHOWN)
        text_sink_put(sink, slice_of_string("…"));
}

/* What they call themselves: the client in EHLO, the server in its greeting. */
static void names_piece(struct text_report *report, const struct session_record *record,
                        size_t indent)
{
    uint8_t room[ESCAPE_GROWTH_MAX * 4 * NAME_SHOWN];
    struct text_sink sink = text_sink_of(room, sizeof room);
    struct slice client = record->ehlo.name;
    struct slice server = server_name(record);
    struct slice software = record->server_software;

    if (client.len + server.len + software.len == 0)
        return;
    text_sink_put(&sink, slice_of_string("("));
    put_name(&sink, client.len > 0 ? client : slice_of_string("client"));
    text_sink_put(&sink, slice_of_string(" → "));
    put_name(&sink, server.len > 0 ? server : slice_of_string("server"));
    if (software.len > 0) {
        text_sink_put(&sink, slice_of_string(", "));
        put_name(&sink, software);
    }
    text_sink_put(&sink, slice_of_string(")"));
    piece(&report->layout, ROLE_DIM, text_sink_view(&sink), indent);
}

static void capture_line(struct text_report *report, const struct session_record *record,
                         size_t indent)
{
    const struct capture_names *captures = &report->options.captures;
    struct layout *l = &report->layout;

    report->names_captures |= record->started.capture != 0 || record->ended.capture != 0;
    if (captures->name == NULL ||
        !(report->names_captures || report->options.detail == DETAIL_FULL))
        return;
    layout_pad(l, indent);
    layout_hang(l);
    layout_foreign(l, ROLE_DIM, captures->name(captures->context, record->started.capture));
    layout_format(l, ROLE_DIM, ", frame %" PRIu64, record->started.frame);
    if (record->ended.frame != record->started.frame || record->spans_captures)
        layout_format(l, ROLE_DIM, " to %" PRIu64, record->ended.frame);
    if (record->ended.capture != record->started.capture) {
        layout_text(l, ROLE_DIM, " of ");
        layout_foreign(l, ROLE_DIM, captures->name(captures->context, record->ended.capture));
    }
    layout_end(l);
}

void text_header(struct text_report *report, const struct report_session *session)
{
    const struct session_record *record = session->record;
    struct layout *l = &report->layout;
    char client[ENDPOINT_TEXT_MAX];
    char server[ENDPOINT_TEXT_MAX];
    char both[2 * ENDPOINT_TEXT_MAX + 8];
    size_t indent;

    (void)endpoint_text(&record->client, client);
    (void)endpoint_text(&record->server, server);
    (void)snprintf(both, sizeof both, "%s → %s", client, server);
    layout_rule(l);
    layout_format(l, ROLE_STRONG, "Session %" PRIu64, record->ordinal);
    indent = layout_column(l) + 2;
    time_piece(report, record->started.at, indent);
    string_piece(l, ROLE_PLAIN, service_text(record->service), indent);
    string_piece(l, ROLE_PLAIN,
                 human_duration(stamp_between(record->started.at, record->ended.at)).text, indent);
    string_piece(l, ROLE_STRONG, both, indent);
    names_piece(report, record, indent);
    layout_end(l);
    capture_line(report, record, indent);
}

void text_diagnosis(struct text_report *report, const struct report_session *session)
{
    const struct diagnosis *diagnosis = session->diagnosis;
    const struct entry *entry = record_entry(session->record, diagnosis->n);
    struct layout *l = &report->layout;
    struct annotation annotation = {
        .when_seen = diagnosis->when_seen,
        .fix = diagnosis->fix,
        .reference = diagnosis->reference,
    };

    layout_blank(l);
    layout_text(l, text_severity_role(diagnosis->severity), severity_heading(diagnosis->severity));
    layout_pad(l, SEVERITY_COLUMNS);
    layout_hang(l);
    layout_wire(l, ROLE_STRONG, slice_of(diagnosis->summary, diagnosis->summary_len));
    if (entry != NULL)
        layout_format(l, ROLE_DIM, " (frame %" PRIu64 ")", entry->place.frame);
    layout_end_prose(l);
    /* Once is enough of a session that needs nothing done. */
    text_explain(report, &annotation,
                 diagnosis->severity == SEVERITY_OK ? TEXT_AGAIN_LEAVE_OUT : TEXT_AGAIN_REFER,
                 SEVERITY_COLUMNS, session->record->ordinal);
}

static void finding_place(struct layout *l, const struct finding *finding,
                          enum report_detail detail)
{
    const char *separator = " (";

    if (finding->count > 1) {
        layout_format(l, ROLE_DIM, "%s%s, first", separator,
                      human_counted(finding->count, "time", "times").text);
        separator = " at ";
    }
    if (finding->frame != 0) {
        layout_format(l, ROLE_DIM, "%sframe %" PRIu64, separator, finding->frame);
        separator = ", ";
    }
    if (detail == DETAIL_FULL && finding->n != 0) {
        layout_format(l, ROLE_DIM, "%sentry %" PRIu32, separator, finding->n);
        separator = ", ";
    }
    if (finding->reference != NULL) {
        layout_text(l, ROLE_DIM, separator[1] == '(' ? separator : "; ");
        layout_foreign(l, ROLE_DIM, finding->reference);
        separator = ", ";
    }
    if (separator[1] != '(')
        layout_text(l, ROLE_DIM, ")");
}

static void finding_text(struct text_report *report, const struct finding *finding,
                         uint64_t session)
{
    struct layout *l = &report->layout;
    bool in_full = report->options.detail == DETAIL_FULL;
    bool is_explained;

    layout_text(l, text_severity_role(finding->severity), severity_name(finding->severity));
    layout_pad(l, SEVERITY_COLUMNS);
    layout_hang_at(l, SEVERITY_COLUMNS + 2);
    layout_foreign(l, ROLE_STRONG, finding->rule->id);
    layout_text(l, ROLE_PLAIN, ": ");
    layout_wire(l, ROLE_PLAIN, slice_of(finding->message, finding->message_len));
    finding_place(l, finding, report->options.detail);
    layout_end_prose(l);
    if (in_full && finding->rule->meaning != NULL) {
        layout_pad(l, SEVERITY_COLUMNS + 2);
        layout_hang(l);
        layout_foreign(l, ROLE_PLAIN, finding->rule->meaning);
        layout_end_prose(l);
    }
    is_explained = explained_at(&report->explained,
                                explained_mix(EXPLAINED_BEGIN, slice_of_string(finding->rule->id)),
                                session) != 0;
    if (finding->rule->fix != NULL && (in_full || !is_explained)) {
        layout_pad(l, SEVERITY_COLUMNS + 2);
        layout_hang(l);
        layout_foreign(l, ROLE_DIM,
                       catalog_labels(report->options.catalog, report->options.language)->fix);
        layout_text(l, ROLE_DIM, ": ");
        layout_foreign(l, ROLE_PLAIN, finding->rule->fix);
        layout_end_prose(l);
    }
    if (finding->confidence != NULL) {
        layout_pad(l, SEVERITY_COLUMNS + 2);
        layout_hang(l);
        layout_text(l, ROLE_DIM, "May be wrong: ");
        layout_foreign(l, ROLE_DIM, finding->confidence);
        layout_end_prose(l);
    }
}

void text_findings(struct text_report *report, const struct report_session *session)
{
    if (session->findings->count > 0)
        layout_blank(&report->layout);
    for (uint32_t i = 0; i < session->findings->count; i++)
        finding_text(report, &session->findings->list[i], session->record->ordinal);
}
