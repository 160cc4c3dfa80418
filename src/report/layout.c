/* Gathers a paragraph, finds where its lines break, writes them with their colours. */
#include "report/layout.h"

#include <errno.h>
#include <stdarg.h>

#include "base/limits.h"
#include "report/escape.h"
#include "report/utf8.h"
#include "report/width.h"

/* A captured line with each of its octets as \xHH, and what stands beside it. */
enum { PARAGRAPH_MAX = 5 * LIMIT_LINE_KEPT };

enum { OWN_TEXT_MAX = 256, PIECE_ROOM = 512 };

/* ECMA-48 SGR. */
static const char *const colours[ROLE_COUNT] = {
    [ROLE_PLAIN] = "",         [ROLE_DIM] = "\x1b[2m",   [ROLE_STRONG] = "\x1b[1m",
    [ROLE_GOOD] = "\x1b[32m",  [ROLE_NOTE] = "\x1b[36m", [ROLE_WARN] = "\x1b[33m",
    [ROLE_BAD] = "\x1b[1;31m",
};

static const char colour_end[] = "\x1b[0m";

struct layout layout_of(FILE *out, unsigned columns, bool in_colour)
{
    if (columns < LAYOUT_COLUMNS_MIN)
        columns = LAYOUT_COLUMNS_MIN;
    if (columns > LAYOUT_COLUMNS_MAX)
        columns = LAYOUT_COLUMNS_MAX;
    return (struct layout){
        .out = out,
        .columns = columns,
        .in_colour = in_colour,
        .text = buf_of(PARAGRAPH_MAX),
    };
}

void layout_clear(struct layout *l)
{
    buf_clear(&l->text);
}

static enum status append(void *context, struct slice octets)
{
    struct layout *l = context;
    size_t dropped = 0;
    enum status status = buf_append(&l->text, octets, &dropped);

    l->dropped += dropped;
    return status;
}

/* From here on the text has this role; where the runs are used up, the last one goes on. */
static void begin_run(struct layout *l, enum role role)
{
    enum role before = l->run_count == 0 ? ROLE_PLAIN : l->runs[l->run_count - 1].role;

    if (role != before && l->run_count < LAYOUT_RUNS_MAX)
        l->runs[l->run_count++] = (struct layout_run){ .at = l->text.len, .role = role };
}

static void put(struct layout *l, enum role role, struct slice text)
{
    begin_run(l, role);
    if (l->status == STATUS_OK)
        l->status = append(l, text);
}

void layout_piece(struct layout *l, enum role role, struct slice text)
{
    put(l, role, text);
}

void layout_text(struct layout *l, enum role role, const char *text)
{
    put(l, role, slice_of_string(text));
}

void layout_format(struct layout *l, enum role role, const char *format, ...)
{
    char text[OWN_TEXT_MAX];
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (len > 0)
        put(l, role, slice_of_string(text));
}

void layout_wire(struct layout *l, enum role role, struct slice octets)
{
    uint8_t room[PIECE_ROOM];
    struct text_sink sink = text_sink_of(room, sizeof room);
    bool ends_in_space = octets.len > 0 && octets.data[octets.len - 1] == ' ';
    enum status status;

    begin_run(l, role);
    sink.context = l;
    sink.drain = append;
    escape_terminal(&sink, slice_part(octets, 0, octets.len - ends_in_space));
    /* A space at the end would not be seen, and in SMTP it means something. */
    if (ends_in_space)
        text_sink_put(&sink, slice_of_string("\\x20"));
    status = text_sink_flush(&sink);
    if (l->status == STATUS_OK)
        l->status = status;
}

void layout_foreign(struct layout *l, enum role role, const char *text)
{
    layout_wire(l, role, slice_of_string(text));
}

void layout_wire_cut(struct layout *l, enum role role, struct slice octets, size_t most)
{
    /* Not inside a character: its octets would come out as \xHH. */
    while (most > 0 && most < octets.len && (octets.data[most] & 0xC0) == 0x80)
        most--;
    layout_wire(l, role, slice_part(octets, 0, most));
    if (most < octets.len)
        layout_text(l, ROLE_DIM, "…");
}

size_t layout_column(const struct layout *l)
{
    return text_width(buf_view(&l->text));
}

static void put_spaces(struct layout *l, size_t count)
{
    static const char spaces[] = "                ";

    while (count > 0) {
        size_t n = count < sizeof spaces - 1 ? count : sizeof spaces - 1;

        put(l, ROLE_PLAIN, slice_of(spaces, n));
        count -= n;
    }
}

void layout_pad(struct layout *l, size_t column)
{
    size_t now = layout_column(l);

    if (now < column)
        put_spaces(l, column - now);
}

void layout_right(struct layout *l, enum role role, const char *text, size_t column)
{
    size_t width = text_width(slice_of_string(text));

    if (width < column)
        layout_pad(l, column - width);
    layout_text(l, role, text);
}

