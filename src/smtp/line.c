/* Lines, with what is wrong in them. A whole line in one piece is looked at where it lies. */
#include "smtp/line.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/octets.h"

struct line_reader line_reader_of(void)
{
    return (struct line_reader){ .begun = NULL };
}

void line_reader_clear(struct line_reader *reader)
{
    if (reader->begun == NULL)
        return;
    buf_clear(&reader->begun->kept);
    mem_free(reader->begun);
    reader->begun = NULL;
}

struct slice line_reader_kept(const struct line_reader *reader)
{
    return line_reader_is_at_start(reader) ? slice_of(NULL, 0) : buf_view(&reader->begun->kept);
}

void line_reader_doubt(struct line_reader *reader)
{
    if (!line_reader_is_at_start(reader))
        reader->begun->is_doubtful = true;
}

static enum status begin(struct line_reader *reader, const struct place *place)
{
    reader->begun = mem_alloc(sizeof(*reader->begun));
    if (reader->begun == NULL)
        return STATUS_NO_MEMORY;
    *reader->begun = (struct begun_line){ .kept = buf_of(LIMIT_LINE_KEPT), .begin = *place };
    return STATUS_OK;
}

enum status line_reader_copy(struct line_reader *to, const struct line_reader *from)
{
    size_t dropped;

    *to = line_reader_of();
    if (line_reader_is_at_start(from))
        return STATUS_OK;
    if (begin(to, &from->begun->begin) != STATUS_OK)
        return STATUS_NO_MEMORY;
    *to->begun = *from->begun;
    to->begun->kept = buf_of(LIMIT_LINE_KEPT);
    return buf_append(&to->begun->kept, buf_view(&from->begun->kept), &dropped);
}

static unsigned marks_of(struct slice text)
{
    unsigned marks = 0;
    size_t at = octets_find_special(text, 0, OCTETS_STOP_AT_8BIT);

    while (at < text.len) {
        uint8_t octet = text.data[at];

        if (octet == '\r')
            marks |= MARK_BARE_CR;
        else if (octet == 0)
            marks |= MARK_NUL;
        else if (octet > 127)
            marks |= MARK_8BIT;
        at = octets_find_special(text, at + 1, OCTETS_STOP_AT_8BIT);
    }
    return marks;
}

static unsigned end_octets(enum line_end end)
{
    return end == LINE_END_NONE ? 0 : end == LINE_END_CRLF ? 2 : 1;
}

/* Makes a line of the octets `kept` of `octets`, the end included. */
static void make_line(struct slice kept, uint64_t octets, enum line_end end, struct line *out)
{
    uint64_t text_octets = octets - end_octets(end);

    out->octets = octets;
    out->end = end;
    out->is_cut = text_octets > kept.len;
    out->text = out->is_cut ? kept : slice_part(kept, 0, (size_t)text_octets);
    out->marks = marks_of(out->text);
    if (end == LINE_END_LF)
        out->marks |= MARK_BARE_LF;
    if (end == LINE_END_CR)
        out->marks |= MARK_BARE_CR;
}

/* The line that was begun is whole; its octets stay where they are until the next is fed. */
static void complete(struct begun_line *begun, enum line_end end, struct line *out)
{
    make_line(buf_view(&begun->kept), begun->length, end, out);
    out->begin = begun->begin;
    out->last = begun->latest;
    if (begun->is_doubtful)
        out->marks |= MARK_AFTER_GAP;
    begun->length = 0;
}

size_t line_plain(struct slice in)
{
    size_t cr = octets_find_low(in);

    if (cr >= LIMIT_LINE_KEPT || in.len - cr < 2 || in.data[cr] != '\r' || in.data[cr + 1] != '\n')
        return 0;
    return cr + 2;
}

/* A whole line, nothing of which came before. */
static void take_whole(struct slice piece, const struct place *place, struct line *out)
{
    bool has_cr = piece.len > 1 && piece.data[piece.len - 2] == '\r';

    make_line(slice_part(piece, 0, LIMIT_LINE_KEPT), piece.len,
              has_cr ? LINE_END_CRLF : LINE_END_LF, out);
    out->begin = *place;
    out->last = *place;
}

static void take_plain(struct slice piece, const struct place *place, struct line *out)
{
    *out = (struct line){
        .text = slice_of(piece.data, piece.len - 2),
        .octets = piece.len,
        .end = LINE_END_CRLF,
        .begin = *place,
        .last = *place,
    };
}

/* Adds a piece to the line that was begun. True where it ends the line: its CR may have come in the
 * piece before. */
static bool go_on(struct begun_line *begun, struct slice piece, const struct place *place,
                  enum line_end *end, enum status *status)
{
    uint8_t last = piece.data[piece.len - 1];
    uint8_t before = piece.len > 1 ? piece.data[piece.len - 2] : begun->last;
    size_t dropped;

    *end = before == '\r' ? LINE_END_CRLF : LINE_END_LF;
    begun->length += piece.len;
    begun->last = last;
    begun->latest = *place;
    if (buf_append(&begun->kept, piece, &dropped) != STATUS_OK)
        *status = STATUS_NO_MEMORY;
    return last == '\n';
}

enum parse line_reader_feed(struct line_reader *reader, struct slice in, struct place place,
                            size_t *used, struct line *out, enum status *status)
{
    bool is_new = line_reader_is_at_start(reader);
    struct slice piece;
    enum line_end end;
    size_t lf;

    if (is_new)
        line_reader_clear(reader);
    *used = is_new ? line_plain(in) : 0;
    if (*used > 0) {
        take_plain(slice_part(in, 0, *used), &place, out);
        return PARSE_OK;
    }
    lf = slice_find(in, 0, '\n');
    piece = slice_part(in, 0, lf == SLICE_NONE ? in.len : lf + 1);
    *used = piece.len;
    if (piece.len == 0)
        return PARSE_MORE;
    if (is_new && lf != SLICE_NONE) {
        take_whole(piece, &place, out);
        return PARSE_OK;
    }
    if (is_new && begin(reader, &place) != STATUS_OK) {
        *status = STATUS_NO_MEMORY;
        return PARSE_MORE;
    }
    if (!go_on(reader->begun, piece, &place, &end, status))
        return PARSE_MORE;
    complete(reader->begun, end, out);
    return PARSE_OK;
}

bool line_reader_ends_in_cr(const struct line_reader *reader)
{
    return !line_reader_is_at_start(reader) && reader->begun->last == '\r';
}

bool line_reader_finish(struct line_reader *reader, struct line *out)
{
    if (line_reader_is_at_start(reader))
        return false;
    complete(reader->begun, line_reader_ends_in_cr(reader) ? LINE_END_CR : LINE_END_NONE, out);
    return true;
}
