/* Plugs the rooms together: source, decoder, tracker, conversations, findings, reports. */
#include "app/pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/hints.h"
#include "app/message.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/terminal.h"
#include "base/limits.h"
#include "base/mem.h"
#include "capture/source.h"
#include "net/decode.h"
#include "report/tally.h"
#include "session/conversation.h"
#include "tcp/tracker.h"

struct pipeline {
    const struct options *options;
    const struct catalog *catalog;
    struct source *source;
    struct net_decoder *decoder;
    struct conversations *conversations;
    struct tracker *tracker;
    struct tally *tally;
    struct output *outputs; /* standard output, then the files */
    size_t output_count;
    struct progress progress;
    struct hints hints;
    struct report_input input;
    bool *is_link_told; /* by capture: its link type is not known, and the user has been told */
    uint64_t sessions; /* reported ones, and those that the selection left out */
    bool has_trouble;
    bool is_pipe_closed;
    bool has_matched; /* --fail-on */
};

static const char *capture_name(const void *context, uint32_t capture)
{
    return source_name(context, capture);
}

static bool capture_is_fine(const void *context, uint32_t capture)
{
    return source_is_fine(context, capture);
}

static bool follows_port(const void *context, uint16_t port)
{
    return ports_hold(context, port);
}

/* STATUS_IO: nobody is left to write for, so reading on is of no use. */
static enum status note_result(struct pipeline *p, enum output_result result)
{
    switch (result) {
    case OUTPUT_OK:
        return STATUS_OK;
    case OUTPUT_FAILED:
        p->has_trouble = true;
        break;
    case OUTPUT_CLOSED:
        p->is_pipe_closed = true;
        return STATUS_IO;
    }
    for (size_t i = 0; i < p->output_count; i++)
        if (p->outputs[i].stream != NULL)
            return STATUS_OK;
    return STATUS_IO;
}

static bool is_grave(const struct pipeline *p, const struct report_session *session)
{
    enum severity limit = p->options->fail_on;

    if (limit == SEVERITY_OK)
        return false;
    if (session->diagnosis->severity >= limit)
        return true;
    for (uint32_t i = 0; i < session->findings->count; i++)
        if (session->findings->list[i].severity >= limit)
            return true;
    return false;
}

static enum status report(struct pipeline *p, const struct report_session *session)
{
    enum status status = tally_add(p->tally, session);

    if (is_grave(p, session))
        p->has_matched = true;
    progress_make_room(&p->progress);
    for (size_t i = 0; status == STATUS_OK && i < p->output_count; i++)
        status = note_result(p, output_session(&p->outputs[i], session));
    return status;
}

/* A session has ended: judge it, and report it if it is wanted. */
static enum status take_record(void *context, const struct session_record *record)
{
    struct pipeline *p = context;
    struct findings findings = { .list = NULL };
    struct diagnosis diagnosis;
    enum status status;

    p->sessions++;
    findings_run(&findings, record);
    status = findings.status;
    if (status == STATUS_OK)
        status = diagnose(&diagnosis, record, &findings, p->catalog);
    if (status == STATUS_OK) {
        if (select_matches(&p->options->selection, record, &findings))
            status = report(p, &(struct report_session){ record, &findings, &diagnosis });
        else
            p->input.sessions_unreported++;
    }
    findings_clear(&findings);
    return status;
}

static enum status open_outputs(struct pipeline *p)
{
    const struct options *o = p->options;
    struct report_options options = {
        .catalog = p->catalog,
        .captures = { p->source, capture_name, capture_is_fine },
        .annotate = o->annotate,
        .detail = o->detail,
        .zone = o->zone,
        .language = o->language,
        .in_colour = terminal_wants_colour(o->colour),
        .with_headers = o->with_headers,
        .columns = terminal_columns(),
    };
    enum status status;

