/* Ways are numbered once each, up to what a number can hold. */
#include "tcp/ways.h"

#include <check.h>

#include "net/encapsulation.h"
#include "support/suite.h"

static struct encapsulation way_of(enum layer_kind kind, uint32_t id)
{
    return (struct encapsulation){ .count = 1, .layers = { { kind, id } } };
}

START_TEST(the_plain_way_has_no_number)
{
    struct ways ways = { 0 };
    struct encapsulation plain = { 0 };
    enum status status = STATUS_OK;

    ck_assert_uint_eq(ways_number(&ways, &plain, &status), 0);
    ck_assert_uint_eq(ways_at(&ways, 0).count, 0);
    ways_clear(&ways);
}
END_TEST

START_TEST(as_many_ways_as_there_are_numbers_and_one_more)
{
    struct ways ways = { 0 };
    enum status status = STATUS_OK;
    struct encapsulation way;

    for (uint32_t id = 1; id <= UINT16_MAX; id++) {
        way = way_of(LAYER_GTP_U, id);
        ck_assert_uint_eq(ways_number(&ways, &way, &status), id);
    }
    for (uint32_t id = UINT16_MAX; id >= 1; id -= 2) {
        struct encapsulation got;

        way = way_of(LAYER_GTP_U, id);
        ck_assert_uint_eq(ways_number(&ways, &way, &status), id);
        got = ways_at(&ways, (uint16_t)id);
        ck_assert(encapsulation_equal(&got, &way));
        if (id == 1)
            break;
    }
    way = way_of(LAYER_VXLAN, 1); /* another kind of the same number is another way */
    ck_assert_uint_eq(ways_number(&ways, &way, &status), 0);
    way = way_of(LAYER_GTP_U, 7);
    ck_assert_uint_eq(ways_number(&ways, &way, &status), 7);
    ck_assert_int_eq(status, STATUS_OK);
    ways_clear(&ways);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("ways");

    tcase_add_test(tc, the_plain_way_has_no_number);
    tcase_add_test(tc, as_many_ways_as_there_are_numbers_and_one_more);
    return suite_run("tcp/ways", tc);
}
