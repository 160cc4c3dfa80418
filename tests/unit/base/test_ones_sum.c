/* The wide sums against RFC 1071's own loop, a word at a time. */
#include "base/ones_sum.h"

#include <check.h>

#include "support/exact.h"
#include "support/suite.h"

enum { LENGTH_MAX = 700 };

static uint16_t word_by_word(struct slice s)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < s.len; i++)
        sum += (uint64_t)s.data[i] << i % 2 * 8;
    while (sum > UINT16_MAX)
        sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)sum;
}

static void check_sum(struct slice s)
{
    struct slice in = exact_copy(s);

    ck_assert_uint_eq(ones_sum_fold(ones_sum(in)), word_by_word(s));
    ck_assert_uint_eq(ones_sum_fold(ones_sum_plain(in)), word_by_word(s));
    exact_free(in);
}

/* _i is the length. */
START_TEST(octets_of_any_length_come_to_the_same)
{
    uint8_t octets[LENGTH_MAX];
    uint32_t state = 1;

    for (size_t i = 0; i < LENGTH_MAX; i++) {
        state = state * 1664525 + 1013904223;
        octets[i] = (uint8_t)(state >> 24);
    }
    check_sum(slice_of(octets, (size_t)_i));
    memset(octets, 0xFF, sizeof(octets));
    check_sum(slice_of(octets, (size_t)_i));
    memset(octets, 0, sizeof(octets));
    check_sum(slice_of(octets, (size_t)_i));
}
END_TEST

/* _i is where the one octet stands that is not 0: no place may be left out or weigh wrongly. */
START_TEST(every_place_counts)
{
    uint8_t octets[LENGTH_MAX] = { 0 };

    octets[_i] = 0x81;
    check_sum(slice_of(octets, LENGTH_MAX));
    octets[_i] = 0xFF;
    octets[(_i + 1) % LENGTH_MAX] = 0xFF;
    check_sum(slice_of(octets, LENGTH_MAX));
}
END_TEST

/* _i is what is wanting to a length that is summed in several parts; the sums are the largest there
 * are. */
START_TEST(long_runs_are_summed_in_parts)
{
    enum { LONG = 3 * 65536 + 64 };
    static uint8_t octets[LONG];

    memset(octets, 0xFF, sizeof(octets));
    octets[65535] = 0xFE;
    octets[65536] = 0x12;
    check_sum(slice_of(octets, (size_t)(LONG - _i)));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("ones_sum");

    tcase_add_loop_test(tc, octets_of_any_length_come_to_the_same, 0, LENGTH_MAX + 1);
    tcase_add_loop_test(tc, every_place_counts, 0, LENGTH_MAX);
    tcase_add_loop_test(tc, long_runs_are_summed_in_parts, 0, 130);
    return suite_run("base/ones_sum", tc);
}
