/* What a reply means and how to fix it, at full length once a report. */
#include <inttypes.h>

#include "base/limits.h"
#include "base/mem.h"
#include "report/text_parts.h"

/* A power of two, so that at the limit half of the table is free. */
enum { ROWS = 2 * LIMIT_EXPLAINED };

enum status explained_init(struct explained *explained)
{
    *explained = (struct explained){ .rows = mem_calloc(ROWS, sizeof *explained->rows) };
    return explained->rows == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

void explained_clear(struct explained *explained)
{
    mem_free(explained->rows);
    *explained = (struct explained){ .rows = NULL };
}

/* FNV-1a: two texts that meet in one key cost an explanation, no more. */
uint64_t explained_mix(uint64_t key, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        key = (key ^ text.data[i]) * UINT64_C(0x100000001B3);
    return (key ^ 0xFF) * UINT64_C(0x100000001B3);
}

static uint64_t mix_string(uint64_t key, const char *text)
{
    return explained_mix(key, text == NULL ? slice_of(NULL, 0) : slice_of_string(text));
}

uint64_t explained_at(struct explained *explained, uint64_t key, uint64_t session)
{
    size_t at = (size_t)(key >> 8) & (ROWS - 1);

    key |= 1; /* 0 is a free row */
    while (explained->rows[at].key != 0 && explained->rows[at].key != key)
        at = (at + 1) & (ROWS - 1);
    if (explained->rows[at].key == key)
        return explained->rows[at].session;
    if (explained->count < LIMIT_EXPLAINED) {
        explained->rows[at] = (struct explained_row){ .key = key, .session = session };
        explained->count++;
    }
    return 0;
}

const char *text_code_title(const struct catalog *catalog, unsigned code)
{
    struct reply_key key = { .code = code };
    struct annotation found;

    catalog_annotate(catalog, &key, &found);
    return found.title;
}

static void paragraph(struct text_report *report, const char *head, const char *text,
                      const char *reference, size_t column)
{
    struct layout *l = &report->layout;

    layout_pad(l, column);
    layout_hang_at(l, column + 2);
    if (head != NULL) {
        layout_foreign(l, ROLE_STRONG, head);
        layout_text(l, ROLE_STRONG, ":");
        layout_text(l, ROLE_PLAIN, " ");
    }
    layout_foreign(l, ROLE_PLAIN, text);
    if (reference != NULL) {
        layout_text(l, ROLE_DIM, " (");
        layout_foreign(l, ROLE_DIM, reference);
        layout_text(l, ROLE_DIM, ")");
    }
    layout_end_prose(l);
}

static void see_session(struct text_report *report, const struct labels *labels, uint64_t session,
                        size_t column)
{
    struct layout *l = &report->layout;

    layout_pad(l, column);
    layout_hang_at(l, column + 2);
    layout_foreign(l, ROLE_DIM, labels->when_seen);
    layout_text(l, ROLE_DIM, ", ");
    layout_foreign(l, ROLE_DIM, labels->fix);
    layout_format(l, ROLE_DIM, ": see session %" PRIu64, session);
    layout_end_prose(l);
}

void text_explain(struct text_report *report, const struct annotation *annotation,
                  enum text_again again, size_t column, uint64_t session)
{
    const struct labels *labels = catalog_labels(report->options.catalog, report->options.language);
    const char *fix = annotation->fix;
    uint64_t before;

    if (annotation->when_seen == NULL && fix == NULL)
        return;
    before =
        explained_at(&report->explained,
                     mix_string(mix_string(EXPLAINED_BEGIN, annotation->when_seen), fix), session);
    if (before == 0 || report->options.detail == DETAIL_FULL) {
        if (annotation->when_seen != NULL)
            paragraph(report, labels->when_seen, annotation->when_seen, NULL, column);
        if (fix != NULL)
            paragraph(report, labels->fix, fix, annotation->reference, column);
        if (annotation->note != NULL)
            paragraph(report, NULL, annotation->note, NULL, column);
    } else if (again == TEXT_AGAIN_REFER && before != session) {
        see_session(report, labels, before, column);
    }
}
