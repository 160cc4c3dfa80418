/* Lines, with what is wrong in them. A whole line in one piece is looked at where it lies. */
#include "smtp/line.h"

#include "base/limits.h"
#include "base/octets.h"

struct line_reader line_reader_of(void)
{
    return (struct line_reader){ .kept = buf_of(LIMIT_LINE_KEPT) };
}

void line_reader_clear(struct line_reader *reader)
{
    buf_clear(&reader->kept);
    reader->length = 0;
    reader->is_doubtful = false;
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

/* Makes a line of `kept`, of which `end` octets at most are its end, and gets ready for the next;
 * the octets stay where they are until then. */
static void complete(struct line_reader *reader, struct slice kept, enum line_end end,
                     struct line *out)
{
    uint64_t end_octets = end == LINE_END_NONE ? 0 : end == LINE_END_CRLF ? 2 : 1;
    uint64_t text_octets = reader->length - end_octets;

    out->octets = reader->length;
    out->begin = reader->begin;
    out->last = reader->latest;
    out->end = end;
    out->is_cut = text_octets > kept.len;
    out->text = out->is_cut ? kept : slice_part(kept, 0, (size_t)text_octets);
    out->marks = marks_of(out->text);
    if (end == LINE_END_LF)
        out->marks |= MARK_BARE_LF;
    if (end == LINE_END_CR)
        out->marks |= MARK_BARE_CR;
    if (reader->is_doubtful)
        out->marks |= MARK_AFTER_GAP;
    reader->length = 0;
    reader->is_doubtful = false;
}

/* The end of a line whose LF is at `lf` of `in`: the CR may have come in the piece before. */
static enum line_end end_at(const struct line_reader *reader, struct slice in, size_t lf)
{
    uint8_t before = 0;

    if (lf > 0)
        before = in.data[lf - 1];
    else if (reader->length > 0)
        before = reader->last;
    return before == '\r' ? LINE_END_CRLF : LINE_END_LF;
}

/* Octets of the line that `in` begins with where it lies there whole, ends in CRLF, and has nothing
 * in it that is worth a mark: nearly every line. One search tells all that. 0: it may be another. */
static size_t plain_line(struct slice in)
{
    size_t cr = octets_find_special(in, 0, OCTETS_STOP_AT_8BIT);

    if (cr >= LIMIT_LINE_KEPT || in.len - cr < 2 || in.data[cr] != '\r' || in.data[cr + 1] != '\n')
        return 0;
    return cr + 2;
}

static void complete_plain(struct line_reader *reader, struct slice piece,
                           const struct place *place, struct line *out)
{
    *out = (struct line){
        .text = slice_of(piece.data, piece.len - 2),
        .octets = piece.len,
        .end = LINE_END_CRLF,
        .begin = *place,
        .last = *place,
    };
    buf_reset(&reader->kept);
}

enum parse line_reader_feed(struct line_reader *reader, struct slice in, struct place place,
                            size_t *used, struct line *out, enum status *status)
{
    bool is_new = reader->length == 0;
    struct slice piece;
    enum line_end end;
    size_t dropped;
    size_t lf;

    *used = is_new ? plain_line(in) : 0;
    if (*used > 0) {
        complete_plain(reader, slice_part(in, 0, *used), &place, out);
        return PARSE_OK;
    }
    lf = slice_find(in, 0, '\n');
    piece = slice_part(in, 0, lf == SLICE_NONE ? in.len : lf + 1);
    *used = piece.len;
    if (piece.len == 0)
        return PARSE_MORE;
    end = lf == SLICE_NONE ? LINE_END_NONE : end_at(reader, in, lf);
    reader->length += piece.len;
    reader->last = piece.data[piece.len - 1];
    reader->latest = place;
    if (is_new) {
        buf_reset(&reader->kept);
        reader->begin = place;
        if (lf != SLICE_NONE) {
            complete(reader, slice_part(piece, 0, LIMIT_LINE_KEPT), end, out);
            return PARSE_OK;
        }
    }
    if (buf_append(&reader->kept, piece, &dropped) != STATUS_OK)
        *status = STATUS_NO_MEMORY;
    if (lf == SLICE_NONE)
        return PARSE_MORE;
    complete(reader, buf_view(&reader->kept), end, out);
    return PARSE_OK;
}

bool line_reader_ends_in_cr(const struct line_reader *reader)
{
    return reader->length > 0 && reader->last == '\r';
}

bool line_reader_finish(struct line_reader *reader, struct line *out)
{
    if (reader->length == 0)
        return false;
    complete(reader, buf_view(&reader->kept),
             line_reader_ends_in_cr(reader) ? LINE_END_CR : LINE_END_NONE, out);
    return true;
}
