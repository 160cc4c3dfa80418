/* mangled [--from N] COUNT CAPTURE...: captures are mangled by the numbers N, N + 1, ... as seeds,
 * and what is reported of them is held against what is reported of the captures as they are.
 *
 * Whatever is done: no crash, no hang, no more memory than allowed, NDJSON as the schema requires
 * it, and no message accepted that was not, unless something says that one may doubt it. Where what
 * is done is harmless: the same replies to the same commands, the same messages, the same outcome.
 *
 * A broken law is told with the command line of tools/mangle that makes the capture again. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mangle/analyze_octets.h"
#include "mangle/plan.h"
#include "mangle/session_view.h"
#include "make-capture/random.h"

enum {
    PROCESS_MAX = 250, /* captures a process mangles: one that dies leaves the others */
    PATIENCE = 60,     /* seconds for one capture */
    TOLD_MAX = 20,     /* broken laws shown */
    DIFFERENCE_MAX = 3000,
    STREAM = 1 << 20, /* of chance; the plans have those from 0 on */
};

struct original {
    const char *path;
    struct frames frames;
    json_t *views;
};

/* In memory that the processes share. */
struct tally {
    uint64_t now; /* the seed in work */
    uint64_t harmless;
    uint64_t little_memory;
    uint64_t broken;
    uint64_t accepted; /* messages, of all reports */
    uint64_t octets;
};

struct bench {
    json_t *schema;
    struct original *originals;
    size_t count;
    struct tally *tally;
};

/* One capture, mangled. */
struct attempt {
    const struct original *original;
    struct plan plan;
    enum analyze_memory memory;
    bool is_harmless;
};

static void give_up(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static struct attempt attempt_of(const struct bench *b, uint64_t seed)
{
    struct random r = random_of(seed, STREAM);
    struct attempt attempt = { .original = &b->originals[random_below(&r, (uint32_t)b->count)] };
    enum plan_harm harm = random_below(&r, 2) == 0 ? PLAN_HARMLESS : PLAN_ANY;

    attempt.plan = plan_random(seed, harm, &attempt.original->frames);
    if (harm == PLAN_ANY && random_below(&r, 4) == 0)
        attempt.memory = ANALYZE_MEMORY_LITTLE;
    return attempt;
}

static void tell(const struct bench *b, const struct attempt *attempt, const char *law)
{
    if (b->tally->broken++ >= TOLD_MAX)
        return;
    printf("%s: mangle ", law);
    plan_print(&attempt->plan, stdout);
    printf(" %s OUT%s\n", attempt->original->path,
           attempt->memory == ANALYZE_MEMORY_LITTLE ? " (with little memory)" : "");
    (void)fflush(stdout);
}

static void tell_difference(const struct bench *b, const struct attempt *attempt,
                            const char *difference)
{
    tell(b, attempt, "harmless, but another report");
    if (b->tally->broken <= TOLD_MAX)
        printf("  %.*s\n", DIFFERENCE_MAX, difference);
}

static void hold_against(const struct bench *b, const struct attempt *attempt, json_t *views)
{
    char *difference =
        attempt->is_harmless ? session_views_difference(attempt->original->views, views) : NULL;

    b->tally->harmless += attempt->is_harmless;
    b->tally->accepted += (uint64_t)session_views_accepted(views);
    if (difference != NULL)
        tell_difference(b, attempt, difference);
    if (session_views_invent(attempt->original->views, views))
        tell(b, attempt, "a message was accepted that was not, and nothing says so");
    free(difference);
}

static void try(const struct bench *b, uint64_t seed)
{
    struct attempt attempt = attempt_of(b, seed);
    struct frames frames = frames_copy(&attempt.original->frames);
    struct analyzed analyzed;
    const char *why;
    json_t *views;
    size_t size;
    char *file;

    /* What is left out, or given up for lack of memory, is another matter. */
    attempt.is_harmless = plan_apply(&attempt.plan, &frames) == 0 &&
                          plan_is_harmless(&attempt.plan) && attempt.memory == ANALYZE_MEMORY_USUAL;
    file = frames_file(&frames, &size);
    frames_clear(&frames);
    analyzed = analyze_octets(slice_of(file, size), attempt.memory);
    b->tally->octets += size;
    b->tally->little_memory += attempt.memory == ANALYZE_MEMORY_LITTLE;
    free(file);
    /* Nor is what a limit was reached for, which is told: segments of an octet wait for a hole. */
    if (memmem(analyzed.ndjson, analyzed.size, "\"limit-reached\"", 15) != NULL)
        attempt.is_harmless = false;
    views = session_views(slice_of(analyzed.ndjson, analyzed.size), b->schema, &why);
    if (views == NULL)
        tell(b, &attempt, why);
    else
        hold_against(b, &attempt, views);
    if (analyzed.most > analyzed.most_allowed)
        tell(b, &attempt, "more memory than allowed");
    if (analyzed.status != EXIT_DONE && analyzed.status != EXIT_TROUBLE)
        tell(b, &attempt, "an exit status that is none of these");
    json_decref(views);
    free(analyzed.ndjson);
}

/* Returns the seed after the last that was tried. */
static uint64_t try_some(const struct bench *b, uint64_t from, uint64_t count)
{
    struct attempt attempt;
    pid_t child;
    int status;

    (void)fflush(stdout);
    child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0) {
        for (uint64_t i = 0; i < count; i++) {
            (void)alarm(PATIENCE);
            b->tally->now = from + i;
            try(b, from + i);
        }
        exit(EXIT_SUCCESS);
    }
    if (waitpid(child, &status, 0) != child)
        give_up("waitpid");
    if (status == 0)
        return from + count;
    attempt = attempt_of(b, b->tally->now);
    tell(b, &attempt,
         WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "a hang" : "a crash or a leak");
    return b->tally->now + 1;
}

