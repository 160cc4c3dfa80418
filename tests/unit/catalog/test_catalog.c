/* The built-in texts: complete, unique, well formed, and the documented ones word for word. */
#include <check.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "support/catalog_files.h"
#include "support/reference.h"
#include "support/suite.h"

enum { KEYS_MAX = 8192, KEY_SIZE = 160 };

static json_t *json_of(const char *name)
{
    json_error_t problem;
    json_t *root = json_load_file(source_path(name), JSON_REJECT_DUPLICATES, &problem);

    ck_assert_msg(root != NULL, "%s: line %d: %s", name, problem.line, problem.text);
    return root;
}

static const char *text_in(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    ck_assert_msg(text != NULL, "no \"%s\"", name);
    return text;
}

/* No blanks at the ends or doubled, none but the space. */
static void check_line(const char *text)
{
    size_t len = strlen(text);

    ck_assert_uint_gt(len, 1);
    ck_assert_msg(text[0] != ' ' && text[len - 1] != ' ', "blank at an end: %s", text);
    ck_assert_msg(strstr(text, "  ") == NULL, "two blanks: %s", text);
    ck_assert_msg(strpbrk(text, "\t\r\n") == NULL, "control character: %s", text);
}

static void check_sentence(const char *text)
{
    check_line(text);
    ck_assert_msg(text[strlen(text) - 1] == '.', "no period: %s", text);
    ck_assert_msg(ascii_upper((uint8_t)text[0]) == (uint8_t)text[0], "small letter: %s", text);
}

static void check_reference(const char *text)
{
    check_line(text);
    ck_assert_msg(reference_names_are_whole(text), "%s", text);
}

static void check_texts(const json_t *object)
{
    const char *title = text_in(object, "title");
    const char *when_seen = text_in(object, "when_seen");

    check_line(title);
    ck_assert_msg(title[strlen(title) - 1] != '.', "period: %s", title);
    check_sentence(text_in(object, "description"));
    check_sentence(text_in(object, "fix"));
    check_sentence(when_seen);
    ck_assert_msg(strncmp(when_seen, "When ", 5) == 0 || strncmp(when_seen, "After ", 6) == 0, "%s",
                  when_seen);
    if (json_object_get(object, "reference") != NULL)
        check_reference(text_in(object, "reference"));
}

START_TEST(every_text_is_complete_and_well_formed)
{
    static const char *const sections[] = { "classes", "codes", "enhanced", "specific" };
    json_t *root = json_of("src/catalog/catalog.json");
    const json_t *object;
    size_t at;

    for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
        json_array_foreach(json_object_get(root, sections[i]), at, object)
        {
            const char *class;
            json_t *own;

            check_texts(object);
            json_object_foreach(json_object_get(object, "by_class"), class, own)
            {
                check_sentence(text_in(own, "when_seen"));
                check_sentence(text_in(own, "fix"));
            }
        }
    }
    json_array_foreach(json_object_get(root, "phrases"), at, object)
    {
        if (json_object_get(object, "add") != NULL)
            check_sentence(text_in(object, "add"));
        else
            check_texts(json_object_get(object, "replace"));
    }
    json_decref(root);
}
END_TEST

START_TEST(every_code_says_its_class_and_where_it_is_defined)
{
    json_t *root = json_of("src/catalog/catalog.json");
    const json_t *object;
    size_t at;

    json_array_foreach(json_object_get(root, "codes"), at, object)
    {
        unsigned code = (unsigned)json_integer_value(json_object_get(object, "code"));
        struct catalog *catalog = catalog_for_test();

        ck_assert_str_eq(text_in(object, "class"),
                         catalog_look(catalog, code, NULL, NULL, NULL).class_name);
        check_reference(text_in(object, "reference"));
        catalog_free(catalog);
    }
    json_decref(root);
}
END_TEST

/* Collects keys; each may come once. */
struct keys {
    char (*list)[KEY_SIZE];
    size_t count;
};

