/* From JSON to entries. A file of the user's may be wrong in any way: each gets one line. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "catalog/catalog_state.h"

/* Where the reading stands, for messages. */
struct loading {
    struct catalog *catalog;
    const char *section;
    size_t index;
    bool is_overlay;
    bool failed;
    char *error;
    size_t error_size;
};

static void fail(struct loading *l, const char *what)
{
    if (l->failed)
        return;
    l->failed = true;
    snprintf(l->error, l->error_size, "\"%s\", entry %zu: %s", l->section, l->index + 1, what);
}

/* A text field; NULL where it is not there. */
static const char *text_of(struct loading *l, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    if (value == NULL)
        return NULL;
    if (!json_is_string(value) || json_string_length(value) == 0) {
        fail(l, "a text is empty or no string");
        return NULL;
    }
    return json_string_value(value);
}

/* 0 where `value` is not there. */
static unsigned code_of(struct loading *l, const json_t *value)
{
    json_int_t code = json_integer_value(value);

    if (value == NULL)
        return 0;
    if (!json_is_integer(value) || code < 200 || code > 599) {
        fail(l, "\"code\" must be a number from 200 to 599");
        return 0;
    }
    return (unsigned)code;
}

/* "5.7.1", or "x.7.1" for every class. */
static bool parse_enhanced(const char *text, struct enhanced_code *out)
{
    char with_class[ENHANCED_CODE_TEXT_MAX + 1];
    struct slice s = slice_of_string(text);
    bool is_any = s.len > 0 && (s.data[0] == 'x' || s.data[0] == 'X');

    if (s.len == 0 || s.len >= sizeof(with_class))
        return false;
    mem_copy(with_class, text, s.len + 1);
    if (is_any)
        with_class[0] = '5';
    if (enhanced_code_parse(slice_of_string(with_class), out) != s.len)
        return false;
    if (is_any)
        out->class = ENHANCED_ANY;
    return true;
}

/* Nothing where `value` is not there, or null. */
static void take_enhanced(struct loading *l, const json_t *value, struct catalog_entry *entry)
{
    const char *text = json_string_value(value);

    if (value == NULL || json_is_null(value))
        return;
    entry->has_enhanced = text != NULL && parse_enhanced(text, &entry->enhanced);
    entry->enhanced_name = text;
    if (!entry->has_enhanced)
        fail(l, "\"enhanced\" must be like 5.7.1 or x.7.1");
}

