/* The JSON of a catalog, by jansson, which is not to be trusted where memory runs out. */
#ifndef SMTPSCOPE_CATALOG_SOURCE_H
#define SMTPSCOPE_CATALOG_SOURCE_H

#include <stddef.h>

#include "base/status.h"

struct json_t; /* jansson's */

/* Reads a catalog's file. The caller owns `*out`. STATUS_NO_MEMORY, STATUS_IO where the file cannot be
 * read, STATUS_USAGE where it is no JSON: one line of why is in `error`. */
MUST_USE enum status catalog_source_file(struct json_t **out, const char *path, char *error,
                                         size_t error_size);

#endif
