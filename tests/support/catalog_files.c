/* Opens the catalog, or ends the test. */
#include "support/catalog_files.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct catalog *catalog_for_test(void)
{
    struct catalog *catalog = NULL;

    ck_assert_int_eq(catalog_open(&catalog), STATUS_OK);
    return catalog;
}

enum status catalog_lay(struct catalog *catalog, const char *json, char error[CATALOG_ERROR_MAX])
{
    const char *top = getenv("TMPDIR");
    char path[512];
    enum status status;
    FILE *file;
    int fd;

    error[0] = '\0';
    snprintf(path, sizeof(path), "%s/smtpscope-catalog-XXXXXX", top != NULL ? top : P_tmpdir);
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    file = fdopen(fd, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(json, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    status = catalog_overlay(catalog, path, error, CATALOG_ERROR_MAX);
    unlink(path);
    return status;
}

void catalog_lay_sections(struct catalog *catalog, const char *json)
{
    char error[CATALOG_ERROR_MAX];
    char whole[8192];

    ck_assert_uint_lt(strlen(json) + 64, sizeof(whole));
    snprintf(whole, sizeof(whole), "{\"schema\": \"smtpscope.catalog/1\", %s}", json);
    ck_assert_msg(catalog_lay(catalog, whole, error) == STATUS_OK, "%s", error);
}

struct annotation catalog_look(const struct catalog *catalog, unsigned code, const char *enhanced,
                               const char *verb, const char *text)
{
    struct reply_key key = { .code = code, .verb = verb };
    struct annotation annotation;
    struct slice line;

    if (enhanced != NULL)
        ck_assert_uint_gt(enhanced_code_parse(slice_of_string(enhanced), &key.enhanced), 0);
    if (text != NULL) {
        line = slice_of_string(text);
        key.lines = &line;
        key.line_count = 1;
    }
    catalog_annotate(catalog, &key, &annotation);
    return annotation;
}

const char *source_path(const char *name)
{
    static char path[1024];
    const char *top = getenv("SMTPSCOPE_SOURCE_DIR");

    snprintf(path, sizeof(path), "%s/%s", top != NULL ? top : ".", name);
    return path;
}
