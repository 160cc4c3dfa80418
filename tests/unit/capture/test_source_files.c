/* Capture files as one stream of time: order, numbers, filter, and what goes wrong. */
#include <check.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/source.h"
#include "support/capture_files.h"
#include "support/packet_builder.h"

static struct source *source;
static struct frame frame;
static struct source_problem problem;

static void setup(void)
{
    capture_files_begin();
    source = NULL;
}

static void teardown(void)
{
    source_free(source);
    capture_files_end();
}

static void open_filtered(const char *const *paths, size_t count, const char *filter)
{
    struct source_options options = { .filter = filter };
    char error[256] = "";

    source_free(source);
    ck_assert_msg(source_open_files(&source, paths, count, &options, error, sizeof(error)) ==
                      STATUS_OK,
                  "%s", error);
}

static void open_one(const char *path)
{
    open_filtered(&path, 1, NULL);
}

/* The next frame must be this. */
static void expect_frame(uint32_t capture, uint64_t number, int64_t at)
{
    ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_FRAME);
    ck_assert_uint_eq(frame.place.capture, capture);
    ck_assert_uint_eq(frame.place.frame, number);
    ck_assert_int_eq(frame.place.at.ns, at);
}

static void expect_end(void)
{
    ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_END);
    ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_END);
}

static void expect_problem(const char *file, uint64_t number, const char *reason)
{
    ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_ERROR);
    ck_assert_str_eq(problem.file, file);
    ck_assert_uint_eq(problem.frame, number);
    ck_assert_str_eq(problem.reason, reason);
}

/* A file of frames at the given seconds, each one octet long: its own second. */
static const char *file_at(const char *name, const int *seconds, size_t count)
{
    const char *path = capture_files_path(name);
    struct capture_writer *w = capture_writer_new(path, &(struct capture_format){ 0 });

    for (size_t i = 0; i < count; i++) {
        uint8_t octet = (uint8_t)seconds[i];

        capture_writer_frame(w, (struct stamp){ seconds[i] * STAMP_SECOND }, slice_of(&octet, 1));
    }
    capture_writer_free(w);
    return path;
}

START_TEST(frames_come_in_order_of_time)
{
    const char *paths[] = {
        file_at("a", (const int[]){ 10, 20, 30, 40 }, 4),
        file_at("b", (const int[]){ 5, 20, 35 }, 3),
        file_at("c", (const int[]){ 100 }, 1),
        file_at("d", NULL, 0),
        file_at("e", (const int[]){ 41, 20, 42 }, 3), /* time runs backwards in it */
    };
    static const struct {
        uint32_t capture;
        uint64_t number;
        int second;
    } order[] = { { 1, 1, 5 },  { 0, 1, 10 }, { 0, 2, 20 }, { 1, 2, 20 },
                  { 0, 3, 30 }, { 1, 3, 35 }, { 0, 4, 40 }, { 4, 1, 41 },
                  { 4, 2, 20 }, { 4, 3, 42 }, { 2, 1, 100 } };
    struct source_progress progress;

    open_filtered(paths, 5, NULL);
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        expect_frame(order[i].capture, order[i].number, order[i].second * STAMP_SECOND);
        ck_assert_uint_eq(frame.octets.len, 1);
        ck_assert_uint_eq(frame.octets.data[0], (unsigned)order[i].second);
    }
    expect_end();
    source_progress(source, &progress);
    ck_assert_uint_eq(progress.frames, 11);
    ck_assert_uint_eq(progress.octets, 11);
    ck_assert_uint_eq(progress.octets_all, 5 * 24 + 11 * 17);
    ck_assert_uint_eq(progress.octets_read, progress.octets_all);
    ck_assert_str_eq(source_name(source, 2), paths[2]);
    ck_assert_str_eq(source_name(source, 5), "");
}
END_TEST

/* Each frame is shown once, before it comes, and none from further away than asked for; across the
 * ends of what the reader has in memory too. */
