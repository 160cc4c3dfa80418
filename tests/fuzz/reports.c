/* Writes reports of every format. */
#include "fuzz/reports.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/harmless.h"

static struct catalog *catalog;

static const char *capture_name(const void *context, uint32_t capture)
{
    (void)context;
    (void)capture;
    return "fuzz.pcap";
}

static bool capture_is_fine(const void *context, uint32_t capture)
{
    (void)context;
    return capture % 2 == 1;
}

/* Read once a process: it stays as it is. */
static void open_catalog(void)
{

    if (catalog == NULL)
        assert(catalog_open(&catalog) == STATUS_OK);
}

static struct report_writer *(*const makers[REPORTS])(FILE *, const struct report_options *) = {
    text_writer_new,    text_writer_new, text_writer_new,
    summary_writer_new, json_writer_new, ndjson_writer_new,
};

void reports_begin(struct reports *reports, unsigned detail)
{
    static const enum report_detail details[REPORTS] = { DETAIL_FULL, DETAIL_NORMAL, DETAIL_QUIET };
    struct report_options options = {
        .captures = { NULL, capture_name, capture_is_fine },
        .zone = CLOCK_UTC,
        .annotate = detail % 3 == 2 ? ANNOTATE_NONE : (enum annotate)(detail % 3),
        .language = (enum language)(detail / 3 % LANGUAGE_COUNT),
        .with_headers = detail % 2 == 0,
        .columns = 20 + detail % 101,
    };

    open_catalog();
    options.catalog = catalog;
    *reports = (struct reports){ .tally = tally_new(), .metrics = metrics_new() };
    assert(reports->tally != NULL && reports->metrics != NULL);
    for (int i = 0; i < REPORTS; i++) {
        struct report_text *report = &reports->all[i];

        options.detail = details[i];
        report->out = open_memstream(&report->text, &report->size);
        assert(report->out != NULL);
        report->writer = makers[i](report->out, &options);
        assert(report->writer != NULL);
        assert(report_begin(report->writer) == STATUS_OK);
    }
}

static enum status take_record(void *context, const struct session_record *record)
{
    struct reports *reports = context;
    struct findings findings = { 0 };
    struct diagnosis diagnosis;
    struct report_session session = { record, &findings, &diagnosis };

    findings_run(&findings, record);
    assert(findings.status == STATUS_OK);
    assert(diagnose(&diagnosis, record, &findings, catalog) == STATUS_OK);
    assert(diagnosis.summary_len > 0);
    for (int i = 0; i < REPORTS; i++)
        assert(report_session(reports->all[i].writer, &session) == STATUS_OK);
    assert(tally_add(reports->tally, &session) == STATUS_OK);
    metrics_add(reports->metrics, &session);
    findings_clear(&findings);
    return STATUS_OK;
}

struct record_sink reports_sink(struct reports *reports)
{
    return (struct record_sink){ reports, take_record };
}

static void check_metrics(const struct metrics *metrics)
{
    struct metrics_capture capture = { .packets_received = 1 };
    struct buf text = buf_of(METRICS_TEXT_MAX);

    assert(metrics_write(metrics, &capture, &text) == STATUS_OK);
    harmless_text(buf_view(&text));
    buf_clear(&text);
}

void reports_end(struct reports *reports, const struct report_input *input)
{
    for (int i = 0; i < REPORTS; i++) {
        struct report_text *report = &reports->all[i];
        struct slice text;

        assert(report_end(report->writer, input, reports->tally) == STATUS_OK);
        assert(fclose(report->out) == 0);
        report->out = NULL;
        text = slice_of(report->text, report->size);
        if (makers[i] == json_writer_new)
            harmless_json(text);
        else if (makers[i] == ndjson_writer_new)
            harmless_ndjson(text);
        else
            harmless_text(text);
    }
    check_metrics(reports->metrics);
}

void reports_clear(struct reports *reports)
{
    for (int i = 0; i < REPORTS; i++) {
        report_writer_free(reports->all[i].writer);
        if (reports->all[i].out != NULL)
            fclose(reports->all[i].out);
        free(reports->all[i].text);
    }
    tally_free(reports->tally);
    metrics_free(reports->metrics);
}

bool reports_hold(const struct reports *reports, struct slice octets)
{
    for (int i = 0; i < REPORTS; i++)
        if (memmem(reports->all[i].text, reports->all[i].size, octets.data, octets.len) != NULL)
            return true;
    return false;
}
