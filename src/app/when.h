/* Points in time as people write them: --since and --until. */
#ifndef SMTPSCOPE_APP_WHEN_H
#define SMTPSCOPE_APP_WHEN_H

#include <stdbool.h>

#include "base/stamp.h"

/* Reads RFC 3339 ("2026-11-24T01:02:03.5Z", "...+02:00"), local time ("2026-11-24",
 * "2026-11-24 01:02", "2026-11-24 01:02:03.5", a T in the place of the space), or seconds since the
 * epoch ("1795482123.5"). False where it is none of these, or no such day or time exists. */
bool when_parse(const char *text, struct stamp *out);

/* Reads a length of time: seconds ("90", "0.5"), or with a unit: "30s", "5m", "2h", "1d". */
bool duration_parse(const char *text, int64_t *ns);

#endif
