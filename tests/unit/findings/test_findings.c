/* The table, and how findings are folded and sorted. */
#include "findings/extensions.h"
#include "findings/finding.h"

#include "findings/sentence.h"
#include "support/reference.h"
#include "support/scene.h"

/* Of the contract's table of findings, those that are built. One that is added is added here. */
static const char *const built[] = {
    "command-line-too-long",
    "reply-line-too-long",
    "text-line-too-long",
    "bare-lf",
    "bare-cr",
    "line-unterminated",
    "nul-octet",
    "non-ascii-command",
    "8bit-not-offered",
    "path-too-long",
    "local-part-too-long",
    "domain-too-long",
    "command-syntax",
    "unknown-command",
    "reply-syntax",
    "reply-code-mismatch",
    "enhanced-code-mismatch",
    "helo-missing",
    "nested-mail",
    "rcpt-without-mail",
    "data-without-recipient",
    "early-talker",
    "pipelining-not-offered",
    "pipelining-out-of-sync",
    "extension-not-offered",
    "size-over-limit",
    "too-many-recipients",
    "unexpected-reply",
    "unanswered-command",
    "message-unterminated",
    "bdat-incomplete",
    "bdat-invalid",
    "quit-missing",
    "smtp-smuggling",
    "starttls-command-injection",
    "starttls-response-injection",
    "starttls-stripped",
    "banner-masked",
    "auth-in-clear",
    "auth-repeated-failure",
    "ehlo-after-tls-missing",
    "plaintext-after-starttls",
    "tls-on-plain-port",
    "plain-on-tls-port",
    "tls-handshake-failed",
    "tls-old-version",
    "connection-refused",
    "connection-unanswered",
    "connection-reset",
    "connection-idle",
    "slow-reply",
    "slow-greeting",
    "client-stall",
    "retransmissions",
    "zero-window",
    "path-mtu",
    "tcp-overlap-conflict",
    "limit-reached",
    "capture-gap",
    "capture-truncated",
    "capture-midstream",
    "capture-one-sided",
};

START_TEST(the_table_holds_what_is_built_and_nothing_else)
{
    size_t count;
    const struct finding_rule *rules = finding_rules(&count);

    ck_assert_uint_eq(count, sizeof(built) / sizeof(*built));
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(rules[i].id, built[i]);
}
END_TEST

/* A sentence that says something. */
static void check_sentence(const char *text, const char *id)
{
    size_t len = strlen(text);

    ck_assert_msg(len > 20 && text[len - 1] == '.', "%s: %s", id, text);
}

