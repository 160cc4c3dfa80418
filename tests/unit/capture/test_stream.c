/* Packed capture files: gzip and zstd, cut, damaged, joined and followed by garbage. */
#include <check.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "capture/source.h"
#include "capture/stream.h"
#include "support/capture_files.h"
#include "support/packet_builder.h"

enum { FRAMES = 20, ROOM = 1 << 20 };

enum packing {
    PACK_NONE,
    PACK_GZIP,
    PACK_ZSTD,
    PACKINGS,
};

static struct source *source;
static struct slice plain; /* a capture of FRAMES frames */

static void setup(void)
{
    const char *path;
    struct capture_writer *w;
    uint8_t octets[400];
    uint32_t state = 7;

    capture_files_begin();
    path = capture_files_path("plain");
    w = capture_writer_new(path, &(struct capture_format){ .precision = CAPTURE_NANOSECONDS });
    for (int i = 0; i < FRAMES; i++) {
        for (size_t n = 0; n < sizeof(octets); n++) {
            state = state * 1664525 + 1013904223;
            octets[n] = state >> 30 == 0 ? (uint8_t)(state >> 16) : 0;
        }
        capture_writer_frame(w, (struct stamp){ i }, slice_of(octets, sizeof(octets)));
    }
    capture_writer_free(w);
    plain = capture_files_read(path);
    source = NULL;
}

static void teardown(void)
{
    source_free(source);
    capture_files_end();
}

static struct slice pack_gzip(struct slice octets)
{
    uint8_t *out = capture_files_room(ROOM);
    z_stream z = { 0 };

    ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = capture_files_copy(octets);
    z.avail_in = (uInt)octets.len;
    z.next_out = out;
    z.avail_out = ROOM;
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    ck_assert_int_eq(deflateEnd(&z), Z_OK);
    return slice_of(out, z.total_out);
}

static struct slice pack(enum packing packing, struct slice octets)
{
    static uint8_t out[ROOM];
    size_t size;

    switch (packing) {
    case PACK_GZIP:
        return pack_gzip(octets);
    case PACK_ZSTD:
        size = ZSTD_compress(out, sizeof(out), octets.data, octets.len, 3);
        ck_assert(!ZSTD_isError(size));
        return slice_of(capture_files_copy(slice_of(out, size)), size);
    case PACK_NONE:
    case PACKINGS:
        break;
    }
    return octets;
}

static struct slice join(struct slice a, struct slice b)
{
    uint8_t *out = capture_files_room(ROOM);

    mem_copy(out, a.data, a.len);
    mem_copy(&out[a.len], b.data, b.len);
    return slice_of(out, a.len + b.len);
}

/* Reads the file to its end. Returns how many frames came; `problem` is the reason that was told,
 * "" where none was. */
static unsigned read_all(const char *path, char problem[256])
{
    struct source_problem told;
    struct frame frame;
    char error[256];
    unsigned frames = 0;
    enum source_result result;

    problem[0] = '\0';
    source_free(source);
    ck_assert_int_eq(source_open_files(&source, &path, 1, NULL, error, sizeof(error)), STATUS_OK);
    while ((result = source_next(source, &frame, &told)) != SOURCE_END) {
        if (result == SOURCE_ERROR) {
            ck_assert_str_eq(problem, ""); /* one reason only */
            ck_assert_uint_eq(told.frame, frames);
            snprintf(problem, 256, "%s", told.reason);
            continue;
        }
        ck_assert_int_eq(frame.place.at.ns, (int64_t)frames);
        ck_assert_uint_eq(frame.place.frame, ++frames);
        ck_assert(slice_equal(frame.octets, slice_part(plain, 24 + (frames - 1) * 416 + 16, 400)));
    }
    return frames;
}

static void expect(struct slice octets, unsigned frames, const char *reason)
{
    char problem[256];

    ck_assert_uint_eq(read_all(capture_files_write("packed", octets), problem), frames);
    ck_assert_str_eq(problem, reason);
}

