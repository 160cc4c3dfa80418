/* A streaming JSON emitter: values go straight into one buffer of fixed size, which is written to
 * the stream when it is full. Nothing is allocated a value, nothing is kept of what was written. */
#ifndef SMTPSCOPE_REPORT_JSON_EMIT_H
#define SMTPSCOPE_REPORT_JSON_EMIT_H

#include <assert.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/reply_code.h"
#include "base/slice.h"
#include "base/stamp.h"
#include "base/status.h"

/* The reports nest seven deep; the kinds of all open brackets fit one word. */
enum { EMIT_DEPTH_MAX = 32 };

enum emit_bracket {
    EMIT_ARRAY,
    EMIT_OBJECT,
};

enum emit_precision {
    EMIT_MICROSECONDS,
    EMIT_NANOSECONDS,
};

struct json_emit {
    FILE *out; /* the caller's */
    uint8_t *data;
    size_t len;
    uint64_t drained; /* octets handed to the stream before those */
    uint32_t kinds;   /* bit d: enum emit_bracket of the bracket at depth d */
    uint8_t depth;
    bool needs_comma;   /* a value stands before in the same bracket */
    bool expects_value; /* a key stands before */
    enum status status; /* latched: what comes after a failure is dropped */
    int error;          /* errno of the failure */
};

/* What one write takes: large enough that most sessions are one, small enough to stay in the
 * second-level cache. */
enum { EMIT_BUFFER = 65536 };

/* STATUS_NO_MEMORY: nothing is owned. `out` stays the caller's. */
MUST_USE enum status json_emit_init(struct json_emit *e, FILE *out);

/* Gives the buffer back; what was not flushed is lost. */
void json_emit_clear(struct json_emit *e);

void emit_open(struct json_emit *e, enum emit_bracket kind);
void emit_close(struct json_emit *e);

/* Hands the buffer to the stream, which may keep it: the buffer is empty afterwards, whatever
 * happened. */
void emit_drain(struct json_emit *e);

/* Room for `n` octets in one piece (n <= EMIT_BUFFER); they are counted by whoever fills them. */
static inline uint8_t *emit_reserve(struct json_emit *e, size_t n)
{
    assert(n <= EMIT_BUFFER);
    if (n > EMIT_BUFFER - e->len)
        emit_drain(e);
    return e->data + e->len;
}

/* True where a member of an object may be begun. */
static inline bool emit_may_begin_member(const struct json_emit *e)
{
    return e->depth > 0 && (e->kinds >> e->depth & 1U) == EMIT_OBJECT && !e->expects_value;
}

/* A key of the open object, quoted and with its colon; use EMIT_KEY with a literal that needs no
 * escape. Inline, so that its length is known: a good part of every report is keys. */
static inline void emit_key_quoted(struct json_emit *e, const char *quoted, size_t len)
{
    uint8_t *to = emit_reserve(e, len + 1);

    assert(emit_may_begin_member(e));
    to[0] = ',';
    mem_copy(to + e->needs_comma, quoted, len);
    e->len += len + e->needs_comma;
    e->needs_comma = false;
    e->expects_value = true;
}
#define EMIT_KEY(e, name) emit_key_quoted((e), "\"" name "\":", sizeof("\"" name "\":") - 1)

/* Keys that are not known beforehand, in the record form of report/escape.h; with ASCII letters in
 * upper case. */
void emit_key_wire(struct json_emit *e, struct slice name);
void emit_key_wire_upper(struct json_emit *e, struct slice name);

void emit_null(struct json_emit *e);
void emit_bool(struct json_emit *e, bool value);
void emit_uint(struct json_emit *e, uint64_t value);
void emit_uint_or_null(struct json_emit *e, uint64_t value); /* null for 0 */

/* Members in one go: they are written from where emit_reserve has made room, the first without a
 * comma before it, by the functions below, each of which returns where to go on; then the emitter is
 * told. The caller has opened the object, and knows how much they can take. */
static inline void emit_wrote_members(struct json_emit *e, const uint8_t *end)
{
    assert(emit_may_begin_member(e) && !e->needs_comma && end <= e->data + EMIT_BUFFER);
    e->len = (size_t)(end - e->data);
    e->needs_comma = true;
}
static inline uint8_t *write_slice(uint8_t *to, struct slice s)
{
    mem_copy(to, s.data, s.len);
    return to + s.len;
}
#define WRITE_LITERAL(to, text) write_slice((to), slice_of("" text, sizeof(text) - 1))
uint8_t *write_uint(uint8_t *to, uint64_t value);
uint8_t *write_millis(uint8_t *to, int64_t ns);
uint8_t *write_enhanced(uint8_t *to, struct enhanced_code code);

/* No number is longer as they write it. */
enum { WRITTEN_NUMBER_MAX = 32 };

/* Milliseconds from nanoseconds, exact: up to six decimals, no zeros at their end. */
void emit_millis(struct json_emit *e, int64_t ns);

/* RFC 3339 in UTC, e.g. "2026-11-24T01:02:03.123456Z"; six or nine digits of a second. */
void emit_time(struct json_emit *e, struct stamp at, enum emit_precision precision);

/* "5.7.26", null for class 0. */
void emit_enhanced(struct json_emit *e, struct enhanced_code code);

/* A word of ours that needs no escape, or several that make one. */
void emit_name(struct json_emit *e, const char *name);
void emit_words(struct json_emit *e, const struct slice *words, size_t count);

/* Text that should be UTF-8; octets that are not come out as U+FFFD. */
void emit_text(struct json_emit *e, struct slice text);

/* The same from a C string; NULL gives null. */
void emit_string(struct json_emit *e, const char *text);

/* Two such texts with a space between them. */
void emit_sentences(struct json_emit *e, const char *first, const char *second);

/* Captured octets in the record form: each outside printable ASCII and valid UTF-8 as \xHH. */
void emit_wire(struct json_emit *e, struct slice octets);

/* emit_wire, or null where there are no octets. */
void emit_wire_or_null(struct json_emit *e, struct slice octets);

/* One or more members that are JSON already; EMIT_MEMBERS takes a literal. */
void emit_members(struct json_emit *e, struct slice members);
static inline void emit_members_literal(struct json_emit *e, const char *members, size_t len)
{
    emit_key_quoted(e, members, len);
    e->needs_comma = true;
    e->expects_value = false;
}
#define EMIT_MEMBERS(e, text) emit_members_literal((e), "" text, sizeof(text) - 1)

/* A line end where white space may stand. */
void emit_line_break(struct json_emit *e);

/* Ends a line after a whole top-level value, so that the next one may follow (NDJSON). */
void emit_line_end(struct json_emit *e);

/* What was written since emit_mark, for whoever wants to write the same again: empty where it did
 * not stay in the buffer. It lives until the next value. */
uint64_t emit_mark(struct json_emit *e);
struct slice emit_since(const struct json_emit *e, uint64_t mark);

/* STATUS_IO where the stream has failed, errno says why. */
MUST_USE enum status json_emit_status(const struct json_emit *e);

/* Hands everything to the stream and flushes it. STATUS_IO where it failed, errno says why. */
MUST_USE enum status json_emit_flush(struct json_emit *e);

#endif
