/* What each reply answers: the oldest that waits, unless a hole, a greeting that is late or a reply
 * that came early says otherwise. */
#include "base/mem.h"
#include "smtp/dialog_state.h"
#include "smtp/plausible.h"

static void tell_unanswering(struct smtp_dialog *dialog, struct smtp_event *event)
{
    struct content_reading *content = dialog->content;

    event->reply.verb = VERB_NONE;
    if (dialog->mode != CLIENT_CONTENT && dialog->mode != CLIENT_CHUNK) {
        dialog->unclaimed += event->reply.code != 421 ? 1 : 0;
        dialog_emit(dialog, event);
        return;
    }
    event->marks |= MARK_WHILE_CONTENT;
    dialog_emit(dialog, event);
    if (content->early != NULL)
        return;
    content->early = mem_alloc(sizeof(*content->early));
    if (content->early == NULL) {
        dialog->status = STATUS_NO_MEMORY;
        return;
    }
    content->early->sequence = dialog->sequence;
    content->early->place = event->place;
    content->early_code = event->reply.code;
}

void server_reattribute(struct smtp_dialog *dialog)
{
    const struct waiting *content = waiting_at(&dialog->waiting, 0);
    struct smtp_event event = {
        .kind = SMTP_EVENT_REATTRIBUTED,
        .from = SIDE_SERVER,
        .place = content->early->place,
        .begin = content->early->place,
        .reattributed = { .reply = content->early->sequence, .answers = content->sequence },
    };

    waiting_drop(&dialog->waiting);
    dialog_emit(dialog, &event);
}

/* In a capture that began later, or that lost the first octets of the server, no greeting waits:
 * one is told by its code and its words. */
static bool is_late_greeting(const struct smtp_dialog *dialog, const struct smtp_event *event)
{
    const struct waiting *oldest = waiting_at(&dialog->waiting, 0);

    if ((!dialog->is_midstream && !dialog->has_server_gap) || dialog->is_greeted ||
        event->reply.code != 220)
        return false;
    if (oldest != NULL &&
        (oldest->kind == WAITING_GREETING ||
         reply_is_plausible(oldest->verb, event->reply.code, event->reply.enhanced)))
        return false;
    for (size_t i = 0; i < event->reply.line_count; i++) {
        if (slice_find_nocase(event->reply.lines[i], slice_of_string("TLS")) != SLICE_NONE)
            return false;
    }
    return event->reply.enhanced.class == 0 &&
           (oldest != NULL || (!dialog->is_client_seen && client_is_between_lines(dialog)));
}

/* LMTP owes one reply to an end of data for each recipient that was accepted (RFC 2033 4.2). */
static void count_recipients(struct smtp_dialog *dialog, const struct waiting *waited,
                             unsigned code)
{
    bool is_accepted = code / 100 == 2;

    if (!dialog->is_lmtp)
        return;
    if (waited->verb == VERB_LHLO && code >= 400)
        dialog->is_lmtp = false;
    if (waited->verb == VERB_RCPT && is_accepted)
        dialog->recipients++;
    else if (waited->ends_message ||
             (is_accepted && (waited->verb == VERB_MAIL || waited->verb == VERB_RSET ||
                              waited->verb == VERB_LHLO)))
        dialog->recipients = 0;
}

/* Takes the oldest off the queue, unless more replies to it are due. */
static void take_waiting(struct smtp_dialog *dialog, unsigned code)
{
    struct waiting *oldest = waiting_at(&dialog->waiting, 0);

    if (dialog->is_lmtp && oldest->ends_message && code != 421) {
        if (oldest->replies_left == 0)
            oldest->replies_left = dialog->recipients;
        if (oldest->replies_left > 1) {
            oldest->replies_left--;
            return;
        }
    }
    waiting_drop(&dialog->waiting);
}

/* In a capture that began inside an AUTH, or lost it, the line that 334 or 235 answers was part of
 * it, whatever it looked like. */
static void follow_lost_auth(struct smtp_dialog *dialog, struct smtp_event *event,
                             const struct waiting *waited)
{
    unsigned code = event->reply.code;

    if (waited->verb == VERB_UNKNOWN && (code == 334 || code == 235) &&
        (dialog->is_midstream || dialog->has_client_gap))
        event->reply.verb = VERB_AUTH;
}

/* What the client's octets are from here on, now that `waited` was answered. */
static void follow_reply(struct smtp_dialog *dialog, const struct waiting *waited, unsigned code)
{
    bool decides = dialog->mode == CLIENT_UNDECIDED && dialog->undecided_on == waited->sequence;

    if (decides && waited->verb == VERB_DATA)
        client_decide(dialog, code == 354 ? CLIENT_CONTENT : CLIENT_COMMANDS);
    else if (decides)
        client_decide(dialog, code == 334 ? CLIENT_SASL : CLIENT_COMMANDS);
}

void server_lose_replies(struct smtp_dialog *dialog, size_t count)
{
    while (count > 0 && dialog->waiting.count > 0) {
        uint64_t lost = waiting_at(&dialog->waiting, 0)->sequence;

        waiting_drop(&dialog->waiting);
        count--;
        if (dialog->mode == CLIENT_UNDECIDED && lost == dialog->undecided_on)
            client_decide_by_octets(dialog, DECIDE_IF_TOLD);
    }
}

