/* The command line, read and checked. */
#ifndef SMTPSCOPE_APP_OPTIONS_H
#define SMTPSCOPE_APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "app/ports.h"
#include "app/select.h"
#include "base/status.h"
#include "net/endpoint.h"
#include "report/writer.h"

enum command {
    COMMAND_ANALYZE,
    COMMAND_LIVE,
    COMMAND_INTERFACES,
    COMMAND_EXPLAIN,
    COMMAND_COMPARE,
    COMMAND_CODES,
    COMMAND_FINDINGS,
    COMMAND_HELP,
    COMMAND_VERSION,
};

enum format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_NDJSON,
    FORMAT_SUMMARY,
};

enum when {
    WHEN_AUTO,
    WHEN_ALWAYS,
    WHEN_NEVER,
};

struct output_file {
    const char *path;
    enum format format;
};

/* What only live has. */
struct live_settings {
    const char *interface;   /* -i */
    const char *packets;     /* -w; NULL: they are not kept */
    uint64_t rotate_octets;  /* -C; 0: never */
    uint32_t rotate_seconds; /* -G; 0: never */
    uint32_t rotate_files;   /* -W; 0: no end */
    uint32_t snap_length;    /* -s; 0: whole frames */
    uint32_t buffer_kib;     /* -B; 0: as libpcap has it */
    bool is_modest;          /* -p: not promiscuous */
    const char *user;        /* -Z; NULL: picked */
    uint64_t sessions_max;   /* -c; 0: no end */
    int64_t duration_ns;     /* 0: no end */
    int64_t stats_ns;        /* 0: never */
    bool has_metrics;        /* --metrics */
    struct endpoint metrics; /* where they are served */
};

/* Strings point into argv, or into `joined`. */
struct options {
    enum command command;
    const char *topic; /* of help: the name of a command, or NULL */

    const char **words; /* captures; or what explain and compare were asked */
    size_t word_count;

    enum format format;
    struct output_file *outputs;
    size_t output_count;
    struct ports ports;
    const char *filter; /* NULL: none */
    struct selection selection;
    bool with_headers;
    bool shows_secrets;
    bool has_language; /* false: the environment says */
    enum language language;
    enum annotate annotate;
    const char *catalog; /* NULL: the built-in one alone */
    enum when colour;
    enum when progress;
    enum severity fail_on; /* SEVERITY_OK: not set */
    int64_t slow_ns;       /* --slow; 0: not set */
    size_t memory_max;     /* --memory, in octets */
    enum clock_zone zone;
    enum report_detail detail;
    bool has_no_sandbox;
    bool enforces_checksums;
    struct live_settings live;

    char *joined; /* owned: the words of a filter or a question, put together */
};

enum { OPTIONS_PROBLEM_MAX = 512 };

struct options_problem {
    char text[OPTIONS_PROBLEM_MAX]; /* one line */
    const char *topic;              /* the command whose help says more; NULL: the general one */
};

/* Reads `argv`, which getopt permutes. STATUS_USAGE: `*problem` says what is wrong. The caller
 * clears `*options` in every case. */
MUST_USE enum status options_parse(struct options *options, int argc, char **argv,
                                   struct options_problem *problem);
void options_clear(struct options *options);

/* "analyze" and so on; NULL for what only options ask for (COMMAND_VERSION). */
const char *command_name(enum command command);

/* The command of that name, "analyse" included; false where there is none. */
bool command_named(const char *name, enum command *out);

#endif
