/* A reply of a record, looked up in the catalog. */
#ifndef SMTPSCOPE_FINDINGS_ANNOTATE_H
#define SMTPSCOPE_FINDINGS_ANNOTATE_H

#include "catalog/catalog.h"
#include "session/record.h"

/* What a reply is looked up as an answer to: its verb; the reply to the last chunk of BDAT is one to
 * an end of data. */
enum smtp_verb annotated_verb(const struct session_record *record, const struct entry *reply);

/* The words of refusals alone are read: of other replies the texts hang on the code, the enhanced
 * code and the verb. */
static inline bool annotation_reads_words(const struct entry *reply)
{
    return reply->reply.code >= 400;
}

/* The texts for a reply entry of `record`: all NULL where the catalog has none, or `catalog` is
 * NULL. */
struct annotation annotate_reply(const struct catalog *catalog, const struct session_record *record,
                                 const struct entry *reply);

#endif
