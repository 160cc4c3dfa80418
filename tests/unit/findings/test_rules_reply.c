/* Findings about replies. */
#include "support/scene.h"

#define REPLY(line) SCENE_HELLO "C: NOOP\n" line SCENE_QUIT

static void leave_three_unacknowledged(struct tcp_summary *tcp)
{
    tcp->client.unacknowledged = 3;
}

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "a reply without three digits",
      .script = REPLY("S: hello there\nS: 250 ok\n"),
      .findings = "warning reply-syntax at 5",
      .message = "a reply line without a three-digit code: hello there" },
    { .name = "a reply with neither space nor hyphen",
      .script = REPLY("S: 250_ok\n"),
      .findings = "warning reply-syntax at 5",
      .message = "reply 250: neither a space nor a hyphen follows the code" },
    { .name = "a code of the sixth hundred",
      .script = REPLY("S: 600 no\n"),
      .findings = "warning reply-syntax at 5",
      .message = "reply code 600: the first digit is not 2 to 5" },
    { .name = "a code under 200",
      .script = REPLY("S: 099 no\n"),
      .findings = "warning reply-syntax at 5",
      .message = "reply code 099" },
    { .name = "a second digit over 5 is told, and no more",
      .script = REPLY("S: 472 no\n"),
      .findings = "info reply-syntax at 5",
      .message = "reply code 472: the second digit is not 0 to 5" },
    { .name = "the lowest and the highest codes, no text, and an empty line of several",
      .script = REPLY("S: 250\n") "C: NOOP\nS: 559 x\nC: NOOP\nS: 200-\nS: 200 \n",
      .findings = "" },

    { .name = "lines of one reply with different codes",
      .script = REPLY("S: 250-a\nS: 251 b\n"),
      .findings = "warning reply-code-mismatch at 5",
      .message = "a reply of 2 lines that carry different codes; the last says 251" },
    { .name = "lines of one reply with one code",
      .script = REPLY("S: 250-a\nS: 250 b\n"),
      .findings = "" },

    { .name = "250 with 5.x.x",
      .script = REPLY("S: 250 5.1.1 hm\n"),
      .findings = "warning enhanced-code-mismatch at 5",
      .message = "reply 250 with enhanced code 5.1.1: one says success, the other do not "
                 "try again" },
    { .name = "550 with 4.x.x",
      .script = SCENE_HELLO SCENE_MAIL "C: RCPT TO:<b@d.example>\nS: 550 4.2.2 full\n" SCENE_QUIT,
      .findings = "warning enhanced-code-mismatch at 7" },
    { .name = "550 with 5.x.x",
      .script = SCENE_HELLO SCENE_MAIL "C: RCPT TO:<b@d.example>\nS: 550 5.2.2 full\n" SCENE_QUIT,
      .findings = "" },
    { .name = "EHLO's reply and the greeting have none, whatever they look like",
      .script = "S: 220 5.0.0 mx\nC: EHLO c\nS: 250 4.1.2\n" SCENE_QUIT,
      .findings = "" },
    { .name = "a version number is none",
      .script = REPLY("S: 250 5.1 hm\n"),
      .findings = "" },

    { .name = "a reply to nothing",
      .script = SCENE_HELLO "S: 250 again\n" SCENE_QUIT,
      .findings = "warning unexpected-reply at 4",
      .message = "a reply that nothing asked for: 250 again" },
    { .name = "a reply while the message is being sent",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C: half\nS: 552 too big\n",
      .end = SCENE_SERVER_CLOSES,
      .findings = "error message-unterminated at 11; warning unexpected-reply at 10",
      .message = "6 octets of a message were sent" },
    { .name = "421 may come at any time",
      .script = SCENE_HELLO "S: 421 idle\n", .end = SCENE_SERVER_CLOSES,
      .findings = "" },
    { .name = "a reply whose command lies in a hole",
      .script = SCENE_HELLO "C! 6\nS: 250 ok\n" SCENE_QUIT,
      .findings = "info capture-gap at 4" },

    { .name = "a command that the end left open",
      .script = SCENE_HELLO "C: MAIL FROM:<a@c.example>\n", .end = SCENE_SERVER_CLOSES,
      .findings = "warning unanswered-command at 4",
      .message = "MAIL was never answered; the connection ended 1.0 s later" },
    { .name = "an end of data that the end left open",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n.\\r\\n\n",
      .end = SCENE_SERVER_CLOSES,
      .findings = "error unanswered-command at 10",
      .message = "the end of the message was never answered; the connection ended 1.0 s later" },
    { .name = "an end of data that the server did not acknowledge",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n.\\r\\n\n",
      .end = SCENE_SERVER_CLOSES, .alter = leave_three_unacknowledged,
      .findings = "warning unanswered-command at 10",
      .message = "the end of the message was never answered: the server had not acknowledged the "
                 "client's last 3 octets, so that it never received the whole message; the "
                 "connection ended 1.0 s later" },
    { .name = "an end of data before the octets that the server did not acknowledge",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n.\\r\\nQUIT\\r\\n\n",
      .end = SCENE_SERVER_CLOSES, .alter = leave_three_unacknowledged,
      .findings = "error unanswered-command at 10" },
    { .name = "two commands, the second not acknowledged",
      .script = SCENE_EHLO "S: 250 PIPELINING\nC| NOOP\\r\\nNOOP\\r\\n\n",
      .end = SCENE_SERVER_CLOSES, .alter = leave_three_unacknowledged,
      .findings = "warning unanswered-command at 4 x2",
      .message = "NOOP was never answered; the connection ended 1.0 s later" },
    { .name = "a command that the server did not acknowledge",
      .script = SCENE_HELLO "C: NOOP\n",
      .end = SCENE_SERVER_CLOSES, .alter = leave_three_unacknowledged,
      .findings = "warning unanswered-command at 4",
      .message = "NOOP was never answered: the server had not acknowledged the client's last 3 "
                 "octets, so that it never received it" },
    { .name = "an end of data that was sent although nothing of the group was let through",
      .script = SCENE_EHLO "S: 250 PIPELINING\n"
                "C| MAIL FROM:<a@c.example>\\r\\nRCPT TO:<b@d.example>\\r\\nDATA\\r\\nhi\\r\\n.\\r\\n\n"
                "S: 500 no\n",
      .end = SCENE_SERVER_CLOSES,
      .findings = "warning unanswered-command at 5 x3",
      .message = "RCPT was never answered; the connection ended" },
    { .name = "a last chunk behind one that was refused",
      .script = SCENE_EHLO "S: 250-PIPELINING\nS: 250 CHUNKING\n" SCENE_ENVELOPE
                "C| BDAT 2\\r\\nhiBDAT 2 LAST\\r\\nho\nS: 500 no\n",
      .end = SCENE_SERVER_CLOSES,
      .findings = "warning unanswered-command at 11",
      .message = "a BDAT chunk was never answered" },
    { .name = "a last chunk behind one that was taken",
      .script = SCENE_EHLO "S: 250-PIPELINING\nS: 250 CHUNKING\n" SCENE_ENVELOPE
                "C| BDAT 2\\r\\nhiBDAT 2 LAST\\r\\nho\nS: 250 ok\n",
      .end = SCENE_SERVER_CLOSES,
      .findings = "error unanswered-command at 11" },
    { .name = "a chunk that is not the last",
      .script = SCENE_EHLO "S: 250 CHUNKING\n" SCENE_ENVELOPE "C| BDAT 2\\r\\nhi\n",
      .end = SCENE_SERVER_CLOSES,
      .findings = "warning unanswered-command at 9",
      .message = "a BDAT chunk was never answered" },
    { .name = "a QUIT that the end left open",
      .script = SCENE_HELLO "C: QUIT\n",
      .findings = "" },
    { .name = "a command that 421 left open: it answers the oldest",
      .script = SCENE_HELLO "C: NOOP\nC: NOOP\nS: 421 bye\n", .end = SCENE_SERVER_CLOSES,
      .findings = "warning pipelining-not-offered at 5; warning unanswered-command at 5" },
    { .name = "a command after 421",
      .script = SCENE_HELLO "C: NOOP\nS: 421 bye\nC: NOOP\n", .end = SCENE_SERVER_CLOSES,
      .findings = "" },
    { .name = "a command after QUIT, in its flight",
      .script = SCENE_HELLO "C: QUIT\nC: NOOP\nS: 221 bye\n", .end = SCENE_SERVER_CLOSES,
      .findings = "warning pipelining-not-offered at 5" },
    { .name = "a command that the capture's end left open",
      .script = SCENE_HELLO "C: NOOP\n", .end = SCENE_CAPTURE_ENDS,
      .findings = "" },
    { .name = "a command whose reply may lie in a hole",
      .script = SCENE_HELLO "C: NOOP\nS! 8\n",
      .findings = "info capture-gap at 5; info quit-missing" },
};
/* clang-format on */

int main(void)
{
    return scene_suite_run("findings/rules_reply", scenes, sizeof(scenes) / sizeof(*scenes), NULL);
}
