/* The shortcut for plain frames makes of every frame what the layers' handlers make of it. */
#include "net/plain.h"

#include <check.h>
#include <stdlib.h>

#include "net/decode.h"
#include "net/endpoint.h"
#include "net/glance.h"
#include "support/exact.h"
#include "support/packet_builder.h"
#include "support/packet_compare.h"
#include "support/suite.h"

enum { KIND_COUNT = 8, HEADERS_MAX = 14 + 40 + 60 };

static struct built built;

static void build_ip_of(const struct built *segment, const char *from, const char *to,
                        struct slice options)
{
    struct built ip;

    build_ip(&ip, &(struct built_ip){ .from = from,
                                      .to = to,
                                      .protocol = PROTOCOL_TCP,
                                      .options = options,
                                      .payload = built_view(segment) });
    build_ethernet(&built, ETHERTYPE_IPV4, built_view(&ip));
}

/* Frames that are plain, and others that are nearly so. */
static void build(unsigned kind)
{
    struct built_tcp tcp = { .flags = TCP_ACK | TCP_PSH, .payload = slice_of_string("QUIT\r\n") };
    struct slice timestamps = slice_of("\1\1\x08\x0A\1\2\3\4\5\6\7\x08", 12);
    struct slice sack = slice_of("\1\1\5\x0A\0\0\0\2\0\0\0\x09", 12);
    struct slice syn = slice_of("\2\4\5\xB4\4\2\x08\x0A\1\2\3\4\0\0\0\0\1\3\3\7", 20);
    struct built segment;

    tcp.options = kind == 1 ? timestamps : kind == 2 ? sack : kind == 3 ? syn : tcp.options;
    if (kind == 3)
        tcp.flags = TCP_SYN;
    if (kind >= 4 && kind % 2 == 0) {
        tcp.from = "2001:db8::1";
        tcp.to = "2001:db8::2";
    }
    build_tcp(&built, &tcp);
    build_segment(&segment, &tcp);
    if (kind == 5)
        build_ip_of(&segment, "192.0.2.1", "198.51.100.25", slice_of("\x94\4\0\0", 4));
    if (kind == 6)
        built_add(&built, slice_of_string("padding"));
    if (kind == 7)
        build_vlan(&built, ETHERTYPE_VLAN, 7);
}

/* Decodes `octets`, `length` of which were sent, in both ways. Returns whether it is a segment. */
static bool check_frame(struct slice octets, size_t length, enum net_checksums checksums)
{
    struct port_set ports = { 0 };
    struct net_options options = { .checksums = checksums, .followed_ports = &ports };
    struct frame frame = { .place = { .at = { 5 }, .frame = 3, .capture = 1 },
                           .octets = exact_copy(octets),
                           .length = (uint32_t)length,
                           .link_type = LINK_ETHERNET };
    struct net_decoder *decoders[2];
    struct packet fast, slow;

    port_set_add(&ports, 25);
    for (unsigned i = 0; i < 2; i++)
        ck_assert_int_eq(net_decoder_new(&decoders[i], &options), STATUS_OK);
    ck_assert_int_eq(net_decode(decoders[0], &frame, &fast),
                     net_decode_layers(decoders[1], &frame, &slow));
    ck_assert(packet_is_same(&fast, &slow));
    for (unsigned i = 0; i < 2; i++)
        net_decoder_free(decoders[i]);
    exact_free(frame.octets);
    return fast.kind == PACKET_TCP;
}

/* Decodes what was built where port 25 is followed. */
static void decode_followed(enum net_checksums checksums, struct packet *packet)
{
    struct port_set ports = { 0 };
    struct net_options options = { .checksums = checksums, .followed_ports = &ports };
    struct net_decoder *decoder;
    struct frame frame = { .octets = built_view(&built),
                           .length = (uint32_t)built.len,
                           .link_type = LINK_ETHERNET };

    port_set_add(&ports, 25);
    ck_assert_int_eq(net_decoder_new(&decoder, &options), STATUS_OK);
    ck_assert_int_eq(net_decode(decoder, &frame, packet), PARSE_OK);
    net_decoder_free(decoder);
}

/* _i is the kind of frame, as in the next two. */
START_TEST(whole_frames_are_segments_in_both_ways)
{
    build((unsigned)_i);
    for (unsigned c = NET_CHECKSUMS_IGNORED; c <= NET_CHECKSUMS_ENFORCED; c++)
        ck_assert(check_frame(built_view(&built), built.len, c));
}
END_TEST

START_TEST(frames_cut_or_short_at_any_octet_come_out_alike)
{
    build((unsigned)_i);
    for (size_t len = 0; len < built.len; len++) {
        struct slice part = slice_part(built_view(&built), 0, len);

        (void)check_frame(part, built.len, NET_CHECKSUMS_VERIFIED);
        (void)check_frame(part, len, NET_CHECKSUMS_VERIFIED);
    }
}
END_TEST