START_TEST(each_row_is_whole)
{
    size_t count;
    const struct finding_rule *rule = &finding_rules(&count)[_i];

    ck_assert_uint_gt(strlen(rule->id), 0);
    ck_assert_uint_eq(strspn(rule->id, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(rule->id));
    ck_assert_int_ne(rule->severity, SEVERITY_OK);
    ck_assert_msg(reference_is_well_formed(rule->reference), "%s: %s", rule->id, rule->reference);
    check_sentence(rule->meaning, rule->id);
    check_sentence(rule->fix, rule->id);
    ck_assert(rule->look != NULL || rule->step != NULL);
    ck_assert(rule->entries != 0);
    ck_assert_ptr_eq(finding_rule_named(slice_of_string(rule->id)), rule);
}
END_TEST

static const struct {
    const char *text;
    bool is_well_formed;
} references[] = {
    { "RFC 5321 4.5.3.1.4", true },
    { "RFC 1047", true },
    { "RFC 5321 4.1.1.4 and RFC 2920 3.1", true },
    { "CVE-2023-51764, CVE-2023-51765", true },
    { "tcpdump(1) -B", true },
    { "smtpscope(1) LIMITS", true },
    { "", false },
    { "RFC", false },
    { "RFC5321 4.2", false },
    { "RFC 5321 4.", false },
    { "RFC 5321 4.02", false },
    { "RFC 5321 section 4", false },
    { "RFC 5321 4.2,RFC 2920 3.1", false },
    { "CVE-2023-517", false },
    { "CVE-51764", false },
    { "tcpdump", false },
};

START_TEST(a_reference_is_an_RFC_with_its_section_a_CVE_or_a_manual)
{
    ck_assert_msg(reference_is_well_formed(references[_i].text) == references[_i].is_well_formed,
                  "\"%s\"", references[_i].text);
}
END_TEST

START_TEST(a_text_names_RFCs_in_whole)
{
    static const char *const whole[] = { "Not an RFC; a README", "Not defined by any RFC",
                                         "Not in RFC 5321; as in 4.2.2 (RFC 3463 3.3)" };
    static const char *const torn[] = { "RFC3463 3.3", "see RFC 3463 3.", "RFC 3463, RFC 12" };

    for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
        ck_assert_msg(reference_names_are_whole(whole[i]), "%s", whole[i]);
    for (size_t i = 0; i < sizeof(torn) / sizeof(*torn); i++)
        ck_assert_msg(!reference_names_are_whole(torn[i]), "%s", torn[i]);
}
END_TEST

START_TEST(an_id_that_is_not_in_the_table_names_nothing)
{
    ck_assert_ptr_null(finding_rule_named(slice_of_string("no-such-finding")));
    ck_assert_ptr_null(finding_rule_named(slice_of_string("bare")));
    ck_assert_ptr_null(finding_rule_named(slice_of(NULL, 0)));
}
END_TEST

static const struct finding_rule mild = { .id = "mild",
                                          .severity = SEVERITY_INFO,
                                          .reference = "here" };

START_TEST(what_is_raised_again_is_counted_at_its_first_place)
{
    struct findings findings = { 0 };

    finding_raise(&findings, &mild, &(struct finding_site){ .n = 4 }, "first %d", 1);
    finding_raise(&findings, &mild,
                  &(struct finding_site){
                      .n = 9, .count = 5, .severity = SEVERITY_ERROR, .reference = "there" },
                  "second");
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_uint_eq(findings.list[0].n, 4);
    ck_assert_uint_eq(findings.list[0].count, 6);
    ck_assert_str_eq(findings.list[0].message, "first 1");
    ck_assert_str_eq(findings.list[0].reference, "here");
    ck_assert_int_eq(findings.list[0].severity, SEVERITY_ERROR);
    findings_clear(&findings);
}
END_TEST

START_TEST(a_message_too_long_is_cut_between_two_characters)
{
    struct findings findings = { 0 };
    char text[4000];

    /* Characters of two octets after one of one, so that any even cut breaks one. */
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = i == 0 ? 'x' : (char)(i % 2 == 1 ? '\xc3' : '\xa4');
    finding_raise(&findings, &mild, &(struct finding_site){ .n = 1 }, "%.*s", (int)sizeof(text),
                  text);
    ck_assert_uint_lt(findings.list[0].message_len, SENTENCE_MAX);
    ck_assert_uint_gt(findings.list[0].message_len, SENTENCE_MAX - 8);
    ck_assert_uint_eq(findings.list[0].message_len % 2, 1);
    findings_clear(&findings);
}
END_TEST

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "gravest first, then by place; what has no place comes last",
      .script = "S: 220 mx\nC: FROB\nS: 500 no\nC| MAIL FROM:a@c.example\\n\nS: 503 no\n"
                "C: RSET x\nS: 501 no\n",
      .findings = "error bare-lf at 4; error helo-missing at 4; warning unknown-command at 2; "
                  "warning command-syntax at 4 x2; info quit-missing" },
};
/* clang-format on */

START_TEST(a_finding_has_the_frame_of_its_entry_and_its_doubt)
{
    static const struct scene scene = {
        .name = "a hole in a reply",
        .script =
            SCENE_HELLO "C: NOOP\nS| 250-a\\r\\n\nS! 9\nS| \\r\\n251 5.0.0 b\\r\\n\n" SCENE_QUIT,
    };
    struct played_scene played;

    scene_play(&played, &scene);
    ck_assert_uint_gt(played.findings.count, 0);
    for (uint32_t i = 0; i < played.findings.count; i++) {
        const struct finding *finding = &played.findings.list[i];
        const struct entry *entry = record_entry(played.record, finding->n);

        ck_assert_ptr_nonnull(entry);
        ck_assert_uint_eq(finding->frame, entry->place.frame);
        if (entry->is_doubtful || (entry->marks & MARK_AFTER_GAP) != 0)
            ck_assert_ptr_nonnull(finding->confidence);
    }
    scene_clear(&played);
}
END_TEST

