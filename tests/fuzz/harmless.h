/* What every report must be, whatever was captured. */
#ifndef SMTPSCOPE_TESTS_FUZZ_HARMLESS_H
#define SMTPSCOPE_TESTS_FUZZ_HARMLESS_H

#include "base/slice.h"

/* Well-formed UTF-8 without control octets or characters, but for LF: no escape sequence gets
 * through. Asserted. */
void harmless_text(struct slice text);

/* The same, and one JSON value. */
void harmless_json(struct slice text);

/* The same, and one JSON object a line. */
void harmless_ndjson(struct slice text);

/* True where the octets are UTF-8, as jansson sees it: somebody else's eyes. */
bool is_utf8(struct slice text);

#endif
