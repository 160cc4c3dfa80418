/* Findings about commands sent before the reply to the one before them. Lines of the script that
 * follow each other without a reply between them are one flight. */
#include "support/scene.h"

#define OFFERED SCENE_EHLO "S: 250 PIPELINING\n"
#define RESET "C: RSET\nS: 250 ok\n" SCENE_QUIT

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "a group and no offer",
      .script = SCENE_HELLO "C: MAIL FROM:<a@c.example>\nC: RCPT TO:<b@d.example>\n"
                "S: 250 ok\nS: 250 ok\n" RESET,
      .findings = "warning pipelining-not-offered at 5",
      .message = "RCPT was sent before the reply to MAIL, and the server did not offer "
                 "PIPELINING" },
    { .name = "a group after HELO",
      .script = "S: 220 mx\nC: HELO c\nS: 250 mx\nC: MAIL FROM:<a@c.example>\n"
                "C: RCPT TO:<b@d.example>\nS: 250 ok\nS: 250 ok\n" RESET,
      .findings = "warning pipelining-not-offered at 5",
      .message = "RCPT was sent before the reply to MAIL, and the server was greeted with HELO" },
    { .name = "a group and the offer",
      .script = OFFERED "C: MAIL FROM:<a@c.example>\nC: RCPT TO:<b@d.example>\nC: DATA\n"
                "S: 250 ok\nS: 250 ok\nS: 354 go\nC| hi\\r\\n.\\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "one at a time and no offer",
      .script = SCENE_HELLO SCENE_ENVELOPE RESET,
      .findings = "" },
    { .name = "a group where the offer was not captured",
      .script = "midstream\nC: MAIL FROM:<a@c.example>\nC: RCPT TO:<b@d.example>\n"
                "S: 250 ok\nS: 250 ok\n" RESET,
      .findings = "info capture-midstream" },
    { .name = "two chunks in one flight and no offer",
      .script = SCENE_EHLO "S: 250 CHUNKING\n" SCENE_ENVELOPE
                "C| BDAT 2\\r\\nhi\nC| BDAT 2 LAST\\r\\nhi\nS: 250 ok\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning pipelining-not-offered at 10",
      .message = "BDAT was sent before the reply to a BDAT chunk" },

    { .name = "a command in the flight of EHLO",
      .script = "S: 220 mx\nC: EHLO c\nC: MAIL FROM:<a@c.example>\nS: 250-mx\nS: 250 PIPELINING\n"
                "S: 250 ok\n" RESET,
      .findings = "warning pipelining-out-of-sync at 3",
      .message = "MAIL was sent before the reply to EHLO, which must be waited for" },
    { .name = "a command in the flight of EHLO, before the greeting of a server that lets it",
      .script = "C: EHLO c\nC: MAIL FROM:<a@c.example>\nS: 220 mx\nS: 250-mx\nS: 250-PIPELINING\n"
                "S: 250 PIPECONNECT\nS: 250 ok\n" RESET,
      .findings = "info early-talker at 1 x2" },
    { .name = "the same after its greeting",
      .script = "S: 220 mx\nC: EHLO c\nC: MAIL FROM:<a@c.example>\nS: 250-mx\nS: 250-PIPELINING\n"
                "S: 250 PIPECONNECT\nS: 250 ok\n" RESET,
      .findings = "warning pipelining-out-of-sync at 3" },
    { .name = "a message in the flight of DATA",
      .script = OFFERED SCENE_ENVELOPE "C: DATA\nC| hi\\r\\n.\\r\\n\nS: 354 go\nS: 250 ok\n"
                SCENE_QUIT,
      .findings = "warning pipelining-out-of-sync at 10",
      .message = "the message was sent before the reply to DATA" },
    { .name = "a command in the flight of NOOP",
      .script = OFFERED "C: NOOP\nC: RSET\nS: 250 ok\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning pipelining-out-of-sync at 5" },
    { .name = "a command in the flight of VRFY",
      .script = OFFERED "C: VRFY x\nC: RSET\nS: 252 ok\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning pipelining-out-of-sync at 5" },
    { .name = "a command in the flight of an extension's verb",
      .script = SCENE_EHLO "S: 250-PIPELINING\nS: 250 ETRN\nC: ETRN d.example\nC: RSET\nS: 250 ok\n"
                "S: 250 ok\n" SCENE_QUIT,
      .findings = "warning pipelining-out-of-sync at 5" },
    { .name = "RSET may stand anywhere, and QUIT last",
      .script = OFFERED SCENE_MAIL "C: RSET\nC: MAIL FROM:<a@c.example>\nC: QUIT\nS: 250 ok\n"
                "S: 250 ok\nS: 221 bye\n",
      .findings = "" },
    { .name = "what follows an end of data is allowed",
      .script = OFFERED SCENE_ENVELOPE SCENE_DATA
                "C| hi\\r\\n.\\r\\nMAIL FROM:<a@c.example>\\r\\nRCPT TO:<b@d.example>\\r\\n\n"
                "S: 250 queued\nS: 250 ok\nS: 250 ok\n" RESET,
      .findings = "" },
    { .name = "chunks may follow each other",
      .script = SCENE_EHLO "S: 250-PIPELINING\nS: 250 CHUNKING\n" SCENE_ENVELOPE
                "C| BDAT 2\\r\\nhi\nC| BDAT 2 LAST\\r\\nhi\nC: RSET\nS: 250 ok\nS: 250 ok\n"
                "S: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "AUTH that says all at once may be followed",
      .script = SCENE_EHLO "S: 250-PIPELINING\nS: 250 AUTH PLAIN LOGIN\nC: AUTH PLAIN AGEAYg==\n"
                "C: MAIL FROM:<a@c.example>\nS: 235 ok\nS: 250 ok\n" RESET,
      .findings = "warning auth-in-clear at 4" },
    { .name = "AUTH that needs another round may not",
      .script = SCENE_EHLO "S: 250-PIPELINING\nS: 250 AUTH CRAM-MD5\nC: AUTH CRAM-MD5\n"
                "C: YQ==\nS: 334 PDFAYz4=\nS: 235 ok\n" SCENE_QUIT,
      .findings = "warning pipelining-out-of-sync at 6",
      .message = "an AUTH answer was sent before the reply to AUTH" },
    { .name = "replies in one segment are not early commands",
      .script = OFFERED "C: MAIL FROM:<a@c.example>\nC: RCPT TO:<b@d.example>\n"
                "S| 250 ok\\r\\n250 ok\\r\\n\n" RESET,
      .findings = "" },
};
/* clang-format on */

int main(void)
{
    return scene_suite_run("findings/rules_pipelining", scenes, sizeof(scenes) / sizeof(*scenes),
                           NULL);
}
