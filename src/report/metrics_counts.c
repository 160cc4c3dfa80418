/* Folds finished sessions into the counts that are scraped. */
#include "report/metrics_counts.h"

#include "base/mem.h"

#define MS INT64_C(1000000)

const struct metrics_bound metrics_bounds[METRICS_BOUNDS] = {
    { MS / 2, "0.0005" },   { MS, "0.001" },        { MS * 5 / 2, "0.0025" }, { 5 * MS, "0.005" },
    { 10 * MS, "0.01" },    { 25 * MS, "0.025" },   { 50 * MS, "0.05" },      { 100 * MS, "0.1" },
    { 250 * MS, "0.25" },   { 500 * MS, "0.5" },    { 1000 * MS, "1" },       { 2500 * MS, "2.5" },
    { 5000 * MS, "5" },     { 10000 * MS, "10" },   { 30000 * MS, "30" },     { 60000 * MS, "60" },
    { 300000 * MS, "300" }, { 600000 * MS, "600" },
};

const uint16_t metrics_tls_versions[METRICS_TLS_UNKNOWN] = {
    0x0300, 0x0301, 0x0302, 0x0303, 0x0304,
};

struct metrics *metrics_new(void)
{
    struct metrics *metrics = mem_calloc(1, sizeof *metrics);
    size_t rules;

    if (metrics == NULL)
        return NULL;
    (void)finding_rules(&rules);
    metrics->findings = mem_calloc(rules, sizeof *metrics->findings);
    if (metrics->findings == NULL) {
        mem_free(metrics);
        return NULL;
    }
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (metrics == NULL)
        return;
    mem_free(metrics->findings);
    mem_free(metrics);
}

static void add_latency(struct metrics_latency *latency, int64_t ns)
{
    if (ns < 0)
        return;
    latency->sum_ns += (uint64_t)ns;
    for (size_t i = 0; i < METRICS_BOUNDS; i++) {
        if (ns <= metrics_bounds[i].ns) {
            latency->within[i]++;
            return;
        }
    }
    latency->beyond++;
}

static void add_reply(struct metrics *metrics, const struct entry *reply)
{
    unsigned code = reply->reply.code;
    bool is_common = code >= METRICS_CODE_FIRST && code <= METRICS_CODE_LAST;

    metrics->replies[reply->verb][is_common ? code - METRICS_CODE_FIRST : METRICS_CODE_OTHER]++;
    if (reply->verb != VERB_NONE)
        add_latency(&metrics->latencies[reply->verb], reply->reply.latency_ns);
}

static void add_tls(struct metrics *metrics, const struct tls_record_facts *tls)
{
    size_t version = 0;

    if (tls->mode == TLS_NONE)
        return;
    while (version < METRICS_TLS_UNKNOWN && metrics_tls_versions[version] != tls->version)
        version++;
    metrics->tls[tls->mode][tls->handshake][version]++;
}

static void add_message(struct metrics *metrics, const struct message *message)
{
    /* A transaction that its client took back asked for no verdict. */
    if (message->verdict != VERDICT_UNKNOWN || !message->is_taken_back)
        metrics->messages[message->verdict]++;
    metrics->message_octets += message->octets;
    for (uint32_t i = 0; i < message->recipient_count; i++)
        metrics->recipients[message->recipients[i].verdict]++;
}

static void add_finding(struct metrics *metrics, const struct finding_rule *rule)
{
    size_t count;
    const struct finding_rule *rules = finding_rules(&count);

    for (size_t i = 0; i < count; i++)
        if (&rules[i] == rule)
            metrics->findings[i]++;
}

void metrics_add(struct metrics *metrics, const struct report_session *session)
{
    const struct session_record *record = session->record;

    metrics->sessions[record->service][record->outcome]++;
    for (uint32_t n = 1; n <= record->entry_count; n++) {
        const struct entry *entry = record_entry(record, n);

        if (entry->kind == ENTRY_REPLY)
            add_reply(metrics, entry);
    }
    for (uint32_t i = 0; i < record->message_count; i++)
        add_message(metrics, &record->messages[i]);
    add_tls(metrics, &record->tls);
    for (uint32_t i = 0; i < session->findings->count; i++)
        add_finding(metrics, session->findings->list[i].rule);
}
