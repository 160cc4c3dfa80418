/* Names are compared as they are read; a line of no interest is passed over to its LF. */
#include "smtp/header.h"

#include "base/limits.h"

#define NAME(text)                                \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }

static const struct slice names[HEADER_FIELD_COUNT] = {
    [HEADER_FROM] = NAME("From"),
    [HEADER_TO] = NAME("To"),
    [HEADER_SUBJECT] = NAME("Subject"),
    [HEADER_DATE] = NAME("Date"),
    [HEADER_MESSAGE_ID] = NAME("Message-ID"),
};

struct header_reader header_reader_of(void)
{
    return (struct header_reader){ .state = HEADER_NAME,
                                   .kept =
                                       buf_of((size_t)HEADER_FIELD_COUNT * LIMIT_HEADER_FIELD) };
}

void header_reader_reset(struct header_reader *reader)
{
    reader->state = HEADER_NAME;
    reader->name_len = 0;
    reader->was_kept = false;
    reader->octets = 0;
    buf_reset(&reader->kept);
    for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++)
        reader->bodies[i] = (struct header_place){ .is_there = false };
}

void header_reader_clear(struct header_reader *reader)
{
    buf_clear(&reader->kept);
    for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++)
        reader->bodies[i].len = 0;
    reader->state = HEADER_DONE;
}

void header_gap(struct header_reader *reader)
{
    reader->state = HEADER_DONE;
}

/* The one field that is kept whose name begins so; HEADER_FIELD_COUNT: there is none. */
static enum header_field field_with_initial(uint8_t initial)
{
    switch (ascii_upper(initial)) {
    case 'F':
        return HEADER_FROM;
    case 'T':
        return HEADER_TO;
    case 'S':
        return HEADER_SUBJECT;
    case 'D':
        return HEADER_DATE;
    case 'M':
        return HEADER_MESSAGE_ID;
    default:
        return HEADER_FIELD_COUNT;
    }
}

/* Blanks before the colon are obsolete (RFC 5322 4.5), and hardly anybody sends them. */
static bool is_name(struct slice before_colon, struct slice name)
{
    return slice_equal_nocase(before_colon, name) ||
           (before_colon.len > name.len && slice_equal_nocase(slice_trim(before_colon), name));
}

/* The name before a colon is whole, and can be that of `field` only: is it, and does anybody want its
 * body? */
static void choose_field(struct header_reader *reader, enum header_field field,
                         struct slice before_colon)
{
    bool is_kept = field != HEADER_FIELD_COUNT && !reader->bodies[field].is_there &&
                   is_name(before_colon, names[field]);

    reader->state = is_kept ? HEADER_BODY : HEADER_OTHER;
    reader->was_kept = is_kept;
    if (!is_kept)
        return;
    reader->field = field;
    reader->bodies[field] =
        (struct header_place){ .begin = (uint32_t)reader->kept.len, .is_there = true };
}

/* One octet of a line's beginning. */
static void take_name_octet(struct header_reader *reader, uint8_t octet)
{
    if (octet == ':') {
        choose_field(reader, field_with_initial(reader->name[0]),
                     slice_of(reader->name, reader->name_len));
    } else if (octet == '\n') {
        /* An empty line ends the section; a line without a colon is none of ours. */
        if (reader->name_len == 0 || (reader->name_len == 1 && reader->name[0] == '\r'))
            reader->state = HEADER_DONE;
        reader->name_len = 0;
        reader->was_kept = false;
    } else if (reader->name_len == HEADER_NAME_MAX) {
        reader->state = HEADER_OTHER;
        reader->was_kept = false;
    } else {
        reader->name[reader->name_len++] = octet;
    }
}

/* RFC 5322 2.2.3: a line that begins with a blank, which is part of the body, goes on with it. */
static bool begins_fold(const struct header_reader *reader, uint8_t octet)
{
    return reader->name_len == 0 && ascii_is_blank(octet);
}

/* More of the body that is being kept, up to LIMIT_HEADER_FIELD in all. */
static enum status keep(struct header_reader *reader, struct slice piece)
{
    struct header_place *body = &reader->bodies[reader->field];
    struct slice fitting = slice_part(piece, 0, LIMIT_HEADER_FIELD - body->len);
    size_t dropped;

    body->len += (uint32_t)fitting.len;
    return buf_append(&reader->kept, fitting, &dropped);
}

/* Where the colon behind the name of `field` stands, if the line begins with that; usually nothing
 * stands between them. */
static size_t colon_of(struct slice line, enum header_field field)
{
    size_t usual = names[field].len;

    if (usual < line.len && line.data[usual] == ':')
        return usual;
    return slice_find(slice_part(line, 0, HEADER_NAME_MAX + 1), 0, ':');
}

/* Reads the name off a line that lies whole in what is read, and begins with no blank, as
 * take_name_octet does off one that comes in pieces. Returns the rest of the line. */
static struct slice take_name(struct header_reader *reader, struct slice line)
{
    enum header_field field = field_with_initial(line.data[0]);
    size_t colon = field == HEADER_FIELD_COUNT ? SLICE_NONE : colon_of(line, field);
    bool is_empty = line.data[0] == '\n' || (line.data[0] == '\r' && line.data[1] == '\n');

    if (colon != SLICE_NONE) {
        choose_field(reader, field, slice_part(line, 0, colon));
        return slice_from(line, colon + 1);
    }
    reader->was_kept = false;
    reader->state = is_empty ? HEADER_DONE : HEADER_OTHER;
    return slice_of(NULL, 0);
}

/* What a line that begins, or its name goes on with, `piece` turns out to be. Returns the rest of the
 * piece; `is_whole`: the line ends in it. */
static struct slice take_beginning(struct header_reader *reader, struct slice piece, bool is_whole)
{
    if (begins_fold(reader, piece.data[0])) {
        reader->state = reader->was_kept ? HEADER_BODY : HEADER_OTHER;
        return piece;
    }
    if (reader->name_len == 0 && is_whole)
        return take_name(reader, piece);
    while (piece.len > 0 && reader->state == HEADER_NAME) {
        take_name_octet(reader, piece.data[0]);
        piece = slice_from(piece, 1);
    }
    return piece;
}

enum status header_read(struct header_reader *reader, struct slice in)
{
    size_t at = 0;

    in = slice_part(in, 0, LIMIT_HEADER_KEPT - reader->octets);
    while (at < in.len && reader->state != HEADER_DONE) {
        size_t lf = slice_find(in, at, '\n');
        bool is_whole = lf != SLICE_NONE;
        struct slice piece = slice_of(in.data + at, (is_whole ? lf + 1 : in.len) - at);

        at += piece.len;
        if (reader->state == HEADER_NAME)
            piece = take_beginning(reader, piece, is_whole);
        if (reader->state == HEADER_BODY && keep(reader, piece) != STATUS_OK)
            return STATUS_NO_MEMORY;
        if (is_whole && reader->state != HEADER_DONE) {
            reader->state = HEADER_NAME;
            reader->name_len = 0;
        }
    }
    reader->octets += (uint32_t)at;
    if (reader->octets == LIMIT_HEADER_KEPT)
        reader->state = HEADER_DONE;
    return STATUS_OK;
}

static bool is_space(uint8_t octet)
{
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

struct slice header_body(const struct header_reader *reader, enum header_field field)
{
    const struct header_place *place = &reader->bodies[field];
    struct slice body = slice_part(buf_view(&reader->kept), place->begin, place->len);

    while (body.len > 0 && is_space(body.data[0]))
        body = slice_from(body, 1);
    while (body.len > 0 && is_space(body.data[body.len - 1]))
        body.len--;
    return body;
}
