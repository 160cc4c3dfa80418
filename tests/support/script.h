/* A dialogue as text, in a .dialog file or in a test: lines of what each side sends; in a file then
 * "---" and the events expected.
 *
 *   C: text     the client sends text and CRLF, in a segment of its own
 *   C| text     the same without CRLF; \r \n \0 \\ and \xHH stand for octets
 *   C+ text     like C|, in the same segment as the line before
 *   C* N text   N times text, escapes as above, in a segment of its own
 *   C! N        a hole of N octets
 *   S: S| S+ S* S!  the server's
 *   wait N      N seconds pass; else each segment comes a second after the one before
 *   midstream   the capture began later (first line)
 *   # remark
 */
#ifndef SMTPSCOPE_TESTS_SUPPORT_SCRIPT_H
#define SMTPSCOPE_TESTS_SUPPORT_SCRIPT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/chunk.h"

enum { SCRIPT_CHUNKS_MAX = 256, SCRIPT_OCTETS_MAX = 1 << 18 };

struct script {
    bool is_midstream;
    size_t count;
    struct chunk chunks[SCRIPT_CHUNKS_MAX]; /* data points into octets; frames count from 1 */
    int64_t waited;                         /* nanoseconds, by "wait" */
    uint8_t octets[SCRIPT_OCTETS_MAX];
    size_t octet_count;
    char *expected; /* the text after "---", on the heap */
};

/* False, with a message on standard error, where the file cannot be read or understood. */
bool script_read(struct script *script, const char *path);

/* The same of a text, which goes without "---". */
bool script_read_text(struct script *script, const char *text);

#endif
