/* Numbers found by a hash: what was put in is found, what was taken out is not, however the hashes
 * collide. */
#include "tcp/flow_table.h"

#include <check.h>

#include "support/suite.h"

static struct flow_table table;

static void setup(void)
{
    ck_assert_int_eq(flow_table_init(&table), STATUS_OK);
}

static void teardown(void)
{
    flow_table_clear(&table);
}

static void add(uint32_t hash, uint32_t number)
{
    ck_assert_int_eq(flow_table_add(&table, hash, number), STATUS_OK);
}

static bool holds(uint32_t hash, uint32_t number)
{
    uint32_t at = flow_table_home(&table, hash);
    uint32_t found;

    while ((found = flow_table_next(&table, hash, &at)) != 0) {
        if (found == number)
            return true;
    }
    return false;
}

START_TEST(an_empty_table_holds_nothing)
{
    uint32_t at = flow_table_home(&table, 0xFFFFFFFF);

    ck_assert_uint_eq(flow_table_next(&table, 0xFFFFFFFF, &at), 0);
    flow_table_remove(&table, 7, 1);
    ck_assert_uint_eq(table.count, 0);
}
END_TEST

START_TEST(every_number_under_one_hash_is_found)
{
    for (uint32_t number = 1; number <= 20; number++)
        add(42, number);
    for (uint32_t number = 1; number <= 20; number++)
        ck_assert(holds(42, number));
    ck_assert(!holds(42, 21));
    ck_assert(!holds(43, 1));
}
END_TEST

/* The home of a hash is its top bits: these all want the last slot, and go on at the first. */
START_TEST(the_search_goes_on_from_the_last_slot_to_the_first)
{
    for (uint32_t number = 1; number <= 8; number++)
        add(0xFFFFFFFF - number, number);
    add(0, 9);
    flow_table_remove(&table, 0xFFFFFFFF - 3, 3);
    for (uint32_t number = 1; number <= 8; number++)
        ck_assert_int_eq(holds(0xFFFFFFFF - number, number), number != 3);
    ck_assert(holds(0, 9));
}
END_TEST

/* _i of twelve neighbours goes; their homes are 0, 0, 1, 1, 2, 2 ... so that each lies in the way
 * of another. */
START_TEST(taking_one_out_hides_no_other)
{
    uint32_t home = UINT32_C(1) << 22; /* of 2^10 slots */

    for (uint32_t i = 0; i < 12; i++)
        add(i / 2 * home + i, i + 1);
    flow_table_remove(&table, (uint32_t)_i / 2 * home + (uint32_t)_i, (uint32_t)_i + 1);
    ck_assert_uint_eq(table.count, 11);
    for (uint32_t i = 0; i < 12; i++)
        ck_assert_int_eq(holds(i / 2 * home + i, i + 1), i != (uint32_t)_i);
}
END_TEST

START_TEST(what_is_not_there_is_not_taken_out)
{
    add(5, 1);
    flow_table_remove(&table, 5, 2);
    flow_table_remove(&table, 6, 2);
    ck_assert_uint_eq(table.count, 1);
    ck_assert(holds(5, 1));
}
END_TEST

/* 2^10 slots are at most three quarters full. */
START_TEST(the_table_doubles_before_it_is_too_full)
{
    for (uint32_t i = 1; i <= 768; i++)
        add(i * UINT32_C(0x9E3779B1), i);
    ck_assert_uint_eq(table.bits, 10);
    add(769 * UINT32_C(0x9E3779B1), 769);
    ck_assert_uint_eq(table.bits, 11);
    for (uint32_t i = 1; i <= 769; i++)
        ck_assert(holds(i * UINT32_C(0x9E3779B1), i));
}
END_TEST

START_TEST(numbers_come_and_go_without_a_trace)
{
    enum { LIVE = 500, ALL = 5000 };

    /* Few hashes, so that long runs form and are torn. */
    for (uint32_t i = 1; i <= ALL; i++) {
        add(i % 97 * UINT32_C(0x01000193), i);
        if (i > LIVE)
            flow_table_remove(&table, (i - LIVE) % 97 * UINT32_C(0x01000193), i - LIVE);
    }
    ck_assert_uint_eq(table.count, LIVE);
    ck_assert_uint_eq(table.bits, 10);
    for (uint32_t i = 1; i <= ALL; i++)
        ck_assert_int_eq(holds(i % 97 * UINT32_C(0x01000193), i), i > ALL - LIVE);
}
END_TEST

static uint32_t hash_of(const struct endpoint ends[2])
{
    return flow_table_key(&table, &ends[0], &ends[1]).hash;
}

