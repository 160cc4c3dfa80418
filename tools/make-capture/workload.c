/* Kinds and options, both as tables. */
#include "make-capture/workload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "make-capture/flood.h"

/* So that the first sessions do not march in step. */
#define SPREAD ((uint64_t)2 * STAMP_SECOND)

static const struct kind {
    const char *name;
    const char *what;
    struct workload workload;
} kinds[] = {
    { "bulk",
      "1 GB: 5,000 sessions with a message of 200 KB each",
      { .sessions = 5000,
        .concurrency = 50,
        .message_size = 187000,
        .messages = 1,
        .shares = { [SHARE_PIPELINING] = 0.6,
                    [SHARE_BDAT] = 0.1,
                    [SHARE_REFUSALS] = 0.01,
                    [SHARE_IPV6] = 0.2,
                    [SHARE_LOSS] = 0.0005 } } },
    { "chatty",
      "500 MB: 78,000 small sessions, 20,000 at a time",
      { .sessions = 78000,
        .concurrency = 20000,
        .message_size = 1500,
        .messages = 2,
        .shares = { [SHARE_PIPELINING] = 0.4,
                    [SHARE_BDAT] = 0.05,
                    [SHARE_REFUSALS] = 0.06,
                    [SHARE_IPV6] = 0.2,
                    [SHARE_TLS] = 0.1,
                    [SHARE_AUTH] = 0.1,
                    [SHARE_LOSS] = 0.0005 } } },
    { "hostile",
      "200 MB: loss, reordering, gaps, arbitrary cuts, half of the packets noise",
      { .sessions = 2900,
        .concurrency = 500,
        .message_size = 12000,
        .messages = 2,
        .shares = { [SHARE_LOSS] = 0.03,
                    [SHARE_DUPLICATES] = 0.02,
                    [SHARE_REORDER] = 0.03,
                    [SHARE_GAPS] = 0.01,
                    [SHARE_IPV6] = 0.3,
                    [SHARE_PIPELINING] = 0.5,
                    [SHARE_BDAT] = 0.2,
                    [SHARE_REFUSALS] = 0.1,
                    [SHARE_TLS] = 0.15,
                    [SHARE_AUTH] = 0.15,
                    [SHARE_SPLITS] = 0.2,
                    [SHARE_WRAP] = 0.2,
                    [SHARE_ABORTS] = 0.1,
                    [SHARE_REUSE] = 0.05,
                    [SHARE_NOISE] = 0.5 } } },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const char *const share_names[SHARE_COUNT] = {
    [SHARE_LOSS] = "--loss",       [SHARE_DUPLICATES] = "--duplicates",
    [SHARE_REORDER] = "--reorder", [SHARE_GAPS] = "--gaps",
    [SHARE_IPV6] = "--ipv6",       [SHARE_PIPELINING] = "--pipelining",
    [SHARE_BDAT] = "--bdat",       [SHARE_REFUSALS] = "--refusals",
    [SHARE_TLS] = "--tls",         [SHARE_AUTH] = "--auth",
    [SHARE_SPLITS] = "--splits",   [SHARE_WRAP] = "--wrap",
    [SHARE_ABORTS] = "--aborts",   [SHARE_REUSE] = "--reuse",
    [SHARE_NOISE] = "--noise",
};

void workload_help(void)
{
    puts("usage: make-capture [OPTION...] CAPTURE TRUTH\n"
         "       make-capture --flood KIND [--count N] CAPTURE\n"
         "Writes SMTP sessions to CAPTURE (pcap) and what was said in them to TRUTH (ndjson).\n"
         "The same options give the same octets. CAPTURE may be - for standard output.\n"
         "\n"
         "  --kind KIND         what the other options start from, and must come after:");
    for (int i = 0; i < KINDS; i++)
        printf("                        %-8s %s\n", kinds[i].name, kinds[i].what);
    puts("  --scale FACTOR      of sessions and concurrency\n"
         "  --seed N            default 1\n"
         "  --sessions N        --concurrency N\n"
         "  --message-size N    octets, give or take a half\n"
         "  --messages N        at most, a session\n"
         "  --spread SECONDS    within which the first sessions begin (2)\n"
         "Shares in per cent, of segments or packets:\n"
         "  --loss --duplicates --reorder --gaps --noise\n"
         "of sessions:\n"
         "  --ipv6 --pipelining --bdat --tls --auth --splits --wrap --aborts --reuse\n"
         "and of commands:\n"
         "  --refusals\n"
         "\n"
         "  --flood KIND        instead of sessions, what is made to exhaust a reader:");
    flood_help();
    puts("  --count N           so many of these, instead of about a million");
}

static enum workload_result usage(const char *what, const char *which)
{
    fprintf(stderr, "make-capture: %s%s (see --help)\n", what, which);
    return WORKLOAD_USAGE;
}

static bool read_number(const char *text, double most, double *out)
{
    char *end;

    errno = 0;
    *out = strtod(text, &end);
    return errno == 0 && end != text && *end == '\0' && *out >= 0 && *out <= most;
}

static uint32_t scaled(uint32_t count, double factor)
{
    double product = count * factor;

    return product < 1 ? 1 : (uint32_t)product;
}

static bool take_count(struct workload *w, const char *name, double value)
{
    if (strcmp(name, "--count") == 0)
        w->count = (uint64_t)value;
    else if (strcmp(name, "--seed") == 0)
        w->seed = (uint64_t)value;
    else if (strcmp(name, "--sessions") == 0)
        w->sessions = (uint32_t)value;
    else if (strcmp(name, "--concurrency") == 0)
        w->concurrency = value < 1 ? 1 : (uint32_t)value;
    else if (strcmp(name, "--message-size") == 0)
        w->message_size = (uint32_t)value;
    else if (strcmp(name, "--messages") == 0)
        w->messages = value < 1 ? 1 : (uint32_t)value;
    else if (strcmp(name, "--spread") == 0)
        w->spread = value * 1e9 < 1 ? 1 : (uint64_t)(value * 1e9);
    else
        return false;
    return true;
}

static bool take_kind(struct workload *w, const char *name)
{
    for (int i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, name) != 0)
            continue;
        uint64_t seed = w->seed;
        uint64_t spread = w->spread;

        *w = kinds[i].workload;
        w->seed = seed;
        w->spread = spread;
        return true;
    }
    return false;
}

