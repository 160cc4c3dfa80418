/* What became of a session, and where that was decided: the contract's table, a session a row. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "session/session.h"
#include "smtp/dialog.h"
#include "support/suite.h"

/* A session as text: "S:" and "C:" lines, each a segment of its own; "\n" within one stands for
 * CRLF. "C!n" and "S!n" are holes of n octets, "C-" is the
 * client's FIN. */
struct row {
    const char *name;
    const char *lines[24];
    enum tcp_handshake handshake;
    enum tcp_close close;
    enum outcome outcome;
    enum stage stage;
    uint32_t accepted; /* messages */
};

#define HELLO "S:220 mx.example ESMTP", "C:EHLO c", "S:250 mx.example"
#define ENVELOPE "C:MAIL FROM:<a@c>", "S:250 ok", "C:RCPT TO:<b@d>", "S:250 ok"
#define CONTENT "C:DATA", "S:354 go", "C:Subject: x\n\nhi\n."
#define BYE "C:QUIT", "S:221 bye"

/* clang-format off */
static const struct row rows[] = {
    { "refused", { NULL }, TCP_HANDSHAKE_REFUSED, TCP_CLOSE_RST_SERVER,
      OUTCOME_REFUSED, STAGE_CONNECT, 0 },
    { "unanswered", { NULL }, TCP_HANDSHAKE_UNANSWERED, TCP_CLOSE_OPEN,
      OUTCOME_UNANSWERED, STAGE_CONNECT, 0 },
    { "delivered", { HELLO, ENVELOPE, CONTENT, "S:250 queued", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DELIVERED, STAGE_DATA, 1 },
    { "delivered, QUIT never answered", { HELLO, ENVELOPE, CONTENT, "S:250 queued", "C:QUIT" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_RST_CLIENT, OUTCOME_DELIVERED, STAGE_DATA, 1 },
    { "EHLO refused, HELO taken",
      { "S:220 mx ESMTP", "C:EHLO c", "S:502 no", "C:HELO c", "S:250 mx", ENVELOPE, CONTENT,
        "S:250 queued", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DELIVERED, STAGE_DATA, 1 },
    { "an error to VRFY does not count",
      { HELLO, "C:VRFY x", "S:502 no", ENVELOPE, CONTENT, "S:250 queued", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DELIVERED, STAGE_DATA, 1 },
    { "a call-out beside a message",
      { HELLO, "C:MAIL FROM:<>", "S:250 ok", "C:RCPT TO:<x@d>", "S:250 ok", "C:RSET",
        "S:250 ok", ENVELOPE, CONTENT, "S:250 queued", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DELIVERED, STAGE_DATA, 1 },
    { "a refused recipient tried again with success",
      { HELLO, "C:MAIL FROM:<a@c>", "S:250 ok", "C:RCPT TO:<b@d>", "S:450 later", "C:RSET",
        "S:250 ok", ENVELOPE, CONTENT, "S:250 queued", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DELIVERED, STAGE_DATA, 1 },
    { "one of two recipients refused",
      { HELLO, ENVELOPE, "C:RCPT TO:<e@d>", "S:550 no", CONTENT, "S:250 queued", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_PARTIAL, STAGE_RCPT, 1 },
    { "what one of two recipients was answered lies in a hole",
      { HELLO, ENVELOPE, "C:RCPT TO:<e@d>", "S!8", CONTENT, "S:250 queued", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_INCOMPLETE, STAGE_QUIT, 1 },
    { "what the only recipient was answered lies in a hole, and the message was accepted",
      { HELLO, "C:MAIL FROM:<a@c>", "S:250 ok", "C:RCPT TO:<b@d>", "S!8", CONTENT,
        "S:250 queued", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DELIVERED, STAGE_DATA, 1 },
    { "the content and its end lie in a hole, its answer does not",
      { HELLO, ENVELOPE, "C:DATA", "S:354 go", "C!21", "S:250 queued", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DELIVERED, STAGE_DATA, 1 },
    { "a second message broken off",
      { HELLO, ENVELOPE, CONTENT, "S:250 queued", ENVELOPE, "C:DATA", "S:354 go", "C:half" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_RST_CLIENT, OUTCOME_PARTIAL, STAGE_DATA, 1 },
    { "the greeting refuses", { "S:554 no service", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_REJECTED, STAGE_GREETING, 0 },
    { "the greeting defers", { "S:421 busy" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DEFERRED, STAGE_GREETING, 0 },
    { "EHLO refused for good",
      { "S:220 mx ESMTP", "C:EHLO c", "S:550 bad name", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_REJECTED, STAGE_EHLO, 0 },
    { "STARTTLS deferred and given up", { HELLO, "C:STARTTLS", "S:454 no", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DEFERRED, STAGE_TLS, 0 },
    { "STARTTLS taken, and no handshake begun", { HELLO, "C:STARTTLS", "S:220 go" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_ABORTED, STAGE_TLS, 0 },
    { "AUTH refused", { HELLO, "C:AUTH PLAIN AGEAYg==", "S:535 no", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_REJECTED, STAGE_AUTH, 0 },
    { "AUTH refused, then taken, then nothing",
      { HELLO, "C:AUTH PLAIN AGEAYg==", "S:535 no", "C:AUTH PLAIN AGEAYw==", "S:235 ok", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_NO_MAIL, STAGE_QUIT, 0 },
    { "the client leaves while it is asked for credentials",
      { HELLO, "C:AUTH LOGIN", "S:334 VXNlcm5hbWU6" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_ABORTED, STAGE_AUTH, 0 },
    { "MAIL refused", { HELLO, "C:MAIL FROM:<a@c>", "S:530 no", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_REJECTED, STAGE_MAIL, 0 },
    { "every RCPT refused, one of them for now",
      { HELLO, "C:MAIL FROM:<a@c>", "S:250 ok", "C:RCPT TO:<b@d>", "S:450 later",
        "C:RCPT TO:<e@d>", "S:550 no", "C:DATA", "S:554 none", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_REJECTED, STAGE_RCPT, 0 },
    { "every RCPT deferred",
      { HELLO, "C:MAIL FROM:<a@c>", "S:250 ok", "C:RCPT TO:<b@d>", "S:450 later", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DEFERRED, STAGE_RCPT, 0 },
    { "DATA refused", { HELLO, ENVELOPE, "C:DATA", "S:451 no", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DEFERRED, STAGE_DATA, 0 },
    { "the end of data refused", { HELLO, ENVELOPE, CONTENT, "S:550 spam", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_REJECTED, STAGE_DATA, 0 },
    { "no greeting", { NULL },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_ABORTED, STAGE_CONNECT, 0 },
    { "content broken off", { HELLO, ENVELOPE, "C:DATA", "S:354 go", "C:half" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_RST_CLIENT, OUTCOME_ABORTED, STAGE_DATA, 0 },
    { "content timed out",
      { HELLO, ENVELOPE, "C:DATA", "S:354 go", "C:half", "S:421 4.4.2 timeout" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_ABORTED, STAGE_DATA, 0 },
    { "a command never answered", { HELLO, "C:MAIL FROM:<a@c>" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_RST_SERVER, OUTCOME_ABORTED, STAGE_MAIL, 0 },
    { "a transaction left without QUIT", { HELLO, ENVELOPE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_ABORTED, STAGE_RCPT, 0 },
    { "an idle session closed by 421", { HELLO, "S:421 idle" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_ABORTED, STAGE_EHLO, 0 },
    { "a probe", { "S:220 mx ESMTP" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_NO_MAIL, STAGE_GREETING, 0 },
    { "a health check", { HELLO, BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_NO_MAIL, STAGE_QUIT, 0 },
    { "a call-out", { HELLO, ENVELOPE, BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_NO_MAIL, STAGE_QUIT, 0 },
    { "the capture ends inside content", { HELLO, ENVELOPE, "C:DATA", "S:354 go", "C:half" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_OPEN, OUTCOME_INCOMPLETE, STAGE_DATA, 0 },
    { "the capture ends after a delivery", { HELLO, ENVELOPE, CONTENT, "S:250 queued" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_OPEN, OUTCOME_DELIVERED, STAGE_DATA, 1 },
    { "the reply to the end of data is lost",
      { HELLO, ENVELOPE, CONTENT, "S!12", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_INCOMPLETE, STAGE_QUIT, 0 },
    { "a chunk refused, the next never answered",
      { HELLO, ENVELOPE, "C:BDAT 2\n", "S:500 no", "C:BDAT 2 LAST\n" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_RST_SERVER, OUTCOME_REJECTED, STAGE_DATA, 0 },
    { "a chunk deferred, the next out of sequence for that",
      { HELLO, ENVELOPE, "C:BDAT 2\n", "S:452 full", "C:BDAT 2 LAST\n", "S:503 no", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DEFERRED, STAGE_DATA, 0 },
    { "RCPT without MAIL refused", { HELLO, "C:RCPT TO:<b@d>", "S:503 no", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_REJECTED, STAGE_RCPT, 0 },
    { "RCPT without MAIL refused, then a call-out",
      { HELLO, "C:RCPT TO:<b@d>", "S:503 no", ENVELOPE, BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_NO_MAIL, STAGE_QUIT, 0 },
    { "EHLO ends a transaction, and its DATA is refused",
      { HELLO, ENVELOPE, "C:EHLO c", "S:250 mx", "C:DATA", "S:503 no", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_REJECTED, STAGE_DATA, 0 },
    { "a BDAT that is none refused", { HELLO, ENVELOPE, "C:BDAT x", "S:501 no", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_REJECTED, STAGE_DATA, 0 },
    { "a group of which only the first was answered", { HELLO, "C:NOOP\nNOOP", "S:500 no" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_RST_SERVER, OUTCOME_ABORTED, STAGE_EHLO, 0 },
    { "421 to a client that has closed", { HELLO, "C-", "S:421 lost connection" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_NO_MAIL, STAGE_EHLO, 0 },
    { "421 to a client that closes then", { HELLO, "S:421 idle", "C-" },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_ABORTED, STAGE_EHLO, 0 },
    { "LMTP: one recipient of two refused after the content",
      { "S:220 mx", "C:LHLO c", "S:250 mx", ENVELOPE, "C:RCPT TO:<e@d>", "S:250 ok", CONTENT,
        "S:550 full", "S:250 queued", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_PARTIAL, STAGE_DATA, 1 },
    { "LMTP: every recipient refused after the content",
      { "S:220 mx", "C:LHLO c", "S:250 mx", ENVELOPE, "C:RCPT TO:<e@d>", "S:250 ok", CONTENT,
        "S:452 full", "S:452 full", BYE },
      TCP_HANDSHAKE_COMPLETE, TCP_CLOSE_FIN, OUTCOME_DEFERRED, STAGE_DATA, 0 },
    { "the capture begins after the message",
      { "C:QUIT", "S:221 bye" },
      TCP_HANDSHAKE_MIDSTREAM, TCP_CLOSE_FIN, OUTCOME_INCOMPLETE, STAGE_QUIT, 0 },
};
/* clang-format on */

static enum status apply(void *context, const struct smtp_event *event)
{
    return session_apply(context, event);
}

/* Turns "\n" into CRLF and adds one at the end, but for a half line of content. */
static size_t write_octets(char *to, size_t room, const char *text)
{
    size_t n = 0;

    for (; *text != '\0' && n + 2 < room; text++) {
        if (*text == '\n')
            to[n++] = '\r';
        to[n++] = *text;
    }
    to[n++] = '\r';
    to[n++] = '\n';
    return n;
}

static void feed(struct smtp_dialog *dialog, const char *line, uint64_t frame)
{
    char octets[512];
    struct chunk chunk = {
        .from = line[0] == 'C' ? SIDE_CLIENT : SIDE_SERVER,
        .place = { .at = { (int64_t)frame * STAMP_SECOND }, .frame = frame },
    };

    if (line[1] == '!')
        chunk.missing = strtoul(line + 2, NULL, 10);
    else
        chunk.data = slice_of(octets, write_octets(octets, sizeof(octets), line + 2));
    ck_assert_int_eq(smtp_dialog_feed(dialog, &chunk), STATUS_OK);
}

START_TEST(each_session_comes_to_what_the_table_says)
{
    const struct row *row = &rows[_i];
    struct place begin = { .frame = 1 };
    struct place end = { .at = { 100 * STAMP_SECOND }, .frame = 100 };
    struct tcp_summary tcp = { .handshake = row->handshake, .close = row->close, .last = end };
    struct endpoint client = { .address = { .version = 4 }, .port = 40000 };
    struct endpoint server = { .address = { .version = 4 }, .port = 25 };
    struct smtp_dialog_options options = { .is_midstream =
                                               row->handshake == TCP_HANDSHAKE_MIDSTREAM };
    const struct session_record *record;
    struct smtp_event_sink sink = { .event = apply };
    struct session *session;
    struct smtp_dialog *dialog;
    uint32_t accepted = 0;

    ck_assert_int_eq(session_new(&session, &begin), STATUS_OK);
    sink.context = session;
    ck_assert_int_eq(smtp_dialog_new(&dialog, &options, &sink), STATUS_OK);
    for (size_t i = 0; row->lines[i] != NULL; i++) {
        if (strcmp(row->lines[i], "C-") != 0) {
            feed(dialog, row->lines[i], i + 1);
            continue;
        }
        tcp.closed_by = TCP_CLOSED_BY_CLIENT;
        tcp.first_close.at.ns = (int64_t)(i + 1) * STAMP_SECOND;
    }
    ck_assert_int_eq(smtp_dialog_finish(dialog, &end), STATUS_OK);
    ck_assert_int_eq(session_close(session, &tcp, &client, &server, 1, &record), STATUS_OK);
    for (uint32_t i = 0; i < record->message_count; i++)
        accepted += record->messages[i].verdict == VERDICT_ACCEPTED ? 1 : 0;
    ck_assert_msg(record->outcome == row->outcome, "%s: outcome is %s, not %s", row->name,
                  outcome_name(record->outcome), outcome_name(row->outcome));
    ck_assert_msg(record->stage == row->stage, "%s: stage is %s, not %s", row->name,
                  stage_name(record->stage), stage_name(row->stage));
    ck_assert_msg(accepted == row->accepted, "%s: %u accepted", row->name, accepted);
    smtp_dialog_free(dialog);
    session_free(session);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("table");

    tcase_add_loop_test(tc, each_session_comes_to_what_the_table_says, 0,
                        (int)(sizeof(rows) / sizeof(*rows)));
    return suite_run("session/outcome", tc);
}
