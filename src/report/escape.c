/* Octets strangers wrote -> text for a terminal, for a JSON value, for the inside of a JSON string.
 * Runs that need nothing are found with a table and copied at once. */
#include "report/escape.h"

#include "base/mem.h"
#include "report/utf8.h"
#include "report/width.h"

/* Real scripts put three marks on a letter; more is a heap that runs into the lines above. */
enum { COMBINING_MAX = 4 };

/* Which octets each form looks at twice, by bit. */
enum look {
    LOOK_TERMINAL = 1,
    LOOK_RECORD = 2,
    LOOK_JSON = 4,
};

/* clang-format off */
#define CONTROL (LOOK_TERMINAL | LOOK_RECORD | LOOK_JSON)
#define EIGHT(x) x, x, x, x, x, x, x, x
#define SIXTY_FOUR(x) \
    EIGHT(x), EIGHT(x), EIGHT(x), EIGHT(x), EIGHT(x), EIGHT(x), EIGHT(x), EIGHT(x)
static const uint8_t looks[256] = {
    EIGHT(CONTROL), EIGHT(CONTROL), EIGHT(CONTROL), EIGHT(CONTROL),
    ['"'] = LOOK_JSON,
    ['\\'] = LOOK_TERMINAL | LOOK_JSON,
    [0x7F] = CONTROL,
    SIXTY_FOUR(CONTROL), SIXTY_FOUR(CONTROL),
};
/* clang-format on */

static void drain(struct text_sink *sink, struct slice octets)
{
    if (sink->status == STATUS_OK)
        sink->status = sink->drain(sink->context, octets);
}

void text_sink_put(struct text_sink *sink, struct slice octets)
{
    while (octets.len > 0) {
        struct slice part = slice_part(octets, 0, sink->room - sink->len);

        mem_copy(sink->data + sink->len, part.data, part.len);
        sink->len += part.len;
        octets = slice_from(octets, part.len);
        if (octets.len == 0)
            return;
        if (sink->drain == NULL) {
            sink->dropped += octets.len;
            return;
        }
        drain(sink, text_sink_view(sink));
        sink->len = 0;
    }
}

enum status text_sink_flush(struct text_sink *sink)
{
    if (sink->drain != NULL && sink->len > 0) {
        drain(sink, text_sink_view(sink));
        sink->len = 0;
    }
    return sink->status;
}

static const char hex[] = "0123456789abcdef";

static void put_hex(struct text_sink *sink, uint8_t octet)
{
    const char text[] = { '\\', 'x', hex[octet >> 4], hex[octet & 0xF] };

    text_sink_put(sink, slice_of(text, sizeof text));
}

static void put_hex_all(struct text_sink *sink, struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        put_hex(sink, s.data[i]);
}

/* The same where it stands inside a JSON string. */
static void put_hex_in_json(struct text_sink *sink, uint8_t octet)
{
    const char text[] = { '\\', '\\', 'x', hex[octet >> 4], hex[octet & 0xF] };

    text_sink_put(sink, slice_of(text, sizeof text));
}

/* Puts the run at the start of `s` that `look` leaves alone; what is left of `s`. */
static struct slice put_run(struct text_sink *sink, struct slice s, enum look look)
{
    size_t n = 0;

    while (n < s.len && (looks[s.data[n]] & look) == 0)
        n++;
    text_sink_put(sink, slice_part(s, 0, n));
    return slice_from(s, n);
}

static bool is_hex(uint8_t octet)
{
    return ascii_is_digit(octet) || (ascii_upper(octet) >= 'A' && ascii_upper(octet) <= 'F');
}

/* Whether a backslash at the start of `s` would be read as one of our escapes. */
static bool reads_as_escape(struct slice s)
{
    return s.len >= 4 && s.data[1] == 'x' && is_hex(s.data[2]) && is_hex(s.data[3]);
}

void escape_terminal(struct text_sink *sink, struct slice s)
{
    unsigned marks = COMBINING_MAX; /* on the character before; at the start there is none */

    while (s.len > 0) {
        size_t before = s.len;
        uint32_t character = 0;
        size_t len;

        s = put_run(sink, s, LOOK_TERMINAL);
        if (s.len < before)
            marks = 0;
        if (s.len == 0)
            return;
        len = utf8_decode(s, &character);
        if (character == '\\' && !reads_as_escape(s)) {
            text_sink_put(sink, slice_part(s, 0, 1));
            marks = 0;
        } else if (len <= 1 || character_is_harmful(character)) {
            len = len == 0 ? 1 : len;
            put_hex_all(sink, slice_part(s, 0, len));
            marks = COMBINING_MAX;
        } else if (character_is_combining(character) && marks == COMBINING_MAX) {
            put_hex_all(sink, slice_part(s, 0, len));
        } else {
            text_sink_put(sink, slice_part(s, 0, len));
            marks = character_is_combining(character) ? marks + 1 : 0;
        }
        s = slice_from(s, len);
    }
}

void escape_record(struct text_sink *sink, struct slice s)
{
    while (s.len > 0) {
        uint32_t character = 0;
        size_t len;

        s = put_run(sink, s, LOOK_RECORD);
        if (s.len == 0)
            return;
        len = utf8_decode(s, &character);
        if (len <= 1) {
            put_hex(sink, s.data[0]);
            len = 1;
        } else {
            text_sink_put(sink, slice_part(s, 0, len));
        }
        s = slice_from(s, len);
    }
}

/* One character that JSON may not hold, or that is better not seen in it, as itself or escaped. */
static void put_json_character(struct text_sink *sink, struct slice s, uint32_t character)
{
    bool is_control = character < 0x20 || (character >= 0x7F && character < 0xA0);

    if (character == '"' || character == '\\') {
        text_sink_put(sink, slice_of("\\", 1));
        text_sink_put(sink, s);
    } else if (is_control || character == 0x2028 || character == 0x2029) {
        const char text[] = { '\\',
                              'u',
                              hex[character >> 12 & 0xF],
                              hex[character >> 8 & 0xF],
                              hex[character >> 4 & 0xF],
                              hex[character & 0xF] };

        text_sink_put(sink, slice_of(text, sizeof text));
    } else {
        text_sink_put(sink, s);
    }
}

enum json_source {
    JSON_OF_TEXT,
    JSON_OF_RECORD,
};

static void put_json(struct text_sink *sink, struct slice s, enum json_source source)
{
    while (s.len > 0) {
        uint32_t character = 0;
        size_t len;

        s = put_run(sink, s, LOOK_JSON);
        if (s.len == 0)
            return;
        len = utf8_decode(s, &character);
        if (source == JSON_OF_RECORD && (looks[s.data[0]] & LOOK_RECORD) != 0 && len <= 1)
            put_hex_in_json(sink, s.data[0]);
        else if (len == 0)
            text_sink_put(sink, slice_of_string("\xEF\xBF\xBD"));
        else
            put_json_character(sink, slice_part(s, 0, len), character);
        s = slice_from(s, len == 0 ? 1 : len);
    }
}

void escape_json(struct text_sink *sink, struct slice s)
{
    put_json(sink, s, JSON_OF_TEXT);
}

void escape_json_record(struct text_sink *sink, struct slice s)
{
    put_json(sink, s, JSON_OF_RECORD);
}
