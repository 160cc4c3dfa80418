/* What was offered and what was used, as JSON. */
#include "findings/extension_use.h"
#include "report/json_parts.h"

/* An honest keyword has a few letters; what is longer is cut. */
enum { KEYWORD_MAX = 64 };

enum list { LIST_OFFERED, LIST_USED, LIST_UNUSED, LIST_WITHOUT_OFFER };

static bool stands_in(const struct extension_table *table, const struct extension_row *row,
                      enum list list)
{
    switch (list) {
    case LIST_OFFERED:
        return row->is_offered;
    case LIST_USED:
        return row->is_used;
    case LIST_UNUSED:
        return row->is_offered && !row->is_used && table->is_all_seen;
    case LIST_WITHOUT_OFFER:
        return row->is_used && !row->is_offered;
    }
    return false;
}

/* Keywords are not case-sensitive (RFC 5321 2.4): each stands in two lists, and is made capital once. */
static void capitalize(struct extension_table *table, uint8_t room[EXTENSIONS_SHOWN][KEYWORD_MAX])
{
    for (uint32_t i = 0; i < table->count; i++) {
        struct slice keyword = slice_part(table->rows[i].keyword, 0, KEYWORD_MAX);

        for (size_t k = 0; k < keyword.len; k++)
            room[i][k] = ascii_upper(keyword.data[k]);
        table->rows[i].keyword = slice_of(room[i], keyword.len);
    }
}

static void list_value(struct json_emit *e, const struct extension_table *table, enum list list)
{
    emit_open(e, EMIT_ARRAY);
    for (uint32_t i = 0; i < table->count; i++) {
        if (stands_in(table, &table->rows[i], list))
            emit_wire(e, table->rows[i].keyword);
    }
    emit_close(e);
}

void json_extensions(struct json_report *report, const struct session_record *record)
{
    struct json_emit *e = &report->emit;
    uint8_t capitals[EXTENSIONS_SHOWN][KEYWORD_MAX];
    struct extension_table table;

    if (!extension_table_of(record, &table))
        return;
    capitalize(&table, capitals);
    EMIT_KEY(e, "extensions");
    emit_open(e, EMIT_OBJECT);
    EMIT_KEY(e, "offered");
    list_value(e, &table, LIST_OFFERED);
    EMIT_KEY(e, "used");
    list_value(e, &table, LIST_USED);
    EMIT_KEY(e, "unused");
    list_value(e, &table, LIST_UNUSED);
    EMIT_KEY(e, "used_without_offer");
    list_value(e, &table, LIST_WITHOUT_OFFER);
    emit_close(e);
}
