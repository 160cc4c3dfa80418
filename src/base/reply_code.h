/* The enhanced status code of RFC 3463: class.subject.detail. */
#ifndef SMTPSCOPE_BASE_REPLY_CODE_H
#define SMTPSCOPE_BASE_REPLY_CODE_H

#include <stdbool.h>

#include "base/slice.h"

/* class 2, 4 or 5; class 0 means that there is none. */
struct enhanced_code {
    uint8_t class;
    uint16_t subject; /* 0 to 999 */
    uint16_t detail;  /* 0 to 999 */
};

/* "5.7.26" and its NUL at the longest: "5.999.999". */
enum { ENHANCED_CODE_TEXT_MAX = 10 };

/* Whether enhanced_code_parse may find one: of most texts their second octet tells that it will not. */
static inline bool enhanced_code_may_begin(struct slice text)
{
    return text.len > 1 && text.data[1] == '.';
}

/* Reads an enhanced code at the very start of `text`, ended by a space or by the text's end; the
 * octets it takes, or 0 where there is none (RFC 3463 2: class 2, 4 or 5; RFC 2034 4). */
size_t enhanced_code_parse(struct slice text, struct enhanced_code *out);

/* Writes "5.7.26", or "" for class 0; returns the length. */
size_t enhanced_code_text(struct enhanced_code code, char out[ENHANCED_CODE_TEXT_MAX]);

static inline bool enhanced_code_equal(struct enhanced_code a, struct enhanced_code b)
{
    return a.class == b.class && a.subject == b.subject && a.detail == b.detail;
}

#endif
