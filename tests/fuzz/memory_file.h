/* A file that has a name and no place on the disk, for what opens files by name. */
#ifndef SMTPSCOPE_TESTS_FUZZ_MEMORY_FILE_H
#define SMTPSCOPE_TESTS_FUZZ_MEMORY_FILE_H

#include "base/slice.h"

enum { MEMORY_FILE_PATH = 64 };

struct memory_file {
    int descriptor;
    char path[MEMORY_FILE_PATH];
};

/* Holds the octets; the caller closes it. */
void memory_file_open(struct memory_file *file, struct slice octets);
void memory_file_close(const struct memory_file *file);

#endif
