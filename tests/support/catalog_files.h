/* The built-in catalog for tests, and small catalogs of their own laid over it. */
#ifndef SMTPSCOPE_TESTS_SUPPORT_CATALOG_FILES_H
#define SMTPSCOPE_TESTS_SUPPORT_CATALOG_FILES_H

#include "catalog/catalog.h"

enum { CATALOG_ERROR_MAX = 256 };

/* The built-in catalog; the test ends where it does not open. */
struct catalog *catalog_for_test(void);

/* Lays `json` over it by way of a file that is gone afterwards. */
enum status catalog_lay(struct catalog *catalog, const char *json, char error[CATALOG_ERROR_MAX]);

/* The same with the sections `json` of a catalog ("\"codes\": [...]"), which must be accepted. */
void catalog_lay_sections(struct catalog *catalog, const char *json);

/* What the catalog says of a reply. `enhanced` as "5.7.1", `verb` and `text` may each be NULL. */
struct annotation catalog_look(const struct catalog *catalog, unsigned code, const char *enhanced,
                               const char *verb, const char *text);

/* The path of a file of the source tree, "captures" e.g.; valid until the next call. */
const char *source_path(const char *name);

#endif
