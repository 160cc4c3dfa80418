/* Columns of characters, and which of them may reach a terminal. */
#include "report/width.h"

#include <check.h>

#include "support/suite.h"

START_TEST(characters_take_no_column_one_or_two)
{
    static const struct {
        uint32_t character;
        unsigned width;
    } rows[] = {
        { ' ', 1 },    { 'a', 1 },     { '~', 1 },     { 0xE9, 1 },    { 0x2FF, 1 },
        { 0x300, 0 },  { 0x301, 0 },   { 0x34E, 0 },   { 0x370, 1 },   { 0x20AC, 1 },
        { 0x0627, 1 }, { 0x064B, 0 },  { 0x10FF, 1 },  { 0x1100, 2 },  { 0x115E, 2 },
        { 0x4E2D, 2 }, { 0xA4CF, 2 },  { 0xA4D0, 1 },  { 0xFF01, 2 },  { 0xFF60, 2 },
        { 0xFF61, 1 }, { 0x1F600, 2 }, { 0x1F650, 1 }, { 0x303F, 1 },  { 0x3040, 1 },
        { 0x3041, 2 }, { 0x20000, 2 }, { 0x3FFFD, 2 }, { 0x1E94A, 0 }, { 0x1E94B, 1 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        ck_assert_msg(character_width(rows[i].character) == rows[i].width, "U+%04X",
                      (unsigned)rows[i].character);
}
END_TEST

START_TEST(controls_formats_and_private_characters_are_harmful)
{
    static const uint32_t characters[] = {
        0x00,   0x07,   0x1B,   0x1F,   0x7F,   0x80,   0x9B,    0x9F,    0xAD,    0x200B,   0x200E,
        0x2028, 0x202E, 0x2060, 0x2066, 0x2069, 0xFEFF, 0xE000,  0xF8FF,  0xFFFE,  0xFFFF,   0xFE0F,
        0x3164, 0xFFF9, 0x061C, 0x180E, 0xFDD0, 0xFFA0, 0x1FFFE, 0xE0001, 0xF0000, 0x10FFFF,
    };

    for (size_t i = 0; i < sizeof(characters) / sizeof(*characters); i++)
        ck_assert_msg(character_is_harmful(characters[i]), "U+%04X", (unsigned)characters[i]);
}
END_TEST

START_TEST(what_people_write_is_not_harmful)
{
    static const uint32_t characters[] = {
        0x20,   0x7E,   0xA0,   0xE9,   0x130,  0x300,  0x20AC, 0x0627, 0x064B,  0x4E2D,
        0x200A, 0x2010, 0x2027, 0x202F, 0x205F, 0xFFFC, 0xFFFD, 0xD7FF, 0x1F600, 0x3FFFD,
    };

    for (size_t i = 0; i < sizeof(characters) / sizeof(*characters); i++)
        ck_assert_msg(!character_is_harmful(characters[i]), "U+%04X", (unsigned)characters[i]);
}
END_TEST

/* A table with a row out of order would not be found by halving. */
START_TEST(what_is_combining_has_no_width_and_is_not_harmful)
{
    uint32_t previous = 0;
    unsigned ranges = 0;

    for (uint32_t character = 0; character < 0x110000; character++) {
        bool is_combining = character_is_combining(character);

        if (character_width(character) != 0 && is_combining)
            ck_abort_msg("U+%04X has a width", (unsigned)character);
        if (is_combining && character_is_harmful(character))
            ck_abort_msg("U+%04X is harmful", (unsigned)character);
        if (is_combining && previous + 1 != character)
            ranges++;
        previous = is_combining ? character : previous;
    }
    ck_assert_uint_gt(ranges, 250);
}
END_TEST

START_TEST(a_text_is_as_wide_as_its_characters)
{
    ck_assert_uint_eq(text_width(slice_of_string("")), 0);
    ck_assert_uint_eq(text_width(slice_of_string("250 ok")), 6);
    ck_assert_uint_eq(text_width(slice_of_string("e\xcc\x81t\xc3\xa9")), 3);
    ck_assert_uint_eq(text_width(slice_of_string("\xe4\xb8\xad\xe6\x96\x87")), 4);
    ck_assert_uint_eq(text_width(slice_of_string("\xf0\x9f\x98\x80!")), 3);
}
END_TEST

START_TEST(an_octet_that_is_no_character_takes_a_column)
{
    ck_assert_uint_eq(text_width(slice_of("\xff\xfe", 2)), 2);
    ck_assert_uint_eq(text_width(slice_of("a\xe4\xb8", 3)), 3);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("width");

    tcase_add_test(tc, characters_take_no_column_one_or_two);
    tcase_add_test(tc, controls_formats_and_private_characters_are_harmful);
    tcase_add_test(tc, what_people_write_is_not_harmful);
    tcase_add_test(tc, what_is_combining_has_no_width_and_is_not_harmful);
    tcase_add_test(tc, a_text_is_as_wide_as_its_characters);
    tcase_add_test(tc, an_octet_that_is_no_character_takes_a_column);
    return suite_run("report/width", tc);
}
