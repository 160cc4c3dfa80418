/* reference_explain: a pasted reply, bounce or line of a log makes a harmless text, or none.
 *
 * Input: columns, then words parted by NUL. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "fuzz/fuzz.h"
#include "fuzz/harmless.h"
#include "report/reference.h"

enum { TEXT_MAX = 10000, WORDS_MAX = 40 };

static struct catalog *catalog;

static void open_catalog(void)
{

    if (catalog == NULL)
        assert(catalog_open(&catalog) == STATUS_OK);
}

static void check_key(const char *pasted)
{
    static char room[TEXT_MAX + 1];
    struct slice text;
    struct reply_key key;

    if (!reference_parse(pasted, room, sizeof(room), &text, &key))
        return;
    assert(key.code >= 200 && key.code <= 599);
    assert(text.len <= strlen(pasted));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[TEXT_MAX + 1];
    struct cursor c = cursor_of(slice_of(data, size));
    struct reference_options options = { .columns = cursor_u8(&c) };
    struct slice in = slice_part(cursor_rest(&c), 0, TEXT_MAX);
    const char *words[WORDS_MAX];
    size_t count = 0;
    char *shown = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&shown, &len);
    enum status status;

    open_catalog();
    options.catalog = catalog;
    options.language = (enum language)(options.columns % LANGUAGE_COUNT);
    assert(out != NULL);
    mem_copy(text, in.data, in.len);
    text[in.len] = '\0';
    for (size_t at = 0; at < in.len && count < WORDS_MAX; at += strlen(text + at) + 1)
        words[count++] = text + at;
    check_key(text);
    status = reference_explain(out, &options, words, count);
    assert(fclose(out) == 0);
    assert(status == STATUS_OK || (status == STATUS_USAGE && len == 0));
    harmless_text(slice_of(shown, len));
    free(shown);
    return 0;
}
