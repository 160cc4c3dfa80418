/* Findings about time: who kept whom waiting. */
#include "findings/look.h"
#include "findings/rules.h"
#include "findings/thresholds.h"
#include "findings/traits.h"

/* The reply before this one, where the server gave it while what this one answers lay before it
 * already (RFC 2920); NULL: there is none. */
static const struct entry *previous_of_group(const struct session_record *record,
                                             const struct entry *reply)
{
    const struct entry *answered = record_entry(record, reply->reply.answers);

    for (uint32_t n = entry_number(record, reply) - 1; n > 0 && answered != NULL; n--) {
        const struct entry *entry = record_entry(record, n);

        if (entry->kind == ENTRY_REPLY)
            return place_is_before(answered->place, entry->place) ? entry : NULL;
    }
    return NULL;
}

/* The server's part of a reply's latency, all of it where the parts are not known; -1: not known. Of
 * a group each reply has its own time only, and not that of those before it. */
static int64_t server_time(const struct session_record *record, const struct entry *entry)
{
    const struct entry_reply *reply = &entry->reply;
    const struct entry *before;
    int64_t time;

    if (entry->kind != ENTRY_REPLY || entry->verb == VERB_CONNECT || !entry_is_whole(entry))
        return -1;
    time = reply->parts.server_ns >= 0 ? reply->parts.server_ns : reply->latency_ns;
    before = previous_of_group(record, entry);
    if (before != NULL && stamp_between(before->place.at, entry->place.at) < time)
        time = stamp_between(before->place.at, entry->place.at);
    return time;
}

/* How many replies are slow, and whether so many are a policy. */
struct slowness {
    int64_t limit;
    uint32_t slow;
    uint32_t replies;
};

static struct slowness slowness_of(const struct session_record *record, int64_t limit)
{
    struct slowness slowness = { .limit = limit };

    for (uint32_t i = 0; i < record->entry_count; i++) {
        int64_t time = server_time(record, &record->entries[i]);

        slowness.replies += time >= 0;
        slowness.slow += time > limit;
    }
    return slowness;
}

static bool is_tarpit(const struct slowness *slowness)
{
    return slowness->slow >= TARPIT_REPLIES && slowness->slow >= slowness->replies / 2;
}

/* What the reply answers: "MAIL", "the end of the message". */
static void add_answered(struct sentence *s, const struct session_record *record,
                         const struct entry *reply)
{
    const struct entry *answered = record_entry(record, reply->reply.answers);

    if (reply->verb == VERB_END_OF_DATA || reply->verb == VERB_BDAT || answered == NULL)
        sentence_add(s, "%s",
                     reply->verb == VERB_END_OF_DATA ? "the end of the message"
                                                     : smtp_verb_name(reply->verb));
    else
        sentence_add_entry(s, answered);
}

static void raise_slow(const struct session_record *record, const struct finding_rule *rule,
                       struct findings *findings, const struct slowness *slowness,
                       const struct entry *entry)
{
    const struct latency_parts *parts = &entry->reply.parts;
    int64_t trickle = stamp_between(entry->begin.at, entry->place.at);
    struct finding_site site = { .n = entry_number(record, entry) };
    struct sentence text = { .len = 0 };

    sentence_add(&text, "the server took %s to answer ",
                 duration_text_of(server_time(record, entry)).text);
    add_answered(&text, record, entry);
    if (parts->server_ns >= 0)
        sentence_add(&text, ", the network %s", duration_text_of(parts->network_ns).text);
    else
        site.confidence = "how much of that was the network's is not known";
    if (trickle > slowness->limit)
        sentence_add(&text, "; the reply's octets trickled in over %s: a tarpit",
                     duration_text_of(trickle).text);
    else if (is_tarpit(slowness))
        sentence_add(&text, "; so slow were %u of its %u replies: a tarpit, or an overloaded host",
                     (unsigned)slowness->slow, (unsigned)slowness->replies);
    finding_raise(findings, rule, &site, "%s", text.text);
}

void rule_slow_reply(const struct session_record *record, const struct finding_rule *rule,
                     struct findings *findings)
{
    struct slowness slowness = slowness_of(record, slow_limit(findings));

    for (uint32_t i = 0; i < record->entry_count; i++) {
        if (server_time(record, &record->entries[i]) > slowness.limit)
            raise_slow(record, rule, findings, &slowness, &record->entries[i]);
    }
}

static void raise_slow_greeting(const struct view *view, const struct finding_rule *rule,
                                struct findings *findings)
{
    const struct entry *greeting = view->entry;
    struct finding_site site = { .n = view->n };
    int64_t trickle = stamp_between(greeting->begin.at, greeting->place.at);

