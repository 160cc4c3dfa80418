/* The formats json (one report) and ndjson (a line a session). */
#include "base/mem.h"
#include "net/decode.h"
#include "report/json_session.h"
#include "report/tally.h"

/* Both writers: `base` first, so that a pointer to one is a pointer to the other. */
struct json_writer {
    struct report_writer base;
    struct json_report report;
};

static struct json_writer *json_writer_of(struct report_writer *writer)
{
    return (struct json_writer *)writer;
}

static void writer_free(struct report_writer *writer)
{
    struct json_writer *json = json_writer_of(writer);

    json_report_clear(&json->report);
    mem_free(json);
}

static struct report_writer *writer_new(FILE *out, const struct report_options *options,
                                        const struct report_writer *table)
{
    struct json_writer *json = mem_calloc(1, sizeof(*json));

    if (json == NULL)
        return NULL;
    json->base = *table;
    if (json_report_init(&json->report, out, options) != STATUS_OK) {
        mem_free(json);
        return NULL;
    }
    return &json->base;
}

static enum status ndjson_begin(struct report_writer *writer)
{
    return json_writer_of(writer)->report.emit.status;
}

/* A line is the stream's at once; whether somebody is to see it at once is for the stream's owner to
 * say. */
static enum status ndjson_session(struct report_writer *writer,
                                  const struct report_session *session)
{
    struct json_report *report = &json_writer_of(writer)->report;

    json_session(report, session);
    emit_line_end(&report->emit);
    emit_drain(&report->emit);
    return json_emit_status(&report->emit);
}

static enum status ndjson_end(struct report_writer *writer, const struct report_input *input,
                              const struct tally *tally)
{
    (void)input;
    (void)tally;
    return json_emit_flush(&json_writer_of(writer)->report.emit);
}

struct report_writer *ndjson_writer_new(FILE *out, const struct report_options *options)
{
    static const struct report_writer table = {
        .begin = ndjson_begin,
        .session = ndjson_session,
        .end = ndjson_end,
        .free = writer_free,
    };

    return writer_new(out, options, &table);
}

static enum status report_open(struct report_writer *writer)
{
    struct json_emit *e = &json_writer_of(writer)->report.emit;

    emit_open(e, EMIT_OBJECT);
    EMIT_MEMBERS(e, "\"schema\":\"smtpscope.report/1\"");
    EMIT_MEMBERS(e, "\"tool\":{\"name\":\"smtpscope\",\"version\":\"" SMTPSCOPE_VERSION "\"}");
    EMIT_KEY(e, "sessions");
    emit_open(e, EMIT_ARRAY);
    return e->status;
}

static enum status report_add(struct report_writer *writer, const struct report_session *session)
{
    struct json_report *report = &json_writer_of(writer)->report;

    emit_line_break(&report->emit);
    json_session(report, session);
    return report->emit.status;
}

static void time_or_null(struct json_report *report, const struct report_input *input,
                         const struct place *place)
{
    const struct capture_names *names = &report->options.captures;

    if (!input->has_times)
        emit_null(&report->emit);
    else
        emit_time(&report->emit, place->at,
                  names->is_fine(names->context, place->capture) ? EMIT_NANOSECONDS
                                                                 : EMIT_MICROSECONDS);
}

static void undecoded_member(struct json_emit *e, const struct report_input *input)
{
    if (input->undecoded_count == 0)
        return;
    EMIT_KEY(e, "undecoded");
    emit_open(e, EMIT_ARRAY);
    for (size_t i = 0; i < input->undecoded_count; i++) {
        const struct report_undecoded *row = &input->undecoded[i];

        emit_open(e, EMIT_OBJECT);
        EMIT_KEY(e, "reason");
        emit_name(e, skip_reason_name(row->reason));
        EMIT_KEY(e, "link_type");
        emit_uint(e, (uint64_t)row->link_type);
        EMIT_KEY(e, "link_name");
        if (row->link_name == NULL)
            emit_null(e);
        else
            emit_name(e, row->link_name);
        EMIT_KEY(e, "packets");
        emit_uint(e, row->packets);
        emit_close(e);
    }
    emit_close(e);
}

static void fragments_member(struct json_emit *e, const struct fragment_counts *fragments)
{
    if (fragments->overlapping == 0 && fragments->tiny == 0)
        return;
    EMIT_KEY(e, "fragments");
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "overlapping");
    emit_uint(e, fragments->overlapping);
    EMIT_KEY(e, "tiny");
    emit_uint(e, fragments->tiny);
    emit_close(e);
}

