/* One sentence that says what decided a session, as a mail administrator would write it. */
#ifndef SMTPSCOPE_FINDINGS_DIAGNOSIS_H
#define SMTPSCOPE_FINDINGS_DIAGNOSIS_H

#include "catalog/catalog.h"
#include "findings/finding.h"

struct diagnosis {
    enum severity severity;
    const char *summary; /* captured octets in it are as captured: writers escape */
    size_t summary_len;
    uint32_t n;    /* the deciding entry; 0: none */
    uint16_t code; /* 0: none */
    struct enhanced_code enhanced;
    const char *when_seen; /* NULL: none */
    const char *fix;
    const char *reference;
};

/* Fills `*diagnosis` from a record and its findings. Its strings live in `findings`' arena or in
 * the catalog. */
MUST_USE enum status diagnose(struct diagnosis *diagnosis, const struct session_record *record,
                              struct findings *findings, const struct catalog *catalog);

#endif
