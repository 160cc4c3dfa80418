/* Sentences are bounded: a hostile peer decides how long its words are, not how long ours get. */
#include "findings/sentence.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/stamp.h"

#define MICROSECOND INT64_C(1000)

struct duration_text duration_text_of(int64_t nanoseconds)
{
    struct duration_text out;
    int64_t ns = nanoseconds < 0 ? 0 : nanoseconds;
    int64_t seconds = ns / STAMP_SECOND;

    if (ns < 100 * MICROSECOND)
        snprintf(out.text, sizeof(out.text), "%" PRId64 " µs", ns / MICROSECOND);
    else if (ns < 10 * STAMP_MILLISECOND)
        snprintf(out.text, sizeof(out.text), "%" PRId64 ".%" PRId64 " ms", ns / STAMP_MILLISECOND,
                 ns % STAMP_MILLISECOND / (STAMP_MILLISECOND / 10));
    else if (ns < STAMP_SECOND)
        snprintf(out.text, sizeof(out.text), "%" PRId64 " ms", ns / STAMP_MILLISECOND);
    else if (seconds < 600)
        snprintf(out.text, sizeof(out.text), "%" PRId64 ".%" PRId64 " s", seconds,
                 ns % STAMP_SECOND / (STAMP_SECOND / 10));
    else if (seconds < 3600)
        snprintf(out.text, sizeof(out.text), "%" PRId64 " min %" PRId64 " s", seconds / 60,
                 seconds % 60);
    else
        snprintf(out.text, sizeof(out.text), "%" PRId64 " h %" PRId64 " min", seconds / 3600,
                 seconds / 60 % 60);
    return out;
}

const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

void sentence_add(struct sentence *s, const char *format, ...)
{
    size_t room = sizeof(s->text) - s->len;
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = vsnprintf(s->text + s->len, room, format, arguments);
    va_end(arguments);
    if (n > 0)
        s->len += (size_t)n < room ? (size_t)n : room - 1;
}

void sentence_add_text(struct sentence *s, const char *text)
{
    size_t room = sizeof(s->text) - s->len - 1;
    size_t len = strlen(text);

    if (len > room)
        len = room;
    mem_copy(s->text + s->len, text, len);
    s->len += len;
    s->text[s->len] = '\0';
}

size_t character_boundary(struct slice octets, size_t max)
{
    size_t len = octets.len < max ? octets.len : max;

    if (len == octets.len)
        return len;
    /* A continuation octet (10xxxxxx) right after the cut belongs to a character before it; three
     * of them at most (RFC 3629 3), more is no UTF-8 and may be cut anywhere. */
    for (size_t back = 0; back < 4 && back < len; back++) {
        if ((octets.data[len - back] & 0xC0) != 0x80)
            return len - back;
    }
    return len;
}

void sentence_add_octets(struct sentence *s, struct slice octets, size_t max)
{
    size_t room = sizeof(s->text) - s->len - 1;
    size_t keep;

    if (room < sizeof("…"))
        return;
    if (max > room - sizeof("…"))
        max = room - sizeof("…");
    keep = character_boundary(octets, max);
    mem_copy(s->text + s->len, octets.data, keep);
    s->len += keep;
    s->text[s->len] = '\0';
    if (keep < octets.len)
        sentence_add(s, "…");
}
