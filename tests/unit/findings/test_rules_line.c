/* Findings about single lines: each limit at the limit and one past it. */
#include "support/scene.h"

#define CONTENT SCENE_HELLO SCENE_ENVELOPE SCENE_DATA
#define TAKEN "S: 250 queued\n" SCENE_QUIT

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "a command of 512 octets with its CRLF is in order",
      .script = SCENE_HELLO "C| NOOP \nC* 505 x\nC+ \\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "a command of 513 octets is too long",
      .script = SCENE_HELLO "C| NOOP \nC* 506 x\nC+ \\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error command-line-too-long at 4",
      .message = "NOOP of 513 octets; the limit here is 512 (no extension "
                 "lengthens this command)" },
    { .name = "two of them are one finding, at the first",
      .script = SCENE_HELLO
                "C| NOOP \nC* 600 x\nC+ \\r\\n\nS: 250 ok\n"
                "C| NOOP \nC* 700 x\nC+ \\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error command-line-too-long at 4 x2",
      .message = "NOOP of 607 octets" },
    { .name = "AUTH has 512 octets, its initial response included",
      .script = SCENE_EHLO "S: 250 AUTH XOAUTH2\n"
                "C| AUTH XOAUTH2 \nC* 497 A\nC+ \\r\\n\nS: 235 ok\n" SCENE_QUIT,
      .findings = "warning auth-in-clear at 4" },
    { .name = "AUTH of 513 octets is too long",
      .script = SCENE_EHLO "S: 250 AUTH XOAUTH2\n"
                "C| AUTH XOAUTH2 \nC* 498 A\nC+ \\r\\n\nS: 235 ok\n" SCENE_QUIT,
      .findings = "error command-line-too-long at 4; warning auth-in-clear at 4" },
    { .name = "an answer to a challenge has 12288 octets",
      .script = SCENE_EHLO "S: 250 AUTH GSSAPI\nC: AUTH GSSAPI\nS: 334 \n"
                "C* 12286 A\nC+ \\r\\n\nS: 235 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "an answer of 12289 octets is too long",
      .script = SCENE_EHLO "S: 250 AUTH GSSAPI\nC: AUTH GSSAPI\nS: 334 \n"
                "C* 12287 A\nC+ \\r\\n\nS: 235 ok\n" SCENE_QUIT,
      .findings = "error command-line-too-long at 6",
      .message = "an AUTH answer of 12,289 octets; the limit here is 12,288 (for an "
                 "answer to a challenge)" },
    { .name = "two lines run together by a hole are not taken for a long one",
      .script = SCENE_HELLO "C* 400 x\nC! 100\nC* 400 x\nC+ \\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "info capture-gap at 4" },

    { .name = "a reply line of 512 octets is in order",
      .script = SCENE_HELLO "C: NOOP\nS| 250 \nS* 506 x\nS+ \\r\\n\n" SCENE_QUIT,
      .findings = "" },
    { .name = "a reply line of 513 octets is too long",
      .script = SCENE_HELLO "C: NOOP\nS| 250 \nS* 507 x\nS+ \\r\\n\n" SCENE_QUIT,
      .findings = "warning reply-line-too-long at 5",
      .message = "reply 250 has a line of 513 octets; the limit is 512" },
    { .name = "a reply of many short lines is not too long",
      .script = SCENE_HELLO "C: HELP\nS* 100 214-0123456789\\r\\n\nS: 214 end\n" SCENE_QUIT,
      .findings = "" },
    { .name = "a challenge has 12288 octets",
      .script = SCENE_EHLO "S: 250 AUTH GSSAPI\nC: AUTH GSSAPI\nS| 334 \nS* 12282 A\nS+ \\r\\n\n"
                "C: AAAA\nS: 235 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "a challenge of 12289 octets is too long",
      .script = SCENE_EHLO "S: 250 AUTH GSSAPI\nC: AUTH GSSAPI\nS| 334 \nS* 12283 A\nS+ \\r\\n\n"
                "C: AAAA\nS: 235 ok\n" SCENE_QUIT,
      .findings = "warning reply-line-too-long at 5" },

    { .name = "a text line of 1000 octets is in order",
      .script = CONTENT "C* 998 x\nC+ \\r\\n.\\r\\n\n" TAKEN,
      .findings = "" },
    { .name = "a text line of 1001 octets is too long",
      .script = CONTENT "C* 999 x\nC+ \\r\\n.\\r\\n\n" TAKEN,
      .findings = "warning text-line-too-long at 10",
      .message = "1 line of the message over 1,000 octets; the longest has 1,001" },
    { .name = "a stuffed dot is not counted",
      .script = CONTENT "C| ..\nC* 997 x\nC+ \\r\\n.\\r\\n\n" TAKEN,
      .findings = "" },
    { .name = "a BDAT of text has lines too",
      .script = SCENE_EHLO "S: 250 CHUNKING\n" SCENE_ENVELOPE
                "C: BDAT 1001 LAST\nC* 999 x\nC+ \\r\\n\nS: 250 queued\n" SCENE_QUIT,
      .findings = "warning text-line-too-long at 9" },
    { .name = "CR and LF parted by two chunks are a CRLF",
      .script = SCENE_EHLO "S: 250 CHUNKING\n" SCENE_ENVELOPE
                "C| BDAT 3\\r\\nhi\\r\nS: 250 ok\nC| BDAT 5 LAST\\r\\n\\nho\\r\\n\nS: 250 queued\n"
                SCENE_QUIT,
      .findings = "" },
    { .name = "a BDAT after BODY=BINARYMIME has none",
      .script = SCENE_EHLO "S: 250-CHUNKING\nS: 250 BINARYMIME\n"
                "C: MAIL FROM:<a@c.example> BODY=BINARYMIME\nS: 250 ok\n"
                "C: RCPT TO:<b@d.example>\nS: 250 ok\n"
                "C: BDAT 1004 LAST\nC* 1000 x\nC+ \\0\\n\\r\\xff\nS: 250 queued\n" SCENE_QUIT,
      .findings = "" },

    { .name = "a command that ends in LF alone",
      .script = SCENE_HELLO "C| NOOP\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error bare-lf at 4",
      .message = "NOOP ends with a bare LF instead of CRLF" },
    { .name = "a reply that ends in LF alone",
      .script = SCENE_HELLO "C: NOOP\nS| 250 ok\\n\n" SCENE_QUIT,
      .findings = "warning bare-lf at 5" },
    { .name = "a bare LF in the message's text",
      .script = CONTENT "C| a\\nb\\r\\n.\\r\\n\n" TAKEN,
      .findings = "warning bare-lf at 10",
      .message = "1 bare LF in the message, the first at octet 1" },
    { .name = "a bare LF before the end of data",
      .script = CONTENT "C| a\\n.\\r\\nb\\r\\n.\\r\\n\n" TAKEN,
      .findings = "error bare-lf at 10; warning smtp-smuggling at 10" },
    { .name = "a bare LF far from a look-alike of CRs does not share its danger",
      .script = CONTENT "C| a\\nb\\r\\nc\\r.\\rd\\r\\n.\\r\\n\n" TAKEN,
      .findings = "error bare-cr at 10 x2; warning bare-lf at 10; "
                  "warning smtp-smuggling at 10" },
    { .name = "a command with a bare CR in it",
      .script = SCENE_HELLO "C| NOOP a\\rb\\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error bare-cr at 4",
      .message = "NOOP with a bare CR in it" },
    { .name = "a bare CR in the message's text",
      .script = CONTENT "C| a\\rb\\r\\n.\\r\\n\n" TAKEN,
      .findings = "warning bare-cr at 10" },
    { .name = "CRLF everywhere",
      .script = CONTENT "C| a\\r\\n\\r\\nb\\r\\n.\\r\\n\n" TAKEN,
      .findings = "" },

    { .name = "a command that the connection's end cut off",
      .script = SCENE_HELLO "C| MAIL FROM:<a@\n",
      .findings = "warning line-unterminated at 4; info quit-missing",
      .message = "MAIL broke off after 13 octets" },
    { .name = "a reply that the connection's end cut off",
      .script = SCENE_HELLO "C: QUIT\nS| 221 by\n", .end = SCENE_SERVER_CLOSES,
      .findings = "warning line-unterminated at 5" },
    { .name = "a line that the capture's end cut off is not judged",
      .script = SCENE_HELLO "C| MAIL FROM:<a@\n", .end = SCENE_CAPTURE_ENDS,
      .findings = "" },
    { .name = "a line that a hole cut off is not judged",
      .script = SCENE_HELLO "C| MAIL FROM:<a@\nC! 20\n",
      .findings = "info capture-gap at 4" },

    { .name = "NUL in a command",
      .script = SCENE_HELLO "C| NOOP a\\0b\\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning nul-octet at 4" },
    { .name = "NUL in a reply",
      .script = SCENE_HELLO "C: NOOP\nS| 250 a\\0b\\r\\n\n" SCENE_QUIT,
      .findings = "warning nul-octet at 5" },
    { .name = "NUL in a message",
      .script = CONTENT "C| a\\0b\\0\\r\\n.\\r\\n\n" TAKEN,
      .findings = "warning nul-octet at 10 x2",
      .message = "2 NUL octets in the message, the first at octet 1" },

    { .name = "an address with octets over 127 and no SMTPUTF8",
      .script = SCENE_EHLO "S: 250 SMTPUTF8\n"
                "C| MAIL FROM:<\\xc3\\xa4@c.example>\\r\\n\nS: 250 ok\nC: RSET\nS: 250 ok\n"
                SCENE_QUIT,
      .findings = "warning non-ascii-command at 4" },
    { .name = "the same with SMTPUTF8, and RCPT after it",
      .script = SCENE_EHLO "S: 250 SMTPUTF8\n"
                "C| MAIL FROM:<\\xc3\\xa4@c.example> SMTPUTF8\\r\\n\nS: 250 ok\n"
                "C| RCPT TO:<\\xc3\\xa4@c.example>\\r\\n\nS: 250 ok\nC: RSET\nS: 250 ok\n"
                SCENE_QUIT,
      .findings = "" },
    { .name = "VRFY has an SMTPUTF8 of its own",
      .script = SCENE_EHLO "S: 250 SMTPUTF8\nC| VRFY \\xc3\\xa4 SMTPUTF8\\r\\n\nS: 252 ok\n"
                "C| VRFY \\xc3\\xa4\\r\\n\nS: 252 ok\n" SCENE_QUIT,
      .findings = "warning non-ascii-command at 6" },

    { .name = "8-bit text and no offer",
      .script = CONTENT "C| \\xff\\xff\\r\\n.\\r\\n\n" TAKEN,
      .findings = "warning 8bit-not-offered at 10",
      .message = "octets over 127 in the message, the first at octet 0; the server offered "
                 "neither" },
    { .name = "8-bit text after HELO",
      .script = "S: 220 mx\nC: HELO c\nS: 250 mx\n" SCENE_ENVELOPE SCENE_DATA
                "C| \\xff\\r\\n.\\r\\n\n" TAKEN,
      .findings = "warning 8bit-not-offered at 10" },
    { .name = "8-bit text and 8BITMIME",
      .script = SCENE_EHLO "S: 250 8BITMIME\n" SCENE_ENVELOPE SCENE_DATA
                "C| \\xff\\xff\\r\\n.\\r\\n\n" TAKEN,
      .findings = "" },
    { .name = "7-bit text and no offer",
      .script = CONTENT "C| \\x7f\\r\\n.\\r\\n\n" TAKEN,
      .findings = "" },
    { .name = "8-bit text where the offer was not captured",
      .script = "midstream\n" SCENE_ENVELOPE SCENE_DATA "C| \\xff\\r\\n.\\r\\n\n" TAKEN,
      .findings = "info capture-midstream" },
};
/* clang-format on */

int main(void)
{
    return scene_suite_run("findings/rules_line", scenes, sizeof(scenes) / sizeof(*scenes), NULL);
}
