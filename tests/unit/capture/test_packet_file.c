/* What -w keeps: the same frames come back, in files named and turned as tcpdump does it. */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/packet_file.h"
#include "capture/source.h"
#include "support/capture_files.h"
#include "support/suite.h"

enum { ETHERNET = 1, FRAME_LEN = 984, RECORD = 16 + FRAME_LEN, HEAD = 24, PATH_SIZE = 400 };

/* 2024-05-06 07:08:09 UTC, and the tests run there. */
static const int64_t begun = INT64_C(1714979289) * STAMP_SECOND;

static char folder[PATH_SIZE];
static char path[PATH_SIZE];
static char error[256];
static struct packet_file *file;
static struct packet_file_options options;

static const char *in_folder(const char *name)
{
    ck_assert_int_lt(snprintf(path, sizeof(path), "%.300s/%.90s", folder, name), PATH_SIZE);
    return path;
}

static void setup(void)
{
    capture_files_begin();
    snprintf(folder, sizeof(folder), "%s/written", capture_files_folder());
    ck_assert_int_eq(mkdir(folder, S_IRWXU), 0);
    file = NULL;
    error[0] = '\0';
    options = (struct packet_file_options){ .link_type = ETHERNET,
                                            .precision = PACKET_NANOSECONDS,
                                            .begun = { begun },
                                            .uid = PACKET_FILE_KEEP_OWNER,
                                            .gid = PACKET_FILE_KEEP_OWNER };
}

static void empty_folder(void)
{
    DIR *open = opendir(folder);
    const struct dirent *entry;

    ck_assert_ptr_nonnull(open);
    while ((entry = readdir(open)) != NULL)
        if (entry->d_name[0] != '.')
            unlink(in_folder(entry->d_name));
    closedir(open);
}

static void teardown(void)
{
    packet_file_free(file);
    empty_folder();
    ck_assert_int_eq(rmdir(folder), 0);
    capture_files_end();
}

static void open_file(const char *name)
{
    options.path = strcmp(name, "-") == 0 ? name : in_folder(name);
    ck_assert_msg(packet_file_open(&file, &options, error, sizeof(error)) == STATUS_OK, "%s",
                  error);
}

static struct frame frame_of(int64_t at, uint8_t octet, size_t len)
{
    uint8_t *octets = capture_files_room(len);

    for (size_t i = 0; i < len; i++)
        octets[i] = (uint8_t)(octet + i);
    return (struct frame){ .place.at.ns = at,
                           .octets = slice_of(octets, len),
                           .length = (uint32_t)len,
                           .link_type = ETHERNET };
}

/* A frame whose record takes 1,000 octets, `seconds` after the beginning. */
static void write_at(int64_t seconds, uint8_t octet)
{
    struct frame frame = frame_of(begun + seconds * STAMP_SECOND, octet, FRAME_LEN);

    ck_assert_msg(packet_file_write(file, &frame, error, sizeof(error)) == STATUS_OK, "%s", error);
}

static void finish(void)
{
    ck_assert_msg(packet_file_finish(file, error, sizeof(error)) == STATUS_OK, "%s", error);
}

/* The frames of a file, told by their first octets. */
static const char *frames_in(const char *name)
{
    static char told[64];
    const char *one = in_folder(name);
    struct source_problem problem = { .reason = "" };
    struct source *source = NULL;
    struct frame frame;
    size_t len = 0;

    ck_assert_int_eq(source_open_files(&source, &one, 1, NULL, error, sizeof(error)), STATUS_OK);
    while (source_next(source, &frame, &problem) == SOURCE_FRAME) {
        ck_assert_uint_lt(len, sizeof(told) - 1);
        told[len++] = (char)frame.octets.data[0];
    }
    told[len] = '\0';
    ck_assert_str_eq(problem.reason, ""); /* of a file that is cut: "cut short" */
    source_free(source);
    return told;
}

