/* Sniffing a pair of virtual Ethernet cards in a network namespace of the test's own. Skipped,
 * aloud, where that cannot be had. */
#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "capture/packet_file.h"
#include "capture/source.h"
#include "support/capture_files.h"
#include "support/packet_builder.h"
#include "support/suite.h"

enum {
    SKIPPED = 77,
    NOBODY = 65534,
    PATIENCE_MS = 2000,
    DELAY_MAX_MS = 150,
    ETHERNET = 1,
    COOKED2 = 276,
};

static const uint16_t usual_ports[] = { 25, 465, 587 };
static const struct live_filter usual = { .ports = usual_ports, .port_count = 3 };

static struct source *source;
static struct frame frame;
static struct source_problem problem;
static char error[256];
static int sender; /* on the card at the other end */

static bool run(const char *command)
{
    return system(command) == 0; /* NOLINT(cert-env33-c): constant commands of this file */
}

static void must(const char *command)
{
    ck_assert_msg(run(command), "%s", command);
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(int ms)
{
    poll(NULL, 0, ms);
}

static int open_sender(const char *interface)
{
    struct sockaddr_ll to = { .sll_family = AF_PACKET,
                              .sll_ifindex = (int)if_nametoindex(interface) };
    int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(descriptor, 0);
    ck_assert_int_eq(bind(descriptor, (const struct sockaddr *)&to, sizeof(to)), 0);
    return descriptor;
}

/* The kernel tells of a new link a moment after the command that made it. */
static void await_carrier(const char *interface)
{
    int64_t until = now_ms() + PATIENCE_MS;
    struct ifreq request = { .ifr_flags = 0 };

    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
    do {
        ck_assert_int_eq(ioctl(sender, SIOCGIFFLAGS, &request), 0);
        if ((request.ifr_flags & IFF_RUNNING) != 0)
            return;
        pause_ms(1);
    } while (now_ms() < until);
    ck_abort_msg("%s has no carrier", interface);
}

static void setup(void)
{
    source = NULL;
    capture_files_begin();
    must("ip link add scope0 type veth peer name scope1 && ip link set scope0 up &&"
         " ip link set scope1 up");
    sender = open_sender("scope1");
    await_carrier("scope0");
    await_carrier("scope1");
}

static void teardown(void)
{
    source_free(source);
    close(sender);
    (void)run("ip link del scope0 2>/dev/null");
    capture_files_end();
}

static void send_frame(const struct built *built)
{
    ck_assert_int_eq(send(sender, built->octets, built->len, 0), (ssize_t)built->len);
}

static void send_segment(uint16_t to_port, uint32_t sequence)
{
    static struct built built;

    build_tcp(&built, &(struct built_tcp){ .to_port = to_port,
                                           .sequence = sequence,
                                           .payload = slice_of_string("EHLO client.example\r\n") });
    send_frame(&built);
}

static enum status try_open(const struct live_options *options)
{
    source_free(source);
    return source_open_live(&source, options, error, sizeof(error));
}

static void open_with(const struct live_options *options)
{
    ck_assert_msg(try_open(options) == STATUS_OK, "%s", error);
    ck_assert_str_eq(error, "");
}

static void open_usual(void)
{
    open_with(&(struct live_options){ .interface = "scope0", .filter = &usual });
}

/* Waits as a caller does, until there is something other than SOURCE_NONE. */
static enum source_result wait_next(int patience_ms)
{
    int64_t until = now_ms() + patience_ms;
    enum source_result result = source_next(source, &frame, &problem);

    while (result == SOURCE_NONE && now_ms() < until) {
        struct pollfd waiting = { .fd = source_descriptor(source), .events = POLLIN };
        int limit = source_wait_limit(source);
        int left = (int)(until - now_ms());

        ck_assert(waiting.fd >= 0 || limit >= 0);
        ck_assert_int_ge(poll(&waiting, 1, limit >= 0 && limit < left ? limit : left), 0);
        result = source_next(source, &frame, &problem);
    }
    return result;
}

static void expect_frame(void)
{
    enum source_result result = wait_next(PATIENCE_MS);

    ck_assert_msg(result != SOURCE_ERROR, "%s", problem.reason);
    ck_assert_int_eq(result, SOURCE_FRAME);
}

static void expect_nothing(void)
{
    ck_assert_int_eq(wait_next(2 * SOURCE_DELAY_MS), SOURCE_NONE);
}

/* The TCP sequence number of an untagged frame. */
static uint32_t sequence_of(const struct frame *f, size_t header)
{
    uint32_t value = 0;

    ck_assert_uint_ge(f->octets.len, header + 28);
    for (size_t i = 0; i < 4; i++)
        value = value << 8 | f->octets.data[header + 24 + i];
    return value;
}

START_TEST(frames_are_there_within_the_delay)
{
    int64_t longest = 0;
    int late = 0;

    open_usual();
    for (uint32_t i = 0; i < 20; i++) {
        int64_t begun;

        pause_ms((int)(7 * i % 60)); /* at every phase of the kernel's timer */
        begun = now_ms();
        send_segment(25, i);
        expect_frame();
        late += now_ms() - begun > DELAY_MAX_MS;
        longest = now_ms() - begun > longest ? now_ms() - begun : longest;
        ck_assert_uint_eq(sequence_of(&frame, 14), i);
        ck_assert_uint_eq(frame.place.frame, i + 1);
        ck_assert_int_eq(frame.link_type, ETHERNET);
    }
    printf("longest delay: %lld ms\n", (long long)longest);
    ck_assert_int_le(late, 2); /* a machine that is busy elsewhere may be late itself */
}
END_TEST

START_TEST(stamps_have_nanoseconds_and_the_time_of_day)
{
    bool has_nanoseconds = false;
    struct timespec now;

    open_usual();
    ck_assert(source_is_fine(source, 0));
    for (uint32_t i = 0; i < 8; i++) {
        send_segment(25, i);
        expect_frame();
        has_nanoseconds = has_nanoseconds || frame.place.at.ns % 1000 != 0;
    }
    ck_assert(has_nanoseconds);
    clock_gettime(CLOCK_REALTIME, &now);
    ck_assert_int_le(frame.place.at.ns, now.tv_sec * STAMP_SECOND + now.tv_nsec);
    ck_assert_int_ge(frame.place.at.ns, (now.tv_sec - 5) * STAMP_SECOND);
}
END_TEST

START_TEST(filter_holds_in_the_kernel_with_and_without_tags)
{
    static struct built built;
    struct source_counts counts;

    open_usual();
    for (int tags = 0; tags <= 2; tags++) {
        build_tcp(&built, &(struct built_tcp){ .to_port = 80 });
        for (int i = 0; i < tags; i++)
            build_vlan(&built, 0x8100, (uint16_t)(i + 5));
        send_frame(&built);
        build_tcp(&built, &(struct built_tcp){ .to_port = 25 });
        for (int i = 0; i < tags; i++)
            build_vlan(&built, 0x8100, (uint16_t)(i + 5));
        send_frame(&built);
        expect_frame();
        ck_assert(slice_equal(frame.octets, built_view(&built)));
        expect_nothing();
    }
    source_counts(source, &counts);
    ck_assert_uint_eq(counts.received, 3);
}
END_TEST

START_TEST(outgoing_tagged_frames_pass_as_well)
{
    static struct built built;

    open_with(&(struct live_options){ .interface = "scope1", .filter = &usual });
    for (int tags = 0; tags <= 2; tags++) {
        build_tcp(&built, &(struct built_tcp){ .to_port = 25 });
        for (int i = 0; i < tags; i++)
            build_vlan(&built, 0x8100, (uint16_t)(i + 5));
        send_frame(&built);
        expect_frame();
        ck_assert(slice_equal(frame.octets, built_view(&built)));
    }
}
END_TEST

START_TEST(any_hears_every_interface)
{
    open_with(
        &(struct live_options){ .interface = "any", .filter = &usual, .is_promiscuous = true });
    ck_assert_int_eq(source_link_type(source), COOKED2);
    send_segment(25, 0x01020304);
    /* It leaves one card and comes in at the other. */
    expect_frame();
    ck_assert_int_eq(frame.link_type, COOKED2);
    ck_assert_uint_eq(sequence_of(&frame, 20), 0x01020304);
    expect_frame();
    ck_assert_uint_eq(sequence_of(&frame, 20), 0x01020304);
    send_segment(80, 0);
    expect_nothing();
}
END_TEST

/* _i is the number of tags. The kernel takes out one of a frame that comes in; what is behind a
 * second it may describe wrongly, so that such a frame counts only where it leaves. */
START_TEST(any_hears_tagged_frames)
{
    static struct built built;

    open_with(&(struct live_options){ .interface = "any", .filter = &usual });
    build_tcp(&built, &(struct built_tcp){ .to_port = 25, .sequence = 7 });
    for (int i = 0; i < _i; i++)
        build_vlan(&built, 0x8100, (uint16_t)(i + 5));
    send_frame(&built);
    expect_frame();
    ck_assert_uint_eq(sequence_of(&frame, 20), 7);
    if (_i == 1) {
        expect_frame();
        ck_assert_uint_eq(sequence_of(&frame, 20), 7);
    }
}
END_TEST

START_TEST(interface_going_down_ends_the_capture_after_its_last_frames)
{
    open_usual();
    send_segment(25, 1);
    send_segment(25, 2);
    must("ip link set scope0 down");
    expect_frame();
    expect_frame();
    ck_assert_uint_eq(sequence_of(&frame, 14), 2);
    ck_assert_int_eq(wait_next(PATIENCE_MS), SOURCE_ERROR);
    ck_assert_str_eq(problem.file, "scope0");
    ck_assert_str_eq(problem.reason, "the interface went down");
    ck_assert_uint_eq(problem.frame, 2);
    ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_END);
    ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_END);
}
END_TEST

