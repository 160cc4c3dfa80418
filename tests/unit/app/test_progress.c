/* The line on standard error: when it is drawn, what it says, and that it goes away. */
#include "app/progress.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "support/capture_files.h"
#include "support/packet_builder.h"
#include "support/suite.h"

enum { FRAMES = 4 };

static struct source *source;
static int saved; /* standard error */
static const char *log_path;

/* A source of which all FRAMES frames but the last have been read. */
static void setup(void)
{
    static struct built frame;
    char error[256];
    static const char *path;
    struct capture_writer *w;
    struct frame read;
    struct source_problem problem;

    capture_files_begin();
    path = capture_files_path("a.pcap");
    w = capture_writer_new(path, &(struct capture_format){ 0 });
    build_tcp(&frame, &(struct built_tcp){ .payload = slice_of_string("QUIT\r\n") });
    for (int i = 0; i < FRAMES; i++)
        capture_writer_frame(w, (struct stamp){ i * STAMP_SECOND }, built_view(&frame));
    capture_writer_free(w);
    ck_assert_int_eq(source_open_files(&source, &path, 1, NULL, error, sizeof(error)), STATUS_OK);
    for (int i = 0; i < FRAMES - 1; i++)
        ck_assert_int_eq(source_next(source, &read, &problem), SOURCE_FRAME);
    log_path = capture_files_path("stderr");
}

static void teardown(void)
{
    source_free(source);
    capture_files_end();
}

/* Standard error goes to a file from now on. */
static void begin_log(void)
{
    int descriptor = open(log_path, O_CREAT | O_TRUNC | O_WRONLY, 0600);

    (void)fflush(stderr);
    saved = dup(STDERR_FILENO);
    ck_assert_int_ge(dup2(descriptor, STDERR_FILENO), 0);
    (void)close(descriptor);
}

static struct slice end_log(void)
{
    (void)fflush(stderr);
    (void)dup2(saved, STDERR_FILENO);
    (void)close(saved);
    return capture_files_read(log_path);
}

/* As if `ns` had gone by since the reading began, and the line was never drawn. */
static struct progress after(int64_t ns)
{
    struct progress progress = progress_of(WHEN_ALWAYS);

    progress.began_ns -= ns;
    progress.drawn_ns -= ns;
    return progress;
}

static void tick(struct progress *progress, int frames, uint64_t sessions)
{
    for (int i = 0; i < frames; i++)
        progress_tick(progress, source, sessions);
}

static bool holds(struct slice text, const char *needle)
{
    return slice_find_nocase(text, slice_of_string(needle)) != SLICE_NONE;
}

START_TEST(never_means_never_and_always_needs_no_terminal)
{
    struct progress progress;

    ck_assert(!progress_of(WHEN_NEVER).is_on);
    ck_assert(progress_of(WHEN_ALWAYS).is_on);
    progress = after(STAMP_SECOND);
    progress.is_on = false;
    begin_log();
    tick(&progress, 10000, 1);
    progress_end(&progress);
    ck_assert_uint_eq(end_log().len, 0);
}
END_TEST

START_TEST(auto_means_a_terminal_on_standard_error)
{
    struct progress progress;

    begin_log();
    progress = progress_of(WHEN_AUTO);
    (void)end_log();
    ck_assert(!progress.is_on);
}
END_TEST

START_TEST(the_clock_is_looked_at_once_in_256_frames)
{
    struct progress progress = after(STAMP_SECOND / 2);
    struct slice text;

    begin_log();
    tick(&progress, 255, 0);
    ck_assert(!progress.is_shown);
    tick(&progress, 1, 0);
    ck_assert(progress.is_shown);
    text = end_log();
    ck_assert(slice_starts(text, slice_of_string("\r")));
    ck_assert(holds(text, " octets of "));
}
END_TEST

START_TEST(the_line_is_drawn_ten_times_a_second_at_most)
{
    struct progress progress = after(STAMP_SECOND / 2);
    struct slice text;

    begin_log();
    tick(&progress, 256, 7);
    progress.drawn_ns += STAMP_SECOND; /* drawn a second in the future: not yet again */
    tick(&progress, 2560, 8);
    text = end_log();
    ck_assert(holds(text, "7 sessions"));
    ck_assert(!holds(text, "8 sessions"));
}
END_TEST

/* _i is how many there are. */
START_TEST(one_session_is_no_sessions)
{
    static const char *const expected[] = { ", 0 sessions\033", ", 1 session\033",
                                            ", 2 sessions\033" };
    struct progress progress = after(STAMP_SECOND / 2);
    struct slice text;

    begin_log();
    tick(&progress, 256, (uint64_t)_i);
    text = end_log();
    ck_assert(holds(text, expected[_i]));
}
END_TEST

/* A small file is read in one piece: what is left is nothing, but it is told. */
START_TEST(time_left_is_told_after_a_second)
{
    struct progress early = after(STAMP_SECOND - STAMP_SECOND / 4);
    struct progress late = after(2 * STAMP_SECOND);
    struct slice text;

    begin_log();
    tick(&early, 256, 0);
    text = end_log();
    ck_assert(!holds(text, "left"));
    begin_log();
    tick(&late, 256, 0);
    text = end_log();
    ck_assert(holds(text, " left\033[K"));
}
END_TEST

START_TEST(the_line_is_taken_away_once)
{
    struct progress progress = after(STAMP_SECOND / 2);
    struct slice text;

    tick(&progress, 0, 0);
    begin_log();
    progress_end(&progress);
    ck_assert_uint_eq(end_log().len, 0);
    begin_log();
    tick(&progress, 256, 0);
    (void)end_log();
    begin_log();
    progress_end(&progress);
    progress_end(&progress);
    text = end_log();
    ck_assert(slice_equal(text, slice_of_string("\r\033[K")));
}
END_TEST

START_TEST(the_line_makes_room_on_a_shared_screen_only)
{
    struct progress progress = after(STAMP_SECOND / 2);

    begin_log();
    tick(&progress, 256, 0);
    progress.shares_screen = false;
    progress_make_room(&progress);
    ck_assert(progress.is_shown);
    progress.shares_screen = true;
    progress_make_room(&progress);
    ck_assert(!progress.is_shown);
    (void)end_log();
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("progress");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, never_means_never_and_always_needs_no_terminal);
    tcase_add_test(tc, auto_means_a_terminal_on_standard_error);
    tcase_add_test(tc, the_clock_is_looked_at_once_in_256_frames);
    tcase_add_test(tc, the_line_is_drawn_ten_times_a_second_at_most);
    tcase_add_loop_test(tc, one_session_is_no_sessions, 0, 3);
    tcase_add_test(tc, time_left_is_told_after_a_second);
    tcase_add_test(tc, the_line_is_taken_away_once);
    tcase_add_test(tc, the_line_makes_room_on_a_shared_screen_only);
    return suite_run("app/progress", tc);
}
