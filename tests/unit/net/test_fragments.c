/* Datagrams put together from fragments, in any order, and what is not put together. */
#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "net/decode.h"
#include "net/endpoint.h"
#include "net/fragments.h"
#include "support/packet_builder.h"

enum { MORE = 0x2000, PIECES = 4 };

static struct net_decoder *decoder;
static struct built built, segment, piece;
static struct packet packet;
static struct stamp now;

static void setup(void)
{
    struct net_options options = { .checksums = NET_CHECKSUMS_VERIFIED };

    ck_assert_int_eq(net_decoder_new(&decoder, &options), STATUS_OK);
    now = (struct stamp){ 0 };
}

static void teardown(void)
{
    net_decoder_free(decoder);
}

static enum parse decode(void)
{
    struct frame frame = { .octets = built_view(&built),
                           .length = (uint32_t)built.len,
                           .link_type = 101,
                           .place = { .at = now } };

    return net_decode(decoder, &frame, &packet);
}

/* A segment of 20 + 44 octets: 16 a fragment makes four. */
static void build_whole(uint8_t version)
{
    build_segment(&segment,
                  &(struct built_tcp){
                      .from = version == 6 ? "2001:db8::1" : NULL,
                      .to = version == 6 ? "2001:db8::2" : NULL,
                      .payload = slice_of_string("The quick brown fox jumps over the lazy dog.") });
}

/* Builds the fragment of `version` with octets `from` to `to` of the segment; decodes it. */
static enum parse send(uint8_t version, uint16_t id, size_t from, size_t to)
{
    bool is_last = to == segment.len;

    built_clear(&piece);
    if (version == 6) {
        built_add_u16(&piece, 6 << 8);
        built_add_u16(&piece, (unsigned)from | !is_last);
        built_add_u32(&piece, id);
    }
    built_add(&piece, slice_part(built_view(&segment), from, to - from));
    build_ip(&built, &(struct built_ip){ .from = version == 6 ? "2001:db8::1" : NULL,
                                         .to = version == 6 ? "2001:db8::2" : NULL,
                                         .protocol = version == 6 ? 44 : 6,
                                         .id = id,
                                         .fragment = (uint16_t)(from / 8 | (is_last ? 0 : MORE)),
                                         .payload = built_view(&piece) });
    return decode();
}

static void expect_whole(void)
{
    ck_assert_int_eq(packet.kind, PACKET_TCP);
    ck_assert_uint_eq(packet.segment.payload_length, 44);
    ck_assert(slice_equal(packet.segment.payload,
                          slice_of_string("The quick brown fox jumps over the lazy dog.")));
    ck_assert_int_eq(packet.segment.checksum, CHECKSUM_GOOD);
    ck_assert_uint_eq(net_decoder_fragments(decoder).lost, 0);
}

/* All 24 orders of four fragments. */
static void every_order(uint8_t version)
{
    build_whole(version);
    for (unsigned order = 0; order < 256; order++) {
        unsigned places[PIECES], seen = 0;

        for (unsigned i = 0; i < PIECES; i++) {
            places[i] = order >> i * 2 & 3;
            seen |= 1U << places[i];
        }
        if (seen != 15)
            continue;
        for (unsigned i = 0; i < PIECES; i++) {
            size_t from = (size_t)places[i] * 16;

            ck_assert_int_eq(send(version, (uint16_t)order, from, from + 16),
                             i == PIECES - 1 ? PARSE_OK : PARSE_MORE);
        }
        expect_whole();
    }
}

START_TEST(ipv4_fragments_in_every_order)
{
    every_order(4);
}
END_TEST

START_TEST(ipv6_fragments_in_every_order)
{
    every_order(6);
}
END_TEST

START_TEST(a_fragment_twice_does_no_harm)
{
    static const uint8_t versions[] = { 4, 6 };

    for (size_t i = 0; i < sizeof(versions); i++) {
        build_whole(versions[i]);
        ck_assert_int_eq(send(versions[i], 1, 0, 32), PARSE_MORE);
        ck_assert_int_eq(send(versions[i], 1, 0, 32), PARSE_MORE);
        ck_assert_int_eq(send(versions[i], 1, 32, 64), PARSE_OK);
        expect_whole();
    }
}
END_TEST

START_TEST(ipv4_overlap_leaves_the_first_copy)
{
    build_whole(4);
    ck_assert_int_eq(send(4, 1, 0, 32), PARSE_MORE);
    segment.octets[24] = 'X';
    ck_assert_int_eq(send(4, 1, 24, 48), PARSE_MORE);
    ck_assert_int_eq(send(4, 1, 48, 64), PARSE_OK);
    expect_whole();
}
END_TEST

