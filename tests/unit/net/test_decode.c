/* The walk as a whole: how each end of it is told, and how deep it goes. */
#include "net/decode.h"

#include <check.h>

#include "support/exact.h"
#include "support/packet_builder.h"
#include "support/suite.h"

static struct net_decoder *decoder;
static struct built built;
static struct packet packet;

static void setup(void)
{
    ck_assert_int_eq(net_decoder_new(&decoder, NULL), STATUS_OK);
    memset(&packet, 0xA5, sizeof(packet));
}

static void teardown(void)
{
    net_decoder_free(decoder);
}

/* A frame of which `captured` octets were kept and `sent` were sent. */
static enum parse decode_part(size_t captured, uint32_t sent, int link_type)
{
    struct slice octets = exact_copy(slice_part(built_view(&built), 0, captured));
    struct frame frame = {
        .place = { .at = { 11 }, .frame = 12, .capture = 13 },
        .octets = octets,
        .length = sent,
        .link_type = link_type,
    };
    enum parse parsed = net_decode(decoder, &frame, &packet);

    exact_free(octets);
    return parsed;
}

static enum parse decode_whole(void)
{
    return decode_part(built.len, (uint32_t)built.len, 1);
}

static void build_quit(void)
{
    build_tcp(&built, &(struct built_tcp){ .payload = slice_of_string("QUIT\r\n") });
}

START_TEST(a_segment_keeps_the_place_of_its_frame)
{
    build_quit();
    ck_assert_int_eq(decode_whole(), PARSE_OK);
    ck_assert_int_eq(packet.kind, PACKET_TCP);
    ck_assert_int_eq(packet.reason, SKIP_NONE);
    ck_assert_int_eq(packet.place.at.ns, 11);
    ck_assert_uint_eq(packet.place.frame, 12);
    ck_assert_uint_eq(packet.place.capture, 13);
    ck_assert_uint_eq(packet.encapsulation.count, 0);
    ck_assert(!packet.is_snapped);
}
END_TEST

/* _i octets of the frame were kept: Ethernet 14, IPv4 20, TCP 20, payload 6. */
START_TEST(a_snapped_frame_is_a_segment_once_its_headers_are_there)
{
    enum parse parsed;

    build_quit();
    parsed = decode_part((size_t)_i, (uint32_t)built.len, 1);
    ck_assert(packet.is_snapped);
    if (_i < 54) {
        ck_assert_int_eq(parsed, PARSE_BAD);
        ck_assert_int_eq(packet.kind, PACKET_OTHER);
        ck_assert_int_eq(packet.reason, SKIP_TRUNCATED);
        return;
    }
    ck_assert_int_eq(parsed, PARSE_OK);
    ck_assert_uint_eq(packet.segment.payload.len, (size_t)_i - 54);
    ck_assert_uint_eq(packet.segment.payload_length, 6);
}
END_TEST

/* The same octets of the headers, but no more were ever sent. */
START_TEST(a_frame_that_was_sent_too_short_is_malformed)
{
    build_quit();
    ck_assert_int_eq(decode_part((size_t)_i, (uint32_t)_i, 1), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
}
END_TEST

START_TEST(the_encapsulation_of_the_frame_before_is_forgotten)
{
    build_quit();
    build_vlan(&built, 0x8100, 5);
    ck_assert_int_eq(decode_whole(), PARSE_OK);
    ck_assert_uint_eq(packet.encapsulation.count, 1);
    build_quit();
    ck_assert_int_eq(decode_whole(), PARSE_OK);
    ck_assert_uint_eq(packet.encapsulation.count, 0);
}
END_TEST

/* IPv4 in IPv4 and IPv6 in IPv6 are not TCP here; only what the walk knows goes deeper. */
START_TEST(an_ip_packet_in_another_is_found)
{
    static struct built inner;
    static struct built outer;

    build_segment(&inner, &(struct built_tcp){ .flags = TCP_SYN });
    build_ip(&outer, &(struct built_ip){ .payload = built_view(&inner) });
    build_ip(&inner, &(struct built_ip){ .protocol = 4, .payload = built_view(&outer) });
    build_ethernet(&built, 0x0800, built_view(&inner));
    ck_assert_int_eq(decode_whole(), PARSE_OK);
    ck_assert_int_eq(packet.kind, PACKET_TCP);
    ck_assert_uint_eq(packet.encapsulation.count, 1);
    ck_assert_int_eq(packet.encapsulation.layers[0].kind, LAYER_4IN4);
}
END_TEST

START_TEST(a_link_type_that_nobody_knows_is_told)
{
    build_quit();
    ck_assert_int_eq(decode_part(built.len, (uint32_t)built.len, 147), PARSE_OK);
    ck_assert_int_eq(packet.kind, PACKET_OTHER);
    ck_assert_int_eq(packet.reason, SKIP_UNSUPPORTED_LINK_TYPE);
    ck_assert_int_eq(decode_part(built.len, (uint32_t)built.len, -1), PARSE_OK);
    ck_assert_int_eq(packet.reason, SKIP_UNSUPPORTED_LINK_TYPE);
}
END_TEST

START_TEST(an_empty_frame_is_malformed)
{
    built_clear(&built);
    ck_assert_int_eq(decode_whole(), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
}
END_TEST

/* Every reason has a name of its own, which the report's schema lists. */
START_TEST(every_reason_has_a_name_of_its_own)
{
    static const char *const names[SKIP_REASON_COUNT] = {
        [SKIP_NONE] = "none",
        [SKIP_NOT_IP] = "not_ip",
        [SKIP_NOT_TCP] = "not_tcp",
        [SKIP_OTHER_PORT] = "other_port",
        [SKIP_TRUNCATED] = "truncated",
        [SKIP_MALFORMED] = "malformed",
        [SKIP_UNSUPPORTED_LINK_TYPE] = "unsupported_link_type",
        [SKIP_FRAGMENT] = "fragment",
        [SKIP_CHECKSUM] = "bad_checksum",
        [SKIP_ENCRYPTED] = "encrypted",
        [SKIP_UNSUPPORTED_ENCAPSULATION] = "unsupported_encapsulation",
        [SKIP_TOO_DEEP] = "too_deep",
    };

    for (unsigned i = 0; i < SKIP_REASON_COUNT; i++)
        ck_assert_str_eq(skip_reason_name((enum skip_reason)i), names[i]);
    ck_assert_str_eq(skip_reason_name(SKIP_REASON_COUNT), "unknown");
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("decode");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_segment_keeps_the_place_of_its_frame);
    tcase_add_loop_test(tc, a_snapped_frame_is_a_segment_once_its_headers_are_there, 0, 60);
    tcase_add_loop_test(tc, a_frame_that_was_sent_too_short_is_malformed, 0, 34);
    tcase_add_test(tc, the_encapsulation_of_the_frame_before_is_forgotten);
    tcase_add_test(tc, an_ip_packet_in_another_is_found);
    tcase_add_test(tc, a_link_type_that_nobody_knows_is_told);
    tcase_add_test(tc, an_empty_frame_is_malformed);
    tcase_add_test(tc, every_reason_has_a_name_of_its_own);
    return suite_run("net/decode", tc);
}