START_TEST(interface_that_vanishes_ends_the_capture_after_its_last_frames)
{
    open_usual();
    send_segment(25, 1);
    must("ip link del scope0");
    expect_frame();
    ck_assert_int_eq(wait_next(PATIENCE_MS), SOURCE_ERROR);
    ck_assert_str_eq(problem.reason, "the interface has gone");
    ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_END);
}
END_TEST

START_TEST(interface_that_comes_back_at_once_is_still_heard)
{
    open_usual();
    must("ip link set scope0 down && ip link set scope0 up");
    expect_nothing();
    send_segment(25, 7);
    expect_frame();
    ck_assert_uint_eq(sequence_of(&frame, 14), 7);
}
END_TEST

START_TEST(what_the_buffer_cannot_hold_is_counted)
{
    enum { SENT = 8000 };
    struct source_counts counts;
    uint64_t got = 0;

    open_with(&(struct live_options){ .interface = "scope0", .filter = &usual, .buffer_kib = 512 });
    for (uint32_t i = 0; i < SENT; i++)
        send_segment(25, i);
    while (wait_next(2 * SOURCE_DELAY_MS) == SOURCE_FRAME)
        got++;
    source_counts(source, &counts);
    ck_assert_uint_eq(counts.received, SENT);
    ck_assert_uint_gt(counts.dropped_by_kernel, 0);
    ck_assert_uint_eq(counts.dropped_by_kernel + got, SENT);
    ck_assert_uint_eq(counts.dropped_by_interface, 0);
    source_counts(source, &counts); /* reading is no resetting */
    ck_assert_uint_eq(counts.received, SENT);
}
END_TEST

