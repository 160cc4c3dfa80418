/* Cuts a path at its last slash. */
#include "app/folder.h"

#include <string.h>

#include "base/mem.h"

char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder;

    if (slash == NULL)
        return mem_string(".");
    folder = mem_string(path);
    /* "/", of a file in the root, keeps its one octet. */
    if (folder != NULL)
        folder[slash == path ? 1 : slash - path] = '\0';
    return folder;
}

const char *name_in_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}
