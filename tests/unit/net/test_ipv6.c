/* IPv6 extension headers, jumbograms and lengths left out. */
#include <check.h>
#include <stdlib.h>

#include "net/decode.h"
#include "net/endpoint.h"
#include "support/packet_builder.h"

enum { PAYLOAD_LENGTH = 4, HOP = 0, ROUTING = 43, AUTHENTICATION = 51, DESTINATION = 60 };

static const char *const from = "2001:db8::1";
static const char *const to = "2001:db8::2";

static struct net_decoder *decoder;
static struct built built, chain, segment;
static struct packet packet;

static void setup(void)
{
    struct net_options options = { .checksums = NET_CHECKSUMS_VERIFIED };

    ck_assert_int_eq(net_decoder_new(&decoder, &options), STATUS_OK);
    build_segment(&segment, &(struct built_tcp){
                                .from = from, .to = to, .payload = slice_of_string("NOOP\r\n") });
}

static void teardown(void)
{
    net_decoder_free(decoder);
}

static enum parse decode(size_t captured, size_t length)
{
    struct frame frame = { .octets = slice_part(built_view(&built), 0, captured),
                           .length = (uint32_t)length,
                           .link_type = 229 };

    return net_decode(decoder, &frame, &packet);
}

/* The packet: `headers` in front of the segment, the first of which is a `kind`. */
static void build(uint8_t kind, struct slice headers)
{
    built_clear(&chain);
    built_add(&chain, headers);
    built_add(&chain, built_view(&segment));
    build_ip(&built, &(struct built_ip){
                         .from = from, .to = to, .protocol = kind, .payload = built_view(&chain) });
    if (kind == HOP)
        built.octets[6] = 0;
}

static void expect_tcp(void)
{
    ck_assert_int_eq(decode(built.len, built.len), PARSE_OK);
    ck_assert_int_eq(packet.kind, PACKET_TCP);
    ck_assert(slice_equal(packet.segment.payload, slice_of_string("NOOP\r\n")));
    ck_assert_int_eq(packet.segment.checksum, CHECKSUM_GOOD);
}

START_TEST(every_extension_header_is_passed)
{
    static const uint8_t kinds[] = { HOP, ROUTING, DESTINATION, 135, 139, 140 };
    uint8_t header[16] = { 6, 1, 1, 12 }; /* 16 octets, holding one long Pad option */

    for (size_t i = 0; i < sizeof(kinds); i++) {
        header[3] = kinds[i] == ROUTING ? 0 : 12; /* no hops left */
        build(kinds[i], slice_of(header, sizeof(header)));
        expect_tcp();
    }
    build(AUTHENTICATION, slice_of("\6\1\0\0\0\0\0\1\0\0\0\1", 12));
    expect_tcp();
}
END_TEST

START_TEST(chains_are_followed_and_may_be_cut_anywhere)
{
    static const uint8_t
        headers[] = { DESTINATION, 0, 1, 4, 0, 0, 0, 0,  AUTHENTICATION,
                      0,           1, 4, 0, 0, 0, 0, 44, 1,
                      0,           0, 0, 0, 0, 1, 0, 0,  0,
                      1,           6, 0, 0, 0, 0, 0, 0,  9 /* a fragment that is all */ };

    build(HOP, slice_of(headers, sizeof(headers)));
    expect_tcp();
    for (size_t n = 0; n < 40 + sizeof(headers) + 20; n++) {
        ck_assert_int_eq(decode(n, built.len), PARSE_BAD);
        ck_assert_int_eq(packet.reason, SKIP_TRUNCATED);
        ck_assert_int_eq(decode(n, n), PARSE_BAD);
        ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
    }
}
END_TEST

START_TEST(routing_header_leads_to_the_last_hop)
{
    static const uint8_t header[40] = {
        6, 4, 0, 1, 0,    0,    0,    0,    0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 7, 0x20, 0x01, 0x0D, 0xB8, 0,    0,    0,    0,    0, 0, 0, 0, 0, 0, 0, 8,
    };
    char text[ADDRESS_TEXT_MAX];

    build_segment(&segment, &(struct built_tcp){ .from = from,
                                                 .to = "2001:db8::8",
                                                 .payload = slice_of_string("NOOP\r\n") });
    build(ROUTING, slice_of(header, sizeof(header)));
    expect_tcp();
    address_text(&packet.segment.to.address, text);
    ck_assert_str_eq(text, "2001:db8::8");
    /* One without a single hop, though it says that one is left. */
    build(ROUTING, slice_of("\6\0\0\1\0\0\0\0", 8));
    ck_assert_int_eq(decode(built.len, built.len), PARSE_OK);
    address_text(&packet.segment.to.address, text);
    ck_assert_str_eq(text, to);
}
END_TEST

START_TEST(jumbo_payload_option_gives_the_length)
{
    uint8_t header[8] = { 6, 0, 0xC2, 4, 0, 0, 0, 0 };

    header[7] = (uint8_t)(8 + segment.len);
    build(HOP, slice_of(header, sizeof(header)));
    built_set_u16(&built, PAYLOAD_LENGTH, 0);
    built_add(&built, slice_of_string("padding"));
    expect_tcp();
    /* A length that the frame does not bear out is not believed. */
    built.octets[40 + 4] = 0xFF;
    ck_assert_int_eq(decode(built.len, built.len), PARSE_OK);
    ck_assert_uint_eq(packet.segment.payload_length, 6 + 7);
}
END_TEST

START_TEST(payload_length_of_0_means_what_was_captured)
{
    build(6, (struct slice){ 0 });
    built_set_u16(&built, PAYLOAD_LENGTH, 0);
    expect_tcp();
    ck_assert_int_eq(decode(built.len, UINT32_MAX), PARSE_OK);
    ck_assert_uint_eq(packet.segment.payload_length, 6);
}
END_TEST

START_TEST(no_next_header_is_not_tcp)
{
    build(59, (struct slice){ 0 });
    ck_assert_int_eq(decode(built.len, built.len), PARSE_OK);
    ck_assert_int_eq(packet.reason, SKIP_NOT_TCP);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("net/ipv6");
    TCase *tc = tcase_create("ipv6");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, every_extension_header_is_passed);
    tcase_add_test(tc, chains_are_followed_and_may_be_cut_anywhere);
    tcase_add_test(tc, routing_header_leads_to_the_last_hop);
    tcase_add_test(tc, jumbo_payload_option_gives_the_length);
    tcase_add_test(tc, payload_length_of_0_means_what_was_captured);
    tcase_add_test(tc, no_next_header_is_not_tcp);
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
