/* The client's octets: command lines, SASL lines, content, TLS. What they are depends on what the
 * server answered; until that is known they are held. */
#include "base/base64.h"
#include "base/limits.h"
#include "base/mem.h"
#include "smtp/dialog_state.h"

void client_follow_lost_command(struct smtp_dialog *dialog, unsigned code,
                                const struct place *place)
{
    if (dialog->mode != CLIENT_COMMANDS || !client_is_between_lines(dialog) ||
        (!dialog->has_client_gap && !dialog->is_midstream))
        return;
    if (code == 354) {
        client_begin_content(dialog, place);
        dialog->client_resyncs = false;
    } else if (code == 334) {
        dialog->mode = CLIENT_SASL;
        dialog->client_resyncs = false;
    }
}

static void wait_undecided(struct smtp_dialog *dialog, enum smtp_verb verb)
{
    dialog->mode = CLIENT_UNDECIDED;
    dialog->undecided_on = dialog->sequence;
    dialog->undecided_verb = verb;
    dialog->decides_by_octets = false;
}

void client_follow_command(struct smtp_dialog *dialog, const struct smtp_event *event)
{
    enum smtp_verb verb = event->command.verb;

    if (verb == VERB_MAIL && dialog->content != NULL)
        client_forget_content(dialog);
    if (verb == VERB_BDAT && client_begin_chunk(dialog, event->command.line, &event->place))
        return;
    dialog->goes_on_with_chunk = false;
    if (verb == VERB_LHLO)
        dialog->is_lmtp = true;
    dialog_await(dialog, WAITING_COMMAND, verb, dialog->sequence, &event->place);
    if (verb == VERB_DATA || verb == VERB_AUTH)
        wait_undecided(dialog, verb);
}

static enum status need_redactor(struct smtp_dialog *dialog)
{
    if (dialog->redactor != NULL)
        return STATUS_OK;
    dialog->redactor = mem_alloc(sizeof(*dialog->redactor));
    if (dialog->redactor == NULL)
        return STATUS_NO_MEMORY;
    *dialog->redactor = redactor_of(dialog->shows_secrets);
    dialog->has_redactor = true;
    return STATUS_OK;
}

/* A capture that began later, or has holes, may lack the AUTH. */
static bool may_have_missed_auth(const struct smtp_dialog *dialog)
{
    return dialog->is_midstream || dialog->has_client_gap;
}

static bool may_hold_credentials(const struct smtp_dialog *dialog, enum smtp_verb verb,
                                 struct slice line)
{
    if (dialog->is_scratch)
        return false;
    return verb == VERB_AUTH || verb == VERB_BURL || verb == VERB_XCLIENT ||
           (verb == VERB_UNKNOWN && (dialog->redactor != NULL || may_have_missed_auth(dialog) ||
                                     redact_is_like_auth(line)));
}

static void fill_command(struct smtp_dialog *dialog, const struct line *line,
                         struct smtp_event *event)
{
    enum smtp_verb verb = smtp_verb_of(line->text);

    if (client_may_be_proxied(dialog) && proxy_header_is_line(line->text))
        verb = VERB_PROXY;
    event->command = (struct smtp_command){ .verb = verb, .line = line->text };
    if (dialog->mode == CLIENT_SASL) {
        event->kind = SMTP_EVENT_SASL;
        event->command.verb = VERB_AUTH;
        if (!dialog->is_scratch) {
            dialog->status = need_redactor(dialog);
            if (dialog->status == STATUS_OK)
                dialog->status = redact_sasl(dialog->redactor, line->text, event);
        }
    } else if (may_hold_credentials(dialog, verb, line->text)) {
        dialog->status = need_redactor(dialog);
        if (dialog->status == STATUS_OK && may_have_missed_auth(dialog))
            dialog->redactor->has_seen_auth = true;
        if (dialog->status == STATUS_OK)
            dialog->status = redact_command(dialog->redactor, line->text, event);
    }
    /* A name with a hole in it is none. */
    if ((line->marks & MARK_AFTER_GAP) != 0)
        event->command.identity = slice_of(NULL, 0);
    event->command.end = line->end;
    event->command.is_cut |= line->is_cut;
}

/* A client that goes on after its end of data without waiting took an early reply for the answer,
 * unless both were sent in one segment, as RFC 2920 allows. */
