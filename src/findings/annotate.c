/* Reply entry -> texts of the catalog. */
#include "findings/annotate.h"

/* RFC 3030 2: the reply to a chunk with LAST is the message's, as that to the end of DATA. */
enum smtp_verb annotated_verb(const struct session_record *record, const struct entry *reply)
{
    const struct entry *asked = record_entry(record, reply->reply.answers);

    return asked != NULL && asked->kind == ENTRY_DATA && asked->data.is_last ? VERB_END_OF_DATA
                                                                             : reply->verb;
}

struct annotation annotate_reply(const struct catalog *catalog, const struct session_record *record,
                                 const struct entry *reply)
{
    struct annotation annotation = { 0 };
    struct reply_key key = {
        .code = reply->reply.code,
        .enhanced = reply->reply.enhanced,
        .verb = smtp_verb_name(annotated_verb(record, reply)),
        .lines = reply->reply.lines,
        .line_count = reply->reply.line_count,
    };

    if (catalog != NULL)
        catalog_annotate(catalog, &key, &annotation);
    return annotation;
}
