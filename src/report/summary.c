/* The format summary: a whole capture on one page. */
#include <errno.h>
#include <inttypes.h>

#include "base/mem.h"
#include "report/human.h"
#include "report/layout.h"
#include "report/tally.h"
#include "report/text_parts.h"

/* Where counts end, how long bars are, where names begin; rows of each list of names. */
enum { COUNT_END = 11, BAR_AT = 13, BAR_MAX = 16, NAME_AT = 31, ROWS_MOST = 10 };

/* Captures that are named; rotation leaves hundreds. */
enum { CAPTURES_MOST = 4 };

/* Columns of the table of latencies, where each ends. */
enum { ANSWERS_END = 22, MEDIAN_END = 34, P95_END = 46, SLOWEST_END = 58, SESSION_END = 68 };

/* `base` first, so that a pointer to one is a pointer to the other. */
struct summary_writer {
    struct report_writer base;
    struct report_options options;
    struct layout layout;
};

static struct summary_writer *summary_of(struct report_writer *writer)
{
    return (struct summary_writer *)writer;
}

static enum status result(const struct summary_writer *summary)
{
    if (summary->layout.status == STATUS_IO)
        errno = summary->layout.error;
    return summary->layout.status;
}

static enum status summary_begin(struct report_writer *writer)
{
    return result(summary_of(writer));
}

/* All is in the tally, which is given at the end. */
static enum status summary_session(struct report_writer *writer,
                                   const struct report_session *session)
{
    (void)session;
    return result(summary_of(writer));
}

static void heading(struct layout *l, const char *text)
{
    layout_blank(l);
    layout_text(l, ROLE_STRONG, text);
    layout_end(l);
}

/* A count and its bar; the name follows. `most` is the count of the longest bar. */
static void count_cells(struct layout *l, uint64_t count, uint64_t most, enum role role)
{
    /* Nothing is counted that comes up 2^60 times. */
    uint64_t length = most == 0 ? 0 : count * BAR_MAX / most;

    layout_right(l, ROLE_PLAIN, human_count(count).text, COUNT_END);
    layout_pad(l, BAR_AT);
    if (length == 0 && count > 0)
        layout_text(l, role, "▏"); /* a bar that stands for something is seen */
    for (uint64_t i = 0; i < length && i < BAR_MAX; i++)
        layout_text(l, role, "█");
    layout_pad(l, NAME_AT);
    layout_hang_at(l, NAME_AT + 2);
}

static void input_lines(struct summary_writer *summary, const struct report_input *input)
{
    struct layout *l = &summary->layout;

    for (size_t i = 0; i < input->capture_count && i < CAPTURES_MOST; i++) {
        layout_hang_at(l, 2);
        layout_foreign(l, ROLE_STRONG, input->captures[i]);
        layout_end(l);
    }
    if (input->capture_count > CAPTURES_MOST) {
        layout_format(
            l, ROLE_STRONG, "and %s",
            human_counted(input->capture_count - CAPTURES_MOST, "capture", "captures").text);
        layout_end(l);
    }
    layout_text(l, ROLE_PLAIN, human_counted(input->packets, "packet", "packets").text);
    layout_format(l, ROLE_PLAIN, ", %s", human_counted(input->octets, "octet", "octets").text);
    text_skipped(l, input, TEXT_SKIPPED_ALL, "; not analysed: ");
    text_checksums(l, input);
    text_dropped(l, input);
    layout_end(l);
    if (!input->has_times)
        return;
    layout_text(l, ROLE_PLAIN, human_time(input->first.at, summary->options.zone).text);
    layout_text(l, ROLE_PLAIN, " to ");
    layout_text(l, ROLE_PLAIN, human_time(input->last.at, summary->options.zone).text);
    layout_text(l, ROLE_PLAIN, " ");
    layout_foreign(l, ROLE_PLAIN, human_zone(input->last.at, summary->options.zone).text);
    layout_format(l, ROLE_PLAIN, " (%s)",
                  human_duration(stamp_between(input->first.at, input->last.at)).text);
    layout_end(l);
}

