/* Plugs the rooms together: decoder, tracker, conversations, findings, reports. */
#include "app/analysis.h"

#include <inttypes.h>

#include "app/message.h"
#include "app/skipped.h"
#include "app/terminal.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/mem.h"
#include "report/human.h"

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
    return port_set_has(context, port);
}

/* STATUS_IO: nobody is left to write for, so reading on is of no use. */
static enum status note_result(struct analysis *a, enum output_result result)
{
    switch (result) {
    case OUTPUT_OK:
        return STATUS_OK;
    case OUTPUT_FAILED:
        a->has_trouble = true;
        break;
    case OUTPUT_CLOSED:
        a->is_pipe_closed = true;
        return STATUS_IO;
    }
    for (size_t i = 0; i < a->output_count; i++)
        if (a->outputs[i].stream != NULL)
            return STATUS_OK;
    return STATUS_IO;
}

static bool is_grave(const struct analysis *a, const struct report_session *session)
{
    enum severity limit = a->options->fail_on;

    if (limit == SEVERITY_OK)
        return false;
    if (session->diagnosis->severity >= limit)
        return true;
    for (uint32_t i = 0; i < session->findings->count; i++)
        if (session->findings->list[i].severity >= limit)
            return true;
    return false;
}

static bool writes_other_than(const struct options *options, enum format format)
{
    if (options->format != format)
        return true;
    for (size_t i = 0; i < options->output_count; i++)
        if (options->outputs[i].format != format)
            return true;
    return false;
}

/* NDJSON is a line a session: nobody reads what they are together where nothing else is written. */
static bool counts_sessions(const struct options *options)
{
    return writes_other_than(options, FORMAT_NDJSON);
}

static enum status report(struct analysis *a, const struct report_session *session)
{
    enum status status = STATUS_OK;

    if (counts_sessions(a->options))
        status = tally_add(a->tally, session);
    if (a->metrics != NULL)
        metrics_add(a->metrics, session);
    if (is_grave(a, session))
        a->has_matched = true;
    progress_make_room(&a->progress);
    for (size_t i = 0; status == STATUS_OK && i < a->output_count; i++)
        status = note_result(a, output_session(&a->outputs[i], session));
    return status;
}

bool analysis_has_all(const struct analysis *a)
{
    uint64_t most = a->options->live.sessions_max;

    return most > 0 && a->sessions - a->input.sessions_unreported >= most;
}

/* The summary is counts: nobody reads a diagnosis where nothing else is written. */
static bool shows_diagnoses(const struct options *options)
{
    return options->fail_on != SEVERITY_OK || writes_other_than(options, FORMAT_SUMMARY);
}

/* A session has ended: judge it, and report it if it is wanted. */
static enum status take_record(void *context, const struct session_record *record)
{
    struct analysis *a = context;
    struct findings findings = { .slow_ns = a->options->slow_ns };
    struct diagnosis diagnosis;
    struct report_session session = { .record = record, .findings = &findings };
    enum status status;

    if (analysis_has_all(a))
        return STATUS_OK;
    a->sessions++;
    findings_run(&findings, record);
    status = findings.status;
    if (status == STATUS_OK && !select_matches(&a->options->selection, record, &findings)) {
        a->input.sessions_unreported++;
    } else if (status == STATUS_OK) {
        if (shows_diagnoses(a->options)) {
            status = diagnose(&diagnosis, record, &findings, a->catalog);
            session.diagnosis = &diagnosis;
        }
        if (status == STATUS_OK)
            status = report(a, &session);
    }
    findings_clear(&findings);
    return status;
}

/* Live with -v: an event goes to the text on standard output as it is read. */
static enum status take_event(void *context, const struct endpoint *client,
                              const struct endpoint *server, const struct smtp_event *event)
{
    struct analysis *a = context;

    return note_result(
        a, output_event(&a->outputs[0], &(struct report_event){ client, server, event }));
}

static enum status open_outputs(struct analysis *a)
{
    const struct options *o = a->options;
    struct report_options options = {
        .catalog = a->catalog,
        .captures = { a->source, capture_name, capture_is_fine },
        .annotate = o->annotate,
        .detail = o->detail,
        .zone = o->zone,
        .language = o->language,
        .in_colour = terminal_wants_colour(o->colour),
        .with_headers = o->with_headers,
        .columns = terminal_columns(),
    };
    enum output_habit habit = o->command == COMMAND_LIVE ? OUTPUT_GROWS : OUTPUT_REPLACES;
    enum status status;

    a->outputs = mem_calloc(o->output_count + 1, sizeof *a->outputs);
    if (a->outputs == NULL)
        return STATUS_NO_MEMORY;
    a->output_count = 1;
    status = note_result(a, output_open_standard(&a->outputs[0], o->format, &options, habit));
    options.in_colour = false;
    options.columns = terminal_file_columns();
    for (size_t i = 0; i < o->output_count && !a->is_pipe_closed; i++) {
        a->output_count++;
        status =
            note_result(a, output_open_file(&a->outputs[i + 1], &o->outputs[i], &options, habit));
    }
    return status;
}

