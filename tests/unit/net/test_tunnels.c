/* Every encapsulation whole, cut at every octet, flipped and nested: tools/mangle wraps what is
 * decoded here. */
#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "mangle/wrap.h"
#include "net/decode.h"
#include "net/encapsulation.h"
#include "support/packet_builder.h"
#include "support/suite.h"

static struct net_decoder *decoder;
static struct built built;
static struct wrapped wrapped;
static struct packet packet;

static void setup(void)
{
    ck_assert_int_eq(net_decoder_new(&decoder, NULL), STATUS_OK);
}

static void teardown(void)
{
    net_decoder_free(decoder);
}

static void build_version(unsigned version)
{
    struct built_tcp tcp = { .payload = slice_of_string("QUIT\r\n") };

    if (version == 6) {
        tcp.from = "2001:db8::1";
        tcp.to = "2001:db8::2";
    }
    build_tcp(&built, &tcp);
    ck_assert(wrapped_set(&wrapped, built_view(&built)));
}

/* Decodes the packets of a frame up to one of TCP, or the last. */
static enum parse decode(struct slice octets, size_t sent)
{
    struct frame frame = { .octets = octets,
                           .length = (uint32_t)sent,
                           .link_type = wrapped.link_type };
    enum parse parse = net_decode(decoder, &frame, &packet);

    while (packet.kind == PACKET_OTHER && packet.has_next)
        parse = net_decode_next(decoder, &frame, &packet);
    return parse;
}

static void expect_quit(const char *name)
{
    struct slice view = wrapped_view(&wrapped);

    ck_assert_msg(decode(view, view.len) == PARSE_OK && packet.kind == PACKET_TCP, "%s: %s", name,
                  skip_reason_name(packet.reason));
    ck_assert_uint_eq(packet.segment.to.port, 25);
    ck_assert_msg(slice_equal(packet.segment.payload, slice_of_string("QUIT\r\n")), "%s", name);
    ck_assert(!packet.is_snapped);
}

static void expect_way(const char *name, const char *way)
{
    struct buf text = buf_of(1024);
    size_t dropped;

    for (uint8_t i = 0; i < packet.encapsulation.count; i++) {
        char layer[LAYER_TEXT_MAX];
        size_t len = layer_text(&packet.encapsulation.layers[i], layer);

        if (i > 0)
            ck_assert_int_eq(buf_append(&text, slice_of_string(" "), &dropped), STATUS_OK);
        ck_assert_int_eq(buf_append(&text, slice_of(layer, len), &dropped), STATUS_OK);
    }
    ck_assert_msg(slice_equal(buf_view(&text), slice_of_string(way)), "%s: not %s but %.*s", name,
                  way, (int)text.len, (const char *)text.data);
    buf_clear(&text);
}

/* False where the wrap is for the other version of IP. */
static bool wrap(size_t i, unsigned version)
{
    build_version(version);
    return wrap_apply(wrap_at(i), &wrapped);
}

/* _i is the wrap. */
START_TEST(what_is_wrapped_is_found_and_the_way_told)
{
    const char *name = wrap_name(wrap_at((size_t)_i));
    unsigned tried = 0;

    for (unsigned version = 4; version <= 6; version += 2) {
        if (!wrap((size_t)_i, version))
            continue;
        tried++;
        expect_quit(name);
        expect_way(name, wrap_way(wrap_at((size_t)_i), version));
    }
    ck_assert_uint_ge(tried, 1);
}
END_TEST

/* As the capture cuts it: what is cut in a header is told as truncated, what is cut behind TCP's is
 * a segment of which some is missing. */
