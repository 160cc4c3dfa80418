/* The end of data, what looks like it, and what is wrong with content. */
#include "smtp/content.h"

#include <check.h>
#include <stdio.h>

#include "base/mem.h"
#include "support/suite.h"

static const struct place somewhere = { .frame = 7 };

/* Scans the whole text in pieces of `piece` octets; the offset where the end of data was found, or
 * SLICE_NONE. Look-alikes are passed. */
static size_t find_end(struct content_scanner *scanner, struct slice text, size_t piece)
{
    size_t at = 0;

    while (at < text.len) {
        struct slice part = slice_part(text, at, piece);
        struct lookalike which;
        size_t used;
        enum content_result result = content_scan(scanner, part, &somewhere, &used, &which);

        at += used;
        if (result == CONTENT_END)
            return at;
    }
    return SLICE_NONE;
}

static struct content_scanner scanner_of(enum smtp_verb verb)
{
    struct content_scanner scanner;

    content_scanner_init(&scanner, verb);
    return scanner;
}

static struct content_scanner scan(const char *octets, size_t len)
{
    struct content_scanner scanner = scanner_of(VERB_DATA);

    (void)find_end(&scanner, slice_of(octets, len), SIZE_MAX);
    return scanner;
}

#define SCAN(literal) scan(literal, sizeof(literal) - 1)

START_TEST(only_crlf_dot_crlf_ends_it)
{
    static const char text[] = "a\r\n.\n\n.\r\nb\n.\r\n..\r\n.x\r\n.\r\nQUIT\r\n";
    struct content_scanner scanner = scanner_of(VERB_DATA);

    /* _i is the size of the pieces. */
    ck_assert_uint_eq(find_end(&scanner, slice_of_string(text), (size_t)_i), sizeof(text) - 1 - 6);
}
END_TEST

START_TEST(a_dot_at_once_is_an_empty_message)
{
    struct content_scanner scanner = scanner_of(VERB_DATA);

    ck_assert_uint_eq(find_end(&scanner, slice_of_string(".\r\n"), SIZE_MAX), 3);
    ck_assert_uint_eq(content_octets(&scanner, scanner.terminator), 0);
}
END_TEST

START_TEST(stuffed_dots_and_the_terminator_are_no_message)
{
    struct content_scanner scanner = SCAN("..a\r\n...\r\nb.\r\n.\r\n");

    ck_assert_uint_eq(content_octets(&scanner, scanner.terminator), 12);
    ck_assert_uint_eq(scanner.lines, 3);
}
END_TEST

/* Every pair of breaks around the dot but the true one. */
START_TEST(every_other_framing_of_the_dot_is_a_lookalike)
{
    static const char *const breaks[] = { "\r\n", "\n", "\r", "\r\r\n" };
    enum line_break before = (enum line_break)(_i / 4);
    enum line_break after = (enum line_break)(_i % 4);
    bool is_end =
        after == LINE_BREAK_CRLF && (before == LINE_BREAK_CRLF || before == LINE_BREAK_CRCRLF);
    char text[32];
    struct content_scanner scanner;
    int len = snprintf(text, sizeof(text), "a%s.%sb", breaks[before], breaks[after]);

    for (size_t piece = 1; piece <= (size_t)len; piece++) {
        size_t end;

        scanner = scanner_of(VERB_DATA);
        end = find_end(&scanner, slice_of(text, (size_t)len), piece);
        ck_assert_int_eq(end != SLICE_NONE, is_end);
        ck_assert_uint_eq(scanner.facts.lookalikes.count, is_end ? 0 : 1);
        if (!is_end) {
            ck_assert_int_eq(scanner.facts.lookalike.before, before);
            ck_assert_int_eq(scanner.facts.lookalike.after, after);
        }
    }
}
END_TEST

START_TEST(a_nul_beside_the_dot_makes_a_lookalike)
{
    struct content_scanner before = SCAN("a\r\n\0.\r\nb");
    struct content_scanner after = SCAN("a\r\n.\0\r\nb");

    ck_assert(before.facts.lookalike.has_nul);
    ck_assert(after.facts.lookalike.has_nul);
    ck_assert_uint_eq(before.facts.nul.count, 1);
}
END_TEST

