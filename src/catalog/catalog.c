/* Opening the catalog, its labels and languages. */
#include "catalog/catalog.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "catalog/catalog_state.h"
#include "catalog/source.h"

/* The built-in tables belong to the program; once a file is laid over them they are a copy. */
static bool owns_tables(const struct catalog *catalog)
{
    return catalog->source_count > 0;
}

void catalog_free(struct catalog *catalog)
{
    if (catalog == NULL)
        return;
    if (owns_tables(catalog))
        catalog_clear_tables(catalog);
    for (size_t i = 0; i < catalog->source_count; i++)
        json_decref(catalog->sources[i]);
    mem_free(catalog);
}

enum status catalog_open(struct catalog **out)
{
    struct catalog *catalog = mem_alloc(sizeof(*catalog));

    if (catalog == NULL)
        return STATUS_NO_MEMORY;
    *catalog = catalog_builtin;
    *out = catalog;
    return STATUS_OK;
}

/* Lays the entries of `root` over a copy of what is there; with STATUS_OK it keeps `root`. */
static enum status lay_over(struct catalog *out, const struct catalog *under, struct json_t *root,
                            char *error, size_t error_size)
{
    enum status status = catalog_copy_tables(out, under);

    if (status != STATUS_OK) {
        snprintf(error, error_size, "out of memory");
        return status;
    }
    out->sources[out->source_count++] = root;
    if (!catalog_load(out, root, error, error_size)) {
        status = STATUS_USAGE;
    } else if (catalog_index_rows(out) != STATUS_OK) {
        snprintf(error, error_size, "out of memory");
        status = STATUS_NO_MEMORY;
    }
    if (status == STATUS_OK)
        catalog_index_phrases(out);
    else
        catalog_clear_tables(out);
    return status;
}

enum status catalog_overlay(struct catalog *catalog, const char *path, char *error,
                            size_t error_size)
{
    struct catalog overlaid;
    json_t *root;
    enum status status;

    if (catalog->source_count == CATALOG_SOURCES_MAX) {
        snprintf(error, error_size, "%d catalogs are the most there may be",
                 CATALOG_SOURCES_MAX + 1);
        return STATUS_USAGE;
    }
    status = catalog_source_file(&root, path, error, error_size);
    if (status != STATUS_OK)
        return status;
    status = lay_over(&overlaid, catalog, root, error, error_size);
    if (status != STATUS_OK) {
        json_decref(root);
        return status;
    }
    if (owns_tables(catalog))
        catalog_clear_tables(catalog);
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