static void read_original(const struct bench *b, struct original *original, const char *path)
{
    char reason[FRAMES_REASON_MAX];
    struct analyzed analyzed;
    const char *why;
    size_t size;
    char *file;

    original->path = path;
    if (!frames_read(&original->frames, path, reason)) {
        fprintf(stderr, "mangled: %s: %s\n", path, reason);
        exit(EXIT_FAILURE);
    }
    file = frames_file(&original->frames, &size);
    analyzed = analyze_octets(slice_of(file, size), ANALYZE_MEMORY_USUAL);
    original->views = session_views(slice_of(analyzed.ndjson, analyzed.size), b->schema, &why);
    if (original->views == NULL || analyzed.status != EXIT_DONE) {
        fprintf(stderr, "mangled: %s: %s\n", path, why == NULL ? "cannot be analysed" : why);
        exit(EXIT_FAILURE);
    }
    free(analyzed.ndjson);
    free(file);
}

static void open_bench(struct bench *b, char **paths)
{
    b->schema = json_load_file("docs/schema/session.schema.json", 0, NULL);
    b->originals = calloc(b->count, sizeof(*b->originals));
    b->tally =
        mmap(NULL, sizeof(*b->tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (b->schema == NULL || b->originals == NULL || b->tally == MAP_FAILED)
        give_up("mangled");
    for (size_t i = 0; i < b->count; i++)
        read_original(b, &b->originals[i], paths[i]);
}

static void close_bench(struct bench *b)
{
    for (size_t i = 0; i < b->count; i++) {
        frames_clear(&b->originals[i].frames);
        json_decref(b->originals[i].views);
    }
    free(b->originals);
    json_decref(b->schema);
    (void)munmap(b->tally, sizeof(*b->tally));
}

int main(int argc, char **argv)
{
    struct bench b = { 0 };
    int at = argc > 2 && strcmp(argv[1], "--from") == 0 ? 3 : 1;
    uint64_t seed = at == 3 ? strtoull(argv[2], NULL, 10) : 1;
    time_t begin = time(NULL);
    uint64_t end;
    bool is_good;

    if (argc < at + 2) {
        fputs("usage: mangled [--from N] COUNT CAPTURE...\n", stderr);
        return EXIT_FAILURE;
    }
    end = seed + strtoull(argv[at], NULL, 10);
    b.count = (size_t)(argc - at - 1);
    open_bench(&b, argv + at + 1);
    while (seed < end)
        seed = try_some(&b, seed, end - seed < PROCESS_MAX ? end - seed : PROCESS_MAX);
    printf("%s captures of %zu, %llu of them harmless, %llu with little memory; %llu octets, %llu "
           "messages accepted; %llu s; %llu broken laws\n",
           argv[at], b.count, (unsigned long long)b.tally->harmless,
           (unsigned long long)b.tally->little_memory, (unsigned long long)b.tally->octets,
           (unsigned long long)b.tally->accepted, (unsigned long long)(time(NULL) - begin),
           (unsigned long long)b.tally->broken);
    is_good = b.tally->broken == 0 && b.tally->harmless > 0 && b.tally->accepted > 0;
    close_bench(&b);
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