static void add_key(struct keys *keys, const char *key)
{
    ck_assert_uint_lt(keys->count, KEYS_MAX);
    ck_assert_uint_lt(strlen(key), KEY_SIZE);
    mem_copy(keys->list[keys->count++], key, strlen(key) + 1);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void check_unique(struct keys *keys)
{
    qsort(keys->list, keys->count, KEY_SIZE, compare_keys);
    for (size_t i = 1; i < keys->count; i++)
        ck_assert_msg(strcmp(keys->list[i - 1], keys->list[i]) != 0, "twice: %s", keys->list[i]);
    keys->count = 0;
}

static const char *field_text(const json_t *value, size_t index, char room[KEY_SIZE])
{
    const json_t *one = json_is_array(value) ? json_array_get(value, index) : value;

    if (json_is_integer(one)) {
        snprintf(room, KEY_SIZE, "%d", (int)json_integer_value(one));
        return room;
    }
    return json_is_string(one) ? json_string_value(one) : "-";
}

static size_t field_count(const json_t *value)
{
    return json_is_array(value) ? json_array_size(value) : 1;
}

/* Every combination of the fields, as one key each. */
static void add_combinations(struct keys *keys, const json_t *object)
{
    const json_t *codes = json_object_get(object, "code");
    const json_t *enhanced = json_object_get(object, "enhanced");
    const json_t *verbs = json_object_get(object, "verb");
    const json_t *phrases = json_object_get(object, "phrase");

    for (size_t i = 0; i < field_count(codes); i++)
        for (size_t j = 0; j < field_count(enhanced); j++)
            for (size_t k = 0; k < field_count(verbs); k++)
                for (size_t m = 0; m < field_count(phrases); m++) {
                    char key[2 * KEY_SIZE];
                    char room[4][KEY_SIZE];

                    snprintf(key, sizeof(key), "%.20s %.20s %.20s %.80s",
                             field_text(codes, i, room[0]), field_text(enhanced, j, room[1]),
                             field_text(verbs, k, room[2]), field_text(phrases, m, room[3]));
                    add_key(keys, key);
                }
}

START_TEST(every_key_stands_once)
{
    static const char *const sections[] = { "classes", "codes", "enhanced", "specific" };
    json_t *root = json_of("src/catalog/catalog.json");
    struct keys keys = { .list = mem_alloc((size_t)KEYS_MAX * KEY_SIZE) };
    const json_t *object;
    size_t at;

    ck_assert_ptr_nonnull(keys.list);
    for (size_t i = 1; i < sizeof(sections) / sizeof(*sections); i++) {
        json_array_foreach(json_object_get(root, sections[i]), at, object)
            add_combinations(&keys, object);
        ck_assert_uint_ge(keys.count, json_array_size(json_object_get(root, sections[i])));
        check_unique(&keys);
    }
    /* A phrase may replace and add. */
    for (int adds = 0; adds < 2; adds++) {
        json_array_foreach(json_object_get(root, "phrases"), at, object)
        {
            if ((json_object_get(object, "add") != NULL) == (adds == 1))
                add_combinations(&keys, object);
        }
        check_unique(&keys);
    }
    mem_free(keys.list);
    json_decref(root);
}
END_TEST

START_TEST(no_two_codes_share_a_text)
{
    static const char *const names[] = { "title", "description", "when_seen", "fix" };
    json_t *root = json_of("src/catalog/catalog.json");
    const json_t *codes = json_object_get(root, "codes");
    const json_t *a;
    size_t at;

    json_array_foreach(codes, at, a)
    {
        for (size_t other = at + 1; other < json_array_size(codes); other++)
            for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
                ck_assert_str_ne(text_in(a, names[i]),
                                 text_in(json_array_get(codes, other), names[i]));
    }
    json_decref(root);
}
END_TEST

START_TEST(every_code_in_use_is_known)
{
    static const unsigned codes[] = {
        211, 214, 220, 221, 235, 250, 251, 252, 253, 334, 354, 421, 422, 431, 432,
        441, 442, 446, 447, 449, 450, 451, 452, 453, 454, 455, 458, 459, 471, 500,
        501, 502, 503, 504, 510, 511, 512, 513, 515, 517, 521, 523, 524, 525, 530,
        533, 534, 535, 538, 541, 550, 551, 552, 553, 554, 555, 556, 557,
    };
    struct catalog *catalog = catalog_for_test();
    struct catalog_row row;

    /* `codes` lists them in their order, before anything else. */
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        ck_assert(catalog_row_at(catalog, i, &row));
        ck_assert_uint_eq(row.code, codes[i]);
        ck_assert_ptr_null(row.enhanced);
    }
    for (size_t i = sizeof(codes) / sizeof(*codes); catalog_row_at(catalog, i, &row); i++) {
        ck_assert_uint_eq(row.code, 0);
        ck_assert_ptr_nonnull(row.enhanced);
    }
    catalog_free(catalog);
}
END_TEST

