/* Names are compared as they are read; a line of no interest is passed over to its LF. */
#include "smtp/header.h"

#include "base/limits.h"

static const char *const names[HEADER_FIELD_COUNT] = {
    [HEADER_FROM] = "From",
    [HEADER_TO] = "To",
    [HEADER_SUBJECT] = "Subject",
    [HEADER_DATE] = "Date",
    [HEADER_MESSAGE_ID] = "Message-ID",
};

struct header_reader header_reader_of(void)
{
    struct header_reader reader = { .state = HEADER_NAME };

    for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++)
        reader.bodies[i] = buf_of(LIMIT_HEADER_FIELD);
    return reader;
}

void header_reader_clear(struct header_reader *reader)
{
    for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++)
        buf_clear(&reader->bodies[i]);
    reader->state = HEADER_DONE;
}

void header_gap(struct header_reader *reader)
{
    reader->state = HEADER_DONE;
}

/* The name before the colon is whole: does anybody want its body? */
static void choose_field(struct header_reader *reader)
{
    struct slice name = slice_trim(slice_of(reader->name, reader->name_len));

    reader->state = HEADER_OTHER;
    reader->was_kept = false;
    for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++) {
        if (reader->has[i] || !slice_equal_nocase(name, slice_of_string(names[i])))
            continue;
        reader->field = (enum header_field)i;
        reader->has[i] = true;
        reader->was_kept = true;
        reader->state = HEADER_BODY;
    }
}

/* One octet of a line's beginning. */
static void take_name_octet(struct header_reader *reader, uint8_t octet)
{
    if (octet == ':') {
        choose_field(reader);
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
    return reader->name_len == 0 && (octet == ' ' || octet == '\t');
}

enum status header_read(struct header_reader *reader, struct slice in)
{
    size_t at = 0;

    in = slice_part(in, 0, LIMIT_HEADER_KEPT - (size_t)reader->octets);
    while (at < in.len && reader->state != HEADER_DONE) {
        size_t lf;
        struct slice piece;
        size_t dropped;

        if (reader->state == HEADER_NAME && begins_fold(reader, in.data[at])) {
            reader->state = reader->was_kept ? HEADER_BODY : HEADER_OTHER;
        } else if (reader->state == HEADER_NAME) {
            take_name_octet(reader, in.data[at++]);
            continue;
        }
        lf = slice_find(in, at, '\n');
        piece = slice_part(in, at, lf == SLICE_NONE ? SIZE_MAX : lf + 1 - at);
        if (reader->state == HEADER_BODY &&
            buf_append(&reader->bodies[reader->field], piece, &dropped) != STATUS_OK)
            return STATUS_NO_MEMORY;
        at += piece.len;
        if (lf != SLICE_NONE) {
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
    struct slice body = buf_view(&reader->bodies[field]);

    while (body.len > 0 && is_space(body.data[0]))
        body = slice_from(body, 1);
    while (body.len > 0 && is_space(body.data[body.len - 1]))
        body.len--;
    return body;
}
