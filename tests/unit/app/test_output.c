/* Reports into files: complete or not there, ndjson in place, and one message where it fails. */
#include "app/output.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/tally.h"
#include "support/capture_files.h"
#include "support/record_builder.h"
#include "support/suite.h"

static struct catalog *catalog;
static struct report_options options;
static struct tally *tally;
static struct record_builder b;
static struct diagnosis diagnosis;
static struct findings findings;
static struct report_session session;
static struct output output;
static const char *const captures[] = { "a.pcap" };
static const struct report_input input = { .captures = captures, .capture_count = 1 };

static const char *capture_name(const void *context, uint32_t capture)
{
    (void)context;
    (void)capture;
    return captures[0];
}

static bool is_fine(const void *context, uint32_t capture)
{
    (void)context;
    (void)capture;
    return false;
}

static void setup(void)
{

    capture_files_begin();
    ck_assert_int_eq(catalog_open(&catalog), STATUS_OK);
    options = (struct report_options){ .catalog = catalog,
                                       .captures = { .name = capture_name, .is_fine = is_fine },
                                       .zone = CLOCK_UTC,
                                       .columns = 80 };
    tally = tally_new();
    record_begin(&b);
    record_server(&b, "220 mx ESMTP");
    diagnosis = (struct diagnosis){ .summary = "summary", .summary_len = 7 };
    findings = (struct findings){ 0 };
    session = (struct report_session){ record_finish(&b, OUTCOME_NO_MAIL, STAGE_GREETING),
                                       &findings, &diagnosis };
}

static void teardown(void)
{
    record_clear(&b);
    tally_free(tally);
    catalog_free(catalog);
    capture_files_end();
}

static enum output_result open_file(const char *path, enum format format)
{
    struct output_file file = { .path = path, .format = format };

    return output_open_file(&output, &file, &options, OUTPUT_REPLACES);
}

/* Files in the folder whose names begin with the path's own. */
static int files_like(const char *path)
{
    const char *name = strrchr(path, '/') + 1;
    DIR *folder = opendir(capture_files_folder());
    const struct dirent *entry;
    int count = 0;

    ck_assert_ptr_nonnull(folder);
    while ((entry = readdir(folder)) != NULL)
        count += strncmp(entry->d_name, name, strlen(name)) == 0 ? 1 : 0;
    closedir(folder);
    return count;
}

START_TEST(a_report_appears_when_it_is_complete)
{
    const char *path = capture_files_path("r.json");

    ck_assert_int_eq(open_file(path, FORMAT_JSON), OUTPUT_OK);
    ck_assert_int_eq(access(path, F_OK), -1);
    ck_assert_int_eq(files_like(path), 1);
    ck_assert_int_eq(output_session(&output, &session), OUTPUT_OK);
    ck_assert_int_eq(access(path, F_OK), -1);
    ck_assert_int_eq(output_end(&output, &input, tally), OUTPUT_OK);
    ck_assert_int_eq(access(path, F_OK), 0);
    ck_assert_int_eq(files_like(path), 1);
    ck_assert(slice_starts(capture_files_read(path), slice_of_string("{")));
    (void)unlink(path);
}
END_TEST

static enum output_result open_growing(const char *path, enum format format)
{
    struct output_file file = { .path = path, .format = format };

    return output_open_file(&output, &file, &options, OUTPUT_GROWS);
}

static size_t lines_of(const char *path)
{
    struct slice text = capture_files_read(path);
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += text.data[i] == '\n';
    return count;
}

START_TEST(a_report_that_grows_is_added_to)
{
    const char *path = capture_files_path("g.ndjson");

    for (size_t run = 1; run <= 2; run++) {
        ck_assert_int_eq(open_growing(path, FORMAT_NDJSON), OUTPUT_OK);
        ck_assert_int_eq(output_session(&output, &session), OUTPUT_OK);
        ck_assert_uint_eq(lines_of(path), run); /* before it has ended */
        ck_assert_int_eq(output_end(&output, &input, tally), OUTPUT_OK);
    }
    ck_assert_int_eq(open_growing(path, FORMAT_JSON), OUTPUT_OK);
    ck_assert_int_eq(output_end(&output, &input, tally), OUTPUT_OK);
    ck_assert(slice_starts(capture_files_read(path), slice_of_string("{\"schema\"")));
    (void)unlink(path);
}
END_TEST