START_TEST(the_documented_codes_stand_word_for_word)
{
    json_t *root = json_of("tests/unit/catalog/documented/documented-codes.json");
    struct catalog *catalog = catalog_for_test();
    const json_t *object;
    size_t at;

    ck_assert_uint_eq(json_array_size(json_object_get(root, "codes")), 6);
    json_array_foreach(json_object_get(root, "codes"), at, object)
    {
        unsigned code = (unsigned)json_integer_value(json_object_get(object, "code"));
        struct annotation found = catalog_look(catalog, code, NULL, NULL, NULL);

        ck_assert_str_eq(found.title, text_in(object, "title"));
        ck_assert_str_eq(found.class_name, text_in(object, "class"));
        ck_assert_str_eq(found.description, text_in(object, "description"));
        ck_assert_str_eq(found.when_seen, text_in(object, "when_seen"));
        ck_assert_str_eq(found.fix, text_in(object, "fix"));
    }
    catalog_free(catalog);
    json_decref(root);
}
END_TEST

/* Where the place or the enhanced code says no more than the code, its words are the documented
 * ones. */
START_TEST(the_documented_words_hold_where_nothing_more_is_known)
{
    static const struct {
        unsigned code;
        const char *enhanced;
        const char *verb;
    } cases[] = {
        { 235, NULL, "AUTH" },    { 235, "2.7.0", "AUTH" }, { 354, NULL, "DATA" },
        { 500, NULL, "?" },       { 500, "5.5.1", "?" },    { 500, "5.5.2", "?" },
        { 502, "5.5.1", NULL },   { 530, NULL, "MAIL" },    { 530, "5.7.0", "MAIL" },
        { 530, "5.7.1", "RCPT" },
    };
    struct catalog *catalog = catalog_for_test();

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct annotation bare = catalog_look(catalog, cases[i].code, NULL, NULL, NULL);
        struct annotation found =
            catalog_look(catalog, cases[i].code, cases[i].enhanced, cases[i].verb, NULL);

        ck_assert_str_eq(found.title, bare.title);
        ck_assert_str_eq(found.when_seen, bare.when_seen);
        ck_assert_str_eq(found.fix, bare.fix);
    }
    catalog_free(catalog);
}
END_TEST

START_TEST(the_labels_of_the_four_languages_stand_word_for_word)
{
    static const char *const names[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = "en",
        [LANGUAGE_FR] = "fr",
        [LANGUAGE_TR] = "tr",
        [LANGUAGE_AR] = "ar",
    };
    json_t *root = json_of("tests/unit/catalog/documented/documented-codes.json");
    struct catalog *catalog = catalog_for_test();

    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        const json_t *own = json_object_get(json_object_get(root, "labels"), names[i]);
        const struct labels *labels = catalog_labels(catalog, (enum language)i);
        enum language language = LANGUAGE_COUNT;

        ck_assert_str_eq(labels->description, text_in(own, "description"));
        ck_assert_str_eq(labels->when_seen, text_in(own, "when_seen"));
        ck_assert_str_eq(labels->fix, text_in(own, "fix"));
        ck_assert_str_eq(labels->key_differences, text_in(own, "key_differences"));
        ck_assert_str_eq(labels->when_to_use, text_in(own, "when_to_use"));
        ck_assert(language_parse(slice_of_string(names[i]), &language));
        ck_assert_uint_eq(language, i);
    }
    catalog_free(catalog);
    json_decref(root);
}
END_TEST

START_TEST(the_language_is_that_of_the_first_variable_set)
{
    enum language language;

    ck_assert_int_eq(language_of_environment("fr_FR.UTF-8", "tr_TR", "ar"), LANGUAGE_FR);
    ck_assert_int_eq(language_of_environment("", "tr_TR.UTF-8", "ar"), LANGUAGE_TR);
    ck_assert_int_eq(language_of_environment(NULL, NULL, "ar"), LANGUAGE_AR);
    ck_assert_int_eq(language_of_environment(NULL, "", "ar_EG@latin"), LANGUAGE_AR);
    /* What is set and not known decides too. */
    ck_assert_int_eq(language_of_environment("C", "tr_TR", "ar"), LANGUAGE_EN);
    ck_assert_int_eq(language_of_environment("de_DE", NULL, "fr"), LANGUAGE_EN);
    ck_assert_int_eq(language_of_environment(NULL, NULL, NULL), LANGUAGE_EN);
    ck_assert_int_eq(language_of_environment("fra", NULL, NULL), LANGUAGE_EN);
    ck_assert(!language_parse(slice_of_string("FR"), &language));
    ck_assert(!language_parse(slice_of_string(""), &language));
}
END_TEST

