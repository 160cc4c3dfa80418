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

/* The name before a colon is whole: does anybody want its body? */
static void choose_field(struct header_reader *reader, struct slice before_colon)
{
    struct slice name = slice_trim(before_colon);

    reader->state = HEADER_OTHER;
    reader->was_kept = false;
    for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++) {
        if (!slice_equal_nocase(name, names[i]))
            continue;
        if (reader->bodies[i].is_there)
            return;
        reader->field = (enum header_field)i;
        reader->bodies[i] =
            (struct header_place){ .begin = (uint32_t)reader->kept.len, .is_there = true };
        reader->was_kept = true;
        reader->state = HEADER_BODY;
        return;
    }
}

/* One octet of a line's beginning. */
static void take_name_octet(struct header_reader *reader, uint8_t octet)
{
    if (octet == ':') {
        choose_field(reader, slice_of(reader->name, reader->name_len));
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

/* Of most lines the first octet tells that they are neither a field that is kept nor the empty line. */
static bool may_matter(uint8_t first)
{
    switch (ascii_upper(first)) {
    case 'F':
    case 'T':
    case 'S':
    case 'D':
    case 'M':
    case '\r':
    case '\n':
        return true;
    default:
        return false;
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

/* Reads the name off a line that lies whole in what is read, as take_name_octet does off one that
 * comes in pieces. Returns the rest of the line. */
static struct slice take_name(struct header_reader *reader, struct slice line)
{
    size_t colon = slice_find(slice_part(line, 0, HEADER_NAME_MAX + 1), 0, ':');

    if (colon != SLICE_NONE) {
        choose_field(reader, slice_part(line, 0, colon));
        return slice_from(line, colon + 1);
    }
    reader->was_kept = false;
    reader->state =
        line.len == 1 || (line.len == 2 && line.data[0] == '\r') ? HEADER_DONE : HEADER_OTHER;
    return slice_of(NULL, 0);
}

enum status header_read(struct header_reader *reader, struct slice in)
{
    size_t at = 0;

    in = slice_part(in, 0, LIMIT_HEADER_KEPT - (size_t)reader->octets);
    while (at < in.len && reader->state != HEADER_DONE) {
        size_t lf = slice_find(in, at, '\n');
        struct slice piece = slice_part(in, at, lf == SLICE_NONE ? SIZE_MAX : lf + 1 - at);

        if (reader->state == HEADER_NAME) {
            bool is_new = reader->name_len == 0;

            if (begins_fold(reader, piece.data[0])) {
                reader->state = reader->was_kept ? HEADER_BODY : HEADER_OTHER;
            } else if (is_new && !may_matter(piece.data[0])) {
                reader->state = HEADER_OTHER;
                reader->was_kept = false;
            } else if (is_new && lf != SLICE_NONE) {
                piece = take_name(reader, piece);
            } else {
                take_name_octet(reader, in.data[at++]);
                continue;
            }
        }
        if (reader->state == HEADER_BODY && keep(reader, piece) != STATUS_OK)
            return STATUS_NO_MEMORY;
        at = lf == SLICE_NONE ? in.len : lf + 1;
        if (lf != SLICE_NONE && reader->state != HEADER_DONE) {
            reader->state = HEADER_NAME;
            reader->name_len = 0;
        }
    }
    reader->octets += at;
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
