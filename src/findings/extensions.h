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

/* The rows that a command is or holds the use of, by their bits. */
uint64_t extensions_used(const struct entry *command);

/* Takes the next use off `*used`, and `*same` rows from it on that are about the very same use, which an
 * offer of any of them allows: ENVID is DSN's and MTRK's. */
const struct extension_use *extension_take(uint64_t *used, size_t *same);

/* The parameter is in the table for that verb. */
bool extension_knows_parameter(enum smtp_verb verb, struct slice name);

#endif
