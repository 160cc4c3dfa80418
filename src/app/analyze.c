/* Reads capture files to their end. */
#include "app/analyze.h"

#include <inttypes.h>

#include "app/analysis.h"
#include "app/message.h"

static void tell_problem(struct analysis *a, const struct source_problem *problem)
{
    progress_end(&a->progress);
    a->has_trouble = true;
    if (problem->frame > 0)
        message("%s: %s (after packet %" PRIu64 ")", problem->file, problem->reason,
                problem->frame);
    else
        message("%s: %s", problem->file, problem->reason);
}

static enum status read_all(struct analysis *a)
{
    enum status status = STATUS_OK;
    struct source_problem problem;
    struct frame frame;

    while (status == STATUS_OK) {
        switch (source_next(a->source, &frame, &problem)) {
        case SOURCE_FRAME:
            status = analysis_take(a, &frame);
            progress_tick(&a->progress, a->source, a->sessions);
            break;
        case SOURCE_ERROR:
            tell_problem(a, &problem);
            break;
        case SOURCE_NONE: /* files never say so */
            break;
        case SOURCE_END:
            return STATUS_OK;
        }
    }
    return status;
}

enum exit_status analyze_run(const struct options *options, const struct catalog *catalog)
{
    struct source_options wanted = { .filter = options->filter };
    struct source *source = NULL;
    struct analysis analysis = { 0 };
    char error[256] = "";
    enum exit_status result;
    enum status status = source_open_files(&source, options->words, options->word_count, &wanted,
                                           error, sizeof error);

    if (status == STATUS_USAGE) {
        message_usage(error, "analyze");
        source_free(source);
        return EXIT_USAGE;
    }
    if (status == STATUS_OK) {
        status = analysis_open(&analysis, options, catalog, source);
        if (status == STATUS_OK)
            status = read_all(&analysis);
        (void)analysis_end(&analysis, status);
    } else {
        analysis_run_out(&analysis);
    }
    result = analysis_verdict(&analysis);
    analysis_clear(&analysis);
    source_free(source);
    return result;
}
