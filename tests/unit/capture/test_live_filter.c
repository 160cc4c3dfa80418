/* The capture filter of `live`, compiled by libpcap and run over frames of every kind. */
#include <check.h>

#include "capture/live_filter.h"
#include "capture/source.h"
#include "mangle/wrap.h"
#include "support/capture_files.h"
#include "support/packet_builder.h"
#include "support/suite.h"

enum { TEXT_MAX = 1 << 16, COOKED = 113, COOKED2 = 276, ETHERNET = 1, RAW = 101 };

static const uint16_t usual_ports[] = { 25, 465, 587 };
static const struct live_filter usual = { .ports = usual_ports, .port_count = 3 };

static char text[TEXT_MAX + 1];

static const char *text_of(const struct live_filter *filter, enum live_filter_form form)
{
    struct buf out = buf_of(TEXT_MAX);

    ck_assert_int_eq(live_filter_text(&out, filter, form), STATUS_OK);
    for (size_t i = 0; i < out.len; i++)
        text[i] = (char)out.data[i];
    text[out.len] = '\0';
    buf_clear(&out);
    return text;
}

/* Whether a file of that link type with this one frame has it under the filter. */
static bool passes_filter(const char *filter, uint16_t link_type, struct slice octets)
{
    const char *path = capture_files_path("frame");
    struct capture_writer *w =
        capture_writer_new(path, &(struct capture_format){ .link_type = link_type });
    struct source_options options = { .filter = filter };
    struct source_problem problem;
    struct source *source = NULL;
    struct frame frame;
    char error[256] = "";
    enum source_result result;

    capture_writer_frame(w, (struct stamp){ STAMP_SECOND }, octets);
    capture_writer_free(w);
    ck_assert_msg(source_open_files(&source, &path, 1, &options, error, sizeof(error)) == STATUS_OK,
                  "%s: %s", error, filter);
    result = source_next(source, &frame, &problem);
    ck_assert(result == SOURCE_FRAME || result == SOURCE_END);
    source_free(source);
    return result == SOURCE_FRAME;
}

/* An IP packet; `type` is the first octet of what it carries, the rest of which is 0 but for a
 * destination port. */
struct kind {
    const char *name;
    const char *from; /* "2001:db8::1" makes IPv6; IPv4 where NULL */
    uint8_t protocol;
    uint8_t type;
    uint16_t port;
    uint16_t fragment;
    bool is_wanted;
};