static void settle_early_reply(struct smtp_dialog *dialog, const struct line *line)
{
    const struct waiting *oldest = waiting_at(&dialog->waiting, 0);

    if (oldest != NULL && oldest->early != NULL &&
        (line->begin.frame != oldest->place.frame || line->begin.capture != oldest->place.capture))
        server_reattribute(dialog);
}

/* Tells of one line of commands or SASL. */
static void tell_line(struct smtp_dialog *dialog, const struct line *line,
                      const struct place *place, struct smtp_event *told)
{
    struct smtp_event event = {
        .kind = SMTP_EVENT_COMMAND,
        .from = SIDE_CLIENT,
        .place = *place,
        .begin = line->begin,
        .octets = line->octets,
        .marks = line->marks,
    };
    const struct waiting *oldest;

    if (dialog->client_resyncs && smtp_verb_of(line->text) == VERB_UNKNOWN)
        event.marks |= MARK_AFTER_GAP;
    settle_early_reply(dialog, line);
    fill_command(dialog, line, &event);
    oldest = waiting_at(&dialog->waiting, 0);
    if (oldest != NULL && oldest->kind == WAITING_GREETING && event.command.verb != VERB_PROXY)
        event.marks |= MARK_EARLY;
    dialog->is_past_proxy = true;
    if (line->is_cut)
        dialog_tell_limit(dialog, SMTP_LIMIT_LINE, SIDE_CLIENT, place);
    dialog_emit(dialog, &event);
    *told = event;
}

/* A line that the server will answer. */
static void take_line(struct smtp_dialog *dialog, const struct line *line,
                      const struct place *place)
{
    struct smtp_event event;

    tell_line(dialog, line, place, &event);
    if (event.kind == SMTP_EVENT_SASL) {
        dialog_await(dialog, WAITING_SASL, VERB_AUTH, dialog->sequence, place);
        wait_undecided(dialog, VERB_AUTH);
    } else {
        client_follow_command(dialog, &event);
    }
}

/* After a hole the octets up to the next line end may be the tail of a line whose beginning is
 * lost. */
static void take_resync_line(struct smtp_dialog *dialog, struct line *line,
                             const struct place *place)
{
    dialog->client_resyncs = false;
    if (smtp_verb_of(line->text) == VERB_UNKNOWN || dialog->mode == CLIENT_SASL)
        line->marks |= MARK_AFTER_GAP;
    take_line(dialog, line, place);
}

/* Turns to TLS if that is what the line's first octets are. True where the octets were taken. */
static bool take_probe(struct smtp_dialog *dialog, struct slice *in, const struct place *place)
{
    struct smtp_event event = {
        .kind = SMTP_EVENT_OPAQUE, .from = SIDE_CLIENT, .place = *place, .begin = *place
    };

    switch (tls_probe_feed(&dialog->client_probe, in,
                           probe_types_for(dialog, dialog->is_client_seen))) {
    case PARSE_MORE:
        return true;
    case PARSE_OK:
        dialog->mode = CLIENT_OPAQUE;
        event.opaque = slice_of(dialog->client_probe.octets, dialog->client_probe.len);
        event.octets = event.opaque.len;
        dialog_emit(dialog, &event);
        dialog->client_probe.len = 0;
        return true;
    case PARSE_BAD:
        break;
    }
    if (dialog->client_probe.len == 0)
        return false;
    give_probe_back(&dialog->client_probe, &dialog->client_line, place, &dialog->status);
    return true;
}

static size_t read_line(struct smtp_dialog *dialog, struct slice in, const struct place *place)
{
    struct slice rest = in;
    struct line line;
    size_t used;

    /* The end of the line before the hole is lost, where a command begins after it. */
    bool is_command = dialog->beginning.is_command;

    dialog->beginning.is_command = false;
    if (dialog->client_resyncs && is_command && line_reader_finish(&dialog->client_line, &line)) {
        dialog->client_resyncs = false;
        take_line(dialog, &line, place);
        return 0;
    }
    if (client_take_proxy(dialog, &rest, place))
        return in.len - rest.len;
    if (dialog->mode == CLIENT_COMMANDS && line_reader_is_at_start(&dialog->client_line) &&
        take_probe(dialog, &rest, place))
        return in.len - rest.len;
    dialog->is_client_seen = true;
    if (line_reader_feed(&dialog->client_line, in, *place, &used, &line, &dialog->status) ==
        PARSE_OK) {
        if (dialog->client_resyncs)
            take_resync_line(dialog, &line, place);
        else
            take_line(dialog, &line, place);
    }
    return used;
}

