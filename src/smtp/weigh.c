/* The readings of what a doubt holds: each is tried on a copy of the dialogue, and costs what it
 * leaves unexplained. */
#include "smtp/weigh.h"

#include <limits.h>
#include <stddef.h>

#include "base/base64.h"
#include "base/limits.h"
#include "base/mem.h"
#include "smtp/dialog_state.h"
#include "smtp/plausible.h"

enum {
    COST_CONTRADICTION = 3,  /* a reply to nothing, or one that does not fit its verb */
    COST_UNANSWERED = 1,     /* a command without a reply: it may still come */
    COST_UNLIKELY = 2,       /* a hole between whole lines that swallowed none */
    LOST_TRIED = 6,          /* commands, or replies, in one hole */
    GAPS_TRIED = 4,          /* holes of one content */
    LOST_TRIED_AT_MOST = 60, /* replies to a pipelined group */
    COMMAND_OCTETS_MIN = 6,  /* RFC 5321 4.1.1: four letters and CRLF */
    SASL_OCTETS_MIN = 2,     /* CRLF */
    REPLY_OCTETS_MIN = 5,    /* RFC 5321 4.2: three digits and CRLF */
};

unsigned reading_cost(const struct score *score)
{
    return score->contradictions * COST_CONTRADICTION + score->unanswered * COST_UNANSWERED +
           score->unlikely * COST_UNLIKELY;
}

static bool is_no_command(enum smtp_verb verb, struct slice line)
{
    return verb == VERB_UNKNOWN &&
           (slice_equal(line, slice_of_string(".")) || base64_is_likely(line));
}

/* The sink of a copy: it only counts what does not fit. */
static enum status count_event(void *context, const struct smtp_event *event)
{
    struct score *score = context;

    if (event->kind == SMTP_EVENT_COMMAND &&
        is_no_command(event->command.verb, event->command.line))
        score->dots++;
    if (event->kind != SMTP_EVENT_REPLY || event->reply.code == 0)
        return STATUS_OK;
    if (event->reply.verb == VERB_NONE) {
        /* RFC 5321 3.8: 421 may come at any time, unasked. */
        if (event->reply.code != 421 && event->reply.answers == 0)
            score->contradictions++;
    } else if (!reply_is_plausible(event->reply.verb, event->reply.code, event->reply.enhanced)) {
        score->contradictions++;
    }
    return STATUS_OK;
}

/* A copy that reads on from here and tells `score`. What it does not need for that is left out:
 * headers, credentials, the text of a reply begun. */
static enum status copy_dialog(struct smtp_dialog *copy, const struct smtp_dialog *dialog,
                               struct score *score)
{
    *copy = *dialog;
    copy->sink = (struct smtp_event_sink){ .context = score, .event = count_event };
    copy->is_scratch = true;
    copy->is_replaying = true;
    copy->content_is_decided = true;
    copy->doubt = NULL;
    copy->is_in_doubt = false;
    copy->redactor = NULL;
    copy->has_redactor = false;
    copy->content = NULL;
    copy->reply = NULL;
    copy->client_line = line_reader_of();
    copy->server_line = line_reader_of();
    copy->undecided = NULL;
    copy->waiting = (struct waiting_list){ 0 };
    if (dialog->content != NULL) {
        copy->content = mem_alloc(sizeof(*copy->content));
        if (copy->content == NULL)
            return STATUS_NO_MEMORY;
        *copy->content = *dialog->content;
        copy->content->header = header_reader_of();
        if (early_reply_copy(&copy->content->early, dialog->content->early) != STATUS_OK)
            return STATUS_NO_MEMORY;
    }
    if (dialog->undecided != NULL) {
        copy->undecided = held_list_new(LIMIT_UNDECIDED);
        if (copy->undecided == NULL || held_copy(copy->undecided, dialog->undecided) != STATUS_OK)
            return STATUS_NO_MEMORY;
    }
    if (dialog->reply != NULL) {
        copy->reply = reply_builder_take(NULL);
        if (copy->reply == NULL)
            return STATUS_NO_MEMORY;
        reply_builder_go_on(copy->reply, dialog->reply);
    }
    if (line_reader_copy(&copy->client_line, &dialog->client_line) != STATUS_OK ||
        line_reader_copy(&copy->server_line, &dialog->server_line) != STATUS_OK ||
        waiting_copy(&copy->waiting, &dialog->waiting) != STATUS_OK)
        return STATUS_NO_MEMORY;
    return STATUS_OK;
}