static enum workload_result take_option(struct workload *w, const char *name, const char *text)
{
    double value;

    if (strcmp(name, "--kind") == 0)
        return take_kind(w, text) ? WORKLOAD_OK : usage("unknown kind ", text);
    if (strcmp(name, "--flood") == 0) {
        w->flood = flood_named(text);
        return w->flood != NULL ? WORKLOAD_OK : usage("unknown flood ", text);
    }
    if (!read_number(text, strcmp(name, "--count") == 0 ? 1e15 : 2e9, &value))
        return usage("not a number: ", text);
    if (strcmp(name, "--scale") == 0) {
        w->sessions = scaled(w->sessions, value);
        w->concurrency = scaled(w->concurrency, value);
        return WORKLOAD_OK;
    }
    if (take_count(w, name, value))
        return WORKLOAD_OK;
    for (int i = 0; i < SHARE_COUNT; i++) {
        if (strcmp(share_names[i], name) != 0)
            continue;
        if (value > (i == SHARE_NOISE ? 90 : 100))
            return usage("too large a share: ", text);
        w->shares[i] = value / 100;
        return WORKLOAD_OK;
    }
    return usage("unknown option ", name);
}

enum workload_result workload_parse(int argc, char **argv, struct workload *out,
                                    struct workload_files *files)
{
    int i = 1;

    *out = kinds[0].workload;
    out->seed = 1;
    out->spread = SPREAD;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i += 2) {
        enum workload_result result;

        if (strcmp(argv[i], "--help") == 0)
            return WORKLOAD_HELP;
        if (i + 1 == argc)
            return usage("a value is missing after ", argv[i]);
        result = take_option(out, argv[i], argv[i + 1]);
        if (result != WORKLOAD_OK)
            return result;
    }
    if (argc - i != (out->flood != NULL ? 1 : 2))
        return usage(out->flood != NULL ? "a flood takes a CAPTURE to write, and no truth"
                                        : "it takes a CAPTURE and a TRUTH to write",
                     "");
    *files = (struct workload_files){ argv[i], out->flood != NULL ? NULL : argv[i + 1] };
    return WORKLOAD_OK;
}