/* The names in the folder, in order, with spaces between them. */
static const char *names(void)
{
    static char told[1024];
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    size_t len = 0;

    ck_assert_int_ge(count, 2);
    told[0] = '\0';
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.')
            len += (size_t)snprintf(told + len, sizeof(told) - len, "%s%s", len > 0 ? " " : "",
                                    entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return told;
}

static void expect_same(struct source *source, const struct frame *frame, int64_t at)
{
    struct source_problem problem;
    struct frame got;

    ck_assert_int_eq(source_next(source, &got, &problem), SOURCE_FRAME);
    ck_assert_int_eq(got.place.at.ns, at);
    ck_assert_uint_eq(got.length, frame->length);
    ck_assert_int_eq(got.link_type, frame->link_type);
    ck_assert(slice_equal(got.octets, frame->octets));
}

/* _i: in nanoseconds or in microseconds. */
START_TEST(what_was_written_reads_back_identically)
{
    enum { COOKED2 = 276, SNAP = 300 };
    const int64_t unit = _i == PACKET_NANOSECONDS ? 1 : 1000;
    struct frame frames[] = {
        frame_of(begun + 123456789, 1, 60),
        frame_of(begun + 999999999, 2, SNAP), /* cut: 1500 were on the wire */
        frame_of(begun - 5, 3, 0),
        frame_of(begun + STAMP_SECOND, 4, 61),
    };
    enum { COUNT = sizeof(frames) / sizeof(frames[0]) };
    struct source *source = NULL;
    struct source_problem problem;
    struct frame none;

    frames[1].length = 1500;
    options.link_type = COOKED2;
    options.precision = (enum packet_precision)_i;
    options.snap_length = SNAP;
    open_file("kept.pcap");
    for (size_t i = 0; i < COUNT; i++) {
        frames[i].link_type = COOKED2;
        ck_assert_int_eq(packet_file_write(file, &frames[i], error, sizeof(error)), STATUS_OK);
    }
    finish();
    ck_assert_uint_eq(packet_file_frames(file), COUNT);
    ck_assert_uint_eq(packet_file_count(file), 1);
    ck_assert_int_eq(packet_file_folder(file), -1);
    ck_assert_int_eq(source_open_files(&source, &options.path, 1, NULL, error, sizeof(error)),
                     STATUS_OK);
    ck_assert_int_eq(source_is_fine(source, 0), _i == PACKET_NANOSECONDS);
    for (size_t i = 0; i < COUNT; i++)
        expect_same(source, &frames[i], frames[i].place.at.ns / unit * unit);
    ck_assert_int_eq(source_next(source, &none, &problem), SOURCE_END);
    source_free(source);
}
END_TEST

START_TEST(frames_of_every_size_survive_the_buffer)
{
    enum { LARGEST = 262144 };
    static const size_t sizes[] = { LARGEST, 1, LARGEST, LARGEST, 65536, LARGEST - 1, 100 };
    enum { COUNT = sizeof(sizes) / sizeof(sizes[0]) };
    struct frame frames[COUNT];
    struct source *source = NULL;

    open_file("kept.pcap");
    for (size_t i = 0; i < COUNT; i++) {
        frames[i] = frame_of(begun + (int64_t)i, (uint8_t)i, sizes[i]);
        ck_assert_int_eq(packet_file_write(file, &frames[i], error, sizeof(error)), STATUS_OK);
    }
    finish();
    ck_assert_int_eq(source_open_files(&source, &options.path, 1, NULL, error, sizeof(error)),
                     STATUS_OK);
    for (size_t i = 0; i < COUNT; i++)
        expect_same(source, &frames[i], frames[i].place.at.ns);
    source_free(source);
}
END_TEST

START_TEST(a_reader_can_follow_what_was_flushed)
{
    open_file("kept.pcap");
    ck_assert_str_eq(frames_in("kept.pcap"), "");
    write_at(0, 'a');
    write_at(0, 'b');
    ck_assert_uint_eq(packet_file_frames(file), 0);
    ck_assert_int_eq(packet_file_flush(file, error, sizeof(error)), STATUS_OK);
    ck_assert_uint_eq(packet_file_frames(file), 2);
    ck_assert_str_eq(frames_in("kept.pcap"), "ab");
}
END_TEST

/* _i: whether a file of that name, open to all, was there. */
START_TEST(only_the_owner_may_read)
{
    mode_t old_mask = umask(0);
    struct stat facts;

    if (_i != 0) {
        int old = open(in_folder("kept.pcap"), O_WRONLY | O_CREAT, 0666);

        ck_assert_int_eq(write(old, "old and long enough to stick out of the header", 46), 46);
        close(old);
    }
    open_file("kept.pcap");
    finish();
    umask(old_mask);
    ck_assert_int_eq(stat(in_folder("kept.pcap"), &facts), 0);
    ck_assert_uint_eq(facts.st_mode & 07777u, 0600);
    ck_assert_int_eq(facts.st_size, HEAD);
}
END_TEST

START_TEST(owner_is_whom_the_options_name)
{
    struct stat facts;

    if (geteuid() != 0)
        return; /* nobody else may give files away */
    options.uid = 12345;
    options.gid = 54321;
    options.seconds = 10;
    open_file("kept%S");
    write_at(10, 'a');
    finish();
    ck_assert_int_eq(stat(in_folder("kept09"), &facts), 0);
    ck_assert_uint_eq(facts.st_uid, 12345);
    ck_assert_int_eq(stat(in_folder("kept19"), &facts), 0);
    ck_assert_uint_eq(facts.st_uid, 12345);
    ck_assert_uint_eq(facts.st_gid, 54321);
}
END_TEST

START_TEST(size_begins_a_new_file_once_it_is_passed)
{
    options.octets = HEAD + 2 * RECORD;
    open_file("kept");
    for (uint8_t i = 0; i < 7; i++)
        write_at(0, (uint8_t)('a' + i));
    finish();
    ck_assert_str_eq(names(), "kept kept1 kept2");
    ck_assert_str_eq(frames_in("kept"), "abc"); /* two fill it exactly; the third passes it */
    ck_assert_str_eq(frames_in("kept1"), "def");
    ck_assert_str_eq(frames_in("kept2"), "g");
    ck_assert_uint_eq(packet_file_count(file), 3);
}
END_TEST

START_TEST(a_ring_overwrites_its_oldest_file)
{
    options.octets = HEAD;
    options.files = 3;
    open_file("kept");
    ck_assert_int_ge(packet_file_folder(file), 0);
    for (uint8_t i = 0; i < 5; i++)
        write_at(0, (uint8_t)('a' + i));
    finish();
    ck_assert_str_eq(names(), "kept0 kept1 kept2");
    ck_assert_str_eq(frames_in("kept0"), "d");
    ck_assert_str_eq(frames_in("kept1"), "e");
    ck_assert_str_eq(frames_in("kept2"), "c");
}
END_TEST

START_TEST(names_of_a_ring_sort)
{
    options.octets = HEAD;
    options.files = 11;
    open_file("kept");
    for (uint8_t i = 0; i < 12; i++)
        write_at(0, (uint8_t)('a' + i));
    finish();
    ck_assert_str_eq(names(), "kept00 kept01 kept02 kept03 kept04 kept05 kept06 kept07 kept08"
                              " kept09 kept10");
    ck_assert_str_eq(frames_in("kept00"), "l");
    ck_assert_str_eq(frames_in("kept10"), "k");
}
END_TEST

START_TEST(seconds_begin_a_new_file_named_by_its_time)
{
    options.seconds = 60;
    open_file("%Y-%m-%d_%H.%M.%S.pcap");
    write_at(0, 'a');
    write_at(59, 'b');
    write_at(60, 'c');
    write_at(200, 'd'); /* a period begins with a frame */
    write_at(259, 'e');
    write_at(260, 'f');
    finish();
    ck_assert_str_eq(names(), "2024-05-06_07.08.09.pcap 2024-05-06_07.09.09.pcap"
                              " 2024-05-06_07.11.29.pcap 2024-05-06_07.12.29.pcap");
    ck_assert_str_eq(frames_in("2024-05-06_07.08.09.pcap"), "ab");
    ck_assert_str_eq(frames_in("2024-05-06_07.09.09.pcap"), "c");
    ck_assert_str_eq(frames_in("2024-05-06_07.11.29.pcap"), "de");
    ck_assert_str_eq(frames_in("2024-05-06_07.12.29.pcap"), "f");
}
END_TEST

START_TEST(seconds_without_a_template_overwrite)
{
    options.seconds = 1;
    open_file("kept");
    write_at(0, 'a');
    write_at(1, 'b');
    finish();
    ck_assert_str_eq(names(), "kept");
    ck_assert_str_eq(frames_in("kept"), "b");
}
END_TEST

START_TEST(a_number_of_periods_completes_the_capture)
{
    options.seconds = 10;
    options.files = 2;
    open_file("kept%S");
    write_at(9, 'a');
    write_at(10, 'b');
    ck_assert(!packet_file_is_complete(file));
    write_at(20, 'c');
    ck_assert(packet_file_is_complete(file));
    write_at(21, 'd');
    finish();
    ck_assert_str_eq(names(), "kept09 kept19");
    ck_assert_str_eq(frames_in("kept09"), "a");
    ck_assert_str_eq(frames_in("kept19"), "b");
    ck_assert_uint_eq(packet_file_frames(file), 2);
}
END_TEST

START_TEST(a_new_period_numbers_its_files_anew)
{
    options.seconds = 10;
    options.octets = HEAD;
    open_file("kept%S-");
    write_at(0, 'a');
    write_at(1, 'b');
    write_at(11, 'c');
    write_at(12, 'd');
    finish();
    ck_assert_str_eq(names(), "kept09- kept09-1 kept20- kept20-1");
    ck_assert_str_eq(frames_in("kept20-1"), "d");
}
END_TEST

START_TEST(without_seconds_a_percent_sign_is_itself)
{
    open_file("kept%S");
    finish();
    ck_assert_str_eq(names(), "kept%S");
}
END_TEST

START_TEST(later_files_need_no_path)
{
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char relative[] = "kept";

    ck_assert_int_eq(chdir(folder), 0);
    options.octets = HEAD;
    options.path = relative;
    ck_assert_int_eq(packet_file_open(&file, &options, error, sizeof(error)), STATUS_OK);
    ck_assert_int_eq(chdir("/"), 0);
    write_at(0, 'a');
    write_at(0, 'b');
    finish();
    ck_assert_int_eq(fchdir(here), 0);
    close(here);
    ck_assert_str_eq(names(), "kept kept1");
}
END_TEST

/* Standard output is `descriptor` for the time of a call. */
static enum status write_to_output(int descriptor)
{
    int old = dup(STDOUT_FILENO);
    struct frame frame = frame_of(begun, 'a', FRAME_LEN);
    enum status status;

    ck_assert_int_eq(fflush(stdout), 0);
    ck_assert_int_ge(dup2(descriptor, STDOUT_FILENO), 0);
    options.path = "-";
    status = packet_file_open(&file, &options, error, sizeof(error));
    if (status == STATUS_OK)
        status = packet_file_write(file, &frame, error, sizeof(error));
    if (status == STATUS_OK)
        status = packet_file_finish(file, error, sizeof(error));
    ck_assert_int_ge(dup2(old, STDOUT_FILENO), 0);
    close(old);
    return status;
}

START_TEST(dash_is_standard_output)
{
    int to = open(in_folder("out"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    struct stat facts;

    ck_assert_int_eq(write_to_output(to), STATUS_OK);
    close(to);
    ck_assert_str_eq(frames_in("out"), "a");
    ck_assert_int_eq(stat(in_folder("out"), &facts), 0);
    ck_assert_uint_eq(facts.st_mode & 0777u, 0644); /* not ours to change */
}
END_TEST

START_TEST(a_pipe_without_a_reader_is_told_apart)
{
    int ends[2];

    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    ck_assert_int_eq(write_to_output(ends[1]), STATUS_IO);
    close(ends[1]);
    ck_assert(packet_file_is_closed(file));
    ck_assert_str_eq(error, "standard output: Broken pipe");
}
END_TEST

/* The kernel writes what still fits, and then no more: a full disk, as far as we can tell. */
static void limit_size(rlim_t octets)
{
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = octets;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* _i is the room behind two whole records. */
START_TEST(a_full_disk_leaves_whole_frames)
{
    char reason[2 * PATH_SIZE];
    struct stat facts;

    open_file("kept");
    write_at(0, 'a');
    ck_assert_int_eq(packet_file_flush(file, error, sizeof(error)), STATUS_OK);
    write_at(0, 'b');
    write_at(0, 'c');
    limit_size(HEAD + 2 * RECORD + (rlim_t)_i);
    ck_assert_int_eq(packet_file_flush(file, error, sizeof(error)), STATUS_IO);
    limit_size(RLIM_INFINITY);
    snprintf(reason, sizeof(reason), "%s: File too large", options.path);
    ck_assert_str_eq(error, reason);
    ck_assert(!packet_file_is_closed(file));
    write_at(0, 'd'); /* is not written, and not told again */
    finish();
    ck_assert_uint_eq(packet_file_frames(file), 2);
    ck_assert_int_eq(stat(in_folder("kept"), &facts), 0);
    ck_assert_int_eq(facts.st_size, HEAD + 2 * RECORD);
    ck_assert_str_eq(frames_in("kept"), "ab");
}
END_TEST

START_TEST(a_device_that_is_full_is_told)
{
    options.path = "/dev/full";
    ck_assert_int_eq(packet_file_open(&file, &options, error, sizeof(error)), STATUS_IO);
    ck_assert_str_eq(error, "/dev/full: No space left on device");
}
END_TEST

static void expect_refused(const char *name, enum status status, const char *reason)
{
    char full[2 * PATH_SIZE];
    bool is_ours = name[0] != '-' && name[0] != '/';

    packet_file_free(file);
    options.path = is_ours ? in_folder(name) : name;
    snprintf(full, sizeof(full), "%s: %s", options.path, reason);
    ck_assert_int_eq(packet_file_open(&file, &options, error, sizeof(error)), status);
    ck_assert_str_eq(error, full);
}

START_TEST(contradictory_options_are_misuse)
{
    options.files = 2;
    expect_refused("kept", STATUS_USAGE, "-W counts files of -C or -G");
    options.octets = 1;
    expect_refused("-", STATUS_USAGE, "standard output cannot be turned into several files");
    options.seconds = 1;
    expect_refused("%Y/kept", STATUS_USAGE,
                   "with -G, % may stand in the file's name only, not in its folder's");
    expect_refused("kept%D", STATUS_USAGE, "names no file in its folder");
    expect_refused("kept/", STATUS_USAGE, "is a folder");
    ck_assert_str_eq(names(), "");
}
END_TEST

START_TEST(what_cannot_be_opened_is_named)
{
    ck_assert_int_eq(mkdir(in_folder("inner"), S_IRWXU), 0);
    expect_refused("inner", STATUS_IO, "Is a directory");
    ck_assert_int_eq(rmdir(in_folder("inner")), 0);
    expect_refused("inner/kept", STATUS_IO, "No such file or directory");
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("packet file");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, what_was_written_reads_back_identically, 0, 2);
    tcase_add_test(tc, frames_of_every_size_survive_the_buffer);
    tcase_add_test(tc, a_reader_can_follow_what_was_flushed);
    tcase_add_loop_test(tc, only_the_owner_may_read, 0, 2);
    tcase_add_test(tc, owner_is_whom_the_options_name);
    tcase_add_test(tc, size_begins_a_new_file_once_it_is_passed);
    tcase_add_test(tc, a_ring_overwrites_its_oldest_file);
    tcase_add_test(tc, names_of_a_ring_sort);
    tcase_add_test(tc, seconds_begin_a_new_file_named_by_its_time);
    tcase_add_test(tc, seconds_without_a_template_overwrite);
    tcase_add_test(tc, a_number_of_periods_completes_the_capture);
    tcase_add_test(tc, a_new_period_numbers_its_files_anew);
    tcase_add_test(tc, without_seconds_a_percent_sign_is_itself);
    tcase_add_test(tc, later_files_need_no_path);
    tcase_add_test(tc, dash_is_standard_output);
    tcase_add_test(tc, a_pipe_without_a_reader_is_told_apart);
    tcase_add_loop_test(tc, a_full_disk_leaves_whole_frames, 0, 20);
    tcase_add_test(tc, a_device_that_is_full_is_told);
    tcase_add_test(tc, contradictory_options_are_misuse);
    tcase_add_test(tc, what_cannot_be_opened_is_named);
    return suite_run("packet_file", tc);
}
