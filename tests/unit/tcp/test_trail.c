/* What was delivered last is known, and a copy that differs from it is found out. */
#include "tcp/trail.h"

#include "base/mem.h"
#include "support/suite.h"

enum { STREAM = 40000 };

static uint8_t stream[STREAM];
static uint64_t base; /* the offset of its first octet */
static struct trail trail;
static struct trail_spares spares;

static void begin(void)
{
    if (spares.firsts.size == 0)
        spares = trail_spares();
    base = 0;
    for (size_t i = 0; i < STREAM; i++)
        stream[i] = (uint8_t)(i * 7 + i / 251);
}

static void stop(void)
{
    static const struct trail empty; /* its padding is zero too */

    trail_clear(&trail, &spares);
    ck_assert_mem_eq(&trail, &empty, sizeof(trail));
}

/* Segment n is frame n. */
static void deliver(size_t until, size_t size)
{
    struct place place = { .frame = 0 };

    for (size_t at = 0; at < until; at += size) {
        size_t len = size < until - at ? size : until - at;

        place.frame++;
        ck_assert_int_eq(trail_add(&trail, base + at, slice_of(stream + at, len), &place, &spares),
                         STATUS_OK);
    }
}

/* A copy of the octets from `from` to `until`, of which the one at `wrong` is another. */
static bool differs(size_t from, size_t until, size_t wrong, struct tcp_conflict *conflict)
{
    uint8_t *copy = mem_alloc(until - from);
    bool result;

    mem_copy(copy, stream + from, until - from);
    if (wrong >= from && wrong < until)
        copy[wrong - from] ^= 1;
    *conflict = (struct tcp_conflict){ 0 };
    result = trail_differs(&trail, base + from, slice_of(copy, until - from), conflict);
    mem_free(copy);
    return result;
}

static void expect(size_t wrong, uint64_t frame, const struct tcp_conflict *conflict)
{
    ck_assert_uint_eq(conflict->offset, wrong);
    ck_assert_uint_eq(conflict->first_frame, frame);
    ck_assert_uint_ge(conflict->length, 1);
    ck_assert_mem_eq(conflict->first, stream + wrong, conflict->length);
    ck_assert_uint_eq(conflict->second[0], stream[wrong] ^ 1);
}

START_TEST(every_octet_of_the_newest_is_compared)
{
    /* _i is the size of the segments: the ring begins small, grows, and goes round. */
    struct tcp_conflict conflict;

    begin();
    deliver(3000, (size_t)_i);
    for (size_t wrong = 3000 - TRAIL_ROOM; wrong < 3000; wrong++) {
        ck_assert(differs(3000 - TRAIL_ROOM, 3000, wrong, &conflict));
        ck_assert_uint_eq(conflict.offset, wrong);
        ck_assert_uint_eq(conflict.first[0], stream[wrong]);
    }
    ck_assert(!differs(0, 3000, STREAM, &conflict));
    stop();
    trail_spares_clear(&spares);
}
END_TEST

/* Wherever it begins, which is where the first ring goes round before it grows, and past the numbers
 * that its fields hold. */
START_TEST(offsets_of_any_size_are_compared)
{
    static const uint64_t bases[] = { 0,
                                      100,
                                      UINT16_MAX - 130,
                                      UINT16_MAX,
                                      (uint64_t)UINT32_MAX - 130,
                                      (uint64_t)UINT32_MAX + 1,
                                      UINT64_C(1) << 40 };
    struct tcp_conflict conflict;

    begin();
    base = bases[_i];
    for (size_t length = 1; length < 700; length += 13) {
        size_t first = length < TRAIL_ROOM ? 0 : length - TRAIL_ROOM;

        deliver(length, 60);
        ck_assert(!differs(0, length, STREAM, &conflict));
        for (size_t wrong = first; wrong < length; wrong += 7) {
            ck_assert(differs(0, length, wrong, &conflict));
            ck_assert_uint_eq(conflict.offset, base + wrong);
            ck_assert_uint_eq(conflict.first[0], stream[wrong]);
        }
        stop();
    }
    trail_spares_clear(&spares);
}
END_TEST

START_TEST(octets_that_did_not_fill_the_ring_are_all_compared)
{
    struct tcp_conflict conflict;

    for (size_t length = 1; length <= TRAIL_ROOM; length++) {
        begin();
        deliver(length, 50);
        ck_assert(differs(0, length, length - 1, &conflict));
        ck_assert(differs(0, length, 0, &conflict));
        expect(0, length <= (size_t)TRAIL_MARKS * 50 ? 1 : 0, &conflict);
        stop();
    }
    trail_spares_clear(&spares);
}
END_TEST