static void expect_cut(const char *name, struct slice whole, size_t n, bool *was_found)
{
    uint8_t *exact = mem_alloc(n); /* so that a sanitizer sees one octet past it */
    enum parse parse;

    ck_assert_ptr_nonnull(exact);
    mem_copy(exact, whole.data, n);
    parse = decode(slice_of(exact, n), whole.len);
    if (parse == PARSE_OK && packet.kind == PACKET_TCP) {
        *was_found = true;
        ck_assert_uint_eq(packet.segment.payload_length, 6);
        ck_assert_uint_le(packet.segment.payload.len, 6);
    } else {
        ck_assert_msg(!*was_found, "%s: lost again at %zu", name, n);
        ck_assert_int_eq(packet.kind, PACKET_OTHER);
        ck_assert_msg(parse == PARSE_BAD && packet.reason == SKIP_TRUNCATED, "%s at %zu: %s", name,
                      n, skip_reason_name(packet.reason));
    }
    /* The same octets as a whole frame: nothing but that it is no segment beyond its octets. */
    parse = decode(slice_of(exact, n), n);
    if (parse == PARSE_OK && packet.kind == PACKET_TCP)
        ck_assert_uint_le(packet.segment.payload.len, packet.segment.payload_length);
    else
        ck_assert_int_eq(packet.kind, PACKET_OTHER);
    mem_free(exact);
}

/* _i is the wrap. */
START_TEST(a_wrapped_frame_may_be_cut_anywhere)
{
    const char *name = wrap_name(wrap_at((size_t)_i));
    bool is_amsdu = slice_equal(slice_of_string(name), slice_of_string("amsdu"));

    for (unsigned version = 4; version <= 6; version += 2) {
        bool was_found = false;
        struct slice whole;

        if (!wrap((size_t)_i, version))
            continue;
        whole = wrapped_view(&wrapped);
        /* Of an A-MSDU the first packet, which is no TCP, is whole where the second has no header. */
        for (size_t n = is_amsdu ? whole.len + 6 - built.len : 0; n <= whole.len; n++)
            expect_cut(name, whole, n, &was_found);
        ck_assert_msg(was_found, "%s", name);
    }
}
END_TEST

/* _i is the wrap. No assertion but that nothing is read or written out of bounds, and that what
 * comes back is consistent. */
START_TEST(any_octet_of_a_wrapped_frame_may_have_any_value)
{
    uint32_t state = (uint32_t)_i + 1;
    unsigned version = wrap((size_t)_i, 4) ? 4 : 6;

    for (int round = 0; round < 300; round++) {
        struct slice view;

        ck_assert(wrap((size_t)_i, version));
        view = wrapped_view(&wrapped);
        for (size_t wrong = 1 + state % 3; wrong > 0; wrong--) {
            state = state * 1664525 + 1013904223;
            wrapped.octets[wrapped.at + (state >> 8) % view.len] = (uint8_t)(state >> 20);
        }
        if (decode(view, view.len) != PARSE_OK)
            ck_assert_int_eq(packet.kind, PACKET_OTHER);
        else if (packet.kind == PACKET_TCP)
            ck_assert_uint_le(packet.segment.payload.len, packet.segment.payload_length);
        ck_assert_uint_le(packet.encapsulation.count, ENCAPSULATION_LAYERS_MAX);
    }
}
END_TEST

/* `times` of one wrap around another. */
static void nest(const char *name, unsigned times)
{
    const struct wrap *w = wrap_named(slice_of_string(name));

    build_version(4);
    for (unsigned i = 0; i < times; i++)
        ck_assert(wrap_apply(w, &wrapped));
}

static void expect_too_deep(void)
{
    struct slice view = wrapped_view(&wrapped);

    ck_assert_int_eq(decode(view, view.len), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_TOO_DEEP);
}

/* IP in IP takes two layers a time: IPv4's header, and what says that another follows. */
START_TEST(tunnels_are_followed_to_the_limit_and_no_deeper)
{
    nest("ip-in-ipv4", (LIMIT_LAYERS - 3) / 2);
    expect_quit("ip-in-ipv4");
    ck_assert_uint_eq(packet.encapsulation.count, (LIMIT_LAYERS - 3) / 2);
    nest("ip-in-ipv4", (LIMIT_LAYERS - 3) / 2 + 1);
    expect_too_deep();
}
END_TEST

START_TEST(labels_are_followed_to_the_limit_and_no_deeper)
{
    struct slice view;

    nest("pseudowire", 5);
    expect_quit("pseudowire");
    nest("pseudowire", ENCAPSULATION_LAYERS_MAX / 2 + 1);
    expect_too_deep();
    view = wrapped_view(&wrapped);
    ck_assert_uint_gt(view.len, built.len);
}
END_TEST

