/* One character at a time out of octets that may or may not be UTF-8 (RFC 3629). */
#ifndef SMTPSCOPE_REPORT_UTF8_H
#define SMTPSCOPE_REPORT_UTF8_H

#include "base/slice.h"

enum { UTF8_MAX = 4 };

/* The octets of the well-formed character that `s` begins with, and the character; 0 where there is
 * none: `s` is empty, or begins with a stray, overlong, surrogate, too large or cut one. */
size_t utf8_decode(struct slice s, uint32_t *character);

#endif
