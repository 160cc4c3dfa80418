/* The small parsers of base/: enhanced codes, numbers, base64, words. What is read is what stands
 * there. */
#include <assert.h>
#include <string.h>

#include "base/base64.h"
#include "base/lines.h"
#include "base/octets.h"
#include "base/reply_code.h"
#include "fuzz/fuzz.h"
#include "smtp/verb.h"
#include "support/exact.h"
#include "support/line_walk.h"

static void check_enhanced(struct slice in)
{
    struct enhanced_code code = { 0 };
    char text[ENHANCED_CODE_TEXT_MAX];
    size_t used = enhanced_code_parse(in, &code);
    struct enhanced_code again = { 0 };

    assert(used <= in.len);
    if (used == 0)
        return;
    assert(code.class == 2 || code.class == 4 || code.class == 5);
    assert(code.subject <= 999 && code.detail <= 999);
    assert(used == in.len || in.data[used] == ' ');
    assert(enhanced_code_text(code, text) < sizeof(text));
    assert(enhanced_code_parse(slice_of_string(text), &again) == strlen(text));
    assert(enhanced_code_equal(code, again));
}

static void check_number(struct slice in)
{
    uint64_t number = 0;
    uint64_t sum = 0;

    if (!slice_to_u64(in, &number))
        return;
    assert(in.len > 0);
    for (size_t i = 0; i < in.len; i++) {
        assert(ascii_is_digit(in.data[i]));
        sum = sum * 10 + (uint64_t)(in.data[i] - '0');
    }
    assert(sum == number);
}

static void check_base64(struct slice in)
{
    uint8_t out[512];
    size_t len = 0;

    if (base64_decode(in, out, sizeof(out), &len))
        assert(len <= sizeof(out) && len <= in.len);
    assert(!base64_is_likely(in) || in.len >= 4);
    assert(!base64_decode(in, out, 0, &len) || len == 0);
}

static void check_words(struct slice in)
{
    struct slice rest = in;
    struct slice word;
    size_t octets = 0;

    while ((word = slice_next_word(&rest)).len > 0) {
        assert(slice_find(word, 0, ' ') == SLICE_NONE);
        assert(slice_find_nocase(in, word) != SLICE_NONE);
        octets += word.len;
    }
    assert(octets <= in.len && slice_trim(in).len <= in.len);
    assert(strlen(smtp_verb_name(smtp_verb_of(in))) > 0);
}

static void check_octets(struct slice in)
{
    size_t special = 0;
    uint64_t eight_bit = 0;

    while (special < in.len && in.data[special] != '\r' && in.data[special] != '\n' &&
           in.data[special] != 0)
        special++;
    for (size_t i = 0; i < in.len; i++)
        eight_bit += in.data[i] > 127 ? 1 : 0;
    assert(octets_find_special(in, 0, OCTETS_STOP_AT_BREAKS) == special);
    assert(octets_count_8bit(in) == eight_bit);
}

static void check_lines(struct slice in)
{
    if (in.len < LINES_BLOCK)
        return;
    for (unsigned means = 0; means < LINES_MEANS_COUNT; means++) {
        struct lines lines = { .is_at_start = true, .stops_at_dot = true, .longest_max = 100 };
        struct lines walked = lines;
        size_t passed;

        if (!lines_has(means))
            continue;
        passed = lines_pass_with(means, &lines, in);
        assert(line_walk(&walked, slice_part(in, 0, passed)));
        assert(lines.count == walked.count && lines.longest == walked.longest);
        assert(lines.line_octets == walked.line_octets && lines.eight_bit == walked.eight_bit);
        assert(lines.is_after_cr == walked.is_after_cr && lines.is_at_start == walked.is_at_start);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = exact_copy(slice_of(data, size));

    check_enhanced(in);
    check_number(in);
    check_base64(in);
    check_words(in);
    check_octets(in);
    check_lines(in);
    exact_free(in);
    return 0;
}
