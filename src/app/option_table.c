/* The options, a row each. */
#include "app/option_table.h"

#include <string.h>

#include "app/option_live.h"
#include "app/when.h"
#include "base/limits.h"

/* A word that stands for a number of some enum. */
struct choice {
    const char *word;
    int value;
};

static bool choose(const struct choice *choices, size_t count, const char *word, int *value)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(choices[i].word, word) == 0) {
            *value = choices[i].value;
            return true;
        }
    }
    return false;
}

static enum take_result taken(bool is_right)
{
    return is_right ? TAKE_OK : TAKE_WRONG;
}

#define CHOOSE(choices, word, value) \
    choose(choices, sizeof(choices) / sizeof(*(choices)), word, value)

static const struct choice when_choices[] = {
    { "auto", WHEN_AUTO },
    { "always", WHEN_ALWAYS },
    { "never", WHEN_NEVER },
};

static enum take_result take_format(struct options *o, const char *value)
{
    static const struct choice choices[] = {
        { "text", FORMAT_TEXT },
        { "json", FORMAT_JSON },
        { "ndjson", FORMAT_NDJSON },
        { "summary", FORMAT_SUMMARY },
    };
    int chosen;

    if (!CHOOSE(choices, value, &chosen))
        return TAKE_WRONG;
    o->format = (enum format)chosen;
    return TAKE_OK;
}

static enum take_result take_output(struct options *o, const char *value)
{
    static const struct choice endings[] = {
        { ".txt", FORMAT_TEXT },
        { ".json", FORMAT_JSON },
        { ".ndjson", FORMAT_NDJSON },
        { ".jsonl", FORMAT_NDJSON },
    };
    const char *ending = strrchr(value, '.');
    int format;

    if (ending == NULL || ending == value || ending[-1] == '/' || !CHOOSE(endings, ending, &format))
        return TAKE_WRONG;
    for (size_t i = 0; i < o->output_count; i++)
        if (strcmp(o->outputs[i].path, value) == 0)
            return TAKE_TWICE;
    o->outputs[o->output_count++] = (struct output_file){ value, (enum format)format };
    return TAKE_OK;
}

static enum take_result take_ports(struct options *o, const char *value)
{
    return taken(ports_parse(&o->ports, value));
}

static enum take_result take_filter(struct options *o, const char *value)
{
    if (o->filter != NULL)
        return TAKE_CONTRADICTS;
    o->filter = value;
    return TAKE_OK;
}

static enum take_result take_session(struct options *o, const char *value)
{
    return taken(select_parse_sessions(&o->selection, value));
}

static enum take_result take_client(struct options *o, const char *value)
{
    return taken(select_parse_endpoint(&o->selection.client, value));
}

static enum take_result take_server(struct options *o, const char *value)
{
    return taken(select_parse_endpoint(&o->selection.server, value));
}

static enum take_result take_address(struct options *o, const char *value)
{
    o->selection.address = value;
    return taken(value[0] != '\0');
}

static enum take_result take_code(struct options *o, const char *value)
{
    return taken(select_parse_codes(&o->selection, value));
}

static enum take_result take_outcome(struct options *o, const char *value)
{
    return taken(select_parse_outcomes(&o->selection, value));
}

static enum take_result take_finding(struct options *o, const char *value)
{
    return taken(select_parse_findings(&o->selection, value));
}

static enum take_result take_since(struct options *o, const char *value)
{
    o->selection.has_since = true;
    return taken(when_parse(value, &o->selection.since));
}

static enum take_result take_until(struct options *o, const char *value)
{
    o->selection.has_until = true;
    return taken(when_parse(value, &o->selection.until));
}

static enum take_result take_id(struct options *o, const char *value)
{
    o->selection.id = value;
    return taken(value[0] != '\0');
}

static enum take_result take_headers(struct options *o, const char *value)
{
    (void)value;
    o->with_headers = true;
    return TAKE_OK;
}

static enum take_result take_secrets(struct options *o, const char *value)
{
    (void)value;
    o->shows_secrets = true;
    return TAKE_OK;
}