/* RFC 5722. */
START_TEST(ipv6_overlap_discards_the_datagram)
{
    build_whole(6);
    ck_assert_int_eq(send(6, 1, 0, 32), PARSE_MORE);
    ck_assert_int_eq(send(6, 1, 24, 48), PARSE_MORE);
    ck_assert_int_eq(send(6, 1, 32, 64), PARSE_MORE);
    ck_assert_int_eq(send(6, 1, 0, 32), PARSE_MORE);
    ck_assert_uint_eq(net_decoder_fragments(decoder).lost, 4);
}
END_TEST

START_TEST(two_ends_discard_the_datagram)
{
    build_whole(4);
    ck_assert_int_eq(send(4, 1, 48, 64), PARSE_MORE);
    segment.len = 56;
    ck_assert_int_eq(send(4, 1, 48, 56), PARSE_MORE);
    segment.len = 64;
    ck_assert_int_eq(send(4, 1, 0, 48), PARSE_MORE);
    ck_assert_uint_eq(net_decoder_fragments(decoder).lost, 3);
}
END_TEST

START_TEST(other_ids_and_addresses_do_not_mix)
{
    build_whole(4);
    ck_assert_int_eq(send(4, 1, 0, 32), PARSE_MORE);
    ck_assert_int_eq(send(4, 2, 32, 64), PARSE_MORE);
    ck_assert_int_eq(send(4, 2, 0, 32), PARSE_OK);
    ck_assert_int_eq(send(4, 1, 32, 64), PARSE_OK);
    expect_whole();
}
END_TEST

START_TEST(a_minute_without_the_rest_is_too_long)
{
    build_whole(4);
    ck_assert_int_eq(send(4, 1, 0, 32), PARSE_MORE);
    now.ns = LIMIT_FRAGMENT_WAIT;
    ck_assert_int_eq(send(4, 1, 32, 64), PARSE_OK);
    ck_assert_int_eq(send(4, 2, 0, 32), PARSE_MORE);
    now.ns += LIMIT_FRAGMENT_WAIT + 1;
    ck_assert_int_eq(send(4, 2, 32, 64), PARSE_MORE);
    ck_assert_uint_eq(net_decoder_fragments(decoder).lost, 2);
}
END_TEST

START_TEST(the_oldest_datagram_makes_room)
{
    build_whole(4);
    for (unsigned id = 0; id < LIMIT_DATAGRAMS; id++)
        ck_assert_int_eq(send(4, (uint16_t)id, 0, 32), PARSE_MORE);
    ck_assert_int_eq(send(4, 0, 32, 64), PARSE_OK); /* at the limit all are there */
    ck_assert_int_eq(send(4, 60000, 0, 32), PARSE_MORE);
    ck_assert_int_eq(send(4, 60001, 0, 32), PARSE_MORE);
    ck_assert_int_eq(send(4, 1, 32, 64), PARSE_MORE); /* one past it the oldest is gone */
    ck_assert_uint_eq(net_decoder_fragments(decoder).lost, LIMIT_DATAGRAMS + 2);
}
END_TEST

START_TEST(octets_held_are_bounded)
{
    static const uint8_t data[65000];
    size_t fit = LIMIT_FRAGMENT_OCTETS / 65536;

    segment.len = sizeof(data) + 100;
    for (size_t i = 0; i < sizeof(data); i++)
        segment.octets[i] = data[i];
    for (size_t id = 0; id <= fit; id++)
        ck_assert_int_eq(send(4, (uint16_t)id, 0, 65000), PARSE_MORE);
    segment.len = 65008;
    ck_assert_int_eq(send(4, 0, 65000, 65008), PARSE_MORE);            /* given up for the last */
    ck_assert_int_eq(send(4, (uint16_t)fit, 65000, 65008), PARSE_BAD); /* whole: no TCP header */
}
END_TEST

/* What a datagram takes beside its octets counts as well: a thousand of 8 octets are a MiB. */
START_TEST(the_memory_of_small_fragments_is_what_it_was_given)
{
    struct net_options options = { .fragment_octets = 200000 };
    struct net_decoder *usual = decoder;
    size_t before;

    ck_assert_int_eq(net_decoder_new(&decoder, &options), STATUS_OK);
    build_whole(4);
    before = mem_used();
    for (uint16_t id = 0; id < LIMIT_DATAGRAMS; id++) {
        ck_assert_int_eq(send(4, id, 0, 8), PARSE_MORE);
        ck_assert_uint_le(mem_used() - before, 200000 + 10000); /* rounded by the allocator */
    }
    ck_assert_uint_gt(mem_used() - before, 150000);
    ck_assert_int_eq(send(4, LIMIT_DATAGRAMS - 1, 8, 64), PARSE_OK); /* the newest is there */
    net_decoder_free(decoder);
    decoder = usual;
}
END_TEST