/* _i: with a filter or without. */
START_TEST(snap_length_cuts_frames)
{
    struct source_progress progress;

    open_with(&(struct live_options){
        .interface = "scope0", .snap_length = 60, .filter = _i != 0 ? &usual : NULL });
    ck_assert_uint_eq(source_snap_length(source), 60);
    send_segment(25, 1);
    do /* the kernel's own frames may come too where there is no filter */
        expect_frame();
    while (frame.length != 75);
    ck_assert_uint_eq(frame.octets.len, 60);
    ck_assert_uint_eq(frame.length, 75);
    source_progress(source, &progress);
    ck_assert_uint_eq(progress.frames, frame.place.frame);
    ck_assert_str_eq(source_name(source, 0), "scope0");
    ck_assert_str_eq(source_name(source, 1), "");
}
END_TEST

/* _i: one card, or all of them. */
START_TEST(what_is_kept_gives_the_same_frames_again)
{
    enum { COUNT = 10 };
    struct live_options options = { .interface = _i != 0 ? "any" : "scope0", .filter = &usual };
    struct packet_file_options kept = { .path = capture_files_path("kept.pcap"),
                                        .uid = PACKET_FILE_KEEP_OWNER,
                                        .gid = PACKET_FILE_KEEP_OWNER };
    struct slice octets[COUNT];
    struct stamp at[COUNT];
    struct packet_file *file;

    open_with(&options);
    kept.link_type = source_link_type(source);
    kept.snap_length = source_snap_length(source);
    kept.precision = source_is_fine(source, 0) ? PACKET_NANOSECONDS : PACKET_MICROSECONDS;
    ck_assert_int_eq(packet_file_open(&file, &kept, error, sizeof(error)), STATUS_OK);
    for (uint32_t i = 0; i < COUNT; i++)
        send_segment(25, i);
    for (size_t i = 0; i < COUNT; i++) {
        expect_frame();
        octets[i] = slice_of(capture_files_copy(frame.octets), frame.octets.len);
        at[i] = frame.place.at;
        ck_assert_int_eq(packet_file_write(file, &frame, error, sizeof(error)), STATUS_OK);
    }
    ck_assert_int_eq(packet_file_finish(file, error, sizeof(error)), STATUS_OK);
    packet_file_free(file);
    source_free(source);
    ck_assert_int_eq(source_open_files(&source, &kept.path, 1, NULL, error, sizeof(error)),
                     STATUS_OK);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_FRAME);
        ck_assert(slice_equal(frame.octets, octets[i]));
        ck_assert_int_eq(frame.place.at.ns, at[i].ns);
        ck_assert_int_eq(frame.link_type, kept.link_type);
    }
    ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_END);
}
END_TEST