static enum take_result take_language(struct options *o, const char *value)
{
    o->has_language = true;
    return taken(language_parse(slice_of_string(value), &o->language));
}

static enum take_result take_annotate(struct options *o, const char *value)
{
    static const struct choice choices[] = {
        { "all", ANNOTATE_ALL },
        { "refusals", ANNOTATE_REFUSALS },
        { "none", ANNOTATE_NONE },
    };
    int chosen;

    if (!CHOOSE(choices, value, &chosen))
        return TAKE_WRONG;
    o->annotate = (enum annotate)chosen;
    return TAKE_OK;
}

static enum take_result take_catalog(struct options *o, const char *value)
{
    o->catalog = value;
    return taken(value[0] != '\0');
}

static enum take_result take_colour(struct options *o, const char *value)
{
    int chosen;

    if (!CHOOSE(when_choices, value, &chosen))
        return TAKE_WRONG;
    o->colour = (enum when)chosen;
    return TAKE_OK;
}

static enum take_result take_progress(struct options *o, const char *value)
{
    int chosen;

    if (!CHOOSE(when_choices, value, &chosen))
        return TAKE_WRONG;
    o->progress = (enum when)chosen;
    return TAKE_OK;
}

static enum take_result take_fail_on(struct options *o, const char *value)
{
    static const struct choice choices[] = {
        { "error", SEVERITY_ERROR },
        { "warning", SEVERITY_WARNING },
    };
    int chosen;

    if (!CHOOSE(choices, value, &chosen))
        return TAKE_WRONG;
    o->fail_on = (enum severity)chosen;
    return TAKE_OK;
}

static enum take_result take_slow(struct options *o, const char *value)
{
    return taken(duration_parse(value, &o->slow_ns));
}

static enum take_result take_memory(struct options *o, const char *value)
{
    uint64_t megabytes;

    if (!slice_to_u64(slice_of_string(value), &megabytes) || megabytes < LIMIT_MEMORY_LEAST >> 20 ||
        megabytes > LIMIT_MEMORY_MOST >> 20)
        return TAKE_WRONG;
    o->memory_max = (size_t)(megabytes << 20);
    return TAKE_OK;
}

static enum take_result take_time(struct options *o, const char *value)
{
    static const struct choice choices[] = {
        { "utc", CLOCK_UTC },
        { "local", CLOCK_LOCAL },
    };
    int chosen;

    if (!CHOOSE(choices, value, &chosen))
        return TAKE_WRONG;
    o->zone = (enum clock_zone)chosen;
    return TAKE_OK;
}

static enum take_result take_verbose(struct options *o, const char *value)
{
    (void)value;
    if (o->detail == DETAIL_QUIET)
        return TAKE_CONTRADICTS;
    o->detail = DETAIL_FULL;
    return TAKE_OK;
}

static enum take_result take_quiet(struct options *o, const char *value)
{
    (void)value;
    if (o->detail == DETAIL_FULL)
        return TAKE_CONTRADICTS;
    o->detail = DETAIL_QUIET;
    return TAKE_OK;
}

static enum take_result take_no_sandbox(struct options *o, const char *value)
{
    (void)value;
    o->has_no_sandbox = true;
    return TAKE_OK;
}

static enum take_result take_checksums(struct options *o, const char *value)
{
    (void)value;
    o->enforces_checksums = true;
    return TAKE_OK;
}

#define ANALYZE COMMAND_BIT(COMMAND_ANALYZE)
#define LIVE COMMAND_BIT(COMMAND_LIVE)
#define BOTH (ANALYZE | LIVE)
#define REFERENCE                                                                               \
    (COMMAND_BIT(COMMAND_EXPLAIN) | COMMAND_BIT(COMMAND_COMPARE) | COMMAND_BIT(COMMAND_CODES) | \
     COMMAND_BIT(COMMAND_FINDINGS))