/* Whether a copy that has read so far can still cost less than `best`: contradictions stay, and of
 * what waits no more is answered than there are lines of replies, held and lost by this reading. */
static bool may_be_better(const struct smtp_dialog *copy, const struct score *score,
                          const struct doubt *doubt, const struct reading *reading, unsigned best)
{
    struct score least = { .contradictions = score->contradictions };
    uint64_t replies = doubt->reply_lines + reading->lost_replies + 1;

    if (doubt->missing[SIDE_SERVER] == 0 && copy->waiting.count > replies)
        least.unanswered = (unsigned)(copy->waiting.count - replies);
    return reading_cost(&least) < best;
}

void doubt_replay(struct smtp_dialog *dialog, const struct doubt *doubt,
                  const struct reading *reading, const struct place *place,
                  const struct score *score, unsigned best)
{
    dialog->reading = *reading;
    dialog->unclaimed = doubt->unclaimed;
    if (doubt->kind == DOUBT_LOOKALIKE && (reading->honoured & doubt->form) != 0)
        client_end_at_lookalike(dialog, place);
    if (doubt->kind == DOUBT_MIDSTREAM && reading->begins_in_content) {
        client_begin_inside_content(dialog, place);
    }
    for (size_t i = 0; i < doubt->log.count; i++) {
        const struct held *item = &doubt->log.items[i];
        struct chunk chunk = {
            .from = item->from,
            .place = item->place,
            .data = held_octets(&doubt->log, item),
            .missing = item->missing,
        };

        dialog_input(dialog, &chunk);
        if (score != NULL && !may_be_better(dialog, score, doubt, reading, best))
            return;
    }
}

/* Lines that a hole of so many octets may have held. */
static unsigned lines_in(uint64_t missing, unsigned shortest)
{
    uint64_t lines = missing / shortest;

    return lines < LOST_TRIED ? (unsigned)lines : LOST_TRIED;
}

struct place doubt_place(const struct doubt *doubt)
{
    return doubt->log.count > 0 ? doubt->log.items[0].place : (struct place){ 0 };
}

/* The answer to a 334 may be as short as an empty line. */
static unsigned commands_in(const struct smtp_dialog *dialog)
{
    unsigned shortest = dialog->mode == CLIENT_SASL ? SASL_OCTETS_MIN : COMMAND_OCTETS_MIN;
    uint64_t missing = dialog->doubt->missing[SIDE_CLIENT];
    bool is_begun = !line_reader_is_at_start(&dialog->client_line);

    /* Of a line begun before the hole, only the end may lie in it. */
    return lines_in(missing, shortest) + (is_begun && missing > 0 ? 1 : 0);
}

/* Holes that are long enough for a line and held none, by this reading. */
static unsigned empty_holes(const struct smtp_dialog *dialog, const struct reading *reading)
{
    const struct doubt *doubt = dialog->doubt;
    unsigned count = 0;

    if (reading->content_follows)
        return 0;
    if (commands_in(dialog) > 0 && reading->lost_commands == 0)
        count++;
    if (lines_in(doubt->missing[SIDE_SERVER], REPLY_OCTETS_MIN) > 0 && reading->lost_replies == 0)
        count++;
    return count;
}

static bool is_answered(const struct smtp_dialog *copy)
{
    for (size_t i = 0; i < copy->waiting.count; i++) {
        if (waiting_at(&copy->waiting, i)->kind == WAITING_CONTENT)
            return false;
    }
    return copy->mode != CLIENT_CONTENT && copy->mode != CLIENT_CHUNK;
}

struct score reading_try(struct smtp_dialog *dialog, const struct reading *reading, unsigned best)
{
    struct smtp_dialog *copy = mem_alloc(sizeof(*copy));
    struct place place = doubt_place(dialog->doubt);
    struct score score = { 0 };