/* What the recorded pairs call a command, as reports name it. */
static const char *verb_of_pair(const char *name)
{
    static const char *const renamed[][2] = {
        { "<greeting>", "CONNECT" }, { "<auth>", "AUTH" }, { "BDAT LAST", "BDAT" },
        { "<unsolicited>", "" },     { "", "?" },          { "FROBNICATE", "?" },
    };

    for (size_t i = 0; i < sizeof(renamed) / sizeof(*renamed); i++) {
        if (strcmp(renamed[i][0], name) == 0)
            return renamed[i][1];
    }
    return name;
}

static void check_said_more_than_class(const struct catalog *catalog, unsigned code,
                                       const char *enhanced, const char *verb)
{
    struct annotation found = catalog_look(catalog, code, enhanced, verb, NULL);
    struct annotation class = catalog_look(catalog, code / 100 * 100 + 99, NULL, NULL, NULL);

    ck_assert_msg(strcmp(found.when_seen, class.when_seen) != 0, "%u %s %s", code,
                  enhanced == NULL ? "-" : enhanced, verb);
    ck_assert_str_ne(found.fix, class.fix);
    ck_assert_str_ne(found.title, class.title);
}

/* A reply line of a transcript: "550 5.1.1 ...". */
static void check_line_of_transcript(const struct catalog *catalog, const char *line)
{
    unsigned code = (unsigned)strtoul(line, NULL, 10);
    struct slice text = slice_of_string(line);
    struct enhanced_code enhanced;
    char written[ENHANCED_CODE_TEXT_MAX];

    if (code < 200 || code > 599 || text.len < 4 || text.data[3] != ' ')
        return;
    if (enhanced_code_parse(slice_from(text, 4), &enhanced) == 0)
        enhanced.class = 0;
    enhanced_code_text(enhanced, written);
    check_said_more_than_class(catalog, code, written[0] == '\0' ? NULL : written, "");
}

static size_t check_session(const struct catalog *catalog, const json_t *session)
{
    const json_t *pair;
    const json_t *line;
    size_t at;
    size_t count = 0;

    json_array_foreach(json_object_get(session, "pairs"), at, pair)
    {
        if (!json_is_integer(json_array_get(pair, 1)))
            continue;
        check_said_more_than_class(catalog, (unsigned)json_integer_value(json_array_get(pair, 1)),
                                   NULL, verb_of_pair(json_string_value(json_array_get(pair, 0))));
        count++;
    }
    json_array_foreach(json_object_get(session, "transcript"), at, line)
    {
        if (strcmp(json_string_value(json_array_get(line, 0)), "S") == 0)
            check_line_of_transcript(catalog, json_string_value(json_array_get(line, 1)));
    }
    return count;
}

START_TEST(every_recorded_reply_is_explained_beyond_its_class)
{
    struct catalog *catalog = catalog_for_test();
    glob_t found;
    size_t count = 0;

    ck_assert_int_eq(glob(source_path("captures/*.expect.json"), 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        json_t *root = json_load_file(found.gl_pathv[i], 0, NULL);
        const json_t *session;
        size_t at;

        ck_assert_ptr_nonnull(root);
        json_array_foreach(json_object_get(root, "sessions"), at, session) count +=
            check_session(catalog, session);
        json_decref(root);
    }
    ck_assert_uint_gt(count, 100);
    globfree(&found);
    catalog_free(catalog);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("catalog");

    tcase_add_test(tc, every_text_is_complete_and_well_formed);
    tcase_add_test(tc, every_code_says_its_class_and_where_it_is_defined);
    tcase_add_test(tc, every_key_stands_once);
    tcase_add_test(tc, no_two_codes_share_a_text);
    tcase_add_test(tc, every_code_in_use_is_known);
    tcase_add_test(tc, the_documented_codes_stand_word_for_word);
    tcase_add_test(tc, the_documented_words_hold_where_nothing_more_is_known);
    tcase_add_test(tc, the_labels_of_the_four_languages_stand_word_for_word);
    tcase_add_test(tc, the_language_is_that_of_the_first_variable_set);
    tcase_add_test(tc, every_recorded_reply_is_explained_beyond_its_class);
    return suite_run("catalog/catalog", tc);
}