static void outcomes(struct layout *l, const struct report_input *input,
                     const struct tally_totals *totals)
{
    layout_blank(l);
    layout_text(l, ROLE_STRONG,
                human_counted(totals->sessions, "SMTP session", "SMTP sessions").text);
    layout_format(l, ROLE_PLAIN, " in %s", human_counted(input->packets, "packet", "packets").text);
    if (input->sessions_unreported > 0)
        layout_format(l, ROLE_PLAIN, " (%s not selected)",
                      human_count(input->sessions_unreported).text);
    layout_end(l);
    for (unsigned i = 0; i < OUTCOME_COUNT; i++) {
        if (totals->outcomes[i] == 0)
            continue;
        count_cells(l, totals->outcomes[i], totals->sessions, text_outcome_role((enum outcome)i));
        layout_text(l, ROLE_PLAIN, text_outcome((enum outcome)i));
        layout_end(l);
    }
}

static void plain_row(struct layout *l, uint64_t count, const char *name)
{
    layout_right(l, ROLE_PLAIN, human_count(count).text, COUNT_END);
    layout_pad(l, BAR_AT);
    layout_text(l, ROLE_PLAIN, name);
    layout_end(l);
}

static void messages(struct layout *l, const struct tally_totals *totals)
{
    heading(l, "Messages");
    plain_row(l, totals->messages_accepted, "accepted");
    plain_row(l, totals->messages_refused, "refused");
    if (totals->messages_unknown > 0)
        plain_row(l, totals->messages_unknown, "of unknown fate");
    plain_row(l, totals->message_octets, "octets of messages");
    plain_row(l, totals->recipients_accepted, "recipients accepted");
    plain_row(l, totals->recipients_refused, "recipients refused");
}

static void replies(struct summary_writer *summary, const struct tally_totals *totals)
{
    struct layout *l = &summary->layout;
    uint64_t most = 0;

    for (unsigned code = 0; code < 1000; code++)
        most = totals->replies[code] > most ? totals->replies[code] : most;
    if (most == 0)
        return;
    heading(l, "Replies");
    for (unsigned code = 0; code < 1000; code++) {
        const char *title = text_code_title(summary->options.catalog, code);

        if (totals->replies[code] == 0)
            continue;
        count_cells(l, totals->replies[code], most, text_code_role(code));
        if (code == 0)
            layout_text(l, ROLE_PLAIN, "lines without a code");
        else
            layout_format(l, text_code_role(code), "%03u", code);
        if (code != 0 && title != NULL) {
            layout_text(l, ROLE_PLAIN, " ");
            layout_foreign(l, ROLE_PLAIN, title);
        }
        layout_end(l);
    }
}

static void list(struct layout *l, const struct tally *tally, enum tally_list which,
                 const char *title)
{
    size_t count;
    const struct tally_row *rows = tally_rows(tally, which, ROWS_MOST, &count);
    uint64_t overflow = tally_overflow(tally, which);

    if (rows == NULL && l->status == STATUS_OK)
        l->status = STATUS_NO_MEMORY;
    if (rows == NULL || count == 0)
        return;
    heading(l, title);
    for (size_t i = 0; i < count; i++) {
        count_cells(l, rows[i].count, rows[0].count, ROLE_NOTE);
        layout_wire(l, ROLE_PLAIN, slice_of(rows[i].name, rows[i].name_len));
        layout_end(l);
    }
    if (overflow > 0)
        plain_row(l, overflow, "of names past what is kept");
}

