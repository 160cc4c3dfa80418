/* Digits without printf, against printf. */
#include "base/digits.h"

#include <inttypes.h>
#include <stdio.h>

#include "support/suite.h"

static const uint64_t numbers[] = { 0,
                                    1,
                                    9,
                                    10,
                                    15,
                                    16,
                                    99,
                                    100,
                                    101,
                                    255,
                                    256,
                                    999,
                                    1000,
                                    4095,
                                    4096,
                                    9999,
                                    65535,
                                    UINT32_MAX,
                                    UINT64_C(1) << 60,
                                    UINT64_MAX };

START_TEST(decimal_digits_are_printf_s)
{
    char expected[32];
    char got[32];

    got[digits_decimal(got, numbers[_i])] = '\0';
    snprintf(expected, sizeof(expected), "%" PRIu64, numbers[_i]);
    ck_assert_str_eq(got, expected);
}
END_TEST

START_TEST(padded_digits_are_printf_s)
{
    uint32_t number = (uint32_t)numbers[_i];
    char expected[32];
    char got[32];
    size_t least = digits_decimal(got, number);

    for (size_t width = least; width <= DIGITS_MAX; width++) {
        got[digits_padded(got, number, width)] = '\0';
        snprintf(expected, sizeof(expected), "%0*" PRIu32, (int)width, number);
        ck_assert_str_eq(got, expected);
    }
}
END_TEST

/* Around every power of ten and of two, where the number of digits changes or might be thought to. */
START_TEST(the_number_of_digits_is_right_at_every_power)
{
    char expected[32];
    char got[32];

    for (unsigned i = 0; i < 20 + 64; i++) {
        uint64_t power = i < 20 ? 1 : UINT64_C(1) << (i - 20);

        for (unsigned n = 0; n < i && i < 20; n++)
            power *= 10;
        for (uint64_t number = power - 1; number != power + 2; number++) {
            got[digits_decimal(got, number)] = '\0';
            snprintf(expected, sizeof(expected), "%" PRIu64, number);
            ck_assert_str_eq(got, expected);
        }
    }
}
END_TEST

START_TEST(hexadecimal_digits_are_printf_s)
{
    char expected[32];
    char got[32];

    snprintf(expected, sizeof(expected), "%" PRIx64, numbers[_i]);
    got[digits_hexadecimal(got, numbers[_i])] = '\0';
    ck_assert_str_eq(got, expected);
}
END_TEST

int main(void)
{
    int count = (int)(sizeof(numbers) / sizeof(numbers[0]));
    TCase *tc = tcase_create("digits");

    tcase_add_test(tc, the_number_of_digits_is_right_at_every_power);
    tcase_add_loop_test(tc, decimal_digits_are_printf_s, 0, count);
    tcase_add_loop_test(tc, padded_digits_are_printf_s, 0, count);
    tcase_add_loop_test(tc, hexadecimal_digits_are_printf_s, 0, count);
    return suite_run("base/digits", tc);
}