START_TEST(headers_with_any_bit_turned_come_out_alike)
{
    build((unsigned)_i);
    for (size_t at = 12; at < built.len && at < HEADERS_MAX; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            built.octets[at] ^= (uint8_t)(1U << bit);
            (void)check_frame(built_view(&built), built.len, NET_CHECKSUMS_VERIFIED);
            (void)check_frame(built_view(&built), built.len, NET_CHECKSUMS_ENFORCED);
            built.octets[at] ^= (uint8_t)(1U << bit);
        }
    }
}
END_TEST

/* _i is the value of the octet that holds version and header length, or of any of a few others. */
START_TEST(octets_of_any_value_come_out_alike)
{
    static const unsigned places[] = { 14, 16, 17, 20, 21, 23, 14 + 20 + 12 };

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        build(1);
        built.octets[places[i]] = (uint8_t)_i;
        (void)check_frame(built_view(&built), built.len, NET_CHECKSUMS_VERIFIED);
    }
}
END_TEST

/* Of other ports no more is read than who may greet. The checksum counts where it is enforced. */
START_TEST(segments_of_other_ports_are_told_apart)
{
    static const struct {
        uint16_t from, to;
        enum packet_kind expected;
    } cases[] = { { 40000, 25, PACKET_TCP },
                  { 25, 40000, PACKET_TCP },
                  { 40000, 80, PACKET_OTHER_PORT } };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        for (unsigned c = NET_CHECKSUMS_IGNORED; c <= NET_CHECKSUMS_ENFORCED; c++) {
            struct packet packet;

            build_tcp(&built, &(struct built_tcp){ .from_port = cases[i].from,
                                                   .to_port = cases[i].to,
                                                   .payload = slice_of_string("220 ") });
            decode_followed(c, &packet);
            ck_assert_int_eq(packet.kind, cases[i].expected);
            ck_assert_int_eq(packet.reason, SKIP_NONE);
            ck_assert_uint_eq(packet.segment.from.port, cases[i].from);
            ck_assert_uint_eq(packet.segment.to.port, cases[i].to);
            ck_assert(slice_equal(packet.segment.payload, slice_of_string("220 ")));
            built.octets[built.len - 1] ^= 1;
            decode_followed(c, &packet);
            ck_assert_int_eq(packet.kind,
                             c == NET_CHECKSUMS_ENFORCED ? PACKET_OTHER : cases[i].expected);
        }
    }
}
END_TEST

/* What a glance tells of a frame is what decoding it tells. */
START_TEST(a_glance_tells_between_whom_and_whether_with_payload)
{
    struct packet packet;
    struct glance glance;
    struct port_set followed = { 0 }, others = { 0 };
    struct frame frame = { .link_type = LINK_ETHERNET };
    bool is_plain = _i != 5 && _i != 7;

    build((unsigned)_i);
    port_set_add(&followed, 25);
    port_set_add(&others, 26);
    for (frame.octets.len = 0; frame.octets.len < built.len; frame.octets.len++) {
        struct frame cut = frame;

        cut.octets = exact_copy(slice_part(built_view(&built), 0, frame.octets.len));
        (void)net_glance(&cut, &followed, &glance);
        exact_free(cut.octets);
    }
    frame.octets = built_view(&built);
    frame.link_type++;
    ck_assert(!net_glance(&frame, &followed, &glance));
    frame.link_type--;
    ck_assert(!net_glance(&frame, &others, &glance));
    ck_assert(net_glance(&frame, &followed, &glance) == is_plain);
    if (!is_plain)
        return;
    decode_followed(NET_CHECKSUMS_VERIFIED, &packet);
    ck_assert(endpoint_equal(&glance.from, &packet.segment.from));
    ck_assert(endpoint_equal(&glance.to, &packet.segment.to));
    ck_assert_uint_eq(glance.payload, packet.segment.payload_length);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("plain");

    tcase_add_loop_test(tc, whole_frames_are_segments_in_both_ways, 0, KIND_COUNT);
    tcase_add_loop_test(tc, frames_cut_or_short_at_any_octet_come_out_alike, 0, KIND_COUNT);
    tcase_add_loop_test(tc, headers_with_any_bit_turned_come_out_alike, 0, KIND_COUNT);
    tcase_add_loop_test(tc, octets_of_any_value_come_out_alike, 0, 256);
    tcase_add_test(tc, segments_of_other_ports_are_told_apart);
    tcase_add_loop_test(tc, a_glance_tells_between_whom_and_whether_with_payload, 0, KIND_COUNT);
    return suite_run("net/plain", tc);
}
