/* Reply entry -> texts of the catalog. */
#include "report/annotate.h"

struct annotation annotate_reply(const struct catalog *catalog, const struct entry *entry)
{
    struct annotation annotation = { 0 };
    struct reply_key key = {
        .code = entry->reply.code,
        .enhanced = entry->reply.enhanced,
        .verb = smtp_verb_name(entry->verb),
        .lines = entry->reply.lines,
        .line_count = entry->reply.line_count,
    };

    if (catalog == NULL)
        return annotation;
    catalog_annotate(catalog, &key, &annotation);
    return annotation;
}
