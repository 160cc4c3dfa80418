/* The table of steps, and plans made of them. */
#include "mangle/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mangle/steps.h"

struct step_kind {
    const char *option;
    void (*apply)(struct frames *frames, double share, struct random *r);
    bool is_harmless;
    bool needs_ethernet; /* it looks for IP in the frames; on other links it does nothing */
    const char *help;
};

static const struct step_kind kinds[] = {
    { "--split", step_split, true, true, "of segments: cut into several anywhere in the payload" },
    { "--fragment", step_fragment, true, true,
      "of IP packets: in fragments, half of them out of order" },
    { "--duplicate", step_duplicate, true, false,
      "of frames: captured again, up to 3 frames later" },
    { "--reorder", step_reorder, true, true, "of segments: change places with the sender's next" },
    { "--tiny", step_tiny, false, true, "of IP packets: the first fragment has 8 octets" },
    { "--overlap", step_overlap, false, true,
      "of IP packets: fragments, one more says something else" },
    { "--shuffle", step_shuffle, false, false,
      "of frames: up to 8 places earlier, whoever sent them" },
    { "--drop", step_drop, false, false, "of frames: not captured" },
    { "--flip", step_flip, false, false, "of frames: bits and octets are others" },
    { "--cut", step_cut, false, false, "of frames: the end is missing" },
    { "--snap", step_snap, false, false, "of frames: captured in part" },
    { "--cut-file", step_cut_file, false, false, "of the file: missing at its end" },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]), HARMLESS = 4, TRIES = 8 };

static bool add_wraps(struct plan_step *step, const char *text)
{
    struct slice rest = slice_of_string(text);

    while (rest.len > 0) {
        size_t comma = slice_find(rest, 0, ',');
        size_t end = comma == SLICE_NONE ? rest.len : comma;
        const struct wrap *wrap = wrap_named(slice_part(rest, 0, end));

        if (wrap == NULL || step->wrap_count == PLAN_WRAPS_MAX)
            return false;
        step->wraps[step->wrap_count++] = wrap;
        rest = slice_from(rest, end + 1);
    }
    return step->wrap_count > 0;
}

bool plan_add(struct plan *plan, const char *option, const char *value)
{
    struct plan_step *step = &plan->steps[plan->count];
    char *end;

    if (plan->count == PLAN_STEPS_MAX)
        return false;
    *step = (struct plan_step){ 0 };
    plan->count++;
    if (strcmp(option, "--wrap") == 0)
        return add_wraps(step, value);
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(option, kinds[i].option) == 0)
            step->kind = &kinds[i];
    step->share = strtod(value, &end);
    return step->kind != NULL && end != value && *end == '\0' && step->share >= 0 &&
           step->share <= 1;
}

static bool wrap_frame(const struct plan_step *step, struct wrapped *room, struct slice frame)
{
    if (!wrapped_set(room, frame))
        return false;
    for (size_t i = 0; i < step->wrap_count; i++)
        if (!wrap_apply(step->wraps[i], room))
            return false;
    return true;
}

/* Frames of another link type than Ethernet have been wrapped for good. */
static size_t wrap_all(const struct plan_step *step, struct frames *frames)
{
    struct frames out = frames_like(frames);
    struct wrapped *room = mem_alloc(sizeof(*room));
    size_t left_out = frames->count;

    if (room != NULL && frames->link_type == WRAP_LINK_ETHERNET) {
        for (size_t i = 0; i < frames->count; i++)
            if (wrap_frame(step, room, frame_view(&frames->list[i])))
                frames_add(&out, &frames->list[i], wrapped_view(room));
        out.link_type = wrap_link_type(step->wraps[step->wrap_count - 1]);
        left_out -= out.count;
    }
    mem_free(room);
    frames_clear(frames);
    *frames = out;
    return left_out;
}

size_t plan_apply(const struct plan *plan, struct frames *frames)
{
    size_t left_out = 0;

    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_step *step = &plan->steps[i];
        struct random r = random_of(plan->seed, i + 1);

        if (step->kind == NULL)
            left_out += wrap_all(step, frames);
        else if (!step->kind->needs_ethernet || frames->link_type == WRAP_LINK_ETHERNET)
            step->kind->apply(frames, step->share, &r);
    }
    return left_out;
}

/* Tunnels within each other; the outermost may be a link layer of another kind. */
static struct plan_step random_wraps(struct random *r)
{
    struct plan_step step = { .wrap_count = random_between(r, 1, 3) };

    for (size_t i = 0; i < step.wrap_count; i++)
        do
            step.wraps[i] = wrap_at(random_below(r, (uint32_t)wrap_count()));
        while (i + 1 < step.wrap_count && wrap_link_type(step.wraps[i]) != WRAP_LINK_ETHERNET);
    return step;
}

static bool fits(const struct plan_step *step, const struct frames *frames)
{
    struct frames copy = frames_copy(frames);
    bool fits_all = wrap_all(step, &copy) == 0;

    frames_clear(&copy);
    return fits_all;
}

/* Once the frames are no Ethernet, there is nothing in them that a step knows. */
static bool is_wrapped(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->steps[i].kind == NULL)
            return true;
    return false;
}

static void add_wrap(struct plan *plan, enum plan_harm harm, const struct frames *frames,
                     struct random *r)
{
    for (int tries = 0; tries < TRIES; tries++) {
        struct plan_step step = random_wraps(r);

        if (harm == PLAN_ANY || fits(&step, frames)) {
            plan->steps[plan->count++] = step;
            return;
        }
    }
}

static void add_step(struct plan *plan, enum plan_harm harm, struct random *r)
{
    static const double shares[] = { 0.003, 0.02, 0.1, 0.3, 1 };
    size_t kind = random_below(r, harm == PLAN_ANY ? KINDS : HARMLESS);
    struct plan_step step = { .kind = &kinds[kind], .share = shares[random_below(r, 5)] };

    if (kinds[kind].apply == step_cut_file)
        step.share = random_below(r, 1000) / 1000.0;
    plan->steps[plan->count++] = step;
}

struct plan plan_random(uint64_t seed, enum plan_harm harm, const struct frames *frames)
{
    struct plan plan = { .seed = seed };
    struct random r = random_of(seed, 0);

    for (uint32_t steps = random_between(&r, 1, 6); steps > 0; steps--)
        if (random_below(&r, 5) == 0 && !is_wrapped(&plan))
            add_wrap(&plan, harm, frames, &r);
        else
            add_step(&plan, harm, &r);
    return plan;
}

bool plan_is_harmless(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->steps[i].kind != NULL && !plan->steps[i].kind->is_harmless)
            return false;
    return true;
}

void plan_print(const struct plan *plan, FILE *out)
{
    fprintf(out, "--seed %llu", (unsigned long long)plan->seed);
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_step *step = &plan->steps[i];

        if (step->kind != NULL)
            fprintf(out, " %s %.3f", step->kind->option, step->share);
        for (size_t k = 0; k < step->wrap_count; k++)
            fprintf(out, "%s%s", k == 0 ? " --wrap " : ",", wrap_name(step->wraps[k]));
    }
}

void plan_help(FILE *out)
{
    for (size_t i = 0; i < KINDS; i++)
        fprintf(out, "  %-11s SHARE  %s%s\n", kinds[i].option, kinds[i].help,
                kinds[i].is_harmless ? "" : " *");
}