START_TEST(frames_are_shown_before_they_come)
{
    enum { FRAMES = 30000, DISTANCE = 5 };
    static int seconds[FRAMES];
    struct frame coming;
    int shown = 0;
    const char *path;

    for (int i = 0; i < FRAMES; i++)
        seconds[i] = i;
    path = file_at("ahead", seconds, FRAMES);
    open_one(path);
    ck_assert(!source_glance(source, DISTANCE, &coming));
    for (int i = 0; i < FRAMES; i++) {
        expect_frame(0, (uint64_t)i + 1, i * STAMP_SECOND);
        if (shown <= i)
            shown = i + 1;
        while (source_glance(source, DISTANCE, &coming)) {
            ck_assert_int_lt(shown, FRAMES);
            ck_assert_int_le(shown, i + DISTANCE);
            ck_assert_uint_eq(coming.octets.len, 1);
            ck_assert_uint_eq(coming.octets.data[0], (uint8_t)shown);
            ck_assert_uint_eq(coming.length, frame.length);
            ck_assert_int_eq(coming.link_type, frame.link_type);
            ck_assert_int_eq(coming.place.at.ns, shown * STAMP_SECOND);
            ck_assert_uint_eq(coming.place.frame, (uint64_t)++shown);
            ck_assert_uint_eq(coming.place.capture, 0);
        }
        ck_assert_int_ge(shown, i == 0 ? DISTANCE + 1 : 0);
    }
    ck_assert_int_eq(shown, FRAMES);
    expect_end();
    ck_assert(!source_glance(source, DISTANCE, &coming));
}
END_TEST

START_TEST(several_files_show_nothing_ahead)
{
    const char *paths[] = { file_at("a", (const int[]){ 1, 3 }, 2),
                            file_at("b", (const int[]){ 1, 4 }, 2) };
    struct frame coming;

    open_filtered(paths, 2, NULL);
    expect_frame(0, 1, STAMP_SECOND);
    expect_frame(1, 1, STAMP_SECOND);
    ck_assert(!source_glance(source, 5, &coming));
}
END_TEST

START_TEST(many_rotated_files_need_few_descriptors)
{
    enum { FILES = 300, DESCRIPTORS = 60 };
    const char *paths[FILES];
    long most = sysconf(_SC_OPEN_MAX);

    ck_assert_int_gt(most, 0);
    for (int i = 0; i < FILES; i++)
        paths[FILES - 1 - i] = file_at("rotated", (const int[]){ i * 2, i * 2 + 1 }, 2);
    capture_files_limit_descriptors(DESCRIPTORS);
    open_filtered(paths, FILES, NULL);
    for (int i = 0; i < FILES; i++) {
        expect_frame((uint32_t)(FILES - 1 - i), 1, i * 2 * STAMP_SECOND);
        expect_frame((uint32_t)(FILES - 1 - i), 2, (i * 2 + 1) * STAMP_SECOND);
    }
    expect_end();
    capture_files_limit_descriptors((size_t)most);
}
END_TEST

START_TEST(filter_does_not_change_frame_numbers)
{
    const char *path = capture_files_path("filtered");
    struct capture_writer *w = capture_writer_new(path, &(struct capture_format){ 0 });
    struct talk t = talk_of(w, (struct stamp){ STAMP_SECOND });
    struct source_progress progress;

    talk_open(&t);
    t.port[SIDE_SERVER] = 587;
    talk_open(&t);
    t.port[SIDE_SERVER] = 25;
    talk_close(&t);
    capture_writer_free(w);
    open_filtered(&path, 1, "tcp port 587");
    for (int i = 0; i < 3; i++)
        expect_frame(0, (uint64_t)i + 4, STAMP_SECOND + (i + 3) * STAMP_MILLISECOND);
    expect_end();
    source_progress(source, &progress);
    ck_assert_uint_eq(progress.frames, 9);
}
END_TEST

START_TEST(filter_that_does_not_compile_is_a_usage_error)
{
    const char *paths[] = { file_at("a", (const int[]){ 1 }, 1), "/nonexistent/file" };
    struct source_options options = { .filter = "tcp prot 25" };
    char error[256] = "";

    for (size_t first = 0; first < 2; first++) {
        source_free(source);
        ck_assert_int_eq(
            source_open_files(&source, &paths[first], 1, &options, error, sizeof(error)),
            STATUS_USAGE);
        ck_assert_str_eq(error, "filter: can't parse filter expression: syntax error");
    }
}
END_TEST

