/* A folder of files for one test, gone when it ends. Pointers that come back live until then. */
#ifndef SMTPSCOPE_TESTS_SUPPORT_CAPTURE_FILES_H
#define SMTPSCOPE_TESTS_SUPPORT_CAPTURE_FILES_H

#include "base/slice.h"

/* Fixtures: the folder is made, and removed with what the functions below put there. */
void capture_files_begin(void);
void capture_files_end(void);

const char *capture_files_folder(void);

/* A path in the folder that nothing else has: the name with a number. */
const char *capture_files_path(const char *name);

/* Writes the octets to such a path and returns it. */
const char *capture_files_write(const char *name, struct slice octets);

/* The octets of a file. */
struct slice capture_files_read(const char *path);

/* `size` octets of 0, and a copy of octets: a test may change them. */
uint8_t *capture_files_room(size_t size);
uint8_t *capture_files_copy(struct slice octets);

/* Standard input reads the file through a pipe from now on, until capture_files_end; at most 64 KiB
 * of it. */
void capture_files_as_input(const char *path);

/* At most so many descriptors may be open. */
void capture_files_limit_descriptors(size_t count);

#endif
