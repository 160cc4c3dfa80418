/* mangle: a capture as another tap, or a bad day, would have made it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mangle/plan.h"

struct order {
    struct plan plan;
    bool is_random;
    enum plan_harm harm;
    const char *in;
    const char *out;
};

static void help(FILE *out)
{
    fputs(
        "usage: mangle [--seed N] STEP... IN OUT\n"
        "       mangle [--seed N] --any | --harmless IN OUT\n"
        "       mangle --list\n"
        "\n"
        "IN is a capture of Ethernet; OUT is pcap with nanoseconds. The steps are done in the order\n"
        "in which they are given, each to what the one before has left, and chance is drawn from\n"
        "the seed (0 by default): the same options give the same octets. SHARE is from 0 to 1.\n"
        "\n",
        out);
    plan_help(out);
    fputs(
        "  --wrap NAME[,NAME...]  every frame wrapped, the first NAME innermost; a frame that cannot\n"
        "                         be is left out, and counted on standard error\n"
        "\n"
        "  --any        steps by chance, told in one line as the options that ask for them\n"
        "  --harmless   the same, without the steps marked *: the dialogue stays what it is\n"
        "  --list       the wraps: name, link type, way of IPv4, way of IPv6\n",
        out);
}

static int list(void)
{
    for (size_t i = 0; i < wrap_count(); i++) {
        const struct wrap *w = wrap_at(i);

        printf("%s\t%u\t%s\t%s\n", wrap_name(w), wrap_link_type(w), wrap_way(w, 4), wrap_way(w, 6));
    }
    return 0;
}

static bool read_seed(uint64_t *seed, const char *text)
{
    char *end;

    *seed = strtoull(text, &end, 10);
    return end != text && *end == '\0' && *text != '-';
}

/* Returns how many words the option takes; 0: it is wrong. */
static int take_option(struct order *order, char **words, int left)
{
    if (strcmp(words[0], "--any") == 0 || strcmp(words[0], "--harmless") == 0) {
        order->is_random = true;
        order->harm = words[0][2] == 'a' ? PLAN_ANY : PLAN_HARMLESS;
        return 1;
    }
    if (left < 2)
        return 0;
    if (strcmp(words[0], "--seed") == 0)
        return read_seed(&order->plan.seed, words[1]) ? 2 : 0;
    return plan_add(&order->plan, words[0], words[1]) ? 2 : 0;
}

static bool parse(struct order *order, int argc, char **argv)
{
    int at = 1;

    while (at < argc && argv[at][0] == '-' && argv[at][1] == '-') {
        int taken = take_option(order, argv + at, argc - at);

        if (taken == 0) {
            fprintf(stderr, "mangle: no such option, a value that is none, or too many: %s\n",
                    argv[at]);
            return false;
        }
        at += taken;
    }
    if (argc - at != 2 || order->is_random != (order->plan.count == 0)) {
        fputs("mangle: wants steps, or --any or --harmless, and IN and OUT\n", stderr);
        return false;
    }
    order->in = argv[at];
    order->out = argv[at + 1];
    return true;
}

static bool write_file(const struct frames *frames, const char *path)
{
    size_t size;
    char *octets = frames_file(frames, &size);
    FILE *out = fopen(path, "wb");
    bool is_good = out != NULL && fwrite(octets, 1, size, out) == size;

    if (out != NULL && fclose(out) != 0)
        is_good = false;
    free(octets);
    return is_good;
}

static int mangle(struct order *order)
{
    char reason[FRAMES_REASON_MAX];
    struct frames frames;
    size_t left_out;
    int status = 1;

    if (!frames_read(&frames, order->in, reason)) {
        fprintf(stderr, "mangle: %s: %s\n", order->in, reason);
        frames_clear(&frames);
        return 1;
    }
    if (order->is_random) {
        order->plan = plan_random(order->plan.seed, order->harm, &frames);
        fputs("mangle ", stdout);
        plan_print(&order->plan, stdout);
        printf(" %s %s\n", order->in, order->out);
    }
    left_out = plan_apply(&order->plan, &frames);
    if (left_out > 0)
        fprintf(stderr, "mangle: %zu frames could not be wrapped\n", left_out);
    if (write_file(&frames, order->out))
        status = 0;
    else
        fprintf(stderr, "mangle: %s cannot be written\n", order->out);
    frames_clear(&frames);
    return status;
}

int main(int argc, char **argv)
{
    struct order order = { 0 };

    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list();
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        help(stdout);
        return 0;
    }
    if (!parse(&order, argc, argv)) {
        fputs("Try: mangle --help\n", stderr);
        return 2;
    }
    return mangle(&order);
}
