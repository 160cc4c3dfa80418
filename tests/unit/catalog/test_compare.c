/* Comparisons: the five documented ones word for word, all others whole. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "support/catalog_files.h"
#include "support/suite.h"

static const char *text_in(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    ck_assert_msg(text != NULL, "no \"%s\"", name);
    return text;
}

START_TEST(the_documented_comparisons_come_out_word_for_word)
{
    const char *name = "tests/unit/catalog/documented/comparisons.json";
    json_t *root = json_load_file(source_path(name), 0, NULL);
    struct catalog *catalog = catalog_for_test();
    const json_t *object;
    size_t at;

    ck_assert_uint_eq(json_array_size(root), 5);
    json_array_foreach(root, at, object)
    {
        const json_t *differences = json_object_get(object, "key_differences");
        struct comparison made;

        ck_assert_int_eq(
            catalog_compare(catalog, (unsigned)json_integer_value(json_object_get(object, "a")),
                            (unsigned)json_integer_value(json_object_get(object, "b")), &made),
            STATUS_OK);
        ck_assert_str_eq(made.heading, text_in(object, "heading"));
        ck_assert_str_eq(made.intro, text_in(object, "intro"));
        ck_assert_str_eq(made.when_to_use, text_in(object, "when_to_use"));
        ck_assert_uint_eq(made.key_difference_count, json_array_size(differences));
        for (size_t i = 0; i < made.key_difference_count; i++)
            ck_assert_str_eq(made.key_differences[i],
                             json_string_value(json_array_get(differences, i)));
        comparison_clear(&made);
    }
    catalog_free(catalog);
    json_decref(root);
}
END_TEST

static void check_whole(const char *text)
{
    size_t len = strlen(text);

    ck_assert_uint_gt(len, 20);
    ck_assert_msg(strstr(text, "  ") == NULL && strstr(text, "..") == NULL &&
                      strstr(text, "(null)") == NULL && text[len - 1] != ' ',
                  "%s", text);
}

/* "You encounter 550 When ..." would not read. */
static void check_reads_on(const char *text)
{
    check_whole(text);
    ck_assert_msg(strstr(text, "indicates that The ") == NULL &&
                      strstr(text, "means that The ") == NULL,
                  "%s", text);
    if (strncmp(text, "You encounter ", 14) == 0)
        ck_assert_msg(text[18] >= 'a' && text[18] <= 'z', "%s", text);
}

START_TEST(every_pair_of_codes_compares_whole)
{
    struct catalog *catalog = catalog_for_test();
    struct catalog_row a;
    struct catalog_row b;
    size_t pairs = 0;

    for (size_t i = 0; catalog_row_at(catalog, i, &a) && a.code != 0; i++) {
        for (size_t j = 0; catalog_row_at(catalog, j, &b) && b.code != 0; j++) {
            struct comparison made;
            bool is_same_class = a.code / 100 == b.code / 100;

            ck_assert_int_eq(catalog_compare(catalog, a.code, b.code, &made), STATUS_OK);
            check_whole(made.heading);
            check_reads_on(made.intro);
            check_reads_on(made.when_to_use);
            ck_assert_uint_eq(made.key_difference_count, is_same_class ? 4 : 5);
            for (size_t k = 0; k < made.key_difference_count; k++)
                check_reads_on(made.key_differences[k]);
            comparison_clear(&made);
            pairs++;
        }
    }
    ck_assert_uint_eq(pairs, 58 * 58);
    catalog_free(catalog);
}
END_TEST

START_TEST(a_code_that_is_not_known_is_not_compared)
{
    struct catalog *catalog = catalog_for_test();
    struct comparison made;

    ck_assert_int_eq(catalog_compare(catalog, 250, 599, &made), STATUS_USAGE);
    ck_assert_int_eq(catalog_compare(catalog, 299, 250, &made), STATUS_USAGE);
    ck_assert_int_eq(catalog_compare(catalog, 0, 250, &made), STATUS_USAGE);
    ck_assert_ptr_null(made.heading);
    ck_assert_uint_eq(made.key_difference_count, 0);
    catalog_free(catalog);
}
END_TEST

START_TEST(a_sites_own_texts_are_compared)
{
    struct catalog *catalog = catalog_for_test();
    struct comparison made;

    catalog_lay_sections(catalog,
                         "\"codes\": [{\"code\": 599, \"title\": \"Ours\", \"description\": "
                         "\"SMTP is closed.\", \"when_seen\": \"At night.\", \"fix\": \"Wait.\"}]");
    ck_assert_int_eq(catalog_compare(catalog, 599, 550, &made), STATUS_OK);
    ck_assert_str_eq(made.heading, "SMTP 599 Ours vs 550 Mailbox Unavailable");
    /* A word of capitals stays one. */
    ck_assert_str_eq(made.key_differences[0], "SMTP 599: SMTP is closed.");
    ck_assert_ptr_nonnull(strstr(made.intro, "599 indicates that SMTP is closed."));
    ck_assert_str_eq(made.key_differences[2], "You encounter 599 at night.");
    comparison_clear(&made);
    catalog_free(catalog);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("compare");

    tcase_add_test(tc, the_documented_comparisons_come_out_word_for_word);
    tcase_add_test(tc, every_pair_of_codes_compares_whole);
    tcase_add_test(tc, a_code_that_is_not_known_is_not_compared);
    tcase_add_test(tc, a_sites_own_texts_are_compared);
    return suite_run("catalog/compare", tc);
}
