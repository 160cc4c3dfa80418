/* Records of a classic pcap file, in both byte orders, at every truncation and at every limit. */
#include "capture/record.h"

#include <check.h>

#include "support/suite.h"

static const uint8_t little_head[RECORD_FILE_HEAD] = { 0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0 };
static const uint8_t big_head[RECORD_FILE_HEAD] = { 0xA1, 0xB2, 0x3C, 0x4D, 0, 2, 0, 4 };

static struct record_form form_of(const uint8_t head[RECORD_FILE_HEAD], int snap)
{
    struct record_form form;

    ck_assert(record_form_of(slice_of(head, RECORD_FILE_HEAD), snap, &form));
    return form;
}

START_TEST(both_orders_and_both_precisions_are_known_by_the_magic_number)
{
    struct record_form little = form_of(little_head, 262144);
    struct record_form big = form_of(big_head, 96);

    ck_assert(!little.is_big_endian && !little.is_fine);
    ck_assert(big.is_big_endian && big.is_fine);
    ck_assert_uint_eq(big.snap, 96);
}
END_TEST

START_TEST(what_is_no_file_of_version_2_4_is_left_to_libpcap)
{
    static const struct {
        size_t at;
        uint8_t octet;
    } changes[] = { { 0, 0xD5 }, { 3, 0xA2 }, { 4, 3 }, { 5, 1 }, { 6, 3 }, { 7, 1 } };
    struct record_form form;

    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        uint8_t head[RECORD_FILE_HEAD];

        memcpy(head, little_head, sizeof(head));
        head[changes[i].at] = changes[i].octet;
        ck_assert(!record_form_of(slice_of(head, sizeof(head)), 65535, &form));
    }
    ck_assert(!record_form_of(slice_of(little_head, RECORD_FILE_HEAD - 1), 65535, &form));
    ck_assert(!record_form_of(slice_of(little_head, RECORD_FILE_HEAD), RECORD_SNAP_MAX + 1, &form));
    ck_assert(!record_form_of(slice_of(little_head, RECORD_FILE_HEAD), 0, &form));
}
END_TEST

START_TEST(a_record_is_its_time_its_lengths_and_its_octets)
{
    static const uint8_t wire[] = { 1, 2, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0, 'a', 'b', 'c' };
    static const uint8_t big[] = { 0, 0, 2, 1, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 9, 'a', 'b', 'c' };
    struct record_form forms[] = { form_of(little_head, 100), form_of(big_head, 100) };
    const uint8_t *wires[] = { wire, big };

    for (int i = 0; i < 2; i++) {
        struct record record;

        ck_assert_int_eq(record_read(&forms[i], slice_of(wires[i], sizeof(wire)), &record),
                         PARSE_OK);
        ck_assert_int_eq(record.seconds, 513);
        ck_assert_int_eq(record.nanoseconds, i == 0 ? 7000 : 7);
        ck_assert_uint_eq(record.kept, 3);
        ck_assert_uint_eq(record.sent, 9);
        ck_assert_uint_eq(record.size, sizeof(wire));
    }
}
END_TEST

/* _i is the number of octets that arrived. */
START_TEST(a_record_cut_at_any_octet_asks_for_more)
{
    static const uint8_t wire[] = { 1, 2, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 'a', 'b', 'c' };
    struct record_form form = form_of(little_head, 100);
    struct record record = { 0 };

    ck_assert_int_eq(record_read(&form, slice_of(wire, (size_t)_i), &record), PARSE_MORE);
    ck_assert_uint_eq(record.size, _i < RECORD_HEAD ? 0 : sizeof(wire));
}
END_TEST

START_TEST(a_frame_has_no_more_octets_than_the_snap_length_or_than_any_frame)
{
    static uint8_t wire[RECORD_HEAD + RECORD_SNAP_MAX + 1] = { [8] = 101 };
    struct record_form form = form_of(little_head, 100);
    struct record record;

    ck_assert_int_eq(record_read(&form, slice_of(wire, sizeof(wire)), &record), PARSE_OK);
    ck_assert_uint_eq(record.kept, 100);
    ck_assert_uint_eq(record.size, RECORD_HEAD + 101);
    wire[8] = 0;
    wire[10] = 4; /* 262144 */
    ck_assert_int_eq(record_read(&form, slice_of(wire, sizeof(wire)), &record), PARSE_OK);
    ck_assert_uint_eq(record.size, RECORD_HEAD + RECORD_SNAP_MAX);
    wire[8] = 1;
    ck_assert_int_eq(record_read(&form, slice_of(wire, sizeof(wire)), &record), PARSE_BAD);
    ck_assert_uint_eq(record.kept, RECORD_SNAP_MAX + 1);
}
END_TEST

START_TEST(times_go_on_after_2038)
{
    static const uint8_t wire[] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF,
                                    0,    0,    0,    0,    0,    0,    0,    0 };
    struct record_form form = form_of(little_head, 100);
    struct record record;

    ck_assert_int_eq(record_read(&form, slice_of(wire, sizeof(wire)), &record), PARSE_OK);
    ck_assert_int_eq(record.seconds, 4294967295);
    ck_assert_int_eq(record.nanoseconds, INT64_C(4294967294000));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("record");

    tcase_add_test(tc, both_orders_and_both_precisions_are_known_by_the_magic_number);
    tcase_add_test(tc, what_is_no_file_of_version_2_4_is_left_to_libpcap);
    tcase_add_test(tc, a_record_is_its_time_its_lengths_and_its_octets);
    tcase_add_loop_test(tc, a_record_cut_at_any_octet_asks_for_more, 0, RECORD_HEAD + 3);
    tcase_add_test(tc, a_frame_has_no_more_octets_than_the_snap_length_or_than_any_frame);
    tcase_add_test(tc, times_go_on_after_2038);
    return suite_run("capture/record", tc);
}
