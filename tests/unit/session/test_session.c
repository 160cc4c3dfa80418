/* The fold: what a dialogue comes to in the record. */
#include "session/session.h"

#include <check.h>

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

START_TEST(each_reply_and_its_command_name_each_other)
{
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    session_rig_client(&rig, "NOOP\nVRFY x\n");
    session_rig_server(&rig, "250 ok\n252 maybe\n");
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->entry_count, 5);
    ck_assert_uint_eq(record->greeting, 1);
    ck_assert_int_eq(record->entries[0].verb, VERB_CONNECT);
    ck_assert_uint_eq(record->entries[1].command.answered_by, 4);
    ck_assert_uint_eq(record->entries[2].command.answered_by, 5);
    ck_assert_uint_eq(record->entries[3].reply.answers, 2);
    ck_assert_uint_eq(record->entries[4].reply.answers, 3);
    ck_assert_int_eq(record->entries[4].verb, VERB_VRFY);
    ck_assert_int_eq(record->entries[4].reply.latency_ns, STAMP_SECOND);
    check_text(record->server_software, "Postfix");
    session_rig_end(&rig);
}
END_TEST

START_TEST(a_message_has_its_envelope_its_headers_and_its_queue_identifier)
{
    struct session_rig rig;
    const struct message *message;

    begin(&rig);
    session_rig_ask(&rig, "MAIL FROM:<a@c> SIZE=10 BODY=8BITMIME", "250 2.1.0 ok");
    session_rig_ask(&rig, "RCPT TO:<b@d> NOTIFY=NEVER", "250 2.1.5 ok");
    deliver(&rig, "250 2.0.0 Ok: queued as ABC");
    message = session_rig_close(&rig)->messages;
    ck_assert_uint_eq(rig.session == NULL ? 0 : message->params.count, 2);
    ck_assert(message->has_from);
    check_text(message->from, "a@c");
    check_text(message->params.list[0].name, "SIZE");
    check_text(message->params.list[1].value, "8BITMIME");
    ck_assert_uint_eq(message->recipient_count, 1);
    check_text(message->recipients[0].address, "b@d");
    check_text(message->recipients[0].params.list[0].name, "NOTIFY");
    ck_assert_uint_eq(message->recipients[0].command, 4);
    ck_assert_uint_eq(message->recipients[0].reply, 5);
    ck_assert_uint_eq(message->recipients[0].enhanced.detail, 5);
    ck_assert_int_eq(message->via, VERB_DATA);
    ck_assert_uint_eq(message->octets, 37);
    ck_assert_uint_eq(message->code, 250);
    ck_assert_int_eq(message->verdict, VERDICT_ACCEPTED);
    ck_assert(message->is_complete);
    check_text(message->message_id, "1@c");
    check_text(message->queue_id, "ABC");
    check_text(message->headers[HEADER_SUBJECT], "s");
    session_rig_end(&rig);
}
END_TEST

/* What each answer to MAIL, RCPT, DATA and the end of data makes of a message. */
START_TEST(a_refusal_is_kept_with_the_stage_where_it_came)
{
    static const struct {
        const char *mail, *rcpt, *data, *end;
        enum verdict verdict;
        uint16_t refusal;
        enum stage stage;
    } rows[] = {
        { "250 ok", "250 ok", "354 go", "250 ok", VERDICT_ACCEPTED, 0, STAGE_CONNECT },
        { "250 ok", "250 ok", "354 go", "554 no", VERDICT_REFUSED, 554, STAGE_DATA },
        { "250 ok", "250 ok", "354 go", "451 no", VERDICT_REFUSED, 451, STAGE_DATA },
        { "250 ok", "250 ok", "452 no", NULL, VERDICT_REFUSED, 452, STAGE_DATA },
        { "250 ok", "550 no", "503 no", NULL, VERDICT_REFUSED, 550, STAGE_RCPT },
        { "250 ok", "450 no", "554 no", NULL, VERDICT_REFUSED, 450, STAGE_RCPT },
        { "250 ok", "550 no", NULL, NULL, VERDICT_REFUSED, 550, STAGE_RCPT },
        { "530 no", "503 no", NULL, NULL, VERDICT_REFUSED, 530, STAGE_MAIL },
        { "250 ok", "250 ok", NULL, NULL, VERDICT_UNKNOWN, 0, STAGE_CONNECT },
        { "250 ok", "600 odd", "300 odd", NULL, VERDICT_UNKNOWN, 0, STAGE_CONNECT },
    };
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    session_rig_ask(&rig, "MAIL FROM:<a@c>", rows[_i].mail);
    session_rig_ask(&rig, "RCPT TO:<b@d>", rows[_i].rcpt);
    if (rows[_i].data != NULL)
        session_rig_ask(&rig, "DATA", rows[_i].data);
    if (rows[_i].end != NULL)
        session_rig_ask(&rig, "hi\n.", rows[_i].end);
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->message_count, 1);
    ck_assert_int_eq(record->messages[0].verdict, rows[_i].verdict);
    ck_assert_uint_eq(record->messages[0].refusal_code, rows[_i].refusal);
    ck_assert_int_eq(record->messages[0].refused_at, rows[_i].stage);
    session_rig_end(&rig);
}
END_TEST

