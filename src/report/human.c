/* Rounded to what a reader can use; nothing here depends on a locale. */
#include "report/human.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/number_text.h"

#define MICROSECOND INT64_C(1000)

/* Up to here hours are counted on. */
#define TWO_DAYS_IN_MINUTES INT64_C(2880)

struct human human_count(uint64_t count)
{
    struct human out;

    (void)snprintf(out.text, sizeof out.text, "%s", number_text_of(count).text);
    return out;
}

struct human human_counted(uint64_t count, const char *one, const char *many)
{
    struct human out;

    (void)snprintf(out.text, sizeof out.text, "%.28s %.32s", human_count(count).text,
                   count == 1 ? one : many);
    return out;
}

/* `ns` in units of `unit`, rounded half up. */
static int64_t in_units(int64_t ns, int64_t unit)
{
    return ns / unit + (ns % unit >= unit - unit / 2);
}

/* Where rounding takes a number to the next unit, the next unit says it. */
struct human human_duration(int64_t ns)
{
    struct human out;
    int64_t n;

    if (ns < 0)
        (void)snprintf(out.text, sizeof out.text, "unknown");
    else if (ns == 0)
        (void)snprintf(out.text, sizeof out.text, "0 ms");
    else if ((n = in_units(ns, MICROSECOND)) < 100)
        (void)snprintf(out.text, sizeof out.text, "%" PRId64 " µs", n);
    else if ((n = in_units(ns, STAMP_MILLISECOND / 10)) < 100)
        (void)snprintf(out.text, sizeof out.text, "%" PRId64 ".%" PRId64 " ms", n / 10, n % 10);
    else if ((n = in_units(ns, STAMP_MILLISECOND)) < 1000)
        (void)snprintf(out.text, sizeof out.text, "%" PRId64 " ms", n);
    else if ((n = in_units(ns, STAMP_SECOND / 100)) < 1000)
        (void)snprintf(out.text, sizeof out.text, "%" PRId64 ".%02" PRId64 " s", n / 100, n % 100);
    else if ((n = in_units(ns, STAMP_SECOND / 10)) < 600)
        (void)snprintf(out.text, sizeof out.text, "%" PRId64 ".%" PRId64 " s", n / 10, n % 10);
    else if ((n = in_units(ns, STAMP_SECOND)) < 3600)
        (void)snprintf(out.text, sizeof out.text, "%" PRId64 " min %" PRId64 " s", n / 60, n % 60);
    else if ((n = n / 60) < TWO_DAYS_IN_MINUTES)
        (void)snprintf(out.text, sizeof out.text, "%" PRId64 " h %" PRId64 " min", n / 60, n % 60);
    else
        (void)snprintf(out.text, sizeof out.text, "%" PRId64 " d %" PRId64 " h", n / 1440,
                       n / 60 % 24);
    return out;
}

struct human human_offset(int64_t ns, enum human_decimals decimals)
{
    struct human out;
    bool is_negative = ns < 0;
    uint64_t magnitude = is_negative ? UINT64_C(0) - (uint64_t)ns : (uint64_t)ns;
    bool is_fine = decimals == HUMAN_MICROSECONDS;
    uint64_t whole = is_fine ? 1000000 : 1000; /* units in a second */
    uint64_t units = magnitude / (uint64_t)(is_fine ? MICROSECOND : STAMP_MILLISECOND);

    (void)snprintf(out.text, sizeof out.text, "%s%" PRIu64 ".%0*" PRIu64,
                   is_negative && units > 0 ? "-" : "", units / whole, is_fine ? 6 : 3,
                   units % whole);
    return out;
}

/* Broken down; `*ms` are the milliseconds, always counted upwards. */
static struct tm broken_down(struct stamp at, enum clock_zone zone, int64_t *ms)
{
    int64_t rest = at.ns % STAMP_SECOND;
    time_t seconds = (time_t)(at.ns / STAMP_SECOND - (rest < 0));
    struct tm tm = { .tm_year = 70, .tm_mday = 1 };

    *ms = (rest < 0 ? rest + STAMP_SECOND : rest) / STAMP_MILLISECOND;
    switch (zone) {
    case CLOCK_LOCAL:
        (void)localtime_r(&seconds, &tm);
        break;
    case CLOCK_UTC:
        (void)gmtime_r(&seconds, &tm);
        break;
    }
    return tm;
}

struct human human_time(struct stamp at, enum clock_zone zone)
{
    struct human out;
    int64_t ms;
    struct tm tm = broken_down(at, zone, &ms);
    size_t len = strftime(out.text, sizeof out.text, "%Y-%m-%d %H:%M:%S", &tm);

    (void)snprintf(out.text + len, sizeof out.text - len, ".%03d", (int)ms);
    return out;
}

struct human human_clock(struct stamp at, enum clock_zone zone)
{
    struct human time = human_time(at, zone);
    struct human out;
    const char *clock = strchr(time.text, ' ');

    (void)snprintf(out.text, sizeof out.text, "%s", clock == NULL ? time.text : clock + 1);
    return out;
}

struct human human_zone(struct stamp at, enum clock_zone zone)
{
    struct human out = { "UTC" };
    int64_t ms;

    if (zone == CLOCK_LOCAL) {
        struct tm tm = broken_down(at, zone, &ms);

        if (strftime(out.text, sizeof out.text, "%Z", &tm) == 0)
            (void)strftime(out.text, sizeof out.text, "%z", &tm);
    }
    return out;
}

struct human human_plain(uint64_t number)
{
    struct human out;

    (void)snprintf(out.text, sizeof out.text, "%" PRIu64, number);
    return out;
}