START_TEST(fragments_that_cannot_be_are_malformed)
{
    build_whole(4);
    ck_assert_int_eq(send(4, 1, 0, 31), PARSE_BAD); /* no multiple of 8, and not the last */
    ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
    segment.len = 20;
    ck_assert_int_eq(send(4, 1, 20, 20), PARSE_BAD);         /* empty */
    build_ip(&built, &(struct built_ip){ .fragment = 0x1FFF, /* ends beyond 65535 */
                                         .payload = built_view(&segment) });
    ck_assert_int_eq(decode(), PARSE_BAD);
    ck_assert_uint_eq(net_decoder_fragments(decoder).lost, 0);
}
END_TEST

START_TEST(a_snapped_fragment_is_lost)
{
    struct frame frame = { .link_type = 101 };

    build_whole(4);
    ck_assert_int_eq(send(4, 1, 0, 32), PARSE_MORE);
    frame.octets = slice_part(built_view(&built), 0, built.len - 1);
    frame.length = (uint32_t)built.len;
    ck_assert_int_eq(net_decode(decoder, &frame, &packet), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_FRAGMENT);
}
END_TEST

START_TEST(fragments_of_what_is_not_followed_are_not_held)
{
    build_ip(&built, &(struct built_ip){ .protocol = 89, /* OSPF */
                                         .fragment = MORE,
                                         .payload = slice_of_string("12345678") });
    ck_assert_int_eq(decode(), PARSE_OK);
    ck_assert_int_eq(packet.reason, SKIP_NOT_TCP);
    ck_assert_uint_eq(net_decoder_fragments(decoder).lost, 0);
}
END_TEST

START_TEST(vlans_do_not_mix)
{
    static const struct encapsulation first = { 1, { { LAYER_VLAN, 1 } } };
    static const struct encapsulation second = { 1, { { LAYER_VLAN, 2 } } };
    struct fragments *fragments;
    struct fragment f = { .version = 4,
                          .protocol = 6,
                          .source = slice_of("\1\2\3\4", 4),
                          .destination = slice_of("\5\6\7\x08", 4),
                          .way = &first,
                          .data = slice_of("12345678", 8) };
    struct slice whole;
    uint8_t protocol;

    ck_assert_int_eq(fragments_new(&fragments, 0), STATUS_OK);
    ck_assert_int_eq(fragments_add(fragments, &f, &whole, &protocol), PARSE_MORE);
    f.way = &second;
    f.offset = 8;
    f.is_last = true;
    ck_assert_int_eq(fragments_add(fragments, &f, &whole, &protocol), PARSE_MORE);
    f.way = &first;
    ck_assert_int_eq(fragments_add(fragments, &f, &whole, &protocol), PARSE_OK);
    ck_assert(slice_equal(whole, slice_of_string("1234567812345678")));
    ck_assert_uint_eq(fragments_counts(fragments).lost, 1);
    fragments_free(fragments);
}
END_TEST

START_TEST(an_overlap_is_counted_whichever_copy_is_first)
{
    build_whole(4);
    ck_assert_int_eq(send(4, 1, 0, 32), PARSE_MORE);
    ck_assert_int_eq(send(4, 1, 0, 32), PARSE_MORE); /* the same once more is none */
    ck_assert_uint_eq(net_decoder_fragments(decoder).overlapping, 0);
    ck_assert_int_eq(send(4, 1, 24, 48), PARSE_MORE);
    ck_assert_uint_eq(net_decoder_fragments(decoder).overlapping, 1);
    ck_assert_int_eq(send(4, 1, 48, 64), PARSE_OK);
    expect_whole();
    build_whole(6);
    ck_assert_int_eq(send(6, 2, 0, 32), PARSE_MORE);
    ck_assert_int_eq(send(6, 2, 24, 48), PARSE_MORE);
    ck_assert_uint_eq(net_decoder_fragments(decoder).overlapping, 2);
}
END_TEST

/* RFC 1858 3: the ports alone, then the rest of the header from octet 8 on. */
START_TEST(a_first_fragment_without_the_flags_hides_nothing)
{
    static const uint8_t versions[] = { 4, 6 };

    for (size_t i = 0; i < sizeof(versions); i++) {
        build_whole(versions[i]);
        ck_assert_int_eq(send(versions[i], 3, 0, 8), PARSE_MORE);
        ck_assert_int_eq(send(versions[i], 3, 8, 64), PARSE_OK);
        expect_whole();
    }
    ck_assert_uint_eq(net_decoder_fragments(decoder).tiny, 4);
}
END_TEST

