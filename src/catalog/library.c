/* Asks Jansson who it is. */
#include "catalog/library.h"

#include <jansson.h>

const char *catalog_jansson_version(void)
{
    return jansson_version_str();
}