START_TEST(filter_that_suits_only_some_files_names_the_others)
{
    struct capture_format loop = { .link_type = 108 };
    const char *paths[] = { file_at("ethernet", (const int[]){ 2 }, 1),
                            capture_files_path("loop") };
    struct capture_writer *w = capture_writer_new(paths[1], &loop);

    capture_writer_frame(w, (struct stamp){ STAMP_SECOND }, slice_of_string("....E"));
    capture_writer_free(w);
    open_filtered(paths, 2, "len <= 5 or ether src 02:00:00:00:00:01");
    ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_ERROR);
    ck_assert_str_eq(problem.file, paths[1]);
    ck_assert(strncmp(problem.reason, "filter: ", 8) == 0);
    expect_frame(0, 1, 2 * STAMP_SECOND);
    expect_end();
}
END_TEST

START_TEST(stamps_keep_their_nanoseconds)
{
    int64_t at = 1700000000 * STAMP_SECOND + 123456789;

    for (int i = 0; i < 8; i++) {
        struct capture_format format = { .kind = i & 1 ? CAPTURE_PCAPNG : CAPTURE_PCAP,
                                         .precision =
                                             i & 2 ? CAPTURE_NANOSECONDS : CAPTURE_MICROSECONDS,
                                         .order =
                                             i & 4 ? CAPTURE_BIG_ENDIAN : CAPTURE_LITTLE_ENDIAN };
        const char *path = capture_files_path("precise");
        struct capture_writer *w = capture_writer_new(path, &format);

        capture_writer_frame(w, (struct stamp){ at }, slice_of_string("frame"));
        capture_writer_free(w);
        open_one(path);
        ck_assert_int_eq(source_is_fine(source, 0), (i & 2) != 0);
        expect_frame(0, 1, i & 2 ? at : at - 789);
        ck_assert_int_eq(frame.link_type, 1);
        expect_end();
    }
}
END_TEST

START_TEST(snapped_frames_tell_their_length)
{
    const char *path = capture_files_path("snapped");
    struct capture_writer *w = capture_writer_new(path, &(struct capture_format){ .snap = 10 });

    capture_writer_frame(w, (struct stamp){ 0 }, slice_of_string("more than ten octets"));
    capture_writer_free(w);
    open_one(path);
    expect_frame(0, 1, 0);
    ck_assert_uint_eq(frame.octets.len, 10);
    ck_assert_uint_eq(frame.length, 20);
}
END_TEST

START_TEST(link_types_are_those_of_the_file)
{
    static const uint16_t types[] = { CAPTURE_LINK_NULL, 1, 101, 105, 108, 113, 228, 229, 276 };

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        const char *path = capture_files_path("linked");
        struct capture_writer *w =
            capture_writer_new(path, &(struct capture_format){ .link_type = types[i] });

        capture_writer_frame(w, (struct stamp){ 0 }, slice_of_string("frame"));
        capture_writer_free(w);
        open_one(path);
        expect_frame(0, 1, 0);
        ck_assert_int_eq(frame.link_type, types[i] == CAPTURE_LINK_NULL ? 0 : types[i]);
    }
}
END_TEST

START_TEST(what_cannot_be_opened_is_told_first_and_once)
{
    const char *good = file_at("good", (const int[]){ 1 }, 1);
    const char *empty = capture_files_write("empty", (struct slice){ 0 });
    const char *text = capture_files_write("text", slice_of_string("220 mx.example ESMTP\r\n"));
    const char *small = capture_files_write("small", slice_of_string("ab"));
    const char *packed = capture_files_write("packed", slice_of_string("BZh91AY&SY"));
    const char *header = capture_files_write("header", slice_of("\xD4\xC3\xB2\xA1\2\0", 6));
    const char *paths[] = {
        "/nonexistent/file", good, capture_files_folder(), empty, text, small, packed, header
    };

    open_filtered(paths, 8, NULL);
    expect_problem(paths[0], 0, "No such file or directory");
    expect_problem(paths[2], 0, "is a directory");
    expect_problem(empty, 0, "empty file");
    expect_problem(text, 0, "not a capture file (neither pcap nor pcapng)");
    expect_problem(small, 0, "not a capture file (neither pcap nor pcapng)");
    expect_problem(packed, 0, "bzip2 data: unpack it first (gzip and zstd are read as they are)");
    expect_problem(header, 0, "cut short");
    expect_frame(1, 1, STAMP_SECOND);
    expect_end();
}
END_TEST

