/* The body of a header field as a reader of the mail would see it: unfolded, its encoded words
 * (RFC 2047) decoded. */
#ifndef SMTPSCOPE_REPORT_HEADER_TEXT_H
#define SMTPSCOPE_REPORT_HEADER_TEXT_H

#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"

/* Appends to `out` what `body` (as sent, line ends included) says, as valid UTF-8: what is no UTF-8
 * and in no encoded word, and what an encoded word's own charset does not know, comes out as
 * U+FFFD. Encoded words of a charset or encoding not known stay as they are (RFC 2047 6.2). Control
 * octets pass: escaping is for whoever shows the text. At `out->max` the text ends with the last
 * whole character that fits. */
MUST_USE enum status header_text_decode(struct slice body, struct buf *out);

/* Loads what the C library has for the charsets that header_text_decode knows, for good: whoever
 * is about to give up opening files, or loading code, does it before. Without it each charset is
 * loaded when it is met. */
void header_text_prepare(void);

#endif
