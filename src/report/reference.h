/* The catalog as a reference for the terminal: explain, compare, codes. */
#ifndef SMTPSCOPE_REPORT_REFERENCE_H
#define SMTPSCOPE_REPORT_REFERENCE_H

#include <stdio.h>

#include "catalog/catalog.h"

struct reference_options {
    const struct catalog *catalog;
    enum language language;
    unsigned columns;
    bool in_colour;
};

/* Explains a code, an enhanced code, both, or a whole reply as pasted from a log or a bounce
 * (several lines too), given as words. STATUS_USAGE, with nothing printed, where no code of 200 to
 * 599 stands in them, nor an enhanced code alone. STATUS_IO where the stream failed; errno says why. */
MUST_USE enum status reference_explain(FILE *out, const struct reference_options *options,
                                       const char *const *words, size_t count);

/* Two reply codes side by side. STATUS_USAGE where one is not in the catalog. */
MUST_USE enum status reference_compare(FILE *out, const struct reference_options *options,
                                       unsigned a, unsigned b);

/* Every reply code and enhanced code known, a line each. */
MUST_USE enum status reference_codes(FILE *out, const struct reference_options *options);

/* What a pasted text says: its code, enhanced code and words, the codes of further lines left out.
 * In a line of a log, what the reply answered too. The text is copied into `room`, which has `size`
 * octets; `*text` views it, and `*key` views `*text`. False where no code stands in it. */
bool reference_parse(const char *pasted, char *room, size_t size, struct slice *text,
                     struct reply_key *key);

#endif