/* RFC 3128: a second fragment that begins 8 octets on and says other flags than the first. */
START_TEST(a_header_that_is_written_over_stays_the_first)
{
    build_whole(4);
    ck_assert_int_eq(send(4, 1, 0, 24), PARSE_MORE);
    segment.octets[13] = TCP_SYN;
    ck_assert_int_eq(send(4, 1, 8, 64), PARSE_OK);
    expect_whole();
    ck_assert_uint_eq(packet.segment.flags, TCP_ACK);
    ck_assert_uint_eq(net_decoder_fragments(decoder).overlapping, 1);
    ck_assert_uint_eq(net_decoder_fragments(decoder).tiny, 1);
}
END_TEST

/* RFC 6946: with others of the same number held, it stands for itself and they go on. */
START_TEST(an_atomic_fragment_mixes_with_no_other)
{
    build_whole(6);
    ck_assert_int_eq(send(6, 1, 0, 32), PARSE_MORE);
    ck_assert_int_eq(send(6, 1, 0, 64), PARSE_OK); /* all of it, and no more to come */
    ck_assert_int_eq(packet.kind, PACKET_TCP);
    ck_assert_int_eq(send(6, 1, 32, 64), PARSE_OK);
    expect_whole();
}
END_TEST

/* The "ping of death": the last fragment ends just beyond what a datagram can have. */
START_TEST(a_datagram_of_more_than_65535_octets_cannot_be)
{
    static const uint8_t data[16];

    build_whole(4);
    segment.len = 65528 + 16;
    for (size_t i = 0; i < sizeof(data); i++)
        segment.octets[65528 + i] = data[i];
    ck_assert_int_eq(send(4, 1, 0, 1480), PARSE_MORE);
    ck_assert_int_eq(send(4, 1, 65528, 65544), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
    segment.len = 65535;
    ck_assert_int_eq(send(4, 1, 65528, 65535), PARSE_MORE);
}
END_TEST

/* Fragments of a datagram that stands in the fragments of another: both must be there until the
 * segment is read, whose addresses are in the one and whose octets in the other. */
START_TEST(fragments_in_fragments_are_put_together)
{
    static struct built packets[2], outer;
    char text[ENDPOINT_TEXT_MAX];

    build_whole(4);
    for (size_t i = 0; i < 2; i++)
        build_ip(&packets[i],
                 &(struct built_ip){ .id = 9,
                                     .fragment = (uint16_t)(i == 0 ? MORE : 32 / 8),
                                     .payload = slice_part(built_view(&segment), i * 32, 32) });
    for (size_t i = 0; i < 4; i++) {
        struct slice inner = built_view(&packets[i / 2]);
        bool is_last = i % 2 == 1;

        build_ip(&outer, &(struct built_ip){ .from = "203.0.113.1",
                                             .to = "203.0.113.2",
                                             .protocol = 4,
                                             .id = (uint16_t)(20 + i / 2),
                                             .fragment = (uint16_t)(is_last ? 24 / 8 : MORE),
                                             .payload = is_last ? slice_from(inner, 24)
                                                                : slice_part(inner, 0, 24) });
        built = outer;
        ck_assert_int_eq(decode(), i == 3 ? PARSE_OK : PARSE_MORE);
    }
    expect_whole();
    endpoint_text(&packet.segment.from, text);
    ck_assert_str_eq(text, "192.0.2.1:40000");
    ck_assert_uint_eq(packet.encapsulation.count, 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("net/fragments");
    TCase *tc = tcase_create("fragments");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, ipv4_fragments_in_every_order);
    tcase_add_test(tc, ipv6_fragments_in_every_order);
    tcase_add_test(tc, a_fragment_twice_does_no_harm);
    tcase_add_test(tc, ipv4_overlap_leaves_the_first_copy);
    tcase_add_test(tc, ipv6_overlap_discards_the_datagram);
    tcase_add_test(tc, two_ends_discard_the_datagram);
    tcase_add_test(tc, other_ids_and_addresses_do_not_mix);
    tcase_add_test(tc, a_minute_without_the_rest_is_too_long);
    tcase_add_test(tc, the_oldest_datagram_makes_room);
    tcase_add_test(tc, octets_held_are_bounded);
    tcase_add_test(tc, the_memory_of_small_fragments_is_what_it_was_given);
    tcase_add_test(tc, fragments_that_cannot_be_are_malformed);
    tcase_add_test(tc, a_snapped_fragment_is_lost);
    tcase_add_test(tc, fragments_of_what_is_not_followed_are_not_held);
    tcase_add_test(tc, vlans_do_not_mix);
    tcase_add_test(tc, an_overlap_is_counted_whichever_copy_is_first);
    tcase_add_test(tc, a_first_fragment_without_the_flags_hides_nothing);
    tcase_add_test(tc, a_header_that_is_written_over_stays_the_first);
    tcase_add_test(tc, an_atomic_fragment_mixes_with_no_other);
    tcase_add_test(tc, a_datagram_of_more_than_65535_octets_cannot_be);
    tcase_add_test(tc, fragments_in_fragments_are_put_together);
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
