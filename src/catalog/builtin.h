/* The built-in catalog's JSON, as catalog.json holds it: embed.cmake makes the source of it. */
#ifndef SMTPSCOPE_CATALOG_BUILTIN_H
#define SMTPSCOPE_CATALOG_BUILTIN_H

#include "base/slice.h"

/* The text; it lives as long as the program. */
struct slice catalog_builtin(void);

#endif
