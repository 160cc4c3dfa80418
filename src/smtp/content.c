/* Lines that end in CRLF are passed over 64 octets at a time; what is odd goes through a state
 * machine, octet by octet. */
#include "smtp/content.h"

#include "base/lines.h"
#include "base/octets.h"

/* RFC 5321 4.5.3.1.6: a text line has at most 1000 octets, CRLF included. */
#define TEXT_LINE_MAX 1000

void content_scanner_init(struct content_scanner *scanner, enum smtp_verb verb)
{
    *scanner = (struct content_scanner){ .state = CONTENT_START,
                                         .before = LINE_BREAK_CRLF,
                                         .is_chunk = verb == VERB_BDAT };
}

void content_scanner_next_chunk(struct content_scanner *scanner)
{
    *scanner = (struct content_scanner){ .state = scanner->state,
                                         .before = scanner->before,
                                         .line_octets = scanner->line_octets,
                                         .is_chunk = true };
}

uint64_t content_octets(const struct content_scanner *scanner, uint64_t terminator)
{
    return scanner->offset - scanner->lost - scanner->stuffed - terminator;
}

/* Where something began `back` octets before `offset`: in this chunk at the earliest. */
static uint64_t offset_before(uint64_t offset, uint64_t back)
{
    return offset < back ? 0 : offset - back;
}

static uint64_t break_octets(enum line_break line_break)
{
    switch (line_break) {
    case LINE_BREAK_CRLF:
        return 2;
    case LINE_BREAK_LF:
    case LINE_BREAK_CR:
        return 1;
    case LINE_BREAK_CRCRLF:
        return 3;
    case LINE_BREAK_COUNT:
        break;
    }
    return 0;
}

static void see_first(struct sighting *sighting, uint64_t offset, const struct place *place)
{
    sighting->offset = offset;
    sighting->frame = place->frame;
    sighting->capture = place->capture;
}

static void see(struct sighting *sighting, uint64_t offset, const struct place *place)
{
    if (sighting->count == 0)
        see_first(sighting, offset, place);
    sighting->count++;
}

/* A line has ended before offset `end`. */
static void see_line(struct content_scanner *scanner, uint64_t end, const struct place *place)
{
    uint64_t octets = scanner->line_octets - (scanner->is_dot_stuffed ? 1 : 0);

    if (octets > scanner->facts.longest_line)
        scanner->facts.longest_line = octets;
    if (octets > TEXT_LINE_MAX)
        see(&scanner->facts.long_line, offset_before(end, scanner->line_octets), place);
    scanner->line_octets = 0;
    scanner->is_dot_stuffed = false;
}

/* CR alone ends no line for the count (RFC 5321 2.3.8). */
static void end_line(struct content_scanner *scanner, const struct place *place)
{
    scanner->lines++;
    see_line(scanner, scanner->offset, place);
}

static void take_break(struct content_scanner *scanner, enum line_break found,
                       const struct place *place)
{
    if (found != LINE_BREAK_CR) {
        scanner->previous_lf = found == LINE_BREAK_LF;
        end_line(scanner, place);
    }
    if (found == LINE_BREAK_LF)
        see(&scanner->facts.bare_lf, scanner->offset - 1, place);
    scanner->state = CONTENT_START;
    scanner->before = found;
    scanner->has_nul = false;
    scanner->nuls = 0;
}

/* The dot that was read is stuffing where what a strict reader takes for a line goes on after it:
 * only CRLF begins a line for him, and CR CR LF ends in one. */
static void dot_was_text(struct content_scanner *scanner)
{
    bool begins_line = scanner->before == LINE_BREAK_CRLF || scanner->before == LINE_BREAK_CRCRLF;

    if (begins_line && !scanner->has_nul && !scanner->is_chunk) {
        scanner->stuffed++;
        scanner->is_dot_stuffed = true;
    }
}

/* A dot alone between two breaks. */
static enum content_result take_dot_line(struct content_scanner *scanner, enum line_break after,
                                         const struct place *place, struct lookalike *which)
{
    enum line_break before = scanner->before;
    bool strict_before = before == LINE_BREAK_CRLF || before == LINE_BREAK_CRCRLF;
    struct lookalike found = {
        .before = before,
        .after = after,
        .has_nul = scanner->has_nul,
        .offset = offset_before(scanner->dot_at, scanner->nuls + break_octets(before)),
        .frame = place->frame,
        .capture = place->capture,
    };

    if (scanner->is_chunk) {
        take_break(scanner, after, place);
        return CONTENT_MORE;
    }
    scanner->terminator = 1 + break_octets(after);
    if (strict_before && after == LINE_BREAK_CRLF && !scanner->has_nul) {
        scanner->facts.bare_lf_at_end = scanner->previous_lf;
        scanner->line_octets = 0;
        return CONTENT_END;
    }
    dot_was_text(scanner);
    take_break(scanner, after, place);
    scanner->dot_is_a_line = after != LINE_BREAK_CR;
    see(&scanner->facts.lookalikes, found.offset, place);
    scanner->facts.bare_lf_at_end = true;
    *which = found;
    return CONTENT_LOOKALIKE;
}