START_TEST(a_report_that_was_moved_away_goes_on_in_a_new_file)
{
    const char *path = capture_files_path("g.ndjson");
    const char *moved = capture_files_path("g.ndjson.1");

    ck_assert_int_eq(open_growing(path, FORMAT_NDJSON), OUTPUT_OK);
    ck_assert_int_eq(output_session(&output, &session), OUTPUT_OK);
    ck_assert_int_eq(rename(path, moved), 0);
    ck_assert_int_eq(output_session(&output, &session), OUTPUT_OK);
    output_reopen(&output);
    ck_assert_int_eq(output_session(&output, &session), OUTPUT_OK);
    ck_assert_int_eq(output_end(&output, &input, tally), OUTPUT_OK);
    ck_assert_uint_eq(lines_of(moved), 2);
    ck_assert_uint_eq(lines_of(path), 1);
    (void)unlink(path);
    (void)unlink(moved);
}
END_TEST

START_TEST(an_older_report_stands_until_then)
{
    const char *path = capture_files_write("r.txt", slice_of_string("old"));

    ck_assert_int_eq(open_file(path, FORMAT_TEXT), OUTPUT_OK);
    ck_assert_int_eq(output_session(&output, &session), OUTPUT_OK);
    ck_assert(slice_equal(capture_files_read(path), slice_of_string("old")));
    ck_assert_int_eq(output_end(&output, &input, tally), OUTPUT_OK);
    ck_assert(slice_find_nocase(capture_files_read(path), slice_of_string("summary")) !=
              SLICE_NONE);
}
END_TEST

START_TEST(a_report_that_is_given_up_leaves_nothing)
{
    const char *path = capture_files_path("r.json");
    const char *old = capture_files_write("old.json", slice_of_string("old"));

    ck_assert_int_eq(open_file(path, FORMAT_JSON), OUTPUT_OK);
    ck_assert_int_eq(output_session(&output, &session), OUTPUT_OK);
    output_discard(&output);
    ck_assert_int_eq(files_like(path), 0);
    ck_assert_int_eq(open_file(old, FORMAT_JSON), OUTPUT_OK);
    output_discard(&output);
    ck_assert(slice_equal(capture_files_read(old), slice_of_string("old")));
    ck_assert_int_eq(files_like(old), 1);
    /* Twice is once. */
    output_discard(&output);
}
END_TEST

START_TEST(ndjson_grows_in_place_a_session_at_a_time)
{
    const char *path = capture_files_write("r.ndjson", slice_of_string("old\nold\n"));
    struct stat before;
    struct stat after;
    struct slice one;

    ck_assert_int_eq(stat(path, &before), 0);
    ck_assert_int_eq(open_file(path, FORMAT_NDJSON), OUTPUT_OK);
    ck_assert_uint_eq(capture_files_read(path).len, 0);
    ck_assert_int_eq(output_session(&output, &session), OUTPUT_OK);
    one = capture_files_read(path);
    ck_assert(slice_starts(one, slice_of_string("{")));
    ck_assert_uint_eq(slice_find(one, 0, '\n'), one.len - 1);
    ck_assert_int_eq(output_session(&output, &session), OUTPUT_OK);
    ck_assert_uint_eq(capture_files_read(path).len, 2 * one.len);
    ck_assert_int_eq(output_end(&output, &input, tally), OUTPUT_OK);
    ck_assert_uint_eq(capture_files_read(path).len, 2 * one.len);
    ck_assert_int_eq(stat(path, &after), 0);
    ck_assert(before.st_ino == after.st_ino);
    ck_assert_int_eq(files_like(path), 1);
}
END_TEST

START_TEST(what_is_no_file_is_written_in_place)
{
    ck_assert_int_eq(open_file("/dev/null", FORMAT_JSON), OUTPUT_OK);
    ck_assert_ptr_null(output.temporary);
    ck_assert(output.is_followed);
    ck_assert_int_eq(output_session(&output, &session), OUTPUT_OK);
    ck_assert_int_eq(output_end(&output, &input, tally), OUTPUT_OK);
}
END_TEST

START_TEST(a_link_is_followed_and_stays)
{
    const char *target = capture_files_write("target.json", slice_of_string("old"));
    const char *link = capture_files_path("link.json");
    struct stat about;

    ck_assert_int_eq(symlink(target, link), 0);
    ck_assert_int_eq(open_file(link, FORMAT_JSON), OUTPUT_OK);
    ck_assert_int_eq(output_end(&output, &input, tally), OUTPUT_OK);
    ck_assert_int_eq(lstat(link, &about), 0);
    ck_assert(S_ISLNK(about.st_mode));
    ck_assert(slice_starts(capture_files_read(target), slice_of_string("{")));
    (void)unlink(link);
}
END_TEST