static struct held_list *need_undecided(struct smtp_dialog *dialog)
{
    if (dialog->undecided == NULL)
        dialog->undecided = held_list_new(LIMIT_UNDECIDED);
    if (dialog->undecided == NULL)
        dialog->status = STATUS_NO_MEMORY;
    return dialog->undecided;
}

static size_t hold(struct smtp_dialog *dialog, struct slice in, const struct chunk *chunk)
{
    struct held item = { .kind = HELD_OCTETS, .from = SIDE_CLIENT, .place = chunk->place };
    struct held_list *held = need_undecided(dialog);
    struct slice part;

    if (held == NULL)
        return 0;
    part = slice_part(in, 0, LIMIT_UNDECIDED - held->octets.len);
    if (held_has_room(held, part.len) && held_add(held, &item, part) != STATUS_OK)
        dialog->status = STATUS_NO_MEMORY;
    if (part.len < in.len || !held_has_room(held, 0)) {
        dialog_tell_limit(dialog, SMTP_LIMIT_UNDECIDED, SIDE_CLIENT, &chunk->place);
        client_decide_by_octets(dialog, DECIDE_NOW);
    } else if (dialog->decides_by_octets) {
        client_decide_by_octets(dialog, DECIDE_IF_TOLD);
    }
    return part.len;
}

static size_t hand_on(struct smtp_dialog *dialog, struct slice in, const struct place *place)
{
    struct smtp_event event = {
        .kind = SMTP_EVENT_OPAQUE,
        .from = SIDE_CLIENT,
        .place = *place,
        .begin = *place,
        .octets = in.len,
        .opaque = in,
    };

    dialog_emit(dialog, &event);
    return in.len;
}

/* Reads what comes first in `in`, and returns how many octets that was: 0 where they are something
 * else now than they were. */
static size_t read_next(struct smtp_dialog *dialog, struct slice in, const struct chunk *chunk)
{
    size_t used;

    switch (dialog->mode) {
    case CLIENT_COMMANDS:
    case CLIENT_SASL:
        used = client_read_plain(dialog, in, &chunk->place);
        return used > 0 ? used : read_line(dialog, in, &chunk->place);
    case CLIENT_CONTENT:
        return client_read_content(dialog, in, &chunk->place);
    case CLIENT_CHUNK:
        return client_read_chunk(dialog, in, &chunk->place);
    case CLIENT_UNDECIDED:
        return hold(dialog, in, chunk);
    case CLIENT_OPAQUE:
        break;
    }
    return hand_on(dialog, in, &chunk->place);
}

void client_octets(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    struct slice in = chunk->data;

    if (dialog->odd != 0)
        server_end_cut_reply(dialog);
    dialog->unclaimed = 0;
    /* Only after a hole, or where the capture began later, is it not known. */
    if (dialog->odd != 0 && dialog->beginning.kind != BEGINNING_KNOWN &&
        !client_read_beginning(dialog, chunk))
        return;
    while (in.len > 0 && dialog->status == STATUS_OK && !dialog->is_in_doubt) {
        in = slice_from(in, read_next(dialog, in, chunk));
        dialog->is_client_seen = true;
    }
    if (in.len > 0 && dialog->status == STATUS_OK)
        doubt_take_rest(dialog, chunk, in);
}

void client_emit_gap(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    struct smtp_event event = {
        .kind = SMTP_EVENT_GAP,
        .from = chunk->from,
        .place = chunk->place,
        .begin = chunk->place,
        .octets = chunk->missing,
    };

    if (dialog->redactor != NULL)
        dialog->redactor->has_gap = true;
    dialog->has_client_gap = true;
    dialog_emit(dialog, &event);
}

