/* How much of a session is kept: each limit at the limit and one past it. */
#include "session/session.h"

#include <check.h>

#include "base/limits.h"
#include "session/session_state.h"
#include "support/session_rig.h"
#include "support/suite.h"

static void check_text(struct slice text, const char *expected)
{
    ck_assert_msg(slice_equal(text, slice_of_string(expected)), "\"%.*s\" is not \"%s\"",
                  (int)text.len, text.len == 0 ? "" : (const char *)text.data, expected);
}

static void begin(struct session_rig *rig)
{
    session_rig_begin(rig);
    session_rig_server(rig, "220 mx.example ESMTP Postfix\n");
}

static void deliver(struct session_rig *rig, const char *reply)
{
    session_rig_ask(rig, "DATA", "354 go");
    session_rig_ask(rig, "Message-ID: <1@c>\nSubject: s\n\nhi\n.", reply);
}

/* Fills the dialogue but for `room` entries: the greeting, and commands with their replies. */
static void fill_dialogue(struct session_rig *rig, uint32_t room)
{
    begin(rig);
    if (room % 2 == 0)
        session_rig_server(rig, "250 to nothing\n");
    session_rig_ask_often(rig, "NOOP", "250 ok", (LIMIT_DIALOGUE_ENTRIES - room - 1) / 2);
}

START_TEST(entries_are_kept_up_to_their_limit_and_the_rest_counted)
{
    struct session_rig rig;
    const struct session_record *record;

    fill_dialogue(&rig, 1);
    session_rig_client(&rig, "VRFY x\n");
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->entry_count, LIMIT_DIALOGUE_ENTRIES);
    ck_assert_uint_eq(record->entries_dropped, 0);
    session_rig_end(&rig);

    fill_dialogue(&rig, 1);
    session_rig_ask(&rig, "VRFY x", "252 ok");
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->entry_count, LIMIT_DIALOGUE_ENTRIES);
    ck_assert_uint_eq(record->entries_dropped, 1);
    /* The reply is not kept: nobody may be told its number. */
    ck_assert_int_eq(record_entry(record, LIMIT_DIALOGUE_ENTRIES)->verb, VERB_VRFY);
    ck_assert_uint_eq(record_entry(record, LIMIT_DIALOGUE_ENTRIES)->command.answered_by, 0);
    session_rig_end(&rig);
}
END_TEST

START_TEST(what_is_said_past_the_limit_counts_all_the_same)
{
    struct session_rig rig;
    const struct session_record *record;
    const struct message *message;

    fill_dialogue(&rig, 0);
    session_rig_ask(&rig, "EHLO late.example", "250-mx\n250-SIZE 10\n250 PIPELINING");
    session_rig_ask(&rig, "AUTH PLAIN AGFsaWNlAHg=", "235 2.7.0 ok");
    session_rig_ask(&rig, "MAIL FROM:<a@c>", "250 ok");
    session_rig_ask(&rig, "RCPT TO:<b@d>", "250 2.1.5 ok");
    deliver(&rig, "250 queued as Z9");
    /* What the replies said is overwritten by now. */
    session_rig_ask(&rig, "NOOP", "250 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    record = session_rig_close(&rig);
    message = &record->messages[0];
    ck_assert_uint_eq(record->entries_dropped, 14);
    ck_assert_uint_eq(record->message_count, 1);
    check_text(message->from, "a@c");
    check_text(message->queue_id, "Z9");
    ck_assert_int_eq(message->verdict, VERDICT_ACCEPTED);
    ck_assert_uint_eq(message->mail, 0);
    ck_assert_uint_eq(message->end_reply, 0);
    ck_assert_uint_eq(message->recipients[0].command, 0);
    ck_assert_uint_eq(message->recipients[0].reply, 0);
    ck_assert_uint_eq(message->recipients[0].code, 250);
    ck_assert_uint_eq(record->auth[0].reply, 0);
    ck_assert_int_eq(record->auth[0].result, AUTH_SUCCESS);
    check_text(record->ehlo.name, "late.example");
    ck_assert_uint_eq(record->ehlo.reply, 0);
    ck_assert_uint_eq(record->ehlo.extension_count, 2);
    check_text(record->ehlo.extensions[0], "SIZE 10");
    ck_assert_int_eq(record->outcome, OUTCOME_DELIVERED);
    session_rig_end(&rig);
}
END_TEST

START_TEST(auth_attempts_are_listed_up_to_their_limit)
{
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    for (int i = 0; i < LIMIT_AUTH_ATTEMPTS; i++)
        session_rig_ask(&rig, "AUTH PLAIN AGFsaWNlAHg=", "535 no");
    if (_i == 1)
        session_rig_ask(&rig, "AUTH PLAIN AGFsaWNlAHg=", "535 no");
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->auth_count, LIMIT_AUTH_ATTEMPTS);
    ck_assert_int_eq((record->limits & SMTP_LIMIT_TEXT) != 0, _i == 1);
    session_rig_end(&rig);
}
END_TEST

