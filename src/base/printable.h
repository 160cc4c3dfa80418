/* Finding the octets that every report may show as they are. */
#ifndef SMTPSCOPE_BASE_PRINTABLE_H
#define SMTPSCOPE_BASE_PRINTABLE_H

#include "base/slice.h"

/* Printable ASCII but for '"' and '\', which JSON and the record form escape. */
static inline bool octet_is_plain(uint8_t octet)
{
    return octet >= 0x20 && octet < 0x7F && octet != '"' && octet != '\\';
}

/* Octets at the start of `s` that are plain. The plain one is for short texts, and for machines
 * without SSE2. */
size_t plain_length(struct slice s);
size_t plain_length_plain(struct slice s);

#endif
