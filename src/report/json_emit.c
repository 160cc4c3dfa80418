/* Values in, octets of JSON out, through one buffer. */
#include "report/json_emit.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>

#include "base/digits.h"
#include "base/mem.h"
#include "base/printable.h"
#include "report/escape.h"

/* No single number, time or code is longer. */
enum { EMIT_SCALAR_MAX = 64 };

enum { NANO_DIGITS = 9, MICRO_DIGITS = 6 };

/* Octets that are escaped in one piece. */
enum { ODD_MAX = 1024, ESCAPED_MAX = ESCAPE_GROWTH_MAX * ODD_MAX };

enum status json_emit_init(struct json_emit *e, FILE *out)
{
    *e = (struct json_emit){ .out = out, .data = mem_alloc(EMIT_BUFFER) };
    return e->data == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

void json_emit_clear(struct json_emit *e)
{
    mem_free(e->data);
    *e = (struct json_emit){ 0 };
}

void emit_drain(struct json_emit *e)
{
    if (e->status == STATUS_OK && e->len > 0 && fwrite(e->data, 1, e->len, e->out) != e->len) {
        e->status = STATUS_IO;
        e->error = errno;
    }
    e->drained += e->len;
    e->len = 0;
}

static void put(struct json_emit *e, uint8_t octet)
{
    *emit_reserve(e, 1) = octet;
    e->len++;
}

static void put_slice(struct json_emit *e, struct slice s)
{
    struct slice part;

    for (; s.len > EMIT_BUFFER - e->len; s = slice_from(s, part.len)) {
        part = slice_part(s, 0, EMIT_BUFFER);
        mem_copy(emit_reserve(e, part.len), part.data, part.len);
        e->len += part.len;
    }
    mem_copy(e->data + e->len, s.data, s.len);
    e->len += s.len;
}

static enum emit_bracket open_kind(const struct json_emit *e)
{
    return (e->kinds >> e->depth & 1U) != 0 ? EMIT_OBJECT : EMIT_ARRAY;
}

/* To be called before a value: places the comma and holds the caller to the grammar. */
static inline void begin_value(struct json_emit *e)
{
    if (e->expects_value) {
        e->expects_value = false;
        e->needs_comma = true;
        return;
    }
    assert(e->depth > 0 ? open_kind(e) == EMIT_ARRAY : !e->needs_comma);
    if (e->needs_comma)
        put(e, ',');
    e->needs_comma = true;
}

void emit_open(struct json_emit *e, enum emit_bracket kind)
{
    begin_value(e);
    assert(e->depth < EMIT_DEPTH_MAX - 1);
    put(e, kind == EMIT_OBJECT ? '{' : '[');
    e->depth++;
    e->kinds = (e->kinds & ~(UINT32_C(1) << e->depth)) | (uint32_t)kind << e->depth;
    e->needs_comma = false;
}

void emit_close(struct json_emit *e)
{
    assert(e->depth > 0 && !e->expects_value);
    put(e, open_kind(e) == EMIT_OBJECT ? '}' : ']');
    e->depth--;
    e->needs_comma = true;
}

static void begin_key(struct json_emit *e)
{
    assert(emit_may_begin_member(e));
    if (e->needs_comma)
        put(e, ',');
    e->needs_comma = false;
    e->expects_value = true;
}

void emit_null(struct json_emit *e)
{
    begin_value(e);
    put_slice(e, slice_of("null", 4));
}

void emit_bool(struct json_emit *e, bool value)
{
    begin_value(e);
    put_slice(e, value ? slice_of("true", 4) : slice_of("false", 5));
}

static size_t digits(uint8_t *to, uint64_t value)
{
    return digits_decimal((char *)to, value);
}

static size_t padded(uint8_t *to, uint32_t value, size_t width)
{
    return digits_padded((char *)to, value, width);
}

uint8_t *write_uint(uint8_t *to, uint64_t value)
{
    return to + digits(to, value);
}

void emit_uint(struct json_emit *e, uint64_t value)
{
    begin_value(e);
    e->len += digits(emit_reserve(e, EMIT_SCALAR_MAX), value);
}

uint8_t *write_millis(uint8_t *to, int64_t ns)
{
    uint64_t magnitude = ns < 0 ? UINT64_C(0) - (uint64_t)ns : (uint64_t)ns;
    uint64_t whole = magnitude / (uint64_t)STAMP_MILLISECOND;
    uint32_t fraction = (uint32_t)(magnitude - whole * (uint64_t)STAMP_MILLISECOND);

    if (ns < 0)
        *to++ = '-';
    to += digits(to, whole);
    if (fraction == 0)
        return to;
    *to++ = '.';
    /* Most captures have microseconds. */
    to += fraction % 1000 == 0 ? padded(to, fraction / 1000, 3) : padded(to, fraction, 6);
    while (to[-1] == '0')
        to--;
    return to;
}

void emit_millis(struct json_emit *e, int64_t ns)
{
    uint8_t *to;

    begin_value(e);
    to = emit_reserve(e, EMIT_SCALAR_MAX);
    e->len += (size_t)(write_millis(to, ns) - to);
}

struct civil_day {
    uint64_t year;
    unsigned month; /* 1 to 12 */
    unsigned day;   /* 1 to 31 */
};

/* The proleptic Gregorian date `days` after 1970-01-01. 64 bits of nanoseconds reach from 1677 to
 * 2262, so that years stay of four digits. Counted in years that begin in March, whose leap day is
 * their last; 719468 days lie between 0000-03-01 and 1970-01-01, 146097 in 400 years. */
static struct civil_day civil_of(int64_t days)
{
    uint64_t since = (uint64_t)(days + 719468);
    uint64_t era = since / 146097;
    uint64_t day_of_era = since % 146097;
    uint64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint64_t month = (5 * day_of_year + 2) / 153; /* 0 is March */
    struct civil_day civil = {
        .year = era * 400 + year_of_era + (month >= 10 ? 1 : 0),
        .month = (unsigned)(month < 10 ? month + 3 : month - 9),
        .day = (unsigned)(day_of_year - (153 * month + 2) / 5 + 1),
    };