/* RFC 5321 3.3, 4.1.1.5, 4.1.4: what ends a transaction, and what does not. */
START_TEST(a_transaction_ends_when_the_reset_is_accepted_only)
{
    static const struct {
        const char *command, *reply;
        uint32_t recipients; /* of the first message at the end */
        bool is_taken_back;
    } rows[] = {
        { "RSET", "250 ok", 1, true },      { "RSET", "500 no", 2, false },
        { "EHLO c", "250 mx", 1, true },    { "EHLO c", "503 no", 2, false },
        { "HELO c", "250 mx", 1, true },    { "HELO c", "421 no", 2, false },
        { "NOOP", "250 ok", 2, false },     { "MAIL FROM:<x@c>", "503 no", 2, false },
        { "STARTTLS", "454 no", 2, false }, { "VRFY x", "252 ok", 2, false },
    };
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    session_rig_ask(&rig, "MAIL FROM:<a@c>", "250 ok");
    session_rig_ask(&rig, "RCPT TO:<b@d>", "250 ok");
    session_rig_ask(&rig, rows[_i].command, rows[_i].reply);
    session_rig_ask(&rig, "RCPT TO:<e@d>", "250 ok");
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->messages[0].recipient_count, rows[_i].recipients);
    ck_assert_int_eq(record->messages[0].is_taken_back, rows[_i].is_taken_back);
    ck_assert_uint_eq(record->message_count, rows[_i].is_taken_back ? 2 : 1);
    session_rig_end(&rig);
}
END_TEST

START_TEST(chunks_are_one_message_whose_last_reply_decides)
{
    struct session_rig rig;
    const struct message *message;

    begin(&rig);
    session_rig_ask(&rig, "MAIL FROM:<a@c>", "250 ok");
    session_rig_ask(&rig, "RCPT TO:<b@d>", "250 ok");
    session_rig_client(&rig, "BDAT 14\nSubject: x\n\n");
    session_rig_server(&rig, "250 14 octets\n");
    session_rig_client(&rig, "BDAT 4 LAST\nhi\n");
    session_rig_server(&rig, "250 ok queued as B1\n");
    message = session_rig_close(&rig)->messages;
    ck_assert_int_eq(message->via, VERB_BDAT);
    ck_assert_uint_eq(message->octets, 18);
    ck_assert_int_eq(message->verdict, VERDICT_ACCEPTED);
    check_text(message->headers[HEADER_SUBJECT], "x");
    check_text(message->queue_id, "B1");
    session_rig_end(&rig);
}
END_TEST

START_TEST(a_bdat_that_is_none_is_no_message)
{
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    session_rig_ask(&rig, "BDAT x LAST", "501 no");
    session_rig_ask(&rig, "BDAT", "501 no");
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->message_count, 0);
    ck_assert_int_eq(record->entries[2].verb, VERB_BDAT);
    session_rig_end(&rig);
}
END_TEST

START_TEST(a_bdat_that_is_none_changes_nothing_of_a_message)
{
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    session_rig_ask(&rig, "MAIL FROM:<a@c>", "250 ok");
    session_rig_ask(&rig, "RCPT TO:<b@d>", "250 ok");
    session_rig_ask(&rig, "BDAT x LAST", "501 no");
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->message_count, 1);
    ck_assert_int_eq(record->messages[0].via, VERB_NONE);
    ck_assert_int_eq(record->messages[0].verdict, VERDICT_UNKNOWN);
    session_rig_end(&rig);
}
END_TEST

/* RFC 4468: content by reference. */
START_TEST(the_last_burl_decides_a_message)
{
    struct session_rig rig;
    const struct message *message;

    begin(&rig);
    session_rig_ask(&rig, "MAIL FROM:<a@c>", "250 ok");
    session_rig_ask(&rig, "RCPT TO:<b@d>", "250 ok");
    session_rig_ask(&rig, "BURL imap://x/y", "250 ok");
    session_rig_ask(&rig, "BURL imap://x/z LAST", "250 queued as Q");
    message = session_rig_close(&rig)->messages;
    ck_assert_int_eq(message->via, VERB_BURL);
    ck_assert_int_eq(message->verdict, VERDICT_ACCEPTED);
    check_text(message->queue_id, "Q");
    session_rig_end(&rig);
}
END_TEST

