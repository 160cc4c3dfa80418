/* No credential survives: each mechanism's shape, misuse, and what servers repeat. */
#include "smtp/redact.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/suite.h"

static struct smtp_event command(struct redactor *redactor, const char *line)
{
    struct smtp_event event = { 0 };

    ck_assert_int_eq(redact_command(redactor, slice_of_string(line), &event), STATUS_OK);
    return event;
}

static struct smtp_event sasl(struct redactor *redactor, const char *line)
{
    struct smtp_event event = { 0 };

    ck_assert_int_eq(redact_sasl(redactor, slice_of_string(line), &event), STATUS_OK);
    return event;
}

static void expect(struct slice got, const char *wanted)
{
    ck_assert_msg(slice_equal(got, slice_of_string(wanted)), "got \"%.*s\", wanted \"%s\"",
                  (int)got.len, (const char *)got.data, wanted);
}

START_TEST(an_initial_response_is_replaced)
{
    static const struct {
        const char *line;
        const char *shown;
        const char *user;
    } rows[] = {
        { "AUTH PLAIN AGFsaWNlAHNlY3JldA==", "AUTH PLAIN <redacted 20 octets>", "alice" },
        { "auth plain AGFsaWNlAHNlY3JldA==", "auth plain <redacted 20 octets>", "alice" },
        { "AUTH LOGIN YWxpY2U=", "AUTH LOGIN <redacted 8 octets>", "alice" },
        { "AUTH XOAUTH2 dXNlcj1hbGljZQFhdXRoPUJlYXJlciB4AQE=", "AUTH XOAUTH2 <redacted 36 octets>",
          "alice" },
        { "AUTH SCRAM-SHA-256 biwsbj1hbGljZSxyPTEyMw==", "AUTH SCRAM-SHA-256 <redacted 24 octets>",
          "alice" },
        /* PLAIN's message under LOGIN's name: the password is no part of the user's */
        { "AUTH LOGIN AGFsaWNlAHNlY3JldA==", "AUTH LOGIN <redacted 20 octets>", "" },
        { "AUTH PLAIN =", "AUTH PLAIN <redacted 1 octets>", "" },
        { "AUTH PLAIN not base64 at all", "AUTH PLAIN <redacted 17 octets>", "" },
        { "AUTH AGFsaWNlAHNlY3JldA==", "AUTH <redacted 20 octets>", "" },
        { "AUTH", "AUTH", "" },
        { "AUTH=PLAIN AGFsaWNlAHNlY3JldA==", "AUTH=PLAIN <redacted 20 octets>", "" },
        { "BURL imap://h/x;urlauth=submit+a:internal:91354a473744909de610943775f92038 LAST",
          "BURL imap://h/x;urlauth=submit+a:internal:<redacted 32 octets> LAST", "" },
        { "BURL imap://a:pa/ss@h/x;urlauth=submit+a:internal:91354a47 LAST",
          "BURL imap://a:<redacted 44 octets> LAST", "" },
        { "BURL imap://a@h:143/x LAST", "BURL imap://a@h:143/x LAST", "" },
        { "BURL http://h/x LAST", "BURL http://h/x LAST", "" },
        { "XCLIENT ADDR=192.0.2.1 LOGIN=joe NAME=c.example password=secret",
          "XCLIENT ADDR=192.0.2.1 LOGIN=<redacted 3 octets> NAME=c.example password=<redacted 6 "
          "octets>",
          "" },
        { "XCLIENT ADDR=192.0.2.1 LOGIN= NAME=c.example",
          "XCLIENT ADDR=192.0.2.1 LOGIN= NAME=c.example", "" },
    };
    struct redactor redactor = redactor_of(false);

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct smtp_event event = command(&redactor, rows[i].line);

        expect(event.command.line, rows[i].shown);
        expect(event.command.identity, rows[i].user);
    }
    redactor_clear(&redactor);
}
END_TEST

START_TEST(every_sasl_line_is_replaced_but_the_cancel)
{
    struct redactor redactor = redactor_of(false);

    (void)command(&redactor, "AUTH LOGIN");
    expect(sasl(&redactor, "YWxpY2U=").command.line, "<redacted 8 octets>");
    expect(sasl(&redactor, "c2VjcmV0").command.line, "<redacted 8 octets>");
    (void)command(&redactor, "AUTH CRAM-MD5");
    expect(sasl(&redactor, "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw").command.identity,
           "tim");
    expect(sasl(&redactor, "*").command.line, "*");
    redactor_clear(&redactor);
}
END_TEST

START_TEST(credentials_sent_as_a_command_are_replaced_once_auth_was_seen)
{
    struct redactor redactor = redactor_of(false);

    expect(command(&redactor, "c2VjcmV0").command.line, "c2VjcmV0");
    (void)command(&redactor, "AUTH LOGIN");
    expect(command(&redactor, "c2VjcmV0").command.line, "<redacted 8 octets>");
    expect(command(&redactor, "NOOP").command.line, "NOOP");
    expect(command(&redactor, "two words").command.line, "two words");
    redactor_clear(&redactor);
}
END_TEST