static const struct kind kinds[] = {
    { .name = "SMTP", .protocol = 6, .port = 25, .is_wanted = true },
    { .name = "submission", .protocol = 6, .port = 587, .is_wanted = true },
    { .name = "HTTP", .protocol = 6, .port = 80 },
    { .name = "UDP to port 25", .protocol = 17, .port = 25 },
    { .name = "first fragment", .protocol = 6, .port = 25, .fragment = 0x2000, .is_wanted = true },
    { .name = "fragment", .protocol = 6, .port = 80, .fragment = 0x2010, .is_wanted = true },
    { .name = "last fragment", .protocol = 6, .fragment = 0x0010, .is_wanted = true },
    { .name = "fragment of UDP", .protocol = 17, .fragment = 0x0010, .is_wanted = true },
    { .name = "first fragment of UDP", .protocol = 17, .fragment = 0x2000, .is_wanted = true },
    { .name = "authentication header", .protocol = 51, .is_wanted = true },
    { .name = "ESP", .protocol = 50 },
    { .name = "DNS", .protocol = 17, .port = 53 },
    { .name = "GRE", .protocol = 47, .is_wanted = true },
    { .name = "VXLAN", .protocol = 17, .port = 4789, .is_wanted = true },
    { .name = "GRE over IPv6", .from = "2001:db8::1", .protocol = 47, .is_wanted = true },
    { .name = "VXLAN over IPv6",
      .from = "2001:db8::1",
      .protocol = 17,
      .port = 4789,
      .is_wanted = true },
    { .name = "unreachable", .protocol = 1, .type = 3, .is_wanted = true },
    { .name = "time exceeded", .protocol = 1, .type = 11, .is_wanted = true },
    { .name = "parameter problem", .protocol = 1, .type = 12, .is_wanted = true },
    { .name = "echo", .protocol = 1, .type = 8 },
    { .name = "SMTP over IPv6",
      .from = "2001:db8::1",
      .protocol = 6,
      .port = 25,
      .is_wanted = true },
    { .name = "HTTP over IPv6", .from = "2001:db8::1", .protocol = 6, .port = 80 },
    { .name = "IPv6 fragment",
      .from = "2001:db8::1",
      .protocol = 44,
      .type = 6,
      .is_wanted = true },
    { .name = "IPv6 fragment of UDP",
      .from = "2001:db8::1",
      .protocol = 44,
      .type = 17,
      .is_wanted = true },
    { .name = "destination options", .from = "2001:db8::1", .protocol = 60, .is_wanted = true },
    { .name = "IPv6 too big", .from = "2001:db8::1", .protocol = 58, .type = 2, .is_wanted = true },
    { .name = "IPv6 unreachable",
      .from = "2001:db8::1",
      .protocol = 58,
      .type = 1,
      .is_wanted = true },
    { .name = "IPv6 neighbour", .from = "2001:db8::1", .protocol = 58, .type = 135 },
    { .name = "IPv6 echo", .from = "2001:db8::1", .protocol = 58, .type = 128 },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static void build_kind(struct built *packet, const struct kind *kind)
{
    const uint8_t payload[24] = {
        kind->type, 0, (uint8_t)(kind->port >> 8), (uint8_t)kind->port, [12] = 0x50,
    };
    struct built_ip ip = { .from = kind->from,
                           .to = kind->from != NULL ? "2001:db8::2" : NULL,
                           .protocol = kind->protocol,
                           .fragment = kind->fragment,
                           .payload = slice_of(payload, sizeof(payload)) };

    build_ip(packet, &ip);
}

static uint16_t ethertype_of(const struct kind *kind)
{
    return kind->from != NULL ? 0x86DD : 0x0800;
}

static void expect(const char *filter, uint16_t link_type, const struct built *frame,
                   bool is_wanted, const char *name)
{
    ck_assert_msg(passes_filter(filter, link_type, built_view(frame)) == is_wanted, "%s %s", name,
                  is_wanted ? "does not pass" : "passes");
}

/* _i is the kind. */
START_TEST(what_is_needed_passes_with_and_without_tags_and_nothing_else)
{
    const char *filter = text_of(&usual, LIVE_FILTER_VLAN);
    static struct built packet;
    static struct built frame;

    build_kind(&packet, &kinds[_i]);
    build_ethernet(&frame, ethertype_of(&kinds[_i]), built_view(&packet));
    expect(filter, ETHERNET, &frame, kinds[_i].is_wanted, kinds[_i].name);
    build_vlan(&frame, 0x8100, 7);
    expect(filter, ETHERNET, &frame, kinds[_i].is_wanted, kinds[_i].name);
    build_vlan(&frame, 0x88A8, 25);
    expect(filter, ETHERNET, &frame, kinds[_i].is_wanted, kinds[_i].name);
    build_vlan(&frame, 0x8100, 9);
    expect(filter, ETHERNET, &frame, false, "a frame with three tags");
}
END_TEST

/* _i is the kind. */
START_TEST(what_is_needed_passes_without_a_link_layer)
{
    const char *filter = text_of(&usual, LIVE_FILTER_PLAIN);
    static struct built packet;

    build_kind(&packet, &kinds[_i]);
    expect(filter, RAW, &packet, kinds[_i].is_wanted, kinds[_i].name);
}
END_TEST

static void build_cooked(struct built *frame, uint16_t link_type, uint16_t ethertype,
                         struct slice payload)
{
    built_clear(frame);
    if (link_type == COOKED2) {
        built_add_u16(frame, ethertype);
        built_add_u16(frame, 0);
        built_add_u32(frame, 2); /* the interface */
        built_add_u16(frame, 1);
        built_add_u16(frame, 6);
        built_add_u32(frame, 0);
        built_add_u32(frame, 0);
    } else {
        built_add_u32(frame, 1); /* broadcast; an Ethernet card */
        built_add_u16(frame, 6);
        built_add_u32(frame, 0);
        built_add_u32(frame, 0);
        built_add_u16(frame, ethertype);
    }
    built_add(frame, payload);
}

/* _i is the kind. */
START_TEST(what_is_needed_passes_in_cooked_frames)
{
    const char *filter = text_of(&usual, LIVE_FILTER_COOKED);
    static const uint16_t link_types[] = { COOKED, COOKED2 };
    static struct built packet;
    static struct built frame;

    build_kind(&packet, &kinds[_i]);
    for (size_t i = 0; i < 2; i++) {
        build_cooked(&frame, link_types[i], ethertype_of(&kinds[_i]), built_view(&packet));
        expect(filter, link_types[i], &frame, kinds[_i].is_wanted, kinds[_i].name);
        build_cooked(&frame, link_types[i], 0x8100, built_view(&packet));
        expect(filter, link_types[i], &frame, true, "a frame with a second tag");
    }
}
END_TEST

/* _i is the wrap. SNAP is what pcap-filter's "tcp" does not look behind. */
START_TEST(what_is_in_a_tunnel_passes_with_and_without_tags)
{
    const struct wrap *w = wrap_at((size_t)_i);
    static struct wrapped frame;
    static struct built built;

    if (wrap_link_type(w) != ETHERNET ||
        slice_equal(slice_of_string(wrap_name(w)), slice_of_string("snap")))
        return;
    text_of(&usual, LIVE_FILTER_VLAN);
    build_tcp(&built, &(struct built_tcp){ 0 });
    ck_assert(wrapped_set(&frame, built_view(&built)) && wrap_apply(w, &frame));
    ck_assert_msg(passes_filter(text, ETHERNET, wrapped_view(&frame)), "%s", wrap_name(w));
    built_clear(&built);
    built_add(&built, wrapped_view(&frame));
    if (slice_equal(slice_of_string(wrap_name(w)), slice_of_string("qinq")))
        return; /* two tags are all that is looked behind */
    build_vlan(&built, 0x8100, 7);
    expect(text, ETHERNET, &built, true, wrap_name(w));
}
END_TEST

START_TEST(arp_does_not_pass)
{
    static const uint8_t octets[46] = { 0, 1, 8, 0, 6, 4, 0, 1 };
    static struct built frame;

    build_ethernet(&frame, 0x0806, slice_of(octets, sizeof(octets)));
    expect(text_of(&usual, LIVE_FILTER_VLAN), ETHERNET, &frame, false, "ARP");
}
END_TEST

/* A segment from 192.0.2.`host` to port 25 under `tags` VLAN tags. */
static void build_from(struct built *frame, const char *host, int tags)
{
    build_tcp(frame, &(struct built_tcp){ .from = host });
    for (int i = 0; i < tags; i++)
        build_vlan(frame, 0x8100, (uint16_t)(5 + i));
}

/* _i is the number of tags. */
START_TEST(the_expression_holds_at_every_depth)
{
    struct live_filter filter = usual;
    static struct built frame;

    filter.expression = "host 192.0.2.7 or host 192.0.2.8";
    text_of(&filter, LIVE_FILTER_VLAN);
    build_from(&frame, "192.0.2.7", _i);
    expect(text, ETHERNET, &frame, true, "a frame of the host");
    build_from(&frame, "192.0.2.8", _i);
    expect(text, ETHERNET, &frame, true, "a frame of the other host");
    build_from(&frame, "192.0.2.9", _i);
    expect(text, ETHERNET, &frame, false, "a frame of a stranger");
    filter.port_count = 0;
    text_of(&filter, LIVE_FILTER_VLAN);
    build_from(&frame, "192.0.2.7", _i);
    expect(text, ETHERNET, &frame, true, "a frame of the host, ports aside");
    build_from(&frame, "192.0.2.9", _i);
    expect(text, ETHERNET, &frame, false, "a frame of a stranger, ports aside");
}
END_TEST

START_TEST(an_expression_into_the_frame_is_followed_by_the_ports)
{
    struct live_filter filter = usual;
    static struct built frame;

    filter.expression = "vlan 5";
    text_of(&filter, LIVE_FILTER_VLAN);
    build_from(&frame, "192.0.2.7", 1);
    expect(text, ETHERNET, &frame, true, "SMTP in VLAN 5");
    build_from(&frame, "192.0.2.7", 0);
    expect(text, ETHERNET, &frame, false, "SMTP without a tag");
    build_tcp(&frame, &(struct built_tcp){ .to_port = 80 });
    build_vlan(&frame, 0x8100, 5);
    expect(text, ETHERNET, &frame, false, "HTTP in VLAN 5");
}
END_TEST

START_TEST(a_host_named_like_a_keyword_leads_nowhere)
{
    struct live_filter filter = usual;

    filter.expression = "host my-vlan.example";
    ck_assert_ptr_nonnull(strstr(text_of(&filter, LIVE_FILTER_VLAN), "or (vlan and "));
    filter.expression = "host mx and (mpls 7)";
    ck_assert_ptr_null(strstr(text_of(&filter, LIVE_FILTER_VLAN), "vlan"));
}
END_TEST

START_TEST(tagged_frames_of_a_cooked_capture_do_not_pass_an_expression_unseen)
{
    struct live_filter filter = usual;
    static struct built frame;

    filter.expression = "host 192.0.2.7";
    build_cooked(&frame, COOKED2, 0x8100, slice_of_string("what the expression cannot see"));
    expect(text_of(&filter, LIVE_FILTER_COOKED), COOKED2, &frame, false, "a frame with a tag");
}
END_TEST

START_TEST(every_port_passes_everything)
{
    static const struct live_filter every = { .expression = "" };

    ck_assert_str_eq(text_of(&every, LIVE_FILTER_VLAN), "");
    ck_assert_str_eq(text_of(&every, LIVE_FILTER_COOKED), "");
    ck_assert_str_eq(text_of(&every, LIVE_FILTER_PLAIN), "");
}
END_TEST

START_TEST(neighbouring_ports_are_one_run)
{
    static const uint16_t ports[] = { 24, 25, 26, 587, 65534, 65535 };
    struct live_filter filter = { .ports = ports, .port_count = 6 };
    static struct built frame;

    text_of(&filter, LIVE_FILTER_PLAIN);
    ck_assert_ptr_nonnull(strstr(text, "tcp portrange 24-26 or tcp port 587 or "));
    build_tcp(&frame, &(struct built_tcp){ .to_port = 65535 });
    expect(text, ETHERNET, &frame, true, "the highest port");
    build_tcp(&frame, &(struct built_tcp){ .to_port = 27 });
    expect(text, ETHERNET, &frame, false, "the port after a run");
}
END_TEST

START_TEST(too_many_runs_become_all_of_tcp)
{
    uint16_t ports[LIVE_FILTER_RUNS + 1];
    struct live_filter filter = { .ports = ports, .port_count = LIVE_FILTER_RUNS };
    static struct built frame;

    for (size_t i = 0; i <= LIVE_FILTER_RUNS; i++)
        ports[i] = (uint16_t)(1000 + 2 * i);
    build_tcp(&frame, &(struct built_tcp){ .to_port = 25 });
    expect(text_of(&filter, LIVE_FILTER_VLAN), ETHERNET, &frame, false, "port 25");
    filter.port_count++;
    expect(text_of(&filter, LIVE_FILTER_VLAN), ETHERNET, &frame, true, "port 25");
}
END_TEST

START_TEST(text_beyond_the_room_is_refused)
{
    struct buf out = buf_of(100);

    ck_assert_int_eq(live_filter_text(&out, &usual, LIVE_FILTER_VLAN), STATUS_USAGE);
    buf_clear(&out);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("live filter");

    tcase_add_checked_fixture(tc, capture_files_begin, capture_files_end);
    tcase_add_loop_test(tc, what_is_needed_passes_with_and_without_tags_and_nothing_else, 0, KINDS);
    tcase_add_loop_test(tc, what_is_needed_passes_without_a_link_layer, 0, KINDS);
    tcase_add_loop_test(tc, what_is_needed_passes_in_cooked_frames, 0, KINDS);
    tcase_add_loop_test(tc, what_is_in_a_tunnel_passes_with_and_without_tags, 0, (int)wrap_count());
    tcase_add_test(tc, arp_does_not_pass);
    tcase_add_loop_test(tc, the_expression_holds_at_every_depth, 0, 3);
    tcase_add_test(tc, an_expression_into_the_frame_is_followed_by_the_ports);
    tcase_add_test(tc, a_host_named_like_a_keyword_leads_nowhere);
    tcase_add_test(tc, tagged_frames_of_a_cooked_capture_do_not_pass_an_expression_unseen);
    tcase_add_test(tc, every_port_passes_everything);
    tcase_add_test(tc, neighbouring_ports_are_one_run);
    tcase_add_test(tc, too_many_runs_become_all_of_tcp);
    tcase_add_test(tc, text_beyond_the_room_is_refused);
    return suite_run("live_filter", tc);
}