START_TEST(auth_is_told_with_mechanism_user_and_result)
{
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    session_rig_ask(&rig, "AUTH PLAIN AGFsaWNlAHg=", "535 5.7.8 no");
    session_rig_ask(&rig, "AUTH LOGIN", "334 VXNlcm5hbWU6");
    session_rig_ask(&rig, "*", "501 5.7.0 cancelled");
    session_rig_ask(&rig, "auth login", "334 VXNlcm5hbWU6");
    session_rig_ask(&rig, "Ym9i", "334 UGFzc3dvcmQ6");
    session_rig_ask(&rig, "c2VjcmV0", "235 2.7.0 ok");
    session_rig_client(&rig, "AUTH CRAM-MD5\n");
    record = session_rig_close(&rig);
    ck_assert_uint_eq(record->auth_count, 4);
    check_text(record->auth[0].mechanism, "PLAIN");
    check_text(record->auth[0].user, "alice");
    ck_assert_int_eq(record->auth[0].result, AUTH_FAILURE);
    ck_assert_uint_eq(record->auth[0].code, 535);
    ck_assert_uint_eq(record->auth[0].command, 2);
    ck_assert_uint_eq(record->auth[0].reply, 3);
    ck_assert_int_eq(record->auth[1].result, AUTH_CANCELLED);
    ck_assert_uint_eq(record->auth[1].code, 501);
    check_text(record->auth[2].mechanism, "login");
    check_text(record->auth[2].user, "bob");
    ck_assert_int_eq(record->auth[2].result, AUTH_SUCCESS);
    ck_assert_int_eq(record->auth[3].result, AUTH_INCOMPLETE);
    ck_assert_uint_eq(record->auth[3].code, 0);
    session_rig_end(&rig);
}
END_TEST

START_TEST(no_octet_of_a_password_is_in_the_record)
{
    static const char *const secrets[] = { "AGFsaWNlAHg=", "c2VjcmV0", "hunter2" };
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    session_rig_ask(&rig, "AUTH PLAIN AGFsaWNlAHg=", "535 5.7.8 AGFsaWNlAHg= is wrong");
    session_rig_ask(&rig, "AUTH LOGIN Ym9i", "334 UGFzc3dvcmQ6");
    session_rig_ask(&rig, "c2VjcmV0", "535 5.7.8 no");
    session_rig_ask(&rig, "c2VjcmV0", "500 5.5.1 what is c2VjcmV0");
    record = session_rig_close(&rig);
    for (uint32_t n = 1; n <= record->entry_count; n++) {
        const struct entry *entry = record_entry(record, n);

        for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
            struct slice secret = slice_of_string(secrets[i]);

            if (entry->kind != ENTRY_REPLY) {
                ck_assert_uint_eq(slice_find_nocase(entry->command.line, secret), SLICE_NONE);
                continue;
            }
            for (uint32_t line = 0; line < entry->reply.line_count; line++)
                ck_assert_uint_eq(slice_find_nocase(entry->reply.lines[line], secret), SLICE_NONE);
        }
    }
    session_rig_end(&rig);
}
END_TEST

START_TEST(the_last_accepted_hello_counts)
{
    struct session_rig rig;
    const struct ehlo *ehlo;

    begin(&rig);
    session_rig_ask(&rig, "EHLO one.example", "250-mx\n250-SIZE 100\n250 PIPELINING");
    session_rig_ask(&rig, "EHLO two.example", "550 no");
    session_rig_ask(&rig, "EHLO  three.example ", "250-mx\n250-8BITMIME\n250 SIZE");
    session_rig_ask(&rig, "HELO four.example", "501 no");
    ehlo = &session_rig_close(&rig)->ehlo;
    ck_assert_int_eq(ehlo->verb, VERB_EHLO);
    check_text(ehlo->name, "three.example");
    ck_assert_uint_eq(ehlo->extension_count, 2);
    check_text(ehlo->extensions[0], "8BITMIME");
    check_text(ehlo->extensions[1], "SIZE");
    ck_assert_uint_eq(ehlo->reply, 7);
    session_rig_end(&rig);
}
END_TEST

