/* A site's own catalog: what it replaces, and the one line for each thing that is wrong. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/catalog_files.h"
#include "support/suite.h"

#define TEXTS(title) \
    "\"title\": \"" title "\", \"description\": \"d\", \"when_seen\": \"w\", \"fix\": \"f\""
#define WHOLE(sections) "{\"schema\": \"smtpscope.catalog/1\", " sections "}"

static const char *title_of(const struct catalog *catalog, unsigned code, const char *enhanced,
                            const char *verb, const char *text)
{
    return catalog_look(catalog, code, enhanced, verb, text).title;
}

START_TEST(an_entry_with_the_same_key_takes_the_place_of_the_old_one)
{
    struct catalog *catalog = catalog_for_test();
    const char *ehlo = title_of(catalog, 250, NULL, "EHLO", NULL);

    catalog_lay_sections(catalog,
                         "\"codes\": [{\"code\": 250, " TEXTS(
                             "Ours") "}],"
                                     "\"specific\": [{\"code\": 550, \"verb\": \"RCPT\", " TEXTS(
                                         "Ours to RCPT") "}]");
    ck_assert_str_eq(title_of(catalog, 250, NULL, NULL, NULL), "Ours");
    ck_assert_str_eq(title_of(catalog, 250, NULL, "EHLO", NULL), ehlo);
    ck_assert_str_eq(title_of(catalog, 550, NULL, "RCPT", NULL), "Ours to RCPT");
    ck_assert_str_eq(title_of(catalog, 550, NULL, NULL, NULL), "Mailbox Unavailable");
    catalog_free(catalog);
}
END_TEST

START_TEST(a_replaced_entry_is_listed_once)
{
    struct catalog *catalog = catalog_for_test();
    struct catalog_row row;
    size_t before = 0;
    size_t after = 0;
    size_t found = 0;

    while (catalog_row_at(catalog, before, &row))
        before++;
    catalog_lay_sections(
        catalog, "\"codes\": [{\"code\": 250, " TEXTS("Ours") "},"
                                                              "{\"code\": 298, " TEXTS("New") "}]");
    for (; catalog_row_at(catalog, after, &row); after++)
        found += row.code == 250 && strcmp(row.title, "Ours") == 0 ? 1 : 0;
    ck_assert_uint_eq(after, before + 1);
    ck_assert_uint_eq(found, 1);
    catalog_free(catalog);
}
END_TEST

START_TEST(a_new_general_text_takes_the_place_of_what_was_said_by_class)
{
    struct catalog *catalog = catalog_for_test();

    catalog_lay_sections(
        catalog, "\"enhanced\": [{\"enhanced\": \"x.9.1\", " TEXTS(
                     "old") ", \"by_class\": {\"5\": {\"when_seen\": \"five\", \"fix\": \"f\"}}}]");
    ck_assert_str_eq(catalog_look(catalog, 599, "5.9.1", NULL, NULL).when_seen, "five");
    catalog_lay_sections(catalog, "\"enhanced\": [{\"enhanced\": \"x.9.1\", " TEXTS("new") "}]");
    ck_assert_str_eq(catalog_look(catalog, 599, "5.9.1", NULL, NULL).when_seen, "w");
    ck_assert_str_eq(title_of(catalog, 599, "5.9.1", NULL, NULL), "new");
    catalog_free(catalog);
}
END_TEST

START_TEST(lists_hold_for_every_combination)
{
    struct catalog *catalog = catalog_for_test();

    catalog_lay_sections(
        catalog, "\"specific\": [{\"code\": [560, 561], \"enhanced\": "
                 "[null, \"5.9.1\", \"x.9.2\"], \"verb\": [\"MAIL\", \".\"], " TEXTS("Ours") "}]");
    for (unsigned code = 560; code <= 561; code++) {
        static const char *const enhanced[] = { NULL, "5.9.1", "5.9.2" };

        for (size_t i = 0; i < 3; i++) {
            ck_assert_str_eq(title_of(catalog, code, enhanced[i], "MAIL", NULL), "Ours");
            ck_assert_str_eq(title_of(catalog, code, enhanced[i], ".", NULL), "Ours");
            ck_assert_str_ne(title_of(catalog, code, enhanced[i], "RCPT", NULL), "Ours");
        }
    }
    ck_assert_str_ne(title_of(catalog, 562, NULL, "MAIL", NULL), "Ours");
    catalog_free(catalog);
}
END_TEST

START_TEST(a_phrase_may_be_a_single_letter)
{
    static const char *const texts[] = { "q", "Q it is", "the letter Q", "it is q, not r" };
    struct catalog *catalog = catalog_for_test();

    catalog_lay_sections(catalog,
                         "\"phrases\": [{\"phrase\": \"q\", \"replace\": {" TEXTS("one") "}}]");
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        ck_assert_str_eq(title_of(catalog, 560, NULL, NULL, texts[i]), "one");
    ck_assert_str_ne(title_of(catalog, 560, NULL, NULL, "quite another"), "one");
    catalog_free(catalog);
}
END_TEST

START_TEST(a_sites_phrases_go_before_the_others_in_their_own_order)
{
    struct catalog *catalog = catalog_for_test();

    catalog_lay_sections(
        catalog, "\"phrases\": ["
                 "{\"phrase\": \"greylisted\", \"replace\": {" TEXTS(
                     "first") "}},"
                              "{\"phrase\": \"here\", \"replace\": {" TEXTS("second") "}}]");
    ck_assert_str_eq(title_of(catalog, 450, NULL, "RCPT", "greylisted here"), "first");
    ck_assert_str_eq(title_of(catalog, 450, NULL, "RCPT", "user unknown here"), "second");
    catalog_lay_sections(
        catalog, "\"phrases\": [{\"phrase\": \"HERE\", \"replace\": {" TEXTS("third") "}}]");
    ck_assert_str_eq(title_of(catalog, 450, NULL, "RCPT", "greylisted here"), "third");
    ck_assert_str_eq(title_of(catalog, 450, NULL, "RCPT", "Greylisted"), "first");
    catalog_free(catalog);
}
END_TEST

START_TEST(a_sites_labels_take_the_place_of_a_whole_language)
{
    struct catalog *catalog = catalog_for_test();

    catalog_lay_sections(catalog, "\"labels\": {\"fr\": {\"description\": \"1\", \"when_seen\": "
                                  "\"2\", \"fix\": \"3\", \"key_differences\": \"4\", "
                                  "\"when_to_use\": \"5\"}}");
    ck_assert_str_eq(catalog_labels(catalog, LANGUAGE_FR)->fix, "3");
    ck_assert_str_eq(catalog_labels(catalog, LANGUAGE_EN)->fix, "How to Fix");
    catalog_free(catalog);
}
END_TEST

static const struct {
    const char *json;
    const char *message;
} refused[] = {
    { "", "line " },
    { "{", "line " },
    { "[]", "\"schema\" is not \"smtpscope.catalog/1\"" },
    { "{}", "\"schema\" is not \"smtpscope.catalog/1\"" },
    { "{\"schema\": 1}", "\"schema\" is not" },
    { "{\"schema\": \"smtpscope.catalog/2\"}", "\"schema\" is not" },
    { WHOLE("\"codes\": 1, \"codes\": 2"), "line " },
    { WHOLE("\"codes\": {}"), "\"codes\", entry 1: must be a list" },
    { WHOLE("\"codes\": [1]"), "\"codes\", entry 1: must be an object" },
    { WHOLE("\"codes\": [{" TEXTS("t") "}]"), "\"code\", \"title\" and" },
    { WHOLE("\"codes\": [{\"code\": \"550\", " TEXTS("t") "}]"), "number from 200 to 599" },
    { WHOLE("\"codes\": [{\"code\": 199, " TEXTS("t") "}]"), "number from 200 to 599" },
    { WHOLE("\"codes\": [{\"code\": 600, " TEXTS("t") "}]"), "number from 200 to 599" },
    { WHOLE("\"codes\": [{\"code\": [550], " TEXTS("t") "}]"), "number from 200 to 599" },
    { WHOLE("\"codes\": [{\"code\": 250, " TEXTS("t") "}, {\"code\": 550}]"),
      "\"codes\", entry 2: \"when_seen\" and \"fix\" are needed" },
    { WHOLE("\"codes\": [{\"code\": 550, \"title\": \"t\", \"description\": \"d\", "
            "\"when_seen\": \"\", \"fix\": \"f\"}]"),
      "a text is empty or no string" },
    { WHOLE("\"codes\": [{\"code\": 550, \"title\": 5, \"description\": \"d\", "
            "\"when_seen\": \"w\", \"fix\": \"f\"}]"),
      "a text is empty or no string" },
    { WHOLE("\"codes\": [{\"code\": 550, \"verb\": \"RCPT\", " TEXTS("t") "}]"),
      "contexts belong under \"specific\"" },
    { WHOLE("\"enhanced\": [{\"enhanced\": \"5.7.1\", " TEXTS("t") "}]"), "like x.7.1 here" },
    { WHOLE("\"enhanced\": [{" TEXTS("t") "}]"), "\"enhanced\", \"title\" and" },
    { WHOLE("\"enhanced\": [{\"enhanced\": \"x.7\", " TEXTS("t") "}]"), "like 5.7.1 or x.7.1" },
    { WHOLE("\"enhanced\": [{\"enhanced\": \"3.7.1\", " TEXTS("t") "}]"), "like 5.7.1 or x.7.1" },
    { WHOLE("\"enhanced\": [{\"enhanced\": 5.7, " TEXTS("t") "}]"), "like 5.7.1 or x.7.1" },
    { WHOLE("\"enhanced\": [{\"enhanced\": \"x.7.1\", " TEXTS("t") ", \"by_class\": []}]"),
      "\"by_class\" must be an object" },
    { WHOLE("\"enhanced\": [{\"enhanced\": \"x.7.1\", " TEXTS(
          "t") ", \"by_class\": {\"5\": {\"fix\": \"f\"}}}]"),
      "\"by_class\" needs" },
    { WHOLE("\"specific\": [{\"verb\": \"RCPT\", " TEXTS("t") "}]"),
      "\"code\" or \"enhanced\" is needed" },
    { WHOLE("\"specific\": [{\"enhanced\": \"5.7.1\", \"verb\": \"RCPT\", " TEXTS("t") "}]"),
      "a \"verb\" needs its \"code\"" },
    { WHOLE("\"specific\": [{\"code\": 550, \"verb\": \"rcpt\", " TEXTS("t") "}]"),
      "\"verb\" must be one in capitals" },
    { WHOLE("\"specific\": [{\"code\": 550, \"verb\": [], " TEXTS("t") "}]"), "a list is empty" },
    { WHOLE("\"specific\": [{\"code\": 550, \"verb\": [\"\"], " TEXTS("t") "}]"),
      "\"verb\" must be one in capitals" },
    { WHOLE("\"specific\": [{\"code\": 550, \"enhanced\": \"4.7.1\", " TEXTS("t") "}]"),
      "differ in class" },
    { WHOLE("\"phrases\": [{\"phrase\": \"odd\"}]"), "either \"replace\" or \"add\" is needed" },
    { WHOLE("\"phrases\": [{\"phrase\": \"odd\", \"add\": \"a\", \"replace\": {" TEXTS("t") "}}]"),
      "either \"replace\" or \"add\" is needed" },
    { WHOLE("\"phrases\": [{\"add\": \"a\"}]"), "\"phrase\" is needed" },
    { WHOLE("\"phrases\": [{\"phrase\": [\"odd\", \"\"], \"add\": \"a\"}]"),
      "\"phrase\" is needed" },
    { WHOLE("\"phrases\": [{\"phrase\": \" odd\", \"add\": \"a\"}]"), "single spaces" },
    { WHOLE("\"phrases\": [{\"phrase\": \"odd \", \"add\": \"a\"}]"), "single spaces" },
    { WHOLE("\"phrases\": [{\"phrase\": \"very  odd\", \"add\": \"a\"}]"), "single spaces" },
    { WHOLE("\"phrases\": [{\"phrase\": \"odd@x\", \"add\": \"a\"}]"), "no \"@\"" },
    { WHOLE("\"phrases\": [{\"phrase\": \"odd\", \"code\": \"2xx\", \"add\": \"a\"}]"),
      "\"4xx\" or \"5xx\"" },
    { WHOLE("\"phrases\": [{\"phrase\": \"odd\", \"replace\": {\"fix\": \"f\"}}]"),
      "\"when_seen\" and \"fix\" are needed" },
    { WHOLE("\"labels\": {\"fr\": {\"fix\": \"f\"}}"), "a language has five labels" },
    { WHOLE("\"classes\": [{\"class\": \"6xx\", " TEXTS("t") "}]"), "\"class\", \"title\" and" },
};

START_TEST(what_is_wrong_is_refused_in_one_line_and_changes_nothing)
{
    struct catalog *catalog = catalog_for_test();
    const char *before = title_of(catalog, 250, NULL, NULL, NULL);
    char error[CATALOG_ERROR_MAX];

    ck_assert_int_eq(catalog_lay(catalog, refused[_i].json, error), STATUS_USAGE);
    ck_assert_msg(strstr(error, refused[_i].message) != NULL, "%s: %s", refused[_i].json, error);
    ck_assert_ptr_null(strchr(error, '\n'));
    ck_assert_ptr_eq(title_of(catalog, 250, NULL, NULL, NULL), before);
    ck_assert_str_eq(title_of(catalog, 450, NULL, "RCPT", "greylisted"), "Greylisted");
    catalog_free(catalog);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_an_io_error)
{
    struct catalog *catalog = catalog_for_test();
    char error[CATALOG_ERROR_MAX] = "";

    ck_assert_int_eq(
        catalog_overlay(catalog, source_path("no-such-file.json"), error, sizeof(error)),
        STATUS_IO);
    ck_assert_str_ne(error, "");
    ck_assert_ptr_null(strchr(error, '\n'));
    catalog_free(catalog);
}
END_TEST

/* The built-in one and seven more. */
START_TEST(no_more_than_seven_catalogs_are_laid_over)
{
    struct catalog *catalog = catalog_for_test();
    char error[CATALOG_ERROR_MAX];

    for (int i = 0; i < 7; i++)
        catalog_lay_sections(catalog, "\"codes\": []");
    ck_assert_int_eq(catalog_lay(catalog, WHOLE("\"codes\": []"), error), STATUS_USAGE);
    ck_assert_str_eq(error, "8 catalogs are the most there may be");
    catalog_free(catalog);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("load");

    tcase_add_test(tc, an_entry_with_the_same_key_takes_the_place_of_the_old_one);
    tcase_add_test(tc, a_replaced_entry_is_listed_once);
    tcase_add_test(tc, a_new_general_text_takes_the_place_of_what_was_said_by_class);
    tcase_add_test(tc, lists_hold_for_every_combination);
    tcase_add_test(tc, a_phrase_may_be_a_single_letter);
    tcase_add_test(tc, a_sites_phrases_go_before_the_others_in_their_own_order);
    tcase_add_test(tc, a_sites_labels_take_the_place_of_a_whole_language);
    tcase_add_loop_test(tc, what_is_wrong_is_refused_in_one_line_and_changes_nothing, 0,
                        (int)(sizeof(refused) / sizeof(*refused)));
    tcase_add_test(tc, a_file_that_cannot_be_read_is_an_io_error);
    tcase_add_test(tc, no_more_than_seven_catalogs_are_laid_over);
    return suite_run("catalog/load", tc);
}