static void input_member(struct json_report *report, const struct report_input *input)
{
    struct json_emit *e = &report->emit;

    EMIT_KEY(e, "input");
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "captures");
    emit_open(e, EMIT_ARRAY);
    for (size_t i = 0; i < input->capture_count; i++)
        emit_wire(e, slice_of_string(input->captures[i]));
    emit_close(e);
    EMIT_KEY(e, "packets");
    emit_uint(e, input->packets);
    EMIT_KEY(e, "octets");
    emit_uint(e, input->octets);
    EMIT_KEY(e, "first");
    time_or_null(report, input, &input->first);
    EMIT_KEY(e, "last");
    time_or_null(report, input, &input->last);
    EMIT_KEY(e, "skipped");
    emit_open(e, EMIT_OBJECT);
    for (unsigned reason = SKIP_NONE + 1; reason < SKIP_REASON_COUNT; reason++) {
        if (input->skipped[reason] == 0)
            continue;
        emit_key_wire(e, slice_of_string(skip_reason_name((enum skip_reason)reason)));
        emit_uint(e, input->skipped[reason]);
    }
    emit_close(e);
    undecoded_member(e, input);
    fragments_member(e, &input->fragments);
    if (input->is_live) {
        EMIT_KEY(e, "dropped_by_kernel");
        emit_uint(e, input->dropped_by_kernel);
        EMIT_KEY(e, "dropped_by_interface");
        emit_uint(e, input->dropped_by_interface);
    }
    emit_close(e);
}

static void replies_member(struct json_emit *e, const struct tally_totals *totals)
{
    const size_t codes = sizeof(totals->replies) / sizeof(totals->replies[0]);

    EMIT_KEY(e, "replies");
    emit_open(e, EMIT_OBJECT);
    for (size_t code = 0; code < codes; code++) {
        char text[8];

        if (totals->replies[code] == 0)
            continue;
        (void)snprintf(text, sizeof(text), "%zu", code);
        emit_key_wire(e, slice_of_string(text));
        emit_uint(e, totals->replies[code]);
    }
    emit_close(e);
}

static void findings_member(struct json_emit *e, const struct tally *tally)
{
    size_t count = 0;
    const struct tally_row *rows = tally_rows(tally, TALLY_FINDINGS, SIZE_MAX, &count);

    if (rows == NULL && e->status == STATUS_OK)
        e->status = STATUS_NO_MEMORY;
    EMIT_KEY(e, "findings");
    emit_open(e, EMIT_OBJECT);
    for (size_t i = 0; rows != NULL && i < count; i++) {
        emit_key_wire(e, slice_of(rows[i].name, rows[i].name_len));
        emit_uint(e, rows[i].count);
    }
    emit_close(e);
}

static void summary_member(struct json_emit *e, const struct tally *tally)
{
    const struct tally_totals *totals = tally_totals(tally);

    EMIT_KEY(e, "summary");
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "sessions");
    emit_uint(e, totals->sessions);
    EMIT_KEY(e, "outcomes");
    emit_open(e, EMIT_OBJECT);
    for (unsigned outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
        emit_key_wire(e, slice_of_string(outcome_name((enum outcome)outcome)));
        emit_uint(e, totals->outcomes[outcome]);
    }
    emit_close(e);
    replies_member(e, totals);
    findings_member(e, tally);
    EMIT_KEY(e, "messages");
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "accepted");
    emit_uint(e, totals->messages_accepted);
    EMIT_KEY(e, "refused");
    emit_uint(e, totals->messages_refused);
    EMIT_KEY(e, "unknown");
    emit_uint(e, totals->messages_unknown);
    emit_close(e);
    emit_close(e);
}

static void patterns_member(struct json_emit *e, const struct patterns *patterns)
{
    struct pattern pattern;

    EMIT_KEY(e, "patterns");
    emit_open(e, EMIT_ARRAY);
    for (size_t at = 0; patterns_next(patterns, &at, &pattern);) {
        emit_open(e, EMIT_OBJECT);
        EMIT_KEY(e, "id");
        emit_name(e, pattern.id);
        EMIT_KEY(e, "severity");
        emit_name(e, severity_name(pattern.severity));
        EMIT_KEY(e, "message");
        emit_wire(e, sentence_view(&pattern.message));
        EMIT_KEY(e, "fix");
        emit_string(e, pattern.fix);
        EMIT_KEY(e, "reference");
        emit_string(e, pattern.reference);
        EMIT_KEY(e, "sessions");
        emit_open(e, EMIT_ARRAY);
        for (size_t i = 0; i < pattern.session_count; i++)
            emit_uint(e, pattern.sessions[i]);
        emit_close(e);
        emit_close(e);
    }
    emit_close(e);
}

static enum status report_close(struct report_writer *writer, const struct report_input *input,
                                const struct tally *tally)
{
    struct json_report *report = &json_writer_of(writer)->report;
    struct json_emit *e = &report->emit;

    emit_line_break(e);
    emit_close(e);
    input_member(report, input);
    summary_member(e, tally);
    patterns_member(e, tally_patterns(tally));
    emit_close(e);
    emit_line_end(e);
    return json_emit_flush(e);
}

struct report_writer *json_writer_new(FILE *out, const struct report_options *options)
{
    static const struct report_writer table = {
        .begin = report_open,
        .session = report_add,
        .end = report_close,
        .free = writer_free,
    };

    return writer_new(out, options, &table);
}
