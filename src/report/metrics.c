/* Prometheus's text format: for each metric what it is, its type, and a line a series. */
#include "report/metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "catalog/tls_names.h"
#include "net/decode.h"
#include "report/metrics_counts.h"

/* Names and texts are our own: the longest line, a HELP, fits. */
enum { LINE_MAX_OCTETS = 256 };

struct text {
    struct buf *out;
    enum status status; /* the first failure stays */
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *format, ...)
{
    char line[LINE_MAX_OCTETS];
    va_list arguments;
    size_t dropped;
    int len;

    va_start(arguments, format);
    len = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    assert(len >= 0 && (size_t)len < sizeof line);
    if (t->status == STATUS_OK)
        t->status = buf_append(t->out, slice_of(line, (size_t)len), &dropped);
}

static void head(struct text *t, const char *name, const char *type, const char *help)
{
    put(t, "# HELP %s %s\n", name, help);
    put(t, "# TYPE %s %s\n", name, type);
}

static void single(struct text *t, const char *name, const char *type, const char *help,
                   uint64_t value)
{
    head(t, name, type, help);
    put(t, "%s %" PRIu64 "\n", name, value);
}

/* An empty label is as good as none: a reply that answers nothing needs a word. */
static const char *verb_label(unsigned verb)
{
    return verb == VERB_NONE ? "none" : smtp_verb_name((enum smtp_verb)verb);
}

static void put_program(struct text *t, const struct metrics_capture *capture)
{
    head(t, "smtpscope_build_info", "gauge", "Always 1; its label is the program's version.");
    put(t, "smtpscope_build_info{version=\"%s\"} 1\n", SMTPSCOPE_VERSION);
    head(t, "process_start_time_seconds", "gauge",
         "When the program was started, in seconds since the epoch.");
    put(t, "process_start_time_seconds %" PRId64 ".%03" PRId64 "\n",
        capture->started.ns / STAMP_SECOND, capture->started.ns % STAMP_SECOND / STAMP_MILLISECOND);
    if (capture->resident_octets > 0)
        single(t, "process_resident_memory_bytes", "gauge", "Resident memory.",
               capture->resident_octets);
}

static void put_packets(struct text *t, const struct metrics_capture *capture)
{
    single(t, "smtpscope_packets_received_total", "counter",
           "Packets that passed the capture filter, those that were then dropped included.",
           capture->packets_received);
    single(t, "smtpscope_packets_analyzed_total", "counter", "Packets that were analyzed.",
           capture->packets_analysed);
    head(t, "smtpscope_packets_skipped_total", "counter",
         "Packets that were read and not analyzed, by reason.");
    for (unsigned reason = SKIP_NONE + 1; reason < SKIP_REASON_COUNT; reason++)
        put(t, "smtpscope_packets_skipped_total{reason=\"%s\"} %" PRIu64 "\n",
            skip_reason_name((enum skip_reason)reason), capture->skipped[reason]);
    head(t, "smtpscope_packets_dropped_total", "counter",
         "Packets that were never seen, by who dropped them.");
    put(t, "smtpscope_packets_dropped_total{by=\"kernel\"} %" PRIu64 "\n",
        capture->dropped_by_kernel);
    put(t, "smtpscope_packets_dropped_total{by=\"interface\"} %" PRIu64 "\n",
        capture->dropped_by_interface);
}

static void put_connections(struct text *t, const struct tracker_counts *tcp)
{
    single(t, "smtpscope_connections_total", "counter", "TCP connections followed so far.",
           tcp->connections);
    single(t, "smtpscope_connections_open", "gauge", "TCP connections that are followed now.",
           tcp->open);
    single(t, "smtpscope_connections_evicted_total", "counter",
           "TCP connections given up early, because too many were open.", tcp->evicted);
    single(t, "smtpscope_reassembly_held_bytes", "gauge",
           "Octets that came out of order and wait for those before them.", tcp->octets_held);
}

static void put_sessions(struct text *t, const struct metrics *m,
                         const struct metrics_capture *capture)
{
    head(t, "smtpscope_sessions_total", "counter",
         "Sessions that ended and were reported, by service and outcome.");
    for (unsigned service = 0; service < METRICS_SERVICES; service++)
        for (unsigned outcome = 0; outcome < OUTCOME_COUNT; outcome++)
            put(t, "smtpscope_sessions_total{service=\"%s\",outcome=\"%s\"} %" PRIu64 "\n",
                service_name((enum service)service), outcome_name((enum outcome)outcome),
                m->sessions[service][outcome]);
    single(t, "smtpscope_sessions_unreported_total", "counter",
           "Sessions that ended and that the selection options left out of all other counts.",
           capture->sessions_unreported);
}

static void put_verdicts(struct text *t, const char *name, const char *help,
                         const uint64_t counts[METRICS_VERDICTS])
{
    static const char *const words[METRICS_VERDICTS] = {
        [VERDICT_UNKNOWN] = "unknown",
        [VERDICT_ACCEPTED] = "accepted",
        [VERDICT_REFUSED] = "refused",
    };

    head(t, name, "counter", help);
    for (unsigned verdict = 0; verdict < METRICS_VERDICTS; verdict++)
        put(t, "%s{verdict=\"%s\"} %" PRIu64 "\n", name, words[verdict], counts[verdict]);
}

