/* The tables of TLS names: sorted, unique, and right where it can be checked by hand. */
#include "catalog/tls_names.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(known_numbers_have_their_names)
{
    ck_assert_str_eq(tls_version_name(0x0304), "TLSv1.3");
    ck_assert_str_eq(tls_version_name(0x0301), "TLSv1");
    ck_assert_str_eq(tls_alert_name(0), "close_notify");
    ck_assert_str_eq(tls_alert_name(48), "unknown_ca");
    ck_assert_str_eq(tls_alert_name(121), "ech_required");
    ck_assert_str_eq(tls_cipher_name(0x1301), "TLS_AES_128_GCM_SHA256");
    ck_assert_str_eq(tls_cipher_name(0x1305), "TLS_AES_128_CCM_8_SHA256");
    ck_assert_str_eq(tls_cipher_name(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    ck_assert_str_eq(tls_cipher_name(0xccaa), "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
}
END_TEST

START_TEST(unknown_numbers_have_none)
{
    ck_assert_ptr_null(tls_version_name(0x0305));
    ck_assert_ptr_null(tls_version_name(0));
    ck_assert_ptr_null(tls_alert_name(1));
    ck_assert_ptr_null(tls_alert_name(255));
    ck_assert_ptr_null(tls_cipher_name(0x0a0a));
    ck_assert_ptr_null(tls_cipher_name(0xffff));
}
END_TEST

/* A row out of order could not be found, or would make its neighbours unfindable; so all that the
 * tables hold must come up, and no name twice. */
START_TEST(every_row_is_found_and_no_name_stands_twice)
{
    const char *names[65536];
    size_t count = 0;

    for (unsigned i = 0; i <= 0xffff; i++) {
        const char *name = tls_cipher_name((uint16_t)i);

        if (name != NULL)
            names[count++] = name;
    }
    ck_assert_uint_eq(count, TLS_CIPHER_NAMES);
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            ck_assert_str_ne(names[i], names[j]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("catalog/tls_names");
    TCase *tc = tcase_create("tls_names");
    SRunner *runner = srunner_create(s);
    int failed;

    tcase_add_test(tc, known_numbers_have_their_names);
    tcase_add_test(tc, unknown_numbers_have_none);
    tcase_add_test(tc, every_row_is_found_and_no_name_stands_twice);
    suite_add_tcase(s, tc);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
