/* Link layers, and the decode loop as a whole: every frame cut at every octet. */
#include <check.h>
#include <stdlib.h>

#include "base/mem.h"
#include "net/decode.h"
#include "net/endpoint.h"
#include "support/packet_builder.h"

static struct net_decoder *decoder;
static struct built built, inner;
static struct packet packet;

static void setup(void)
{
    ck_assert_int_eq(net_decoder_new(&decoder, NULL), STATUS_OK);
}

static void teardown(void)
{
    net_decoder_free(decoder);
}

static enum parse decode_as(int link_type, struct slice octets)
{
    struct frame frame = { .octets = octets,
                           .length = (uint32_t)octets.len,
                           .link_type = link_type,
                           .place = { .frame = 7 } };

    return net_decode(decoder, &frame, &packet);
}

static void expect_tcp(int link_type)
{
    ck_assert_int_eq(decode_as(link_type, built_view(&built)), PARSE_OK);
    ck_assert_int_eq(packet.kind, PACKET_TCP);
    ck_assert_int_eq(packet.reason, SKIP_NONE);
    ck_assert_uint_eq(packet.place.frame, 7);
    ck_assert_uint_eq(packet.segment.to.port, 25);
    ck_assert(slice_equal(packet.segment.payload, slice_of_string("QUIT\r\n")));
}

static void expect_other(int link_type, enum skip_reason reason)
{
    ck_assert_int_eq(decode_as(link_type, built_view(&built)), PARSE_OK);
    ck_assert_int_eq(packet.kind, PACKET_OTHER);
    ck_assert_int_eq(packet.reason, reason);
}

static struct built_tcp quit(void)
{
    return (struct built_tcp){ .payload = slice_of_string("QUIT\r\n") };
}

/* The IP packet alone, in `inner`. */
static void build_packet(const char *from, const char *to)
{
    struct built_tcp tcp = quit();
    static struct built segment;

    tcp.from = from;
    tcp.to = to;
    build_segment(&segment, &tcp);
    build_ip(&inner, &(struct built_ip){ .from = from, .to = to, .payload = built_view(&segment) });
}

START_TEST(ethernet_carries_ipv4)
{
    struct built_tcp tcp = quit();
    char text[ENDPOINT_TEXT_MAX];

    build_tcp(&built, &tcp);
    expect_tcp(1);
    endpoint_text(&packet.segment.from, text);
    ck_assert_str_eq(text, "192.0.2.1:40000");
    ck_assert_uint_eq(packet.encapsulation.count, 0);
    ck_assert(!packet.is_snapped);
}
END_TEST

START_TEST(ethernet_carries_ipv6)
{
    struct built_tcp tcp = quit();
    char text[ENDPOINT_TEXT_MAX];

    tcp.from = "2001:db8::1";
    tcp.to = "2001:db8::2";
    build_tcp(&built, &tcp);
    expect_tcp(1);
    endpoint_text(&packet.segment.to, text);
    ck_assert_str_eq(text, "[2001:db8::2]:25");
}
END_TEST

START_TEST(vlan_tags_are_recorded_outermost_first)
{
    struct built_tcp tcp = quit();

    build_tcp(&built, &tcp);
    build_vlan(&built, 0x8100, 0x6000 | 100); /* priority bits are no part of the number */
    build_vlan(&built, 0x9100, 200);
    build_vlan(&built, 0x88A8, 4094);
    expect_tcp(1);
    ck_assert_uint_eq(packet.encapsulation.count, 3);
    ck_assert_uint_eq(packet.encapsulation.layers[0].id, 4094);
    ck_assert_uint_eq(packet.encapsulation.layers[1].id, 200);
    ck_assert_uint_eq(packet.encapsulation.layers[2].id, 100);
    ck_assert_int_eq(packet.encapsulation.layers[2].kind, LAYER_VLAN);
}
END_TEST

START_TEST(priority_tag_is_no_vlan)
{
    struct built_tcp tcp = quit();

    build_tcp(&built, &tcp);
    build_vlan(&built, 0x8100, 0xE000);
    expect_tcp(1);
    ck_assert_uint_eq(packet.encapsulation.count, 0);
}
END_TEST

START_TEST(as_many_vlan_tags_as_fit_and_one_more)
{
    struct built_tcp tcp = quit();

    build_tcp(&built, &tcp);
    for (uint16_t i = 1; i <= ENCAPSULATION_LAYERS_MAX; i++)
        build_vlan(&built, 0x8100, i);
    expect_tcp(1);
    ck_assert_uint_eq(packet.encapsulation.count, ENCAPSULATION_LAYERS_MAX);
    build_vlan(&built, 0x8100, 9);
    ck_assert_int_eq(decode_as(1, built_view(&built)), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_TOO_DEEP);
}
END_TEST

