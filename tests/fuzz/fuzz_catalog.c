/* catalog_overlay: a file is laid over whole or not at all, and what is then looked up is text.
 *
 * Input: the JSON file. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/catalog.h"
#include "fuzz/fuzz.h"
#include "fuzz/harmless.h"
#include "fuzz/memory_file.h"

/* Kept from run to run: a file that is refused leaves it as it was. */
static struct catalog *catalog;
static struct annotation untouched;

static struct annotation look(unsigned code)
{
    struct slice line = slice_of_string("5.7.1 blocked using a list, see user unknown");
    struct reply_key key = {
        .code = code, .enhanced = { 5, 7, 1 }, .verb = "RCPT", .lines = &line, .line_count = 1
    };
    struct annotation found;

    catalog_annotate(catalog, &key, &found);
    return found;
}

static void open_catalog(void)
{

    if (catalog != NULL)
        return;
    assert(catalog_open(&catalog) == STATUS_OK);
    untouched = look(550);
}

static void check_text(const char *text)
{
    assert(text == NULL || (text[0] != '\0' && is_utf8(slice_of_string(text))));
}

/* Every code, every row, and a comparison. */
static void check_catalog(void)
{
    struct catalog_row row;
    struct comparison comparison;

    for (unsigned code = 190; code < 610; code += code % 50 == 4 ? 46 : 1) {
        struct annotation found = look(code);

        check_text(found.class_name);
        check_text(found.title);
        check_text(found.description);
        check_text(found.when_seen);
        check_text(found.fix);
        check_text(found.note);
    }
    for (size_t i = 0; catalog_row_at(catalog, i, &row); i++)
        check_text(row.title);
    for (size_t i = 0; catalog_context_at(catalog, 550, i, &row); i++)
        check_text(row.title);
    if (catalog_compare(catalog, 250, 550, &comparison) == STATUS_OK)
        comparison_clear(&comparison);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct memory_file file;
    char error[256] = "";
    enum status status;

    open_catalog();
    memory_file_open(&file, slice_of(data, size));
    status = catalog_overlay(catalog, file.path, error, sizeof(error));
    memory_file_close(&file);
    if (status == STATUS_OK) {
        check_catalog();
        catalog_free(catalog);
        catalog = NULL;
        return 0;
    }
    assert(error[0] != '\0' && strchr(error, '\n') == NULL);
    assert(memcmp(&untouched, &(struct annotation){ 0 }, sizeof(untouched)) != 0);
    {
        struct annotation now = look(550);

        assert(memcmp(&now, &untouched, sizeof(now)) == 0);
    }
    return 0;
}