START_TEST(a_file_without_permission_is_told)
{
    const char *path = file_at("secret", (const int[]){ 1 }, 1);

    if (geteuid() == 0)
        return; /* root may read it */
    ck_assert_int_eq(chmod(path, 0), 0);
    open_one(path);
    expect_problem(path, 0, "Permission denied");
    expect_end();
}
END_TEST

START_TEST(a_file_without_frames_is_no_error_but_known_as_empty)
{
    open_one(file_at("none", NULL, 0));
    ck_assert(!source_is_empty(source, 0)); /* not read yet */
    expect_end();
    ck_assert(source_is_empty(source, 0));
    ck_assert(!source_is_empty(source, 1));
}
END_TEST

/* Cuts `name` at every octet: the frames before the cut come, then one problem that names the last
 * of them, or none where the cut is between two. */
static void cut_everywhere(const char *path, size_t header, size_t each)
{
    struct slice whole = capture_files_read(path);

    for (size_t n = header; n <= whole.len; n++) {
        const char *cut = capture_files_write("cut", slice_part(whole, 0, n));
        uint64_t frames = (n - header) / each;

        open_one(cut);
        for (uint64_t i = 1; i <= frames; i++)
            expect_frame(0, i, (int64_t)i * STAMP_SECOND);
        if ((n - header) % each != 0)
            expect_problem(cut, frames, "cut short");
        expect_end();
    }
}

START_TEST(a_file_cut_at_any_octet_gives_the_frames_before)
{
    static const int seconds[] = { 1, 2, 3 };

    cut_everywhere(file_at("whole", seconds, 3), 24, 17);
}
END_TEST

START_TEST(a_pcapng_cut_at_any_octet_gives_the_frames_before)
{
    const char *path = capture_files_path("whole-ng");
    struct capture_writer *w =
        capture_writer_new(path, &(struct capture_format){ .kind = CAPTURE_PCAPNG });

    for (int i = 1; i <= 3; i++)
        capture_writer_frame(w, (struct stamp){ i * STAMP_SECOND }, slice_of_string("four"));
    capture_writer_free(w);
    cut_everywhere(path, 28 + 32, 36);
}
END_TEST

START_TEST(heads_cut_at_any_octet_are_told)
{
    static const enum capture_kind kinds[] = { CAPTURE_PCAP, CAPTURE_PCAPNG };

    for (size_t i = 0; i < 2; i++) {
        const char *path = capture_files_path("head");
        struct capture_format format = { .precision = CAPTURE_NANOSECONDS };
        struct slice whole;

        format.kind = kinds[i];
        capture_writer_free(capture_writer_new(path, &format));
        whole = capture_files_read(path);
        for (size_t n = 0; n < whole.len; n++) {
            open_one(capture_files_write("cut", slice_part(whole, 0, n)));
            ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_ERROR);
            ck_assert_uint_eq(problem.frame, 0);
            expect_end();
        }
    }
}
END_TEST

START_TEST(a_damaged_frame_header_is_told_in_one_line)
{
    const char *path = file_at("damaged", (const int[]){ 1, 2 }, 2);
    struct slice whole = capture_files_read(path);
    uint8_t *octets = capture_files_copy(whole);

    octets[24 + 17 + 11] = 0x7F; /* 2 GB captured */
    open_one(capture_files_write("damaged", slice_of(octets, whole.len)));
    expect_frame(0, 1, STAMP_SECOND);
    ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_ERROR);
    ck_assert_uint_eq(problem.frame, 1);
    ck_assert_ptr_null(strchr(problem.reason, '\n'));
    ck_assert_ptr_nonnull(strstr(problem.reason, "packet"));
    expect_end();
}
END_TEST