    return civil;
}

void emit_time(struct json_emit *e, struct stamp at, enum emit_precision precision)
{
    int64_t seconds = at.ns / STAMP_SECOND;
    int64_t nanos = at.ns % STAMP_SECOND;
    uint32_t of_day;
    struct civil_day civil;
    uint8_t *to;
    size_t n = 0;

    if (nanos < 0) {
        nanos += STAMP_SECOND;
        seconds--;
    }
    of_day = (uint32_t)((seconds % 86400 + 86400) % 86400);
    civil = civil_of((seconds - of_day) / 86400);
    begin_value(e);
    to = emit_reserve(e, EMIT_SCALAR_MAX);
    to[n++] = '"';
    n += padded(to + n, (uint32_t)civil.year, 4);
    to[n++] = '-';
    n += padded(to + n, civil.month, 2);
    to[n++] = '-';
    n += padded(to + n, civil.day, 2);
    to[n++] = 'T';
    n += padded(to + n, of_day / 3600, 2);
    to[n++] = ':';
    n += padded(to + n, of_day / 60 % 60, 2);
    to[n++] = ':';
    n += padded(to + n, of_day % 60, 2);
    to[n++] = '.';
    if (precision == EMIT_NANOSECONDS)
        n += padded(to + n, (uint32_t)nanos, NANO_DIGITS);
    else
        n += padded(to + n, (uint32_t)nanos / 1000, MICRO_DIGITS);
    to[n++] = 'Z';
    to[n++] = '"';
    e->len += n;
}

uint8_t *write_enhanced(uint8_t *to, struct enhanced_code code)
{
    *to++ = '"';
    to += digits(to, code.class);
    *to++ = '.';
    to += digits(to, code.subject);
    *to++ = '.';
    to += digits(to, code.detail);
    *to++ = '"';
    return to;
}

void emit_enhanced(struct json_emit *e, struct enhanced_code code)
{
    uint8_t *to;

    if (code.class == 0) {
        emit_null(e);
        return;
    }
    begin_value(e);
    to = emit_reserve(e, EMIT_SCALAR_MAX);
    e->len += (size_t)(write_enhanced(to, code) - to);
}

void emit_uint_or_null(struct json_emit *e, uint64_t value)
{
    if (value == 0)
        emit_null(e);
    else
        emit_uint(e, value);
}

void emit_name(struct json_emit *e, const char *name)
{
    struct slice word = slice_of_string(name);

    emit_words(e, &word, 1);
}

void emit_words(struct json_emit *e, const struct slice *words, size_t count)
{
    begin_value(e);
    put(e, '"');
    for (size_t i = 0; i < count; i++)
        put_slice(e, words[i]);
    put(e, '"');
}

/* Octets at the start of `s` up to the next plain one, so that no character is cut; of a run longer
 * than ODD_MAX as many whole characters as fit, counted by what begins one. */
static size_t odd_length(struct slice s)
{
    size_t n = 0;

    while (n < s.len && n < ODD_MAX && !octet_is_plain(s.data[n]))
        n++;
    if (n < ODD_MAX || n == s.len)
        return n;
    while (n > ODD_MAX - 4 && (s.data[n] & 0xC0) == 0x80)
        n--;
    return n;
}

enum text_form {
    TEXT_UTF8,
    TEXT_RECORD,
    TEXT_RECORD_UPPER, /* with ASCII letters in upper case */
};

static void put_odd(struct json_emit *e, struct slice s, enum text_form form)
{
    uint8_t *to = emit_reserve(e, ESCAPED_MAX);
    struct text_sink sink = text_sink_of(to, ESCAPED_MAX);

    if (form == TEXT_UTF8)
        escape_json(&sink, s);
    else
        escape_json_record(&sink, s);
    assert(sink.dropped == 0);
    e->len += sink.len;
}

/* The inside of a string. */
static void put_text(struct json_emit *e, struct slice s, enum text_form form)
{
    while (s.len > 0) {
        size_t n = plain_length(slice_part(s, 0, EMIT_BUFFER));

        put_slice(e, slice_part(s, 0, n));
        for (size_t i = e->len - n; form == TEXT_RECORD_UPPER && i < e->len; i++)
            e->data[i] = ascii_upper(e->data[i]);
        s = slice_from(s, n);
        n = odd_length(s);
        put_odd(e, slice_part(s, 0, n), form);
        s = slice_from(s, n);
    }
}

/* A string in one piece, which nearly all are; false, and nothing written, where it holds anything to
 * escape. */
static bool put_plain_string(struct json_emit *e, struct slice s)
{
    uint8_t *to;

    if (s.len > EMIT_BUFFER - 2 || plain_length(s) < s.len)
        return false;
    to = emit_reserve(e, s.len + 2);
    to[0] = '"';
    mem_copy(to + 1, s.data, s.len);
    to[s.len + 1] = '"';
    e->len += s.len + 2;
    return true;
}

static void put_string(struct json_emit *e, struct slice s, enum text_form form)
{
    begin_value(e);
    if (put_plain_string(e, s))
        return;
    put(e, '"');
    put_text(e, s, form);
    put(e, '"');
}

void emit_text(struct json_emit *e, struct slice text)
{
    put_string(e, text, TEXT_UTF8);
}

void emit_sentences(struct json_emit *e, const char *first, const char *second)
{
    begin_value(e);
    put(e, '"');
    put_text(e, slice_of_string(first), TEXT_UTF8);
    put(e, ' ');
    put_text(e, slice_of_string(second), TEXT_UTF8);
    put(e, '"');
}

void emit_wire(struct json_emit *e, struct slice octets)
{
    put_string(e, octets, TEXT_RECORD);
}

void emit_key_wire(struct json_emit *e, struct slice name)
{
    begin_key(e);
    put(e, '"');
    put_text(e, name, TEXT_RECORD);
    put_slice(e, slice_of("\":", 2));
}

void emit_key_wire_upper(struct json_emit *e, struct slice name)
{
    begin_key(e);
    put(e, '"');
    put_text(e, name, TEXT_RECORD_UPPER);
    put_slice(e, slice_of("\":", 2));
}

void emit_string(struct json_emit *e, const char *text)
{
    if (text == NULL)
        emit_null(e);
    else
        emit_text(e, slice_of_string(text));
}

void emit_wire_or_null(struct json_emit *e, struct slice octets)
{
    if (octets.len == 0)
        emit_null(e);
    else
        emit_wire(e, octets);
}

void emit_members(struct json_emit *e, struct slice members)
{
    begin_key(e);
    put_slice(e, members);
    e->expects_value = false;
    e->needs_comma = true;
}

void emit_line_break(struct json_emit *e)
{
    put(e, '\n');
}

void emit_line_end(struct json_emit *e)
{
    assert(e->depth == 0);
    put(e, '\n');
    e->needs_comma = false;
}

enum { MARK_ROOM = EMIT_BUFFER / 2 };

uint64_t emit_mark(struct json_emit *e)
{
    (void)emit_reserve(e, MARK_ROOM);
    return e->drained + e->len;
}

struct slice emit_since(const struct json_emit *e, uint64_t mark)
{
    struct slice written;

    if (mark < e->drained)
        return slice_of(NULL, 0);
    written = slice_from(slice_of(e->data, e->len), (size_t)(mark - e->drained));
    return slice_starts(written, slice_of(",", 1)) ? slice_from(written, 1) : written;
}

enum status json_emit_status(const struct json_emit *e)
{
    if (e->status != STATUS_OK)
        errno = e->error;
    return e->status;
}

enum status json_emit_flush(struct json_emit *e)
{
    emit_drain(e);
    if (e->status == STATUS_OK && fflush(e->out) != 0) {
        e->status = STATUS_IO;
        e->error = errno;
    }
    return json_emit_status(e);
}
