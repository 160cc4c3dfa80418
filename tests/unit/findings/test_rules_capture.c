/* Findings about the capture, and about limits of our own. */
#include "base/limits.h"
#include "findings/rules.h"
#include "support/scene.h"

static void hold_too_much(struct tcp_summary *tcp)
{
    tcp->limit_reached = true;
}

static void evict(struct tcp_summary *tcp)
{
    tcp->close = TCP_CLOSE_EVICTED;
    tcp->closed_by = TCP_CLOSED_BY_NOBODY;
}

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "a whole capture",
      .script = SCENE_HELLO SCENE_QUIT, .findings = "" },
    { .name = "holes of both sides",
      .script = SCENE_HELLO "C! 6\nS! 8\nS! 1\n" SCENE_QUIT,
      .findings = "info capture-gap at 4",
      .message = "6 octets of the client's and 9 of the server's were not captured (3 holes)" },
    { .name = "packets cut short",
      .script = SCENE_HELLO SCENE_QUIT, .alter = scene_snap,
      .findings = "info capture-truncated" },
    { .name = "a capture that began later",
      .script = "midstream\n" SCENE_QUIT,
      .findings = "info capture-midstream",
      .message = "the capture began in the middle of the connection" },
    { .name = "a server that was not captured",
      .script = "C: EHLO c\nC: QUIT\n", .alter = scene_lose_server,
      .findings = "info capture-gap; info capture-one-sided" },
    { .name = "a client that was not captured",
      .script = "S: 220 mx\nS: 250 mx\nS: 221 bye\n", .alter = scene_lose_client,
      .findings = "info capture-gap; info capture-one-sided" },
    { .name = "octets out of order given up",
      .script = SCENE_HELLO SCENE_QUIT, .alter = hold_too_much,
      .findings = "warning limit-reached",
      .message = "more octets out of order than are held, so that a hole was assumed" },
    { .name = "a connection given up",
      .script = SCENE_HELLO, .alter = evict,
      .findings = "warning limit-reached",
      .message = "more connections than are followed" },
    { .name = "a line as long as is kept",
      .script = SCENE_HELLO "C* 65536 x\nC+ \\r\\n\nS: 500 no\n" SCENE_QUIT,
      .findings = "error command-line-too-long at 4; warning unknown-command at 4" },
    { .name = "a line longer than is kept",
      .script = SCENE_HELLO "C* 65537 x\nC+ \\r\\n\nS: 500 no\n" SCENE_QUIT,
      .findings = "error command-line-too-long at 4; warning unknown-command at 4; "
                  "warning limit-reached" },
};
/* clang-format on */

/* Each cap that a record can tell of is named. */
START_TEST(every_limit_that_was_met_is_named)
{
    static const unsigned limits[] = { SMTP_LIMIT_UNDECIDED, SMTP_LIMIT_OUTSTANDING,
                                       SMTP_LIMIT_LINE, SMTP_LIMIT_REPLY, SMTP_LIMIT_TEXT };
    struct session_record record = { .limits = limits[_i], .tcp = &(struct tcp_summary){ 0 } };
    const struct finding_rule *rule = finding_rule_named(slice_of_string("limit-reached"));
    struct findings findings = { 0 };

    rule->look(&record, rule, &findings);
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_uint_gt(findings.list[0].message_len, 10);
    findings_clear(&findings);
}
END_TEST

START_TEST(what_was_dropped_is_counted)
{
    static const struct message message = { .recipients_dropped = 3 };
    struct session_record record = {
        .tcp = &(struct tcp_summary){ 0 },
        .entries_dropped = 1204,
        .messages = &message,
        .message_count = 1,
        .messages_dropped = 2,
    };
    const struct finding_rule *rule = finding_rule_named(slice_of_string("limit-reached"));
    struct findings findings = { 0 };

    rule->look(&record, rule, &findings);
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_str_eq(findings.list[0].message,
                     "1,204 more dialogue entries than are kept; 2 more messages than are kept; 3 "
                     "more recipients than are kept");
    findings_clear(&findings);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("capture");

    tcase_add_loop_test(tc, every_limit_that_was_met_is_named, 0, 5);
    tcase_add_test(tc, what_was_dropped_is_counted);
    return scene_suite_run("findings/rules_capture", scenes, sizeof(scenes) / sizeof(*scenes), tc);
}