    p->outputs = mem_calloc(o->output_count + 1, sizeof *p->outputs);
    if (p->outputs == NULL)
        return STATUS_NO_MEMORY;
    p->output_count = 1;
    status = note_result(p, output_open_standard(&p->outputs[0], o->format, &options));
    options.in_colour = false;
    options.columns = terminal_file_columns();
    for (size_t i = 0; i < o->output_count && !p->is_pipe_closed; i++) {
        p->output_count++;
        status = note_result(p, output_open_file(&p->outputs[i + 1], &o->outputs[i], &options));
    }
    return status;
}

static enum status open_rooms(struct pipeline *p)
{
    const struct options *o = p->options;
    struct tracker_options tracker = {
        .follows_port = follows_port,
        .port_context = &o->ports,
        .connections_max = LIMIT_CONNECTIONS,
    };
    struct conversation_options conversation = {
        .shows_secrets = o->shows_secrets,
        .any_port = o->ports.is_any,
    };
    struct record_sink sink = { p, take_record };
    struct tracker_sink tracker_sink;
    enum status status;

    p->is_link_told = mem_calloc(o->word_count, sizeof *p->is_link_told);
    p->tally = tally_new();
    status = p->tally == NULL || p->is_link_told == NULL ? STATUS_NO_MEMORY : net_decoder_new(&p->decoder, NULL);
    if (status == STATUS_OK)
        status = conversations_new(&p->conversations, &conversation, &sink);
    if (status == STATUS_OK) {
        tracker_sink = conversations_tracker_sink(p->conversations);
        status = tracker_new(&p->tracker, &tracker, &tracker_sink);
    }
    return status;
}

static void note_place(struct pipeline *p, const struct place *place)
{
    struct report_input *input = &p->input;

    if (!input->has_times || place->at.ns < input->first.at.ns)
        input->first = *place;
    if (!input->has_times || place->at.ns > input->last.at.ns)
        input->last = *place;
    input->has_times = true;
}

/* Nothing of such a capture can be read: it is no better than one that cannot be opened. */
static void tell_link_type(struct pipeline *p, const struct frame *frame)
{
    uint32_t capture = frame->place.capture;
    const char *name = source_link_type_name(frame->link_type);

    if (p->is_link_told[capture])
        return;
    p->is_link_told[capture] = true;
    p->has_trouble = true;
    progress_end(&p->progress);
    message("%s: link type %d%s%s%s is not supported", source_name(p->source, capture),
            frame->link_type, name == NULL ? "" : " (", name == NULL ? "" : name,
            name == NULL ? "" : ")");
}

static enum status take_frame(struct pipeline *p, const struct frame *frame)
{
    struct packet packet;
    enum status status = STATUS_OK;
    bool used = false;

    note_place(p, &frame->place);
    switch (net_decode(p->decoder, frame, &packet)) {
    case PARSE_OK:
        break;
    case PARSE_MORE: /* a fragment: held until its datagram is whole */
        return STATUS_OK;
    case PARSE_BAD:
        p->input.skipped[packet.reason]++;
        return STATUS_OK;
    }
    switch (packet.kind) {
    case PACKET_TCP:
        status = tracker_accept(p->tracker, &packet, &used);
        hints_look(&p->hints, &packet.segment, used);
        p->input.skipped[SKIP_OTHER_PORT] += !used;
        break;
    case PACKET_ICMP_ERROR:
        status = tracker_accept(p->tracker, &packet, &used);
        p->input.skipped[SKIP_NOT_TCP] += !used;
        break;
    case PACKET_OTHER:
        if (packet.reason == SKIP_UNSUPPORTED_LINK_TYPE)
            tell_link_type(p, frame);
        p->input.skipped[packet.reason]++;
        break;
    }
    return status;
}

static void tell_problem(struct pipeline *p, const struct source_problem *problem)
{
    progress_end(&p->progress);
    p->has_trouble = true;
    if (problem->frame > 0)
        message("%s: %s (after packet %" PRIu64 ")", problem->file, problem->reason,
                problem->frame);
    else
        message("%s: %s", problem->file, problem->reason);
}

