/* SipHash-1-3 and Community ID against what others compute. */
#include <check.h>
#include <stdlib.h>

#include "base/hash.h"

/* The key 00 01 .. 0f and the first lengths of the input 00 01 02 ..: the vectors that other
 * implementations of SipHash-1-3 carry. */
START_TEST(siphash_of_the_reference_input)
{
    static const struct siphash_key key = { UINT64_C(0x0706050403020100),
                                            UINT64_C(0x0f0e0d0c0b0a0908) };
    static const uint8_t in[] = { 0, 1 };

    ck_assert(siphash13(&key, slice_of(in, 0)) == UINT64_C(0xabac0158050fc4dc));
    ck_assert(siphash13(&key, slice_of(in, 1)) == UINT64_C(0xc9f49bf37d57ca93));
    ck_assert(siphash13(&key, slice_of(in, 2)) == UINT64_C(0x82cb9b024dc7d44d));
}
END_TEST

/* What CPython 3.11, whose hash() of octets it is, gives with PYTHONHASHSEED=0. */
START_TEST(siphash_of_a_key_of_zeros)
{
    static const struct siphash_key key = { 0, 0 };
    uint8_t in[40];

    for (uint8_t i = 0; i < sizeof(in); i++)
        in[i] = (uint8_t)(i + 1);
    ck_assert_int_eq((int64_t)siphash13(&key, slice_of_string("a")), 4644417185603328019);
    ck_assert_int_eq((int64_t)siphash13(&key, slice_of_string("smtpscope")), -5263985641674366513);
    ck_assert_int_eq((int64_t)siphash13(&key, slice_of(in, sizeof(in))), -4122338433352614084);
}
END_TEST

/* Every octet, at every place of a word and every length. */
START_TEST(siphash_without_case_is_that_of_the_text_in_upper_case)
{
    static const struct siphash_key key = { UINT64_C(0x0706050403020100),
                                            UINT64_C(0x0f0e0d0c0b0a0908) };
    uint8_t text[256 + 16];
    uint8_t upper[sizeof(text)];

    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (uint8_t)i;
        upper[i] = ascii_upper(text[i]);
    }
    for (size_t from = 0; from < 8; from++) {
        for (size_t len = 0; len < sizeof(text) - 8; len++)
            ck_assert(siphash13_nocase(&key, slice_of(text + from, len)) ==
                      siphash13(&key, slice_of(upper + from, len)));
    }
    ck_assert(siphash13_nocase(&key, slice_of(NULL, 0)) == siphash13(&key, slice_of(NULL, 0)));
}
END_TEST

START_TEST(keys_are_random)
{
    struct siphash_key a, b;

    ck_assert_int_eq(siphash_key_random(&a), STATUS_OK);
    ck_assert_int_eq(siphash_key_random(&b), STATUS_OK);
    ck_assert(a.k0 != b.k0 && a.k1 != b.k1);
}
END_TEST

static uint64_t random_64(unsigned *seed)
{
    uint64_t number = 0;

    for (int i = 0; i < 8; i++)
        number = number << 8 | ((unsigned)rand_r(seed) >> 8 & 0xff);
    return number;
}

static uint32_t linear(const struct linear_key *key, const uint32_t words[3])
{
    return linear_hash(key, linear_term(key, 0, words[0]) + linear_term(key, 1, words[1]) +
                                linear_term(key, 2, words[2]));
}

/* Over 65,536 keys, two inputs have the first eight bits in common with 256 of them: 16 more or fewer
 * are one deviation. _i is the pair. */