    if (copy == NULL) {
        dialog->status = STATUS_NO_MEMORY;
        return score;
    }
    if (copy_dialog(copy, dialog, &score) == STATUS_OK)
        doubt_replay(copy, dialog->doubt, reading, &place, &score, best);
    else
        copy->status = STATUS_NO_MEMORY;
    if (copy->status != STATUS_OK)
        dialog->status = copy->status;
    /* A reply that is being read answers the oldest. */
    score.unanswered =
        (unsigned)copy->waiting.count - (copy->reply != NULL && copy->waiting.count > 0 ? 1 : 0);
    if (doubt_is_about_a_gap(dialog->doubt) && dialog->doubt->is_between_lines)
        score.unlikely += empty_holes(dialog, reading);
    if (dialog->doubt->header_follows && copy->mode == CLIENT_COMMANDS)
        score.unlikely += 2;
    if (dialog->doubt->kind != DOUBT_LOOKALIKE)
        score.unlikely += score.dots + (reading->content_follows ? 1 : 0);
    score.forms = copy->forms_seen;
    score.is_answered = is_answered(copy);
    smtp_dialog_free(copy);
    return score;
}

static void consider(struct smtp_dialog *dialog, struct choice *choice,
                     const struct reading *reading)
{
    struct score score = reading_try(dialog, reading, choice->limit);

    if (reading_cost(&score) >= choice->limit)
        return;
    choice->reading = *reading;
    choice->score = score;
    choice->limit = reading_cost(&score);
    choice->is_made = true;
}

/* Every number of commands and replies that the holes may have held, over what `base` says. */
static void consider_losses(struct smtp_dialog *dialog, struct choice *choice,
                            const struct reading *base)
{
    const struct doubt *doubt = dialog->doubt;
    unsigned commands = commands_in(dialog);
    unsigned replies = lines_in(doubt->missing[SIDE_SERVER], REPLY_OCTETS_MIN);
    struct reading reading = *base;

    /* The DATA that content follows is one of them. */
    if (base->content_follows && commands > 0)
        commands--;
    /* The end of one reply and the beginning of the next leave a whole line of neither. */
    if (doubt->missing[SIDE_SERVER] > 0 && replies < LOST_TRIED)
        replies++;
    for (unsigned c = 0; c <= commands; c++) {
        for (unsigned r = 0; r <= replies; r++) {
            reading.lost_commands = c;
            reading.lost_replies = r;
            if (c + r > 0 || base->content_follows || base->ends_in_gap)
                consider(dialog, choice, &reading);
        }
    }
    /* A long pipelined group may have lost more. */
    if (replies == LOST_TRIED && dialog->waiting.count > LOST_TRIED) {
        reading.lost_commands = 0;
        for (size_t r = LOST_TRIED + 1; r <= dialog->waiting.count && r <= LOST_TRIED_AT_MOST;
             r++) {
            reading.lost_replies = r;
            consider(dialog, choice, &reading);
        }
    }
}

static void consider_gap(struct smtp_dialog *dialog, struct choice *choice)
{
    consider_losses(dialog, choice, &(struct reading){ .ends_in_gap = false });
    /* A 354 that was captured would have told. */
    if (dialog->doubt->missing[SIDE_CLIENT] > 0 && dialog->doubt->missing[SIDE_SERVER] > 0)
        consider_losses(dialog, choice, &(struct reading){ .content_follows = true });
}

/* Did the content end in the hole, and if so, what else lies in it? */
static void consider_content_gap(struct smtp_dialog *dialog, struct choice *choice,
                                 bool must_decide)
{
    unsigned gaps = dialog->doubt->client_gaps;
    unsigned limit = choice->limit;
    struct reading base = { .ends_in_gap = true };

    /* Whether these explain the replies says whether the others are tried. */
    choice->limit = UINT_MAX;
    /* Rather in the hole that the reply came after than in one before it. */
    for (unsigned i = 1; i <= gaps && i <= GAPS_TRIED; i++) {
        base.passes_gaps = gaps - i;
        consider(dialog, choice, &base);
    }
    /* Each of these reads all that is held: not at every reply. */
    if (choice->score.contradictions == 0 || (!must_decide && dialog->doubt->weighings > 2))
        return;
    choice->limit = limit < choice->limit ? limit : choice->limit;
    base.passes_gaps = 0;
    consider_losses(dialog, choice, &base);
    base.content_follows = true;
    consider_losses(dialog, choice, &base);
}

