/* What was offered and what was used, side by side; of use to those who ask for everything. */
#include "findings/extension_use.h"
#include "report/human.h"
#include "report/text_parts.h"

/* Where diagnoses and findings have their text; and the width of the words before the lists. */
enum { LIST_AT = 9, KEYWORD_SHOWN = 40 };

static void list_line(struct layout *l, const struct extension_table *table, const char *head,
                      bool is_offered, bool is_used)
{
    const char *separator = head;

    for (uint32_t i = 0; i < table->count; i++) {
        const struct extension_row *row = &table->rows[i];

        if (row->is_offered != is_offered || row->is_used != is_used)
            continue;
        if (separator == head) {
            layout_pad(l, LIST_AT);
            layout_hang_at(l, LIST_AT + 2);
        }
        layout_text(l, ROLE_PLAIN, separator);
        layout_wire_cut(l, is_offered ? ROLE_NOTE : ROLE_WARN, row->keyword, KEYWORD_SHOWN);
        separator = ", ";
    }
    if (separator != head)
        layout_end(l);
}

void text_extensions(struct text_report *report, const struct session_record *record)
{
    struct layout *l = &report->layout;
    struct extension_table table;

    if (!extension_table_of(record, &table) || table.count == 0)
        return;
    layout_blank(l);
    layout_text(l, ROLE_STRONG, "Extensions");
    layout_end(l);
    list_line(l, &table, "offered and used: ", true, true);
    list_line(l, &table,
              table.is_all_seen ? "offered, not used: "
                                : "offered; whether used was not captured in clear: ",
              true, false);
    list_line(l, &table, "used without an offer: ", false, true);
}
