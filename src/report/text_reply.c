/* A reply in the ladder: folded to a line where it is no news, explained where it is. */
#include <inttypes.h>

#include "findings/annotate.h"
#include "report/human.h"
#include "report/text_ladder.h"

/* As many lines of an EHLO reply are not worth a reference. */
enum { EXTENSIONS_FEW = 3 };

/* The codes of a session without trouble: everyone knows them. */
static bool is_plain_code(const struct entry *entry)
{
    unsigned code = entry->reply.code;

    return code == 220 || code == 221 || code == 250 || code == 354 || code == 334;
}

static bool is_refusal(const struct entry *entry)
{
    return entry->reply.code == 0 || entry->reply.code >= 400;
}

static void code_cell(struct ladder *ladder, const struct entry *entry, char separator)
{
    struct layout *l = &ladder->report->layout;
    enum role role = text_code_role(entry->reply.code);

    if (entry->reply.code == 0)
        return;
    layout_wire(l, role, slice_of(entry->reply.code_text, sizeof entry->reply.code_text));
    layout_format(l, role, "%c", separator);
}

/* The keywords of EHLO, one after the other; the same ones again only by reference. */
static void extensions(struct ladder *ladder, const struct entry *entry)
{
    struct layout *l = &ladder->report->layout;
    uint64_t key = EXPLAINED_BEGIN;
    uint64_t before;

    for (uint32_t i = 1; i < entry->reply.line_count; i++)
        key = explained_mix(key, entry->reply.lines[i]);
    before = explained_at(&ladder->report->explained, key, ladder->session->record->ordinal);
    if (before != 0 && entry->reply.line_count > EXTENSIONS_FEW) {
        if (before == ladder->session->record->ordinal)
            layout_text(l, ROLE_DIM, ": as before");
        else
            layout_format(l, ROLE_DIM, ": as in session %" PRIu64, before);
        return;
    }
    for (uint32_t i = 1; i < entry->reply.line_count; i++) {
        layout_text(l, ROLE_DIM, i == 1 ? ": " : ", ");
        layout_wire_cut(l, ROLE_DIM, entry->reply.lines[i], 80);
    }
}

/* Lines after the first, each below it. */
static void more_lines(struct ladder *ladder, const struct entry *entry)
{
    struct layout *l = &ladder->report->layout;
    uint32_t last = entry->reply.line_count - 1;

    for (uint32_t i = 1; i <= last; i++) {
        layout_end(l);
        layout_pad(l, ladder->server_at + 2);
        layout_hang_at(l, ladder->server_at + 4);
        code_cell(ladder, entry, i < last ? '-' : ' ');
        ladder_reply_line(ladder, entry, i);
    }
}

/* Shorter times are of no interest to a reader. */
#define PART_SHOWN (100 * STAMP_MILLISECOND)

/* Whose time it was, where it was long. */
static void parts(struct ladder *ladder, const struct latency_parts *parts)
{
    struct layout *l = &ladder->report->layout;

    if (!ladder_is_full(ladder) || parts->server_ns < 0 ||
        (parts->server_ns < PART_SHOWN && parts->network_ns < PART_SHOWN))
        return;
    layout_format(l, ROLE_DIM, " (server %s, ", human_duration(parts->server_ns).text);
    layout_format(l, ROLE_DIM, "network %s)", human_duration(parts->network_ns).text);
}

static void remarks(struct ladder *ladder, uint32_t n, const struct entry *entry)
{
    struct layout *l = &ladder->report->layout;

    ladder_answered(ladder, n, entry);
    if (!ladder->has_took && entry->reply.latency_ns >= STAMP_SECOND)
        layout_format(l, ROLE_DIM, " (after %s)", human_duration(entry->reply.latency_ns).text);
    parts(ladder, &entry->reply.parts);
    if (entry->end == LINE_END_LF || entry->end == LINE_END_CR)
        layout_text(l, ROLE_WARN, " (does not end in CRLF)");
    if (entry->end == LINE_END_NONE)
        layout_text(l, ROLE_WARN, " (cut off)");
    if (entry->is_doubtful)
        layout_text(l, ROLE_WARN, " (octets missing here)");
    if ((entry->marks & MARK_WHILE_CONTENT) != 0)
        layout_text(l, ROLE_WARN, " (while content was being sent)");
}

/* Titles for what is not everyday; the whole explanation for a refusal that the diagnosis does not
 * explain, and of everything where everything is wanted. */
static void explain(struct ladder *ladder, uint32_t n, const struct entry *entry)
{
    struct text_report *report = ladder->report;
    struct layout *l = &report->layout;
    struct annotation annotation =
        annotate_reply(report->options.catalog, ladder->session->record, entry);
    bool is_wanted = ladder_is_full(ladder) || !is_plain_code(entry);
    bool is_diagnosis = n == ladder->session->diagnosis->n;
    /* Where every reply is explained, the whole width is needed. */
    size_t at = ladder_is_full(ladder) ? ladder->time_end + 2 : ladder->client_at + 2;

    if (!is_wanted || annotation.title == NULL || (is_diagnosis && !ladder_is_full(ladder))) {
        layout_end(l);
        return;
    }
    layout_text(l, ROLE_DIM, " [");
    layout_foreign(l, ROLE_DIM, annotation.title);
    layout_text(l, ROLE_DIM, "]");
    layout_end(l);
    if (is_refusal(entry) || ladder_is_full(ladder))
        text_explain(report, &annotation, TEXT_AGAIN_LEAVE_OUT, at,
                     ladder->session->record->ordinal);
}

void ladder_reply(struct ladder *ladder, uint32_t n, const struct entry *entry)
{
    struct layout *l = &ladder->report->layout;
    const struct entry_reply *reply = &entry->reply;
    bool is_ehlo = reply->code == 250 && (entry->verb == VERB_EHLO || entry->verb == VERB_LHLO);
    bool in_full = ladder_is_full(ladder) || is_refusal(entry);

    ladder_gutter(ladder, n, &entry->place);
    ladder_side(ladder, SIDE_SERVER);
    code_cell(ladder, entry, in_full && reply->line_count > 1 ? '-' : ' ');
    if (reply->line_count > 0)
        ladder_reply_line(ladder, entry, 0);
    if (in_full)
        more_lines(ladder, entry);
    else if (is_ehlo)
        extensions(ladder, entry);
    else if (reply->line_count > 1)
        layout_format(l, ROLE_DIM, " (and %s)",
                      human_counted(reply->line_count - 1, "line more", "lines more").text);
    remarks(ladder, n, entry);
    explain(ladder, n, entry);
}
