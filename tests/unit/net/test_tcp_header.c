/* The TCP header, its options and its checksum. */
#include <check.h>
#include <stdlib.h>

#include "net/decode.h"
#include "support/packet_builder.h"

enum { TCP_AT = 14 + 20, OFFSET = TCP_AT + 12 };

static struct net_decoder *decoder;
static struct built built;
static struct packet packet;

static void setup(void)
{
    struct net_options options = { .checksums = NET_CHECKSUMS_VERIFIED };

    ck_assert_int_eq(net_decoder_new(&decoder, &options), STATUS_OK);
}

static void teardown(void)
{
    net_decoder_free(decoder);
}

static enum parse decode(size_t captured)
{
    struct frame frame = { .octets = slice_part(built_view(&built), 0, captured),
                           .length = (uint32_t)built.len,
                           .link_type = 1 };

    return net_decode(decoder, &frame, &packet);
}

enum { ACKNOWLEDGED = 0x66 };

static void build_options(uint8_t flags, struct slice options)
{
    build_tcp(&built, &(struct built_tcp){ .acknowledgement = ACKNOWLEDGED,
                                           .flags = flags,
                                           .options = options,
                                           .payload = slice_of_string("x") });
    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_int_eq(packet.kind, PACKET_TCP);
    ck_assert_uint_eq(packet.segment.payload.len, 1);
}

START_TEST(every_field_is_read)
{
    build_tcp(&built, &(struct built_tcp){ .from_port = 40001,
                                           .to_port = 587,
                                           .sequence = 0xFFFFFFF0,
                                           .acknowledgement = 0x01020304,
                                           .flags = TCP_PSH | TCP_ACK | TCP_FIN,
                                           .window = 513 });
    built.octets[OFFSET + 1] |= 0xC0; /* ECE and CWR are none of ours */
    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_uint_eq(packet.segment.from.port, 40001);
    ck_assert_uint_eq(packet.segment.to.port, 587);
    ck_assert_uint_eq(packet.segment.sequence, 0xFFFFFFF0);
    ck_assert_uint_eq(packet.segment.acknowledgement, 0x01020304);
    ck_assert_uint_eq(packet.segment.flags, TCP_PSH | TCP_ACK | TCP_FIN);
    ck_assert_uint_eq(packet.segment.window, 513);
    ck_assert(!packet.segment.has_window_scale);
    ck_assert(!packet.segment.has_timestamp);
    ck_assert_uint_eq(packet.segment.maximum_segment, 0);
    ck_assert_uint_eq(packet.segment.payload_length, 0);
}
END_TEST

START_TEST(options_of_a_syn_are_read)
{
    build_options(TCP_SYN, slice_of("\2\4\5\xB4\4\2\x08\x0A\1\2\3\4\0\0\0\0\1\3\3\7", 20));
    ck_assert_uint_eq(packet.segment.maximum_segment, 1460);
    ck_assert(packet.segment.has_window_scale);
    ck_assert_uint_eq(packet.segment.window_scale, 7);
    ck_assert(packet.segment.has_timestamp);
    ck_assert_uint_eq(packet.segment.timestamp, 0x01020304);
}
END_TEST

START_TEST(window_scale_and_segment_size_count_only_in_a_syn)
{
    build_options(TCP_ACK, slice_of("\2\4\5\xB4\1\3\3\7", 8));
    ck_assert(!packet.segment.has_window_scale);
    ck_assert_uint_eq(packet.segment.maximum_segment, 0);
}
END_TEST

START_TEST(multipath_is_known_by_its_subtype_in_a_syn)
{
    /* RFC 8684 3.1 and 3.2; 3.3's DSS is no offer. */
    build_options(TCP_SYN, slice_of("\x1E\4\1\x81", 4));
    ck_assert(packet.segment.is_multipath);
    build_options(TCP_SYN, slice_of("\x1E\4\x11\1", 4));
    ck_assert(packet.segment.is_multipath);
    build_options(TCP_SYN, slice_of("\x1E\4\x21\1", 4));
    ck_assert(!packet.segment.is_multipath);
    build_options(TCP_ACK, slice_of("\x1E\4\1\x81", 4));
    ck_assert(!packet.segment.is_multipath);
    build_options(TCP_SYN, slice_of("\x1E\2\1\1", 4));
    ck_assert(!packet.segment.is_multipath);
}
END_TEST

START_TEST(window_scale_over_14_counts_as_14)
{
    build_options(TCP_SYN, slice_of("\1\3\3\xFF", 4));
    ck_assert_uint_eq(packet.segment.window_scale, 14);
}
END_TEST