#define EVERY (BOTH | REFERENCE | COMMAND_BIT(COMMAND_INTERFACES))
#define A_TIME "a time, as 2026-11-24T01:02:03Z, \"2026-11-24 01:02\" or seconds since the epoch"
#define AN_ENDPOINT "a numeric address, as 192.0.2.1, 192.0.2.1:25 or [2001:db8::1]:25"
#define A_DURATION "a length of time, as 90, 30s, 5m or 2h"
#define A_WHEN "auto, always or never"

/* clang-format off */
const struct option_row option_rows[] = {
    { "format", 'f', "--format", OPTION_SETTING, OPTION_VALUE, BOTH, take_format,
      "text, json, ndjson or summary", NULL },
    { "output", 'o', "--output", OPTION_SETTING, OPTION_VALUE, BOTH, take_output,
      "a file name that ends in .txt, .json, .ndjson or .jsonl", NULL },
    { "ports", 0, "--ports", OPTION_SETTING, OPTION_VALUE, BOTH, take_ports,
      "a list of ports, as 25,587 or +2525 or any", NULL },
    { "filter", 'F', "--filter", OPTION_SETTING, OPTION_VALUE, BOTH, take_filter,
      "a pcap-filter expression", "give one expression, with 'and' in it" },
    { "session", 0, "--session", OPTION_SETTING, OPTION_VALUE, BOTH, take_session,
      "a session's number, or a list of numbers", NULL },
    { "client", 0, "--client", OPTION_SETTING, OPTION_VALUE, BOTH, take_client, AN_ENDPOINT,
      NULL },
    { "server", 0, "--server", OPTION_SETTING, OPTION_VALUE, BOTH, take_server, AN_ENDPOINT,
      NULL },
    { "address", 0, "--address", OPTION_SETTING, OPTION_VALUE, BOTH, take_address,
      "a mail address, or a part of one", NULL },
    { "code", 0, "--code", OPTION_SETTING, OPTION_VALUE, BOTH, take_code,
      "a reply code, as 550, 5xx or 5.7.1", NULL },
    { "outcome", 0, "--outcome", OPTION_SETTING, OPTION_VALUE, BOTH, take_outcome,
      "a list of: delivered, partial, rejected, deferred, refused, unanswered, aborted, "
      "encrypted, no_mail, incomplete", NULL },
    { "finding", 0, "--finding", OPTION_SETTING, OPTION_VALUE, BOTH, take_finding,
      "a finding that 'smtpscope findings' lists", NULL },
    { "since", 0, "--since", OPTION_SETTING, OPTION_VALUE, BOTH, take_since, A_TIME, NULL },
    { "until", 0, "--until", OPTION_SETTING, OPTION_VALUE, BOTH, take_until, A_TIME, NULL },
    { "id", 0, "--id", OPTION_SETTING, OPTION_VALUE, BOTH, take_id,
      "a Message-ID or a queue id", NULL },
    { "headers", 0, "--headers", OPTION_SETTING, OPTION_FLAG, BOTH, take_headers, NULL, NULL },
    { "show-secrets", 0, "--show-secrets", OPTION_SETTING, OPTION_FLAG, BOTH, take_secrets,
      NULL, NULL },
    { "lang", 0, "--lang", OPTION_SETTING, OPTION_VALUE, BOTH | REFERENCE, take_language,
      "en, fr, tr or ar", NULL },
    { "annotate", 0, "--annotate", OPTION_SETTING, OPTION_VALUE, BOTH, take_annotate,
      "all, refusals or none", NULL },
    { "catalog", 0, "--catalog", OPTION_SETTING, OPTION_VALUE, BOTH | REFERENCE, take_catalog,
      "the name of a file", NULL },
    { "color", 0, "--color", OPTION_SETTING, OPTION_VALUE, EVERY, take_colour, A_WHEN,
      NULL },
    { "progress", 0, "--progress", OPTION_SETTING, OPTION_VALUE, ANALYZE, take_progress, A_WHEN,
      NULL },
    { "fail-on", 0, "--fail-on", OPTION_SETTING, OPTION_VALUE, BOTH, take_fail_on,
      "error or warning", NULL },
    { "slow", 0, "--slow", OPTION_SETTING, OPTION_VALUE, BOTH, take_slow, A_DURATION, NULL },
    { "memory", 0, "--memory", OPTION_SETTING, OPTION_VALUE, BOTH, take_memory,
      "a number of megabytes, 16 at least", NULL },
    { "time", 0, "--time", OPTION_SETTING, OPTION_VALUE, BOTH, take_time, "utc or local", NULL },
    { "verbose", 'v', "-v", OPTION_SETTING, OPTION_FLAG, BOTH, take_verbose, NULL,
      "more (-v) and less (-q) at the same time" },
    { "quiet", 'q', "-q", OPTION_SETTING, OPTION_FLAG, BOTH, take_quiet, NULL,
      "more (-v) and less (-q) at the same time" },
    { "no-sandbox", 0, "--no-sandbox", OPTION_SETTING, OPTION_FLAG, BOTH, take_no_sandbox, NULL,
      NULL },
    { "checksums", 0, "--checksums", OPTION_SETTING, OPTION_FLAG, BOTH, take_checksums, NULL,
      NULL },
    { NULL, 'r', "-r", OPTION_READ, OPTION_VALUE, ANALYZE, NULL, "the name of a capture file",
      NULL },
    { "interface", 'i', "-i", OPTION_SETTING, OPTION_VALUE, LIVE, take_interface,
      "the name of an interface", "one interface at a time; 'any' is all of them" },
    { NULL, 'w', "-w", OPTION_SETTING, OPTION_VALUE, LIVE, take_packets, "the name of a file",
      NULL },
    { NULL, 'C', "-C", OPTION_SETTING, OPTION_VALUE, LIVE, take_rotate_octets,
      "a number of millions of octets", NULL },
    { NULL, 'G', "-G", OPTION_SETTING, OPTION_VALUE, LIVE, take_rotate_seconds,
      "a number of seconds", NULL },
    { NULL, 'W', "-W", OPTION_SETTING, OPTION_VALUE, LIVE, take_rotate_files,
      "a number of files", NULL },
    { NULL, 's', "-s", OPTION_SETTING, OPTION_VALUE, LIVE, take_snap_length,
      "a number of octets up to 262144 (0: whole frames)", NULL },
    { NULL, 'B', "-B", OPTION_SETTING, OPTION_VALUE, LIVE, take_buffer, "a number of KiB", NULL },
    { NULL, 'p', "-p", OPTION_SETTING, OPTION_FLAG, LIVE, take_modest, NULL, NULL },
    { NULL, 'Z', "-Z", OPTION_SETTING, OPTION_VALUE, LIVE, take_user, "the name of a user", NULL },
    { NULL, 'c', "-c", OPTION_SETTING, OPTION_VALUE, LIVE, take_sessions_max,
      "a number of sessions", NULL },
    { "duration", 0, "--duration", OPTION_SETTING, OPTION_VALUE, LIVE, take_duration, A_DURATION,
      NULL },
    { "stats", 0, "--stats", OPTION_SETTING, OPTION_VALUE, LIVE, take_stats, A_DURATION, NULL },
    { "metrics", 0, "--metrics", OPTION_SETTING, OPTION_VALUE, LIVE, take_metrics,
      "a port, or a numeric address and port, as 9100, 192.0.2.1:9100 or [::1]:9100", NULL },
    { "help", 'h', "--help", OPTION_HELP, OPTION_FLAG, COMMANDS_ALL, NULL, NULL, NULL },
    { "version", 'V', "--version", OPTION_VERSION, OPTION_FLAG, COMMANDS_ALL, NULL, NULL, NULL },
};
/* clang-format on */

const size_t option_row_count = sizeof option_rows / sizeof *option_rows;

_Static_assert(sizeof option_rows / sizeof *option_rows <= OPTION_ROWS_MAX,
               "raise OPTION_ROWS_MAX");
