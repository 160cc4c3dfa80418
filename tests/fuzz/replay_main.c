/* Feeds a fuzz target the files of the folders named, each once, so that a corpus is an ordinary
 * test under any compiler. A file that is named itself is fed too: that repeats a finding. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

static unsigned inputs;

/* The copy is as large as the input, so that the address sanitizer sees the first octet past it. */
static void feed(const void *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);

    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    inputs++;
}

static int feed_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size > 0 ? size : 1);
    size_t got = 0;

    if (file == NULL || data == NULL) {
        perror(path);
        free(data);
        if (file != NULL)
            fclose(file);
        return 1;
    }
    got = fread(data, 1, size, file);
    fclose(file);
    fprintf(stderr, "replay %s (%zu octets)\n", path, got);
    feed(data, got);
    free(data);
    return 0;
}

static int feed_path(const char *path);

static int feed_folder(const char *path)
{
    struct dirent **names = NULL;
    int count = scandir(path, &names, NULL, alphasort);
    int failures = 0;

    if (count < 0) {
        perror(path);
        return 1;
    }
    for (int i = 0; i < count; i++) {
        char *inner = NULL;

        if (names[i]->d_name[0] != '.') {
            if (asprintf(&inner, "%s/%s", path, names[i]->d_name) < 0)
                abort();
            failures += feed_path(inner);
            free(inner);
        }
        free(names[i]);
    }
    free(names);
    return failures;
}

static int feed_path(const char *path)
{
    struct stat about;

    if (stat(path, &about) != 0) {
        perror(path);
        return 1;
    }
    return S_ISDIR(about.st_mode) ? feed_folder(path) : feed_file(path, (size_t)about.st_size);
}

int main(int argc, char **argv)
{
    int failures = 0;

    feed(NULL, 0);
    for (int i = 1; i < argc; i++)
        failures += feed_path(argv[i]);
    printf("%u inputs replayed\n", inputs);
    return failures > 0;
}
