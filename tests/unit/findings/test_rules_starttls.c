/* Findings about the change to TLS. */
#include "support/scene.h"

#define OFFER SCENE_EHLO "S: 250 STARTTLS\n"
#define TLS                                                                \
    "C| \\x16\\x03\\x01\\x00\\x0a\\x01\\x00\\x00\\x06\\n\\n\\n\\n\\n\\n\n" \
    "S| \\x16\\x03\\x03\\x00\\x04\\x02\\x00\\x00\\x00\n"

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "a command behind STARTTLS in its segment, then TLS",
      .script = OFFER "C| STARTTLS\\r\\nMAIL FROM:<e@c.example>\\r\\n\nS: 220 go\n" TLS,
      .end = SCENE_CAPTURE_ENDS,
      .findings = "error starttls-command-injection at 5; warning pipelining-not-offered at 5" },
    { .name = "STARTTLS, then TLS",
      .script = OFFER "C: STARTTLS\nS: 220 go\n" TLS, .end = SCENE_CAPTURE_ENDS, .findings = "" },
    { .name = "a command behind STARTTLS, and no TLS",
      .script = OFFER "C| STARTTLS\\r\\nMAIL FROM:<e@c.example>\\r\\n\nS: 454 no\nS: 250 ok\n"
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning pipelining-not-offered at 5" },
    { .name = "a reply behind the 220 to STARTTLS, then TLS",
      .script = OFFER "C: STARTTLS\nS| 220 go\\r\\n250 ok\\r\\n\n" TLS, .end = SCENE_CAPTURE_ENDS,
      .findings = "error starttls-response-injection at 6; warning unexpected-reply at 6" },

    { .name = "a keyword of crosses",
      .script = SCENE_EHLO "S: 250 XXXXXXXA\n" SCENE_QUIT,
      .findings = "error starttls-stripped at 3" },
    { .name = "three crosses are a keyword",
      .script = SCENE_EHLO "S: 250 XXX\n" SCENE_QUIT, .findings = "" },
    { .name = "a private keyword",
      .script = SCENE_EHLO "S: 250 XXXXFOO\n" SCENE_QUIT, .findings = "" },
    { .name = "a keyword of crosses beside STARTTLS",
      .script = SCENE_EHLO "S: 250-XXXXXXXA\nS: 250 STARTTLS\n" SCENE_QUIT, .findings = "" },
    { .name = "STARTTLS refused as unknown after it was offered",
      .script = OFFER "C: STARTTLS\nS: 500 what\n" SCENE_QUIT,
      .findings = "error starttls-stripped at 4" },
    { .name = "a group refused as a whole says nothing of STARTTLS",
      .script = OFFER "C| STARTTLS\\r\\nNOOP\\r\\n\nS: 500 no pipelining\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning pipelining-not-offered at 5" },
    { .name = "STARTTLS refused for now",
      .script = OFFER "C: STARTTLS\nS: 454 later\n" SCENE_QUIT, .findings = "" },
    { .name = "STARTTLS refused that was not offered",
      .script = SCENE_HELLO "C: STARTTLS\nS: 502 no\n" SCENE_QUIT,
      .findings = "warning extension-not-offered at 4" },
    { .name = "a command of crosses",
      .script = SCENE_HELLO "C: XXXXXXXX\nS: 500 what\n" SCENE_QUIT,
      .findings = "error starttls-stripped at 4; warning unknown-command at 4" },

    { .name = "a greeting of stars",
      .script = "S: 220 *****0*2****\nC: HELO c.example\nS: 250 mx.example\n" SCENE_QUIT,
      .findings = "warning banner-masked at 1",
      .message = "the greeting is stars: \"220 *****0*2****\"" },
    { .name = "a greeting of three stars",
      .script = "S: 220 ***\nC: HELO c.example\nS: 250 mx.example\n" SCENE_QUIT,
      .findings = "warning banner-masked at 1" },
    { .name = "a greeting of two stars",
      .script = "S: 220 **\nC: HELO c.example\nS: 250 mx.example\n" SCENE_QUIT,
      .findings = "" },
    { .name = "a greeting with stars about it",
      .script = "S: 220 mx.example *** ESMTP ***\nC: HELO c.example\nS: 250 mx.example\n" SCENE_QUIT,
      .findings = "" },
    { .name = "a greeting whose stars say something",
      .script = "S: 220 *** welcome ***\nC: HELO c.example\nS: 250 mx.example\n" SCENE_QUIT,
      .findings = "" },

    { .name = "a tap that decrypts",
      .script = OFFER "C: STARTTLS\nS: 220 go\nC: EHLO c.example\nS: 250 mx.example\n" SCENE_QUIT,
      .findings = "info plaintext-after-starttls at 6" },
    { .name = "MAIL after STARTTLS without EHLO",
      .script = OFFER "C: STARTTLS\nS: 220 go\n" SCENE_MAIL "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning ehlo-after-tls-missing at 6; info plaintext-after-starttls at 6" },
    { .name = "NOOP and EHLO after STARTTLS",
      .script = OFFER "C: STARTTLS\nS: 220 go\nC: NOOP\nS: 250 ok\nC: EHLO c.example\n"
                "S: 250 mx.example\n" SCENE_QUIT,
      .findings = "info plaintext-after-starttls at 6" },
};
/* clang-format on */

int main(void)
{
    return scene_suite_run("findings/rules_starttls", scenes, sizeof(scenes) / sizeof(*scenes),
                           NULL);
}
