/* Findings about AUTH. */
#include "support/scene.h"

#define OFFER SCENE_EHLO "S: 250 AUTH PLAIN LOGIN CRAM-MD5\n"
#define OFFER_TLS SCENE_EHLO "S: 250-AUTH PLAIN LOGIN\nS: 250 STARTTLS\n"
#define PLAIN "C: AUTH PLAIN AHUAcA==\n"
#define REFUSED PLAIN "S: 535 5.7.8 no\n"

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "PLAIN in clear where there is no TLS",
      .script = OFFER PLAIN "S: 235 ok\n" SCENE_QUIT,
      .findings = "warning auth-in-clear at 4",
      .message = "AUTH PLAIN in clear: whoever reads the packets has the password" },
    { .name = "PLAIN in clear where STARTTLS was offered",
      .script = OFFER_TLS PLAIN "S: 235 ok\n" SCENE_QUIT,
      .findings = "error auth-in-clear at 4",
      .message = "AUTH PLAIN in clear: whoever reads the packets has the password, although the "
                 "server offers STARTTLS" },
    { .name = "LOGIN in clear",
      .script = OFFER "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dQ==\nS: 334 UGFzc3dvcmQ6\nC: cA==\n"
                "S: 235 ok\n" SCENE_QUIT,
      .findings = "warning auth-in-clear at 4" },
    { .name = "LOGIN that never came to the password",
      .script = OFFER "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dQ==\nS: 535 5.7.8 no\n" SCENE_QUIT,
      .findings = "" },
    { .name = "PLAIN without a response, refused",
      .script = OFFER "C: AUTH PLAIN\nS: 538 5.7.11 TLS first\n" SCENE_QUIT, .findings = "" },
    { .name = "PLAIN refused, and its response sent all the same",
      .script = OFFER "C: AUTH PLAIN\nS: 538 5.7.11 TLS first\nC: AHVzZXIAcGFzc3dvcmQ=\n"
                "S: 500 what\n" SCENE_QUIT,
      .findings = "warning auth-in-clear at 4; warning unknown-command at 6" },
    { .name = "PLAIN cancelled",
      .script = OFFER "C: AUTH PLAIN\nS: 334 \nC: *\nS: 501 ok\n" SCENE_QUIT, .findings = "" },
    { .name = "CRAM-MD5 shows no password",
      .script = OFFER "C: AUTH CRAM-MD5\nS: 334 PDFAYz4=\nC: dSBhYmNk\nS: 235 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "PLAIN where a tap decrypts",
      .script = OFFER_TLS "C: STARTTLS\nS: 220 go\nC: EHLO c.example\nS: 250-mx.example\n"
                "S: 250 AUTH PLAIN\n" PLAIN "S: 235 ok\n" SCENE_QUIT,
      .findings = "info plaintext-after-starttls at 6" },

    { .name = "three refusals",
      .script = OFFER REFUSED REFUSED REFUSED SCENE_QUIT,
      .findings = "warning auth-in-clear at 4 x3; warning auth-repeated-failure at 4" },
    { .name = "two refusals",
      .script = OFFER REFUSED REFUSED PLAIN "S: 235 ok\n" SCENE_QUIT,
      .findings = "warning auth-in-clear at 4 x3" },
};
/* clang-format on */

int main(void)
{
    return scene_suite_run("findings/rules_auth", scenes, sizeof(scenes) / sizeof(*scenes), NULL);
}
