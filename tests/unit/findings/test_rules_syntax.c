/* Findings about how a command is written. */
#include "support/scene.h"

#define MAIL_TAKEN(line) SCENE_HELLO line "S: 250 ok\nC: RSET\nS: 250 ok\n" SCENE_QUIT
#define RCPT_TAKEN(line) SCENE_HELLO SCENE_MAIL line "S: 250 ok\nC: RSET\nS: 250 ok\n" SCENE_QUIT
#define TAKEN(line) SCENE_HELLO line "S: 250 ok\n" SCENE_QUIT

/* clang-format off */
static const struct scene scenes[] = {
    /* 64 + 1 + 189 octets and the brackets are 256 */
    { .name = "a path of 256 octets with its brackets is in order",
      .script = MAIL_TAKEN("C| MAIL FROM:<\nC* 64 x\nC+ @\nC* 189 y\nC+ >\\r\\n\n"),
      .findings = "" },
    { .name = "a path of 257 octets is too long",
      .script = MAIL_TAKEN("C| MAIL FROM:<\nC* 64 x\nC+ @\nC* 190 y\nC+ >\\r\\n\n"),
      .findings = "warning path-too-long at 4",
      .message = "MAIL with a path of 257 octets; the limit is 256" },
    { .name = "a local part of 65 octets is too long",
      .script = RCPT_TAKEN("C| RCPT TO:<\nC* 65 x\nC+ @d.example>\\r\\n\n"),
      .findings = "warning local-part-too-long at 6",
      .message = "RCPT with a local part of 65 octets; the limit is 64" },
    { .name = "a source route is no part of the local part",
      .script = RCPT_TAKEN("C| RCPT TO:<@\nC* 60 x\nC+ .example:b@d.example>\\r\\n\n"),
      .findings = "" },
    { .name = "a domain of 255 octets is in order, if too long for a path",
      .script = MAIL_TAKEN("C| MAIL FROM:<a@\nC* 255 y\nC+ >\\r\\n\n"),
      .findings = "warning path-too-long at 4" },
    { .name = "a domain of 256 octets is too long",
      .script = MAIL_TAKEN("C| MAIL FROM:<a@\nC* 256 y\nC+ >\\r\\n\n"),
      .findings = "warning path-too-long at 4; warning domain-too-long at 4" },
    { .name = "EHLO with a name of 255 octets",
      .script = "S: 220 mx\nC| EHLO \nC* 255 y\nC+ \\r\\n\nS: 250 mx\n" SCENE_QUIT,
      .findings = "" },
    { .name = "EHLO with a name of 256 octets",
      .script = "S: 220 mx\nC| EHLO \nC* 256 y\nC+ \\r\\n\nS: 250 mx\n" SCENE_QUIT,
      .findings = "warning domain-too-long at 2" },

    { .name = "MAIL and RCPT as the grammar has them",
      .script = SCENE_EHLO "S: 250-SIZE\nS: 250 8BITMIME\n"
                "C: mail from:<> SIZE=1 BODY=8BITMIME \nS: 250 ok\n"
                "C: RCPT TO:<\"b >@ c\"@[192.0.2.1]>\nS: 250 ok\n"
                "C: RCPT TO:<Postmaster>\nS: 250 ok\n"
                "C: RCPT TO:<@x.example,@y.example:b@d.example>\nS: 250 ok\n"
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "a space after the colon",
      .script = MAIL_TAKEN("C: MAIL FROM: <a@c.example>\n"),
      .findings = "warning command-syntax at 4",
      .message = "MAIL with a space after \"FROM:\": MAIL FROM: <a@c.example>" },
    { .name = "a space before the colon",
      .script = RCPT_TAKEN("C: RCPT TO :<b@d.example>\n"),
      .findings = "warning command-syntax at 6",
      .message = "RCPT with a space between TO and the colon" },
    { .name = "no angle brackets",
      .script = MAIL_TAKEN("C: MAIL FROM:a@c.example\n"),
      .findings = "warning command-syntax at 4",
      .message = "MAIL with an address without angle brackets" },
    { .name = "no keyword",
      .script = RCPT_TAKEN("C: RCPT <b@d.example>\n"),
      .findings = "warning command-syntax at 6",
      .message = "RCPT without \"TO:\"" },
    { .name = "no address",
      .script = MAIL_TAKEN("C: MAIL FROM:\n"),
      .findings = "warning command-syntax at 4",
      .message = "MAIL without an address" },
    { .name = "an angle bracket that is never closed",
      .script = MAIL_TAKEN("C: MAIL FROM:<a@c.example\n"),
      .findings = "warning command-syntax at 4",
      .message = "MAIL with an angle bracket that is never closed" },
    { .name = "an empty forward path",
      .script = RCPT_TAKEN("C: RCPT TO:<>\n"),
      .findings = "warning command-syntax at 6",
      .message = "RCPT with an empty address, which only MAIL may have" },
    { .name = "text right after the bracket",
      .script = MAIL_TAKEN("C: MAIL FROM:<a@c.example>SIZE=1\n"),
      .findings = "warning command-syntax at 4; warning extension-not-offered at 4",
      .message = "MAIL with text right after the closing angle bracket" },
    { .name = "a space in an address",
      .script = RCPT_TAKEN("C: RCPT TO:<b c@d.example>\n"),
      .findings = "warning command-syntax at 6",
      .message = "RCPT with a space in an address" },
    { .name = "no domain",
      .script = RCPT_TAKEN("C: RCPT TO:<root>\n"),
      .findings = "warning command-syntax at 6",
      .message = "RCPT with an address without a domain" },
    { .name = "a parameter without a value after its sign",
      .script = SCENE_EHLO "S: 250 SIZE\nC: MAIL FROM:<a@c.example> SIZE=\nS: 250 ok\n"
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning command-syntax at 4",
      .message = "MAIL with a parameter that is not NAME or NAME=VALUE" },
    { .name = "EHLO without a name",
      .script = "S: 220 mx\nC: EHLO\nS: 501 no\nC: HELO c\nS: 250 mx\n" SCENE_QUIT,
      .findings = "warning command-syntax at 2",
      .message = "EHLO without the client's host name: EHLO" },
    { .name = "HELO with two names",
      .script = "S: 220 mx\nC: HELO my host\nS: 250 mx\n" SCENE_QUIT,
      .findings = "warning command-syntax at 2" },
    { .name = "an argument to a command that has none",
      .script = TAKEN("C: RSET now\n"),
      .findings = "warning command-syntax at 4",
      .message = "RSET with an argument, where none is allowed: RSET now" },
    { .name = "NOOP and HELP may have one, and spaces before CRLF are borne",
      .script = TAKEN("C: NOOP x y\nS: 250 ok\nC: HELP MAIL\nS: 214 ok\nC| RSET \\x09\\r\\n\n"),
      .findings = "" },
    { .name = "VRFY without a name",
      .script = TAKEN("C: VRFY\n"),
      .findings = "warning command-syntax at 4" },
    { .name = "AUTH without a mechanism",
      .script = SCENE_EHLO "S: 250 AUTH PLAIN\nC: AUTH\nS: 501 no\n" SCENE_QUIT,
      .findings = "warning command-syntax at 4" },

    { .name = "a verb that no RFC knows",
      .script = TAKEN("C: FROBNICATE now\n"),
      .findings = "warning unknown-command at 4",
      .message = "a line that begins with no known command: FROBNICATE now" },
    { .name = "a private verb that the server offers by its name",
      .script = SCENE_EHLO "S: 250 XSHADOW\nC: XSHADOW a\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "a name that only begins like the offer is none",
      .script = SCENE_EHLO "S: 250 XSHADOWREQUEST\nC: XSHADOW a\nS: 500 no\n" SCENE_QUIT,
      .findings = "warning unknown-command at 4" },
    { .name = "an empty line",
      .script = TAKEN("C: \n"),
      .findings = "warning unknown-command at 4",
      .message = "an empty line where a command was due" },
    { .name = "verbs in small letters",
      .script = "S: 220 mx\nC: ehlo c\nS: 250 mx\nC: mail from:<a@c.example>\nS: 250 ok\n"
                "C: rset\nS: 250 ok\nC: quit\nS: 221 bye\n",
      .findings = "" },
    { .name = "a message sent although DATA was refused is lines that are no commands",
      .script = SCENE_HELLO SCENE_ENVELOPE "C: DATA\nS: 451 no\n"
                "C| Subject: x\\r\\n\\r\\nhi\\r\\n.\\r\\n\nS: 500 a\nS: 500 b\nS: 500 c\nS: 500 d\n"
                SCENE_QUIT,
      .findings = "warning unknown-command at 10 x4" },
};
/* clang-format on */

int main(void)
{
    return scene_suite_run("findings/rules_syntax", scenes, sizeof(scenes) / sizeof(*scenes), NULL);
}