START_TEST(a_helo_offers_nothing)
{
    struct session_rig rig;
    const struct ehlo *ehlo;

    begin(&rig);
    session_rig_ask(&rig, "EHLO c", "250-mx\n250 SIZE");
    session_rig_ask(&rig, "HELO c", "250-mx\n250 hello");
    ehlo = &session_rig_close(&rig)->ehlo;
    ck_assert_int_eq(ehlo->verb, VERB_HELO);
    ck_assert_uint_eq(ehlo->extension_count, 0);
    session_rig_end(&rig);
}
END_TEST

START_TEST(no_hello_is_none)
{
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    session_rig_ask(&rig, "EHLO c", "500 no");
    record = session_rig_close(&rig);
    ck_assert_int_eq(record->ehlo.verb, VERB_NONE);
    ck_assert_uint_eq(record->ehlo.reply, 0);
    session_rig_end(&rig);
}
END_TEST

START_TEST(smtp_is_spoken_by_a_greeting_that_says_so_or_an_accepted_hello)
{
    static const struct {
        const char *greeting, *command, *reply;
        bool speaks;
    } rows[] = {
        { "220 ftp.example ready\n", NULL, NULL, false },
        { "220 mx.example ESMTP\n", NULL, NULL, true },
        { "220 mx.example smtp ready\n", NULL, NULL, true },
        { "220-mx.example\n220 Simple Mail ESMTP\n", NULL, NULL, true },
        { "554 mx.example ESMTP\n", NULL, NULL, false },
        { "220 x\n", "EHLO c", "250 x", true },
        { "220 x\n", "HELO c", "250 x", true },
        { "220 x\n", "LHLO c", "250 x", true },
        { "220 x\n", "EHLO c", "251 x", false },
        { "220 x\n", "EHLO c", "500 x", false },
        { "220 x\n", "NOOP", "250 x", false },
        { "220 x\n", "USER c", "331 x", false },
    };
    struct session_rig rig;

    session_rig_begin(&rig);
    session_rig_server(&rig, rows[_i].greeting);
    if (rows[_i].command != NULL)
        session_rig_ask(&rig, rows[_i].command, rows[_i].reply);
    ck_assert_int_eq(session_speaks_smtp(rig.session), rows[_i].speaks);
    session_rig_end(&rig);
}
END_TEST

START_TEST(the_port_names_the_service)
{
    static const struct {
        uint16_t port;
        enum service service;
    } rows[] = { { 25, SERVICE_SMTP },
                 { 587, SERVICE_SUBMISSION },
                 { 465, SERVICE_SUBMISSIONS },
                 { 2525, SERVICE_OTHER },
                 { 26, SERVICE_OTHER } };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct session_rig rig;

        session_rig_begin(&rig);
        rig.port = rows[i].port;
        ck_assert_int_eq(session_rig_close(&rig)->service, rows[i].service);
        session_rig_end(&rig);
    }
}
END_TEST

START_TEST(a_hole_is_an_entry_and_makes_the_record_incomplete)
{
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    session_rig_gap(&rig, SIDE_CLIENT, 40);
    record = session_rig_close(&rig);
    ck_assert_int_eq(record_entry(record, 2)->kind, ENTRY_GAP);
    ck_assert_uint_eq(record_entry(record, 2)->octets, 40);
    ck_assert(record->has_gap);
    session_rig_end(&rig);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("fold");

    tcase_add_test(tc, each_reply_and_its_command_name_each_other);
    tcase_add_test(tc, a_message_has_its_envelope_its_headers_and_its_queue_identifier);
    tcase_add_loop_test(tc, a_refusal_is_kept_with_the_stage_where_it_came, 0, 10);
    tcase_add_loop_test(tc, a_transaction_ends_when_the_reset_is_accepted_only, 0, 10);
    tcase_add_test(tc, chunks_are_one_message_whose_last_reply_decides);
    tcase_add_test(tc, a_bdat_that_is_none_is_no_message);
    tcase_add_test(tc, a_bdat_that_is_none_changes_nothing_of_a_message);
    tcase_add_test(tc, the_last_burl_decides_a_message);
    tcase_add_test(tc, auth_is_told_with_mechanism_user_and_result);
    tcase_add_test(tc, no_octet_of_a_password_is_in_the_record);
    tcase_add_test(tc, the_last_accepted_hello_counts);
    tcase_add_test(tc, a_helo_offers_nothing);
    tcase_add_test(tc, no_hello_is_none);
    tcase_add_loop_test(tc, smtp_is_spoken_by_a_greeting_that_says_so_or_an_accepted_hello, 0, 12);
    tcase_add_test(tc, the_port_names_the_service);
    tcase_add_test(tc, a_hole_is_an_entry_and_makes_the_record_incomplete);
    return suite_run("session/session", tc);
}
