/* IPv4 lengths, options and padding. */
#include <check.h>
#include <stdlib.h>

#include "net/decode.h"
#include "support/packet_builder.h"

enum { TOTAL_LENGTH = 14 + 2, PROTOCOL = 14 + 9 };

static struct net_decoder *decoder;
static struct built built, inner, segment;
static struct packet packet;

static void setup(void)
{
    struct net_options options = { .checksums = NET_CHECKSUMS_VERIFIED };

    ck_assert_int_eq(net_decoder_new(&decoder, &options), STATUS_OK);
    build_tcp(&built, &(struct built_tcp){ .payload = slice_of_string("NOOP\r\n") });
}

static void teardown(void)
{
    net_decoder_free(decoder);
}

static enum parse decode(size_t captured, size_t length)
{
    struct frame frame = { .octets = slice_part(built_view(&built), 0, captured),
                           .length = (uint32_t)length,
                           .link_type = 1 };

    return net_decode(decoder, &frame, &packet);
}

START_TEST(padding_is_cut_off_by_the_total_length)
{
    built_add(&built, slice_of("\0\0\0\0\0\0\0\0\0\0\0\0\0", 13));
    ck_assert_int_eq(decode(built.len, built.len), PARSE_OK);
    ck_assert(slice_equal(packet.segment.payload, slice_of_string("NOOP\r\n")));
    ck_assert_uint_eq(packet.segment.payload_length, 6);
    ck_assert_int_eq(packet.segment.checksum, CHECKSUM_GOOD);
    /* Snapped in the padding, nothing is missing. */
    ck_assert_int_eq(decode(built.len - 5, built.len), PARSE_OK);
    ck_assert(!packet.is_snapped);
    ck_assert_int_eq(packet.segment.checksum, CHECKSUM_GOOD);
}
END_TEST

START_TEST(options_are_passed)
{
    build_segment(&segment, &(struct built_tcp){ .payload = slice_of_string("x") });
    build_ip(&inner, &(struct built_ip){ .options = slice_of("\x94\4\0\0\1\1\1\1", 8),
                                         .payload = built_view(&segment) });
    build_ethernet(&built, 0x0800, built_view(&inner));
    ck_assert_int_eq(decode(built.len, built.len), PARSE_OK);
    ck_assert_uint_eq(packet.segment.payload.len, 1);
    ck_assert_int_eq(packet.segment.checksum, CHECKSUM_GOOD);
    /* Cut inside the options. */
    ck_assert_int_eq(decode(14 + 24, built.len), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_TRUNCATED);
}
END_TEST

START_TEST(total_length_of_0_means_what_was_captured)
{
    built_set_u16(&built, TOTAL_LENGTH, 0);
    ck_assert_int_eq(decode(built.len, built.len), PARSE_OK);
    ck_assert_uint_eq(packet.segment.payload.len, 6);
    ck_assert_uint_eq(packet.segment.payload_length, 6);
    /* Where it was snapped the frame's length says how much was sent ... */
    ck_assert_int_eq(decode(built.len, 100000), PARSE_OK);
    ck_assert_uint_eq(packet.segment.payload_length, 100000 - 54);
    ck_assert(packet.is_snapped);
    /* ... but not what no card would send. */
    ck_assert_int_eq(decode(built.len, UINT32_MAX), PARSE_OK);
    ck_assert_uint_eq(packet.segment.payload_length, 6);
}
END_TEST

START_TEST(total_length_beyond_the_frame_counts_as_snapped)
{
    built_set_u16(&built, TOTAL_LENGTH, 1500);
    ck_assert_int_eq(decode(built.len, built.len), PARSE_OK);
    ck_assert(packet.is_snapped);
    ck_assert_uint_eq(packet.segment.payload.len, 6);
    ck_assert_uint_eq(packet.segment.payload_length, 1460);
    ck_assert_int_eq(packet.segment.checksum, CHECKSUM_UNKNOWN);
    ck_assert_int_eq(decode(40, 40), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
}
END_TEST

START_TEST(headers_that_cannot_be_are_malformed)
{
    built_set_u16(&built, TOTAL_LENGTH, 19);
    ck_assert_int_eq(decode(built.len, built.len), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
    built_set_u16(&built, TOTAL_LENGTH, 39); /* no room for the TCP header */
    ck_assert_int_eq(decode(built.len, built.len), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
    built_set_u16(&built, TOTAL_LENGTH, 46);
    built.octets[14] = 0x44; /* a header of 16 octets */
    ck_assert_int_eq(decode(built.len, built.len), PARSE_BAD);
    built.octets[14] = 0x65;
    ck_assert_int_eq(decode(built.len, built.len), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
}
END_TEST

START_TEST(other_protocols_are_not_tcp)
{
    built.octets[PROTOCOL] = 17;
    ck_assert_int_eq(decode(built.len, built.len), PARSE_OK);
    ck_assert_int_eq(packet.kind, PACKET_OTHER);
    ck_assert_int_eq(packet.reason, SKIP_NOT_TCP);
}
END_TEST

START_TEST(authentication_header_is_passed)
{
    build_segment(&segment, &(struct built_tcp){ .payload = slice_of_string("x") });
    built_clear(&built);
    built_add(&built, slice_of("\6\1\0\0\0\0\0\1\0\0\0\1", 12));
    built_add(&built, built_view(&segment));
    build_ip(&inner, &(struct built_ip){ .protocol = 51, .payload = built_view(&built) });
    build_ethernet(&built, 0x0800, built_view(&inner));
    ck_assert_int_eq(decode(built.len, built.len), PARSE_OK);
    ck_assert_int_eq(packet.kind, PACKET_TCP);
    ck_assert_uint_eq(packet.segment.payload.len, 1);
    for (size_t n = 14 + 20; n < 14 + 20 + 12 + 20; n++)
        ck_assert_int_eq(decode(n, built.len), PARSE_BAD);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("net/ipv4");
    TCase *tc = tcase_create("ipv4");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, padding_is_cut_off_by_the_total_length);
    tcase_add_test(tc, options_are_passed);
    tcase_add_test(tc, total_length_of_0_means_what_was_captured);
    tcase_add_test(tc, total_length_beyond_the_frame_counts_as_snapped);
    tcase_add_test(tc, headers_that_cannot_be_are_malformed);
    tcase_add_test(tc, other_protocols_are_not_tcp);
    tcase_add_test(tc, authentication_header_is_passed);
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