static enum status open_rooms(struct analysis *a)
{
    const struct options *o = a->options;
    struct tracker_options tracker = {
        .follows_port = follows_port,
        .port_context = &o->ports.set,
        .connections_max = LIMIT_CONNECTIONS,
        .memory_max = o->memory_max,
    };
    struct conversation_options conversation = {
        .shows_secrets = o->shows_secrets,
        .any_port = o->ports.is_any,
    };
    struct net_options net = {
        .checksums = o->enforces_checksums ? NET_CHECKSUMS_ENFORCED : NET_CHECKSUMS_VERIFIED,
        .followed_ports = &o->ports.set,
        .fragment_octets = (size_t)(o->memory_max / LIMIT_MEMORY_FRAGMENTS),
    };
    struct record_sink sink = { a, take_record };
    bool is_watched =
        o->command == COMMAND_LIVE && o->detail == DETAIL_FULL && o->format == FORMAT_TEXT;
    struct tracker_sink tracker_sink;
    enum status status;

    if (is_watched)
        conversation.observer = (struct conversation_observer){ a, take_event };
    a->is_link_told = mem_calloc(o->word_count, sizeof *a->is_link_told);
    a->tally = tally_new();
    status = a->tally == NULL || a->is_link_told == NULL ? STATUS_NO_MEMORY
                                                         : net_decoder_new(&a->decoder, &net);
    if (status == STATUS_OK && o->live.has_metrics) {
        a->metrics = metrics_new();
        status = a->metrics == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    }
    if (status == STATUS_OK)
        status = conversations_new(&a->conversations, &conversation, &sink);
    if (status == STATUS_OK) {
        tracker_sink = conversations_tracker_sink(a->conversations);
        status = tracker_new(&a->tracker, &tracker, &tracker_sink);
    }
    return status;
}

static void note_place(struct analysis *a, const struct place *place)
{
    struct report_input *input = &a->input;

    if (!input->has_times || place->at.ns < input->first.at.ns)
        input->first = *place;
    if (!input->has_times || place->at.ns > input->last.at.ns)
        input->last = *place;
    input->has_times = true;
}

/* Nothing of such a capture can be read: it is no better than one that cannot be opened. */
static void tell_link_type(struct analysis *a, const struct frame *frame)
{
    uint32_t capture = frame->place.capture;
    const char *name = source_link_type_name(frame->link_type);

    if (a->is_link_told[capture])
        return;
    a->is_link_told[capture] = true;
    a->has_trouble = true;
    progress_end(&a->progress);
    message("%s: link type %d%s%s%s is not supported", source_name(a->source, capture),
            frame->link_type, name == NULL ? "" : " (", name == NULL ? "" : name,
            name == NULL ? "" : ")");
}

static inline __attribute__((always_inline)) enum status
take_segment(struct analysis *a, const struct packet *packet, enum skip_reason *reason)
{
    bool used = false;
    enum status status = tracker_accept(a->tracker, packet, &used);

    hints_look(&a->hints, &packet->segment, used);
    *reason = used ? SKIP_NONE : SKIP_OTHER_PORT;
    if (used)
        a->input.checksums[packet->segment.checksum]++;
    return status;
}

/* Hands a packet on. `*reason` becomes SKIP_NONE where it was of use. */
static enum status take_packet(struct analysis *a, const struct packet *packet,
                               enum skip_reason *reason)
{
    enum status status = STATUS_OK;
    bool used = false;

    switch (packet->kind) {
    case PACKET_TCP:
    case PACKET_OTHER_PORT:
        return take_segment(a, packet, reason);
    case PACKET_ICMP_ERROR:
        status = tracker_accept(a->tracker, packet, &used);
        *reason = used ? SKIP_NONE : SKIP_NOT_TCP;
        break;
    case PACKET_OTHER:
        *reason = packet->reason;
        break;
    }
    return status;
}

/* A frame with several packets counts as analysed where one of them was, else for the reason of the
 * last. The first has been decoded. */
static __attribute__((noinline)) enum status
take_packets(struct analysis *a, const struct frame *frame, struct packet *packet, enum parse parse)
{
    enum status status = STATUS_OK;
    enum skip_reason reason;
    bool is_used = false;

    for (;;) {
        reason = packet->reason; /* none where it is a fragment that is held */
        if (parse == PARSE_OK)
            status = take_packet(a, packet, &reason);
        /* Memory may have run out over a fragment, and over nothing else. */
        if (status == STATUS_OK && packet->kind == PACKET_OTHER)
            status = net_decoder_status(a->decoder);
        is_used |= reason == SKIP_NONE;
        if (!packet->has_next || status != STATUS_OK)
            break;
        parse = net_decode_next(a->decoder, frame, packet);
    }
    if (is_used)
        return status;
    if (reason == SKIP_UNSUPPORTED_LINK_TYPE)
        tell_link_type(a, frame);
    skipped_count(&a->input, reason, frame->link_type);
    return status;
}

