/* oom RUN: lets the allocations of a run fail, each in a process of its own: of every caller (a
 * call stack) the first, and of every fourth caller that one and all that come later. Callers that
 * an earlier run of the list has, with a report of the same form, are left out.
 * oom --every RUN: every allocation, and all later ones from each caller's first on. Only what the
 * first run does is left out in the others: to read the built-in catalog, by many thousand
 * allocations, as all runs do.
 *
 * oom --show N RUN: where allocation N is, and how the run ends without it. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/app.h"
#include "oom/heap.h"
#include "oom/laws.h"
#include "oom/runs.h"

enum {
    ALLOCATIONS_MAX = 1 << 20,
    PATIENCE = 60, /* seconds a run may take; it takes some milliseconds */
    TOLD_MAX = 10, /* broken laws shown whole */
    FOR_GOOD_EVERY = 4,
    SKIPPED = 77, /* what CTest takes for it */
};

struct attempt {
    uint64_t n; /* 0: nothing fails */
    enum heap_failure failure;
    bool shows;
};

/* In memory that the processes share. */
struct recording {
    uint64_t count;
    uint64_t callers[ALLOCATIONS_MAX];
};

struct bench {
    const struct run *run;
    char folder[PATH_MAX];
    struct recording *recording;
    struct recording *common; /* each caller once of the runs that stand for parts of this one */
    struct ending whole;
    uint64_t runs;
    uint64_t troubles;
    uint64_t broken;
};