/* Whether this code answers one verb only: QUIT, AUTH, DATA. */
static bool answers_one_verb(unsigned code)
{
    return code == 221 || code == 334 || code == 354;
}

/* How many wait before the first that this reply can answer. A code that answers one verb alone goes
 * to that verb where it was captured, and not to what a hole holds. */
static size_t step_of(const struct waiting_list *waiting, const struct smtp_event *event)
{
    size_t first_lost = SIZE_MAX;

    for (size_t i = 0; i < waiting->count; i++) {
        const struct waiting *item = waiting_at(waiting, i);
        bool is_lost = item->kind == WAITING_LOST;

        if (is_lost && !answers_one_verb(event->reply.code))
            return i;
        if (is_lost)
            first_lost = first_lost < i ? first_lost : i;
        else if (reply_is_plausible(item->verb, event->reply.code, event->reply.enhanced))
            return i;
    }
    return first_lost;
}

/* After a hole the step may be lost: what waits before the one that is answered has its reply in the
 * hole, and where none can be answered so, the one that is was not captured. */
static void find_step(struct smtp_dialog *dialog, const struct smtp_event *event)
{
    unsigned code = event->reply.code;
    size_t step;

    if (dialog->is_scratch || code < 220 || code > 354 ||
        (!dialog->has_client_gap && !dialog->has_server_gap))
        return;
    step = step_of(&dialog->waiting, event);
    if (step != SIZE_MAX || answers_one_verb(code))
        server_lose_replies(dialog, step);
}

/* A first reply that is no greeting, to a client that has spoken: the greeting was not captured. No
 * hole tells so where the server's first octet that was captured is all that TCP has to go by. */
static bool is_after_greeting(const struct smtp_dialog *dialog, const struct smtp_event *event)
{
    const struct waiting *oldest = waiting_at(&dialog->waiting, 0);
    unsigned code = event->reply.code;

    return oldest != NULL && oldest->kind == WAITING_GREETING && dialog->waiting.count > 1 &&
           code >= 200 && code < 400 && code != 220;
}

/* The oldest that waits, unless an early reply has answered it already. */
static const struct waiting *oldest_for(struct smtp_dialog *dialog, const struct smtp_event *event)
{
    const struct waiting *oldest;

    if (is_after_greeting(dialog, event))
        server_lose_replies(dialog, 1);
    server_pass_proxy(dialog, event->reply.code);
    find_step(dialog, event);
    oldest = waiting_at(&dialog->waiting, 0);
    /* 421 needs no command (RFC 5321 3.8). */
    if (oldest == NULL && event->reply.code != 421) {
        client_end_line_at_cr(dialog, &event->place);
        oldest = waiting_at(&dialog->waiting, 0);
    }
    if (oldest != NULL && oldest->early != NULL && dialog->waiting.count > 1 &&
        !reply_is_plausible(oldest->verb, event->reply.code, event->reply.enhanced)) {
        server_reattribute(dialog);
        oldest = waiting_at(&dialog->waiting, 0);
    }
    return oldest;
}

/* Nothing stands between a reply and the oldest that waits: none of what oldest_for and
 * is_late_greeting look for. */
static bool is_plainly_next(const struct smtp_dialog *dialog, const struct waiting *oldest)
{
    return dialog->odd == 0 && oldest != NULL && oldest->early == NULL &&
           oldest->verb != VERB_PROXY &&
           (oldest->kind != WAITING_GREETING || dialog->waiting.count == 1);
}

void server_take_reply(struct smtp_dialog *dialog, struct smtp_event *event)
{
    const struct waiting *waited = waiting_at(&dialog->waiting, 0);

    if (!is_plainly_next(dialog, waited)) {
        if (is_late_greeting(dialog, event)) {
            event->reply.verb = VERB_CONNECT;
            dialog->is_greeted = true;
            dialog_emit(dialog, event);
            return;
        }
        waited = oldest_for(dialog, event);
    }
    if (waited == NULL) {
        tell_unanswering(dialog, event);
        client_follow_lost_command(dialog, event->reply.code, &event->place);
        dialog->is_greeted = true;
        return;
    }
    dialog->is_greeted = true;
    take_waiting(dialog, event->reply.code);
    count_recipients(dialog, waited, event->reply.code);
    event->reply.verb = waited->verb;
    event->reply.answers = waited->sequence;
    /* Where a reading is tried, the answer to what a hole holds is an answer. */
    if (dialog->is_scratch && waited->kind == WAITING_LOST)
        event->reply.answers = UINT64_MAX;
    follow_lost_auth(dialog, event, waited);
    if (waited->sequence != 0)
        event->reply.latency_ns = stamp_between(waited->place.at, event->place.at);
    dialog_emit(dialog, event);
    if (waited->kind == WAITING_LOST || event->reply.verb != waited->verb)
        client_follow_lost_command(dialog, event->reply.code, &event->place);
    else
        follow_reply(dialog, waited, event->reply.code);
}
