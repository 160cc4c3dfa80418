/* The content scanner and the header reader beside it: the split law, and counts that fit what was
 * fed.
 *
 * Input: options, where to cut, then the content, as one side's turns of fuzz/turns.h. */
#include <assert.h>
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/octets.h"
#include "fuzz/fuzz.h"
#include "fuzz/turns.h"
#include "smtp/content.h"
#include "smtp/header.h"
#include "support/exact.h"

enum { OPTION_CHUNK = 1 };

/* Octet by octet everything is slow. */
enum { SLOW_MAX = 16384 };

struct scan {
    struct content_scanner scanner;
    struct header_reader headers;
    uint64_t fed; /* octets, and those of holes */
    bool has_ended;
    uint64_t found; /* look-alikes that content_scan told of */
};

static void check(const struct scan *scan)
{
    const struct content_facts *facts = &scan->scanner.facts;

    assert(scan->scanner.offset <= scan->fed);
    assert(scan->scanner.stuffed <= scan->scanner.offset);
    assert(scan->scanner.lost <= scan->scanner.offset);
    assert(content_octets(&scan->scanner, 0) <= scan->scanner.offset);
    assert(facts->bare_lf.count == 0 || facts->bare_lf.offset < scan->scanner.offset);
    assert(facts->lookalike.octets_len <= sizeof(facts->lookalike.octets));
    assert(scan->headers.kept.len <= LIMIT_HEADER_KEPT);
}

static void feed(struct scan *scan, const struct chunk *chunk, enum cut cut, unsigned where)
{
    for (size_t at = 0; at < chunk->data.len && !scan->has_ended;) {
        struct slice part = exact_copy(cut_part(chunk->data, at, cut, where));
        struct lookalike which;
        size_t used = 0;
        enum content_result result =
            content_scan(&scan->scanner, part, &chunk->place, &used, &which);

        assert(used <= part.len);
        assert(result != CONTENT_MORE || used == part.len);
        assert(header_read(&scan->headers, slice_part(part, 0, used)) == STATUS_OK);
        scan->fed += used;
        scan->has_ended = result == CONTENT_END;
        scan->found += result == CONTENT_LOOKALIKE ? 1 : 0;
        at += used;
        exact_free(part);
        check(scan);
    }
    if (chunk->missing > 0 && !scan->has_ended) {
        /* More than 2^63 in all is not counted. */
        if (scan->fed > UINT64_MAX / 2 - chunk->missing)
            return;
        content_gap(&scan->scanner, chunk->missing);
        header_gap(&scan->headers);
        scan->fed += chunk->missing;
        check(scan);
    }
}

static void run(struct scan *scan, const struct turns *turns, unsigned option, enum cut cut,
                unsigned where)
{
    memset(scan, 0, sizeof(*scan)); /* the facts are compared octet by octet */
    content_scanner_init(&scan->scanner, option & OPTION_CHUNK ? VERB_BDAT : VERB_DATA);
    scan->headers = header_reader_of();
    for (size_t i = 0; i < turns->count && !scan->has_ended; i++)
        feed(scan, &turns->list[i], cut, where);
}

static void check_sighting(const struct sighting *a, const struct sighting *b)
{
    assert(a->count == b->count);
    assert(a->count == 0 || (a->offset == b->offset && a->frame == b->frame));
}

static void check_lookalike(const struct lookalike *a, const struct lookalike *b)
{
    assert(a->before == b->before && a->after == b->after && a->has_nul == b->has_nul);
    assert(a->leads_to == b->leads_to && a->offset == b->offset && a->frame == b->frame);
    assert(slice_equal(slice_of(a->octets, a->octets_len), slice_of(b->octets, b->octets_len)));
}

static void check_same(const struct scan *a, const struct scan *b)
{
    const struct content_facts *left = &a->scanner.facts;
    const struct content_facts *right = &b->scanner.facts;

    assert(a->has_ended == b->has_ended && a->found == b->found && a->fed == b->fed);
    assert(a->scanner.lines == b->scanner.lines && a->scanner.stuffed == b->scanner.stuffed);
    assert(content_octets(&a->scanner, 0) == content_octets(&b->scanner, 0));
    check_sighting(&left->bare_lf, &right->bare_lf);
    check_sighting(&left->bare_cr, &right->bare_cr);
    check_sighting(&left->nul, &right->nul);
    check_sighting(&left->eight_bit, &right->eight_bit);
    check_sighting(&left->long_line, &right->long_line);
    check_sighting(&left->lookalikes, &right->lookalikes);
    if (left->lookalikes.count > 0)
        check_lookalike(&left->lookalike, &right->lookalike);
    assert(left->smuggled == right->smuggled && left->longest_line == right->longest_line);
    assert(left->bare_lf_at_end == right->bare_lf_at_end);
    for (int i = 0; i < HEADER_FIELD_COUNT; i++)
        assert(slice_equal(header_body(&a->headers, (enum header_field)i),
                           header_body(&b->headers, (enum header_field)i)));
}

/* What is counted is what stands there: a CR at the very end may still be a line's. */
static void check_counts(const struct scan *scan, const struct turns *turns)
{
    const struct content_facts *facts = &scan->scanner.facts;
    struct slice all = slice_part(slice_of(turns->octets, turns->len), 0, (size_t)scan->fed);
    uint64_t lf = 0;
    uint64_t cr = 0;
    uint64_t nul = 0;

    for (size_t i = 0; i < turns->count; i++)
        if (turns->list[i].missing > 0)
            return;
    for (size_t i = 0; i < all.len; i++) {
        lf += all.data[i] == '\n' && (i == 0 || all.data[i - 1] != '\r') ? 1 : 0;
        cr += all.data[i] == '\r' && i + 1 < all.len && all.data[i + 1] != '\n' ? 1 : 0;
        nul += all.data[i] == 0 ? 1 : 0;
    }
    assert(facts->bare_lf.count == lf && facts->bare_cr.count == cr && facts->nul.count == nul);
    assert(facts->eight_bit.count == octets_count_8bit(all));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct turns turns;
    struct cursor c = cursor_of(slice_of(data, size));
    unsigned option = cursor_u8(&c);
    unsigned where = cursor_u8(&c);
    struct scan whole;
    struct scan parted;

    turns_read(&turns, cursor_rest(&c));
    run(&whole, &turns, option, CUT_NOWHERE, 0);
    check_counts(&whole, &turns);
    if (turns.len <= SLOW_MAX) {
        run(&parted, &turns, option, CUT_EVERYWHERE, 0);
        check_same(&whole, &parted);
        header_reader_clear(&parted.headers);
    }
    run(&parted, &turns, option, CUT_IN_TWO, where);
    check_same(&whole, &parted);
    header_reader_clear(&parted.headers);
    header_reader_clear(&whole.headers);
    return 0;
}
