/* UTF-8, whole and broken: RFC 3629. */
#include "report/utf8.h"

#include <check.h>

#include "support/exact.h"
#include "support/suite.h"

/* Writes a character as any encoder would that knows no limits; returns the octets. */
static size_t encode(uint32_t character, size_t octets, uint8_t out[4])
{
    static const uint8_t leads[] = { 0, 0x00, 0xC0, 0xE0, 0xF0 };

    for (size_t i = octets; i-- > 1; character >>= 6)
        out[i] = (uint8_t)(0x80 | (character & 0x3F));
    out[0] = (uint8_t)(leads[octets] | character);
    return octets;
}

static size_t shortest(uint32_t character)
{
    return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
}

START_TEST(every_character_is_read_back_and_no_surrogate)
{
    for (uint32_t character = 0; character < 0x110000; character++) {
        bool is_surrogate = character >= 0xD800 && character <= 0xDFFF;
        uint32_t read = 0xFFFFFFFF;
        uint8_t octets[4];
        size_t len = encode(character, shortest(character), octets);

        if (utf8_decode(slice_of(octets, len), &read) != (is_surrogate ? 0 : len) ||
            (!is_surrogate && read != character))
            ck_abort_msg("U+%04X", (unsigned)character);
    }
}
END_TEST

START_TEST(a_character_in_more_octets_than_it_needs_is_refused)
{
    static const uint32_t characters[] = { 0x00, 0x2F, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF };

    for (size_t i = 0; i < sizeof(characters) / sizeof(*characters); i++) {
        for (size_t octets = shortest(characters[i]) + 1; octets <= 4; octets++) {
            uint8_t out[4];
            uint32_t read;

            encode(characters[i], octets, out);
            ck_assert_uint_eq(utf8_decode(slice_of(out, octets), &read), 0);
        }
    }
}
END_TEST

START_TEST(a_character_past_the_last_is_refused)
{
    static const uint8_t last[] = { 0xF4, 0x8F, 0xBF, 0xBF };
    static const uint8_t past[] = { 0xF4, 0x90, 0x80, 0x80 };
    uint32_t read;

    ck_assert_uint_eq(utf8_decode(slice_of(last, 4), &read), 4);
    ck_assert_uint_eq(read, 0x10FFFF);
    ck_assert_uint_eq(utf8_decode(slice_of(past, 4), &read), 0);
}
END_TEST

/* _i is the octet. */
START_TEST(only_some_octets_can_begin_a_character)
{
    const uint8_t octets[] = { (uint8_t)_i, 0x90, 0x80, 0x80 };
    uint32_t read;
    size_t expected = _i < 0x80    ? 1
                      : _i < 0xC2  ? 0
                      : _i < 0xE0  ? 2
                      : _i == 0xE0 ? 0 /* 90: overlong */
                      : _i < 0xF0  ? 3
                      : _i < 0xF4  ? 4
                                   : 0;

    ck_assert_uint_eq(utf8_decode(slice_of(octets, 4), &read), expected);
}
END_TEST

/* _i is the octet, in the place of each octet after the first. */
START_TEST(what_follows_must_be_a_continuation)
{
    uint32_t read;

    for (size_t at = 1; at < 4; at++) {
        uint8_t octets[] = { 0xF1, 0x80, 0x80, 0x80 };
        bool continues = _i >= 0x80 && _i <= 0xBF;

        octets[at] = (uint8_t)_i;
        ck_assert_uint_eq(utf8_decode(slice_of(octets, 4), &read), continues ? 4 : 0);
    }
}
END_TEST

START_TEST(a_character_cut_at_any_octet_is_none)
{
    static const char *const characters[] = { "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };

    for (size_t i = 0; i < 4; i++) {
        for (size_t len = 0; len <= i + 1; len++) {
            struct slice part = exact_copy(slice_of(characters[i], len));
            uint32_t read;

            ck_assert_uint_eq(utf8_decode(part, &read), len == i + 1 ? len : 0);
            exact_free(part);
        }
    }
}
END_TEST

START_TEST(what_comes_after_a_character_is_not_looked_at)
{
    uint32_t read;

    ck_assert_uint_eq(utf8_decode(slice_of_string("\xc3\xa9\xff"), &read), 2);
    ck_assert_uint_eq(read, 0xE9);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("utf8");

    tcase_add_test(tc, every_character_is_read_back_and_no_surrogate);
    tcase_add_test(tc, a_character_in_more_octets_than_it_needs_is_refused);
    tcase_add_test(tc, a_character_past_the_last_is_refused);
    tcase_add_loop_test(tc, only_some_octets_can_begin_a_character, 0, 256);
    tcase_add_loop_test(tc, what_follows_must_be_a_continuation, 0, 256);
    tcase_add_test(tc, a_character_cut_at_any_octet_is_none);
    tcase_add_test(tc, what_comes_after_a_character_is_not_looked_at);
    return suite_run("report/utf8", tc);
}