/* What a port only seemed to say is UDP like any other. */
static void expect_plain_udp(uint16_t port, struct slice payload)
{
    static struct built datagram, ip;

    built_clear(&datagram);
    built_add_u16(&datagram, 40000);
    built_add_u16(&datagram, port);
    built_add_u16(&datagram, (unsigned)payload.len + 8);
    built_add_u16(&datagram, 0);
    built_add(&datagram, payload);
    build_ip(&ip, &(struct built_ip){ .protocol = 17, .payload = built_view(&datagram) });
    build_ethernet(&built, 0x0800, built_view(&ip));
    wrapped.link_type = WRAP_LINK_ETHERNET;
    ck_assert_msg(decode(built_view(&built), built.len) == PARSE_OK &&
                      packet.kind == PACKET_OTHER && packet.reason == SKIP_NOT_TCP,
                  "port %u: %s", port, skip_reason_name(packet.reason));
}

/* Each value of each octet of a header, and whether a tunnel is seen: only where nothing that is
 * reserved is set. */
START_TEST(other_udp_on_a_tunnels_port_is_left_alone)
{
    static const uint16_t ports[] = { 1701, 2152, 3544, 4789, 4790, 6081, 8472, 53 };
    static uint8_t noise[512];
    uint32_t state = 7;

    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        expect_plain_udp(ports[i], slice_of_string("220 mx.example ESMTP, but this is no TCP, "
                                                   "nor any tunnel of which one has heard\r\n"));
        for (int round = 0; round < 500; round++) {
            for (size_t n = 0; n < sizeof(noise); n++) {
                state = state * 1664525 + 1013904223;
                noise[n] = (uint8_t)(state >> 24);
            }
            expect_plain_udp(ports[i], slice_of(noise, sizeof(noise)));
        }
    }
}
END_TEST

/* Sets `mask` in an octet of the header behind Ethernet, IPv4 and UDP. */
static void expect_refused(const char *name, size_t octet, uint8_t mask)
{
    struct slice view;

    build_version(4);
    ck_assert(wrap_apply(wrap_named(slice_of_string(name)), &wrapped));
    view = wrapped_view(&wrapped);
    wrapped.octets[wrapped.at + 14 + 20 + 8 + octet] ^= mask;
    ck_assert_msg(decode(view, view.len) == PARSE_OK && packet.kind == PACKET_OTHER &&
                      packet.reason == SKIP_NOT_TCP,
                  "%s, octet %zu: %s", name, octet, skip_reason_name(packet.reason));
}

START_TEST(a_reserved_bit_makes_it_no_tunnel)
{
    expect_refused("vxlan", 0, 0x08);
    expect_refused("vxlan", 0, 0x40);
    expect_refused("vxlan", 1, 0x01);
    expect_refused("vxlan", 3, 0x01);
    expect_refused("vxlan", 7, 0x01);
    expect_refused("vxlan-gpe", 0, 0x10);
    expect_refused("vxlan-gpe", 1, 0x80);
    expect_refused("vxlan-gpe", 3, 0x10);
    expect_refused("geneve", 0, 0x40);
    expect_refused("geneve", 1, 0x80);
    expect_refused("geneve", 1, 0x01);
    expect_refused("geneve", 7, 0x01);
    expect_refused("geneve", 11, 0x1F); /* an option beyond the header's end */
    expect_refused("gtp-u", 0, 0x80);
    expect_refused("gtp-u", 0, 0x08);
    expect_refused("gtp-u", 1, 0x01);
    expect_refused("gtp-u", 12, 0x01); /* an extension of no words */
    expect_refused("l2tp", 0, 0x80);
    expect_refused("l2tp", 1, 0x01);
    expect_refused("teredo", 13 + 8 + 8, 0x01); /* no Teredo address */
}
END_TEST

/* _i 0: 802.11, 1: ESP, 2: MACsec. */
START_TEST(what_is_encrypted_is_told_as_that)
{
    struct slice view;

    build_version(4);
    if (_i == 0) {
        ck_assert(wrap_apply(wrap_named(slice_of_string("wlan")), &wrapped));
        wrapped.octets[wrapped.at + 1] |= 0x40;
    } else if (_i == 1) {
        wrapped.octets[wrapped.at + 14 + 9] = 50;
    } else {
        wrapped.octets[wrapped.at + 12] = 0x88;
        wrapped.octets[wrapped.at + 13] = 0xE5;
        wrapped.octets[wrapped.at + 14] = 0x2C;
    }
    view = wrapped_view(&wrapped);
    ck_assert_int_eq(decode(view, view.len), PARSE_OK);
    ck_assert_int_eq(packet.kind, PACKET_OTHER);
    ck_assert_int_eq(packet.reason, SKIP_ENCRYPTED);
}
END_TEST

