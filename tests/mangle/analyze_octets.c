/* Plugs a file in memory into app/analysis, and looks at the heap after each frame. */
#include "mangle/analyze_octets.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/analysis.h"
#include "base/mem.h"
#include "fuzz/memory_file.h"

enum {
    /* What there is for sessions, fragments, and the part that is kept free. */
    LITTLE = 768 << 10,
};

static const struct catalog *the_catalog(void)
{
    static struct catalog *catalog;

    if (catalog == NULL && catalog_open(&catalog) != STATUS_OK)
        abort();
    return catalog;
}

static void parse_options(struct options *options, const char *path)
{
    char *words[] = { (char *)"smtpscope", (char *)"analyze", (char *)"--format", (char *)"ndjson",
                      (char *)"--memory",  (char *)"64",      (char *)path,       NULL };
    struct options_problem problem;

    if (options_parse(options, sizeof(words) / sizeof(words[0]) - 1, words, &problem) != STATUS_OK)
        abort();
}

static void look_at_heap(struct analyzed *out)
{
    size_t used = mem_used();

    out->most = used > out->most ? used : out->most;
}

static enum status read_all(struct analysis *analysis, struct analyzed *out)
{
    enum status status = STATUS_OK;
    struct source_problem problem;
    struct frame frame;

    while (status == STATUS_OK) {
        enum source_result result = source_next(analysis->source, &frame, &problem);

        if (result == SOURCE_END)
            break;
        if (result == SOURCE_FRAME)
            status = analysis_take(analysis, &frame);
        else
            analysis_tell_problem(analysis, &problem);
        look_at_heap(out);
    }
    return status;
}

static void analyze(const struct options *options, struct analyzed *out)
{
    struct analysis analysis = { 0 };
    struct source *source = NULL;
    char error[256];
    enum status status =
        source_open_files(&source, options->words, options->word_count, NULL, error, sizeof(error));

    if (status == STATUS_OK)
        status = analysis_open(&analysis, options, the_catalog(), source);
    out->opened = mem_used();
    if (status == STATUS_OK)
        status = read_all(&analysis, out);
    (void)analysis_end(&analysis, status);
    look_at_heap(out);
    out->status = analysis_verdict(&analysis);
    analysis_clear(&analysis);
    source_free(source);
}

static void take_report(const struct memory_file *report, struct analyzed *out)
{
    off_t size = lseek(report->descriptor, 0, SEEK_END);

    out->size = (size_t)size;
    out->ndjson = malloc(out->size + 1);
    if (size < 0 || out->ndjson == NULL ||
        pread(report->descriptor, out->ndjson, out->size, 0) != size)
        abort();
}

struct analyzed analyze_octets(struct slice file, enum analyze_memory memory)
{
    static size_t opening; /* octets that the rooms take before anything is read */
    size_t before;
    FILE *usual_output = stdout;
    FILE *usual_errors = stderr;
    struct analyzed out = { 0 };
    struct options options;
    struct memory_file in;
    struct memory_file report;

    memory_file_open(&in, file);
    memory_file_open(&report, slice_of(NULL, 0));
    (void)the_catalog();
    parse_options(&options, in.path);
    before = mem_used();
    if (memory == ANALYZE_MEMORY_LITTLE)
        options.memory_max = before + opening + LITTLE;
    out.most_allowed = options.memory_max;
    stdout = fopen(report.path, "w");
    stderr = fopen("/dev/null", "w");
    if (stdout == NULL || stderr == NULL)
        abort();
    analyze(&options, &out);
    opening = opening == 0 ? out.opened - before : opening;
    (void)fclose(stderr);
    stdout = usual_output;
    stderr = usual_errors;
    options_clear(&options);
    take_report(&report, &out);
    memory_file_close(&report);
    memory_file_close(&in);
    return out;
}