START_TEST(every_packing_is_read_by_its_content)
{
    for (enum packing p = PACK_NONE; p < PACKINGS; p++) {
        struct source_progress progress;
        struct slice packed = pack(p, plain);

        expect(packed, FRAMES, "");
        ck_assert(source_is_fine(source, 0));
        source_progress(source, &progress);
        ck_assert_uint_eq(progress.octets_all, packed.len);
        ck_assert_uint_eq(progress.octets_read, packed.len);
    }
}
END_TEST

START_TEST(members_and_frames_joined_are_one_file)
{
    for (enum packing p = PACK_GZIP; p < PACKINGS; p++) {
        for (size_t at = 0; at <= plain.len; at += 97)
            expect(join(pack(p, slice_part(plain, 0, at)), pack(p, slice_from(plain, at))), FRAMES,
                   "");
    }
}
END_TEST

START_TEST(garbage_after_the_data_is_ignored)
{
    for (enum packing p = PACK_GZIP; p < PACKINGS; p++) {
        expect(join(pack(p, plain), slice_of_string("garbage")), FRAMES, "");
        expect(join(pack(p, plain), slice_of("\0\0\0\0\0\0\0\0", 8)), FRAMES, "");
        expect(join(pack(p, plain), slice_of("\0", 1)), FRAMES, "");
    }
}
END_TEST

START_TEST(skippable_zstd_frames_are_skipped)
{
    static const uint8_t skipped[] = { 0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3 };
    struct slice skip = slice_of(skipped, sizeof(skipped));

    expect(join(join(skip, pack(PACK_ZSTD, plain)), skip), FRAMES, "");
}
END_TEST

/* Never a crash, never a frame that was not there, always a reason. */
START_TEST(packed_data_cut_at_any_octet_is_told)
{
    for (enum packing p = PACK_GZIP; p < PACKINGS; p++) {
        struct slice packed = pack(p, plain);
        unsigned before = 0;

        for (size_t n = 0; n < packed.len; n++) {
            char problem[256];
            unsigned frames =
                read_all(capture_files_write("cut", slice_part(packed, 0, n)), problem);

            ck_assert_uint_ge(frames, before);
            ck_assert_str_ne(problem, "");
            before = frames;
        }
    }
    expect(slice_part(pack(PACK_GZIP, plain), 0, 30), 0, "cut short inside the gzip data");
    expect(slice_part(pack(PACK_ZSTD, plain), 0, 30), 0, "cut short inside the zstd data");
}
END_TEST

/* Reads to the end, whatever comes; returns whether a reason was told. */
static bool is_told(const char *path, const char *expected)
{
    struct source_problem told;
    struct frame frame;
    char error[256];
    bool is_expected = false;
    enum source_result result;

    source_free(source);
    ck_assert_int_eq(source_open_files(&source, &path, 1, NULL, error, sizeof(error)), STATUS_OK);
    while ((result = source_next(source, &frame, &told)) != SOURCE_END)
        if (result == SOURCE_ERROR)
            is_expected = strncmp(told.reason, expected, strlen(expected)) == 0;
    return is_expected;
}

START_TEST(damaged_data_is_told)
{
    static const char *const reasons[PACKINGS] = { "",
                                                   "damaged gzip data: ", "damaged zstd data: " };

    for (enum packing p = PACK_GZIP; p < PACKINGS; p++) {
        struct slice packed = pack(p, plain);
        unsigned told = 0;

        for (size_t at = 4; at < packed.len; at++) {
            uint8_t *octets = capture_files_copy(packed);

            octets[at] ^= 0x55;
            told +=
                is_told(capture_files_write("damaged", slice_of(octets, packed.len)), reasons[p]);
        }
        /* zstd's sum is optional, so that a changed literal may pass unseen. */
        ck_assert_uint_gt(told, 10);
        packed = join(slice_part(packed, 0, packed.len / 2), plain);
        ck_assert(is_told(capture_files_write("damaged", packed), reasons[p]));
    }
}
END_TEST

