/* The dialogue as a ladder: client on the left, server on the right, each entry with its time, how
 * long the answer took, and its frame. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "report/header_text.h"
#include "report/human.h"
#include "report/text_ladder.h"
#include "report/width.h"

/* Octets of a line that are shown where not everything is wanted. A command has 512 at the most; a
 * server's reason for a refusal is worth all of them. */
enum { COMMAND_SHOWN = 240, REPLY_SHOWN = 240, REFUSAL_SHOWN = 1024, ARGUMENT_SHOWN = 40 };

/* Of a run of entries that are alike. */
enum { RUN_HEAD = 4, RUN_TAIL = 2, RUN_SHOWN_WHOLE = 12 };

static const char left_arrow[] = "← ";
static const char right_arrow[] = "→ ";

enum { ARROW_COLUMNS = 2, HEADER_INDENT = 4 };

bool ladder_is_full(const struct ladder *ladder)
{
    return ladder->report->options.detail == DETAIL_FULL;
}

static size_t wider(size_t width, const char *text)
{
    size_t other = text_width(slice_of_string(text));

    return other > width ? other : width;
}

static struct human offset_of(const struct ladder *ladder, const struct place *place)
{
    return human_offset(stamp_between(ladder->session->record->started.at, place->at),
                        ladder_is_full(ladder) ? HUMAN_MICROSECONDS : HUMAN_MILLISECONDS);
}

/* The columns take what the widest of their cells needs. */
static void measure(struct ladder *ladder)
{
    const struct session_record *record = ladder->session->record;
    size_t columns = ladder->report->layout.columns;
    size_t time = text_width(slice_of_string("time"));
    size_t took = text_width(slice_of_string("took"));
    size_t frame = text_width(slice_of_string("frame"));
    size_t octets = text_width(slice_of_string("octets"));

    for (uint32_t n = 1; n <= record->entry_count; n++) {
        const struct entry *entry = record_entry(record, n);

        time = wider(time, offset_of(ladder, &entry->place).text);
        frame = wider(frame, human_plain(entry->place.frame).text);
        octets = wider(octets, human_count(entry->octets).text);
        if (entry->kind == ENTRY_REPLY && entry->reply.latency_ns >= 0)
            took = wider(took, human_duration(entry->reply.latency_ns).text);
    }
    time = wider(time, offset_of(ladder, &record->ended).text);
    frame = wider(frame, human_plain(record->ended.frame).text);
    octets = ladder_is_full(ladder) ? 2 + octets : 0;
    ladder->has_took =
        columns >= LADDER_MARK + time + 2 + took + 2 + frame + octets + 2 + LADDER_TEXT_GOOD;
    ladder->has_frame = columns >= LADDER_MARK + time + 2 + frame + octets + 2 + LADDER_TEXT_MIN;
    ladder->time_end = LADDER_MARK + time;
    ladder->took_end = ladder->time_end + (ladder->has_took ? 2 + took : 0);
    ladder->frame_end = ladder->took_end + (ladder->has_frame ? 2 + frame : 0);
    ladder->octets_end = ladder->frame_end + (ladder->has_frame ? octets : 0);
    ladder->client_at = ladder->octets_end + 2;
    ladder->server_at = ladder->client_at + (columns - ladder->client_at) / 6;
}

static void heading(struct ladder *ladder)
{
    struct layout *l = &ladder->report->layout;

    layout_blank(l);
    layout_right(l, ROLE_DIM, "time", ladder->time_end);
    if (ladder->has_took)
        layout_right(l, ROLE_DIM, "took", ladder->took_end);
    if (ladder->has_frame)
        layout_right(l, ROLE_DIM, "frame", ladder->frame_end);
    if (ladder->octets_end > ladder->frame_end)
        layout_right(l, ROLE_DIM, "octets", ladder->octets_end);
    layout_pad(l, ladder->client_at);
    layout_text(l, ROLE_DIM, "client");
    if (layout_column(l) < ladder->server_at)
        layout_pad(l, ladder->server_at);
    else
        layout_text(l, ROLE_DIM, " / ");
    layout_text(l, ROLE_DIM, "server");
    layout_end(l);
}

