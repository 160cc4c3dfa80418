/* The header that a proxy puts before the client's octets. */
#include "smtp/proxy_header.h"

#include "support/suite.h"

/* Twelve octets of addresses and ports, and the first of the client's. */
static const uint8_t wire[] = { '\r', '\n', '\r', '\n', 0,    '\r', '\n', 'Q', 'U', 'I',
                                'T',  '\n', 0x21, 0x11, 0,    12,   192,  0,   2,   1,
                                192,  0,    2,    2,    0x9c, 0x40, 0,    25,  'E' };
enum { WHOLE = sizeof(wire) - 1 };

/* _i is the number of octets that arrive first. */
START_TEST(a_header_may_be_cut_anywhere)
{
    struct proxy_header header = { .len = 0 };
    struct slice in = slice_of(wire, (size_t)_i);

    ck_assert_int_eq(proxy_header_feed(&header, &in), PARSE_MORE);
    ck_assert_uint_eq(in.len, 0);
    in = slice_of(wire + _i, sizeof(wire) - (size_t)_i);
    ck_assert_int_eq(proxy_header_feed(&header, &in), PARSE_OK);
    ck_assert_uint_eq(in.len, 1);
    ck_assert_uint_eq(proxy_header_length(&header), WHOLE);
}
END_TEST

/* _i is the octet that is another. */
START_TEST(what_differs_in_signature_or_version_is_none)
{
    struct proxy_header header = { .len = 0 };
    uint8_t other[sizeof(wire)] = { 0 };
    struct slice in = slice_of(other, sizeof(other));

    for (size_t i = 0; i < sizeof(other); i++)
        other[i] = i == (size_t)_i ? (uint8_t)(wire[i] ^ 0x10) : wire[i];
    ck_assert_int_eq(proxy_header_feed(&header, &in), PARSE_BAD);
    ck_assert_uint_eq(header.len, (size_t)_i);
    ck_assert_uint_eq(in.len, sizeof(other) - (size_t)_i);
}
END_TEST

START_TEST(a_header_may_have_no_addresses)
{
    static const uint8_t local[] = { '\r', '\n', '\r', '\n', 0,    '\r', '\n', 'Q',
                                     'U',  'I',  'T',  '\n', 0x20, 0,    0,    0 };
    struct proxy_header header = { .len = 0 };
    struct slice in = slice_of(local, sizeof(local));

    ck_assert_int_eq(proxy_header_feed(&header, &in), PARSE_OK);
    ck_assert_uint_eq(proxy_header_length(&header), sizeof(local));
}
END_TEST

START_TEST(a_line_names_the_protocol)
{
    ck_assert(proxy_header_is_line(slice_of_string("PROXY TCP4 192.0.2.1 192.0.2.2 40000 25")));
    ck_assert(proxy_header_is_line(slice_of_string("PROXY TCP6 2001:db8::1 2001:db8::2 40000 25")));
    ck_assert(proxy_header_is_line(slice_of_string("PROXY UNKNOWN")));
    ck_assert(!proxy_header_is_line(slice_of_string("PROXY")));
    ck_assert(!proxy_header_is_line(slice_of_string("PROXY TCP5 x")));
    ck_assert(!proxy_header_is_line(slice_of_string("proxy TCP4 192.0.2.1 192.0.2.2 40000 25")));
    ck_assert(!proxy_header_is_line(slice_of_string("PROXYING TCP4")));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("proxy_header");

    tcase_add_loop_test(tc, a_header_may_be_cut_anywhere, 0, WHOLE);
    tcase_add_loop_test(tc, what_differs_in_signature_or_version_is_none, 0, 13);
    tcase_add_test(tc, a_header_may_have_no_addresses);
    tcase_add_test(tc, a_line_names_the_protocol);
    return suite_run("smtp/proxy_header", tc);
}