static void put_mail(struct text *t, const struct metrics *m)
{
    put_verdicts(t, "smtpscope_messages_total", "Mail transactions, by what became of them.",
                 m->messages);
    put_verdicts(t, "smtpscope_recipients_total", "Recipients named, by what RCPT was answered.",
                 m->recipients);
    single(t, "smtpscope_message_bytes_total", "counter", "Octets of message content.",
           m->message_octets);
}

/* Only what was seen has a line: most of the 400 codes never answer most verbs. */
static void put_replies(struct text *t, const struct metrics *m)
{
    head(t, "smtpscope_replies_total", "counter",
         "Replies, by code (\"other\": not of 200 to 599) and the verb they answer.");
    for (unsigned verb = 0; verb < VERB_COUNT; verb++) {
        for (unsigned i = 0; i < METRICS_CODES; i++) {
            char code[12] = "other";

            if (m->replies[verb][i] == 0)
                continue;
            if (i != METRICS_CODE_OTHER)
                (void)snprintf(code, sizeof code, "%u", METRICS_CODE_FIRST + i);
            put(t, "smtpscope_replies_total{code=\"%s\",verb=\"%s\"} %" PRIu64 "\n", code,
                verb_label(verb), m->replies[verb][i]);
        }
    }
}

static void put_latency(struct text *t, const char *name, const char *verb,
                        const struct metrics_latency *latency)
{
    uint64_t count = 0;

    for (size_t i = 0; i < METRICS_BOUNDS; i++) {
        count += latency->within[i];
        put(t, "%s_bucket{verb=\"%s\",le=\"%s\"} %" PRIu64 "\n", name, verb,
            metrics_bounds[i].seconds, count);
    }
    count += latency->beyond;
    put(t, "%s_bucket{verb=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name, verb, count);
    put(t, "%s_sum{verb=\"%s\"} %" PRIu64 ".%09" PRIu64 "\n", name, verb,
        latency->sum_ns / (uint64_t)STAMP_SECOND, latency->sum_ns % (uint64_t)STAMP_SECOND);
    put(t, "%s_count{verb=\"%s\"} %" PRIu64 "\n", name, verb, count);
}

static bool has_latency(const struct metrics_latency *latency)
{
    uint64_t count = latency->beyond;

    for (size_t i = 0; i < METRICS_BOUNDS; i++)
        count += latency->within[i];
    return count > 0;
}

static void put_latencies(struct text *t, const struct metrics *m)
{
    const char *name = "smtpscope_command_latency_seconds";

    head(t, name, "histogram", "Time from a command (\".\": the end of a content) to its reply.");
    for (unsigned verb = 0; verb < VERB_COUNT; verb++)
        if (has_latency(&m->latencies[verb]))
            put_latency(t, name, verb_label(verb), &m->latencies[verb]);
}

static void put_tls(struct text *t, const struct metrics *m)
{
    head(t, "smtpscope_tls_sessions_total", "counter",
         "Sessions that TLS was seen in, by how it began, what became of its handshake, version.");
    for (unsigned mode = TLS_STARTTLS; mode < METRICS_TLS_MODES; mode++)
        for (unsigned handshake = 0; handshake < METRICS_TLS_HANDSHAKES; handshake++)
            for (unsigned version = 0; version < METRICS_TLS_VERSIONS; version++) {
                uint64_t count = m->tls[mode][handshake][version];

                if (count == 0)
                    continue;
                put(t,
                    "smtpscope_tls_sessions_total{mode=\"%s\",handshake=\"%s\",version=\"%s\"} "
                    "%" PRIu64 "\n",
                    tls_mode_name((enum tls_mode)mode),
                    tls_handshake_name((enum tls_handshake)handshake),
                    version == METRICS_TLS_UNKNOWN
                        ? "unknown"
                        : tls_version_name(metrics_tls_versions[version]),
                    count);
            }
}

static void put_findings(struct text *t, const struct metrics *m)
{
    size_t count;
    const struct finding_rule *rules = finding_rules(&count);

    head(t, "smtpscope_findings_total", "counter", "Sessions that hold a finding, by its id.");
    for (size_t i = 0; i < count; i++)
        put(t, "smtpscope_findings_total{id=\"%s\"} %" PRIu64 "\n", rules[i].id, m->findings[i]);
}

enum status metrics_write(const struct metrics *metrics, const struct metrics_capture *capture,
                          struct buf *out)
{
    struct text t = { out, STATUS_OK };

    put_program(&t, capture);
    put_packets(&t, capture);
    put_connections(&t, &capture->tcp);
    put_sessions(&t, metrics, capture);
    put_mail(&t, metrics);
    put_replies(&t, metrics);
    put_latencies(&t, metrics);
    put_tls(&t, metrics);
    put_findings(&t, metrics);
    return t.status;
}
