/* memfd_create, under the name that /proc has for it. */
#include "fuzz/memory_file.h"

#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

void memory_file_open(struct memory_file *file, struct slice octets)
{
    file->descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    assert(file->descriptor >= 0);
    while (octets.len > 0) {
        ssize_t n = write(file->descriptor, octets.data, octets.len);

        assert(n > 0);
        octets = slice_from(octets, (size_t)n);
    }
    snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->descriptor);
}

void memory_file_close(const struct memory_file *file)
{
    close(file->descriptor);
}
