/* Opening the catalog, its labels and languages. */
#include "catalog/catalog.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "catalog/builtin.h"
#include "catalog/catalog_state.h"

/* Forgets the tables; the sources stay. */
static void clear_tables(struct catalog *catalog)
{
    mem_free(catalog->entries);
    mem_free(catalog->slots);
    mem_free(catalog->phrases);
    mem_free(catalog->rows);
}

void catalog_free(struct catalog *catalog)
{
    if (catalog == NULL)
        return;
    clear_tables(catalog);
    for (size_t i = 0; i < catalog->source_count; i++)
        json_decref(catalog->sources[i]);
    mem_free(catalog);
}

/* A catalog of `sources`, the first laid under the others. */
static enum status build(struct catalog *out, struct json_t *const *sources, size_t count,
                         char *error, size_t error_size)
{
    *out = (struct catalog){ 0 };
    for (size_t i = 0; i < count; i++) {
        out->sources[out->source_count++] = sources[i];
        if (!catalog_load(out, sources[i], error, error_size)) {
            clear_tables(out);
            return STATUS_USAGE;
        }
    }
    catalog_index_phrases(out);
    if (catalog_index_rows(out) != STATUS_OK) {
        snprintf(error, error_size, "out of memory");
        clear_tables(out);
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

enum status catalog_open(struct catalog **out, char *error, size_t error_size)
{
    struct slice text = catalog_builtin();
    struct catalog *catalog = mem_calloc(1, sizeof(*catalog));
    json_error_t problem;
    json_t *root;

    if (catalog == NULL)
        return STATUS_NO_MEMORY;
    root = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL) {
        snprintf(error, error_size, "built-in catalog, line %d: %s", problem.line, problem.text);
        mem_free(catalog);
        return STATUS_USAGE;
    }
    if (build(catalog, &root, 1, error, error_size) != STATUS_OK) {
        json_decref(root);
        mem_free(catalog);
        return STATUS_USAGE;
    }
    *out = catalog;
    return STATUS_OK;
}

enum status catalog_overlay(struct catalog *catalog, const char *path, char *error,
                            size_t error_size)
{
    struct json_t *sources[CATALOG_SOURCES_MAX];
    struct catalog overlaid;
    json_error_t problem;
    json_t *root;

    if (catalog->source_count == CATALOG_SOURCES_MAX) {
        snprintf(error, error_size, "%d catalogs are the most there may be", CATALOG_SOURCES_MAX);
        return STATUS_USAGE;
    }
    root = json_load_file(path, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL) {
        /* Line -1: it is the file, not what stands in it. */
        if (problem.line < 1)
            snprintf(error, error_size, "%s", problem.text);
        else
            snprintf(error, error_size, "line %d: %s", problem.line, problem.text);
        return problem.line < 1 ? STATUS_IO : STATUS_USAGE;
    }
    mem_copy(sources, catalog->sources, catalog->source_count * sizeof(*sources));
    sources[catalog->source_count] = root;
    if (build(&overlaid, sources, catalog->source_count + 1, error, error_size) != STATUS_OK) {
        json_decref(root);
        return STATUS_USAGE;
    }
    clear_tables(catalog);
    *catalog = overlaid;
    return STATUS_OK;
}

const struct labels *catalog_labels(const struct catalog *catalog, enum language language)
{
    return &catalog->labels[language < LANGUAGE_COUNT ? language : LANGUAGE_EN];
}

bool language_parse(struct slice name, enum language *out)
{
    static const char *const names[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = "en",
        [LANGUAGE_FR] = "fr",
        [LANGUAGE_TR] = "tr",
        [LANGUAGE_AR] = "ar",
    };

    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        if (slice_equal(name, slice_of_string(names[i]))) {
            *out = (enum language)i;
            return true;
        }
    }
    return false;
}

enum language language_of_environment(const char *lc_all, const char *lc_messages, const char *lang)
{
    const char *const values[] = { lc_all, lc_messages, lang };
    enum language language;

    /* POSIX XBD 8.2: the first that is set and not empty decides. */
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        if (values[i] == NULL || values[i][0] == '\0')
            continue;
        if (language_parse(slice_of(values[i], strcspn(values[i], "_.@")), &language))
            return language;
        break;
    }
    return LANGUAGE_EN;
}
