/* The sentence that sums up a session, for every outcome and stage. */
#include "findings/diagnosis.h"

#include "support/scene.h"

#define CONTENT "C| Subject: x\\r\\n\\r\\nhi\\r\\n.\\r\\n\n"
#define CLIENT_HELLO "C| \\x16\\x03\\x01\\x00\\x04\\x01\\x00\\x00\\x00\n"
#define STARTTLS SCENE_EHLO "S: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n" CLIENT_HELLO

/* The one who closed did so before the other's last line. */
static void close_before(struct tcp_summary *tcp)
{
    tcp->first_close.at.ns -= 3 * STAMP_SECOND;
}

/* The last packet is the one that held the last line. */
static void end_at_last_line(struct tcp_summary *tcp)
{
    tcp->last.at.ns -= STAMP_SECOND;
}

static void leave_unacknowledged(struct tcp_summary *tcp)
{
    tcp->client.unacknowledged = 5;
}

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "delivered",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA CONTENT "S: 250 2.0.0 Ok: queued as 4AB3\n"
                SCENE_QUIT,
      .summary = "ok: delivered: 1 message of 18 octets to 1 recipient, queued as 4AB3" },
    { .name = "delivered, two messages",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA CONTENT "S: 250 ok\n" SCENE_ENVELOPE
                SCENE_DATA CONTENT "S: 250 ok\n" SCENE_QUIT,
      .summary = "ok: delivered: 2 messages of 36 octets in all to 2 recipients" },
    { .name = "partial: one recipient refused",
      .script = SCENE_HELLO SCENE_ENVELOPE "C: RCPT TO:<e@d.example>\nS: 550 5.1.1 unknown\n"
                SCENE_DATA CONTENT "S: 250 ok\n" SCENE_QUIT,
      .summary = "warning: delivered in part: 1 message of 18 octets to 1 recipient; rejected at "
                 "RCPT TO <e@d.example>: 550 5.1.1 unknown" },
    { .name = "partial: one recipient deferred",
      .script = SCENE_HELLO SCENE_ENVELOPE "C: RCPT TO:<e@d.example>\nS: 450 later\n"
                SCENE_DATA CONTENT "S: 250 ok\n" SCENE_QUIT,
      .summary = "warning: delivered in part: 1 message of 18 octets to 1 recipient; deferred at "
                 "RCPT TO <e@d.example>: 450 later" },
    { .name = "partial: a second message broken off",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA CONTENT "S: 250 ok\n" SCENE_ENVELOPE
                SCENE_DATA "C: half\n", .end = SCENE_CLIENT_RESETS,
      .summary = "warning: delivered in part: 1 message of 18 octets to 1 recipient; another "
                 "message was not finished" },

    { .name = "rejected by the greeting",
      .script = "S: 554 5.7.1 no service\n" SCENE_QUIT,
      .summary = "error: rejected at the greeting: 554 5.7.1 no service" },
    { .name = "deferred by the greeting",
      .script = "S: 421 busy\n", .end = SCENE_SERVER_CLOSES,
      .summary = "warning: deferred at the greeting: 421 busy" },
    { .name = "rejected at EHLO",
      .script = "S: 220 mx\nC: EHLO c\nS: 550 bad name\n" SCENE_QUIT,
      .summary = "error: rejected at EHLO: 550 bad name" },
    { .name = "deferred at STARTTLS",
      .script = SCENE_EHLO "S: 250 STARTTLS\nC: STARTTLS\nS: 454 4.7.0 no TLS now\n" SCENE_QUIT,
      .summary = "warning: deferred at STARTTLS: 454 4.7.0 no TLS now" },
    { .name = "rejected at AUTH",
      .script = SCENE_EHLO "S: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YQ==\n"
                "S: 334 UGFzc3dvcmQ6\nC: Yg==\nS: 535 5.7.8 bad credentials\n" SCENE_QUIT,
      .summary = "error: rejected at AUTH: 535 5.7.8 bad credentials" },
    { .name = "rejected at MAIL",
      .script = SCENE_HELLO "C: MAIL FROM:<a@c.example> SIZE=1\n"
                "S: 530-5.7.0 Must issue\nS: 530 5.7.0 a STARTTLS first\n" SCENE_QUIT,
      .summary = "error: rejected at MAIL FROM <a@c.example>: 530 5.7.0 Must issue a STARTTLS "
                 "first" },
    { .name = "rejected at a MAIL that is written wrong",
      .script = SCENE_HELLO "C: MAIL a@c.example\nS: 501 syntax\n" SCENE_QUIT,
      .summary = "error: rejected at MAIL a@c.example: 501 syntax" },
    { .name = "rejected at RCPT, not at the DATA that follows",
      .script = SCENE_EHLO "S: 250 PIPELINING\n" "C: MAIL FROM:<a@c.example>\n"
                "C: RCPT TO:<x@d.example>\nC: DATA\nS: 250 ok\nS: 550 5.1.1 User unknown\n"
                "S: 554 no valid recipients\n" SCENE_QUIT,
      .summary = "error: rejected at RCPT TO <x@d.example>: 550 5.1.1 User unknown" },
    { .name = "deferred at RCPT",
      .script = SCENE_HELLO SCENE_MAIL "C: RCPT TO:<x@d.example>\nS: 450 4.2.0 greylisted\n"
                SCENE_QUIT,
      .summary = "warning: deferred at RCPT TO <x@d.example>: 450 4.2.0 greylisted" },
    { .name = "deferred at DATA",
      .script = SCENE_HELLO SCENE_ENVELOPE "C: DATA\nS: 451 not now\n" SCENE_QUIT,
      .summary = "warning: deferred at DATA: 451 not now" },
    { .name = "rejected at the end of the message",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA CONTENT "S: 550 5.7.1 spam\n" SCENE_QUIT,
      .summary = "error: rejected at the end of the message: 550 5.7.1 spam" },

    { .name = "refused",
      .script = "", .alter = scene_refuse,
      .summary = "error: connection to port 25 refused: the server answered the SYN with a reset "
                 "(RST)" },
    { .name = "refused by ICMP",
      .script = "", .alter = scene_refuse_by_icmp, .port = 587,
      .summary = "error: connection to port 587 refused: an ICMP error said that the server cannot "
                 "be reached" },
    { .name = "unanswered",
      .script = "", .alter = scene_leave_unanswered,
      .summary = "error: connection to port 25 never answered: 7 SYNs over 63.0 s" },
    { .name = "unanswered, one SYN",
      .script = "", .alter = scene_ask_once,
      .summary = "error: connection to port 25 never answered: 1 SYN" },

    { .name = "aborted before the greeting",
      .script = "wait 29\n", .end = SCENE_CLIENT_CLOSES,
      .summary = "error: closed by the client 30.0 s after it was opened, before any greeting" },
    { .name = "a client that looks whether the port is open",
      .script = "", .end = SCENE_CLIENT_RESETS,
      .summary = "warning: reset by the client 1.0 s after it was opened, before any greeting (a "
                 "probe or a health check)" },
    { .name = "a command sent to a server that had closed",
      .script = SCENE_HELLO "C: MAIL FROM:<a@c.example>\n", .end = SCENE_CLIENT_RESETS_LATE,
      .alter = close_before,
      .summary = "error: closed by the server 2.0 s before MAIL, which was never answered" },
    { .name = "aborted with a command unanswered",
      .script = SCENE_HELLO "C: MAIL FROM:<a@c.example>\nwait 10\n", .end = SCENE_SERVER_RESETS,
      .summary = "error: reset by the server 11.0 s after MAIL, which was never answered" },
    { .name = "aborted with a group unanswered: the oldest is named",
      .script = SCENE_EHLO "S: 250 PIPELINING\nC: MAIL FROM:<a@c.example>\n"
                "C: RCPT TO:<b@d.example>\nC: DATA\n", .end = SCENE_SERVER_CLOSES,
      .summary = "error: closed by the server 3.0 s after MAIL, which was never answered" },
    { .name = "aborted in content, with the server's word",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C: half\nwait 297\nS: 421 4.4.2 timeout\n",
      .end = SCENE_SERVER_CLOSES,
      .summary = "error: closed by the server 301.0 s after DATA began: 421 4.4.2 timeout" },
    { .name = "aborted in content, without a word",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C: half\n", .end = SCENE_CLIENT_CLOSES,
      .summary = "error: closed by the client 3.0 s after DATA began, in the middle of the "
                 "message" },
    { .name = "aborted after the end of the message",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA CONTENT "wait 60\n",
      .end = SCENE_CLIENT_CLOSES,
      .summary = "error: closed by the client 61.0 s after the end of the message, which was never "
                 "answered" },
    { .name = "aborted after an end of the message that the server never received",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA CONTENT "wait 60\n",
      .end = SCENE_CLIENT_CLOSES, .alter = leave_unacknowledged,
      .summary = "error: closed by the client 61.0 s after the end of the message, which never "
                 "reached the server",
      .fix = "Look for the loss" },
    { .name = "reset by a server that did not receive the end of the message",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA CONTENT,
      .end = SCENE_SERVER_RESETS, .alter = leave_unacknowledged,
      .summary = "error: reset by the server 1.0 s after the end of the message, which never "
                 "reached the server",
      .fix = "Look into the log of the side that closed" },
    { .name = "aborted in the middle of a transaction",
      .script = SCENE_HELLO SCENE_ENVELOPE, .end = SCENE_CLIENT_CLOSES,
      .summary = "error: closed by the client 2.0 s after RCPT" },
    { .name = "aborted by an idle limit",
      .script = SCENE_HELLO "wait 300\nS: 421 4.4.2 idle\n", .end = SCENE_SERVER_CLOSES,
      .summary = "error: closed by the server 304.0 s after EHLO: 421 4.4.2 idle" },
    { .name = "aborted by an idle limit right after the greeting",
      .script = "S: 220 mx\nwait 300\nS: 421 4.4.2 idle\n", .end = SCENE_SERVER_CLOSES,
      .summary = "error: closed by the server 302.0 s after the greeting: 421 4.4.2 idle" },
    { .name = "fell silent",
      .script = SCENE_HELLO "C: MAIL FROM:<a@c.example>\n", .end = SCENE_IDLE,
      .summary = "error: fell silent 1.0 s after MAIL, which was never answered" },
    { .name = "fell silent with the command",
      .script = SCENE_HELLO "C: MAIL FROM:<a@c.example>\n", .end = SCENE_IDLE,
      .alter = end_at_last_line,
      .summary = "error: fell silent right after MAIL, which was never answered" },
    { .name = "aborted in the TLS handshake",
      .script = STARTTLS "C| \\x15\\x03\\x01\\x00\\x02\\x02\\x30\n", .end = SCENE_CLIENT_CLOSES,
      .summary = "error: TLS handshake failed: client sent alert unknown_ca" },
    { .name = "aborted in the TLS handshake, no answer",
      .script = STARTTLS, .end = SCENE_SERVER_CLOSES,
      .summary = "error: TLS handshake failed: the server never answered the ClientHello" },

    { .name = "TLS on a plain port",
      .script = CLIENT_HELLO "S: 220 mx ESMTP\nS: 500 what\n", .port = 587,
      .end = SCENE_SERVER_CLOSES,
      .summary = "error: the client began with TLS on port 587, where the server speaks "
                 "plain SMTP" },
    { .name = "plain SMTP on port 465",
      .script = "C: EHLO c\n", .port = 465, .end = SCENE_SERVER_CLOSES,
      .summary = "error: plain SMTP on port 465, which is for TLS from the first octet" },
    { .name = "a client that waits for a greeting on port 465",
      .script = "wait 11\n", .port = 465, .end = SCENE_CLIENT_CLOSES,
      .summary = "error: plain SMTP on port 465, which is for TLS from the first octet" },
    { .name = "mail that went through on port 465 in plain is delivered",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA CONTENT "S: 250 ok\n" SCENE_QUIT,
      .port = 465,
      .summary = "ok: delivered: 1 message of 18 octets to 1 recipient" },

    { .name = "delivered in clear, because something hides STARTTLS",
      .script = SCENE_EHLO "S: 250 XXXXXXXA\n" SCENE_ENVELOPE SCENE_DATA CONTENT "S: 250 ok\n"
                SCENE_QUIT,
      .summary = "error: delivered: 1 message of 18 octets to 1 recipient; something on the way "
                 "hides STARTTLS",
      .fix = "Firewall: switch off the inspection of SMTP" },
    { .name = "a command slipped in ahead of TLS",
      .script = SCENE_EHLO "S: 250 STARTTLS\nC| STARTTLS\\r\\nRSET\\r\\n\nS: 220 go\n" CLIENT_HELLO,
      .end = SCENE_SERVER_CLOSES,
      .summary = "error: TLS handshake failed: the server never answered the ClientHello; a command "
                 "came in clear ahead of TLS (STARTTLS injection)" },
    { .name = "a reply slipped in ahead of TLS",
      .script = SCENE_EHLO "S: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nS: 250 AUTH PLAIN\n"
                CLIENT_HELLO,
      .end = SCENE_SERVER_CLOSES,
      .summary = "error: TLS handshake failed: the server never answered the ClientHello; a reply "
                 "came in clear ahead of TLS (STARTTLS injection)" },
    { .name = "a probe",
      .script = "S: 220 mx\n",
      .summary = "info: no mail sent: the client left after the greeting (a probe or a health "
                 "check)" },
    { .name = "a health check",
      .script = SCENE_HELLO SCENE_QUIT,
      .summary = "info: no mail sent: the client said EHLO and left (a probe or a health check)" },
    { .name = "AUTH only",
      .script = SCENE_EHLO "S: 250 AUTH PLAIN\nC: AUTH PLAIN AGEAYg==\nS: 235 ok\n" SCENE_QUIT,
      .summary = "info: no mail sent: the client authenticated and left" },
    { .name = "a message given up between two chunks",
      .script = SCENE_EHLO "S: 250 CHUNKING\n" SCENE_ENVELOPE
                "C| BDAT 2\\r\\nhi\nS: 250 ok\nC: RSET\nS: 250 ok\n" SCENE_QUIT,
      .summary = "info: no mail sent: the client gave a message up between two chunks of it (BDAT) "
                 "and left" },
    { .name = "a call-out",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_QUIT,
      .summary = "info: no mail sent: the envelope was accepted, then the client left without a "
                 "message (a call-out)" },

    { .name = "incomplete: the capture ended",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C: half\n", .end = SCENE_CAPTURE_ENDS,
      .summary = "warning: outcome not known: the capture ended in the middle of the session" },
    { .name = "incomplete: a hole",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA CONTENT "S! 12\n" SCENE_QUIT,
      .summary = "warning: outcome not known: octets that decide are missing from the capture (0 "
                 "of the client's, 12 of the server's)" },
    { .name = "incomplete: one side",
      .script = "C: EHLO c\nC: QUIT\n", .alter = scene_lose_server,
      .summary = "warning: outcome not known: what the server said was not captured" },
    { .name = "incomplete: the beginning",
      .script = "midstream\n" SCENE_QUIT,
      .summary = "warning: outcome not known: the capture began in the middle of the session" },
    { .name = "incomplete: snapped",
      .script = SCENE_HELLO SCENE_QUIT, .alter = scene_snap,
      .summary = "warning: outcome not known: the capture cut its packets short" },
};
/* clang-format on */

int main(void)
{
    return scene_suite_run("findings/diagnosis", scenes, sizeof(scenes) / sizeof(*scenes), NULL);
}
