/* Reads points in time. */
#include "app/when.h"

#include <time.h>

#include "base/cursor.h"

struct reading {
    struct cursor c;
    bool is_wrong;
};

static uint8_t peek(const struct reading *r)
{
    return cursor_left(&r->c) > 0 ? r->c.in.data[r->c.pos] : 0;
}

static bool take(struct reading *r, uint8_t octet)
{
    if (peek(r) != octet || octet == 0)
        return false;
    cursor_skip(&r->c, 1);
    return true;
}

static void expect(struct reading *r, uint8_t octet)
{
    if (!take(r, octet))
        r->is_wrong = true;
}

/* A number of exactly `digits` digits. */
static int number(struct reading *r, size_t digits)
{
    struct slice s = cursor_take(&r->c, digits);
    uint64_t value = 0;

    if (!slice_to_u64(s, &value))
        r->is_wrong = true;
    return (int)value;
}

/* ".5" and the like as nanoseconds; digits past the ninth are dropped. */
static int64_t fraction(struct reading *r)
{
    int64_t unit = STAMP_SECOND / 10;
    int64_t ns = 0;

    if (!take(r, '.'))
        return 0;
    if (!ascii_is_digit(peek(r)))
        r->is_wrong = true;
    while (ascii_is_digit(peek(r))) {
        ns += unit * (cursor_u8(&r->c) - '0');
        unit /= 10;
    }
    return ns;
}

/* RFC 3339 5.6 time-offset, in seconds east. */
static bool zone(struct reading *r, int *east)
{
    int sign = peek(r) == '-' ? -1 : 1;
    int hours;
    int minutes;

    *east = 0;
    if (take(r, 'Z') || take(r, 'z'))
        return true;
    if (!take(r, '+') && !take(r, '-'))
        return false;
    hours = number(r, 2);
    expect(r, ':');
    minutes = number(r, 2);
    if (hours > 23 || minutes > 59)
        r->is_wrong = true;
    *east = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool fields_exist(const struct tm *given, const struct tm *made)
{
    return given->tm_year == made->tm_year && given->tm_mon == made->tm_mon &&
           given->tm_mday == made->tm_mday;
}

static bool to_stamp(int64_t seconds, int64_t ns, struct stamp *out)
{
    return !__builtin_mul_overflow(seconds, STAMP_SECOND, &out->ns) &&
           !__builtin_add_overflow(out->ns, ns, &out->ns);
}

static bool parse_calendar(struct slice text, struct stamp *out)
{
    struct reading r = { .c = cursor_of(text) };
    struct tm given = { .tm_isdst = -1 };
    struct tm made;
    int64_t ns = 0;
    time_t seconds;
    int east = 0;
    bool has_zone = false;

    given.tm_year = number(&r, 4) - 1900;
    expect(&r, '-');
    given.tm_mon = number(&r, 2) - 1;
    expect(&r, '-');
    given.tm_mday = number(&r, 2);
    if (take(&r, 'T') || take(&r, 't') || take(&r, ' ')) {
        given.tm_hour = number(&r, 2);
        expect(&r, ':');
        given.tm_min = number(&r, 2);
        if (take(&r, ':')) {
            given.tm_sec = number(&r, 2);
            ns = fraction(&r);
        }
        has_zone = zone(&r, &east);
    }
    if (r.is_wrong || r.c.is_short || cursor_left(&r.c) > 0)
        return false;
    if (given.tm_hour > 23 || given.tm_min > 59 || given.tm_sec > 60)
        return false;
    made = given;
    seconds = has_zone ? timegm(&made) : mktime(&made);
    /* An hour or a second may move (a clock change, a leap second); a day may not. */
    if (given.tm_sec < 60 && !fields_exist(&given, &made))
        return false;
    return to_stamp((int64_t)seconds - east, ns, out);
}

static bool parse_epoch(struct slice text, struct stamp *out)
{
    size_t point = slice_find(text, 0, '.');
    struct reading r = { .c = cursor_of(point == SLICE_NONE ? slice_of("", 0)
                                                            : slice_from(text, point)) };
    uint64_t seconds;
    int64_t ns;

    if (!slice_to_u64(slice_part(text, 0, point), &seconds) || seconds > INT64_MAX)
        return false;
    ns = fraction(&r);
    if (r.is_wrong || cursor_left(&r.c) > 0)
        return false;
    return to_stamp((int64_t)seconds, ns, out);
}

bool when_parse(const char *text, struct stamp *out)
{
    struct slice s = slice_trim(slice_of_string(text));

    return parse_epoch(s, out) || parse_calendar(s, out);
}

bool duration_parse(const char *text, int64_t *ns)
{
    static const struct {
        uint8_t letter;
        int64_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
    struct slice s = slice_of_string(text);
    int64_t seconds = 1;
    struct stamp length;

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (s.len > 0 && s.data[s.len - 1] == units[i].letter) {
            seconds = units[i].seconds;
            s.len--;
            break;
        }
    }
    return parse_epoch(s, &length) && !__builtin_mul_overflow(length.ns, seconds, ns) && *ns > 0;
}