START_TEST(linear_hashes_of_two_inputs_meet_no_more_often_than_chance)
{
    static const uint32_t pairs[][2][3] = {
        { { 0, 0, 0 }, { 0, 0, 1 } },
        { { 0, 0, 0 }, { 0, 0, UINT32_C(1) << 31 } },
        { { 1, 2, 3 }, { 2, 1, 3 } },
        { { 5, 7, 9 }, { 6, 6, 9 } },
        { { 25, 0x0A000001, 0xC0000201 }, { 25, 0x0A000002, 0xC0000201 } },
        { { 25, 0x0A000001, 0xC0000201 }, { 26, 0x0A000001, 0xC0000200 } },
    };
    enum { KEYS = 65536 };
    unsigned seed = 1;
    unsigned met = 0;

    for (int i = 0; i < KEYS; i++) {
        struct linear_key key = { .added = random_64(&seed) };

        for (int word = 0; word < 3; word++)
            key.multipliers[word] = random_64(&seed);
        met += linear(&key, pairs[_i][0]) >> 24 == linear(&key, pairs[_i][1]) >> 24;
    }
    ck_assert_uint_gt(met, 256 - 5 * 16);
    ck_assert_uint_lt(met, 256 + 5 * 16);
}
END_TEST

START_TEST(linear_keys_are_random)
{
    struct linear_key a, b;

    ck_assert_int_eq(linear_key_random(&a), STATUS_OK);
    ck_assert_int_eq(linear_key_random(&b), STATUS_OK);
    ck_assert(a.added != b.added);
    for (int i = 0; i < LINEAR_WORDS_MAX; i++)
        ck_assert(a.multipliers[i] != b.multipliers[i]);
}
END_TEST

static const uint8_t campus[] = { 128, 232, 110, 120 };
static const uint8_t web[] = { 66, 35, 250, 204 };
static const uint8_t client6[] = { 0x20, 0x01, 0x04, 0x70, 0xe5, 0xbf, 0xde, 0xad,
                                   0x49, 0x57, 0x21, 0x74, 0xe8, 0x2c, 0x48, 0x87 };
static const uint8_t server6[] = { 0x26, 0x07, 0xf8, 0xb0, 0x40, 0x0c, 0x0c, 0x03,
                                   0,    0,    0,    0,    0,    0,    0,    0x1a };

/* The vectors of the specification, each in both directions. */
START_TEST(community_id_is_that_of_the_specification)
{
    struct flow_end a = { slice_of(campus, 4), 34855 };
    struct flow_end b = { slice_of(web, 4), 80 };
    struct flow_end c = { slice_of(client6, 16), 63943 };
    struct flow_end d = { slice_of(server6, 16), 25 };
    char text[COMMUNITY_ID_TEXT_MAX];

    ck_assert_uint_eq(community_id(a, b, text), COMMUNITY_ID_TEXT_MAX - 1);
    ck_assert_str_eq(text, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    community_id(b, a, text);
    ck_assert_str_eq(text, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    community_id(c, d, text);
    ck_assert_str_eq(text, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
    community_id(d, c, text);
    ck_assert_str_eq(text, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
}
END_TEST

START_TEST(community_id_needs_two_addresses_of_one_kind)
{
    struct flow_end a = { slice_of(campus, 4), 34855 };
    struct flow_end d = { slice_of(server6, 16), 25 };
    char text[COMMUNITY_ID_TEXT_MAX] = "x";

    ck_assert_uint_eq(community_id(a, d, text), 0);
    ck_assert_str_eq(text, "");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("base/hash");
    TCase *tc = tcase_create("hash");

    tcase_add_test(tc, siphash_of_the_reference_input);
    tcase_add_test(tc, siphash_of_a_key_of_zeros);
    tcase_add_test(tc, siphash_without_case_is_that_of_the_text_in_upper_case);
    tcase_add_test(tc, keys_are_random);
    tcase_add_loop_test(tc, linear_hashes_of_two_inputs_meet_no_more_often_than_chance, 0, 6);
    tcase_add_test(tc, linear_keys_are_random);
    tcase_add_test(tc, community_id_is_that_of_the_specification);
    tcase_add_test(tc, community_id_needs_two_addresses_of_one_kind);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
