/* oom [RUN]: lets the allocations of a run, or of all that need no root, fail, each in a process of
 * its own: of every caller (a call stack) the first, and of every fourth caller that one and all
 * that come later. Callers that an earlier run had, with a report of the same form, are left out.
 * oom --every [RUN]: every allocation, and all later ones from each caller's first on.
 *
 * The first of the list reads a site's catalog, by many allocations: the others leave out what has
 * the same caller there.
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
    struct recording *common;         /* each caller of the first run once */
    struct recording *had[RUN_FORMS]; /* and those of all runs before this one, by form */
    struct ending whole;
    uint64_t runs;
    uint64_t troubles;
    uint64_t broken;
    bool is_every;
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

static bool holds(const struct recording *callers, uint64_t caller)
{
    return is_seen(callers->callers, callers->count, caller);
}

static void note_callers(struct recording *callers, const struct recording *r)
{
    for (uint64_t i = 0; i < r->count; i++)
        if (!holds(callers, r->callers[i]))
            callers->callers[callers->count++] = r->callers[i];
}

/* Another run stands for what this caller does. */
static bool is_left_out(const struct bench *b, uint64_t caller)
{
    return caller == HEAP_CALLER_HOPELESS || holds(b->common, caller) ||
           (!b->is_every && holds(b->had[b->run->form], caller));
}

/* Returns how many callers there are. */
static uint64_t try_all(struct bench *b)
{
    const struct recording *r = b->recording;
    uint64_t callers = 0;

    for (uint64_t i = 0; i < r->count; i++) {
        bool is_first = !is_seen(r->callers, i, r->callers[i]);

        if (is_left_out(b, r->callers[i]))
            continue;
        if (b->is_every || is_first)
            try(b, (struct attempt){ .n = i + 1, .failure = HEAP_FAILS_ONCE });
        if (is_first && (b->is_every || callers % FOR_GOOD_EVERY == 0))
            try(b, (struct attempt){ .n = i + 1, .failure = HEAP_FAILS_FOR_GOOD });
        callers += is_first;
    }
    return callers;
}

static struct recording *recording_new(void)
{
    struct recording *r =
        mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (r == MAP_FAILED)
        give_up("mmap");
    return r;
}

static void recording_free(struct recording *r)
{
    (void)munmap(r, sizeof *r);
}

/* How the run ends with memory for all; its allocations are recorded. */
static struct ending whole_of(struct bench *b)
{
    struct ending whole = end_of(b, &(struct attempt){ 0 });

    if (whole.status != 0 || whole.output.len + whole.reports[0].len == 0 ||
        b->recording->count == 0 || b->recording->count > ALLOCATIONS_MAX) {
        tell(b, &(struct attempt){ 0 }, &whole, "the run does not do with memory for all");
        exit(EXIT_FAILURE);
    }
    return whole;
}

static void open_bench(struct bench *b)
{
    const char *temporary = getenv("TMPDIR");

    (void)snprintf(b->folder, sizeof b->folder, "%s/smtpscope-oom.XXXXXX",
                   temporary == NULL ? "/tmp" : temporary);
    if (mkdtemp(b->folder) == NULL || mkdir(path_of(b, "reports"), 0700) != 0)
        give_up(b->folder);
    run_files_write(b->folder);
    b->recording = recording_new();
    b->common = recording_new();
    for (size_t i = 0; i < RUN_FORMS; i++)
        b->had[i] = recording_new();
}

static void close_bench(struct bench *b)
{
    run_files_remove(b->folder);
    (void)unlink(path_of(b, "output"));
    (void)unlink(path_of(b, "messages"));
    (void)rmdir(path_of(b, "reports"));
    (void)rmdir(b->folder);
    recording_free(b->recording);
    recording_free(b->common);
    for (size_t i = 0; i < RUN_FORMS; i++)
        recording_free(b->had[i]);
}

static void begin_run(struct bench *b, const struct run *run)
{
    b->run = run;
    b->whole = whole_of(b);
    b->runs = 0;
    b->troubles = 0;
    b->broken = 0;
}

/* Returns how many laws were broken. */
static uint64_t try_run(struct bench *b, const struct run *run)
{
    size_t count;
    const struct run *first = runs(&count);
    uint64_t callers;

    if (run != first && b->common->count == 0) {
        struct ending ending;

        b->run = first;
        ending = whole_of(b);
        ending_clear(&ending);
        note_callers(b->common, b->recording);
    }
    begin_run(b, run);
    callers = try_all(b);
    if (run == first)
        note_callers(b->common, b->recording);
    note_callers(b->had[run->form], b->recording);
    printf("%s: %" PRIu64 " allocations, %" PRIu64 " callers of its own; %" PRIu64 " runs, %" PRIu64
           " ended with 1, %" PRIu64 " broke a law\n",
           run->name, b->recording->count, callers, b->runs, b->troubles, b->broken);
    ending_clear(&b->whole);
    return b->broken;
}

static void show(struct bench *b, const struct run *run, const char *n)
{
    begin_run(b, run);
    tell_broken(b, (struct attempt){ .n = strtoull(n, NULL, 10) }, "as wanted");
    printf("of %" PRIu64 " allocations\n", b->recording->count);
    ending_clear(&b->whole);
}

static int usage(void)
{
    size_t count;
    const struct run *list = runs(&count);

    fputs("usage: oom [--every] [RUN] | oom --show N RUN\nRUN is one of:", stderr);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, " %s", list[i].name);
    fputc('\n', stderr);
    return EXIT_FAILURE;
}

static uint64_t try_list(struct bench *b)
{
    size_t count;
    const struct run *list = runs(&count);
    uint64_t broken = 0;

    for (size_t i = 0; i < count; i++)
        if (!list[i].needs_root)
            broken += try_run(b, &list[i]);
    return broken;
}

int main(int argc, char **argv)
{
    static struct bench b;
    bool is_show = argc == 4 && strcmp(argv[1], "--show") == 0;
    int words = argc > 1 && strcmp(argv[1], "--every") == 0 ? 2 : 1;
    const struct run *run = argc > 1 ? run_of(argv[argc - 1]) : NULL;
    uint64_t broken = 0;

    b.is_every = words == 2;
    if (argc > words + 1 && !is_show)
        return usage();
    if (argc > words && run == NULL)
        return usage();
    if (run != NULL && run->needs_root && geteuid() != 0)
        return SKIPPED;
    open_bench(&b);
    if (is_show)
        show(&b, run, argv[2]);
    else
        broken = run != NULL ? try_run(&b, run) : try_list(&b);
    close_bench(&b);
    return broken == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
