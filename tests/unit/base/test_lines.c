/* Lines passed over block by block, against a walk octet by octet, with everything that the
 * processor has. */
#include "base/lines.h"

#include <check.h>

#include "support/exact.h"
#include "support/line_walk.h"
#include "support/suite.h"

enum { LENGTH_MAX = 5 * LINES_BLOCK };

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 16;
}

/* Lines of up to 90 octets, and with `odd` of 256 octets something that does not belong there. */
static size_t make_text(uint8_t *octets, uint32_t seed, uint32_t odd)
{
    static const uint8_t kinds[] = { '\r', '\n', 0, 0x80, 0xFF, 0x8D, 0x8A, '.', 1, 127 };
    size_t len = LINES_BLOCK + next_random(&seed) % (LENGTH_MAX - LINES_BLOCK + 1);
    size_t left = next_random(&seed) % 90;

    for (size_t i = 0; i < len; i++) {
        octets[i] = left == 1 ? '\r' : left == 0 ? '\n' : next_random(&seed) % 8 == 0 ? '.' : 'a';
        left = left == 0 ? next_random(&seed) % 90 + 1 : left - 1;
        if (next_random(&seed) % 256 < odd)
            octets[i] = kinds[next_random(&seed) % sizeof(kinds)];
    }
    return len;
}

static void check_same(const struct lines *a, const struct lines *b)
{
    ck_assert_int_eq(a->is_at_start, b->is_at_start);
    ck_assert_int_eq(a->is_after_cr, b->is_after_cr);
    ck_assert_uint_eq(a->line_octets, b->line_octets);
    ck_assert_uint_eq(a->longest, b->longest);
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_uint_eq(a->eight_bit, b->eight_bit);
    ck_assert_uint_eq(a->eight_bit_at, b->eight_bit_at);
}

/* Whether the octets that follow give a reason to stop. */
static bool has_reason(const struct lines *before, struct slice rest)
{
    struct lines lines = *before;

    if (rest.data[0] == '.' && lines.is_at_start && lines.stops_at_dot)
        return true;
    for (size_t i = 0; i < rest.len && i < LINES_BLOCK; i++) {
        lines.line_octets++;
        if (rest.data[i] == 0 || (rest.data[i] == '\n') != lines.is_after_cr ||
            (rest.data[i] == '\n' && lines.line_octets > lines.longest_max))
            return true;
        lines.is_after_cr = rest.data[i] == '\r';
        if (rest.data[i] == '\n')
            lines.line_octets = 0;
    }
    return false;
}

/* How far a block is passed differs by means; what is known of the octets passed does not. */
static void check_text(struct slice in, const struct lines *begun)
{
    for (unsigned means = 0; means < LINES_MEANS_COUNT; means++) {
        struct lines lines = *begun;
        struct lines walked = *begun;
        size_t passed;

        if (!lines_has(means))
            continue;
        passed = lines_pass_with(means, &lines, in);
        ck_assert(line_walk(&walked, slice_part(in, 0, passed)));
        check_same(&lines, &walked);
        ck_assert(passed == in.len || has_reason(&lines, slice_from(in, passed)));
    }
}

/* _i is how many of 256 octets are odd. */
START_TEST(all_means_pass_the_same_octets_and_know_the_same_of_them)
{
    uint8_t octets[LENGTH_MAX];

    for (uint64_t seed = 0; seed < 200; seed++) {
        size_t len = make_text(octets, (uint32_t)seed, (uint32_t)_i);
        struct slice in = exact_copy(slice_of(octets, len));

        check_text(in, &(struct lines){ .is_at_start = seed % 2 == 0,
                                        .stops_at_dot = seed % 3 == 0,
                                        .is_after_cr = seed % 2 != 0 && seed % 5 == 0,
                                        .line_octets = seed % 7 * 10,
                                        .longest = seed % 11 * 10,
                                        .longest_max = LINES_BLOCK + seed % 60 });
        exact_free(in);
    }
}
END_TEST

/* _i is where the dot stands. */
START_TEST(a_dot_that_begins_a_line_ends_it_there_exactly)
{
    uint8_t octets[3 * LINES_BLOCK];
    struct lines lines = { .stops_at_dot = true, .longest_max = 1000 };
    struct lines chunk = { .longest_max = 1000 };
    size_t dot = (size_t)_i;

    memset(octets, 'a', sizeof(octets));
    octets[dot - 2] = '\r';
    octets[dot - 1] = '\n';
    octets[dot] = '.';
    ck_assert_uint_eq(lines_pass(&lines, slice_of(octets, sizeof(octets))), dot);
    ck_assert(lines.is_at_start);
    ck_assert_uint_eq(lines.count, 1);
    ck_assert_uint_eq(lines.longest, dot);
    ck_assert_uint_eq(lines_pass(&chunk, slice_of(octets, sizeof(octets))), sizeof(octets));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("lines");

    tcase_add_loop_test(tc, all_means_pass_the_same_octets_and_know_the_same_of_them, 0, 5);
    tcase_add_loop_test(tc, a_dot_that_begins_a_line_ends_it_there_exactly, 2, 3 * LINES_BLOCK);
    return suite_run("base/lines", tc);
}
