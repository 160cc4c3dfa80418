/* TLS told from text by three octets. */
#include "smtp/probe.h"

#include <check.h>

#include "support/exact.h"
#include "support/suite.h"

static enum parse probe_octets(const uint8_t *octets, size_t len, enum probe_types types)
{
    struct tls_probe probe = { .len = 0 };
    struct slice in = slice_of(octets, len);

    return tls_probe_feed(&probe, &in, types);
}

/* _i is the first octet. */
START_TEST(a_record_begins_with_its_type)
{
    const uint8_t octets[] = { (uint8_t)_i, 3, 1 };
    bool begins_a_handshake = _i == 21 || _i == 22;
    bool is_a_type = _i >= 20 && _i <= 23;

    ck_assert_int_eq(probe_octets(octets, 3, PROBE_HANDSHAKE),
                     begins_a_handshake ? PARSE_OK : PARSE_BAD);
    ck_assert_int_eq(probe_octets(octets, 3, PROBE_ANY), is_a_type ? PARSE_OK : PARSE_BAD);
}
END_TEST

/* _i is an octet of the version: SSL 3.0 to TLS 1.3 are 3.0 to 3.4. */
START_TEST(its_version_follows)
{
    const uint8_t major[] = { 22, (uint8_t)_i, 3 };
    const uint8_t minor[] = { 22, 3, (uint8_t)_i };

    ck_assert_int_eq(probe_octets(major, 3, PROBE_HANDSHAKE), _i == 3 ? PARSE_OK : PARSE_BAD);
    ck_assert_int_eq(probe_octets(minor, 3, PROBE_HANDSHAKE), _i <= 4 ? PARSE_OK : PARSE_BAD);
}
END_TEST

/* _i is how much of the header arrived. */
START_TEST(a_header_cut_at_any_octet_asks_for_more)
{
    static const uint8_t wire[] = { 22, 3, 1 };
    struct slice part = exact_copy(slice_of(wire, (size_t)_i));
    struct slice in = part;
    struct tls_probe probe = { .len = 0 };

    ck_assert_int_eq(tls_probe_feed(&probe, &in, PROBE_HANDSHAKE), PARSE_MORE);
    ck_assert_uint_eq(in.len, 0);
    ck_assert_uint_eq(probe.len, (size_t)_i);
    exact_free(part);
}
END_TEST

/* _i is where the octets are cut in two. */
START_TEST(a_record_is_known_at_every_cut_and_what_follows_is_left)
{
    static const uint8_t wire[] = { 22, 3, 1, 0, 5 };
    struct slice first = slice_of(wire, (size_t)_i);
    struct slice second = slice_of(wire + _i, sizeof(wire) - (size_t)_i);
    struct tls_probe probe = { .len = 0 };
    enum parse parsed = tls_probe_feed(&probe, &first, PROBE_HANDSHAKE);

    ck_assert_int_eq(parsed, _i < 3 ? PARSE_MORE : PARSE_OK);
    if (parsed == PARSE_MORE)
        ck_assert_int_eq(tls_probe_feed(&probe, &second, PROBE_HANDSHAKE), PARSE_OK);
    ck_assert_uint_eq(first.len + second.len, 2);
    ck_assert_mem_eq(probe.octets, wire, PROBE_MAX);
}
END_TEST

/* _i octets fit before one does not. */
START_TEST(what_had_been_taken_of_a_text_can_be_given_back)
{
    static const uint8_t wire[] = { 22, 3, 1 };
    uint8_t octets[4] = { 22, 3, 1, 'x' };
    struct slice in = slice_of(octets, 4);
    struct tls_probe probe = { .len = 0 };

    octets[_i] = 'x';
    ck_assert_int_eq(tls_probe_feed(&probe, &in, PROBE_HANDSHAKE), PARSE_BAD);
    ck_assert_uint_eq(probe.len, (size_t)_i);
    ck_assert_uint_eq(in.len, 4 - (size_t)_i);
    ck_assert_mem_eq(probe.octets, wire, (size_t)_i);
}
END_TEST

START_TEST(text_is_refused_at_its_first_octet)
{
    static const char *const lines[] = { "EHLO c\r\n", "220 mx\r\n", "\r\n", "\n", ".", "*" };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct slice in = slice_of_string(lines[i]);
        struct tls_probe probe = { .len = 0 };

        ck_assert_int_eq(tls_probe_feed(&probe, &in, PROBE_ANY), PARSE_BAD);
        ck_assert_uint_eq(probe.len, 0);
        ck_assert(slice_equal(in, slice_of_string(lines[i])));
    }
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("probe");

    tcase_add_loop_test(tc, a_record_begins_with_its_type, 0, 256);
    tcase_add_loop_test(tc, its_version_follows, 0, 256);
    tcase_add_loop_test(tc, a_header_cut_at_any_octet_asks_for_more, 0, 3);
    tcase_add_loop_test(tc, a_record_is_known_at_every_cut_and_what_follows_is_left, 0, 6);
    tcase_add_loop_test(tc, what_had_been_taken_of_a_text_can_be_given_back, 0, 3);
    tcase_add_test(tc, text_is_refused_at_its_first_octet);
    return suite_run("smtp/probe", tc);
}
