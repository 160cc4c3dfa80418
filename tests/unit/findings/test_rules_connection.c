/* Findings about the connection. */
#include "support/scene.h"

#define CLIENT_HELLO "C| \\x16\\x03\\x01\\x00\\x04\\x01\\x00\\x00\\x00\n"

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "TLS at once where the server speaks plain text",
      .script = CLIENT_HELLO "S: 220 mx ESMTP\nS: 500 what\n", .end = SCENE_SERVER_CLOSES,
      .port = 587,
      .findings = "error tls-on-plain-port at 1",
      .message = "the client began TLS at once on port 587, and the server answered in plain text "
                 "(220)" },
    { .name = "TLS at once on port 465 and a server that speaks plain text",
      .script = "S: 220 mx ESMTP\n" CLIENT_HELLO "S: 500 what\n", .end = SCENE_SERVER_CLOSES,
      .port = 465,
      .findings = "error plain-on-tls-port at 1",
      .message = "the server answers in plain text (220) on port 465, where the client began TLS" },
    { .name = "a plain dialogue on port 465 that works may be a tap's",
      .script = SCENE_HELLO SCENE_QUIT, .port = 465,
      .findings = "error plain-on-tls-port at 1",
      .message = "the server speaks plain text (220) on port 465" },
    { .name = "a plain client on port 465",
      .script = "C: EHLO c\n", .port = 465, .end = SCENE_SERVER_CLOSES,
      .findings = "error plain-on-tls-port at 1; warning unanswered-command at 1",
      .message = "the client speaks plain text on port 465, where the server waits for TLS" },
    { .name = "a client that waits for a greeting on port 465",
      .script = "wait 11\n", .port = 465, .end = SCENE_CLIENT_CLOSES,
      .findings = "error plain-on-tls-port",
      .message = "nobody said anything for 12.0 s on port 465: the client waited for a greeting, "
                 "and the server for TLS" },
    { .name = "a probe of port 465 stays no longer",
      .script = "wait 4\n", .port = 465, .end = SCENE_CLIENT_CLOSES, .findings = "" },
    { .name = "silence on port 587 is the server's",
      .script = "wait 11\n", .port = 587, .end = SCENE_CLIENT_CLOSES, .findings = "" },
    { .name = "a connection to port 465 that is still open may yet begin",
      .script = "wait 11\n", .port = 465, .end = SCENE_CAPTURE_ENDS, .findings = "" },
    { .name = "a plain dialogue on port 587",
      .script = SCENE_HELLO SCENE_QUIT, .port = 587, .findings = "" },

    { .name = "a SYN answered by a reset",
      .script = "", .alter = scene_refuse, .findings = "error connection-refused",
      .message = "the SYN was answered 43 µs later by a reset (RST)" },
    { .name = "a SYN answered by ICMP",
      .script = "", .alter = scene_refuse_by_icmp, .findings = "error connection-refused",
      .message = "the SYN was answered 43 µs later by an ICMP error, communication "
                 "administratively prohibited, from 203.0.113.9" },
    { .name = "SYNs that nobody answered",
      .script = "", .alter = scene_leave_unanswered, .findings = "error connection-unanswered",
      .message = "7 SYNs in 63.0 s, and no answer" },

    { .name = "a reset in the middle of a command",
      .script = SCENE_HELLO "C: MAIL FROM:<a@c.example>\n", .end = SCENE_SERVER_RESETS,
      .findings = "error connection-reset; warning unanswered-command at 4" },
    { .name = "a reset after QUIT",
      .script = SCENE_HELLO SCENE_QUIT, .end = SCENE_CLIENT_RESETS, .findings = "" },
    { .name = "a reset after QUIT that was not answered",
      .script = SCENE_HELLO "C: QUIT\n", .end = SCENE_CLIENT_RESETS, .findings = "" },
    { .name = "a reset after 421",
      .script = SCENE_HELLO "S: 421 idle\n", .end = SCENE_SERVER_RESETS, .findings = "" },
    { .name = "a reset that a monitor ends its probe with loses no mail",
      .script = SCENE_HELLO, .end = SCENE_CLIENT_RESETS,
      .findings = "warning connection-reset; info quit-missing" },
    { .name = "a reset of who only looks whether the port is open",
      .script = "", .end = SCENE_CLIENT_RESETS, .findings = "warning connection-reset" },
    { .name = "a reset of who has waited long for the greeting",
      .script = "wait 9\n", .end = SCENE_CLIENT_RESETS, .findings = "error connection-reset" },
    { .name = "a reset after the other side had closed",
      .script = SCENE_HELLO "C: MAIL FROM:<a@c.example>\n", .end = SCENE_CLIENT_RESETS_LATE,
      .findings = "warning unanswered-command at 4; info connection-reset" },

    { .name = "a session that fell silent",
      .script = SCENE_HELLO "C: MAIL FROM:<a@c.example>\n", .end = SCENE_IDLE,
      .findings = "error connection-idle; warning unanswered-command at 4" },
    { .name = "a session that fell silent after its message",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n.\\r\\n\nS: 250 ok\n",
      .end = SCENE_IDLE, .findings = "warning connection-idle" },
    { .name = "a session that fell silent after QUIT",
      .script = SCENE_HELLO SCENE_QUIT, .end = SCENE_IDLE, .findings = "" },
};
/* clang-format on */

int main(void)
{
    return scene_suite_run("findings/rules_connection", scenes, sizeof(scenes) / sizeof(*scenes),
                           NULL);
}