START_TEST(an_echo_in_a_reply_is_masked_and_nothing_else)
{
    struct redactor redactor = redactor_of(false);
    struct buf text = buf_of(200);
    size_t dropped;

    (void)command(&redactor, "AUTH LOGIN");
    (void)sasl(&redactor, "c2VjcmV0cGFzcw==");
    ck_assert_int_eq(
        buf_append(&text, slice_of_string("no such command: C2VJCMV0 (AUTH first)"), &dropped),
        STATUS_OK);
    ck_assert(redact_reply(&redactor, &text, 0, text.len));
    expect(buf_view(&text), "no such command: ******** (AUTH first)");
    ck_assert(!redact_reply(&redactor, &text, 0, text.len));
    buf_clear(&text);
    redactor_clear(&redactor);
}
END_TEST

START_TEST(however_many_secrets_a_line_has_none_is_shown)
{
    struct redactor redactor = redactor_of(false);
    char line[256] = "XCLIENT";
    size_t len = strlen(line);
    struct smtp_event event;

    for (int i = 0; i < 12; i++)
        len += (size_t)snprintf(line + len, sizeof(line) - len, " PASSWORD=secret%d", i);
    event = command(&redactor, line);
    ck_assert_uint_ne(event.marks & MARK_REDACTED, 0);
    ck_assert_uint_eq(slice_find_nocase(event.command.line, slice_of_string("secret")), SLICE_NONE);
    redactor_clear(&redactor);
}
END_TEST

START_TEST(an_echo_of_what_was_not_captured_is_masked)
{
    static const struct {
        const char *text;
        const char *shown;
    } rows[] = {
        { "no such command: AGFsaWNlAHNlY3JldA==", "no such command: ********************" },
        { "what is c2VjcmV0?", "what is ********?" },
        { "what is Yg==?", "what is ****?" },
        { "cut off: dXNlcm5hbWU6cGFz", "cut off: ****************" },
        { "cut off: dXNlcm5hbWU6c", "cut off: *************" },
        { "5.5.2 Error: command not recognized, authentication required",
          "5.5.2 Error: command not recognized, authentication required" },
        { "Username or password not accepted, Mailserver rejected it",
          "Username or password not accepted, Mailserver rejected it" },
        { "a=b==c = abc=", "a=b==c = abc=" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buf text = buf_of(200);
        size_t dropped;

        ck_assert_int_eq(buf_append(&text, slice_of_string(rows[i].text), &dropped), STATUS_OK);
        ck_assert_int_eq(redact_unknown_echo(&text, 0, text.len),
                         strcmp(rows[i].text, rows[i].shown) != 0);
        expect(buf_view(&text), rows[i].shown);
        buf_clear(&text);
    }
}
END_TEST

START_TEST(an_echo_with_something_before_it_is_replaced)
{
    struct redactor redactor = redactor_of(false);
    struct buf text = buf_of(1000);
    size_t dropped;

    (void)command(&redactor, "AUTH LOGIN");
    (void)sasl(&redactor, "c2VjcmV0cGFzcw==");
    ck_assert_int_eq(
        buf_append(&text, slice_of_string("auth=c2VjcmV0cGFzcw== xc2VjcmV0cGFzcw"), &dropped),
        STATUS_OK);
    ck_assert(redact_reply(&redactor, &text, 0, text.len));
    expect(buf_view(&text), "auth=**************** ***************");
    buf_clear(&text);
    redactor_clear(&redactor);
}
END_TEST

START_TEST(show_secrets_shows_them)
{
    struct redactor redactor = redactor_of(true);

    expect(command(&redactor, "AUTH PLAIN AGFsaWNlAHNlY3JldA==").command.line,
           "AUTH PLAIN AGFsaWNlAHNlY3JldA==");
    expect(sasl(&redactor, "c2VjcmV0").command.line, "c2VjcmV0");
    redactor_clear(&redactor);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("redact");

    tcase_add_test(tc, an_initial_response_is_replaced);
    tcase_add_test(tc, every_sasl_line_is_replaced_but_the_cancel);
    tcase_add_test(tc, credentials_sent_as_a_command_are_replaced_once_auth_was_seen);
    tcase_add_test(tc, an_echo_in_a_reply_is_masked_and_nothing_else);
    tcase_add_test(tc, however_many_secrets_a_line_has_none_is_shown);
    tcase_add_test(tc, an_echo_of_what_was_not_captured_is_masked);
    tcase_add_test(tc, an_echo_with_something_before_it_is_replaced);
    tcase_add_test(tc, show_secrets_shows_them);
    return suite_run("smtp/redact", tc);
}
