/* Findings about the end of data. */
#include <stdio.h>

#include "support/scene.h"

#define CONTENT SCENE_HELLO SCENE_ENVELOPE SCENE_DATA
#define TAKEN "S: 250 ok\n" SCENE_QUIT
#define SMUGGLED "MAIL FROM:<x@y>\\r\\nRCPT TO:<z@d>\\r\\nDATA\\r\\ninner\\r\\n.\\r\\n\n"

#define TEN_LINES "x\\nx\\nx\\nx\\nx\\nx\\nx\\nx\\nx\\nx\\n"

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "a look-alike, and commands behind it",
      .script = CONTENT "C| hi\\n.\\n" SMUGGLED TAKEN,
      .findings = "error bare-lf at 10 x2; error smtp-smuggling at 10",
      .summary = "error: delivered: 1 message of 50 octets to 1 recipient; it carries "
                 "commands for servers that take a look-alike for the end of data (SMTP smuggling)" },
    { .name = "a look-alike, and a command with blanks that servers bear",
      .script = CONTENT "C| hi\\n.\\nMAIL  FROM :<x@y>\\r\\n.\\r\\n\n" TAKEN,
      .findings = "error bare-lf at 10 x2; error smtp-smuggling at 10" },
    { .name = "CR around the dot",
      .script = CONTENT "C| hi\\r.\\r" SMUGGLED TAKEN,
      .findings = "error bare-cr at 10 x2; error smtp-smuggling at 10" },
    { .name = "LF before it, CRLF behind it",
      .script = CONTENT "C| hi\\n.\\r\\n" SMUGGLED TAKEN,
      .findings = "error bare-lf at 10; error smtp-smuggling at 10" },
    { .name = "CR LF before it, CR CR LF behind it",
      .script = CONTENT "C| hi\\r\\n.\\r\\r\\n" SMUGGLED TAKEN,
      .findings = "error bare-cr at 10; error smtp-smuggling at 10" },
    { .name = "a NUL beside the dot",
      .script = CONTENT "C| hi\\r\\n.\\0\\r\\n" SMUGGLED TAKEN,
      .findings = "error smtp-smuggling at 10; warning nul-octet at 10",
      .message = "<CR><LF>.<CR><LF> with a NUL beside the dot at octet 2 of the message; "
                 "MAIL follows it: \"hi<CR><LF>.<NUL><CR><LF>MAIL FROM:<x@y>\"; 1 message to a "
                 "strict reader, 2 to one that takes every look-alike" },
    { .name = "a server that takes it",
      .script = CONTENT "C| hi\\n.\\r\\n" SMUGGLED
                "S| 250 ok\\r\\n250 2.1.0 ok\\r\\n250 2.1.5 ok\\r\\n354 go\\r\\n250 ok\\r\\n\n" SCENE_QUIT,
      .findings = "error bare-lf at 10; error smtp-smuggling at 10",
      .summary = "error: delivered: 2 messages of 10 octets in all to 2 recipients; the server "
                 "took a look-alike for the end of a message, and what followed it for SMTP "
                 "(SMTP smuggling)" },
    { .name = "a look-alike in the text, and no command behind it",
      .script = CONTENT "C| hi\\n.\\nMail from my house\\r\\n.\\r\\n\n" TAKEN,
      .findings = "error bare-lf at 10 x2; warning smtp-smuggling at 10",
      .summary = "ok: delivered: 1 message of 25 octets to 1 recipient" },
    { .name = "the second of two look-alikes leads to SMTP",
      .script = CONTENT "C| hi\\n.\\nho\\n.\\nMAIL FROM:<x@y>\\r\\n.\\r\\n\n" TAKEN,
      .findings = "error bare-lf at 10 x4; error smtp-smuggling at 10" },
    { .name = "a client that ends its message in LF, and waits",
      .script = CONTENT "C| hi\\n.\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error bare-lf at 10 x2; warning smtp-smuggling at 10" },
    { .name = "a client that ends its message in LF, and says QUIT at once, smuggles nothing",
      .script = CONTENT "C| hi\\n.\\nQUIT\\n\nS: 250 ok\nS: 221 bye\n",
      .findings = "error bare-lf at 10 x3; warning smtp-smuggling at 10",
      .summary = "ok: delivered: 1 message of 3 octets to 1 recipient" },
    { .name = "a line that is no command hides no message behind it",
      .script = CONTENT "C| hi\\r\\n.\\0\\r\\nx\\r\\n" SMUGGLED TAKEN,
      .findings = "error smtp-smuggling at 10; warning nul-octet at 10",
      .message = "<CR><LF>.<CR><LF> with a NUL beside the dot at octet 2 of the message; behind 1 "
                 "line of no meaning a message follows it (MAIL, RCPT, DATA): "
                 "\"hi<CR><LF>.<NUL><CR><LF>x\"; 1 message to a strict reader, 2 to one that takes "
                 "every look-alike" },
    { .name = "nor do lines between its commands",
      .script = CONTENT "C| hi\\n.\\nx\\nMAIL FROM:<x@y>\\nx\\nRCPT TO:<z@d>\\n\\nx\\nDATA\\nin"
                "\\r\\n.\\r\\n\n" TAKEN,
      .findings = "error bare-lf at 10 x9; error smtp-smuggling at 10" },
    { .name = "commands that are no message, behind a line that is no command",
      .script = CONTENT "C| hi\\n.\\nx\\nMAIL FROM:<x@y>\\nRSET\\nRCPT TO:<z@d>\\r\\n.\\r\\n\n" TAKEN,
      .findings = "error bare-lf at 10 x5; warning smtp-smuggling at 10" },
    { .name = "a dialogue that text quotes",
      .script = CONTENT "C| hi\\n.\\nx\\nMAIL FROM:<x@y>\\n250 ok\\nRCPT TO:<z@d>\\n250 ok\\n"
                "DATA\\r\\n.\\r\\n\n" TAKEN,
      .findings = "error bare-lf at 10 x7; warning smtp-smuggling at 10" },
    { .name = "QUIT alone ends what a lenient server reads",
      .script = CONTENT "C| hi\\n.\\nquit\\n" SMUGGLED TAKEN,
      .findings = "error bare-lf at 10 x3; warning smtp-smuggling at 10" },
    { .name = "a QUIT that servers refuse does not",
      .script = CONTENT "C| hi\\n.\\nquit it\\n" SMUGGLED TAKEN,
      .findings = "error bare-lf at 10 x3; error smtp-smuggling at 10" },
    { .name = "as many errors as a server bears",
      .script = CONTENT "C| hi\\n.\\n" TEN_LINES TEN_LINES SMUGGLED TAKEN,
      .findings = "error bare-lf at 10 x22; error smtp-smuggling at 10" },
    { .name = "more errors than a server bears",
      .script = CONTENT "C| hi\\n.\\nx\\n" TEN_LINES TEN_LINES SMUGGLED TAKEN,
      .findings = "error bare-lf at 10 x23; warning smtp-smuggling at 10" },
    { .name = "a server that takes it, and lines that are no command before the message",
      .script = CONTENT "C| hi\\n.\\r\\nx\\r\\n" SMUGGLED
                "S| 250 ok\\r\\n500 what\\r\\n250 2.1.0 ok\\r\\n250 2.1.5 ok\\r\\n354 go\\r\\n"
                "250 ok\\r\\n\n" SCENE_QUIT,
      .findings = "error bare-lf at 10; error smtp-smuggling at 10; warning unknown-command at 11",
      .summary = "error: delivered: 2 messages of 10 octets in all to 2 recipients; the server "
                 "took a look-alike for the end of a message, and what followed it for SMTP "
                 "(SMTP smuggling)" },
    { .name = "QUIT hides no look-alike behind it",
      .script = CONTENT "C| hi\\n.\\nQUIT\\n\\r.\\r" SMUGGLED TAKEN,
      .findings = "error bare-cr at 10 x2; error smtp-smuggling at 10; warning bare-lf at 10 x3" },
    { .name = "a stuffed dot between bare line feeds",
      .script = CONTENT "C| hi\\n..\\nMAIL FROM:<x@y>\\r\\n.\\r\\n\n" TAKEN,
      .findings = "warning bare-lf at 10 x2" },
    { .name = "the true end, and commands in the same segment",
      .script = SCENE_EHLO "S: 250 PIPELINING\n" SCENE_ENVELOPE SCENE_DATA
                "C| hi\\r\\n.\\r\\nMAIL FROM:<x@y>\\r\\n\nS| 250 ok\\r\\n250 ok\\r\\n\n"
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "commands in the text, without a look-alike",
      .script = CONTENT "C| hi\\r\\n" SMUGGLED TAKEN,
      .findings = "" },
    { .name = "a chunk ends by its size alone",
      .script = SCENE_EHLO "S: 250 CHUNKING\n" SCENE_ENVELOPE
                "C| BDAT 22 LAST\\r\\nhi\\n.\\nMAIL FROM:<x@y>\\r\\n\n" TAKEN,
      .findings = "warning bare-lf at 9 x2" },
};
/* clang-format on */