START_TEST(recipients_are_kept_up_to_their_limit)
{
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    session_rig_ask(&rig, "MAIL FROM:<a@c>", "250 ok");
    session_rig_ask_often(&rig, "RCPT TO:<b@d>", "250 ok", LIMIT_RECIPIENTS + (size_t)_i);
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->messages[0].recipient_count, LIMIT_RECIPIENTS);
    ck_assert_uint_eq(record->messages[0].recipients_dropped, (uint32_t)_i);
    ck_assert_int_eq((record->limits & SMTP_LIMIT_TEXT) != 0, _i == 1);
    session_rig_end(&rig);
}
END_TEST

START_TEST(messages_are_kept_up_to_their_limit)
{
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    session_rig_ask_often(&rig, "MAIL FROM:<a@c>", "250 ok", LIMIT_MESSAGES + (size_t)_i);
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->message_count, LIMIT_MESSAGES);
    ck_assert_uint_eq(record->messages_dropped, (uint32_t)_i);
    ck_assert_int_eq((record->limits & SMTP_LIMIT_TEXT) != 0, _i == 1);
    session_rig_end(&rig);
}
END_TEST

/* Long texts up to the limit, then replies of a thousand lines without any: the list of lines costs
 * memory as texts do. */
START_TEST(the_texts_of_a_session_have_a_limit)
{
    static char text[60000] = "214 ";
    static char lines[LIMIT_REPLY_LINES * 5 + 8];
    struct session_rig rig;
    const struct session_record *record;
    const struct entry *last;

    memset(text + 4, 'x', sizeof(text) - 5);
    for (size_t at = 0; at < LIMIT_REPLY_LINES * 5; at += 5)
        memcpy(lines + at, "214-\n", 5);
    memcpy(lines + LIMIT_REPLY_LINES * 5 - 5, "214 x", 6);
    begin(&rig);
    while (rig.session->arena.total < LIMIT_SESSION_TEXT - 2 * sizeof(text))
        session_rig_ask(&rig, "HELP", text);
    ck_assert_uint_eq(rig.session->limits, 0);
    for (int i = 0; i < 40; i++)
        session_rig_ask(&rig, "HELP", lines);
    session_rig_ask(&rig, "VRFY x", "252 ok");
    record = session_rig_close(&rig);
    last = record_entry(record, record->entry_count);
    ck_assert_uint_eq(record->limits, SMTP_LIMIT_TEXT);
    ck_assert_uint_lt(rig.session->arena.total, LIMIT_SESSION_TEXT + ((size_t)1 << 18));
    ck_assert(record_entry(record, record->entry_count - 2)->is_cut);
    /* Codes, and what they answer, are kept; a reply has a line at least. */
    ck_assert_uint_eq(last->reply.code, 252);
    ck_assert_int_eq(last->verb, VERB_VRFY);
    ck_assert_uint_eq(last->reply.line_count, 1);
    session_rig_end(&rig);
}
END_TEST

/* Where the dialogue is full its replies have no notes; an offer of extensions is kept all the same,
 * but not without end. */
