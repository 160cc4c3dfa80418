/* Base64 off the wire: RFC 4648 10's vectors, and what is none. */
#include "base/base64.h"

#include <check.h>
#include <string.h>

#include "support/exact.h"
#include "support/suite.h"

START_TEST(the_vectors_of_the_rfc_are_decoded)
{
    static const char *const rows[][2] = {
        { "", "" },
        { "Zg==", "f" },
        { "Zm8=", "fo" },
        { "Zm9v", "foo" },
        { "Zm9vYg==", "foob" },
        { "Zm9vYmE=", "fooba" },
        { "Zm9vYmFy", "foobar" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        uint8_t out[16];
        size_t len;

        ck_assert(base64_decode(slice_of_string(rows[i][0]), out, sizeof(out), &len));
        ck_assert(slice_equal(slice_of(out, len), slice_of_string(rows[i][1])));
    }
}
END_TEST

START_TEST(every_octet_can_be_meant)
{
    uint8_t out[6];
    size_t len;

    /* AUTH PLAIN: NUL user NUL password. */
    ck_assert(base64_decode(slice_of_string("AGEAYg=="), out, sizeof(out), &len));
    ck_assert(slice_equal(slice_of(out, len), slice_of("\0a\0b", 4)));
    ck_assert(base64_decode(slice_of_string("+/+/"), out, sizeof(out), &len));
    ck_assert(slice_equal(slice_of(out, len), slice_of("\xfb\xff\xbf", 3)));
}
END_TEST

START_TEST(what_is_no_base64_is_refused)
{
    static const char *const rows[] = {
        "Z",        "Zg",   "Zg=",    "=",    "==",         "====",  "Zg==Zg==",
        "Zm9v====", "Z===", "Zm9v=",  "Zm=v", "Zm9 ",       " Zm9v", "Zm9v\r\n",
        "Zm-v",     "Zm_v", "Zm9v\n", "*",    "Zm\xc3\xa9", "Zm9vZ",
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        uint8_t out[32];
        size_t len = 99;

        ck_assert_msg(!base64_decode(slice_of_string(rows[i]), out, sizeof(out), &len), "%s",
                      rows[i]);
        ck_assert_uint_eq(len, 0);
    }
}
END_TEST

/* _i is how much of it arrived. */
START_TEST(at_every_cut_it_is_whole_groups_or_none)
{
    struct slice part = exact_copy(slice_part(slice_of_string("Zm9vYmFyYmF6"), 0, (size_t)_i));
    uint8_t out[9];
    size_t len;

    ck_assert_int_eq(base64_decode(part, out, sizeof(out), &len), _i % 4 == 0);
    ck_assert_uint_eq(len, _i % 4 == 0 ? (size_t)_i / 4 * 3 : 0);
    exact_free(part);
}
END_TEST

START_TEST(it_must_fit_the_room)
{
    uint8_t out[6] = { 0 };
    size_t len;

    ck_assert(base64_decode(slice_of_string("Zm9vYmFy"), out, 6, &len));
    ck_assert_uint_eq(len, 6);
    ck_assert(!base64_decode(slice_of_string("Zm9vYmFy"), out, 5, &len));
    ck_assert_uint_eq(len, 0);
    /* Padding is decoded into the room too before it is taken off. */
    ck_assert(!base64_decode(slice_of_string("Zg=="), out, 2, &len));
    ck_assert(base64_decode(slice_of_string("Zg=="), out, 3, &len));
}
END_TEST

START_TEST(base64_is_likely_from_four_octets_on)
{
    ck_assert(!base64_is_likely(slice_of_string("abc")));
    ck_assert(base64_is_likely(slice_of_string("abcd")));
    ck_assert(base64_is_likely(slice_of_string("abcde")));
    ck_assert(base64_is_likely(slice_of_string("+/9=")));
    ck_assert(base64_is_likely(slice_of_string("ab==")));
    ck_assert(!base64_is_likely(slice_of_string("a===")));
    ck_assert(!base64_is_likely(slice_of_string("a=bc")));
    ck_assert(!base64_is_likely(slice_of_string("ab c")));
    ck_assert(!base64_is_likely(slice_of_string("user@example")));
    ck_assert(!base64_is_likely(slice_of(NULL, 0)));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("base64");

    tcase_add_test(tc, the_vectors_of_the_rfc_are_decoded);
    tcase_add_test(tc, every_octet_can_be_meant);
    tcase_add_test(tc, what_is_no_base64_is_refused);
    tcase_add_loop_test(tc, at_every_cut_it_is_whole_groups_or_none, 0, 13);
    tcase_add_test(tc, it_must_fit_the_room);
    tcase_add_test(tc, base64_is_likely_from_four_octets_on);
    return suite_run("base/base64", tc);
}
