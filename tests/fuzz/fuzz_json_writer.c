/* json_emit: any run of values, well nested, is JSON to somebody else's parser.
 *
 * Input: one octet a value, and what it takes after it. */
#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "fuzz/fuzz.h"
#include "fuzz/harmless.h"
#include "report/json_emit.h"

enum { VALUES_MAX = 5000, DEEPEST = EMIT_DEPTH_MAX - 1 };

struct run {
    struct json_emit emit;
    struct cursor in;
    unsigned depth;
    enum emit_bracket kinds[EMIT_DEPTH_MAX];
    uint64_t keys; /* makes every key another */
};

static struct slice take_text(struct run *run)
{
    size_t len = cursor_u8(&run->in);

    return cursor_take(&run->in, len < cursor_left(&run->in) ? len : cursor_left(&run->in));
}

static uint64_t take_number(struct run *run)
{
    return (uint64_t)cursor_u32be(&run->in) << 32 | cursor_u32be(&run->in);
}

static void open_bracket(struct run *run, enum emit_bracket kind)
{
    emit_open(&run->emit, kind);
    run->kinds[run->depth++] = kind;
}

static void put_key(struct run *run, uint8_t what)
{
    char name[300];
    int len = snprintf(name, sizeof(name), "%llu-", (unsigned long long)run->keys++);
    struct slice text = take_text(run);

    memcpy(name + len, text.data == NULL ? (const uint8_t *)"" : text.data, text.len);
    if (what % 2 == 0)
        emit_key_wire(&run->emit, slice_of(name, (size_t)len + text.len));
    else
        emit_key_wire_upper(&run->emit, slice_of(name, (size_t)len + text.len));
}

static void put_value(struct run *run, uint8_t what)
{
    struct json_emit *e = &run->emit;
    char text[256] = "";
    struct slice from;

    switch (what % 13) {
    case 0:
        emit_null(e);
        break;
    case 1:
        emit_bool(e, what > 127);
        break;
    case 2:
        emit_uint(e, take_number(run));
        break;
    case 3:
        emit_uint_or_null(e, take_number(run));
        break;
    case 4:
        emit_millis(e, (int64_t)take_number(run));
        break;
    case 5:
        emit_time(e, (struct stamp){ (int64_t)take_number(run) },
                  what > 127 ? EMIT_NANOSECONDS : EMIT_MICROSECONDS);
        break;
    case 6:
        emit_enhanced(e, (struct enhanced_code){ (uint8_t)(what % 10),
                                                 (uint16_t)(cursor_u16be(&run->in) % 1000),
                                                 (uint16_t)(cursor_u16be(&run->in) % 1000) });
        break;
    case 7:
        emit_text(e, take_text(run));
        break;
    case 8:
    case 9:
        from = take_text(run);
        memcpy(text, from.data == NULL ? (const uint8_t *)"" : from.data, from.len);
        if (what % 13 == 8)
            emit_string(e, text);
        else
            emit_sentences(e, text, "and so on");
        break;
    case 10:
        emit_wire(e, take_text(run));
        break;
    case 11:
        emit_wire_or_null(e, take_text(run));
        break;
    default:
        if (run->depth < DEEPEST)
            open_bracket(run, what % 2 == 0 ? EMIT_ARRAY : EMIT_OBJECT);
        else
            emit_null(e);
        break;
    }
}

static void close_bracket(struct run *run)
{
    emit_close(&run->emit);
    run->depth--;
}

static void put_all(struct run *run)
{
    open_bracket(run, EMIT_OBJECT);
    for (int i = 0; i < VALUES_MAX && cursor_left(&run->in) > 0; i++) {
        uint8_t what = cursor_u8(&run->in);

        if (what == 255 && run->depth > 1) {
            close_bracket(run);
            continue;
        }
        if (what == 254)
            emit_line_break(&run->emit);
        if (run->kinds[run->depth - 1] == EMIT_OBJECT)
            put_key(run, what);
        put_value(run, what);
    }
    while (run->depth > 0)
        close_bracket(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run run = { .in = cursor_of(slice_of(data, size)) };
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert(out != NULL);
    assert(json_emit_init(&run.emit, out) == STATUS_OK);
    put_all(&run);
    assert(json_emit_flush(&run.emit) == STATUS_OK);
    json_emit_clear(&run.emit);
    assert(fclose(out) == 0);
    harmless_json(slice_of(text, len));
    free(text);
    return 0;
}
