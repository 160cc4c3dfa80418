/* The wheel of deadlines, and the clock that turns it. */
#include "tcp/timers.h"

#include <check.h>

#include "base/limits.h"
#include "base/mem.h"
#include "support/suite.h"
#include "tcp/pool.h"

#define TICK (INT64_C(1) << STATE_TICK_BITS)

static struct tracker *t;
static struct connection *connections[200];

static void setup(void)
{
    t = mem_calloc(1, sizeof(*t));
    for (size_t i = 0; i < 200; i++) {
        connections[i] = pool_take(&t->pool);
        connections[i]->flow = mem_calloc(1, sizeof(struct flow));
    }
}

static void teardown(void)
{
    for (size_t i = 0; i < 200; i++)
        mem_free(connections[i]->flow);
    pool_clear(&t->pool);
    mem_free(t);
}

static void move_to(int64_t ns)
{
    timers_move_clock(t, (struct stamp){ 1700000000 * STAMP_SECOND + ns });
}

/* A second, in steps as packets come, is how far a deadline may lie ahead. _i is in 64ths of it. */
START_TEST(a_connection_comes_when_its_time_has_come_and_not_before)
{
    int64_t deadline = LIMIT_HOLE_WAIT / 64 * _i;

    move_to(0);
    timers_set(t, connections[0], deadline);
    while (t->now < deadline) {
        ck_assert_ptr_null(timers_next_due(t));
        move_to(t->now + TICK / 3);
    }
    move_to(deadline + 2 * TICK);
    ck_assert_ptr_eq(timers_next_due(t), connections[0]);
    ck_assert(!connections[0]->flow->is_timed);
    ck_assert_ptr_null(timers_next_due(t));
}
END_TEST

START_TEST(no_connection_is_late_by_more_than_a_tick)
{
    int64_t deadline = LIMIT_HOLE_WAIT / 64 * _i;

    move_to(0);
    timers_set(t, connections[0], deadline);
    move_to(deadline + TICK);
    ck_assert_ptr_eq(timers_next_due(t), connections[0]);
}
END_TEST

START_TEST(a_deadline_can_be_moved_and_taken_back)
{
    move_to(0);
    timers_set(t, connections[0], 10 * TICK);
    timers_set(t, connections[1], 10 * TICK);
    timers_set(t, connections[2], 10 * TICK);
    timers_set(t, connections[1], 30 * TICK);
    timers_set(t, connections[2], INT64_MAX);
    timers_set(t, connections[3], INT64_MAX);
    move_to(20 * TICK);
    ck_assert_ptr_eq(timers_next_due(t), connections[0]);
    ck_assert_ptr_null(timers_next_due(t));
    move_to(40 * TICK);
    ck_assert_ptr_eq(timers_next_due(t), connections[1]);
    ck_assert_ptr_null(timers_next_due(t));
}
END_TEST

/* _i is which of three in one slot goes first. */
START_TEST(any_of_a_slot_can_be_taken_off)
{
    unsigned seen = 0;
    struct connection *due;

    move_to(0);
    for (size_t i = 0; i < 3; i++)
        timers_set(t, connections[i], 10 * TICK + (int64_t)i);
    timers_set(t, connections[_i], INT64_MAX);
    move_to(20 * TICK);
    while ((due = timers_next_due(t)) != NULL)
        seen |= 1U << (due->number - 1);
    ck_assert_uint_eq(seen, 7U & ~(1U << _i));
}
END_TEST

START_TEST(what_is_overdue_comes_with_the_next_tick)
{
    move_to(0);
    move_to(50 * TICK);
    ck_assert_ptr_null(timers_next_due(t));
    timers_set(t, connections[0], 3 * TICK);
    ck_assert_ptr_null(timers_next_due(t));
    move_to(51 * TICK);
    ck_assert_ptr_eq(timers_next_due(t), connections[0]);
}
END_TEST

START_TEST(after_a_leap_everybody_who_waited_comes_once)
{
    size_t count = 0;

    move_to(0);
    for (size_t i = 0; i < 200; i++)
        timers_set(t, connections[i], LIMIT_HOLE_WAIT / 200 * (int64_t)i);
    move_to(3600 * STAMP_SECOND);
    while (timers_next_due(t) != NULL)
        count++;
    ck_assert_uint_eq(count, 200);
}
END_TEST

START_TEST(the_clock_follows_the_capture_and_never_runs_back)
{
    move_to(0);
    ck_assert_int_eq(t->now, 0);
    move_to(5);
    ck_assert_int_eq(t->now, 5);
    move_to(3);
    ck_assert_int_eq(t->now, 5);
    move_to(9);
    ck_assert_int_eq(t->now, 9);
}
END_TEST

/* A capture whose time runs back by more than any wait goes on from there. */
START_TEST(a_great_step_back_is_a_new_beginning)
{
    move_to(0);
    move_to(-LIMIT_IDLE);
    move_to(10);
    ck_assert_int_eq(t->now, 10);
    move_to(-LIMIT_IDLE - 1);
    ck_assert_int_eq(t->now, 10);
    move_to(-LIMIT_IDLE + 4);
    ck_assert_int_eq(t->now, 15);
}
END_TEST

START_TEST(a_leap_of_years_is_one_of_an_hour)
{
    move_to(0);
    move_to(4 * LIMIT_IDLE);
    ck_assert_int_eq(t->now, 4 * LIMIT_IDLE);
    move_to(8 * LIMIT_IDLE + 1);
    ck_assert_int_eq(t->now, 8 * LIMIT_IDLE);
    timers_move_clock(t, (struct stamp){ INT64_MAX });
    ck_assert_int_eq(t->now, 12 * LIMIT_IDLE);
    timers_move_clock(t, (struct stamp){ INT64_MIN });
    timers_move_clock(t, (struct stamp){ INT64_MAX });
    ck_assert_int_eq(t->now, 16 * LIMIT_IDLE);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("timers");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_connection_comes_when_its_time_has_come_and_not_before, 0, 65);
    tcase_add_loop_test(tc, no_connection_is_late_by_more_than_a_tick, 0, 65);
    tcase_add_test(tc, a_deadline_can_be_moved_and_taken_back);
    tcase_add_loop_test(tc, any_of_a_slot_can_be_taken_off, 0, 3);
    tcase_add_test(tc, what_is_overdue_comes_with_the_next_tick);
    tcase_add_test(tc, after_a_leap_everybody_who_waited_comes_once);
    tcase_add_test(tc, the_clock_follows_the_capture_and_never_runs_back);
    tcase_add_test(tc, a_great_step_back_is_a_new_beginning);
    tcase_add_test(tc, a_leap_of_years_is_one_of_an_hour);
    return suite_run("tcp/timers", tc);
}
