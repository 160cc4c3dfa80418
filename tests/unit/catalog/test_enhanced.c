/* The enhanced status codes of the built-in catalog against the list of the IANA registry "SMTP
 * Enhanced Status Codes" (RFC 5248), kept here by itself: none missing, none invented. */
#include "catalog/catalog.h"

#include "support/catalog_files.h"
#include "support/suite.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* The registry's subjects in their order, and the last detail of each; it has no gaps. */
static const struct subject {
    unsigned number;
    unsigned last_detail;
} registry[] = {
    { 0, 0 },  /* RFC 3463 */
    { 1, 10 }, /* x.1.9 RFC 3886, x.1.10 RFC 7505 */
    { 2, 4 },  /* RFC 3463 */
    { 3, 6 },  /* x.3.6 RFC 6710 */
    { 4, 7 },  /* RFC 3463 */
    { 5, 6 },  /* x.5.6 RFC 4954 */
    { 6, 10 }, /* x.6.6 RFC 4468, x.6.7 to x.6.10 RFC 6531 */
    { 7, 30 }, /* x.7.8 on: RFC 4954, 5248, 6710, 7293, 7372, 7505, a draft, RFC 8617, 8689 */
};

enum {
    SUBJECT_COUNT = sizeof(registry) / sizeof(*registry),
    REGISTRY_COUNT = 81,
    NAME_MAX_LEN = 16,
    NO_SUCH_CODE = 99, /* 299, 499 and 599 have no entry that could stand before the enhanced one */
};

static json_t *root;
static struct catalog *catalog;

static void open_catalog(void)
{

    root = json_load_file(source_path("src/catalog/catalog.json"), 0, NULL);
    ck_assert_ptr_nonnull(root);
    ck_assert_int_eq(catalog_open(&catalog), STATUS_OK);
}

static void close_catalog(void)
{
    catalog_free(catalog);
    json_decref(root);
}

static const json_t *entry_at(size_t index)
{
    return json_array_get(json_object_get(root, "enhanced"), index);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text == NULL ? "" : text;
}

/* The registry's code at a place, as an entry names it. */
static void registry_code(size_t index, struct enhanced_code *code, char name[NAME_MAX_LEN])
{
    for (size_t i = 0; i < SUBJECT_COUNT; i++) {
        if (index <= registry[i].last_detail) {
            *code = (struct enhanced_code){ 0, (uint16_t)registry[i].number, (uint16_t)index };
            snprintf(name, NAME_MAX_LEN, "x.%u.%zu", registry[i].number, index);
            return;
        }
        index -= registry[i].last_detail + 1;
    }
    ck_abort_msg("past the end of the registry");
}

static struct annotation look_up(struct enhanced_code code, unsigned class)
{
    struct reply_key key = { .code = class * 100 + NO_SUCH_CODE, .enhanced = code };
    struct annotation found;

    key.enhanced.class = (uint8_t) class;
    catalog_annotate(catalog, &key, &found);
    return found;
}

/* Sentences: from a capital to a period, no space at an end, none doubled. */
static void check_sentences(const char *where, const char *what, const char *text)
{
    size_t len = strlen(text);

    ck_assert_msg(len > 20, "%s: %s is missing or hardly a text", where, what);
    ck_assert_msg(isupper((unsigned char)text[0]), "%s: %s: \"%s\"", where, what, text);
    ck_assert_msg(text[len - 1] == '.', "%s: %s ends without a period: \"%s\"", where, what, text);
    ck_assert_msg(strstr(text, "  ") == NULL, "%s: %s has a doubled space", where, what);
}

static void check_advice(const char *where, const json_t *object)
{
    const char *when_seen = text_of(object, "when_seen");

    check_sentences(where, "when_seen", when_seen);
    check_sentences(where, "fix", text_of(object, "fix"));
    ck_assert_msg(strncmp(when_seen, "When ", 5) == 0 || strncmp(when_seen, "After ", 6) == 0,
                  "%s: when_seen tells no time: \"%s\"", where, when_seen);
}

static size_t count_sentences(const char *text)
{
    size_t count = 0;

    for (const char *c = strchr(text, '.'); c != NULL; c = strchr(c + 1, '.'))
        count += c[1] == '\0' || (c[1] == ' ' && isupper((unsigned char)c[2])) ? 1 : 0;
    return count;
}

START_TEST(the_catalog_holds_the_registry_and_nothing_else)
{
    size_t count = 0;

    for (size_t i = 0; i < SUBJECT_COUNT; i++)
        count += registry[i].last_detail + 1;
    ck_assert_uint_eq(count, REGISTRY_COUNT);
    ck_assert_uint_eq(json_array_size(json_object_get(root, "enhanced")), REGISTRY_COUNT);
}
END_TEST

/* _i is the place in the registry, and has to be the place in the file. Since both ascend, no code
 * can stand twice. */