START_TEST(arp_and_spanning_tree_are_not_ip)
{
    build_ethernet(&built, 0x0806, slice_of_string("who has"));
    expect_other(1, SKIP_NOT_IP);
    build_ethernet(&built, 7, slice_of("\x42\x42\x03\0\0\0\0", 7));
    expect_other(1, SKIP_NOT_IP);
    build_ethernet(&built, 8, slice_of("\xAA\xAA\x03\0\0\x0C\x20\0", 8)); /* Cisco's CDP */
    expect_other(1, SKIP_NOT_IP);
}
END_TEST

START_TEST(cooked_capture_carries_ip_and_vlan)
{
    build_packet(NULL, NULL);
    built_clear(&built);
    built_add_u16(&built, 4);
    built_add_u16(&built, 1);
    built_add_u16(&built, 6);
    built_add(&built, slice_of("\2\0\0\0\0\1\0\0", 8));
    built_add_u16(&built, 0x8100);
    built_add_u16(&built, 12);
    built_add_u16(&built, 0x0800);
    built_add(&built, built_view(&inner));
    expect_tcp(113);
    ck_assert_uint_eq(packet.encapsulation.layers[0].id, 12);
    built_set_u16(&built, 2, 824); /* netlink */
    expect_other(113, SKIP_NOT_IP);
}
END_TEST

START_TEST(cooked_v2_capture_carries_ip_and_vlan)
{
    build_packet("2001:db8::1", "2001:db8::2");
    built_clear(&built);
    built_add_u16(&built, 0x88A8);
    built_add_u16(&built, 0);
    built_add_u32(&built, 3);
    built_add_u16(&built, 1);
    built_add_u16(&built, 0x0406);
    built_add(&built, slice_of("\2\0\0\0\0\1\0\0", 8));
    built_add_u16(&built, 77);
    built_add_u16(&built, 0x86DD);
    built_add(&built, built_view(&inner));
    expect_tcp(276);
    ck_assert_uint_eq(packet.encapsulation.layers[0].id, 77);
}
END_TEST

