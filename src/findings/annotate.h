/* A reply of a record, looked up in the catalog. */
#ifndef SMTPSCOPE_FINDINGS_ANNOTATE_H
#define SMTPSCOPE_FINDINGS_ANNOTATE_H

#include "catalog/catalog.h"
#include "session/record.h"

/* The texts for a reply entry of `record`: all NULL where the catalog has none, or `catalog` is
 * NULL. The reply to the last chunk of BDAT is looked up as one to an end of data. */
struct annotation annotate_reply(const struct catalog *catalog, const struct session_record *record,
                                 const struct entry *reply);

#endif