enum status analysis_take(struct analysis *a, const struct frame *frame)
{
    struct packet packet;
    enum parse parse = net_decode(a->decoder, frame, &packet);
    enum status status;
    enum skip_reason reason;

    note_place(a, &frame->place);
    /* What nearly every frame is: one segment. */
    if ((packet.kind != PACKET_TCP && packet.kind != PACKET_OTHER_PORT) || packet.has_next)
        return take_packets(a, frame, &packet, parse);
    status = take_segment(a, &packet, &reason);
    if (reason != SKIP_NONE)
        skipped_count(&a->input, reason, frame->link_type);
    return status;
}

static void complete_input(struct analysis *a)
{
    struct report_input *input = &a->input;
    struct source_progress read;
    struct source_counts counts;

    source_progress(a->source, &read);
    input->captures = a->options->words;
    input->capture_count = a->options->word_count;
    input->packets = read.frames;
    input->octets = read.octets;
    input->is_live = a->options->command == COMMAND_LIVE;
    source_counts(a->source, &counts);
    input->dropped_by_kernel = counts.dropped_by_kernel;
    input->dropped_by_interface = counts.dropped_by_interface;
    input->fragments = net_decoder_fragments(a->decoder);
    input->skipped[SKIP_FRAGMENT] += input->fragments.lost;
}

/* A capture of the wrong port is the commonest reason for an empty report. */
static void tell_hint(const struct analysis *a)
{
    uint16_t port = hints_port(&a->hints);

    if (a->sessions > 0 || port == 0)
        return;
    message("0 SMTP sessions in %s, but port %u speaks SMTP; try --ports +%u",
            human_counted(a->input.packets, "packet", "packets").text, port, port);
}

enum status analysis_open(struct analysis *a, const struct options *options,
                          const struct catalog *catalog, struct source *source)
{
    enum status status;

    *a = (struct analysis){
        .options = options,
        .catalog = catalog,
        .source = source,
        .progress = progress_of(options->progress),
    };
    status = open_rooms(a);
    if (status == STATUS_OK)
        status = open_outputs(a);
    return status;
}

enum status analysis_pass_time(struct analysis *a, struct stamp now)
{
    return tracker_pass_time(a->tracker, now);
}

bool analysis_is_waiting(const struct analysis *a)
{
    struct tracker_counts counts;

    tracker_counts(a->tracker, &counts);
    return counts.open > 0;
}

void analysis_tell_problem(struct analysis *a, const struct source_problem *problem)
{
    progress_end(&a->progress);
    a->has_trouble = true;
    if (problem->frame > 0)
        message("%s: %s (after packet %" PRIu64 ")", problem->file, problem->reason,
                problem->frame);
    else
        message("%s: %s", problem->file, problem->reason);
}

void analysis_hand_over(const struct analysis *a, uid_t user, gid_t group)
{
    for (size_t i = 0; i < a->output_count; i++)
        output_hand_over(&a->outputs[i], user, group);
}

void analysis_reopen(struct analysis *a)
{
    for (size_t i = 0; i < a->output_count; i++)
        output_reopen(&a->outputs[i]);
}

enum status analysis_end(struct analysis *a, enum status status)
{
    if (status == STATUS_OK)
        status = tracker_finish(a->tracker);
    progress_end(&a->progress);
    /* What was read before memory ran out is reported all the same. */
    if (status == STATUS_NO_MEMORY)
        analysis_run_out(a);
    if (a->outputs == NULL || a->is_pipe_closed)
        return status;
    complete_input(a);
    for (size_t i = 0; !a->is_pipe_closed && i < a->output_count; i++)
        status = note_result(a, output_end(&a->outputs[i], &a->input, a->tally));
    if (!a->is_pipe_closed)
        tell_hint(a);
    return status;
}

void analysis_clear(struct analysis *a)
{
    for (size_t i = 0; i < a->output_count; i++)
        output_discard(&a->outputs[i]);
    mem_free(a->outputs);
    mem_free(a->is_link_told);
    tracker_free(a->tracker);
    conversations_free(a->conversations);
    net_decoder_free(a->decoder);
    tally_free(a->tally);
    metrics_free(a->metrics);
    /* All that kept its texts in an arena is gone. */
    arena_trim();
}

void analysis_run_out(struct analysis *a)
{
    message("out of memory");
    a->has_trouble = true;
}

enum exit_status analysis_verdict(const struct analysis *a)
{
    if (a->is_pipe_closed)
        return EXIT_CLOSED_PIPE;
    if (a->has_trouble)
        return EXIT_TROUBLE;
    return a->has_matched ? EXIT_FAIL_ON : EXIT_DONE;
}
