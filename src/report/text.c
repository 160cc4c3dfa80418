/* The text report: what most people ever see. */
#include <errno.h>
#include <inttypes.h>

#include "base/mem.h"
#include "net/endpoint.h"
#include "report/human.h"
#include "report/tally.h"
#include "report/text_parts.h"

/* `base` first, so that a pointer to one is a pointer to the other. */
struct text_writer {
    struct report_writer base;
    struct text_report report;
};

static struct text_report *report_of(struct report_writer *writer)
{
    return &((struct text_writer *)writer)->report;
}

static enum status result(const struct text_report *report)
{
    if (report->layout.status == STATUS_IO)
        errno = report->layout.error;
    return report->layout.status;
}

static enum status text_begin(struct report_writer *writer)
{
    return result(report_of(writer));
}

/* -q: a line that can be searched and cut, never wrapped. */
static void quiet_line(struct text_report *report, const struct report_session *session)
{
    const struct session_record *record = session->record;
    const struct diagnosis *diagnosis = session->diagnosis;
    struct layout *l = &report->layout;
    char client[ADDRESS_TEXT_MAX];
    char server[ENDPOINT_TEXT_MAX];

    (void)address_text(&record->client.address, client);
    (void)endpoint_text(&record->server, server);
    layout_format(l, ROLE_STRONG, "%" PRIu64, record->ordinal);
    layout_format(l, ROLE_PLAIN, "  %s → %s  ", client, server);
    layout_wire(l, text_severity_role(diagnosis->severity),
                slice_of(diagnosis->summary, diagnosis->summary_len));
    layout_end_unbroken(l);
}

static enum status text_session(struct report_writer *writer, const struct report_session *session)
{
    struct text_report *report = report_of(writer);

    report->sessions++;
    switch (report->options.detail) {
    case DETAIL_QUIET:
        quiet_line(report, session);
        break;
    case DETAIL_NORMAL:
    case DETAIL_FULL:
        text_header(report, session);
        text_diagnosis(report, session);
        text_findings(report, session);
        if (report->options.detail == DETAIL_FULL) {
            text_tcp(report, session->record);
            text_extensions(report, session->record);
        }
        text_ladder(report, session);
        layout_blank(&report->layout);
        break;
    }
    return result(report);
}

static enum status text_tell_event(struct report_writer *writer, const struct report_event *event)
{
    struct text_report *report = report_of(writer);

    text_event(report, event);
    return result(report);
}

/* "3 SMTP sessions in 1,204 packets: 1 delivered, 2 rejected" */
static void total_line(struct text_report *report, const struct report_input *input,
                       const struct tally_totals *totals)
{
    struct layout *l = &report->layout;
    bool is_first = true;

    layout_text(l, ROLE_STRONG,
                human_counted(totals->sessions, "SMTP session", "SMTP sessions").text);
    layout_format(l, ROLE_PLAIN, " in %s", human_counted(input->packets, "packet", "packets").text);
    for (unsigned i = 0; i < OUTCOME_COUNT; i++) {
        if (totals->outcomes[i] == 0)
            continue;
        layout_text(l, ROLE_PLAIN, is_first ? ": " : ", ");
        layout_format(l, text_outcome_role((enum outcome)i), "%s %s",
                      human_count(totals->outcomes[i]).text, text_outcome((enum outcome)i));
        is_first = false;
    }
    if (input->sessions_unreported > 0)
        layout_format(l, ROLE_DIM, " (%s not selected)",
                      human_count(input->sessions_unreported).text);
    text_skipped(l, input, TEXT_SKIPPED_BAD, "; packets not analysed: ");
    text_dropped(l, input);
    layout_end(l);
}

static enum status text_end(struct report_writer *writer, const struct report_input *input,
                            const struct tally *tally)
{
    struct text_report *report = report_of(writer);

    if (report->options.detail == DETAIL_QUIET && report->sessions > 0)
        return result(report);
    if (report->sessions > 0)
        layout_rule(&report->layout);
    total_line(report, input, tally_totals(tally));
    text_patterns(&report->layout, tally_patterns(tally));
    return result(report);
}

static void text_free(struct report_writer *writer)
{
    struct text_report *report = report_of(writer);

    layout_clear(&report->layout);
    explained_clear(&report->explained);
    mem_free(writer);
}

struct report_writer *text_writer_new(FILE *out, const struct report_options *options)
{
    struct text_writer *text = mem_calloc(1, sizeof *text);

    if (text == NULL)
        return NULL;
    text->base = (struct report_writer){
        .begin = text_begin,
        .event = text_tell_event,
        .session = text_session,
        .end = text_end,
        .free = text_free,
    };
    text->report.options = *options;
    text->report.layout = layout_of(out, options->columns, options->in_colour);
    if (explained_init(&text->report.explained) != STATUS_OK) {
        mem_free(text);
        return NULL;
    }
    return &text->base;
}