START_TEST(malformed_options_do_not_lose_the_segment)
{
    static const uint8_t rows[][8] = {
        { 3, 0, 0, 0, 0, 0, 0, 0 },    /* a length of 0 would never end */
        { 3, 1, 3, 3, 7, 0, 0, 0 },    /* a length that leaves out itself */
        { 8, 10, 1, 2, 3, 4, 5, 6 },   /* longer than the header */
        { 1, 1, 1, 1, 1, 1, 1, 8 },    /* a kind without a length */
        { 3, 4, 1, 1, 2, 3, 1, 0 },    /* lengths that are wrong for their kinds */
        { 0, 3, 3, 7, 2, 4, 5, 0xB4 }, /* after the end of the list */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        build_options(TCP_SYN, slice_of(rows[i], sizeof(rows[i])));
        ck_assert(!packet.segment.has_window_scale);
        ck_assert(!packet.segment.has_timestamp);
        ck_assert_uint_eq(packet.segment.maximum_segment, 0);
    }
}
END_TEST

START_TEST(the_longest_block_past_the_hole_is_read)
{
    /* A duplicate below, one of 16 octets and one of 256. */
    build_options(TCP_ACK,
                  slice_of("\1\1\5\x1A\0\0\0\1\0\0\0\x11\0\0\1\0\0\0\1\x10\0\0\2\0\0\0\3\0", 28));
    ck_assert_uint_eq(packet.segment.sacked, 256);
}
END_TEST

START_TEST(a_block_that_was_acknowledged_is_a_duplicate)
{
    build_options(TCP_ACK, slice_of("\1\1\5\x0A\0\0\0\1\0\0\0\x11", 12));
    ck_assert_uint_eq(packet.segment.sacked, 0);
}
END_TEST

START_TEST(a_block_that_ends_before_it_begins_is_none)
{
    build_options(TCP_ACK, slice_of("\1\1\5\x0A\0\0\3\0\0\0\2\0", 12));
    ck_assert_uint_eq(packet.segment.sacked, 0);
}
END_TEST

START_TEST(half_a_block_is_none)
{
    build_options(TCP_ACK, slice_of("\1\1\5\6\0\0\2\0", 8));
    ck_assert_uint_eq(packet.segment.sacked, 0);
}
END_TEST

START_TEST(options_may_be_cut_by_the_capture)
{
    build_options(TCP_SYN, slice_of("\2\4\5\xB4\1\3\3\7", 8));
    for (size_t n = TCP_AT + 20; n < TCP_AT + 28; n++) {
        ck_assert_int_eq(decode(n), PARSE_OK);
        ck_assert_uint_eq(packet.segment.payload.len, 0);
        ck_assert_uint_eq(packet.segment.payload_length, 1);
        ck_assert_uint_eq(packet.segment.maximum_segment, n < TCP_AT + 24 ? 0 : 1460);
        ck_assert(!packet.segment.has_window_scale);
        ck_assert_int_eq(packet.segment.checksum, CHECKSUM_UNKNOWN);
    }
}
END_TEST

START_TEST(data_offsets_that_cannot_be_are_malformed)
{
    build_tcp(&built, &(struct built_tcp){ .payload = slice_of_string("12345678") });
    for (unsigned offset = 0; offset < 16; offset++) {
        built.octets[OFFSET] = (uint8_t)(offset << 4);
        ck_assert_int_eq(decode(built.len), offset >= 5 && offset <= 7 ? PARSE_OK : PARSE_BAD);
        if (offset >= 5 && offset <= 7)
            ck_assert_uint_eq(packet.segment.payload.len, 8 - (offset - 5) * 4);
        else
            ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
    }
}
END_TEST

START_TEST(checksum_is_good_for_every_length_and_bad_for_every_flipped_bit)
{
    static uint8_t payload[200];

    for (size_t n = 0; n < sizeof(payload); n++) {
        payload[n] = (uint8_t)(n * 37 + 255);
        build_tcp(&built, &(struct built_tcp){ .payload = slice_of(payload, n) });
        ck_assert_int_eq(decode(built.len), PARSE_OK);
        ck_assert_int_eq(packet.segment.checksum, CHECKSUM_GOOD);
        built.octets[built.len - 1] ^= 0x10;
        ck_assert_int_eq(decode(built.len), PARSE_OK);
        ck_assert_int_eq(packet.segment.checksum, CHECKSUM_BAD);
    }
    build_tcp(&built, &(struct built_tcp){ .from = "2001:db8::1",
                                           .to = "2001:db8::2",
                                           .payload = slice_of(payload, 99) });
    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_int_eq(packet.segment.checksum, CHECKSUM_GOOD);
}
END_TEST

