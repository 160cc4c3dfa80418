/* make-capture: SMTP captures of any size, and the truth about them. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/stamp.h"
#include "make-capture/flood.h"
#include "make-capture/flow.h"
#include "make-capture/list.h"
#include "make-capture/noise.h"
#include "make-capture/truth.h"

/* 2 March 2026, 08:00 UTC: so that the same options give the same octets at any time. */
#define BEGIN (INT64_C(1772438400) * STAMP_SECOND)

enum { OVER_KEPT = 64 };

/* A flow, and when its next packet is captured: beside each other, since looking at the flows of all
 * that the heap passes is most of the work where they are a million. */
struct next {
    int64_t at;
    uint32_t slot;
};

/* All that is going on. */
struct scene {
    const struct workload *workload;
    struct text *text;
    struct noise *noise;
    struct random random;
    struct wire wire;
    FILE *truth;
    struct flow *flows;
    struct next *heap; /* of all flows, the next to be captured on top */
    uint32_t count;
    uint32_t begun;
    struct endpoint over[OVER_KEPT][2]; /* endpoints that may be used again */
    uint32_t over_count;
};

static void sift_down(struct scene *s, uint32_t at)
{
    struct next moved = { flow_at(&s->flows[s->heap[at].slot]), s->heap[at].slot };

    while (at * 2 + 1 < s->count) {
        uint32_t child = at * 2 + 1;

        if (child + 1 < s->count && s->heap[child + 1].at < s->heap[child].at)
            child++;
        if (s->heap[child].at >= moved.at)
            break;
        s->heap[at] = s->heap[child];
        at = child;
    }
    s->heap[at] = moved;
}

static void begin(struct scene *s, uint32_t slot, int64_t at)
{
    const struct endpoint *again = NULL;

    if (s->over_count > 0 && random_chance(&s->random, s->workload->shares[SHARE_REUSE]))
        again = s->over[--s->over_count];
    flow_begin(&s->flows[slot], s->workload, s->text, ++s->begun, at, again);
}

/* A session is over: the truth about it, and the next in its place. */
static void replace(struct scene *s, uint32_t slot, int64_t now)
{
    struct flow *flow = &s->flows[slot];

    truth_write(s->truth, flow);
    if (flow->script.end != SCRIPT_SILENCE && s->over_count < OVER_KEPT) {
        s->over[s->over_count][0] = flow->hosts[SIDE_CLIENT].end;
        s->over[s->over_count++][1] = flow->hosts[SIDE_SERVER].end;
    }
    flow_clear(flow);
    if (s->begun < s->workload->sessions)
        begin(s, slot, now + random_below(&s->random, 1000) * INT64_C(100000));
    else
        s->heap[0] = s->heap[--s->count];
}

static void run(struct scene *s)
{
    double noise = s->workload->shares[SHARE_NOISE];

    while (s->count > 0) {
        uint32_t slot = s->heap[0].slot;
        int64_t now = flow_at(&s->flows[slot]);
        uint64_t written = s->wire.packets;

        if (now == INT64_MAX) {
            fputs("make-capture: a session has no next packet\n", stderr);
            exit(1);
        }
        flow_step(&s->flows[slot], &s->wire);
        while (s->wire.packets > written && random_chance(&s->random, noise))
            noise_write(s->noise, &s->wire, now);
        if (flow_at(&s->flows[slot]) == INT64_MAX)
            replace(s, slot, now);
        if (s->count > 0)
            sift_down(s, 0);
    }
}

static void set_scene(struct scene *s, const struct workload *workload)
{
    s->workload = workload;
    s->text = text_new(workload->seed);
    s->noise = noise_new(workload->seed);
    s->random = random_of(workload->seed, UINT64_MAX - 2);
    s->count =
        workload->concurrency < workload->sessions ? workload->concurrency : workload->sessions;
    s->flows = list_new((s->count + 1) * sizeof(*s->flows));
    s->heap = list_new((s->count + 1) * sizeof(*s->heap));
    for (uint32_t i = 0; i < s->count; i++) {
        begin(s, i, BEGIN + (int64_t)(random_next(&s->random) % workload->spread));
        s->heap[i] = (struct next){ flow_at(&s->flows[i]), i };
    }
    for (uint32_t i = s->count / 2; i-- > 0;)
        sift_down(s, i);
}

static int refuse(const char *why)
{
    fprintf(stderr, "make-capture: %s\n", why);
    return 1;
}

static int make_flood(const struct workload *workload, const char *capture)
{
    struct wire wire = { 0 };

    if (!wire_open(&wire, capture))
        return refuse("the capture cannot be written");
    flood_write(workload->flood, workload->count, &wire);
    return wire_close(&wire) ? 0 : refuse("not everything could be written");
}

int main(int argc, char **argv)
{
    struct workload workload;
    struct workload_files files;
    struct scene *scene;
    bool is_good;

    switch (workload_parse(argc, argv, &workload, &files)) {
    case WORKLOAD_OK:
        break;
    case WORKLOAD_HELP:
        workload_help();
        return 0;
    case WORKLOAD_USAGE:
        return 2;
    }
    if (workload.flood != NULL)
        return make_flood(&workload, files.capture);
    scene = list_new(sizeof(*scene));
    scene->truth = fopen(files.truth, "w");
    if (scene->truth == NULL || !wire_open(&scene->wire, files.capture))
        return refuse("a file cannot be written");
    set_scene(scene, &workload);
    run(scene);
    is_good = wire_close(&scene->wire);
    is_good = fclose(scene->truth) == 0 && is_good;
    text_free(scene->text);
    noise_free(scene->noise);
    mem_free(scene->flows);
    mem_free(scene->heap);
    mem_free(scene);
    return is_good ? 0 : refuse("not everything could be written");
}
