/* Walks the dialogue with the offer that held at each place. Uses that no verb and no parameter
 * shows (PIPELINING, 8BITMIME, ENHANCEDSTATUSCODES) have rules of their own here. */
#include "findings/extension_use.h"

#include "findings/extensions.h"

/* What of a keyword's line names the extension: "AUTH=LOGIN" is "AUTH". */
static struct slice keyword_of(struct slice line)
{
    size_t len = 0;

    line = slice_trim(line);
    while (len < line.len && line.data[len] != ' ' && line.data[len] != '=' &&
           line.data[len] != '\t')
        len++;
    return slice_part(line, 0, len);
}

static struct extension_row *row_of(struct extension_table *table, struct slice keyword)
{
    for (uint32_t i = 0; i < table->count; i++) {
        if (slice_equal_nocase(table->rows[i].keyword, keyword))
            return &table->rows[i];
    }
    if (table->count == EXTENSIONS_SHOWN) {
        table->dropped++;
        return NULL;
    }
    table->rows[table->count] = (struct extension_row){ .keyword = keyword };
    return &table->rows[table->count++];
}

static void note_offer(struct extension_table *table, struct slice keyword)
{
    struct extension_row *row = keyword.len == 0 ? NULL : row_of(table, keyword);

    if (row != NULL)
        row->is_offered = true;
}

static void note_use(struct extension_table *table, const char *keyword)
{
    struct extension_row *row = row_of(table, slice_of_string(keyword));

    if (row != NULL)
        row->is_used = true;
}

/* What may be used without an offer too (RFC 5321 4.5.1, 3.5), or that the server itself uses. */
static void note_free_use(struct extension_table *table, const char *keyword)
{
    struct slice name = slice_of_string(keyword);

    for (uint32_t i = 0; i < table->count; i++) {
        if (slice_equal_nocase(table->rows[i].keyword, name))
            table->rows[i].is_used = true;
    }
}

static bool is_offered(const struct extension_table *table, const char *keyword)
{
    struct slice name = slice_of_string(keyword);

    for (uint32_t i = 0; i < table->count; i++) {
        if (table->rows[i].is_offered && slice_equal_nocase(table->rows[i].keyword, name))
            return true;
    }
    return false;
}

/* Of extensions that share a parameter, the first that was offered is the one used. */
static const char *keyword_used(const struct extension_table *table,
                                const struct extension_use *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_offered(table, rows[i].keyword))
            return rows[i].keyword;
    }
    return rows[0].keyword;
}

/* A verb of the extension, or a parameter. */
static void note_command(struct extension_table *table, const struct entry *entry)
{
    uint64_t used = extensions_used(entry);

    while (used != 0) {
        size_t same;
        const struct extension_use *use = extension_take(&used, &same);

        note_use(table, keyword_used(table, use, same));
    }
}

/* A command sent before the reply to what the client had said before it (RFC 2920). */
static bool is_pipelined(const struct session_record *record, const struct entry *entry)
{
    for (uint32_t n = entry_number(record, entry) - 1; n > 0; n--) {
        const struct entry *before = record_entry(record, n);
        const struct entry *reply = record_entry(record, entry_answer(before));

        if (before->from != SIDE_CLIENT)
            continue;
        /* A BDAT's reply answers its octets, the entry that follows; what a look-alike turned into
         * commands was sent as text. */
        return reply != NULL && (before->marks & MARK_FORCED_END) == 0 &&
               place_is_before(entry->begin, reply->begin);
    }
    return false;
}

/* Octets over 127 need an offer, whatever MAIL said (RFC 6152 3). */
static bool has_8bit(const struct entry *entry)
{
    return entry->kind == ENTRY_DATA && (entry->marks & MARK_8BIT) != 0;
}

static void note_entry(struct extension_table *table, const struct session_record *record,
                       const struct entry *entry)
{
    if (entry->kind == ENTRY_COMMAND) {
        note_command(table, entry);
        if (is_pipelined(record, entry))
            note_use(table, "PIPELINING");
        if (entry->verb == VERB_VRFY || entry->verb == VERB_EXPN || entry->verb == VERB_HELP)
            note_free_use(table, smtp_verb_name(entry->verb));
    } else if (has_8bit(entry)) {
        note_use(table, "8BITMIME");
    }
}

bool extension_table_of(const struct session_record *record, struct extension_table *out)
{
    const struct entry *offer = record_entry(record, record->ehlo.reply);
    const struct entry *end = record->entries + record->entry_count;
    bool has_enhanced = false;

    out->count = 0;
    out->dropped = 0;
    out->is_all_seen = false;
    if (offer == NULL || record->ehlo.verb == VERB_NONE || !entry_is_whole(offer) || offer->is_cut)
        return false;
    for (uint32_t i = 0; i < record->ehlo.extension_count; i++)
        note_offer(out, keyword_of(record->ehlo.extensions[i]));
    /* The offer holds from its EHLO on. */
    for (const struct entry *entry = record->entries + offer->reply.answers; entry < end; entry++) {
        if (entry->kind == ENTRY_REPLY)
            has_enhanced |= entry->reply.enhanced.class != 0;
        else
            note_entry(out, record, entry);
    }
    if (has_enhanced)
        note_free_use(out, "ENHANCEDSTATUSCODES");
    out->is_all_seen = !record_is_opaque(record) && !record_has_holes(record, SIDE_CLIENT);
    return true;
}
