/* Doubts. Some octets can be read in more than one way, and only the replies that follow tell which
 * way the server read them. From there on both sides' octets are held; each reading is tried on a
 * copy of the dialogue, and the one that leaves no reply without a command and no command with a
 * reply that no server gives it is carried out. */
#include <limits.h>

#include "base/limits.h"
#include "base/mem.h"
#include "smtp/weigh.h"

enum {
    REPLY_CODE = 3, /* octets; RFC 5321 4.2 */
    MARGIN = 4,     /* how much better another reading must be before more has come */
};

void doubt_free(struct doubt *doubt)
{
    if (doubt == NULL)
        return;
    held_clear(&doubt->log);
    mem_free(doubt);
}

void doubt_begin(struct smtp_dialog *dialog, enum doubt_kind kind, uint32_t form)
{
    struct doubt *doubt = mem_alloc(sizeof(*doubt));

    if (doubt == NULL) {
        dialog->status = STATUS_NO_MEMORY;
        return;
    }
    *doubt = (struct doubt){ .kind = kind, .form = form, .log = held_list_of(LIMIT_UNDECIDED) };
    doubt->unclaimed = dialog->unclaimed;
    if (kind == DOUBT_CONTENT_GAP || kind == DOUBT_COMMAND_GAP)
        doubt->missing[SIDE_SERVER] = dialog->replies_ahead;
    doubt->is_between_lines = client_is_between_lines(dialog) &&
                              line_reader_is_at_start(&dialog->server_line) &&
                              dialog->reply == NULL;
    doubt->reply_column = line_reader_length(&dialog->server_line);
    doubt->reply_goes_on = doubt->reply_column > REPLY_CODE &&
                           line_reader_kept(&dialog->server_line).data[REPLY_CODE] == '-';
    dialog->doubt = doubt;
    dialog->is_in_doubt = true;
}

/* What the capture may have lost is judged when the client goes on: it has seen every reply by
 * then. Content is judged by replies alone, and the strict reading has the benefit of the doubt. */
bool doubt_is_about_a_gap(const struct doubt *doubt)
{
    return doubt->kind == DOUBT_REPLY_GAP || doubt->kind == DOUBT_COMMAND_GAP;
}

/* Ends the doubt and reads what was held for good. */
static void carry_out(struct smtp_dialog *dialog, const struct reading *reading)
{
    struct doubt *doubt = dialog->doubt;
    struct place place = doubt_place(doubt);
    bool was_replaying = dialog->is_replaying;

    dialog->doubt = NULL;
    dialog->is_in_doubt = false;
    dialog->is_replaying = true;
    /* A content that begins in the log may be doubted in its turn. */
    if (doubt->kind == DOUBT_LOOKALIKE)
        dialog->content_is_decided = true;
    doubt_replay(dialog, doubt, reading, &place, NULL, 0);
    dialog->is_replaying = was_replaying;
    if (dialog->mode != CLIENT_CONTENT)
        dialog->reading = (struct reading){ 0 };
    doubt_free(doubt);
}

static void give_up_weighing(struct smtp_dialog *dialog, const struct reading *likeliest)
{
    struct place place = doubt_place(dialog->doubt);

    dialog_tell_limit(dialog, SMTP_LIMIT_UNDECIDED, SIDE_SERVER, &place);
    carry_out(dialog, likeliest);
}

/* What another reading must cost less than to change what comes of this weighing. */
static unsigned cost_to_beat(const struct doubt *doubt, const struct score *strict,
                             bool must_decide)
{
    unsigned cost = reading_cost(strict);

    if (must_decide || doubt_is_about_a_gap(doubt))
        return cost;
    /* Whether the best of the others explains the replies, whatever it costs, tells. */
    if (strict->contradictions == 0)
        return UINT_MAX;
    if (doubt->weighings >= LIMIT_WEIGHINGS)
        return cost;
    return cost >= MARGIN ? cost - MARGIN + 1 : 0;
}