static void give_up(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static const char *path_of(const struct bench *b, const char *name)
{
    static char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s/%s", b->folder, name) >= (int)sizeof path)
        exit(EXIT_FAILURE);
    return path;
}

static void redirect(const struct bench *b, int descriptor, const char *name)
{
    int file = open(path_of(b, name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (file < 0 || dup2(file, descriptor) < 0)
        give_up(name);
    close(file);
}

/* In the child: the program from its first line to its last. */
_Noreturn static void play(const struct bench *b, const struct attempt *attempt)
{
    int count;
    char **words = run_words(b->run, b->folder, &count);
    enum exit_status status;

    redirect(b, STDOUT_FILENO, "output");
    redirect(b, STDERR_FILENO, "messages");
    (void)alarm(PATIENCE);
    if (attempt->shows)
        heap_show();
    if (attempt->n == 0)
        heap_record(b->recording->callers, ALLOCATIONS_MAX);
    else
        heap_begin(attempt->n, attempt->failure);
    status = app_run(count, words);
    if (attempt->n == 0)
        b->recording->count = heap_end();
    else
        (void)heap_end();
    exit((int)status);
}

static struct left take(const char *path)
{
    struct left left = { NULL, 0 };
    FILE *in = fopen(path, "rb");
    struct stat about;

    if (in == NULL)
        return left;
    if (fstat(fileno(in), &about) != 0)
        give_up(path);
    left.text = calloc(1, (size_t)about.st_size + 1);
    if (left.text == NULL)
        give_up(path);
    left.len = fread(left.text, 1, (size_t)about.st_size, in);
    (void)fclose(in);
    return left;
}

/* Takes away what is left in the folder of reports. Returns how many files that were. */
static size_t clear_reports(const struct bench *b)
{
    DIR *folder = opendir(path_of(b, "reports"));
    size_t count = 0;
    struct dirent *entry;

    if (folder == NULL)
        give_up("reports");
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        count++;
        (void)unlinkat(dirfd(folder), entry->d_name, 0);
    }
    (void)closedir(folder);
    return count;
}

static struct ending end_of(const struct bench *b, const struct attempt *attempt)
{
    struct ending ending = { 0 };
    pid_t child;

    (void)fflush(NULL);
    child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0)
        play(b, attempt);
    if (waitpid(child, &ending.status, 0) != child)
        give_up("waitpid");
    ending.output = take(path_of(b, "output"));
    ending.messages = take(path_of(b, "messages"));
    for (size_t i = 0; i < RUN_FILES_MAX && b->run->reports[i].name != NULL; i++) {
        char name[64];

        (void)snprintf(name, sizeof name, "reports/%s", b->run->reports[i].name);
        ending.reports[i] = take(path_of(b, name));
        (void)unlink(path_of(b, name));
    }
    ending.strangers = clear_reports(b);
    return ending;
}

static void tell(const struct bench *b, const struct attempt *attempt, const struct ending *ending,
                 const char *law)
{
    printf("%s: without allocation %" PRIu64 "%s: %s (wait status %#x)\n%.*s\n", b->run->name,
           attempt->n, attempt->failure == HEAP_FAILS_FOR_GOOD ? " and all later ones" : "", law,
           (unsigned)ending->status, (int)ending->messages.len, ending->messages.text);
}

/* A law that is broken is told with the call stack. */
static void tell_broken(struct bench *b, struct attempt attempt, const char *law)
{
    struct ending ending;

    if (b->broken++ >= TOLD_MAX)
        return;
    attempt.shows = true;
    ending = end_of(b, &attempt);
    tell(b, &attempt, &ending, law);
    ending_clear(&ending);
}

static void try(struct bench *b, struct attempt attempt)
{
    struct ending ending = end_of(b, &attempt);
    /* Each output that cannot be ended says so for itself. */
    size_t lines_max = attempt.failure == HEAP_FAILS_FOR_GOOD ? 2 + RUN_FILES_MAX : 1;
    const char *law = law_broken(b->run, &ending, &b->whole, lines_max);

    b->runs++;
    b->troubles += WIFEXITED(ending.status) && WEXITSTATUS(ending.status) == EXIT_TROUBLE;
    ending_clear(&ending);
    if (law != NULL)
        tell_broken(b, attempt, law);
}

static bool is_seen(const uint64_t *callers, uint64_t count, uint64_t caller)
{
    for (uint64_t i = 0; i < count; i++)
        if (callers[i] == caller)
            return true;
    return false;
}

static bool is_common(const struct bench *b, uint64_t caller)
{
    return is_seen(b->common->callers, b->common->count, caller);
}

/* Returns how many callers there are. */
static uint64_t try_all(struct bench *b, bool is_every)
{
    const struct recording *r = b->recording;
    uint64_t callers = 0;

    for (uint64_t i = 0; i < r->count; i++) {
        bool is_first = !is_seen(r->callers, i, r->callers[i]);

        if (r->callers[i] == HEAP_CALLER_HOPELESS || is_common(b, r->callers[i]))
            continue;
        if (is_every || is_first)
            try(b, (struct attempt){ .n = i + 1, .failure = HEAP_FAILS_ONCE });
        if (is_first && (is_every || callers % FOR_GOOD_EVERY == 0))
            try(b, (struct attempt){ .n = i + 1, .failure = HEAP_FAILS_FOR_GOOD });
        callers += is_first;
    }
    return callers;
}

static struct recording *recording_new(void)
{
    struct recording *r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (r == MAP_FAILED)
        give_up("mmap");
    return r;
}

/* How a run ends with memory for all; its allocations are recorded. */
static struct ending whole_of(const struct bench *b, const struct run *run,
                              struct recording *recording)
{
    struct bench own = *b;
    struct ending whole;

    own.run = run;
    own.recording = recording;
    whole = end_of(&own, &(struct attempt){ 0 });
    if (whole.status != 0 || whole.output.len + whole.reports[0].len == 0 ||
        recording->count == 0 || recording->count > ALLOCATIONS_MAX) {
        tell(&own, &(struct attempt){ 0 }, &whole, "the run does not do with memory for all");
        exit(EXIT_FAILURE);
    }
    return whole;
}

static void find_common(struct bench *b, bool is_every)
{
    struct recording *earlier = recording_new();
    size_t count;
    const struct run *first = runs(&count);

    b->common = recording_new();
    for (const struct run *run = first; run < b->run; run++) {
        struct ending whole;

        if (run != first && (is_every || run->form != b->run->form))
            continue;
        whole = whole_of(b, run, earlier);
        ending_clear(&whole);
        for (uint64_t i = 0; i < earlier->count; i++)
            if (!is_common(b, earlier->callers[i]))
                b->common->callers[b->common->count++] = earlier->callers[i];
    }
    (void)munmap(earlier, sizeof *earlier);
}

static void open_bench(struct bench *b, bool is_every)
{
    const char *temporary = getenv("TMPDIR");

    (void)snprintf(b->folder, sizeof b->folder, "%s/smtpscope-oom.XXXXXX",
                   temporary == NULL ? "/tmp" : temporary);
    if (mkdtemp(b->folder) == NULL || mkdir(path_of(b, "reports"), 0700) != 0)
        give_up(b->folder);
    run_files_write(b->folder);
    b->recording = recording_new();
    b->whole = whole_of(b, b->run, b->recording);
    find_common(b, is_every);
}

static void close_bench(struct bench *b)
{
    run_files_remove(b->folder);
    (void)unlink(path_of(b, "output"));
    (void)unlink(path_of(b, "messages"));
    (void)rmdir(path_of(b, "reports"));
    (void)rmdir(b->folder);
    ending_clear(&b->whole);
    (void)munmap(b->recording, sizeof *b->recording);
    (void)munmap(b->common, sizeof *b->common);
}

static int usage(void)
{
    size_t count;
    const struct run *list = runs(&count);

    fputs("usage: oom [--every | --show N] RUN\nRUN is one of:", stderr);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, " %s", list[i].name);
    fputc('\n', stderr);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct bench b = { .run = argc < 2 ? NULL : run_of(argv[argc - 1]) };
    bool is_every = argc > 2 && strcmp(argv[1], "--every") == 0;
    bool is_show = argc > 3 && strcmp(argv[1], "--show") == 0;

    if (b.run == NULL)
        return usage();
    if (b.run->needs_root && geteuid() != 0)
        return SKIPPED;
    open_bench(&b, is_every);
    if (is_show) {
        tell_broken(&b, (struct attempt){ .n = strtoull(argv[2], NULL, 10) }, "as wanted");
        printf("of %" PRIu64 " allocations\n", b.recording->count);
    } else {
        uint64_t callers = try_all(&b, is_every);

        printf("%s: %" PRIu64 " allocations, %" PRIu64 " callers of its own; %" PRIu64 " runs, %" PRIu64
               " ended with 1, %" PRIu64 " broke a law\n",
               b.run->name, b.recording->count, callers, b.runs, b.troubles, b.broken);
    }
    close_bench(&b);
    return b.broken == 0 || is_show ? EXIT_SUCCESS : EXIT_FAILURE;
}
