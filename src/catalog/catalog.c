/* Opening the catalog, its labels and languages. */
#include "catalog/catalog.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "catalog/builtin.h"
#include "catalog/catalog_state.h"
#include "catalog/source.h"

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
    struct catalog *catalog = mem_calloc(1, sizeof(*catalog));
    json_t *root;
    enum status status;

    if (catalog == NULL)
        return STATUS_NO_MEMORY;
    status = catalog_source_text(&root, catalog_builtin(), error, error_size);
    if (status == STATUS_OK) {
        status = build(catalog, &root, 1, error, error_size);
        if (status != STATUS_OK)
            json_decref(root);
    }
    if (status != STATUS_OK) {
        mem_free(catalog);
        return status;
    }
    *out = catalog;
    return STATUS_OK;
}

enum status catalog_overlay(struct catalog *catalog, const char *path, char *error,
                            size_t error_size)
{
    struct json_t *sources[CATALOG_SOURCES_MAX];
    struct catalog overlaid;
    json_t *root;
    enum status status;

    if (catalog->source_count == CATALOG_SOURCES_MAX) {
        snprintf(error, error_size, "%d catalogs are the most there may be", CATALOG_SOURCES_MAX);
        return STATUS_USAGE;
    }
    status = catalog_source_file(&root, path, error, error_size);
    if (status != STATUS_OK)
        return status;
    mem_copy(sources, catalog->sources, catalog->source_count * sizeof(*sources));
    sources[catalog->source_count] = root;
    status = build(&overlaid, sources, catalog->source_count + 1, error, error_size);
    if (status != STATUS_OK) {
        json_decref(root);
        return status;
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
