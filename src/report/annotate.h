/* A reply of a record, looked up in the catalog. */
#ifndef SMTPSCOPE_REPORT_ANNOTATE_H
#define SMTPSCOPE_REPORT_ANNOTATE_H

#include "catalog/catalog.h"
#include "session/record.h"

/* The texts for a reply entry: all NULL where the catalog has none, or `catalog` is NULL. */
struct annotation annotate_reply(const struct catalog *catalog, const struct entry *entry);

#endif