START_TEST(pcapng_interfaces_that_differ_are_told)
{
    static const struct {
        uint16_t link_type;
        uint32_t snap;
        const char *word;
    } rows[] = { { 101, 0, "type" }, { 1, 96, "snapshot length" } };

    for (size_t i = 0; i < 2; i++) {
        const char *path = capture_files_path("two-interfaces");
        struct capture_writer *w =
            capture_writer_new(path, &(struct capture_format){ .kind = CAPTURE_PCAPNG });

        capture_writer_frame(w, (struct stamp){ 0 }, slice_of_string("frame"));
        capture_writer_interface(w, rows[i].link_type, rows[i].snap);
        capture_writer_free(w);
        open_one(path);
        expect_frame(0, 1, 0);
        ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_ERROR);
        ck_assert_uint_eq(problem.frame, 1);
        ck_assert_msg(strstr(problem.reason, rows[i].word) != NULL, "%s", problem.reason);
        expect_end();
    }
}
END_TEST

START_TEST(reading_goes_on_after_a_file_that_is_cut_short)
{
    const char *a = file_at("a", (const int[]){ 1, 3, 5 }, 3);
    const char *cut = capture_files_write("a-cut", slice_part(capture_files_read(a), 0, 24 + 40));
    const char *paths[] = { cut, file_at("b", (const int[]){ 2, 4, 6 }, 3) };

    open_filtered(paths, 2, NULL);
    expect_frame(0, 1, 1 * STAMP_SECOND);
    expect_frame(1, 1, 2 * STAMP_SECOND);
    expect_frame(0, 2, 3 * STAMP_SECOND);
    expect_problem(cut, 2, "cut short");
    expect_frame(1, 2, 4 * STAMP_SECOND);
    expect_frame(1, 3, 6 * STAMP_SECOND);
    expect_end();
}
END_TEST

START_TEST(standard_input_is_merged_and_read_once)
{
    const char *first = file_at("in", (const int[]){ 1, 3 }, 2);
    const char *paths[] = { "-", file_at("b", (const int[]){ 2 }, 1), "-" };
    struct source_progress progress;

    capture_files_as_input(first);
    open_filtered(paths, 3, NULL);
    expect_problem("-", 0, "standard input can be read only once");
    expect_frame(0, 1, 1 * STAMP_SECOND);
    expect_frame(1, 1, 2 * STAMP_SECOND);
    expect_frame(0, 2, 3 * STAMP_SECOND);
    expect_end();
    source_progress(source, &progress);
    ck_assert_uint_eq(progress.frames, 3);
    ck_assert_uint_eq(progress.octets_all, 0);
}
END_TEST

START_TEST(the_library_has_a_version)
{
    ck_assert_ptr_nonnull(strstr(source_library_version(), "libpcap"));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("capture/source_files");
    TCase *tc = tcase_create("source_files");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, frames_come_in_order_of_time);
    tcase_add_test(tc, frames_are_shown_before_they_come);
    tcase_add_test(tc, several_files_show_nothing_ahead);
    tcase_add_test(tc, many_rotated_files_need_few_descriptors);
    tcase_add_test(tc, filter_does_not_change_frame_numbers);
    tcase_add_test(tc, filter_that_does_not_compile_is_a_usage_error);
    tcase_add_test(tc, filter_that_suits_only_some_files_names_the_others);
    tcase_add_test(tc, stamps_keep_their_nanoseconds);
    tcase_add_test(tc, snapped_frames_tell_their_length);
    tcase_add_test(tc, link_types_are_those_of_the_file);
    tcase_add_test(tc, what_cannot_be_opened_is_told_first_and_once);
    tcase_add_test(tc, a_file_without_permission_is_told);
    tcase_add_test(tc, a_file_without_frames_is_no_error_but_known_as_empty);
    tcase_add_test(tc, a_file_cut_at_any_octet_gives_the_frames_before);
    tcase_add_test(tc, a_pcapng_cut_at_any_octet_gives_the_frames_before);
    tcase_add_test(tc, heads_cut_at_any_octet_are_told);
    tcase_add_test(tc, a_damaged_frame_header_is_told_in_one_line);
    tcase_add_test(tc, pcapng_interfaces_that_differ_are_told);
    tcase_add_test(tc, reading_goes_on_after_a_file_that_is_cut_short);
    tcase_add_test(tc, standard_input_is_merged_and_read_once);
    tcase_add_test(tc, the_library_has_a_version);
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