/* _i is the umask. */
START_TEST(a_new_file_has_the_rights_that_the_umask_leaves)
{
    static const mode_t masks[] = { 0, 022, 027, 077 };
    const char *path = capture_files_path("r.json");
    mode_t before = umask(masks[_i]);
    struct stat about;

    ck_assert_int_eq(open_file(path, FORMAT_JSON), OUTPUT_OK);
    ck_assert_int_eq(output_end(&output, &input, tally), OUTPUT_OK);
    (void)umask(before);
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_uint_eq(about.st_mode & 0777, 0666 & ~masks[_i]);
    (void)unlink(path);
}
END_TEST

/* What `call` writes to standard error. */
static struct slice message_of(enum output_result (*call)(void), enum output_result expected)
{
    const char *path = capture_files_path("stderr");
    int descriptor = open(path, O_CREAT | O_WRONLY, 0600);
    int saved = dup(STDERR_FILENO);
    enum output_result result;
    struct slice text;

    (void)dup2(descriptor, STDERR_FILENO);
    result = call();
    (void)fflush(stderr);
    (void)dup2(saved, STDERR_FILENO);
    (void)close(saved);
    (void)close(descriptor);
    ck_assert_int_eq(result, expected);
    text = capture_files_read(path);
    (void)unlink(path);
    return text;
}

static enum output_result open_nowhere(void)
{
    return open_file("/nonexistent/r.json", FORMAT_JSON);
}

static enum output_result open_nowhere_in_place(void)
{
    return open_file("/nonexistent/r.ndjson", FORMAT_NDJSON);
}

static enum output_result open_full(void)
{
    enum output_result result = open_file("/dev/full", FORMAT_NDJSON);

    return result != OUTPUT_OK ? result : output_session(&output, &session);
}

START_TEST(what_cannot_be_opened_is_one_message_and_the_others_go_on)
{
    ck_assert(slice_equal(
        message_of(open_nowhere, OUTPUT_FAILED),
        slice_of_string("smtpscope: /nonexistent/r.json: No such file or directory\n")));
    ck_assert(slice_equal(
        message_of(open_nowhere_in_place, OUTPUT_FAILED),
        slice_of_string("smtpscope: /nonexistent/r.ndjson: No such file or directory\n")));
    /* It is closed: what is written to it goes nowhere. */
    ck_assert_ptr_null(output.stream);
    ck_assert_int_eq(output_session(&output, &session), OUTPUT_OK);
    ck_assert_int_eq(output_end(&output, &input, tally), OUTPUT_OK);
}
END_TEST

START_TEST(a_disk_that_is_full_is_one_message)
{
    ck_assert(slice_equal(message_of(open_full, OUTPUT_FAILED),
                          slice_of_string("smtpscope: /dev/full: No space left on device\n")));
    ck_assert_ptr_null(output.stream);
    ck_assert_int_eq(output_session(&output, &session), OUTPUT_OK);
}
END_TEST

static enum output_result end_report(void)
{
    return output_end(&output, &input, tally);
}

START_TEST(a_place_that_is_taken_by_a_folder_is_one_message)
{
    const char *path = capture_files_path("r.json");
    struct slice text;

    ck_assert_int_eq(open_file(path, FORMAT_JSON), OUTPUT_OK);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    text = message_of(end_report, OUTPUT_FAILED);
    ck_assert(slice_starts(text, slice_of_string("smtpscope: ")));
    ck_assert_uint_eq(slice_find(text, 0, '\n'), text.len - 1);
    ck_assert_int_eq(files_like(path), 1);
    ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("output");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_report_appears_when_it_is_complete);
    tcase_add_test(tc, a_report_that_grows_is_added_to);
    tcase_add_test(tc, a_report_that_was_moved_away_goes_on_in_a_new_file);
    tcase_add_test(tc, an_older_report_stands_until_then);
    tcase_add_test(tc, a_report_that_is_given_up_leaves_nothing);
    tcase_add_test(tc, ndjson_grows_in_place_a_session_at_a_time);
    tcase_add_test(tc, what_is_no_file_is_written_in_place);
    tcase_add_test(tc, a_link_is_followed_and_stays);
    tcase_add_loop_test(tc, a_new_file_has_the_rights_that_the_umask_leaves, 0, 4);
    tcase_add_test(tc, what_cannot_be_opened_is_one_message_and_the_others_go_on);
    tcase_add_test(tc, a_disk_that_is_full_is_one_message);
    tcase_add_test(tc, a_place_that_is_taken_by_a_folder_is_one_message);
    return suite_run("app/output", tc);
}