/* A server that honours any of these honours CRLF and LF in any pair around the dot. */
static uint32_t crlf_and_lf_forms(void)
{
    uint32_t forms = 0;
    const enum line_break breaks[] = { LINE_BREAK_CRLF, LINE_BREAK_LF };

    for (size_t i = 0; i < 4; i++)
        forms |=
            lookalike_bit(&(struct lookalike){ .before = breaks[i / 2], .after = breaks[i % 2] });
    return forms;
}

/* Readings in which the server takes a look-alike for the end of data: each form that was seen
 * alone, then what a lenient server takes. */
static void consider_lookalikes(struct smtp_dialog *dialog, struct choice *choice, uint32_t forms)
{
    unsigned tried = 0;

    for (unsigned bit = 0; bit < 32 && tried < LIMIT_LOOKALIKES; bit++) {
        if ((forms & UINT32_C(1) << bit) == 0)
            continue;
        tried++;
        consider(dialog, choice, &(struct reading){ .honoured = UINT32_C(1) << bit });
    }
    if ((forms & crlf_and_lf_forms()) != 0)
        consider(dialog, choice, &(struct reading){ .honoured = crlf_and_lf_forms() });
}

bool reading_has_rival(struct smtp_dialog *dialog, const struct choice *choice, uint32_t forms)
{
    if (dialog->doubt->kind != DOUBT_LOOKALIKE)
        return false;
    for (unsigned bit = 0; bit < 32; bit++) {
        struct reading reading = { .honoured = UINT32_C(1) << bit };
        struct score score;

        if ((forms & reading.honoured) == 0 || (choice->reading.honoured & reading.honoured) != 0)
            continue;
        score = reading_try(dialog, &reading, UINT_MAX);
        if (score.contradictions <= choice->score.contradictions)
            return true;
    }
    return false;
}

/* Judges a line that was held: true for a dot behind a command that content follows. */
static bool ends_announced(struct slice line, bool *is_announced)
{
    switch (line.len > 1 ? ascii_upper(line.data[0]) : 0) {
    case 'D':
        *is_announced = *is_announced || slice_starts_nocase(line, slice_of_string("DATA"));
        return false;
    case 'B':
        *is_announced = *is_announced || slice_starts_nocase(line, slice_of_string("BDAT"));
        return false;
    case '.':
        return *is_announced && (line.data[1] == '\r' || line.data[1] == '\n');
    default:
        return false;
    }
}

/* Whether another content may have begun and ended among the octets held. */
static bool may_hold_content(const struct held_list *log)
{
    struct slice octets = buf_view(&log->octets);
    bool is_announced = false;

    for (size_t i = 0; i < log->count; i++) {
        const struct held *item = &log->items[i];
        bool is_after_hole = i == 0 || log->items[i - 1].kind == HELD_GAP;
        struct slice until = slice_part(octets, 0, item->start + item->len);
        size_t lf = slice_find(until, item->start, '\n');

        if (is_after_hole && ends_announced(slice_from(octets, item->start), &is_announced))
            return true;
        for (; lf != SLICE_NONE; lf = slice_find(until, lf + 1, '\n')) {
            if (ends_announced(slice_from(octets, lf + 1), &is_announced))
                return true;
        }
    }
    return false;
}

bool doubt_is_dispelled(const struct doubt *doubt, const struct score *strict)
{
    return doubt->kind == DOUBT_CONTENT_GAP && doubt->missing[SIDE_SERVER] == 0 &&
           strict->contradictions == 0 && strict->is_answered && !may_hold_content(&doubt->log);
}

struct choice reading_choose(struct smtp_dialog *dialog, const struct score *strict, unsigned limit,
                             bool must_decide)
{
    const struct doubt *doubt = dialog->doubt;
    struct choice other = { .limit = limit };

    switch (doubt->kind) {
    case DOUBT_LOOKALIKE:
        consider_lookalikes(dialog, &other, strict->forms | doubt->form);
        break;
    case DOUBT_CONTENT_GAP:
        consider_content_gap(dialog, &other, must_decide);
        break;
    case DOUBT_MIDSTREAM:
        consider(dialog, &other, &(struct reading){ .begins_in_content = true });
        break;
    case DOUBT_COMMAND_GAP:
    case DOUBT_REPLY_GAP:
        consider_gap(dialog, &other);
        break;
    }
    return other;
}
