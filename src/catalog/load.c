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

static unsigned code_of(struct loading *l, const json_t *object)
{
    const json_t *value = json_object_get(object, "code");
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

static void take_enhanced(struct loading *l, const json_t *object, struct catalog_entry *entry)
{
    const char *text = text_of(l, object, "enhanced");

    if (text == NULL)
        return;
    entry->has_enhanced = parse_enhanced(text, &entry->enhanced);
    entry->enhanced_name = text;
    if (!entry->has_enhanced)
        fail(l, "\"enhanced\" must be like 5.7.1 or x.7.1");
}

static void add(struct loading *l, const struct catalog_entry *entry)
{
    if (!l->failed && catalog_add(l->catalog, entry) != STATUS_OK)
        fail(l, "out of memory");
}

static struct catalog_entry entry_of(struct loading *l, const json_t *object)
{
    struct catalog_entry entry = {
        .code = code_of(l, object),
        .verb = text_of(l, object, "verb"),
        .title = text_of(l, object, "title"),
        .description = text_of(l, object, "description"),
        .when_seen = text_of(l, object, "when_seen"),
        .fix = text_of(l, object, "fix"),
        .reference = text_of(l, object, "reference"),
    };

    take_enhanced(l, object, &entry);
    if (entry.when_seen == NULL || entry.fix == NULL)
        fail(l, "\"when_seen\" and \"fix\" are needed");
    return entry;
}

static void take_code(struct loading *l, const json_t *object)
{
    struct catalog_entry entry = entry_of(l, object);

    if (entry.code == 0 || entry.title == NULL || entry.description == NULL)
        fail(l, "\"code\", \"title\" and \"description\" are needed");
    if (entry.has_enhanced || entry.verb != NULL)
        fail(l, "contexts belong under \"specific\"");
    add(l, &entry);
}

static void take_specific(struct loading *l, const json_t *object)
{
    struct catalog_entry entry = entry_of(l, object);

    if (entry.code == 0 && !entry.has_enhanced)
        fail(l, "\"code\" or \"enhanced\" is needed");
    add(l, &entry);
}

/* x.y.z, and what differs by class. */
static void take_enhanced_entry(struct loading *l, const json_t *object)
{
    struct catalog_entry entry = entry_of(l, object);
    const json_t *by_class = json_object_get(object, "by_class");
    static const char *const classes[] = { "2", "4", "5" };

    if (!entry.has_enhanced || entry.title == NULL || entry.description == NULL)
        fail(l, "\"enhanced\", \"title\" and \"description\" are needed");
    add(l, &entry);
    if (by_class != NULL && !json_is_object(by_class))
        fail(l, "\"by_class\" must be an object");
    for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
        const json_t *own = json_object_get(by_class, classes[i]);
        struct catalog_entry special = entry;

        if (own == NULL)
            continue;
        special.enhanced.class = (uint8_t)(classes[i][0] - '0');
        special.when_seen = text_of(l, own, "when_seen");
        special.fix = text_of(l, own, "fix");
        if (special.when_seen == NULL || special.fix == NULL)
            fail(l, "\"by_class\" needs \"when_seen\" and \"fix\"");
        add(l, &special);
    }
}

/* 550, or "4xx" and "5xx" for a whole class. */
static void take_phrase_code(struct loading *l, const json_t *object,
                             struct catalog_phrase *phrase)
{
    const char *text = json_string_value(json_object_get(object, "code"));

    if (text == NULL)
        phrase->code = code_of(l, object);
    else if (strcmp(text, "4xx") == 0 || strcmp(text, "5xx") == 0)
        phrase->class = (unsigned)(text[0] - '0');
    else
        fail(l, "\"code\" must be a number, \"4xx\" or \"5xx\"");
}

static void take_phrase(struct loading *l, const json_t *object)
{
    const json_t *replace = json_object_get(object, "replace");
    struct catalog_entry enhanced = { 0 };
    struct catalog_phrase phrase = {
        .phrase = text_of(l, object, "phrase"),
        .verb = text_of(l, object, "verb"),
        .add = text_of(l, object, "add"),
    };

    take_enhanced(l, object, &enhanced);
    phrase.has_enhanced = enhanced.has_enhanced;
    phrase.enhanced = enhanced.enhanced;
    take_phrase_code(l, object, &phrase);
    if (replace != NULL) {
        phrase.title = text_of(l, replace, "title");
        phrase.when_seen = text_of(l, replace, "when_seen");
        phrase.fix = text_of(l, replace, "fix");
    }
    if (phrase.phrase == NULL) {
        fail(l, "\"phrase\" is needed");
        return;
    }
    phrase.length = strlen(phrase.phrase);
    if ((phrase.add == NULL) == (replace == NULL))
        fail(l, "either \"replace\" or \"add\" is needed");
    if (replace != NULL && (phrase.when_seen == NULL || phrase.fix == NULL))
        fail(l, "\"replace\" needs \"when_seen\" and \"fix\"");
    if (!l->failed && catalog_add_phrase(l->catalog, &phrase, l->is_overlay) != STATUS_OK)
        fail(l, "out of memory");
}

static void take_class(struct loading *l, const json_t *object)
{
    const char *name = text_of(l, object, "class");
    size_t class = name == NULL || name[0] < '2' || name[0] > '5' ? 0 : (size_t)(name[0] - '0');
    struct catalog_entry entry = entry_of(l, object);

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
    json_array_foreach(list, l->index, object) {
        if (!json_is_object(object))
            fail(l, "must be an object");
        else if (!l->failed)
            take(l, object);
    }
}

static void take_labels(struct loading *l, const json_t *root)
{
    static const char *const names[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = "en", [LANGUAGE_FR] = "fr", [LANGUAGE_TR] = "tr", [LANGUAGE_AR] = "ar",
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
        .is_overlay = catalog->source_count > 1,
        .error = error,
        .error_size = error_size,
    };
    const char *schema = json_string_value(json_object_get(root, "schema"));

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
