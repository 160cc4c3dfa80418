/* The causes of refusals, as the diagnosis tells them. */
#include "support/scene.h"

#define REFUSED_RCPT(reply) SCENE_HELLO SCENE_MAIL "C: RCPT TO:<b@d>\nS: " reply "\n" SCENE_QUIT
#define RCPT "rejected at RCPT TO <b@d>: "
#define OFFER SCENE_EHLO "S: 250-STARTTLS\nS: 250 AUTH PLAIN LOGIN\n"

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "no such mailbox, by its code alone", .script = REFUSED_RCPT("550 5.1.1 sorry"),
      .summary = "error: " RCPT "550 5.1.1 sorry (no such mailbox)" },
    { .name = "no such mailbox, as its words say", .script = REFUSED_RCPT("550 5.1.1 User unknown"),
      .summary = "error: " RCPT "550 5.1.1 User unknown" },
    { .name = "a mailbox that is not there today", .script = REFUSED_RCPT("450 4.1.1 wait"),
      .summary = "warning: deferred at RCPT TO <b@d>: 450 4.1.1 wait" },
    { .name = "mailbox full", .script = REFUSED_RCPT("552 5.2.2 no"),
      .summary = "error: " RCPT "552 5.2.2 no (the mailbox is full)" },
    { .name = "mailbox full, as its words say", .script = REFUSED_RCPT("552 5.2.2 Over quota"),
      .summary = "error: " RCPT "552 5.2.2 Over quota" },
    { .name = "too large", .script = REFUSED_RCPT("552 5.3.4 no"),
      .summary = "error: " RCPT "552 5.3.4 no (the message is too large)" },
    { .name = "a list by its zone",
      .script = REFUSED_RCPT("554 5.7.1 blocked using zen.spamhaus.org; see there"),
      .summary = "error: " RCPT "554 5.7.1 blocked using zen.spamhaus.org; see there (blocklisted "
                 "by zen.spamhaus.org)" },
    { .name = "a list by its name", .script = REFUSED_RCPT("554 Spamcop says no"),
      .summary = "error: " RCPT "554 Spamcop says no (blocklisted by spamcop)" },
    { .name = "a list in Exim's words",
      .script = REFUSED_RCPT("550 rejected because 192.0.2.1 is in a black list at zen.dnsbl.test"),
      .summary = "error: " RCPT "550 rejected because 192.0.2.1 is in a black list at "
                 "zen.dnsbl.test (blocklisted by zen.dnsbl.test)" },
    { .name = "a number is no list", .script = REFUSED_RCPT("554 listed in 1.2.3.4"),
      .summary = "error: " RCPT "554 listed in 1.2.3.4" },
    { .name = "SPF", .script = REFUSED_RCPT("550 5.7.23 no"),
      .summary = "error: " RCPT "550 5.7.23 no (the sender's domain fails SPF)" },
    { .name = "SPF inside a word", .script = REFUSED_RCPT("550 5.7.23 xspfx"),
      .summary = "error: " RCPT "550 5.7.23 xspfx (the sender's domain fails SPF)" },
    { .name = "DKIM", .script = REFUSED_RCPT("550 5.7.20 no"),
      .summary = "error: " RCPT "550 5.7.20 no (the signature fails DKIM)" },
    { .name = "DMARC, as its words say", .script = REFUSED_RCPT("550 5.7.26 DMARC policy"),
      .summary = "error: " RCPT "550 5.7.26 DMARC policy" },
    { .name = "not authenticated", .script = REFUSED_RCPT("550 5.7.26 no"),
      .summary = "error: " RCPT "550 5.7.26 no (the sender's domain fails SPF, DKIM or DMARC)" },
    { .name = "MAIL before TLS",
      .script = OFFER "C: MAIL FROM:<a@c>\nS: 530 5.7.0 Must issue a STARTTLS command first\n"
                SCENE_QUIT,
      .summary = "error: rejected at MAIL FROM <a@c>: 530 5.7.0 Must issue a STARTTLS command first" },
    { .name = "530 that is about a login",
      .script = OFFER "C: MAIL FROM:<a@c>\nS: 530 5.7.0 Authentication required\n" SCENE_QUIT,
      .summary = "error: rejected at MAIL FROM <a@c>: 530 5.7.0 Authentication required" },
    { .name = "AUTH before TLS, 538",
      .script = OFFER "C: AUTH PLAIN\nS: 538 5.7.11 no\n" SCENE_QUIT,
      .summary = "error: rejected at AUTH: 538 5.7.11 no (the server wants TLS first)" },
    { .name = "AUTH before TLS, 504 5.7.4",
      .script = OFFER "C: AUTH PLAIN\nS: 504 5.7.4 no\n" SCENE_QUIT,
      .summary = "error: rejected at AUTH: 504 5.7.4 no (the server wants TLS first)" },
    { .name = "a mechanism that is not offered",
      .script = OFFER "C: AUTH CRAM-MD5\nS: 504 5.5.4 no\n" SCENE_QUIT,
      .summary = "error: rejected at AUTH: 504 5.5.4 no (the server does not offer CRAM-MD5, but "
                 "PLAIN LOGIN)" },
    { .name = "a mechanism that is not offered, refused like a wrong password",
      .script = OFFER "C: AUTH CRAM-MD5\nS: 535 5.7.8 no mechanism available\n" SCENE_QUIT,
      .summary = "error: rejected at AUTH: 535 5.7.8 no mechanism available (the server does not "
                 "offer CRAM-MD5, but PLAIN LOGIN)",
      .fix = "Set the client to a mechanism from the AUTH line" },
    { .name = "AUTH that is not offered before TLS",
      .script = SCENE_EHLO "S: 250 STARTTLS\nC: AUTH CRAM-MD5\nS: 503 5.5.1 no\n" SCENE_QUIT,
      .summary = "error: rejected at AUTH: 503 5.5.1 no (the server does not offer AUTH before "
                 "STARTTLS)" },
    { .name = "AUTH that is not offered at all",
      .script = SCENE_HELLO "C: AUTH CRAM-MD5\nS: 502 no\n" SCENE_QUIT,
      .summary = "error: rejected at AUTH: 502 no (the server does not offer AUTH)",
      .fix = "Log in on port 587 or 465." },
    { .name = "AUTH that is not offered, as its words say",
      .script = SCENE_HELLO "C: AUTH CRAM-MD5\nS: 503 AUTH used when not advertised\n" SCENE_QUIT,
      .summary = "error: rejected at AUTH: 503 AUTH used when not advertised" },
    { .name = "AUTH that was not offered, and judged all the same",
      .script = SCENE_HELLO "C: AUTH PLAIN AGEAYg==\nS: 535 no\n" SCENE_QUIT,
      .summary = "error: rejected at AUTH: 535 no" },
    { .name = "AUTH after HELO: what is offered is not known",
      .script = "S: 220 mx\nC: HELO c\nS: 250 mx\nC: AUTH PLAIN\nS: 502 5.5.1 no\n" SCENE_QUIT,
      .summary = "error: rejected at AUTH: 502 5.5.1 no" },
    { .name = "a mechanism that is",
      .script = OFFER "C: AUTH LOGIN\nS: 504 5.5.4 no\n" SCENE_QUIT,
      .summary = "error: rejected at AUTH: 504 5.5.4 no" },
};
/* clang-format on */

int main(void)
{
    return scene_suite_run("findings/cause", scenes, sizeof(scenes) / sizeof(*scenes), NULL);
}
