/* Counts of the driver: only what has come since, whatever the driver does to them. */
#include <check.h>
#include <fcntl.h>
#include <unistd.h>

#include "capture/live_counts.h"
#include "support/capture_files.h"
#include "support/suite.h"

static struct live_counts counts;

static void say(const char *path, const char *text)
{
    int descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

    ck_assert_int_eq(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
    close(descriptor);
}

static void expect(uint64_t dropped)
{
    live_counts_update(&counts);
    ck_assert_uint_eq(counts.sum.dropped_by_interface, dropped);
    ck_assert_uint_eq(counts.sum.received, 0);
    ck_assert_uint_eq(counts.sum.dropped_by_kernel, 0);
}

START_TEST(driver_counts_are_summed_from_the_beginning_on)
{
    const char *missed = capture_files_write("missed", slice_of_string("4000000000\n"));
    const char *fifo = capture_files_write("fifo", slice_of_string("7\n"));

    counts = (struct live_counts){ .capture = -1,
                                   .driver = { open(missed, O_RDONLY), open(fifo, O_RDONLY) },
                                   .before = { 4000000000, 7 } };
    expect(0);
    say(missed, "5000000000\n");
    say(fifo, "9\n");
    expect(1000000002);
    expect(1000000002);
    say(missed, "3\n"); /* the driver was reset */
    expect(1000000002);
    say(missed, "5\n");
    say(fifo, "nonsense\n");
    expect(1000000004);
    say(fifo, "");
    expect(1000000004);
    live_counts_close(&counts);
}
END_TEST

START_TEST(an_interface_without_counts_has_none)
{
    live_counts_open(&counts, -1, "no/such/interface");
    ck_assert_int_eq(counts.driver[0], -1);
    ck_assert_int_eq(counts.driver[1], -1);
    expect(0);
    live_counts_close(&counts);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("live counts");

    tcase_add_checked_fixture(tc, capture_files_begin, capture_files_end);
    tcase_add_test(tc, driver_counts_are_summed_from_the_beginning_on);
    tcase_add_test(tc, an_interface_without_counts_has_none);
    return suite_run("live_counts", tc);
}
