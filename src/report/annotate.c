/* Reply entry -> texts of the catalog. */
#include "report/annotate.h"

#include "base/mem.h"

/* A provider's phrase stands near the start of a reply, and may run over its line ends. */
enum { REPLY_TEXT_MAX = 2048 };

/* The lines of a reply as one text, joined by spaces; it stands in `room` where it must. */
static struct slice reply_text(const struct entry_reply *reply, uint8_t room[REPLY_TEXT_MAX])
{
    size_t len = 0;

    if (reply->line_count == 1)
        return slice_part(reply->lines[0], 0, REPLY_TEXT_MAX);
    for (uint32_t i = 0; i < reply->line_count && len < REPLY_TEXT_MAX; i++) {
        struct slice line = slice_part(reply->lines[i], 0, REPLY_TEXT_MAX - len - 1);

        mem_copy(room + len, line.data, line.len);
        len += line.len;
        room[len++] = ' ';
    }
    return slice_of(room, len);
}

struct annotation annotate_reply(const struct catalog *catalog, const struct entry *entry)
{
    uint8_t room[REPLY_TEXT_MAX];
    struct annotation annotation = { 0 };
    struct reply_key key = {
        .code = entry->reply.code,
        .enhanced = entry->reply.enhanced,
        .verb = smtp_verb_name(entry->verb),
    };

    if (catalog == NULL)
        return annotation;
    /* Only refusals are told apart by their words. */
    if (key.code >= 400)
        key.text = reply_text(&entry->reply, room);
    catalog_annotate(catalog, &key, &annotation);
    return annotation;
}
