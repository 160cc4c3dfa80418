/* Reads capture files to their end. */
#include "app/analyze.h"

#include "app/analysis.h"
#include "app/confine.h"
#include "app/message.h"
#include "capture/filter.h"
#include "net/glance.h"

/* Frames that will come are made known: two where one has been taken, until they are far enough. */
static void look_ahead(struct analysis *a, const struct frame *taken)
{
    uint64_t furthest = taken->place.frame + TRACKER_FORESEEN;
    struct glance glance;
    struct frame frame;

    for (int i = 0; i < 2; i++) {
        if (!source_glance(a->source, TRACKER_FORESEEN, &frame))
            return;
        if (net_glance(&frame, &a->options->ports.set, &glance))
            tracker_foresee(a->tracker, frame.place.frame, &glance.from, &glance.to,
                            glance.payload);
        if (frame.place.frame == furthest)
            return;
    }
}

static enum status read_all(struct analysis *a)
{
    enum status status = STATUS_OK;
    struct source_problem problem;
    struct frame frame;

    while (status == STATUS_OK) {
        switch (source_next(a->source, &frame, &problem)) {
        case SOURCE_FRAME:
            if (tracker_wants_foresight(a->tracker))
                look_ahead(a, &frame);
            status = analysis_take(a, &frame);
            progress_tick(&a->progress, a->source, a->sessions);
            break;
        case SOURCE_ERROR:
            analysis_tell_problem(a, &problem);
            break;
        case SOURCE_NONE: /* files never say so */
            break;
        case SOURCE_END:
            return STATUS_OK;
        }
    }
    return status;
}

/* A capture without packets is no answer to anything: whoever reads the report must know. */
static void tell_empty_captures(struct analysis *a)
{
    for (uint32_t i = 0; i < a->options->word_count; i++) {
        struct source_problem problem = { .reason = "no packets in it" };

        if (!source_is_empty(a->source, i))
            continue;
        problem.file = source_name(a->source, i);
        analysis_tell_problem(a, &problem);
    }
}

/* Without the sandbox that was to be there nothing is read. */
static enum status give_up(struct analysis *a, const char *error)
{
    message("%s", error);
    analysis_clear(a);
    *a = (struct analysis){ .has_trouble = true };
    return STATUS_IO;
}

/* Captures are looked at within the sandbox from their first octet on; only the names in a filter
 * are looked up before. STATUS_USAGE: the filter is wrong, as `error` says. */
static enum status open_all(struct analysis *a, const struct options *options,
                            const struct catalog *catalog, struct source **source,
                            struct filter *filter, char error[SANDBOX_ERROR_MAX])
{
    struct source_options wanted = { .filter = options->filter, .compiled = filter };
    enum status status = filter == NULL ? STATUS_OK : filter_prepare(filter);

    if (status == STATUS_OK)
        status = confine_opening(options, error);
    if (status == STATUS_IO)
        return give_up(a, error);
    if (status == STATUS_OK)
        status = source_open_files(source, options->words, options->word_count, &wanted, error,
                                   SANDBOX_ERROR_MAX);
    if (status == STATUS_OK)
        status = analysis_open(a, options, catalog, *source);
    if (status == STATUS_OK && confine_reading(options, error) != STATUS_OK)
        return give_up(a, error);
    return status;
}

enum exit_status analyze_run(const struct options *options, const struct catalog *catalog)
{
    struct source *source = NULL;
    struct filter *filter = NULL;
    struct analysis analysis = { 0 };
    char error[SANDBOX_ERROR_MAX] = "";
    enum exit_status result = EXIT_USAGE;
    enum status status = STATUS_OK;

    if (options->filter != NULL)
        status = filter_new(&filter, options->filter);
    if (status == STATUS_OK)
        status = open_all(&analysis, options, catalog, &source, filter, error);
    if (status == STATUS_USAGE) {
        message_usage(error, "analyze");
    } else {
        if (status == STATUS_OK)
            status = read_all(&analysis);
        if (status == STATUS_OK)
            tell_empty_captures(&analysis);
        (void)analysis_end(&analysis, status);
        result = analysis_verdict(&analysis);
    }
    analysis_clear(&analysis);
    source_free(source);
    filter_free(filter);
    return result;
}