static enum severity finding_severity(const struct ladder *ladder, uint32_t n)
{
    const struct findings *findings = ladder->session->findings;
    enum severity severity = SEVERITY_OK;

    for (uint32_t i = 0; i < findings->count; i++)
        if (findings->list[i].n == n && findings->list[i].severity > severity)
            severity = findings->list[i].severity;
    return severity;
}

/* '>' before the entry that decided, '!' before one at which something was found. */
static void mark(struct ladder *ladder, uint32_t n)
{
    struct layout *l = &ladder->report->layout;
    enum severity found = finding_severity(ladder, n);

    if (n != 0 && n == ladder->session->diagnosis->n)
        layout_text(l, text_severity_role(ladder->session->diagnosis->severity), ">");
    else if (n != 0 && found > SEVERITY_INFO)
        layout_text(l, text_severity_role(found), "!");
}

void ladder_gutter(struct ladder *ladder, uint32_t n, const struct place *place)
{
    struct layout *l = &ladder->report->layout;
    const struct entry *entry = record_entry(ladder->session->record, n);

    mark(ladder, n);
    layout_right(l, ROLE_PLAIN, offset_of(ladder, place).text, ladder->time_end);
    if (ladder->has_took && entry != NULL && entry->kind == ENTRY_REPLY &&
        entry->reply.latency_ns >= 0)
        layout_right(l, ROLE_PLAIN, human_duration(entry->reply.latency_ns).text, ladder->took_end);
    if (ladder->has_frame && place->frame != 0)
        layout_right(l, ROLE_DIM, human_plain(place->frame).text, ladder->frame_end);
    if (entry != NULL && ladder->octets_end > ladder->frame_end)
        layout_right(l, ROLE_DIM, human_count(entry->octets).text, ladder->octets_end);
}

void ladder_side(struct ladder *ladder, enum side side)
{
    struct layout *l = &ladder->report->layout;
    size_t at = side == SIDE_CLIENT ? ladder->client_at : ladder->server_at;

    layout_pad(l, at);
    layout_text(l, ROLE_DIM, side == SIDE_CLIENT ? right_arrow : left_arrow);
    layout_hang_at(l, at + ARROW_COLUMNS + 2);
}

static void line_octets(struct ladder *ladder, enum role role, const struct entry *entry,
                        struct slice line, size_t most)
{
    struct layout *l = &ladder->report->layout;

    layout_wire_cut(l, role, line, ladder_is_full(ladder) ? SIZE_MAX : most);
    if (line.len > most || entry->is_cut)
        layout_format(l, ROLE_DIM, " (%s)", human_counted(entry->octets, "octet", "octets").text);
}

static void line_end(struct layout *l, const struct entry *entry)
{
    switch (entry->end) {
    case LINE_END_CRLF:
        break;
    case LINE_END_LF:
        layout_text(l, ROLE_WARN, " (ends in LF alone)");
        break;
    case LINE_END_CR:
        layout_text(l, ROLE_WARN, " (ends in CR alone)");
        break;
    case LINE_END_NONE:
        layout_text(l, ROLE_WARN, " (cut off)");
        break;
    }
    if (entry->is_doubtful)
        layout_text(l, ROLE_WARN, " (octets missing here)");
}

static void command_row(struct ladder *ladder, uint32_t n, const struct entry *entry)
{
    struct layout *l = &ladder->report->layout;

    ladder_gutter(ladder, n, &entry->place);
    ladder_side(ladder, SIDE_CLIENT);
    if (entry->command.line.len == 0)
        layout_text(l, ROLE_DIM, "(empty line)");
    line_octets(ladder, ROLE_STRONG, entry, entry->command.line, COMMAND_SHOWN);
    line_end(l, entry);
    if ((entry->marks & MARK_EARLY) != 0)
        layout_text(l, ROLE_WARN, " (before the greeting)");
    if (entry->command.answered_by == 0 && entry->verb != VERB_BDAT && entry->verb != VERB_PROXY)
        layout_text(l, ROLE_DIM, " (no answer seen)");
    layout_end(l);
}