static void latency_row(struct layout *l, enum role role, const char *const cells[6])
{
    static const size_t ends[6] = { 0, ANSWERS_END, MEDIAN_END, P95_END, SLOWEST_END, SESSION_END };

    layout_text(l, role, "  ");
    layout_text(l, role, cells[0]);
    /* In narrow terminals the last columns are left out. */
    for (size_t i = 1; i < 6 && ends[i] <= l->columns; i++)
        layout_right(l, role, cells[i], ends[i]);
    layout_end(l);
}

static const char *verb_text(enum smtp_verb verb)
{
    switch (verb) {
    case VERB_CONNECT:
        return "greeting";
    case VERB_END_OF_DATA:
        return "message";
    case VERB_UNKNOWN:
        return "(unknown)";
    case VERB_NONE:
    case VERB_HELO:
    case VERB_EHLO:
    case VERB_LHLO:
    case VERB_MAIL:
    case VERB_RCPT:
    case VERB_DATA:
    case VERB_BDAT:
    case VERB_BURL:
    case VERB_RSET:
    case VERB_NOOP:
    case VERB_QUIT:
    case VERB_VRFY:
    case VERB_EXPN:
    case VERB_HELP:
    case VERB_SEND:
    case VERB_SOML:
    case VERB_SAML:
    case VERB_TURN:
    case VERB_ATRN:
    case VERB_ETRN:
    case VERB_AUTH:
    case VERB_STARTTLS:
    case VERB_X_ANONYMOUSTLS:
    case VERB_XCLIENT:
    case VERB_XFORWARD:
    case VERB_PROXY:
    case VERB_COUNT:
        break;
    }
    return smtp_verb_name(verb);
}

static void latencies(struct layout *l, const struct tally *tally)
{
    static const char *const titles[6] = { "", "answers", "median", "95 %", "slowest", "session" };
    struct tally_latency rows[VERB_COUNT];
    size_t count = tally_latencies(tally, rows);

    if (count == 0)
        return;
    heading(l, "Slowest commands");
    latency_row(l, ROLE_DIM, titles);
    for (size_t i = 0; i < count && i < ROWS_MOST; i++) {
        struct human answers = human_count(rows[i].count);
        struct human median = human_duration(rows[i].median_ns);
        struct human p95 = human_duration(rows[i].p95_ns);
        struct human slowest = human_duration(rows[i].slowest_ns);
        struct human session = human_plain(rows[i].slowest_session);
        const char *cells[6] = {
            verb_text(rows[i].verb),
            answers.text,
            median.text,
            p95.text,
            slowest.text,
            session.text,
        };

        latency_row(l, ROLE_PLAIN, cells);
    }
}

static enum status summary_end(struct report_writer *writer, const struct report_input *input,
                               const struct tally *tally)
{
    struct summary_writer *summary = summary_of(writer);
    const struct tally_totals *totals = tally_totals(tally);
    struct layout *l = &summary->layout;

    input_lines(summary, input);
    outcomes(l, input, totals);
    if (totals->sessions == 0)
        return result(summary);
    messages(l, totals);
    replies(summary, totals);
    list(l, tally, TALLY_REFUSING_SERVERS, "Servers that refused most (replies)");
    list(l, tally, TALLY_REFUSED_DOMAINS, "Domains refused most (recipients)");
    list(l, tally, TALLY_FINDINGS, "Findings (sessions)");
    latencies(l, tally);
    text_patterns(l, tally_patterns(tally));
    return result(summary);
}

static void summary_free(struct report_writer *writer)
{
    layout_clear(&summary_of(writer)->layout);
    mem_free(writer);
}

struct report_writer *summary_writer_new(FILE *out, const struct report_options *options)
{
    struct summary_writer *summary = mem_calloc(1, sizeof *summary);

    if (summary == NULL)
        return NULL;
    summary->base = (struct report_writer){
        .begin = summary_begin,
        .session = summary_session,
        .end = summary_end,
        .free = summary_free,
    };
    summary->options = *options;
    summary->layout = layout_of(out, options->columns, options->in_colour);
    return &summary->base;
}
