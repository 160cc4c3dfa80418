/* What the extensions add to commands: verbs, and parameters with the octets that each may add to
 * a line. */
#ifndef SMTPSCOPE_FINDINGS_EXTENSIONS_H
#define SMTPSCOPE_FINDINGS_EXTENSIONS_H

#include "findings/look.h"
#include "findings/path.h"

struct extension_use {
    enum smtp_verb verb;
    const char *parameter; /* NULL: the verb itself */
    const char *value;     /* NULL: any */
    const char *keyword;   /* that EHLO's reply must hold */
    const char *reference; /* where it is defined; NULL: in no RFC */
    uint64_t octets;       /* by which the offer lengthens the command; 0: by none */
    const char *octets_reference;
};

/* The table. Rows of the same parameter stand together. */
const struct extension_use *extension_uses(size_t *count);

/* How many rows from rows[0] on are about the very same use, which an offer of any of them allows:
 * ENVID is DSN's and MTRK's. */
size_t extension_alternatives(const struct extension_use *rows, size_t count);

/* A command of `verb`, with the parameters of `line`, is or holds what the row is about. */
bool extension_is_used(const struct extension_use *use, enum smtp_verb verb,
                       const struct path_line *line);

/* Which rows that is so of, by their bits. */
uint64_t extensions_used(enum smtp_verb verb, const struct path_line *line);

/* The parameter is in the table for that verb. */
bool extension_knows_parameter(enum smtp_verb verb, struct slice name);

#endif