/* _i 0: GRE with a source route, 1: IPComp, 2: PPP compressed. */
START_TEST(what_is_known_and_not_decoded_is_told_as_that)
{
    struct slice view;

    build_version(4);
    if (_i == 0) {
        ck_assert(wrap_apply(wrap_named(slice_of_string("gre")), &wrapped));
        wrapped.octets[wrapped.at + 14 + 20] |= 0x40;
    } else if (_i == 1) {
        wrapped.octets[wrapped.at + 14 + 9] = 108;
    } else {
        ck_assert(wrap_apply(wrap_named(slice_of_string("pppoe")), &wrapped));
        wrapped.octets[wrapped.at + 14 + 6 + 1] = 0xFD;
    }
    view = wrapped_view(&wrapped);
    ck_assert_int_eq(decode(view, view.len), PARSE_OK);
    ck_assert_int_eq(packet.reason, SKIP_UNSUPPORTED_ENCAPSULATION);
}
END_TEST

/* 802.1AE without confidentiality: a SecTAG with a channel, then the Ethertype. */
START_TEST(macsec_that_only_signs_is_read)
{
    struct built frame;

    build_version(4);
    build_ethernet(&frame, 0x88E5, slice_of("\x20\0\0\0\0\1\2\0\0\0\0\1\0\1\x08\0", 16));
    built_add(&frame, slice_from(built_view(&built), 14));
    wrapped.link_type = WRAP_LINK_ETHERNET;
    ck_assert_int_eq(decode(built_view(&frame), frame.len), PARSE_OK);
    ck_assert_int_eq(packet.kind, PACKET_TCP);
}
END_TEST

/* A fragment of 802.11's own; a frame with a bad frame check sequence; a beacon. */
START_TEST(frames_of_802_11_that_hold_no_packet_are_told_apart)
{
    struct slice view;

    build_version(4);
    ck_assert(wrap_apply(wrap_named(slice_of_string("wlan")), &wrapped));
    view = wrapped_view(&wrapped);
    wrapped.octets[wrapped.at + 1] |= 0x04;
    ck_assert_int_eq(decode(view, view.len), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_FRAGMENT);
    wrapped.octets[wrapped.at] = 0x80;
    ck_assert_int_eq(decode(view, view.len), PARSE_OK);
    ck_assert_int_eq(packet.reason, SKIP_NOT_IP);
    build_version(4);
    ck_assert(wrap_apply(wrap_named(slice_of_string("radiotap")), &wrapped));
    view = wrapped_view(&wrapped);
    wrapped.octets[wrapped.at + 24] |= 0x40;
    ck_assert_int_eq(decode(view, view.len), PARSE_BAD);
    ck_assert_int_eq(packet.reason, SKIP_MALFORMED);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("tunnels");
    int wraps = (int)wrap_count();

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, what_is_wrapped_is_found_and_the_way_told, 0, wraps);
    tcase_add_loop_test(tc, a_wrapped_frame_may_be_cut_anywhere, 0, wraps);
    tcase_add_loop_test(tc, any_octet_of_a_wrapped_frame_may_have_any_value, 0, wraps);
    tcase_add_test(tc, tunnels_are_followed_to_the_limit_and_no_deeper);
    tcase_add_test(tc, labels_are_followed_to_the_limit_and_no_deeper);
    tcase_add_test(tc, other_udp_on_a_tunnels_port_is_left_alone);
    tcase_add_test(tc, a_reserved_bit_makes_it_no_tunnel);
    tcase_add_loop_test(tc, what_is_encrypted_is_told_as_that, 0, 3);
    tcase_add_loop_test(tc, what_is_known_and_not_decoded_is_told_as_that, 0, 3);
    tcase_add_test(tc, macsec_that_only_signs_is_read);
    tcase_add_test(tc, frames_of_802_11_that_hold_no_packet_are_told_apart);
    return suite_run("net/tunnels", tc);
}