START_TEST(offers_after_a_full_dialogue_cost_nothing_in_the_end)
{
    static char offer[LIMIT_REPLY_LINES * 5 + 16];
    struct session_rig rig;
    size_t total;

    for (size_t at = 0; at < LIMIT_REPLY_LINES * 5; at += 5)
        memcpy(offer + at, "250-\n", 5);
    memcpy(offer + LIMIT_REPLY_LINES * 5 - 5, "250 x", 6);
    fill_dialogue(&rig, 1);
    while (rig.session->arena.total <= LIMIT_SESSION_TEXT)
        session_rig_ask(&rig, "EHLO c", offer);
    total = rig.session->arena.total;
    for (int i = 0; i < 1000; i++)
        session_rig_ask(&rig, "EHLO c", offer);
    ck_assert_uint_lt(rig.session->arena.total, total + ((size_t)1 << 17));
    ck_assert_uint_eq(session_rig_close(&rig)->limits, SMTP_LIMIT_TEXT);
    session_rig_end(&rig);
}
END_TEST

/* A block of the arena at most, for 5,000 of them. */
START_TEST(contents_after_a_full_dialogue_cost_nothing)
{
    struct session_rig rig;
    const struct session_record *record;
    size_t total;

    fill_dialogue(&rig, 1);
    session_rig_ask(&rig, "MAIL FROM:<a@c>", "250 ok");
    session_rig_ask(&rig, "RCPT TO:<b@d>", "250 ok");
    total = rig.session->arena.total;
    for (int i = 0; i < 5000; i++) {
        session_rig_client(&rig, "BDAT 2\nok");
        session_rig_server(&rig, "250 ok\n");
    }
    ck_assert_uint_lt(rig.session->arena.total, total + ((size_t)1 << 16));
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->messages[record->message_count - 1].octets, 10000);
    session_rig_end(&rig);
}
END_TEST

/* Commands that no reply ever settles, as in a capture of one side, are not remembered for ever. */
START_TEST(unanswered_commands_are_remembered_up_to_a_limit)
{
    struct smtp_event event = {
        .kind = SMTP_EVENT_COMMAND,
        .command = { .verb = VERB_MAIL, .line = slice_of_string("MAIL FROM:<a@c>") },
    };
    struct session_rig rig;
    const struct session_record *record;

    session_rig_begin(&rig);
    for (uint64_t i = 1; i <= LIMIT_OUTSTANDING; i++) {
        event.sequence = i;
        ck_assert_int_eq(session_apply(rig.session, &event), STATUS_OK);
        event.command = (struct smtp_command){ .verb = VERB_NOOP, .line = slice_of_string("NOOP") };
    }
    ck_assert_uint_eq(rig.session->limits, 0);
    ck_assert_uint_eq(rig.session->message_count, 0);
    for (uint64_t i = 1; i <= 3 * LIMIT_OUTSTANDING; i++) {
        event.sequence = LIMIT_OUTSTANDING + i;
        ck_assert_int_eq(session_apply(rig.session, &event), STATUS_OK);
        ck_assert_uint_eq(rig.session->limits, SMTP_LIMIT_OUTSTANDING);
    }
    ck_assert_uint_lt(rig.session->pending_room, 4 * LIMIT_OUTSTANDING);
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->message_count, 1);
    ck_assert_int_eq(record->messages[0].mail_verdict, VERDICT_UNKNOWN);
    session_rig_end(&rig);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("limits");

    tcase_add_test(tc, entries_are_kept_up_to_their_limit_and_the_rest_counted);
    tcase_add_test(tc, what_is_said_past_the_limit_counts_all_the_same);
    tcase_add_loop_test(tc, auth_attempts_are_listed_up_to_their_limit, 0, 2);
    tcase_add_loop_test(tc, recipients_are_kept_up_to_their_limit, 0, 2);
    tcase_add_loop_test(tc, messages_are_kept_up_to_their_limit, 0, 2);
    tcase_add_test(tc, the_texts_of_a_session_have_a_limit);
    tcase_add_test(tc, offers_after_a_full_dialogue_cost_nothing_in_the_end);
    tcase_add_test(tc, contents_after_a_full_dialogue_cost_nothing);
    tcase_add_test(tc, unanswered_commands_are_remembered_up_to_a_limit);
    return suite_run("session/session_limits", tc);
}
