/* What the server offered and what the client made of it, side by side. */
#ifndef SMTPSCOPE_FINDINGS_EXTENSION_USE_H
#define SMTPSCOPE_FINDINGS_EXTENSION_USE_H

#include "findings/look.h"

enum {
    EXTENSIONS_SHOWN = 64, /* keywords; servers offer about twenty */
};

struct extension_row {
    struct slice keyword; /* as offered, or as the RFC writes it */
    bool is_offered;      /* by the last EHLO that was accepted */
    bool is_used;         /* after that offer, or without one */
};

struct extension_table {
    struct extension_row rows[EXTENSIONS_SHOWN];
    uint32_t count;
    uint32_t dropped; /* keywords past that */
    bool is_all_seen; /* neither TLS nor a hole hides what the client used */
};

/* False where no EHLO was accepted, or its reply is not whole: nothing can be said. */
bool extension_table_of(const struct session_record *record, struct extension_table *out);

#endif