/* Carries a reading out, where enough is known. */
static void decide(struct smtp_dialog *dialog, const struct reading *strict,
                   const struct score *strict_score, const struct choice *other, bool must_decide)
{
    unsigned strict_cost = reading_cost(strict_score);
    unsigned other_cost = other->is_made ? reading_cost(&other->score) : UINT_MAX;
    const struct reading *likeliest = other_cost < strict_cost ? &other->reading : strict;

    if (dialog->status != STATUS_OK)
        carry_out(dialog, strict);
    else if (must_decide || doubt_is_about_a_gap(dialog->doubt))
        carry_out(dialog, likeliest);
    else if (strict_score->contradictions == 0 && other->score.contradictions > 0)
        carry_out(dialog, strict);
    else if (strict_score->contradictions > 0 && likeliest != strict &&
             strict_cost - other_cost >= MARGIN &&
             !reading_has_rival(dialog, other, strict_score->forms | dialog->doubt->form))
        carry_out(dialog, likeliest);
    else if (dialog->doubt->weighings >= LIMIT_WEIGHINGS)
        give_up_weighing(dialog, likeliest);
}

static void weigh(struct smtp_dialog *dialog, bool must_decide)
{
    struct doubt *doubt = dialog->doubt;
    /* Where the server was not captured at all, every reply is missing. */
    const struct reading strict = {
        .lost_replies = dialog->is_server_seen || doubt->reply_lines > 0 ? 0 : SIZE_MAX,
    };
    struct score score;
    struct choice other = { 0 };
    unsigned limit;

    if (strict.lost_replies > 0) {
        carry_out(dialog, &strict);
        return;
    }
    score = reading_try(dialog, &strict, UINT_MAX);
    if (doubt_is_dispelled(doubt, &score)) {
        carry_out(dialog, &strict);
        return;
    }
    doubt->weighings++;
    limit = cost_to_beat(doubt, &score, must_decide);
    if (limit > 0)
        other = reading_choose(dialog, &score, limit,
                               must_decide || doubt->weighings >= LIMIT_WEIGHINGS);
    decide(dialog, &strict, &score, &other, must_decide);
}

/* Octets of the server's up to the end of the first reply in them, its lines counted: replies are
 * weighed one by one, however they were sent. All, where none ends; `*ends` says whether one does. */
static size_t reply_length(struct doubt *doubt, struct slice octets, bool *ends)
{
    *ends = false;
    for (size_t i = 0; i < octets.len; i++) {
        if (octets.data[i] != '\n') {
            if (doubt->reply_column++ == REPLY_CODE)
                doubt->reply_goes_on = octets.data[i] == '-';
            continue;
        }
        *ends = !doubt->reply_goes_on;
        doubt->reply_lines++;
        doubt->reply_column = 0;
        doubt->reply_goes_on = false;
        if (*ends)
            return i + 1;
    }
    return octets.len;
}

/* Reads how the client goes on; true once it is known whether it is a header field: RFC 5322 2.2, a
 * name of printable octets, a colon, and in practice a space, which tells it from the path of a MAIL
 * or RCPT. */
static bool knows_what_follows(struct doubt *doubt, struct slice octets)
{
    for (size_t i = 0; i < octets.len; i++) {
        uint8_t octet = octets.data[i];

        if (doubt->has_colon) {
            doubt->header_follows = octet == ' ';
            return true;
        }
        if (octet <= ' ' || octet > '~' || doubt->name_octets == FIELD_NAME_TRIED)
            return true;
        doubt->has_colon = octet == ':' && doubt->name_octets > 0;
        doubt->name_octets++;
    }
    return false;
}

/* True where a chunk shows that a hole's consequences are all there: the client goes on. */
static bool settles_gap(const struct doubt *doubt, const struct chunk *chunk)
{
    return doubt_is_about_a_gap(doubt) && chunk->from == SIDE_CLIENT && doubt->log.count > 0 &&
           (doubt->kind != DOUBT_COMMAND_GAP || doubt->reply_lines > 0);
}

