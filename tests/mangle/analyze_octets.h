/* The program's way from a capture to NDJSON, within this process. */
#ifndef SMTPSCOPE_TESTS_MANGLE_ANALYZE_OCTETS_H
#define SMTPSCOPE_TESTS_MANGLE_ANALYZE_OCTETS_H

#include "app/exit_status.h"
#include "base/slice.h"

/* --memory 64, or hardly more than there must be to begin to read, as the first call shows it. */
enum analyze_memory { ANALYZE_MEMORY_USUAL, ANALYZE_MEMORY_LITTLE };

struct analyzed {
    char *ndjson;
    size_t size;
    enum exit_status status;
    size_t opened; /* octets on the heap when reading begins */
    size_t most;   /* at any time, and how many there may be */
    size_t most_allowed;
};

/* What `smtpscope analyze --format ndjson` writes of a file of these octets. The caller frees
 * `ndjson`. Whatever cannot be had ends the program. */
struct analyzed analyze_octets(struct slice file, enum analyze_memory memory);

#endif
