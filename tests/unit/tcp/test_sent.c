/* When what the client sent last was acknowledged. */
#include "tcp/sent.h"

#include "support/suite.h"

static struct sent sent;

static struct place place(uint64_t frame)
{
    return (struct place){ .at = { (int64_t)frame * STAMP_MILLISECOND }, .frame = frame };
}

static void push(uint64_t end, uint64_t frame)
{
    struct place at = place(frame);

    sent_push(&sent, end, &at);
}

static const struct sent_segment *at(uint64_t frame)
{
    struct place where = place(frame);

    return sent_at(&sent, &where);
}

static void acknowledge(uint64_t offset, int64_t milliseconds)
{
    sent_acknowledge(&sent, offset, (struct stamp){ milliseconds * STAMP_MILLISECOND });
}

START_TEST(a_segment_is_acknowledged_once_and_as_a_whole)
{
    sent_init(&sent);
    push(10, 1);
    push(30, 2);
    acknowledge(29, 5);
    ck_assert(at(1)->is_acknowledged);
    ck_assert(!at(2)->is_acknowledged);
    acknowledge(30, 9);
    acknowledge(40, 20);
    ck_assert_int_eq(at(1)->acknowledged.ns, 5 * STAMP_MILLISECOND);
    ck_assert_int_eq(at(2)->acknowledged.ns, 9 * STAMP_MILLISECOND);
    ck_assert_int_eq(sent.smallest_ns, 4 * STAMP_MILLISECOND);
    ck_assert_uint_eq(sent.waiting, 0);
    ck_assert_ptr_null(at(3));
}
END_TEST

START_TEST(what_was_sent_again_measures_nothing)
{
    sent_init(&sent);
    push(10, 1);
    push(20, 2);
    sent_repeat(&sent, 0, 10);
    acknowledge(20, 3);
    ck_assert(at(1)->is_repeated);
    ck_assert(!at(2)->is_repeated);
    ck_assert_int_eq(sent.smallest_ns, STAMP_MILLISECOND);
    sent_repeat(&sent, 10, 20);
    ck_assert(!at(2)->is_repeated);
}
END_TEST

START_TEST(the_newest_are_kept)
{
    sent_init(&sent);
    for (unsigned i = 1; i <= SENT_KEPT + 1; i++)
        push(i, i);
    ck_assert_ptr_null(at(1));
    ck_assert_ptr_nonnull(at(2));
    ck_assert_uint_eq(sent.waiting, SENT_KEPT);
    acknowledge(SENT_KEPT + 1, 100);
    ck_assert_uint_eq(sent.waiting, 0);
}
END_TEST

START_TEST(frames_count_in_each_file)
{
    struct place other = place(1);

    sent_init(&sent);
    push(10, 1);
    other.capture = 1;
    ck_assert_ptr_null(sent_at(&sent, &other));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("sent");

    tcase_add_test(tc, a_segment_is_acknowledged_once_and_as_a_whole);
    tcase_add_test(tc, what_was_sent_again_measures_nothing);
    tcase_add_test(tc, the_newest_are_kept);
    tcase_add_test(tc, frames_count_in_each_file);
    return suite_run("tcp/sent", tc);
}