/* A verb as reports name it; NULL where `value` is not there, or null. */
static const char *verb_of(struct loading *l, const json_t *value)
{
    const char *verb = json_string_value(value);

    if (value == NULL || json_is_null(value))
        return NULL;
    if (verb == NULL || verb[0] == '\0' ||
        verb[strspn(verb, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-.?")] != '\0') {
        fail(l, "\"verb\" must be one in capitals, or \".\" for the end of data");
        return NULL;
    }
    return verb;
}

static void add(struct loading *l, const struct catalog_entry *entry)
{
    if (!l->failed && catalog_add(l->catalog, entry) != STATUS_OK)
        fail(l, "out of memory");
}

static struct catalog_entry texts_of(struct loading *l, const json_t *object)
{
    struct catalog_entry entry = {
        .title = text_of(l, object, "title"),
        .description = text_of(l, object, "description"),
        .when_seen = text_of(l, object, "when_seen"),
        .fix = text_of(l, object, "fix"),
        .reference = text_of(l, object, "reference"),
    };

    if (entry.when_seen == NULL || entry.fix == NULL)
        fail(l, "\"when_seen\" and \"fix\" are needed");
    return entry;
}

static bool has_context(const json_t *object)
{
    return json_object_get(object, "enhanced") != NULL || json_object_get(object, "verb") != NULL;
}

static void take_code(struct loading *l, const json_t *object)
{
    struct catalog_entry entry = texts_of(l, object);

    entry.code = code_of(l, json_object_get(object, "code"));
    if (entry.code == 0 || entry.title == NULL || entry.description == NULL)
        fail(l, "\"code\", \"title\" and \"description\" are needed");
    if (has_context(object))
        fail(l, "contexts belong under \"specific\"");
    add(l, &entry);
}

/* One context; refused where the lookup could never come by it. */
static void add_specific(struct loading *l, struct catalog_entry entry)
{
    if (entry.code == 0 && !entry.has_enhanced)
        fail(l, "\"code\" or \"enhanced\" is needed");
    if (entry.code == 0 && entry.verb != NULL)
        fail(l, "a \"verb\" needs its \"code\"");
    if (entry.code != 0 && entry.has_enhanced && entry.enhanced.class == ENHANCED_ANY)
        entry.enhanced.class = (uint8_t)(entry.code / 100);
    if (entry.code != 0 && entry.has_enhanced && entry.enhanced.class != entry.code / 100)
        fail(l, "\"code\" and \"enhanced\" differ in class");
    add(l, &entry);
}

/* A field that may be one value or a list of them: how many there are, one at least. */
static size_t value_count(struct loading *l, const json_t *value)
{
    if (!json_is_array(value))
        return 1;
    if (json_array_size(value) == 0)
        fail(l, "a list is empty");
    return json_array_size(value);
}

static const json_t *value_at(const json_t *value, size_t index)
{
    return json_is_array(value) ? json_array_get(value, index) : value;
}

/* Code, enhanced code and verb may each be a list, null in it for none: the texts hold for every
 * combination. */
static void take_specific(struct loading *l, const json_t *object)
{
    const json_t *codes = json_object_get(object, "code");
    const json_t *enhanced = json_object_get(object, "enhanced");
    const json_t *verbs = json_object_get(object, "verb");
    struct catalog_entry entry = texts_of(l, object);

    for (size_t i = 0; i < value_count(l, codes); i++) {
        for (size_t j = 0; j < value_count(l, enhanced); j++) {
            for (size_t k = 0; k < value_count(l, verbs); k++) {
                struct catalog_entry one = entry;

                one.code = code_of(l, value_at(codes, i));
                take_enhanced(l, value_at(enhanced, j), &one);
                one.verb = verb_of(l, value_at(verbs, k));
                add_specific(l, one);
            }
        }
    }
}

/* What an earlier file said of one class of this code gives way to the new general text. */
static void add_class(struct loading *l, const struct catalog_entry *special, const json_t *own)
{
    if (own != NULL || catalog_find(l->catalog, 0, &special->enhanced, NULL) != NULL)
        add(l, special);
}

/* x.y.z, and what differs by class. */
static void take_enhanced_entry(struct loading *l, const json_t *object)
{
    struct catalog_entry entry = texts_of(l, object);
    const json_t *by_class = json_object_get(object, "by_class");
    static const char *const classes[] = { "2", "4", "5" };

    take_enhanced(l, json_object_get(object, "enhanced"), &entry);
    if (!entry.has_enhanced || entry.title == NULL || entry.description == NULL)
        fail(l, "\"enhanced\", \"title\" and \"description\" are needed");
    if (entry.enhanced.class != ENHANCED_ANY)
        fail(l, "\"enhanced\" must be like x.7.1 here");
    add(l, &entry);
    if (by_class != NULL && !json_is_object(by_class))
        fail(l, "\"by_class\" must be an object");
    for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
        const json_t *own = json_object_get(by_class, classes[i]);
        struct catalog_entry special = entry;

        special.enhanced.class = (uint8_t)(classes[i][0] - '0');
        if (own != NULL) {
            special.when_seen = text_of(l, own, "when_seen");
            special.fix = text_of(l, own, "fix");
            if (special.when_seen == NULL || special.fix == NULL)
                fail(l, "\"by_class\" needs \"when_seen\" and \"fix\"");
        }
        add_class(l, &special, own);
    }
}

/* 550, or "4xx" and "5xx" for a whole class. */
static void take_phrase_code(struct loading *l, const json_t *value, struct catalog_phrase *phrase)
{
    const char *text = json_string_value(value);

    if (text == NULL)
        phrase->code = code_of(l, value);
    else if (strcmp(text, "4xx") == 0 || strcmp(text, "5xx") == 0)
        phrase->class = (unsigned)(text[0] - '0');
    else
        fail(l, "\"code\" must be a number, \"4xx\" or \"5xx\"");
}

/* False for what the words of a reply, read with single blanks and without addresses, never hold. */
static bool can_be_found(const char *phrase)
{
    size_t len = strlen(phrase);

    return phrase[0] != ' ' && phrase[len - 1] != ' ' && strstr(phrase, "  ") == NULL &&
           phrase[strcspn(phrase, "@\t\r\n")] == '\0';
}

static void add_phrase(struct loading *l, struct catalog_phrase phrase, const json_t *value)
{
    enum phrase_place place = l->is_overlay ? PHRASE_FIRST : PHRASE_LAST;

    phrase.phrase = json_string_value(value);
    phrase.length = json_string_length(value);
    if (phrase.length == 0)
        fail(l, "\"phrase\" is needed");
    else if (!can_be_found(phrase.phrase))
        fail(l, "\"phrase\" must be words with single spaces between them and no \"@\"");
    if (!l->failed && catalog_add_phrase(l->catalog, &phrase, place) != STATUS_OK)
        fail(l, "out of memory");
}

/* One code, or any: with every phrase, enhanced code and verb. */
static void add_phrases(struct loading *l, const json_t *object, struct catalog_phrase phrase)
{
    const json_t *phrases = json_object_get(object, "phrase");
    const json_t *enhanced = json_object_get(object, "enhanced");
    const json_t *verbs = json_object_get(object, "verb");

    for (size_t i = 0; i < value_count(l, enhanced); i++) {
        struct catalog_entry entry = { 0 };

        take_enhanced(l, value_at(enhanced, i), &entry);
        phrase.has_enhanced = entry.has_enhanced;
        phrase.enhanced = entry.enhanced;
        for (size_t j = 0; j < value_count(l, verbs); j++) {
            phrase.verb = verb_of(l, value_at(verbs, j));
            for (size_t k = 0; k < value_count(l, phrases); k++)
                add_phrase(l, phrase, value_at(phrases, k));
        }
    }
}

/* Phrase, code, enhanced code and verb may each be a list, as under "specific". */
static void take_phrase(struct loading *l, const json_t *object)
{
    const json_t *codes = json_object_get(object, "code");
    const json_t *replace = json_object_get(object, "replace");
    struct catalog_phrase phrase = { .add = text_of(l, object, "add") };

    if ((phrase.add == NULL) == (replace == NULL))
        fail(l, "either \"replace\" or \"add\" is needed");
    if (replace != NULL)
        phrase.replace = texts_of(l, replace);
    for (size_t i = 0; i < value_count(l, codes); i++) {
        struct catalog_phrase one = phrase;

        take_phrase_code(l, value_at(codes, i), &one);
        add_phrases(l, object, one);
    }
}

static void take_class(struct loading *l, const json_t *object)
{
    const char *name = text_of(l, object, "class");
    size_t class = name == NULL || name[0] < '2' || name[0] > '5' ? 0 : (size_t)(name[0] - '0');
    struct catalog_entry entry = texts_of(l, object);

    if (class == 0 || entry.title == NULL || entry.description == NULL) {
        fail(l, "\"class\", \"title\" and \"description\" are needed");
        return;
    }
    l->catalog->classes[class] = name;
    l->catalog->class_texts[class] = entry;
}

static void take_section(struct loading *l, const json_t *root, const char *section,
                         void (*take)(struct loading *, const json_t *))
{
    const json_t *list = json_object_get(root, section);
    const json_t *object;

    l->section = section;
    l->index = 0;
    if (list == NULL)
        return;
    if (!json_is_array(list)) {
        fail(l, "must be a list");
        return;
    }
    json_array_foreach(list, l->index, object)
    {
        if (!json_is_object(object))
            fail(l, "must be an object");
        else if (!l->failed)
            take(l, object);
    }
}

static void take_labels(struct loading *l, const json_t *root)
{
    static const char *const names[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = "en",
        [LANGUAGE_FR] = "fr",
        [LANGUAGE_TR] = "tr",
        [LANGUAGE_AR] = "ar",
    };
    const json_t *labels = json_object_get(root, "labels");

    l->section = "labels";
    for (l->index = 0; labels != NULL && l->index < LANGUAGE_COUNT; l->index++) {
        const json_t *own = json_object_get(labels, names[l->index]);

        if (own == NULL)
            continue;
        l->catalog->labels[l->index] = (struct labels){
            .description = text_of(l, own, "description"),
            .when_seen = text_of(l, own, "when_seen"),
            .fix = text_of(l, own, "fix"),
            .key_differences = text_of(l, own, "key_differences"),
            .when_to_use = text_of(l, own, "when_to_use"),
        };
        if (json_object_size(own) != 5)
            fail(l, "a language has five labels");
    }
}

bool catalog_load(struct catalog *catalog, struct json_t *root, char *error, size_t error_size)
{
    struct loading l = {
        .catalog = catalog,
        .section = "schema",
        .is_overlay = catalog->source_count > 0,
        .error = error,
        .error_size = error_size,
    };
    const char *schema = json_string_value(json_object_get(root, "schema"));

    catalog->own_phrase_count = 0;
    if (schema == NULL || strcmp(schema, "smtpscope.catalog/1") != 0) {
        snprintf(error, error_size, "\"schema\" is not \"smtpscope.catalog/1\"");
        return false;
    }
    take_labels(&l, root);
    take_section(&l, root, "classes", take_class);
    take_section(&l, root, "codes", take_code);
    take_section(&l, root, "enhanced", take_enhanced_entry);
    take_section(&l, root, "specific", take_specific);
    take_section(&l, root, "phrases", take_phrase);
    return !l.failed;
}