void layout_hang_at(struct layout *l, size_t column)
{
    size_t most = l->columns - LAYOUT_COLUMNS_MIN / 2;

    l->fixed = l->text.len;
    l->hang = column < most ? column : most;
}

void layout_hang(struct layout *l)
{
    layout_hang_at(l, layout_column(l));
}

static void write_octets(struct layout *l, struct slice s)
{
    if (l->status == STATUS_OK && s.len > 0 && fwrite(s.data, 1, s.len, l->out) != s.len) {
        l->status = STATUS_IO;
        l->error = errno;
    }
}

static void write_string(struct layout *l, const char *text)
{
    write_octets(l, slice_of_string(text));
}

static enum role role_at(const struct layout *l, size_t at, size_t *end)
{
    enum role role = ROLE_PLAIN;

    *end = l->text.len;
    for (size_t i = 0; i < l->run_count; i++) {
        if (l->runs[i].at > at) {
            *end = l->runs[i].at;
            break;
        }
        role = l->runs[i].role;
    }
    return role;
}

/* Writes octets `from` to `to` of the paragraph as one line. */
static void write_line(struct layout *l, size_t indent, size_t from, size_t to)
{
    struct slice text = buf_view(&l->text);

    for (size_t i = 0; i < indent && from < to; i++)
        write_string(l, " ");
    while (from < to) {
        size_t end;
        enum role role = role_at(l, from, &end);
        bool in_colour = l->in_colour && role != ROLE_PLAIN;

        end = end < to ? end : to;
        if (in_colour)
            write_string(l, colours[role]);
        write_octets(l, slice_part(text, from, end - from));
        if (in_colour)
            write_string(l, colour_end);
        from = end;
    }
    write_string(l, "\n");
}

static size_t without_spaces(struct slice text, size_t from, size_t to)
{
    while (to > from && text.data[to - 1] == ' ')
        to--;
    return to;
}

/* Columns of the word after the space at `at`. */
static size_t word_width(struct slice text, size_t at)
{
    size_t end = slice_find(text, at + 1, ' ');

    return text_width(slice_part(text, at + 1, (end == SLICE_NONE ? text.len : end) - at - 1));
}

/* Where the line that begins at `from` ends, if it has `room` columns and the next ones `next`: at
 * the last space that fits, inside a word only where that is too long for any line. Octets before
 * `fixed` are not broken. */
static size_t line_end(struct slice text, size_t from, size_t room, size_t next, size_t fixed)
{
    size_t at = from;
    size_t last_break = from;
    size_t columns = 0;

    /* No octet takes more than a column. */
    if (text.len - from <= room)
        return text.len;
    while (at < text.len) {
        uint32_t character = text.data[at];
        size_t len = character < 0x80 ? 1 : utf8_decode(slice_from(text, at), &character);

        if (character == ' ' && at > from && at >= fixed)
            last_break = at;
        columns += len == 0 ? 1 : character_width(character);
        if (columns > room && character != ' ' && at >= fixed) {
            if (last_break > from && word_width(text, last_break) <= next)
                return last_break;
            return at > from ? at : at + (len == 0 ? 1 : len);
        }
        at += len == 0 ? 1 : len;
    }
    return at;
}

static size_t room_after(size_t columns, size_t indent)
{
    return columns > indent ? columns - indent : 1;
}

static void end_paragraph(struct layout *l, size_t columns)
{
    struct slice text = buf_view(&l->text);
    size_t end = without_spaces(text, 0, text.len);
    size_t from = 0;
    size_t indent = 0;

    text = slice_part(text, 0, end);
    do {
        size_t to = line_end(text, from, room_after(columns, indent), room_after(columns, l->hang),
                             l->fixed);

        write_line(l, indent, from, without_spaces(text, from, to));
        while (to < text.len && text.data[to] == ' ')
            to++;
        from = to;
        indent = l->hang;
    } while (from < text.len);
    buf_reset(&l->text);
    l->run_count = 0;
    l->fixed = 0;
    l->hang = 0;
    l->dropped = 0;
}

void layout_end(struct layout *l)
{
    if (l->dropped > 0) {
        l->text.len -= 3; /* room for the ellipsis, at whose place no character may stay cut */
        while (l->text.len > 0 && (l->text.data[l->text.len] & 0xC0) == 0x80)
            l->text.len--;
        layout_text(l, ROLE_DIM, "…");
    }
    end_paragraph(l, l->columns);
}

void layout_end_prose(struct layout *l)
{
    end_paragraph(l, l->columns < LAYOUT_PROSE_MAX ? l->columns : LAYOUT_PROSE_MAX);
}

void layout_end_unbroken(struct layout *l)
{
    end_paragraph(l, SIZE_MAX);
}

void layout_blank(struct layout *l)
{
    write_string(l, "\n");
}

void layout_rule(struct layout *l)
{
    for (unsigned i = 0; i < l->columns; i++)
        layout_text(l, ROLE_DIM, "─");
    layout_end_unbroken(l);
}
