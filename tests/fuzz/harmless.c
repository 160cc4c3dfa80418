/* Looks at reports with jansson's eyes. */
#include "fuzz/harmless.h"

#include <assert.h>
#include <jansson.h>

bool is_utf8(struct slice text)
{
    json_t *string = json_stringn((const char *)text.data, text.len);
    bool is_good = text.len == 0 || string != NULL;

    json_decref(string);
    return is_good;
}

void harmless_text(struct slice text)
{
    assert(is_utf8(text));
    for (size_t i = 0; i < text.len; i++) {
        assert(text.data[i] >= ' ' || text.data[i] == '\n');
        assert(text.data[i] != 0x7F);
        /* U+0080 to U+009F are controls too. */
        assert(text.data[i] != 0xC2 || text.data[i + 1] >= 0xA0);
    }
}

static void parse(struct slice text)
{
    json_error_t error;
    json_t *value =
        json_loadb((const char *)text.data, text.len,
                   JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);

    if (value == NULL)
        fprintf(stderr, "%s at %d: %.*s\n", error.text, error.position, (int)text.len,
                (const char *)text.data);
    assert(value != NULL);
    json_decref(value);
}

void harmless_json(struct slice text)
{
    harmless_text(text);
    parse(text);
}

void harmless_ndjson(struct slice text)
{
    harmless_text(text);
    while (text.len > 0) {
        size_t end = slice_find(text, 0, '\n');

        assert(end != SLICE_NONE);
        parse(slice_part(text, 0, end));
        text = slice_from(text, end + 1);
    }
}
