/* report/escape: nothing harmful comes out, the octets can be had back, and the room and the pieces
 * do not show.
 *
 * Input: the size of the room, then what was captured. */
#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "base/printable.h"
#include "fuzz/fuzz.h"
#include "fuzz/harmless.h"
#include "report/escape.h"
#include "report/utf8.h"
#include "report/width.h"
#include "support/exact.h"

enum { INPUT_MAX = 65536 };

struct gathered {
    size_t len;
    uint8_t octets[INPUT_MAX * ESCAPE_GROWTH_MAX];
};

static enum status gather(void *context, struct slice octets)
{
    struct gathered *all = context;

    assert(octets.len <= sizeof(all->octets) - all->len);
    mem_copy(all->octets + all->len, octets.data, octets.len);
    all->len += octets.len;
    return STATUS_OK;
}

/* The escaped octets, for the caller to free; the same with a room of `small` octets and a drain. */
static struct slice escape(void (*form)(struct text_sink *, struct slice), struct slice in,
                           size_t small)
{
    static struct gathered drained;
    static uint8_t little[256];
    size_t room = in.len * ESCAPE_GROWTH_MAX;
    uint8_t *octets = malloc(room + 1);
    struct text_sink sink = text_sink_of(octets, room);
    struct text_sink narrow = text_sink_of(little, small);

    assert(octets != NULL);
    form(&sink, in);
    assert(sink.status == STATUS_OK && sink.dropped == 0 && sink.len <= room);
    drained.len = 0;
    narrow.context = &drained;
    narrow.drain = gather;
    form(&narrow, in);
    assert(text_sink_flush(&narrow) == STATUS_OK && narrow.dropped == 0);
    assert(slice_equal(slice_of(drained.octets, drained.len), text_sink_view(&sink)));
    return text_sink_view(&sink);
}

static void release(struct slice s)
{
    free((void *)(uintptr_t)s.data);
}

static int digit(uint8_t c)
{
    if (ascii_is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes \xHH back. */
static void check_octets_come_back(struct slice shown, struct slice in)
{
    size_t at = 0;

    for (size_t i = 0; i < shown.len; at++) {
        uint8_t octet = shown.data[i];
        struct slice rest = slice_from(shown, i);
        bool is_escape = rest.len >= 4 && rest.data[0] == '\\' && rest.data[1] == 'x' &&
                         digit(rest.data[2]) >= 0 && digit(rest.data[3]) >= 0;

        if (is_escape)
            octet = (uint8_t)(digit(rest.data[2]) * 16 + digit(rest.data[3]));
        i += is_escape ? 4 : 1;
        assert(at < in.len && in.data[at] == octet);
    }
    assert(at == in.len);
}

/* What jansson reads of it as a string. */
static void check_json(struct slice inside)
{
    uint8_t *quoted = malloc(inside.len + 2);
    json_t *value;

    assert(quoted != NULL);
    quoted[0] = '"';
    mem_copy(quoted + 1, inside.data, inside.len);
    quoted[inside.len + 1] = '"';
    value =
        json_loadb((const char *)quoted, inside.len + 2, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert(value != NULL);
    json_decref(value);
    free(quoted);
}

static void check_characters(struct slice in)
{
    size_t plain = 0;

    while (plain < in.len && octet_is_plain(in.data[plain]))
        plain++;
    assert(plain_length(in) == plain);
    while (in.len > 0) {
        uint32_t character = 0;
        size_t len = utf8_decode(in, &character);

        assert(len <= UTF8_MAX && len <= in.len);
        assert((len > 0) == (len > 0 && is_utf8(slice_part(in, 0, len))));
        if (len > 0 && !character_is_harmful(character))
            assert(character_width(character) <= 2);
        in = slice_from(in, len == 0 ? 1 : len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor c = cursor_of(slice_of(data, size));
    size_t small = cursor_u8(&c) % 200 + 8U;
    struct slice in = exact_copy(slice_part(cursor_rest(&c), 0, INPUT_MAX));
    struct slice out;

    check_characters(in);
    out = escape(escape_terminal, in, small);
    harmless_text(out);
    assert(slice_find(out, 0, '\n') == SLICE_NONE);
    check_octets_come_back(out, in);
    assert(text_width(out) <= 2 * out.len);
    release(out);
    out = escape(escape_record, in, small);
    assert(is_utf8(out));
    release(out);
    out = escape(escape_json, in, small);
    harmless_text(out);
    check_json(out);
    release(out);
    out = escape(escape_json_record, in, small);
    harmless_text(out);
    check_json(out);
    release(out);
    exact_free(in);
    return 0;
}
