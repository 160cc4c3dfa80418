/* Credentials are replaced here, before an event exists (RFC 4954). */
#ifndef SMTPSCOPE_SMTP_REDACT_H
#define SMTPSCOPE_SMTP_REDACT_H

#include "base/buf.h"
#include "smtp/event.h"

enum {
    REDACT_SECRETS_KEPT = 8,   /* lines whose echo in a reply is looked for */
    REDACT_SECRET_MAX = 512,   /* octets of each; servers echo less */
    REDACT_TEXT_MAX = 640,     /* a redacted line, its verb and mechanism included */
    REDACT_IDENTITY_MAX = 320, /* RFC 5321 4.5.3.1: local part 64, domain 255, '@' */
    REDACT_MECHANISM_MAX = 24, /* RFC 4422 3.1: 20 octets */
};

/* What is known of the authentication under way, and of secrets seen before. */
struct redactor {
    bool shows_secrets;
    bool has_seen_auth;
    unsigned step; /* SASL lines of this exchange so far */
    bool has_gap;  /* a hole in the client's octets since the AUTH */
    uint8_t mechanism[REDACT_MECHANISM_MAX];
    size_t mechanism_len;
    uint8_t identity[REDACT_IDENTITY_MAX];
    size_t identity_len;
    struct buf secrets[REDACT_SECRETS_KEPT]; /* wiped with redactor_clear */
    unsigned next_secret;
    uint8_t text[REDACT_TEXT_MAX]; /* the redacted form last made */
    size_t text_len;
};

/* Whether there is a secret that a reply may repeat. */
static inline bool redact_has_secrets(const struct redactor *redactor)
{
    return redactor->secrets[0].len > 0;
}

struct redactor redactor_of(bool shows_secrets);
void redactor_clear(struct redactor *redactor);

/* A command line. AUTH's initial response, a BURL's token and the password in its URL, XCLIENT's
 * LOGIN and PASSWORD and, once AUTH has been seen, lines that are no command and look like base64
 * are replaced. `event->command` is filled but for its end;
 * its slices live until the next call. */
MUST_USE enum status redact_command(struct redactor *redactor, struct slice line,
                                    struct smtp_event *event);

/* The client's answer to a 334: all of it is replaced, but for the "*" that cancels. */
MUST_USE enum status redact_sasl(struct redactor *redactor, struct slice line,
                                 struct smtp_event *event);

/* Replaces in place what a line of a reply, `len` octets of `text` from `start` on, repeats of a
 * secret: octets become '*'. True where it did. */
bool redact_reply(const struct redactor *redactor, struct buf *text, size_t start, size_t len);

/* Whether redact_reply would replace anything of a line. */
bool redact_finds_echo(const struct redactor *redactor, struct slice text);

/* The same where the line that a refusal may repeat was not captured: what decodes from base64 to
 * text is replaced. */
bool redact_unknown_echo(struct buf *text, size_t start, size_t len);

/* Whether a line that is no known command speaks of AUTH all the same: "AUTH=PLAIN", "XAUTH",
 * " AUTH". */
bool redact_is_like_auth(struct slice line);

#endif