/* The decoded fields of a message, for --headers. */
static void header_rows(struct ladder *ladder, const struct message *message)
{
    static const char *const names[HEADER_FIELD_COUNT] = {
        [HEADER_FROM] = "From",
        [HEADER_TO] = "To",
        [HEADER_SUBJECT] = "Subject",
        [HEADER_DATE] = "Date",
    };
    struct layout *l = &ladder->report->layout;

    for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++) {
        struct buf text = buf_of(LIMIT_HEADER_FIELD);

        if (names[i] == NULL || message->headers[i].len == 0)
            continue;
        if (header_text_decode(message->headers[i], &text) != STATUS_OK)
            l->status = STATUS_NO_MEMORY;
        layout_pad(l, ladder->client_at + HEADER_INDENT);
        layout_format(l, ROLE_DIM, "%s: ", names[i]);
        layout_hang(l);
        layout_wire(l, ROLE_PLAIN, buf_view(&text));
        layout_end(l);
        buf_clear(&text);
    }
}

static void content_row(struct ladder *ladder, uint32_t n, const struct entry *entry)
{
    const struct session_record *record = ladder->session->record;

    ladder_gutter(ladder, n, &entry->place);
    ladder_side(ladder, SIDE_CLIENT);
    text_content_line(ladder->report, record, entry);
    if (entry->data.answered_by == 0 && entry->data.is_complete)
        layout_text(&ladder->report->layout, ROLE_DIM, " (no answer seen)");
    layout_end(&ladder->report->layout);
    if (ladder->report->options.with_headers && entry->data.is_last &&
        entry->data.message < record->message_count)
        header_rows(ladder, &record->messages[entry->data.message]);
}

static void gap_row(struct ladder *ladder, uint32_t n, const struct entry *entry)
{
    struct layout *l = &ladder->report->layout;

    ladder_gutter(ladder, n, &entry->place);
    layout_pad(l, entry->from == SIDE_CLIENT ? ladder->client_at : ladder->server_at);
    layout_hang(l);
    layout_format(l, ROLE_WARN, "┄┄ %s of the %s not captured ┄┄",
                  human_counted(entry->octets, "octet", "octets").text,
                  entry->from == SIDE_CLIENT ? "client" : "server");
    layout_end(l);
}

static void tls_row(struct ladder *ladder, uint32_t n, const struct entry *entry)
{
    struct layout *l = &ladder->report->layout;

    if (n == ladder->session->record->tls.first_entry) {
        ladder_gutter(ladder, 0, &entry->place);
        layout_pad(l, ladder->client_at);
        layout_hang(l);
        text_tls_line(l, ladder->session->record);
        layout_end(l);
    }
    if (!ladder_is_full(ladder))
        return;
    ladder_gutter(ladder, n, &entry->place);
    ladder_side(ladder, entry->from);
    layout_format(l, ROLE_NOTE, "TLS %s", tls_event_name(entry->tls.event));
    if (entry->tls.detail.len > 0) {
        layout_text(l, ROLE_DIM, " ");
        layout_wire_cut(l, ROLE_DIM, entry->tls.detail, COMMAND_SHOWN);
    }
    layout_end(l);
}

