/* The tables that are compiled in, against catalog.json as a site's file is read. */
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "catalog/catalog_state.h"
#include "catalog/source.h"
#include "support/catalog_files.h"
#include "support/suite.h"

static struct catalog read;
static json_t *root;

static void read_json(void)
{
    char error[CATALOG_ERROR_MAX] = "";

    read = (struct catalog){ 0 };
    ck_assert_int_eq(
        catalog_source_file(&root, source_path("src/catalog/catalog.json"), error, sizeof(error)),
        STATUS_OK);
    ck_assert_msg(catalog_load(&read, root, error, sizeof(error)), "%s", error);
    catalog_index_phrases(&read);
    ck_assert_int_eq(catalog_index_rows(&read), STATUS_OK);
}

static void forget_json(void)
{
    catalog_clear_tables(&read);
    json_decref(root);
}

static void check_text(const char *built, const char *text)
{
    ck_assert_int_eq(built == NULL, text == NULL);
    if (text != NULL)
        ck_assert_str_eq(built, text);
}

static void check_enhanced(struct enhanced_code built, struct enhanced_code code)
{
    ck_assert_uint_eq(built.class, code.class);
    ck_assert_uint_eq(built.subject, code.subject);
    ck_assert_uint_eq(built.detail, code.detail);
}

static void check_entry(const struct catalog_entry *built, const struct catalog_entry *entry)
{
    ck_assert_uint_eq(built->code, entry->code);
    ck_assert_int_eq(built->has_enhanced, entry->has_enhanced);
    check_enhanced(built->enhanced, entry->enhanced);
    check_text(built->enhanced_name, entry->enhanced_name);
    check_text(built->verb, entry->verb);
    check_text(built->title, entry->title);
    check_text(built->description, entry->description);
    check_text(built->when_seen, entry->when_seen);
    check_text(built->fix, entry->fix);
    check_text(built->reference, entry->reference);
}

START_TEST(entries_are_those_of_the_json)
{
    ck_assert_uint_gt(read.entry_count, 300);
    ck_assert_uint_eq(catalog_builtin.entry_count, read.entry_count);
    ck_assert_uint_eq(catalog_builtin.entry_room, read.entry_room);
    for (size_t i = 0; i < read.entry_count; i++)
        check_entry(&catalog_builtin.entries[i], &read.entries[i]);
    ck_assert_uint_eq(catalog_builtin.slot_mask, read.slot_mask);
    ck_assert_mem_eq(catalog_builtin.slots, read.slots, (read.slot_mask + 1) * sizeof(*read.slots));
    ck_assert_uint_eq(catalog_builtin.row_count, read.row_count);
    ck_assert_mem_eq(catalog_builtin.rows, read.rows, read.row_count * sizeof(*read.rows));
}
END_TEST

START_TEST(phrases_are_those_of_the_json)
{
    ck_assert_uint_gt(read.phrase_count, 90);
    ck_assert_uint_eq(catalog_builtin.phrase_count, read.phrase_count);
    ck_assert_uint_eq(catalog_builtin.phrase_room, read.phrase_room);
    for (size_t i = 0; i < read.phrase_count; i++) {
        const struct catalog_phrase *built = &catalog_builtin.phrases[i];
        const struct catalog_phrase *phrase = &read.phrases[i];

        check_text(built->phrase, phrase->phrase);
        ck_assert_uint_eq(built->length, phrase->length);
        ck_assert_uint_eq(built->code, phrase->code);
        ck_assert_uint_eq(built->class, phrase->class);
        ck_assert_int_eq(built->has_enhanced, phrase->has_enhanced);
        check_enhanced(built->enhanced, phrase->enhanced);
        check_text(built->verb, phrase->verb);
        check_text(built->add, phrase->add);
        check_entry(&built->replace, &phrase->replace);
        ck_assert_uint_eq(built->next, phrase->next);
    }
    ck_assert_uint_eq(catalog_builtin.phrase_letters, read.phrase_letters);
    ck_assert_mem_eq(catalog_builtin.phrase_heads, read.phrase_heads, sizeof(read.phrase_heads));
}
END_TEST

START_TEST(classes_and_labels_are_those_of_the_json)
{
    for (size_t i = 0; i < CATALOG_CLASSES; i++) {
        check_text(catalog_builtin.classes[i], read.classes[i]);
        check_entry(&catalog_builtin.class_texts[i], &read.class_texts[i]);
    }
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        const struct labels *built = &catalog_builtin.labels[i];
        const struct labels *labels = &read.labels[i];

        check_text(built->description, labels->description);
        check_text(built->when_seen, labels->when_seen);
        check_text(built->fix, labels->fix);
        check_text(built->key_differences, labels->key_differences);
        check_text(built->when_to_use, labels->when_to_use);
    }
}
END_TEST

/* So that a writer may cache by the pointer. */
START_TEST(texts_of_one_entry_of_the_json_are_one)
{
    for (size_t i = 0; i < read.entry_count; i++) {
        for (size_t j = 0; j < i; j++)
            ck_assert_int_eq(catalog_builtin.entries[i].fix == catalog_builtin.entries[j].fix,
                             read.entries[i].fix == read.entries[j].fix);
    }
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("tables");

    tcase_add_checked_fixture(tc, read_json, forget_json);
    tcase_add_test(tc, entries_are_those_of_the_json);
    tcase_add_test(tc, phrases_are_those_of_the_json);
    tcase_add_test(tc, classes_and_labels_are_those_of_the_json);
    tcase_add_test(tc, texts_of_one_entry_of_the_json_are_one);
    return suite_run("catalog/tables", tc);
}