static enum status read_all(struct pipeline *p)
{
    enum status status = STATUS_OK;
    struct source_problem problem;
    struct frame frame;

    while (status == STATUS_OK) {
        switch (source_next(p->source, &frame, &problem)) {
        case SOURCE_FRAME:
            status = take_frame(p, &frame);
            progress_tick(&p->progress, p->source, p->sessions);
            break;
        case SOURCE_ERROR:
            tell_problem(p, &problem);
            break;
        case SOURCE_END:
            return tracker_finish(p->tracker);
        }
    }
    return status;
}

static void complete_input(struct pipeline *p)
{
    struct report_input *input = &p->input;
    struct source_progress read;

    source_progress(p->source, &read);
    input->captures = p->options->words;
    input->capture_count = p->options->word_count;
    input->packets = read.frames;
    input->octets = read.octets;
    input->skipped[SKIP_FRAGMENT] += net_decoder_lost_fragments(p->decoder);
}

/* "1,204" */
static const char *with_commas(uint64_t number, char out[32])
{
    char digits[24];
    size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number);
    size_t at = 0;

    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

/* A capture of the wrong port is the commonest reason for an empty report. */
static void tell_hint(const struct pipeline *p)
{
    uint16_t port = hints_port(&p->hints);
    char packets[32];

    if (p->sessions > 0 || port == 0)
        return;
    message("0 SMTP sessions in %s %s, but port %u speaks SMTP; try --ports +%u",
            with_commas(p->input.packets, packets), p->input.packets == 1 ? "packet" : "packets",
            port, port);
}

static enum status end_reports(struct pipeline *p)
{
    enum status status = STATUS_OK;

    complete_input(p);
    for (size_t i = 0; !p->is_pipe_closed && i < p->output_count; i++)
        status = note_result(p, output_end(&p->outputs[i], &p->input, p->tally));
    if (!p->is_pipe_closed)
        tell_hint(p);
    return status;
}

static void run_out(struct pipeline *p)
{
    message("out of memory");
    p->has_trouble = true;
}

static enum status run(struct pipeline *p)
{
    enum status status = open_rooms(p);

    if (status == STATUS_OK)
        status = open_outputs(p);
    if (status == STATUS_OK)
        status = read_all(p);
    progress_end(&p->progress);
    /* What was read before memory ran out is reported all the same. */
    if (status == STATUS_NO_MEMORY)
        run_out(p);
    if (p->outputs == NULL || p->is_pipe_closed)
        return status;
    return end_reports(p);
}

static enum exit_status verdict(const struct pipeline *p)
{
    if (p->is_pipe_closed)
        return EXIT_CLOSED_PIPE;
    if (p->has_trouble)
        return EXIT_TROUBLE;
    return p->has_matched ? EXIT_FAIL_ON : EXIT_DONE;
}

enum exit_status pipeline_run(const struct options *options, const struct catalog *catalog)
{
    struct pipeline p = {
        .options = options,
        .catalog = catalog,
        .progress = progress_of(options->progress),
    };
    struct source_options source = { .filter = options->filter };
    char error[256] = "";
    enum status status;

    status = source_open_files(&p.source, options->words, options->word_count, &source, error,
                               sizeof error);
    if (status == STATUS_OK)
        (void)run(&p);
    else if (status == STATUS_USAGE)
        message_usage(error, "analyze");
    else
        run_out(&p);
    for (size_t i = 0; i < p.output_count; i++)
        output_discard(&p.outputs[i]);
    mem_free(p.outputs);
    mem_free(p.is_link_told);
    tracker_free(p.tracker);
    conversations_free(p.conversations);
    net_decoder_free(p.decoder);
    tally_free(p.tally);
    source_free(p.source);
    return status == STATUS_USAGE ? EXIT_USAGE : verdict(&p);
}