START_TEST(a_wrong_sum_is_told_after_the_last_frame)
{
    struct slice packed = pack(PACK_GZIP, plain);
    uint8_t *octets = capture_files_copy(packed);

    octets[packed.len - 8] ^= 1;
    expect(slice_of(octets, packed.len), FRAMES, "damaged gzip data: incorrect data check");
}
END_TEST

START_TEST(nothing_packed_is_an_empty_file)
{
    for (enum packing p = PACK_GZIP; p < PACKINGS; p++)
        expect(pack(p, (struct slice){ 0 }), 0, "empty file");
}
END_TEST

START_TEST(standard_input_may_be_packed)
{
    for (enum packing p = PACK_NONE; p < PACKINGS; p++) {
        char problem[256];

        capture_files_as_input(capture_files_write("input", pack(p, plain)));
        ck_assert_uint_eq(read_all("-", problem), FRAMES);
        ck_assert_str_eq(problem, "");
    }
}
END_TEST

/* A live capture piped in must be seen as it comes. */
START_TEST(a_pipe_is_not_waited_on_for_more_than_a_frame)
{
    const char *path = "-";
    char error[256];
    struct source_problem problem;
    struct frame frame;
    int ends[2], old = dup(STDIN_FILENO);

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    ck_assert_int_eq(write(ends[1], plain.data, 24), 24);
    ck_assert_int_eq(source_open_files(&source, &path, 1, NULL, error, sizeof(error)), STATUS_OK);
    for (size_t i = 0; i < 2; i++) {
        struct slice next = slice_part(plain, 24 + i * 416, 416);

        ck_assert_int_eq(write(ends[1], next.data, next.len), 416);
        ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_FRAME);
        ck_assert_uint_eq(frame.place.frame, i + 1);
    }
    close(ends[1]);
    ck_assert_int_eq(source_next(source, &frame, &problem), SOURCE_END);
    ck_assert_int_eq(dup2(old, STDIN_FILENO), STDIN_FILENO);
    close(old);
    close(ends[0]);
}
END_TEST

START_TEST(the_head_may_be_looked_at_before_the_file_is_read)
{
    char problem[STREAM_PROBLEM_MAX];
    struct stream *stream;
    uint8_t octets[100];
    FILE *file;

    ck_assert_int_eq(
        stream_open(&stream, capture_files_write("head", pack(PACK_GZIP, plain)), problem),
        STATUS_OK);
    ck_assert(slice_equal(stream_peek(stream, 4), slice_part(plain, 0, 4)));
    ck_assert(slice_equal(stream_peek(stream, 60), slice_part(plain, 0, 60)));
    ck_assert_uint_eq(stream_peek(stream, 1 << 20).len, plain.len);
    file = stream_file(stream);
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(octets, 1, sizeof(octets), file), sizeof(octets));
    ck_assert(slice_equal(slice_of(octets, sizeof(octets)), slice_part(plain, 0, 100)));
    ck_assert_int_eq(fclose(file), 0);
    stream_free(stream);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("capture/stream");
    TCase *tc = tcase_create("stream");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, every_packing_is_read_by_its_content);
    tcase_add_test(tc, members_and_frames_joined_are_one_file);
    tcase_add_test(tc, garbage_after_the_data_is_ignored);
    tcase_add_test(tc, skippable_zstd_frames_are_skipped);
    tcase_add_test(tc, packed_data_cut_at_any_octet_is_told);
    tcase_add_test(tc, damaged_data_is_told);
    tcase_add_test(tc, a_wrong_sum_is_told_after_the_last_frame);
    tcase_add_test(tc, nothing_packed_is_an_empty_file);
    tcase_add_test(tc, standard_input_may_be_packed);
    tcase_add_test(tc, a_pipe_is_not_waited_on_for_more_than_a_frame);
    tcase_add_test(tc, the_head_may_be_looked_at_before_the_file_is_read);
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
