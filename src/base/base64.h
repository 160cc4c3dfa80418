/* Base64 (RFC 4648 4) read from the wire. */
#ifndef SMTPSCOPE_BASE_BASE64_H
#define SMTPSCOPE_BASE_BASE64_H

#include <stdbool.h>

#include "base/slice.h"

/* Decodes into `out`, which has `room` octets; false where `s` is no base64, or does not fit.
 * `*len` octets were written. The caller wipes them where they were secret. */
bool base64_decode(struct slice s, uint8_t *out, size_t room, size_t *len);

/* Only letters, digits, '+', '/', and at most two '=' at the end; at least four octets. */
bool base64_is_likely(struct slice s);

#endif