/* The octet before the one just counted is a CR, and that one is no LF. */
static void bare_cr(struct content_scanner *scanner, const struct place *place)
{
    see(&scanner->facts.bare_cr, offset_before(scanner->offset, 2), place);
}

/* Counts octet number offset - 1, which is no line break. */
static void take_text(struct content_scanner *scanner, uint8_t octet, const struct place *place)
{
    if (octet == 0)
        see(&scanner->facts.nul, scanner->offset - 1, place);
    else if (octet > 127)
        see(&scanner->facts.eight_bit, scanner->offset - 1, place);
}

static void take_at_start(struct content_scanner *scanner, uint8_t octet, const struct place *place)
{
    if (octet == '\r') {
        scanner->state = CONTENT_CR;
    } else if (octet == '\n') {
        take_break(scanner, LINE_BREAK_LF, place);
    } else if (octet == '.') {
        scanner->state = CONTENT_DOT;
        scanner->dot_at = scanner->offset - 1;
    } else {
        take_text(scanner, octet, place);
        if (octet == 0) {
            scanner->has_nul = true;
            scanner->nuls++;
        } else {
            scanner->state = CONTENT_TEXT;
        }
    }
}

static enum content_result take_after_dot(struct content_scanner *scanner, uint8_t octet,
                                          const struct place *place, struct lookalike *which)
{
    if (octet == '\r') {
        scanner->state = CONTENT_DOT_CR;
        return CONTENT_MORE;
    }
    if (octet == '\n')
        return take_dot_line(scanner, LINE_BREAK_LF, place, which);
    take_text(scanner, octet, place);
    if (octet == 0) {
        scanner->has_nul = true;
        return CONTENT_MORE;
    }
    dot_was_text(scanner);
    scanner->state = CONTENT_TEXT;
    return CONTENT_MORE;
}

/* After "dot CR" or "dot CR CR". */
static enum content_result take_after_dot_cr(struct content_scanner *scanner, uint8_t octet,
                                             const struct place *place, struct lookalike *which)
{
    bool two = scanner->state == CONTENT_DOT_CRCR;

    if (octet == '\n')
        return take_dot_line(scanner, two ? LINE_BREAK_CRCRLF : LINE_BREAK_CRLF, place, which);
    bare_cr(scanner, place);
    if (octet == '\r' && !two) {
        scanner->state = CONTENT_DOT_CRCR;
        return CONTENT_MORE;
    }
    return take_dot_line(scanner, LINE_BREAK_CR, place, which);
}

/* After CR or CR CR in text. True where the octet was taken. */
static bool take_after_cr(struct content_scanner *scanner, uint8_t octet, const struct place *place)
{
    bool two = scanner->state == CONTENT_CRCR;

    if (octet == '\n') {
        take_break(scanner, two ? LINE_BREAK_CRCRLF : LINE_BREAK_CRLF, place);
        return true;
    }
    bare_cr(scanner, place);
    if (octet == '\r') {
        scanner->state = CONTENT_CRCR;
        return true;
    }
    take_break(scanner, LINE_BREAK_CR, place);
    return false;
}

/* One octet, already counted in `offset`. `*taken` false: look at it again in the new state. */
static enum content_result take(struct content_scanner *scanner, uint8_t octet,
                                const struct place *place, struct lookalike *which, bool *taken)
{
    enum content_result result = CONTENT_MORE;
    bool after_one_cr = scanner->state == CONTENT_DOT_CR;

    *taken = true;
    switch (scanner->state) {
    case CONTENT_TEXT:
        if (octet == '\r')
            scanner->state = CONTENT_CR;
        else if (octet == '\n')
            take_break(scanner, LINE_BREAK_LF, place);
        else
            take_text(scanner, octet, place);
        break;
    case CONTENT_START:
        take_at_start(scanner, octet, place);
        break;
    case CONTENT_DOT:
        result = take_after_dot(scanner, octet, place, which);
        break;
    case CONTENT_DOT_CR:
    case CONTENT_DOT_CRCR:
        result = take_after_dot_cr(scanner, octet, place, which);
        /* A look-alike that ends in CR ended before this octet. */
        *taken = octet == '\n' || (octet == '\r' && after_one_cr);
        break;
    case CONTENT_CR:
    case CONTENT_CRCR:
        *taken = take_after_cr(scanner, octet, place);
        break;
    }
    return result;
}

