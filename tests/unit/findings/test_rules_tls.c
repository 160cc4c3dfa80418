/* Findings about TLS. */
#include "support/scene.h"

#define STARTTLS SCENE_EHLO "S: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n"
#define RANDOM "0123456789abcdef0123456789abcdef"
/* Hellos of no extensions: version, random, no session id, one cipher, no compression. */
#define CLIENT_HELLO(minor)                                                      \
    "C| \\x16\\x03\\x01\\x00\\x2d\\x01\\x00\\x00\\x29\\x03" minor RANDOM "\\x00" \
    "\\x00\\x02\\x00\\x2f\\x01\\x00\n"
#define SERVER_HELLO(minor)                                                          \
    "S| \\x16\\x03" minor "\\x00\\x2a\\x02\\x00\\x00\\x26\\x03" minor RANDOM "\\x00" \
    "\\x00\\x2f\\x00\n"

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "an alert in clear",
      .script = STARTTLS CLIENT_HELLO("\\x03") SERVER_HELLO("\\x03")
                "C| \\x15\\x03\\x03\\x00\\x02\\x02\\x30\n",
      .findings = "error tls-handshake-failed at 8",
      .message = "client sent alert unknown_ca",
      .summary = "error: TLS handshake failed: client sent alert unknown_ca" },
    { .name = "a server that closes in the middle",
      .script = STARTTLS CLIENT_HELLO("\\x03"), .end = SCENE_SERVER_CLOSES,
      .findings = "error tls-handshake-failed at 6",
      .message = "the server never answered the ClientHello" },
    { .name = "both fall silent in the middle",
      .script = STARTTLS CLIENT_HELLO("\\x03") SERVER_HELLO("\\x03"), .end = SCENE_IDLE,
      .message = "the connection fell silent in the middle of it" },
    { .name = "a server that closes behind its ServerHello",
      .script = STARTTLS CLIENT_HELLO("\\x03") SERVER_HELLO("\\x03"), .end = SCENE_SERVER_CLOSES,
      .message = "the connection was closed by the server in the middle of it" },
    { .name = "the capture ends in the middle",
      .script = STARTTLS CLIENT_HELLO("\\x03") SERVER_HELLO("\\x03"), .end = SCENE_CAPTURE_ENDS,
      .findings = "" },
    { .name = "TLS from the start, and nothing back",
      .script = CLIENT_HELLO("\\x03"), .port = 465, .end = SCENE_SERVER_CLOSES,
      .findings = "error tls-handshake-failed at 1" },
    { .name = "TLS met by plain text is no handshake",
      .script = CLIENT_HELLO("\\x03") "S: 220 mx ESMTP\nS: 500 what\n", .end = SCENE_SERVER_CLOSES,
      .port = 587, .findings = "error tls-on-plain-port at 1" },

    { .name = "TLS 1.1",
      .script = STARTTLS CLIENT_HELLO("\\x03") SERVER_HELLO("\\x02"), .end = SCENE_CAPTURE_ENDS,
      .findings = "warning tls-old-version at 6",
      .message = "client and server agreed on TLSv1.1" },
    { .name = "TLS 1.2",
      .script = STARTTLS CLIENT_HELLO("\\x03") SERVER_HELLO("\\x03"), .end = SCENE_CAPTURE_ENDS,
      .findings = "" },
    { .name = "a client that knows TLS 1.0 only",
      .script = STARTTLS CLIENT_HELLO("\\x01"), .end = SCENE_CAPTURE_ENDS,
      .findings = "warning tls-old-version at 6",
      .message = "the client offers TLSv1 at most" },
};
/* clang-format on */

START_TEST(what_is_inferred_of_a_failed_handshake_says_so)
{
    static const struct scene scene = { .name = "no alert",
                                        .script = STARTTLS CLIENT_HELLO("\\x03"),
                                        .end = SCENE_SERVER_CLOSES };
    struct played_scene played;

    scene_play(&played, &scene);
    ck_assert_uint_eq(played.findings.count, 1);
    ck_assert_ptr_nonnull(played.findings.list[0].confidence);
    scene_clear(&played);
}
END_TEST

static const struct {
    const char *script;
    const char *reference;
} prohibitions[] = {
    { STARTTLS CLIENT_HELLO("\\x03") SERVER_HELLO("\\x02"), "RFC 8996 5" },
    { STARTTLS CLIENT_HELLO("\\x03") SERVER_HELLO("\\x01"), "RFC 8996 4" },
    { STARTTLS CLIENT_HELLO("\\x03") SERVER_HELLO("\\x00"), "RFC 7568 3" },
};

START_TEST(each_old_version_has_the_section_that_forbids_it)
{
    struct scene scene = { .name = "an old version",
                           .script = prohibitions[_i].script,
                           .end = SCENE_CAPTURE_ENDS };
    struct played_scene played;

    scene_play(&played, &scene);
    ck_assert_uint_eq(played.findings.count, 1);
    ck_assert_str_eq(played.findings.list[0].rule->id, "tls-old-version");
    ck_assert_str_eq(played.findings.list[0].reference, prohibitions[_i].reference);
    scene_clear(&played);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("tls");

    tcase_add_test(tc, what_is_inferred_of_a_failed_handshake_says_so);
    tcase_add_loop_test(tc, each_old_version_has_the_section_that_forbids_it, 0,
                        (int)(sizeof(prohibitions) / sizeof(*prohibitions)));
    return scene_suite_run("findings/rules_tls", scenes, sizeof(scenes) / sizeof(*scenes), tc);
}
