/* From the command line to the command. */
#include "app/app.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/cleanup.h"
#include "app/help.h"
#include "app/interfaces.h"
#include "app/live.h"
#include "app/message.h"
#include "app/options.h"
#include "app/analyze.h"
#include "app/terminal.h"
#include "report/layout.h"
#include "report/reference.h"

/* Standard output is written once it is whole: a failure shows when it is flushed. */
static enum exit_status finish_output(void)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return EXIT_DONE;
    if (errno == EPIPE)
        return EXIT_CLOSED_PIPE;
    message("standard output: %s", strerror(errno));
    return EXIT_TROUBLE;
}

static enum language language_for(const struct options *options)
{
    if (options->has_language)
        return options->language;
    return language_of_environment(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"));
}

static enum role role_of(enum severity severity)
{
    switch (severity) {
    case SEVERITY_ERROR:
        return ROLE_BAD;
    case SEVERITY_WARNING:
        return ROLE_WARN;
    case SEVERITY_INFO:
    case SEVERITY_OK:
        break;
    }
    return ROLE_NOTE;
}

static enum status write_findings(const struct reference_options *reference)
{
    struct layout l = layout_of(stdout, reference->columns, reference->in_colour);
    size_t count;
    const struct finding_rule *rules = finding_rules(&count);
    enum status status;

    for (size_t i = 0; i < count; i++) {
        layout_text(&l, ROLE_STRONG, rules[i].id);
        layout_text(&l, ROLE_PLAIN, "  ");
        layout_text(&l, role_of(rules[i].severity), severity_name(rules[i].severity));
        layout_text(&l, ROLE_DIM, "  ");
        layout_text(&l, ROLE_DIM, rules[i].reference);
        layout_end(&l);
        layout_text(&l, ROLE_PLAIN, "    ");
        layout_hang(&l);
        layout_text(&l, ROLE_PLAIN, rules[i].meaning);
        layout_end_prose(&l);
    }
    status = l.status;
    layout_clear(&l);
    return status;
}

static enum exit_status refuse(enum status status, const char *text, const char *topic)
{
    if (status != STATUS_USAGE) {
        message("out of memory");
        return EXIT_TROUBLE;
    }
    message_usage(text, topic);
    return EXIT_USAGE;
}

static unsigned code_of(const char *word)
{
    uint64_t code;

    return slice_to_u64(slice_of_string(word), &code) && code >= 200 && code <= 599 ? (unsigned)code
                                                                                    : 0;
}

static enum exit_status run_reference(const struct options *options, const struct catalog *catalog)
{
    struct reference_options reference = {
        .catalog = catalog,
        .language = language_for(options),
        .columns = terminal_columns(),
        .in_colour = terminal_wants_colour(options->colour),
    };
    enum status status;

    if (options->command == COMMAND_EXPLAIN) {
        status = reference_explain(stdout, &reference, options->words, options->word_count);
        if (status == STATUS_USAGE || status == STATUS_NO_MEMORY)
            return refuse(status,
                          "no reply code from 200 to 599, nor an enhanced one, stands in that",
                          "explain");
    } else if (options->command == COMMAND_COMPARE) {
        status = reference_compare(stdout, &reference, code_of(options->words[0]),
                                   code_of(options->words[1]));
        if (status == STATUS_USAGE || status == STATUS_NO_MEMORY)
            return refuse(status,
                          "compare needs two reply codes that smtpscope codes lists; an enhanced "
                          "code is for explain",
                          "compare");
    } else if (options->command == COMMAND_CODES) {
        status = reference_codes(stdout, &reference);
    } else {
        status = write_findings(&reference);
    }
    if (status == STATUS_NO_MEMORY)
        return refuse(status, "", NULL);
    return finish_output();
}

/* The file of the time zone, which the C library reads when a local time is first told: by then a
 * sandbox may be in the way. Without memory for it, it tells UTC and does not say so. */
static bool load_zone(void)
{
    errno = 0;
    tzset();
    return errno != ENOMEM;
}

static enum exit_status run_capture(struct options *options, const struct catalog *catalog)
{
    if (!load_zone())
        return refuse(STATUS_NO_MEMORY, "", NULL);
    options->language = language_for(options);
    return options->command == COMMAND_LIVE ? live_run(options, catalog)
                                            : analyze_run(options, catalog);
}

static enum exit_status run_with_catalog(struct options *options)
{
    struct catalog *catalog = NULL;
    char error[256];
    enum exit_status result = EXIT_TROUBLE;

    if (catalog_open(&catalog) != STATUS_OK) {
        message("out of memory");
        return EXIT_TROUBLE;
    }
    if (options->catalog != NULL &&
        catalog_overlay(catalog, options->catalog, error, sizeof(error)) != STATUS_OK) {
        message("%s: %s", options->catalog, error);
    } else if (options->command == COMMAND_ANALYZE || options->command == COMMAND_LIVE) {
        result = run_capture(options, catalog);
    } else {
        result = run_reference(options, catalog);
    }
    catalog_free(catalog);
    return result;
}

static enum exit_status run_command(struct options *options)
{
    switch (options->command) {
    case COMMAND_HELP:
        help_write(stdout, options->topic);
        return finish_output();
    case COMMAND_VERSION:
        version_write(stdout);
        return finish_output();
    case COMMAND_INTERFACES:
        if (interfaces_write(stdout, options->colour) != STATUS_OK)
            return EXIT_TROUBLE;
        return finish_output();
    case COMMAND_ANALYZE:
    case COMMAND_LIVE:
    case COMMAND_EXPLAIN:
    case COMMAND_COMPARE:
    case COMMAND_CODES:
    case COMMAND_FINDINGS:
        break;
    }
    return run_with_catalog(options);
}

enum exit_status app_run(int argc, char **argv)
{
    struct options_problem problem;
    struct options options;
    enum exit_status result = EXIT_TROUBLE;

    cleanup_catch_signals();
    if (argc < 2) {
        help_write_usage(stderr);
        return EXIT_USAGE;
    }
    switch (options_parse(&options, argc, argv, &problem)) {
    case STATUS_OK:
        result = run_command(&options);
        break;
    case STATUS_USAGE:
        message_usage(problem.text, problem.topic);
        result = EXIT_USAGE;
        break;
    case STATUS_NO_MEMORY:
    case STATUS_IO:
        result = refuse(STATUS_NO_MEMORY, "", NULL);
        break;
    }
    options_clear(&options);
    return result;
}