/* Counts the octets over 127 of what is passed over; it begins at `offset`. */
static void see_8bit(struct content_scanner *scanner, struct slice passed, uint64_t offset,
                     const struct place *place)
{
    struct sighting *seen = &scanner->facts.eight_bit;
    uint64_t count = octets_count_8bit(passed);
    size_t first = 0;

    if (count == 0)
        return;
    if (seen->count == 0) {
        while (passed.data[first] < 128)
            first++;
        see_first(seen, offset + first, place);
    }
    seen->count += count;
}

/* Passes over plain text; only in CONTENT_TEXT can it be skipped. */
static size_t skip_text(struct content_scanner *scanner, struct slice in, size_t at, size_t until,
                        const struct place *place)
{
    size_t next = octets_find_special(slice_part(in, 0, until), at, OCTETS_STOP_AT_BREAKS);

    see_8bit(scanner, slice_part(in, at, next - at), scanner->offset, place);
    scanner->offset += next - at;
    scanner->line_octets += next - at;
    return next;
}

/* Passes over octets as long as every line ends in CRLF and none begins with a dot: so is nearly
 * all of nearly every message, and nothing in it needs a decision. */
static size_t skip_lines(struct content_scanner *scanner, struct slice in, size_t at,
                         const struct place *place)
{
    struct sighting *eight_bit = &scanner->facts.eight_bit;
    unsigned stuffing = scanner->is_dot_stuffed ? 1 : 0;
    struct lines lines = {
        .is_at_start = scanner->state == CONTENT_START,
        .is_after_cr = scanner->state == CONTENT_CR,
        .stops_at_dot = !scanner->is_chunk,
        .line_octets = scanner->line_octets - stuffing,
        .longest_max = TEXT_LINE_MAX,
        .longest = scanner->facts.longest_line,
    };
    size_t passed = lines_pass(&lines, slice_from(in, at));

    if (passed == 0)
        return at;
    if (lines.eight_bit > 0) {
        if (eight_bit->count == 0)
            see_first(eight_bit, scanner->offset + lines.eight_bit_at, place);
        eight_bit->count += lines.eight_bit;
    }
    if (lines.count > 0) {
        scanner->before = LINE_BREAK_CRLF;
        scanner->previous_lf = false;
        scanner->is_dot_stuffed = false;
        stuffing = 0;
    }
    scanner->lines += lines.count;
    scanner->offset += passed;
    scanner->line_octets = lines.line_octets + stuffing;
    scanner->facts.longest_line = lines.longest;
    scanner->state = lines.is_at_start   ? CONTENT_START
                     : lines.is_after_cr ? CONTENT_CR
                                         : CONTENT_TEXT;
    return at + passed;
}

/* Whether blocks may be passed over from here: no dot, no NUL and no doubtful CR came just
 * before. */
static bool may_skip(const struct content_scanner *scanner, size_t left)
{
    return left >= LINES_BLOCK && !scanner->has_nul &&
           (scanner->state == CONTENT_TEXT || scanner->state == CONTENT_START ||
            scanner->state == CONTENT_CR);
}

static enum content_result scan(struct content_scanner *scanner, struct slice in,
                                const struct place *place, size_t *used, struct lookalike *which)
{
    size_t at = 0;
    size_t slow = 0; /* up to there one octet after the other: a block holds something odd */

    while (at < in.len) {
        enum content_result result;
        bool taken;

        if (at >= slow && may_skip(scanner, in.len - at)) {
            at = skip_lines(scanner, in, at, place);
            slow = at + LINES_BLOCK;
            continue;
        }
        slow = slow > at ? slow : at + LINES_BLOCK;
        if (scanner->state == CONTENT_TEXT) {
            at = skip_text(scanner, in, at, slow, place);
            if (at == in.len || at == slow)
                continue;
        }
        scanner->offset++;
        scanner->line_octets++;
        result = take(scanner, in.data[at], place, which, &taken);
        if (taken) {
            at++;
        } else {
            scanner->offset--;
            if (scanner->line_octets > 0)
                scanner->line_octets--;
        }
        if (result != CONTENT_MORE) {
            *used = at;
            return result;
        }
    }
    *used = in.len;
    return CONTENT_MORE;
}

enum content_result content_scan(struct content_scanner *scanner, struct slice in,
                                 const struct place *place, size_t *used, struct lookalike *which)
{
    enum content_result result = scan(scanner, in, place, used, which);

    if (scanner->is_chunk)
        return result;
    lookalike_watch_pass(&scanner->watch, slice_part(in, 0, *used), &scanner->facts);
    if (result == CONTENT_LOOKALIKE)
        lookalike_watch_begin(&scanner->watch, which, &scanner->facts);
    return result;
}

void content_gap(struct content_scanner *scanner, uint64_t missing)
{
    scanner->lost += missing;
    scanner->offset += missing;
    scanner->line_octets = 0;
    scanner->is_dot_stuffed = false;
    scanner->previous_lf = false;
    scanner->state = CONTENT_TEXT;
    scanner->watch = (struct lookalike_watch){ .state = WATCH_NOTHING };
}