START_TEST(unknown_interface_is_named)
{
    ck_assert_int_eq(try_open(&(struct live_options){ .interface = "scope7" }), STATUS_IO);
    ck_assert_str_eq(error, "scope7: no such interface; `smtpscope interfaces` lists those there"
                            " are");
}
END_TEST

START_TEST(interface_that_is_down_is_told)
{
    must("ip link set scope0 down");
    ck_assert_int_eq(try_open(&(struct live_options){ .interface = "scope0" }), STATUS_IO);
    ck_assert_str_eq(error, "scope0: the interface is down; ip link set scope0 up");
}
END_TEST

START_TEST(missing_carrier_is_a_warning)
{
    must("ip link set scope1 down");
    ck_assert_int_eq(try_open(&(struct live_options){ .interface = "scope0" }), STATUS_OK);
    ck_assert_str_eq(error,
                     "scope0: the interface has no carrier; nothing will come before it has");
}
END_TEST

/* The child's exit status: 0 where it was told what to do. */
static int open_as_nobody(void)
{
    static const char *const parts[] = { "scope0: user ", " may not capture; use sudo",
                                         "setcap cap_net_raw+ep" };

    if (setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
        return SKIPPED;
    if (source_open_live(&source, &(struct live_options){ .interface = "scope0" }, error,
                         sizeof(error)) != STATUS_IO)
        return 1;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (strstr(error, parts[i]) == NULL)
            return 2;
    return 0;
}

START_TEST(missing_permission_is_told_with_what_to_do)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        _exit(open_as_nobody());
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    if (WEXITSTATUS(status) == SKIPPED)
        printf("not tried without permission: there is no user nobody here\n");
    else
        ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

static void expect_misuse(const char *expression, const char *reason)
{
    struct live_filter filter = usual;

    filter.expression = expression;
    ck_assert_int_eq(try_open(&(struct live_options){ .interface = "scope0", .filter = &filter }),
                     STATUS_USAGE);
    ck_assert_str_eq(error, reason);
}

START_TEST(bad_filter_is_misuse)
{
    expect_misuse("tcp prot 25", "filter: can't parse filter expression: syntax error");
    expect_misuse("port 25) or (port 26", "filter: can't parse filter expression: syntax error");
    expect_misuse("tcp and udp", "filter: expression rejects all packets");
    expect_misuse("arp", "filter: nothing can pass both it and the ports; --ports any lets it"
                         " stand alone");
}
END_TEST

static bool write_file(const char *path, const char *text)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    bool is_written = descriptor >= 0 && write(descriptor, text, strlen(text)) > 0;

    if (descriptor >= 0)
        close(descriptor);
    return is_written;
}

/* A network namespace of our own; who is not root becomes root in a user namespace around it. */
static bool enter_namespace(void)
{
    char map[32];

    snprintf(map, sizeof(map), "0 %u 1", geteuid());
    return unshare(CLONE_NEWNET) == 0 ||
           (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 && write_file("/proc/self/uid_map", map));
}

int main(void)
{
    TCase *tc;

    if (!enter_namespace() || !run("ip link add scope0 type veth peer name scope1 2>/dev/null") ||
        !run("ip link del scope0")) {
        printf("skipped: no network namespace with virtual Ethernet can be made here\n");
        return SKIPPED;
    }
    tc = tcase_create("live source");
    (void)run("for s in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >$s; done 2>/dev/null");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, frames_are_there_within_the_delay);
    tcase_add_test(tc, stamps_have_nanoseconds_and_the_time_of_day);
    tcase_add_test(tc, filter_holds_in_the_kernel_with_and_without_tags);
    tcase_add_test(tc, outgoing_tagged_frames_pass_as_well);
    tcase_add_test(tc, any_hears_every_interface);
    tcase_add_loop_test(tc, any_hears_tagged_frames, 1, 3);
    tcase_add_test(tc, interface_going_down_ends_the_capture_after_its_last_frames);
    tcase_add_test(tc, interface_that_vanishes_ends_the_capture_after_its_last_frames);
    tcase_add_test(tc, interface_that_comes_back_at_once_is_still_heard);
    tcase_add_test(tc, what_the_buffer_cannot_hold_is_counted);
    tcase_add_loop_test(tc, snap_length_cuts_frames, 0, 2);
    tcase_add_loop_test(tc, what_is_kept_gives_the_same_frames_again, 0, 2);
    tcase_add_test(tc, unknown_interface_is_named);
    tcase_add_test(tc, interface_that_is_down_is_told);
    tcase_add_test(tc, missing_carrier_is_a_warning);
    tcase_add_test(tc, missing_permission_is_told_with_what_to_do);
    tcase_add_test(tc, bad_filter_is_misuse);
    return suite_run("source_live", tc);
}
