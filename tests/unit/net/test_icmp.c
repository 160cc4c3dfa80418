/* ICMP and ICMPv6 errors about TCP segments. */
#include <check.h>
#include <stdlib.h>

#include "net/decode.h"
#include "net/endpoint.h"
#include "support/packet_builder.h"

enum { ICMP_AT = 20, ICMPV6_AT = 40 };

static struct net_decoder *decoder;
static struct built built, quoted, error;
static struct packet packet;

static void setup(void)
{
    ck_assert_int_eq(net_decoder_new(&decoder, NULL), STATUS_OK);
}

static void teardown(void)
{
    net_decoder_free(decoder);
}

static enum parse decode(size_t captured)
{
    struct frame frame = { .octets = slice_part(built_view(&built), 0, captured),
                           .length = (uint32_t)built.len,
                           .link_type = 101 };

    return net_decode(decoder, &frame, &packet);
}

/* An error that quotes the IP header and `kept` octets of a SYN to port 25, `rest` being the four
 * octets that differ from error to error. */
static void build(uint8_t version, unsigned type, unsigned code, uint32_t rest, size_t kept)
{
    const char *from = version == 6 ? "2001:db8::1" : "192.0.2.1";
    const char *to = version == 6 ? "2001:db8::2" : "198.51.100.25";

    build_segment(&error, &(struct built_tcp){
                              .from = from, .to = to, .sequence = 0xCAFE0001, .flags = TCP_SYN });
    build_ip(&quoted, &(struct built_ip){ .from = from, .to = to, .payload = built_view(&error) });
    built_clear(&error);
    built_add_u8(&error, type);
    built_add_u8(&error, code);
    built_add_u16(&error, 0);
    built_add_u32(&error, rest);
    built_add(&error, slice_part(built_view(&quoted), 0, (version == 6 ? 40 : 20) + kept));
    build_ip(&built, &(struct built_ip){ .from = to,
                                         .to = from,
                                         .protocol = version == 6 ? 58 : 1,
                                         .payload = built_view(&error) });
}

static void expect_error(const char *from, const char *to)
{
    char text[ENDPOINT_TEXT_MAX];

    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_int_eq(packet.kind, PACKET_ICMP_ERROR);
    endpoint_text(&packet.icmp.from, text);
    ck_assert_str_eq(text, from);
    endpoint_text(&packet.icmp.to, text);
    ck_assert_str_eq(text, to);
    ck_assert_uint_eq(packet.icmp.sequence, 0xCAFE0001);
}

START_TEST(unreachable_names_the_quoted_segment)
{
    char sender[ADDRESS_TEXT_MAX];

    build(4, 3, 3, 0, 8);
    expect_error("192.0.2.1:40000", "198.51.100.25:25");
    address_text(&packet.icmp.sender, sender);
    ck_assert_str_eq(sender, "198.51.100.25");
    ck_assert(packet.icmp.is_unreachable);
    ck_assert_uint_eq(packet.icmp.type, 3);
    ck_assert_uint_eq(packet.icmp.code, 3);
    build(6, 1, 4, 0, 20);
    expect_error("[2001:db8::1]:40000", "[2001:db8::2]:25");
    ck_assert(packet.icmp.is_unreachable);
    ck_assert_uint_eq(packet.icmp.next_mtu, 0);
    ck_assert(!packet.icmp.is_too_big);
}
END_TEST

START_TEST(too_big_names_the_next_mtu)
{
    build(4, 3, 4, 1400, 8);
    expect_error("192.0.2.1:40000", "198.51.100.25:25");
    ck_assert(!packet.icmp.is_unreachable);
    ck_assert_uint_eq(packet.icmp.next_mtu, 1400);
    ck_assert(packet.icmp.is_too_big);
    build(6, 2, 0, 1280, 8);
    expect_error("[2001:db8::1]:40000", "[2001:db8::2]:25");
    ck_assert(!packet.icmp.is_unreachable);
    ck_assert_uint_eq(packet.icmp.next_mtu, 1280);
    ck_assert(packet.icmp.is_too_big);
}
END_TEST

START_TEST(time_exceeded_is_an_error_but_not_unreachable)
{
    build(4, 11, 0, 0, 8);
    expect_error("192.0.2.1:40000", "198.51.100.25:25");
    ck_assert(!packet.icmp.is_unreachable);
    build(6, 3, 0, 0, 8);
    expect_error("[2001:db8::1]:40000", "[2001:db8::2]:25");
    ck_assert(!packet.icmp.is_unreachable);
}
END_TEST

START_TEST(what_is_no_error_about_tcp_is_of_no_use)
{
    build(4, 8, 0, 0, 8); /* echo */
    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_int_eq(packet.reason, SKIP_NOT_TCP);
    build(6, 135, 0, 0, 8); /* neighbour solicitation */
    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_int_eq(packet.reason, SKIP_NOT_TCP);
    build(4, 3, 3, 0, 8);
    built.octets[ICMP_AT + 8 + 9] = 17; /* UDP quoted */
    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_int_eq(packet.reason, SKIP_NOT_TCP);
    build(4, 3, 3, 0, 8);
    built.octets[ICMP_AT + 8 + 7] = 1; /* a later fragment quoted */
    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_int_eq(packet.reason, SKIP_NOT_TCP);
}
END_TEST

START_TEST(extension_headers_of_the_quoted_packet_are_passed)
{
    build(6, 1, 4, 0, 0);
    built.octets[ICMPV6_AT + 8 + 6] = 60;
    built_add(&built, slice_of("\x2C\0\1\4\0\0\0\0", 8)); /* destination options, then */
    built_add(&built, slice_of("\6\0\0\1\0\0\0\1", 8));   /* the first fragment */
    built_add(&built, slice_of("\x9C\x40\0\x19\xCA\xFE\0\1", 8));
    built_set_u16(&built, 4, (unsigned)built.len - 40);
    expect_error("[2001:db8::1]:40000", "[2001:db8::2]:25");
    built.octets[ICMPV6_AT + 8 + 40 + 8 + 3] = 8; /* a later fragment */
    ck_assert_int_eq(decode(built.len), PARSE_OK);
    ck_assert_int_eq(packet.reason, SKIP_NOT_TCP);
}
END_TEST

START_TEST(quote_cut_anywhere)
{
    static const uint8_t versions[] = { 4, 6 };

    for (size_t i = 0; i < sizeof(versions); i++) {
        build(versions[i], versions[i] == 4 ? 3 : 1, 0, 0, 8);
        for (size_t n = 0; n < built.len; n++) {
            ck_assert_int_eq(decode(n), PARSE_BAD);
            ck_assert_int_eq(packet.reason, SKIP_TRUNCATED);
        }
    }
    build(4, 3, 3, 0, 7); /* one octet fewer than RFC 792 promises */
    ck_assert_int_eq(decode(built.len), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("net/icmp");
    TCase *tc = tcase_create("icmp");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, unreachable_names_the_quoted_segment);
    tcase_add_test(tc, too_big_names_the_next_mtu);
    tcase_add_test(tc, time_exceeded_is_an_error_but_not_unreachable);
    tcase_add_test(tc, what_is_no_error_about_tcp_is_of_no_use);
    tcase_add_test(tc, extension_headers_of_the_quoted_packet_are_passed);
    tcase_add_test(tc, quote_cut_anywhere);
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