START_TEST(loopback_family_is_read_in_both_orders)
{
    static const struct {
        uint32_t family;
        const char *from;
        const char *to;
    } rows[] = {
        { 2, NULL, NULL },
        { 10, "2001:db8::1", "2001:db8::2" },
        { 24, "2001:db8::1", "2001:db8::2" },
        { 28, "2001:db8::1", "2001:db8::2" },
        { 30, "2001:db8::1", "2001:db8::2" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        build_packet(rows[i].from, rows[i].to);
        for (int is_swapped = 0; is_swapped < 2; is_swapped++) {
            built_clear(&built);
            built_add_u32(&built, is_swapped ? rows[i].family << 24 : rows[i].family);
            built_add(&built, built_view(&inner));
            expect_tcp(0);
            expect_tcp(108);
        }
    }
    built_clear(&built);
    built_add_u32(&built, 7);
    expect_other(0, SKIP_NOT_IP);
}
END_TEST

START_TEST(raw_ip_is_told_by_its_version)
{
    build_packet(NULL, NULL);
    built = inner;
    expect_tcp(101);
    expect_tcp(228);
    build_packet("2001:db8::1", "2001:db8::2");
    built = inner;
    expect_tcp(101);
    expect_tcp(229);
    ck_assert_int_eq(decode_as(228, built_view(&built)), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
}
END_TEST

START_TEST(unknown_link_type_is_counted)
{
    built_clear(&built);
    expect_other(147, SKIP_UNSUPPORTED_LINK_TYPE);
    ck_assert_str_eq(skip_reason_name(packet.reason), "unsupported_link_type");
}
END_TEST

/* Whatever stands at the front of the frame, `headers` octets are needed and one fewer is not
 * enough. The rest may be cut anywhere. */
static void expect_cuts(int link_type, size_t headers)
{
    static uint8_t copy[256];

    ck_assert_uint_le(built.len, sizeof(copy));
    for (size_t n = 0; n <= built.len; n++) {
        struct frame frame = { .length = (uint32_t)built.len, .link_type = link_type };
        uint8_t *exact = mem_alloc(n); /* so that a sanitizer sees one octet past it */

        ck_assert_ptr_nonnull(exact);
        for (size_t i = 0; i < n; i++)
            exact[i] = built.octets[i];
        frame.octets = slice_of(exact, n);
        if (n < headers) {
            ck_assert_int_eq(net_decode(decoder, &frame, &packet), PARSE_BAD);
            ck_assert_int_eq(packet.kind, PACKET_OTHER);
            ck_assert_int_eq(packet.reason, SKIP_TRUNCATED);
            /* The same octets as a whole frame are no packet. */
            frame.length = (uint32_t)n;
            ck_assert_int_eq(net_decode(decoder, &frame, &packet), PARSE_BAD);
            ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
        } else {
            ck_assert_int_eq(net_decode(decoder, &frame, &packet), PARSE_OK);
            ck_assert_int_eq(packet.kind, PACKET_TCP);
            ck_assert_uint_eq(packet.segment.payload.len, n - headers);
            ck_assert_uint_eq(packet.segment.payload_length, 6);
            ck_assert_int_eq(packet.is_snapped, n < built.len);
        }
        mem_free(exact);
    }
}

START_TEST(ethernet_cut_anywhere)
{
    struct built_tcp tcp = quit();

    build_tcp(&built, &tcp);
    expect_cuts(1, 14 + 20 + 20);
    build_vlan(&built, 0x8100, 5);
    expect_cuts(1, 18 + 20 + 20);
    tcp.from = "2001:db8::1";
    tcp.to = "2001:db8::2";
    build_tcp(&built, &tcp);
    expect_cuts(1, 14 + 40 + 20);
}
END_TEST

START_TEST(other_link_layers_cut_anywhere)
{
    build_packet(NULL, NULL);
    built = inner;
    expect_cuts(101, 20 + 20);
    built_clear(&built);
    built_add_u32(&built, 2);
    built_add(&built, built_view(&inner));
    expect_cuts(0, 4 + 20 + 20);
    built_clear(&built);
    built_add(&built, slice_of("\0\4\0\1\0\6\2\0\0\0\0\1\0\0\x08\0", 16));
    built_add(&built, built_view(&inner));
    expect_cuts(113, 16 + 20 + 20);
    built_clear(&built);
    built_add(&built, slice_of("\x08\0\0\0\0\0\0\3\0\1\4\6\2\0\0\0\0\1\0\0", 20));
    built_add(&built, built_view(&inner));
    expect_cuts(276, 20 + 20 + 20);
}
END_TEST

/* No assertion but that nothing is read or written out of bounds, and that what comes back is
 * consistent. */
START_TEST(any_octet_may_have_any_value)
{
    static const int link_types[] = { 0, 1, 101, 113, 228, 229, 276 };
    struct built_tcp tcp = quit();
    uint32_t state = 1;

    tcp.options = slice_of("\2\4\5\xB4\1\3\3\7", 8);
    for (int round = 0; round < 40000; round++) {
        size_t wrong = 1 + state % 4;
        struct slice seen;

        tcp.from = state % 3 == 0 ? "2001:db8::1" : NULL;
        tcp.to = state % 3 == 0 ? "2001:db8::2" : NULL;
        build_tcp(&built, &tcp);
        for (size_t i = 0; i < wrong; i++) {
            state = state * 1664525 + 1013904223;
            built.octets[(state >> 8) % built.len] = (uint8_t)(state >> 20);
        }
        seen = slice_part(built_view(&built), 0, state % 7 == 0 ? (state >> 8) % 80 : 200);
        if (decode_as(link_types[(state >> 4) % 7], seen) != PARSE_OK)
            ck_assert_int_eq(packet.kind, PACKET_OTHER);
        else if (packet.kind == PACKET_TCP)
            ck_assert_uint_le(packet.segment.payload.len, packet.segment.payload_length);
        else if (packet.kind == PACKET_OTHER)
            ck_assert_int_ne(packet.reason, SKIP_NONE);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("net/link");
    TCase *tc = tcase_create("link");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, ethernet_carries_ipv4);
    tcase_add_test(tc, ethernet_carries_ipv6);
    tcase_add_test(tc, vlan_tags_are_recorded_outermost_first);
    tcase_add_test(tc, priority_tag_is_no_vlan);
    tcase_add_test(tc, as_many_vlan_tags_as_fit_and_one_more);
    tcase_add_test(tc, arp_and_spanning_tree_are_not_ip);
    tcase_add_test(tc, cooked_capture_carries_ip_and_vlan);
    tcase_add_test(tc, cooked_v2_capture_carries_ip_and_vlan);
    tcase_add_test(tc, loopback_family_is_read_in_both_orders);
    tcase_add_test(tc, raw_ip_is_told_by_its_version);
    tcase_add_test(tc, unknown_link_type_is_counted);
    tcase_add_test(tc, ethernet_cut_anywhere);
    tcase_add_test(tc, other_link_layers_cut_anywhere);
    tcase_add_test(tc, any_octet_may_have_any_value);
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