/* What the reading says of the commands in a hole, from where a line begins in it. */
void client_lose_commands(struct smtp_dialog *dialog, unsigned lost, const struct place *place)
{
    bool content_follows = dialog->reading.content_follows;

    dialog->reading.lost_commands = 0;
    dialog->reading.content_follows = false;
    dialog->client_resyncs = true;
    if (!line_reader_is_at_start(&dialog->client_line))
        dialog->beginning.kind = BEGINNING_AFTER_HOLE;
    dialog->has_client_gap = true;
    for (unsigned i = dialog->unclaimed; i < lost; i++)
        dialog_await(dialog, WAITING_LOST, VERB_NONE, 0, place);
    if (dialog->replies_ahead > 0) {
        server_lose_replies(dialog, dialog->reading.lost_replies);
        dialog->reading.lost_replies = 0;
    }
    /* The first line lost was the answer to the 334. */
    if (dialog->mode == CLIENT_SASL && lost > 0)
        dialog->mode = CLIENT_COMMANDS;
    if (content_follows)
        client_begin_inside_content(dialog, place);
}

static void gap_in_commands(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    unsigned lost = dialog->reading.lost_commands;
    struct line line;

    line_reader_doubt(&dialog->client_line);
    /* The first command whose end lies in the hole is the one that was begun before it. */
    if (lost > 0 && line_reader_finish(&dialog->client_line, &line)) {
        take_line(dialog, &line, &line.last);
        lost--;
    }
    client_emit_gap(dialog, chunk);
    client_lose_commands(dialog, lost, &chunk->place);
}

static void hold_gap(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    struct held item = {
        .kind = HELD_GAP, .from = SIDE_CLIENT, .place = chunk->place, .missing = chunk->missing
    };
    struct held_list *held = need_undecided(dialog);

    if (held == NULL)
        return;
    /* Holes alone decide nothing and would pile up: neighbours are one. */
    if (held->count > 0 && held->items[held->count - 1].kind == HELD_GAP) {
        held->items[held->count - 1].missing += chunk->missing;
        return;
    }
    if (!held_has_room(held, 0)) {
        client_decide_by_octets(dialog, DECIDE_NOW);
        dialog_input(dialog, chunk);
        return;
    }
    if (held_add(held, &item, slice_of(NULL, 0)) != STATUS_OK)
        dialog->status = STATUS_NO_MEMORY;
}

void client_gap(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    bool may_doubt = !dialog->is_replaying && dialog->is_client_seen && dialog->is_server_seen;

    client_give_beginning_back(dialog);
    if (dialog->doubt != NULL) {
        doubt_take(dialog, chunk);
        return;
    }
    switch (dialog->mode) {
    case CLIENT_COMMANDS:
    case CLIENT_SASL:
        if (may_doubt) {
            doubt_begin(dialog, DOUBT_COMMAND_GAP, 0);
            doubt_take(dialog, chunk);
        } else {
            gap_in_commands(dialog, chunk);
        }
        break;
    case CLIENT_CONTENT:
        if (may_doubt) {
            doubt_begin(dialog, DOUBT_CONTENT_GAP, 0);
            doubt_take(dialog, chunk);
        } else {
            client_gap_in_content(dialog, chunk);
        }
        break;
    case CLIENT_CHUNK:
        client_gap_in_chunk(dialog, chunk);
        break;
    case CLIENT_UNDECIDED:
        hold_gap(dialog, chunk);
        break;
    case CLIENT_OPAQUE:
        client_emit_gap(dialog, chunk);
        break;
    }
}

void client_end_line_at_cr(struct smtp_dialog *dialog, const struct place *place)
{
    struct line line;

    client_give_beginning_back(dialog);
    if (dialog->doubt != NULL || (dialog->mode != CLIENT_COMMANDS && dialog->mode != CLIENT_SASL))
        return;
    if (line_reader_ends_in_cr(&dialog->client_line) &&
        line_reader_finish(&dialog->client_line, &line))
        take_line(dialog, &line, place);
}

void client_finish(struct smtp_dialog *dialog, const struct place *place)
{
    struct smtp_event event;
    struct line line;

    client_give_beginning_back(dialog);
    if (dialog->mode == CLIENT_UNDECIDED && dialog->undecided != NULL)
        client_decide_by_octets(dialog, DECIDE_NOW);
    if (dialog->doubt != NULL)
        doubt_finish(dialog);
    give_probe_back(&dialog->client_probe, &dialog->client_line, place, &dialog->status);
    if (dialog->mode == CLIENT_CONTENT || dialog->mode == CLIENT_CHUNK)
        client_leave_content(dialog, place);
    else if (line_reader_finish(&dialog->client_line, &line))
        tell_line(dialog, &line, place, &event);
    dialog->mode = CLIENT_OPAQUE;
}