/* Where several commands wait, the reply says which one it answers. */
void ladder_answered(struct ladder *ladder, uint32_t n, const struct entry *reply)
{
    struct layout *l = &ladder->report->layout;
    const struct entry *asked = record_entry(ladder->session->record, reply->reply.answers);
    struct slice argument;
    size_t at;

    if (reply->verb == VERB_NONE) {
        layout_text(l, ROLE_WARN, " (answers nothing)");
        return;
    }
    if (asked == NULL || reply->reply.answers + 1 == n)
        return;
    if (reply->verb != VERB_RCPT) {
        layout_format(l, ROLE_DIM, " (%s)",
                      reply->verb == VERB_END_OF_DATA ? "message" : smtp_verb_name(reply->verb));
        return;
    }
    argument = asked->command.line;
    at = slice_find(argument, 0, ':');
    argument = slice_trim(slice_from(argument, at == SLICE_NONE ? 0 : at + 1));
    argument = slice_next_word(&argument);
    /* Most servers repeat the address. */
    if (argument.len > 0 && slice_find_nocase(reply->reply.lines[0], argument) != SLICE_NONE)
        return;
    layout_text(l, ROLE_DIM, " (RCPT ");
    layout_wire_cut(l, ROLE_DIM, argument, ARGUMENT_SHOWN);
    layout_text(l, ROLE_DIM, ")");
}

void ladder_reply_line(struct ladder *ladder, const struct entry *entry, uint32_t index)
{
    bool is_refusal = entry->reply.code == 0 || entry->reply.code >= 400;
    enum role role = is_refusal ? text_code_role(entry->reply.code) : ROLE_PLAIN;

    line_octets(ladder, role, entry, entry->reply.lines[index],
                is_refusal ? REFUSAL_SHOWN : REPLY_SHOWN);
}

/* Frames are counted anew in each capture file. */
static void capture_row(struct ladder *ladder, const struct place *place)
{
    const struct capture_names *captures = &ladder->report->options.captures;
    struct layout *l = &ladder->report->layout;

    if (place->capture == ladder->capture || captures->name == NULL)
        return;
    ladder->capture = place->capture;
    layout_pad(l, ladder->client_at);
    layout_hang(l);
    layout_text(l, ROLE_DIM, "┄┄ from here on in ");
    layout_foreign(l, ROLE_DIM, captures->name(captures->context, place->capture));
    layout_text(l, ROLE_DIM, " ┄┄");
    layout_end(l);
}

static void entry_row(struct ladder *ladder, uint32_t n)
{
    const struct entry *entry = record_entry(ladder->session->record, n);

    capture_row(ladder, &entry->place);

    switch (entry->kind) {
    case ENTRY_COMMAND:
    case ENTRY_SASL:
        command_row(ladder, n, entry);
        break;
    case ENTRY_REPLY:
        ladder_reply(ladder, n, entry);
        break;
    case ENTRY_DATA:
        content_row(ladder, n, entry);
        break;
    case ENTRY_TLS:
        tls_row(ladder, n, entry);
        break;
    case ENTRY_GAP:
        gap_row(ladder, n, entry);
        break;
    }
}

static void left_out_row(struct ladder *ladder, uint64_t count, const char *what)
{
    struct layout *l = &ladder->report->layout;

    layout_pad(l, ladder->client_at);
    layout_hang(l);
    layout_format(l, ROLE_DIM, "⋮ %s more %s", human_count(count).text, what);
    layout_end(l);
}

static void rows(struct ladder *ladder)
{
    const struct session_record *record = ladder->session->record;
    uint32_t n = 1;

    while (n <= record->entry_count) {
        uint32_t end = ladder_is_full(ladder) ? n : text_run_end(ladder->session, n);
        uint32_t head = end;
        uint32_t tail = end + 1;

        if (end - n >= RUN_SHOWN_WHOLE) {
            head = n + RUN_HEAD - 1;
            tail = end - RUN_TAIL + 1;
        }
        while (n <= head)
            entry_row(ladder, n++);
        if (n < tail)
            left_out_row(ladder, tail - n, "like these (-v shows them)");
        for (n = tail > n ? tail : n; n <= end; n++)
            entry_row(ladder, n);
    }
    if (record->entries_dropped > 0)
        left_out_row(ladder, record->entries_dropped, "entries, past what is kept of one session");
}

void text_ladder(struct text_report *report, const struct report_session *session)
{
    struct ladder ladder = {
        .report = report,
        .session = session,
        .capture = session->record->started.capture,
    };

    measure(&ladder);
    heading(&ladder);
    ladder_opening(&ladder);
    rows(&ladder);
    ladder_closing(&ladder);
}