/* _i is where the two addresses differ, or 4 where the ports do. */
START_TEST(a_key_is_the_same_in_both_directions)
{
    struct endpoint low = { { 4, { 192, 0, 2, 1 } }, 25 };
    struct endpoint high = low;
    struct flow_key there, back;

    if (_i < 4)
        high.address.octets[_i]++;
    else
        high.port++;
    there = flow_table_key(&table, &low, &high);
    back = flow_table_key(&table, &high, &low);
    ck_assert_uint_eq(there.hash, back.hash);
    ck_assert_uint_eq(there.direction, 0);
    ck_assert_uint_eq(back.direction, 1);
    for (int i = 0; i < 2; i++)
        ck_assert_ptr_eq(there.ends[i], back.ends[i]);
    ck_assert_ptr_eq(there.ends[0], &low);
}
END_TEST

START_TEST(a_hash_is_of_both_addresses_and_both_ports)
{
    const struct endpoint ends[2] = { { { 4, { 192, 0, 2, 1 } }, 40000 },
                                      { { 4, { 198, 51, 100, 25 } }, 25 } };
    uint32_t hash = hash_of(ends);

    ck_assert_uint_eq(hash_of(ends), hash);
    for (int i = 0; i < 4; i++) {
        struct endpoint other[2] = { ends[0], ends[1] };

        if (i % 2 == 0)
            other[i / 2].port++;
        else
            other[i / 2].address.octets[3]++;
        ck_assert_uint_ne(hash_of(other), hash);
    }
}
END_TEST

/* _i is an octet of one of the two addresses. */
START_TEST(ipv6_addresses_count_with_all_their_octets)
{
    struct endpoint ends[2] = { { { 6, { 0x20, 1, 0xd, 0xb8 } }, 40000 },
                                { { 6, { 0x20, 1, 0xd, 0xb9 } }, 25 } };
    uint32_t hash = hash_of(ends);

    ends[_i / 16].address.octets[_i % 16] ^= 0x40;
    ck_assert_uint_ne(hash_of(ends), hash);
}
END_TEST

/* What floods are made of: one of the numbers counts up, in steps. */
static struct endpoint of_flood(unsigned kind, uint32_t i)
{
    uint32_t step = UINT32_C(1) << kind % 4 * 4;
    uint32_t n = i * step;
    struct endpoint client = { { 4, { 10, 0, 0, 1 } }, 40000 };

    if (kind / 4 == 0) {
        client.port = (uint16_t)n;
        client.address.octets[3] = (uint8_t)(n >> 16);
    } else {
        client.address.version = kind / 4 == 1 ? 4 : 6;
        for (unsigned octet = 0; octet < 4; octet++)
            client.address.octets[(kind / 4 == 1 ? 3 : 15) - octet] = (uint8_t)(n >> octet * 8);
    }
    return client;
}

/* Searches are short, whatever the key is: with random hashes and 3/8 of the slots taken a run of this
 * length has a chance of 2^-50. _i is the kind of flood. */
START_TEST(numbers_in_order_are_spread)
{
    enum { COUNT = 6200, KEYS = 4, LONGEST = 128 };
    const struct endpoint server = { { _i / 4 == 2 ? 6 : 4, { 198, 51, 100, 25 } }, 25 };

    for (unsigned round = 0; round < KEYS; round++) {
        uint32_t run = 0, longest = 0;

        flow_table_clear(&table);
        setup();
        for (uint32_t i = 0; i < COUNT; i++) {
            struct endpoint client = of_flood((unsigned)_i, i);

            add(flow_table_key(&table, &client, &server).hash, i + 1);
        }
        for (uint32_t at = 0; at < UINT32_C(1) << table.bits; at++) {
            run = table.slots[at].number != 0 ? run + 1 : 0;
            longest = run > longest ? run : longest;
        }
        ck_assert_uint_lt(longest, LONGEST);
    }
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("flow_table");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, an_empty_table_holds_nothing);
    tcase_add_test(tc, every_number_under_one_hash_is_found);
    tcase_add_test(tc, the_search_goes_on_from_the_last_slot_to_the_first);
    tcase_add_loop_test(tc, taking_one_out_hides_no_other, 0, 12);
    tcase_add_test(tc, what_is_not_there_is_not_taken_out);
    tcase_add_test(tc, the_table_doubles_before_it_is_too_full);
    tcase_add_test(tc, numbers_come_and_go_without_a_trace);
    tcase_add_loop_test(tc, a_key_is_the_same_in_both_directions, 0, 5);
    tcase_add_test(tc, a_hash_is_of_both_addresses_and_both_ports);
    tcase_add_loop_test(tc, ipv6_addresses_count_with_all_their_octets, 0, 32);
    tcase_add_loop_test(tc, numbers_in_order_are_spread, 0, 12);
    return suite_run("tcp/flow_table", tc);
}