/* The log is full: it decides as it stands. */
static void overflow(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    dialog_tell_limit(dialog, SMTP_LIMIT_UNDECIDED, chunk->from, &chunk->place);
    weigh(dialog, true);
    dialog_input(dialog, chunk);
}

static void hold(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    struct held item = {
        .kind = chunk->missing > 0 ? HELD_GAP : HELD_OCTETS,
        .from = chunk->from,
        .place = chunk->place,
        .missing = chunk->missing,
    };

    dialog->doubt->missing[chunk->from] += chunk->missing;
    if (item.kind == HELD_GAP && chunk->from == SIDE_CLIENT)
        dialog->doubt->client_gaps++;
    if (held_add(&dialog->doubt->log, &item, chunk->data) != STATUS_OK)
        dialog->status = STATUS_NO_MEMORY;
}

static struct chunk chunk_of(const struct next_word *next)
{
    return (struct chunk){ .from = SIDE_CLIENT,
                           .place = next->place,
                           .data = slice_of(next->octets, next->len) };
}

/* The client goes on. Its word is no part of what is weighed, whether it came in pieces or not. */
static void settle_gap(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    struct next_word next = dialog->doubt->next;
    struct chunk first = chunk_of(&next);

    if (chunk->missing == 0 && !knows_what_follows(dialog->doubt, chunk->data)) {
        struct next_word *kept = &dialog->doubt->next;

        if (kept->len == 0)
            kept->place = chunk->place;
        mem_copy(kept->octets + kept->len, chunk->data.data, chunk->data.len);
        kept->len += (unsigned)chunk->data.len;
        return;
    }
    weigh(dialog, true);
    if (next.len > 0)
        dialog_input(dialog, &first);
    dialog_input(dialog, chunk);
}

/* Something else came before the word had told: it is held like the rest. */
static void hold_next(struct smtp_dialog *dialog)
{
    struct next_word next = dialog->doubt->next;
    struct chunk chunk = chunk_of(&next);

    dialog->doubt->next.len = 0;
    if (next.len > 0 && held_has_room(&dialog->doubt->log, next.len))
        hold(dialog, &chunk);
    else if (next.len > 0)
        overflow(dialog, &chunk);
}

/* Holds the server's octets reply by reply, and decides when one of them tells. */
static void take_replies(struct smtp_dialog *dialog, struct chunk rest)
{
    while (rest.data.len > 0 && dialog->status == STATUS_OK && dialog->doubt != NULL) {
        struct chunk part = rest;
        bool ends;

        part.data.len = reply_length(dialog->doubt, rest.data, &ends);
        if (!held_has_room(&dialog->doubt->log, part.data.len)) {
            overflow(dialog, &rest);
            return;
        }
        hold(dialog, &part);
        rest.data = slice_from(rest.data, part.data.len);
        if (ends && dialog->status == STATUS_OK && !doubt_is_about_a_gap(dialog->doubt))
            weigh(dialog, false);
    }
    if (rest.data.len > 0)
        dialog_input(dialog, &rest);
}

void doubt_take(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    if (settles_gap(dialog->doubt, chunk)) {
        settle_gap(dialog, chunk);
        return;
    }
    hold_next(dialog);
    if (dialog->doubt == NULL)
        dialog_input(dialog, chunk);
    else if (chunk->from == SIDE_SERVER && chunk->missing == 0)
        take_replies(dialog, *chunk);
    else if (!held_has_room(&dialog->doubt->log, chunk->data.len))
        overflow(dialog, chunk);
    else
        hold(dialog, chunk);
}

void doubt_finish(struct smtp_dialog *dialog)
{
    if (dialog->doubt != NULL)
        hold_next(dialog);
    while (dialog->doubt != NULL && dialog->status == STATUS_OK)
        weigh(dialog, true);
}