    if (trickle > TRICKLE)
        finding_raise(findings, rule, &site,
                      "the greeting was complete %s after the connection stood; its last line came "
                      "%s after its first: a greeting pause, which tells clients that do not wait",
                      duration_text_of(greeting->reply.parts.server_ns).text,
                      duration_text_of(trickle).text);
    else
        finding_raise(
            findings, rule, &site,
            "the greeting came %s after the connection stood: a greeting pause or tarpit, "
            "or a look-up of the client's name or address that takes its time",
            duration_text_of(greeting->reply.parts.server_ns).text);
}

void rule_slow_greeting(const struct view *view, const struct finding_rule *rule,
                        struct findings *findings)
{
    if (view->n == view->record->greeting && entry_is_whole(view->entry) &&
        view->entry->reply.parts.server_ns > SLOW_GREETING)
        raise_slow_greeting(view, rule, findings);
}

/* Where the walk over a dialogue stands. */
struct turn {
    const struct entry *reply; /* the last thing said; NULL: something else was */
    uint32_t owed;             /* replies that the server owes */
};

/* A transaction was open at that time. The last one, where nothing ended it, was so to the end. */
static bool is_in_transaction(const struct session_record *record, struct stamp at)
{
    for (uint32_t i = 0; i < record->message_count; i++) {
        const struct message *message = &record->messages[i];
        bool is_open =
            i + 1 == record->message_count && message->end_reply == 0 && !message->is_taken_back;

        if (message->mail_verdict != VERDICT_REFUSED && stamp_between(message->began.at, at) > 0 &&
            (is_open || stamp_between(at, message->ended.at) > 0))
            return true;
    }
    return false;
}

/* Nothing came between `from`, when the client had its answer, and `until`. */
static void look_at_idle(const struct session_record *record, const struct finding_rule *rule,
                         struct findings *findings, const struct entry *reply,
                         const struct place *until, const char *what)
{
    int64_t idle = stamp_between(reply->place.at, until->at);
    struct stamp middle = { reply->place.at.ns + idle / 2 };
    struct finding_site site = { .n = entry_number(record, reply) };

    if (idle <= CLIENT_STALL || !is_in_transaction(record, middle))
        return;
    if (record_has_holes(record, SIDE_CLIENT))
        site.confidence = "what the client sent meanwhile may not have been captured";
    finding_raise(findings, rule, &site, "the client sent nothing for %s after reply %u%s",
                  duration_text_of(idle).text, (unsigned)reply->reply.code, what);
}

static void step(struct turn *turn, const struct entry *entry)
{
    bool is_reply = entry->kind == ENTRY_REPLY;

    if (entry_awaits_answer(entry) || entry->kind == ENTRY_SASL)
        turn->owed += entry_answer(entry) != 0;
    if (is_reply && entry->reply.answers != 0 && turn->owed > 0)
        turn->owed--;
    turn->reply = is_reply ? entry : NULL;
}

/* A silence inside a content, which the dialogue does not show. */
static void look_in_content(const struct session_record *record, const struct finding_rule *rule,
                            struct findings *findings)
{
    const struct tcp_pause *pause = &record->tcp->client.pause;

    if (pause->ns <= CLIENT_STALL || record->is_server_unseen)
        return;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];
        struct finding_site site = { .n = i + 1 };

        if (entry->kind != ENTRY_DATA || !place_is_before(entry->begin, pause->end) ||
            place_is_before(entry->place, pause->end))
            continue;
        if (record_has_holes(record, SIDE_CLIENT))
            site.confidence = "what the client sent meanwhile may not have been captured";
        finding_raise(findings, rule, &site,
                      "the client sent nothing for %s in the middle of the message",
                      duration_text_of(pause->ns).text);
        return;
    }
}

void rule_client_stall(const struct session_record *record, const struct finding_rule *rule,
                       struct findings *findings)
{
    struct turn turn = { .reply = NULL };

    if (record->message_count == 0)
        return;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];

        if (turn.reply != NULL && turn.owed == 0 && entry->kind != ENTRY_GAP)
            look_at_idle(record, rule, findings, turn.reply, &entry->begin,
                         entry->kind == ENTRY_REPLY ? ", and the server gave up" : "");
        step(&turn, entry);
    }
    if (turn.reply != NULL && turn.owed == 0 && record_has_end(record) &&
        record->tcp->closed_by != TCP_CLOSED_BY_NOBODY)
        look_at_idle(record, rule, findings, turn.reply, &record->tcp->first_close,
                     ", and the connection was closed");
    look_in_content(record, rule, findings);
}