/* _i is the size of the pieces it comes in. */
START_TEST(what_stands_around_a_lookalike_is_kept_at_every_cut)
{
    static const char text[] = "one two three four five six\r\nseven\n.\nMAIL FROM:<x@y>\r\n"
                               "RCPT TO:<z@d>\r\nDATA\r\ninner\r\n.\r\n";
    static const char shown[] = "e six\r\nseven\n.\nMAIL FROM:<x@y>";
    struct content_scanner scanner = scanner_of(VERB_DATA);
    const struct lookalike *lookalike = &scanner.facts.lookalike;
    struct slice kept;

    (void)find_end(&scanner, slice_of(text, sizeof(text) - 1), (size_t)_i);
    kept = slice_of(lookalike->octets, lookalike->octets_len);
    ck_assert_int_eq(lookalike->leads_to, VERB_MAIL);
    ck_assert_uint_eq(lookalike->offset, 34);
    ck_assert_uint_eq(scanner.facts.smuggled, 1);
    ck_assert_uint_ge(kept.len, sizeof(shown) - 1);
    ck_assert(slice_equal(slice_from(kept, kept.len - (sizeof(shown) - 1)),
                          slice_of(shown, sizeof(shown) - 1)));
}
END_TEST

/* Credentials behind a look-alike are not kept. */
START_TEST(of_auth_behind_a_lookalike_only_the_mechanism_is_kept)
{
    struct content_scanner scanner = SCAN("a\n.\nAUTH PLAIN c2VjcmV0\r\n");
    struct slice kept =
        slice_of(scanner.facts.lookalike.octets, scanner.facts.lookalike.octets_len);

    ck_assert(slice_equal(kept, slice_of_string("a\n.\nAUTH PLAIN")));
}
END_TEST

START_TEST(three_carriage_returns_lose_none)
{
    struct content_scanner scanner = SCAN("a\r\r\r\n.\r\r\rb\r\n");

    ck_assert_uint_eq(scanner.facts.bare_cr.count, 5);
    ck_assert_uint_eq(scanner.offset, 12);
}
END_TEST