START_TEST(each_code_stands_once_in_the_order_of_subject_and_detail)
{
    struct enhanced_code code;
    char name[NAME_MAX_LEN];

    registry_code((size_t)_i, &code, name);
    ck_assert_str_eq(text_of(entry_at((size_t)_i), "enhanced"), name);
}
END_TEST

START_TEST(each_entry_is_complete)
{
    const json_t *entry = entry_at((size_t)_i);
    const char *name = text_of(entry, "enhanced");
    const char *title = text_of(entry, "title");
    const char *reference = text_of(entry, "reference");

    ck_assert_msg(strlen(title) > 5 && title[strlen(title) - 1] != '.', "%s: title", name);
    check_sentences(name, "description", text_of(entry, "description"));
    ck_assert_msg(count_sentences(text_of(entry, "description")) == 2,
                  "%s: a description has two sentences", name);
    check_advice(name, entry);
    ck_assert_msg(strncmp(reference, "RFC ", 4) == 0 || strncmp(reference, "draft-", 6) == 0,
                  "%s: reference \"%s\"", name, reference);
}
END_TEST

START_TEST(no_later_entry_has_the_same_title_or_description)
{
    const json_t *entry = entry_at((size_t)_i);

    for (size_t i = (size_t)_i + 1; i < REGISTRY_COUNT; i++)
        ck_assert_msg(
            strcmp(text_of(entry, "title"), text_of(entry_at(i), "title")) != 0 &&
                strcmp(text_of(entry, "description"), text_of(entry_at(i), "description")) != 0,
            "%s repeats %s", text_of(entry_at(i), "enhanced"), text_of(entry, "enhanced"));
}
END_TEST

START_TEST(each_class_of_each_code_finds_its_texts)
{
    static const char *const classes[] = { "2", "4", "5" };
    const json_t *entry = entry_at((size_t)_i);
    struct enhanced_code code;
    char name[NAME_MAX_LEN];

    registry_code((size_t)_i, &code, name);
    for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
        const json_t *own = json_object_get(json_object_get(entry, "by_class"), classes[i]);
        struct annotation found = look_up(code, (unsigned)(classes[i][0] - '0'));

        if (own != NULL)
            check_advice(name, own);
        else
            own = entry;
        ck_assert_pstr_eq(found.title, text_of(entry, "title"));
        ck_assert_pstr_eq(found.description, text_of(entry, "description"));
        ck_assert_pstr_eq(found.when_seen, text_of(own, "when_seen"));
        ck_assert_pstr_eq(found.fix, text_of(own, "fix"));
        ck_assert_pstr_eq(found.reference, text_of(entry, "reference"));
    }
}
END_TEST

/* What a class says of its own has to differ from what holds for every class. */
START_TEST(texts_by_class_say_something_of_their_own)
{
    const json_t *entry = entry_at((size_t)_i);
    json_t *by_class = json_object_get(entry, "by_class");
    const char *class;
    json_t *own;

    json_object_foreach(by_class, class, own)
    {
        ck_assert_msg(strlen(class) == 1 && strchr("245", class[0]) != NULL, "class %s", class);
        ck_assert_str_ne(text_of(own, "when_seen"), text_of(entry, "when_seen"));
        ck_assert_str_ne(text_of(own, "fix"), text_of(entry, "fix"));
        if (class[0] == '2')
            ck_assert_int_eq(strncmp(text_of(own, "fix"), "No fix needed", 13), 0);
    }
}
END_TEST

START_TEST(an_enhanced_code_of_another_class_than_the_reply_is_not_believed)
{
    struct reply_key key = { .code = 500 + NO_SUCH_CODE, .enhanced = { 2, 1, 5 } };
    struct annotation found;

    catalog_annotate(catalog, &key, &found);
    ck_assert_pstr_ne(found.title, "Destination Address Valid");
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("enhanced");

    tcase_add_unchecked_fixture(tc, open_catalog, close_catalog);
    tcase_add_test(tc, the_catalog_holds_the_registry_and_nothing_else);
    tcase_add_loop_test(tc, each_code_stands_once_in_the_order_of_subject_and_detail, 0,
                        REGISTRY_COUNT);
    tcase_add_loop_test(tc, each_entry_is_complete, 0, REGISTRY_COUNT);
    tcase_add_loop_test(tc, no_later_entry_has_the_same_title_or_description, 0, REGISTRY_COUNT);
    tcase_add_loop_test(tc, each_class_of_each_code_finds_its_texts, 0, REGISTRY_COUNT);
    tcase_add_loop_test(tc, texts_by_class_say_something_of_their_own, 0, REGISTRY_COUNT);
    tcase_add_test(tc, an_enhanced_code_of_another_class_than_the_reply_is_not_believed);
    return suite_run("catalog/enhanced", tc);
}
