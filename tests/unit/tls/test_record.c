/* Recognition of TLS, and of what is none, by the first octets. */
#include "tls/record.h"

#include <check.h>
#include <stdlib.h>

static const uint8_t client[] = { 22, 3, 1, 0x02, 0x00, 1, 0 };
static const uint8_t server[] = { 22, 3, 3, 0x00, 0x7a, 2, 0 };
static const uint8_t sslv2[] = { 0x80, 46, 1, 3, 1, 0 };

/* _i is the number of octets that arrived. */
START_TEST(a_header_cut_at_any_octet_asks_for_more)
{
    struct tls_record_header header;

    ck_assert_int_eq(tls_record_header_parse(slice_of(client, (size_t)_i), &header), PARSE_MORE);
}
END_TEST

START_TEST(a_whole_header_is_read)
{
    struct tls_record_header header;

    ck_assert_int_eq(tls_record_header_parse(slice_of(client, 5), &header), PARSE_OK);
    ck_assert_int_eq(header.content, TLS_CONTENT_HANDSHAKE);
    ck_assert_uint_eq(header.version, 0x0301);
    ck_assert_uint_eq(header.length, 512);
}
END_TEST

START_TEST(a_record_is_as_long_as_its_limit_and_no_longer)
{
    static const uint8_t at[] = { 23, 3, 3, 0x48, 0x00 };
    static const uint8_t past[] = { 23, 3, 3, 0x48, 0x01 };
    static const uint8_t empty_data[] = { 23, 3, 3, 0, 0 };
    static const uint8_t empty_handshake[] = { 22, 3, 3, 0, 0 };
    struct tls_record_header header;

    ck_assert_int_eq(tls_record_header_parse(slice_of(at, 5), &header), PARSE_OK);
    ck_assert_int_eq(tls_record_header_parse(slice_of(past, 5), &header), PARSE_BAD);
    ck_assert_int_eq(tls_record_header_parse(slice_of(empty_data, 5), &header), PARSE_OK);
    ck_assert_int_eq(tls_record_header_parse(slice_of(empty_handshake, 5), &header), PARSE_BAD);
}
END_TEST

START_TEST(hellos_are_recognised_by_six_octets)
{
    for (size_t n = 0; n < 6; n++) {
        ck_assert_int_eq(tls_client_hello_begins(slice_of(client, n)), PARSE_MORE);
        ck_assert_int_eq(tls_server_hello_begins(slice_of(server, n)), PARSE_MORE);
    }
    ck_assert_int_eq(tls_client_hello_begins(slice_of(client, 6)), PARSE_OK);
    ck_assert_int_eq(tls_server_hello_begins(slice_of(server, 6)), PARSE_OK);
    ck_assert_int_eq(tls_client_hello_begins(slice_of(server, 6)), PARSE_BAD);
    ck_assert_int_eq(tls_server_hello_begins(slice_of(client, 6)), PARSE_BAD);
}
END_TEST

START_TEST(an_sslv2_hello_is_recognised_by_five_octets)
{
    for (size_t n = 1; n < 5; n++)
        ck_assert_int_eq(tls_client_hello_begins(slice_of(sslv2, n)), PARSE_MORE);
    ck_assert_int_eq(tls_client_hello_begins(slice_of(sslv2, 5)), PARSE_OK);
}
END_TEST

START_TEST(a_server_may_answer_with_an_alert)
{
    static const uint8_t alert[] = { 21, 3, 1, 0, 2, 2, 40 };
    static const uint8_t odd[] = { 21, 3, 1, 0, 2, 9, 40 };

    ck_assert_int_eq(tls_server_hello_begins(slice_of(alert, 7)), PARSE_OK);
    ck_assert_int_eq(tls_server_hello_begins(slice_of(odd, 7)), PARSE_BAD);
}
END_TEST

START_TEST(text_is_refused_at_its_first_octet)
{
    static const char *const texts[] = { "EHLO", "220 ", "\r\n", ".", "\x16", "\x16\x03" };

    for (size_t i = 0; i < 4; i++) {
        struct slice text = slice_part(slice_of_string(texts[i]), 0, 1);

        ck_assert_int_eq(tls_client_hello_begins(text), PARSE_BAD);
        ck_assert_int_eq(tls_server_hello_begins(text), PARSE_BAD);
    }
    ck_assert_int_eq(tls_client_hello_begins(slice_of_string(texts[4])), PARSE_MORE);
    ck_assert_int_eq(tls_client_hello_begins(slice_of_string(texts[5])), PARSE_MORE);
}
END_TEST

START_TEST(each_wrong_octet_is_refused_where_it_stands)
{
    static const uint8_t wrong[][6] = {
        { 25 },
        { 22, 2 },
        { 22, 3, 5 },
        { 22, 3, 1, 0x49 },
        { 22, 3, 1, 0, 0 },
        { 22, 3, 1, 0, 9, 11 },
    };

    for (size_t i = 0; i < 6; i++)
        ck_assert_int_eq(tls_client_hello_begins(slice_of(wrong[i], i + 1)), PARSE_BAD);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("tls/record");
    TCase *tc = tcase_create("record");
    SRunner *runner = srunner_create(s);
    int failed;

    tcase_add_loop_test(tc, a_header_cut_at_any_octet_asks_for_more, 0, 5);
    tcase_add_test(tc, a_whole_header_is_read);
    tcase_add_test(tc, a_record_is_as_long_as_its_limit_and_no_longer);
    tcase_add_test(tc, hellos_are_recognised_by_six_octets);
    tcase_add_test(tc, an_sslv2_hello_is_recognised_by_five_octets);
    tcase_add_test(tc, a_server_may_answer_with_an_alert);
    tcase_add_test(tc, text_is_refused_at_its_first_octet);
    tcase_add_test(tc, each_wrong_octet_is_refused_where_it_stands);
    suite_add_tcase(s, tc);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
