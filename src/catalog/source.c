/* Has jansson read, and watches its memory. */
#include "catalog/source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "base/mem.h"

/* Where the buffer of a token cannot grow, jansson 2.14 goes on without the octets that had no
 * room, and writes past the end of the string that it copies from there if it gets room for that.
 * So what has failed once fails until the reading is over. */
static bool has_failed;

static void *allocate(size_t size)
{
    void *block = has_failed ? NULL : mem_alloc(size);

    has_failed = block == NULL;
    return block;
}

static void begin(void)
{
    has_failed = false;
    errno = 0;
    json_set_alloc_funcs(allocate, mem_free);
}

/* A lack of memory is told as anything else that ends the reading is, "invalid token" and the like,
 * or not at all. The stream of a file is the C library's: errno has its word. */
static enum status end(struct json_t **out, json_t *root, char *error, size_t error_size)
{
    bool is_short = has_failed || (root == NULL && errno == ENOMEM);

    has_failed = false;
    *out = root;
    if (!is_short)
        return root == NULL ? STATUS_USAGE : STATUS_OK;
    json_decref(root);
    *out = NULL;
    (void)snprintf(error, error_size, "out of memory");
    return STATUS_NO_MEMORY;
}

enum status catalog_source_file(struct json_t **out, const char *path, char *error,
                                size_t error_size)
{
    json_error_t problem;
    enum status status;

    begin();
    status = end(out, json_load_file(path, JSON_REJECT_DUPLICATES, &problem), error, error_size);
    if (status != STATUS_USAGE)
        return status;
    /* Line -1: it is the file, not what stands in it. */
    if (problem.line < 1)
        (void)snprintf(error, error_size, "%s", problem.text);
    else
        (void)snprintf(error, error_size, "line %d: %s", problem.line, problem.text);
    return problem.line < 1 ? STATUS_IO : STATUS_USAGE;
}
