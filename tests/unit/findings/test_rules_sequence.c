/* Findings about the order of commands: what the client could know is held against it, what it
 * could not is not. */
#include "support/scene.h"

#define PIPELINING SCENE_EHLO "S: 250 PIPELINING\n"

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "MAIL before any EHLO",
      .script = "S: 220 mx\nC: MAIL FROM:<a@c.example>\nS: 503 no\n" SCENE_QUIT,
      .findings = "error helo-missing at 2",
      .message = "MAIL before any EHLO or HELO" },
    { .name = "MAIL after EHLO was refused",
      .script = "S: 220 mx\nC: EHLO c\nS: 550 no\nC: MAIL FROM:<a@c.example>\nS: 503 no\n"
                SCENE_QUIT,
      .findings = "error helo-missing at 4",
      .message = "MAIL although no EHLO or HELO was accepted" },
    { .name = "MAIL after HELO",
      .script = "S: 220 mx\nC: HELO c\nS: 250 mx\n" SCENE_MAIL "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "MAIL after EHLO was refused and HELO taken",
      .script = "S: 220 mx\nC: EHLO c\nS: 502 no\nC: HELO c\nS: 250 mx\n" SCENE_MAIL
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "MAIL where the beginning was not captured",
      .script = "midstream\n" SCENE_MAIL "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "info capture-midstream" },

    { .name = "MAIL inside a transaction",
      .script = SCENE_HELLO SCENE_ENVELOPE "C: MAIL FROM:<x@c.example>\nS: 503 no\n"
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error nested-mail at 8",
      .message = "MAIL while the transaction begun by entry 4 is still open" },
    { .name = "MAIL after RSET",
      .script = SCENE_HELLO SCENE_ENVELOPE "C: RSET\nS: 250 ok\n" SCENE_MAIL
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "MAIL after a RSET that was refused",
      .script = SCENE_HELLO SCENE_MAIL "C: RSET x\nS: 501 no\n" SCENE_MAIL
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error nested-mail at 8; warning command-syntax at 6" },
    { .name = "MAIL after EHLO, which resets",
      .script = SCENE_HELLO SCENE_MAIL "C: EHLO c\nS: 250 mx\n" SCENE_MAIL
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "MAIL after MAIL was refused",
      .script = SCENE_HELLO "C: MAIL FROM:<x@c.example>\nS: 550 no\n" SCENE_MAIL
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "MAIL after a message was taken, and after one was refused",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n.\\r\\n\nS: 250 ok\n"
                SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n.\\r\\n\nS: 550 no\n" SCENE_MAIL
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "MAIL after a hole",
      .script = SCENE_HELLO SCENE_MAIL "C! 10\nS! 8\n" SCENE_MAIL "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "info capture-gap at 6" },

    { .name = "RCPT without MAIL",
      .script = SCENE_HELLO "C: RCPT TO:<b@d.example>\nS: 503 no\n" SCENE_QUIT,
      .findings = "error rcpt-without-mail at 4",
      .message = "RCPT outside a transaction: no MAIL went before it" },
    { .name = "RCPT after MAIL was refused, and the client had read it",
      .script = SCENE_HELLO "C: MAIL FROM:<x@c.example>\nS: 550 no\n"
                "C: RCPT TO:<b@d.example>\nS: 503 no\n" SCENE_QUIT,
      .findings = "error rcpt-without-mail at 6",
      .message = "RCPT outside a transaction: MAIL was refused" },
    { .name = "RCPT in one flight with a MAIL that was refused",
      .script = PIPELINING "C: MAIL FROM:<x@c.example>\nC: RCPT TO:<b@d.example>\n"
                "S: 550 no\nS: 503 no\n" SCENE_QUIT,
      .findings = "" },
    { .name = "RCPT after a message",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n.\\r\\n\nS: 250 ok\n"
                "C: RCPT TO:<b@d.example>\nS: 503 no\n" SCENE_QUIT,
      .findings = "error rcpt-without-mail at 12" },

    { .name = "DATA after every RCPT was refused, and the client had read it",
      .script = SCENE_HELLO SCENE_MAIL "C: RCPT TO:<b@d.example>\nS: 550 no\nC: DATA\nS: 554 no\n"
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error data-without-recipient at 8",
      .message = "DATA without a recipient: every RCPT was refused" },
    { .name = "DATA in one flight with the RCPT that was refused",
      .script = PIPELINING "C: MAIL FROM:<a@c.example>\nC: RCPT TO:<b@d.example>\nC: DATA\n"
                "S: 250 ok\nS: 550 no\nS: 554 no\nC: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "DATA before the last of two refusals came",
      .script = PIPELINING SCENE_MAIL "C: RCPT TO:<b@d.example>\nC: RCPT TO:<e@d.example>\n"
                "S: 550 no\nC: DATA\nS: 550 no\nS: 554 no\nC: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "DATA after one of two was refused",
      .script = SCENE_HELLO SCENE_ENVELOPE "C: RCPT TO:<e@d.example>\nS: 550 no\n" SCENE_DATA
                "C| hi\\r\\n.\\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "DATA without RCPT",
      .script = SCENE_HELLO SCENE_MAIL "C: DATA\nS: 503 no\nC: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error data-without-recipient at 6",
      .message = "DATA without a recipient: no RCPT went before it" },
    { .name = "BDAT without MAIL, its second chunk not counted again",
      .script = SCENE_EHLO "S: 250 CHUNKING\nC| BDAT 2\\r\\nhi\nS: 503 no\nC| BDAT 2 LAST\\r\\nhi\n"
                "S: 503 no\nC: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error data-without-recipient at 4" },
    { .name = "DATA whose RCPT lies in a hole",
      .script = SCENE_HELLO SCENE_MAIL "C! 10\nS! 8\nC: DATA\nS: 503 no\n" SCENE_QUIT,
      .findings = "info capture-gap at 6" },

    { .name = "a client that speaks before the greeting",
      .script = "C: EHLO c\nwait 2\nS: 220 mx\nS: 250 mx\n" SCENE_QUIT,
      .findings = "warning early-talker at 1",
      .message = "EHLO was sent 3.0 s before the greeting" },
    { .name = "a server that lets it",
      .script = "C: EHLO c\nS: 220 mx\nS: 250-mx\nS: 250 PIPECONNECT\n" SCENE_QUIT,
      .findings = "info early-talker at 1",
      .message = "EHLO was sent 1.0 s before the greeting, which this server allows" },
    { .name = "a proxy speaks before the greeting",
      .script = "C: PROXY TCP4 192.0.2.1 192.0.2.2 40000 25\n" SCENE_HELLO SCENE_QUIT,
      .findings = "" },
    { .name = "a proxy speaks, and its check of the server ends there",
      .script = "C: PROXY TCP4 192.0.2.1 192.0.2.2 40000 25\nS: 220 mx\n",
      .findings = "info quit-missing",
      .summary = "info: no mail sent: the client left after the greeting (a probe or a health "
                 "check)" },
    { .name = "a client that spoke, and no greeting came",
      .script = "C: EHLO c\n", .end = SCENE_SERVER_CLOSES,
      .findings = "warning early-talker at 1; warning unanswered-command at 1",
      .message = "EHLO was sent before a greeting, and none ever came" },
    { .name = "a client that waits",
      .script = SCENE_HELLO SCENE_QUIT,
      .findings = "" },
    { .name = "on port 465 the client speaks first",
      .script = "C: EHLO c\n", .port = 465, .end = SCENE_SERVER_CLOSES,
      .findings = "error plain-on-tls-port at 1; warning unanswered-command at 1" },

    { .name = "a client that closes without QUIT",
      .script = SCENE_HELLO,
      .findings = "info quit-missing" },
    { .name = "a client that says QUIT",
      .script = SCENE_HELLO "C: QUIT\n",
      .findings = "" },
    { .name = "a server that closes",
      .script = SCENE_HELLO, .end = SCENE_SERVER_CLOSES,
      .findings = "" },
    { .name = "a client that closes after 421",
      .script = SCENE_HELLO "S: 421 idle\n",
      .findings = "" },
    { .name = "a client that closes before the greeting",
      .script = "",
      .findings = "" },
    { .name = "a QUIT that may lie in a hole",
      .script = SCENE_HELLO "C! 6\n",
      .findings = "info capture-gap at 4" },
};
/* clang-format on */

int main(void)
{
    return scene_suite_run("findings/rules_sequence", scenes, sizeof(scenes) / sizeof(*scenes),
                           NULL);
}