START_TEST(the_first_octets_of_the_newest_segments_are_compared_too)
{
    struct tcp_conflict conflict;
    const size_t full = 1400;
    size_t newest = 24 * full;
    size_t end = newest + full;
    size_t oldest = end - TRAIL_MARKS * full;

    begin();
    deliver(end, full);
    for (size_t i = 0; i < TRAIL_HEAD; i++) {
        ck_assert(differs(oldest, oldest + full, oldest + i, &conflict));
        expect(oldest + i, 25 - TRAIL_MARKS + 1, &conflict);
        ck_assert(differs(newest, end, newest + i, &conflict));
        expect(newest + i, 25, &conflict);
    }
    /* Further back, and in the middle, nothing is known. */
    ck_assert(!differs(oldest - full, oldest, oldest - full, &conflict));
    ck_assert(!differs(oldest, oldest + full, oldest + TRAIL_HEAD, &conflict));
    /* Cut otherwise, the heads are found all the same. */
    ck_assert(differs(oldest - 700, oldest + 3, oldest + 2, &conflict));
    ck_assert(differs(oldest + 3, oldest + 700, oldest + 3, &conflict));
    stop();
    trail_spares_clear(&spares);
}
END_TEST

START_TEST(what_is_new_and_what_came_before_all_is_not_compared)
{
    struct place place = { .frame = 1 };
    struct tcp_conflict conflict;

    begin();
    ck_assert(!trail_differs(&trail, 0, slice_of_string("abc"), &conflict));
    ck_assert_int_eq(trail_add(&trail, 0, slice_of_string("abc"), &place, &spares), STATUS_OK);
    ck_assert(!trail_differs(&trail, 3, slice_of_string("xyz"), &conflict));
    ck_assert(!trail_differs(&trail, 0, slice_of_string("abcxyz"), &conflict));
    ck_assert(!trail_differs(&trail, (uint64_t)-3, slice_of_string("xyzabcx"), &conflict));
    ck_assert(!trail_differs(&trail, (uint64_t)-3, slice_of_string("xyz"), &conflict));
    ck_assert(trail_differs(&trail, (uint64_t)-3, slice_of_string("xyzaBc"), &conflict));
    ck_assert_uint_eq(conflict.offset, 1);
    ck_assert_uint_eq(conflict.length, 2);
    stop();
    trail_spares_clear(&spares);
}
END_TEST

START_TEST(a_gap_begins_it_anew)
{
    struct place place = { .frame = 1 };
    struct tcp_conflict conflict;

    begin();
    ck_assert_int_eq(trail_add(&trail, 0, slice_of_string("abc"), &place, &spares), STATUS_OK);
    place.frame = 2;
    ck_assert_int_eq(trail_add(&trail, 9, slice_of_string("def"), &place, &spares), STATUS_OK);
    ck_assert(!trail_differs(&trail, 0, slice_of_string("xyzxyzxyzdef"), &conflict));
    ck_assert(trail_differs(&trail, 0, slice_of_string("abcxyzxyzdeF"), &conflict));
    ck_assert_uint_eq(conflict.offset, 11);
    ck_assert_uint_eq(conflict.first_frame, 2);
    stop();
    trail_spares_clear(&spares);
}
END_TEST

/* A ring that another had knows nothing from before, and is wiped when it waits. */
START_TEST(a_ring_that_was_given_back_serves_again)
{
    struct tcp_conflict conflict;

    begin();
    deliver(TRAIL_ROOM, 50);
    ck_assert_ptr_nonnull(trail.ring);
    stop();
    ck_assert_uint_eq(spares.rings.count, 1);
    deliver(TRAIL_ROOM - 1, 50);
    ck_assert_uint_eq(spares.rings.count, 0);
    ck_assert(differs(0, TRAIL_ROOM - 1, 0, &conflict));
    ck_assert(!differs(0, TRAIL_ROOM - 1, STREAM, &conflict));
    stop();
    trail_spares_clear(&spares);
}
END_TEST

START_TEST(few_octets_need_no_ring_beside_it)
{
    struct tcp_conflict conflict;

    begin();
    deliver(TRAIL_ROOM_FIRST, 50);
    ck_assert_ptr_null(trail.ring);
    ck_assert(differs(0, TRAIL_ROOM_FIRST, 0, &conflict));
    trail_fetch(&trail);
    stop();
    ck_assert_uint_eq(spares.rings.count, 0);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("trail");

    tcase_add_loop_test(tc, every_octet_of_the_newest_is_compared, 1, 20);
    tcase_add_loop_test(tc, every_octet_of_the_newest_is_compared, TRAIL_ROOM - 8, TRAIL_ROOM + 8);
    tcase_add_loop_test(tc, offsets_of_any_size_are_compared, 0, 7);
    tcase_add_test(tc, octets_that_did_not_fill_the_ring_are_all_compared);
    tcase_add_test(tc, the_first_octets_of_the_newest_segments_are_compared_too);
    tcase_add_test(tc, what_is_new_and_what_came_before_all_is_not_compared);
    tcase_add_test(tc, a_gap_begins_it_anew);
    tcase_add_test(tc, a_ring_that_was_given_back_serves_again);
    tcase_add_test(tc, few_octets_need_no_ring_beside_it);
    return suite_run("tcp/trail", tc);
}