/* How many messages the first content is to whom. _i is the row. */
START_TEST(a_content_is_so_many_messages_to_a_strict_and_to_a_lenient_reader)
{
    static const struct {
        const char *octets;
        uint32_t strict;
        uint32_t lenient;
    } rows[] = {
        { "hi\\r\\n.\\r\\n", 0, 0 },
        { "hi\\n.\\nho\\r\\n.\\r\\n", 1, 1 },
        { "hi\\n.\\nMAIL FROM:<x@y>\\r\\n.\\r\\n", 1, 1 },
        { "hi\\n.\\nMAIL FROM:<x@y>\\nRCPT TO:<z@d>\\nDATA\\nin\\n\\r\\n.\\r\\n", 1, 2 },
        { "hi\\n.\\nMAIL FROM:<x@y>\\nDATA\\nin\\n.\\nmail from:<x@y>\\ndata\\n\\r\\n.\\r\\n", 1,
          3 },
    };
    char script[600];
    struct scene scene = { .name = "readings", .script = script };
    struct played_scene played;

    snprintf(script, sizeof script, "%sC| %s\n%s", CONTENT, rows[_i].octets, TAKEN);
    scene_play(&played, &scene);
    ck_assert_uint_eq(played.record->messages[0].readings.strict, rows[_i].strict);
    ck_assert_uint_eq(played.record->messages[0].readings.lenient, rows[_i].lenient);
    scene_clear(&played);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("smuggling");

    tcase_add_loop_test(tc, a_content_is_so_many_messages_to_a_strict_and_to_a_lenient_reader, 0,
                        5);
    return scene_suite_run("findings/rules_smuggling", scenes, sizeof(scenes) / sizeof(*scenes),
                           tc);
}
