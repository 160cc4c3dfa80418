/* The two parts of a file's path: the folder it stands in, and its name there. */
#ifndef SMTPSCOPE_APP_FOLDER_H
#define SMTPSCOPE_APP_FOLDER_H

/* "." where the path names no folder, "/" for a file of the root. The caller frees it with
 * mem_free; NULL: no memory. */
char *folder_of(const char *path);

/* The path without its folders; it lives as long as the path. */
const char *name_in_folder(const char *path);

#endif