#define NO_MAIL "C: RCPT TO:<b@d.example>\nS: 503 no\n"
#define SLOW "C: NOOP\nwait 11\nS: 250 ok\n"
#define TWO_CLASSES "C: NOOP\nS: 250 5.0.0 ok\n"
#define HOLE "C: NOOP\nS! 40\n"

/* Each lack of a capture, and a finding that it makes doubtful, or does not. */
/* clang-format off */
static const struct {
    struct scene scene;
    const char *id;
    const char *begins; /* NULL: no doubt */
} doubts[] = {
    { { .name = "whole", .script = SCENE_HELLO NO_MAIL SCENE_QUIT }, "rcpt-without-mail", NULL },
    { { .name = "snapped", .script = SCENE_HELLO NO_MAIL SCENE_QUIT, .alter = scene_snap },
      "rcpt-without-mail", "the capture cut packets short" },
    { { .name = "a hole after it", .script = SCENE_HELLO NO_MAIL HOLE SCENE_QUIT },
      "rcpt-without-mail", "packets of the connection are missing" },
    { { .name = "one side", .script = SCENE_HELLO NO_MAIL SCENE_QUIT, .alter = scene_lose_server },
      "rcpt-without-mail", "only the client's side" },
    { { .name = "a time, snapped", .script = SCENE_HELLO SLOW SCENE_QUIT, .alter = scene_snap },
      "slow-reply", NULL },
    { { .name = "a time, and a hole elsewhere", .script = SCENE_HELLO SLOW HOLE SCENE_QUIT },
      "slow-reply", "packets of the connection are missing" },
    { { .name = "what stands at its place, and a hole elsewhere",
        .script = SCENE_HELLO TWO_CLASSES HOLE SCENE_QUIT },
      "enhanced-code-mismatch", NULL },
};
/* clang-format on */

START_TEST(what_the_capture_lacks_makes_a_finding_doubtful_in_words)
{
    struct played_scene played;
    const struct finding *finding;

    scene_play(&played, &doubts[_i].scene);
    finding = finding_of(&played.findings, doubts[_i].id);
    ck_assert_msg(finding != NULL, "%s: no %s", doubts[_i].scene.name, doubts[_i].id);
    if (doubts[_i].begins == NULL)
        ck_assert_msg(finding->confidence == NULL, "%s: %s", doubts[_i].scene.name,
                      finding->confidence);
    else
        ck_assert_msg(finding->confidence != NULL &&
                          slice_starts(slice_of_string(finding->confidence),
                                       slice_of_string(doubts[_i].begins)),
                      "%s: %s", doubts[_i].scene.name, finding->confidence);
    scene_clear(&played);
}
END_TEST

/* A verb that is new in extensions.c is shown to the rule that asks for the offer. */
START_TEST(every_verb_of_an_extension_is_looked_at)
{
    const struct finding_rule *rule = finding_rule_named(slice_of_string("extension-not-offered"));
    size_t count;
    const struct extension_use *uses = extension_uses(&count);

    for (size_t i = 0; i < count; i++)
        ck_assert_uint_ne(rule->entries >> uses[i].verb & 1, 0);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("findings");

    tcase_add_test(tc, every_verb_of_an_extension_is_looked_at);
    tcase_add_test(tc, the_table_holds_what_is_built_and_nothing_else);
    tcase_add_loop_test(tc, each_row_is_whole, 0, (int)(sizeof(built) / sizeof(*built)));
    tcase_add_loop_test(tc, a_reference_is_an_RFC_with_its_section_a_CVE_or_a_manual, 0,
                        sizeof(references) / sizeof(*references));
    tcase_add_test(tc, a_text_names_RFCs_in_whole);
    tcase_add_test(tc, an_id_that_is_not_in_the_table_names_nothing);
    tcase_add_test(tc, what_is_raised_again_is_counted_at_its_first_place);
    tcase_add_test(tc, a_message_too_long_is_cut_between_two_characters);
    tcase_add_loop_test(tc, what_the_capture_lacks_makes_a_finding_doubtful_in_words, 0,
                        sizeof(doubts) / sizeof(*doubts));
    tcase_add_test(tc, a_finding_has_the_frame_of_its_entry_and_its_doubt);
    return scene_suite_run("findings/findings", scenes, sizeof(scenes) / sizeof(*scenes), tc);
}