/* The TCP checksum that only a card that fills it in would leave so: the sum of the pseudo header of
 * 192.0.2.1, 198.51.100.25, protocol 6 and `length`. */
static void leave_to_card(unsigned length)
{
    uint32_t sum = 0xC000 + 0x0201 + 0xC633 + 0x6419 + 6 + length;

    built_set_u16(&built, TCP_AT + 16, (sum & 0xFFFF) + (sum >> 16));
}

START_TEST(a_checksum_left_to_the_card_is_known)
{
    build_tcp(&built, &(struct built_tcp){ .payload = slice_of_string("QUIT\r\n") });
    leave_to_card(20 + 6);
    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_int_eq(packet.segment.checksum, CHECKSUM_PARTIAL);
    leave_to_card(0);
    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_int_eq(packet.segment.checksum, CHECKSUM_PARTIAL);
    leave_to_card(20 + 7);
    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_int_eq(packet.segment.checksum, CHECKSUM_BAD);
}
END_TEST

/* How the frame is taken where bad checksums are not. */
static void decode_enforced(enum packet_kind kind, enum skip_reason reason)
{
    struct net_options options = { .checksums = NET_CHECKSUMS_ENFORCED };

    net_decoder_free(decoder);
    ck_assert_int_eq(net_decoder_new(&decoder, &options), STATUS_OK);
    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_int_eq(packet.kind, kind);
    ck_assert_int_eq(packet.reason, reason);
}

START_TEST(what_a_receiver_would_drop_is_dropped_where_asked_for)
{
    build_tcp(&built, &(struct built_tcp){ .payload = slice_of_string("QUIT\r\n") });
    decode_enforced(PACKET_TCP, SKIP_NONE);
    leave_to_card(20 + 6);
    decode_enforced(PACKET_TCP, SKIP_NONE);
    built.octets[built.len - 1] ^= 1;
    leave_to_card(20 + 7);
    decode_enforced(PACKET_OTHER, SKIP_CHECKSUM);
    /* The IPv4 header: its time to live, then no checksum at all. */
    build_tcp(&built, &(struct built_tcp){ .payload = slice_of_string("QUIT\r\n") });
    built.octets[14 + 8] ^= 1;
    decode_enforced(PACKET_OTHER, SKIP_CHECKSUM);
    built_set_u16(&built, 14 + 10, 0);
    decode_enforced(PACKET_TCP, SKIP_NONE);
}
END_TEST

START_TEST(checksum_is_left_alone_unless_asked_for)
{
    struct net_decoder *plain;
    struct frame frame = { .link_type = 1 };

    build_tcp(&built, &(struct built_tcp){ 0 });
    frame.octets = built_view(&built);
    frame.length = (uint32_t)built.len;
    ck_assert_int_eq(net_decoder_new(&plain, NULL), STATUS_OK);
    ck_assert_int_eq(net_decode(plain, &frame, &packet), PARSE_OK);
    ck_assert_int_eq(packet.segment.checksum, CHECKSUM_UNKNOWN);
    net_decoder_free(plain);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("net/tcp_header");
    TCase *tc = tcase_create("tcp_header");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, every_field_is_read);
    tcase_add_test(tc, options_of_a_syn_are_read);
    tcase_add_test(tc, window_scale_and_segment_size_count_only_in_a_syn);
    tcase_add_test(tc, multipath_is_known_by_its_subtype_in_a_syn);
    tcase_add_test(tc, window_scale_over_14_counts_as_14);
    tcase_add_test(tc, malformed_options_do_not_lose_the_segment);
    tcase_add_test(tc, the_longest_block_past_the_hole_is_read);
    tcase_add_test(tc, a_block_that_was_acknowledged_is_a_duplicate);
    tcase_add_test(tc, a_block_that_ends_before_it_begins_is_none);
    tcase_add_test(tc, half_a_block_is_none);
    tcase_add_test(tc, options_may_be_cut_by_the_capture);
    tcase_add_test(tc, data_offsets_that_cannot_be_are_malformed);
    tcase_add_test(tc, checksum_is_good_for_every_length_and_bad_for_every_flipped_bit);
    tcase_add_test(tc, a_checksum_left_to_the_card_is_known);
    tcase_add_test(tc, what_a_receiver_would_drop_is_dropped_where_asked_for);
    tcase_add_test(tc, checksum_is_left_alone_unless_asked_for);
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