/* A CR is bare where no LF follows it, in text, beside a dot and in a chunk alike. */
START_TEST(each_bare_cr_is_counted_once)
{
    static const struct {
        const char *text;
        uint64_t count;
        uint64_t offset;
    } rows[] = {
        { "a\rX\r\n", 1, 1 },       { "a\r\rX\r\n", 2, 1 },       { "a\r\r\rX\r\n", 3, 1 },
        { "a\r\r\n", 1, 1 },        { "a\r\r\r\n", 2, 1 },        { "\r\n.\rX\r\n", 1, 3 },
        { "\r\n.\r\rX\r\n", 2, 3 }, { "\r\n.\r\r\rX\r\n", 3, 3 }, { "\r\n.\r\r\n", 1, 3 },
        { "\r\n.\r\r\r\n", 2, 3 },  { "\r\n\r\rX", 2, 2 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct slice in = slice_of_string(rows[i].text);
        struct content_scanner scanner = scan(rows[i].text, in.len);
        struct content_scanner chunk = scanner_of(VERB_BDAT);
        struct place place = { .frame = 7 };
        struct lookalike which;
        size_t used;

        ck_assert_int_eq(content_scan(&chunk, in, &place, &used, &which), CONTENT_MORE);
        ck_assert_uint_eq(scanner.facts.bare_cr.count, rows[i].count);
        ck_assert_uint_eq(scanner.facts.bare_cr.offset, rows[i].offset);
        ck_assert_uint_eq(chunk.facts.bare_cr.count, rows[i].count);
        ck_assert_uint_eq(chunk.facts.bare_cr.offset, rows[i].offset);
    }
}
END_TEST

START_TEST(a_text_line_of_1000_octets_is_not_too_long)
{
    char text[1100];
    struct content_scanner at_limit;
    struct content_scanner past_it;

    memset(text, 'x', sizeof(text));
    text[998] = '\r';
    text[999] = '\n';
    at_limit = scan(text, 1000);
    text[998] = 'x';
    text[999] = '\r';
    text[1000] = '\n';
    past_it = scan(text, 1001);
    ck_assert_uint_eq(at_limit.facts.long_line.count, 0);
    ck_assert_uint_eq(past_it.facts.long_line.count, 1);
    ck_assert_uint_eq(past_it.facts.longest_line, 1001);
    /* RFC 5321 4.5.2: the stuffed dot is no part of the line. */
    memmove(text + 1, text, 1000);
    text[0] = '.';
    text[1] = '.';
    text[999] = '\r';
    text[1000] = '\n';
    at_limit = scan(text, 1001);
    ck_assert_uint_eq(at_limit.facts.long_line.count, 0);
}
END_TEST

/* _i is the length of the first line. */
START_TEST(a_stuffed_dot_shortens_its_own_line_only)
{
    char text[1300];
    size_t first = (size_t)_i;
    struct content_scanner scanner = scanner_of(VERB_DATA);

    memset(text, 'a', sizeof(text));
    mem_copy(text, "..", 2);
    mem_copy(text + first - 2, "\r\n", 2);
    mem_copy(text + first + 999, "\r\n", 2);
    (void)find_end(&scanner, slice_of(text, sizeof(text)), SIZE_MAX);
    ck_assert_uint_eq(scanner.facts.longest_line, 1001);
    ck_assert_uint_eq(scanner.facts.long_line.count, 1);
}
END_TEST

START_TEST(sightings_tell_the_first_place_and_the_number)
{
    struct content_scanner scanner = SCAN("ab\ncd\nef\r\ngh\ri\xc3\xa9\r\n");

    ck_assert_uint_eq(scanner.facts.bare_lf.count, 2);
    ck_assert_uint_eq(scanner.facts.bare_lf.offset, 2);
    ck_assert_uint_eq(scanner.facts.bare_lf.frame, 7);
    ck_assert_uint_eq(scanner.facts.bare_cr.count, 1);
    ck_assert_uint_eq(scanner.facts.bare_cr.offset, 12);
    ck_assert_uint_eq(scanner.facts.eight_bit.offset, 14);
}
END_TEST

START_TEST(nothing_ends_a_chunk)
{
    struct content_scanner scanner = scanner_of(VERB_BDAT);

    ck_assert_uint_eq(find_end(&scanner, slice_of_string("a\r\n.\r\n..b\n.\n"), SIZE_MAX),
                      SLICE_NONE);
    ck_assert_uint_eq(scanner.facts.lookalikes.count, 0);
    ck_assert_uint_eq(content_octets(&scanner, 0), 12);
}
END_TEST

START_TEST(a_line_goes_on_from_chunk_to_chunk)
{
    struct content_scanner first = scanner_of(VERB_BDAT);
    struct content_scanner next;
    struct lookalike which;
    char text[600];
    size_t used;

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\r';
    (void)content_scan(&first, slice_of(text, sizeof(text)), &somewhere, &used, &which);
    next = first;
    content_scanner_next_chunk(&next);
    (void)content_scan(&next, slice_of_string("\nab\r"), &somewhere, &used, &which);
    ck_assert_uint_eq(first.facts.bare_cr.count, 0);
    ck_assert_uint_eq(next.facts.bare_lf.count, 0);
    ck_assert_uint_eq(next.facts.longest_line, 601);
    ck_assert_uint_eq(next.lines, 1);
    content_scanner_next_chunk(&next);
    (void)content_scan(&next, slice_of_string("cd\r\n"), &somewhere, &used, &which);
    ck_assert_uint_eq(next.facts.bare_cr.count, 1);
    ck_assert_uint_eq(next.facts.bare_cr.offset, 0);
}
END_TEST

START_TEST(a_long_line_may_begin_in_the_chunk_before)
{
    struct content_scanner first = scanner_of(VERB_BDAT);
    struct content_scanner next;
    struct lookalike which;
    char text[998];
    size_t used;

    memset(text, 'x', sizeof(text));
    (void)content_scan(&first, slice_of(text, sizeof(text)), &somewhere, &used, &which);
    next = first;
    content_scanner_next_chunk(&next);
    (void)content_scan(&next, slice_of_string("y\r\n"), &somewhere, &used, &which);
    ck_assert_uint_eq(next.facts.long_line.count, 1);
    ck_assert_uint_eq(next.facts.long_line.offset, 0);
    ck_assert_uint_eq(next.facts.longest_line, 1001);
}
END_TEST

START_TEST(after_a_hole_the_dot_is_in_no_known_line)
{
    struct content_scanner scanner = SCAN("a\r\n");

    content_gap(&scanner, 100);
    ck_assert_uint_eq(find_end(&scanner, slice_of_string(".\r\nb\r\n.\r\n"), SIZE_MAX), 9);
    ck_assert_uint_eq(scanner.lost, 100);
    ck_assert_uint_eq(content_octets(&scanner, scanner.terminator), 9);
}
END_TEST

/* Content as it may come: mostly lines of text, and every odd thing now and then. */
static size_t compose(char *text, size_t room, uint32_t seed)
{
    static const struct slice odd[] = {
        { (const uint8_t *)"\n", 1 },     { (const uint8_t *)"\r", 1 },
        { (const uint8_t *)".", 1 },      { (const uint8_t *)"\0", 1 },
        { (const uint8_t *)"\xc3", 1 },   { (const uint8_t *)"\r\n.\n", 4 },
        { (const uint8_t *)"\r\n..", 4 }, { (const uint8_t *)"\r\r\n", 3 },
    };
    size_t used = 0;

    while (used + 1400 < room) {
        uint32_t kind;
        size_t plain;

        seed = seed * 1664525 + 1013904223;
        kind = seed >> 16 & 63;
        plain = kind == 0 ? 1300 : seed >> 24 & 127;
        memset(text + used, 'x', plain);
        used += plain;
        if (kind < 1 + sizeof(odd) / sizeof(odd[0]) && kind > 0) {
            memcpy(text + used, odd[kind - 1].data, odd[kind - 1].len);
            used += odd[kind - 1].len;
        } else {
            memcpy(text + used, "\r\n", 2);
            used += 2;
        }
    }
    return used;
}

static void check_sightings(const struct sighting *a, const struct sighting *b)
{
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_uint_eq(a->offset, b->offset);
}

/* What is passed over many octets at a time is what is read octet by octet. _i is the seed. */
START_TEST(content_read_in_blocks_is_content_read_octet_by_octet)
{
    static char text[12000];
    struct slice in = slice_of(text, compose(text, sizeof(text), (uint32_t)_i));
    enum smtp_verb verb = _i % 4 == 0 ? VERB_BDAT : VERB_DATA;
    struct content_scanner whole = scanner_of(verb);
    struct content_scanner split = scanner_of(verb);

    (void)find_end(&whole, in, _i % 3 == 0 ? SIZE_MAX : 500 + (size_t)_i);
    (void)find_end(&split, in, 1);
    ck_assert_int_eq(whole.state, split.state);
    ck_assert_int_eq(whole.before, split.before);
    ck_assert_int_eq(whole.previous_lf, split.previous_lf);
    ck_assert_int_eq(whole.is_dot_stuffed, split.is_dot_stuffed);
    ck_assert_uint_eq(whole.offset, split.offset);
    ck_assert_uint_eq(whole.stuffed, split.stuffed);
    ck_assert_uint_eq(whole.lines, split.lines);
    ck_assert_uint_eq(whole.line_octets, split.line_octets);
    ck_assert_uint_eq(whole.facts.longest_line, split.facts.longest_line);
    check_sightings(&whole.facts.bare_lf, &split.facts.bare_lf);
    check_sightings(&whole.facts.bare_cr, &split.facts.bare_cr);
    check_sightings(&whole.facts.nul, &split.facts.nul);
    check_sightings(&whole.facts.eight_bit, &split.facts.eight_bit);
    check_sightings(&whole.facts.long_line, &split.facts.long_line);
    check_sightings(&whole.facts.lookalikes, &split.facts.lookalikes);
}
END_TEST

START_TEST(every_octet_over_127_is_counted)
{
    struct content_scanner scanner = SCAN("\xc3\xa9t\xc3\xa9\r\n\xc3\xa9.\xc3\r\n");

    ck_assert_uint_eq(scanner.facts.eight_bit.count, 7);
    ck_assert_uint_eq(scanner.facts.eight_bit.offset, 0);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("content");

    tcase_add_loop_test(tc, content_read_in_blocks_is_content_read_octet_by_octet, 0, 200);
    tcase_add_test(tc, every_octet_over_127_is_counted);
    tcase_add_loop_test(tc, what_stands_around_a_lookalike_is_kept_at_every_cut, 1, 100);
    tcase_add_test(tc, of_auth_behind_a_lookalike_only_the_mechanism_is_kept);

    tcase_add_loop_test(tc, only_crlf_dot_crlf_ends_it, 1, 40);
    tcase_add_test(tc, a_dot_at_once_is_an_empty_message);
    tcase_add_test(tc, stuffed_dots_and_the_terminator_are_no_message);
    tcase_add_loop_test(tc, every_other_framing_of_the_dot_is_a_lookalike, 0, 16);
    tcase_add_test(tc, a_nul_beside_the_dot_makes_a_lookalike);
    tcase_add_test(tc, three_carriage_returns_lose_none);
    tcase_add_test(tc, each_bare_cr_is_counted_once);
    tcase_add_test(tc, a_text_line_of_1000_octets_is_not_too_long);
    tcase_add_loop_test(tc, a_stuffed_dot_shortens_its_own_line_only, 4, 290);
    tcase_add_test(tc, sightings_tell_the_first_place_and_the_number);
    tcase_add_test(tc, nothing_ends_a_chunk);
    tcase_add_test(tc, a_line_goes_on_from_chunk_to_chunk);
    tcase_add_test(tc, a_long_line_may_begin_in_the_chunk_before);
    tcase_add_test(tc, after_a_hole_the_dot_is_in_no_known_line);
    return suite_run("smtp/content", tc);
}
