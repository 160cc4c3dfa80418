/* How long a command may be, by what was offered. */
#include "findings/command_limits.h"

#include <stdio.h>
#include <string.h>

#include "findings/extensions.h"
#include "support/reference.h"
#include "support/scene.h"

/* A command and the EHLO reply before it, which offers `offers` (NULL-ended). */
struct stand {
    struct slice lines[8];
    struct entry reply;
    struct entry command;
    struct hello hello;
};

static void set_up(struct stand *stand, const char *line, const char *const *offers)
{
    uint32_t count = 1;

    *stand = (struct stand){ .lines = { slice_of_string("mx.example") } };
    for (; *offers != NULL; offers++)
        stand->lines[count++] = slice_of_string(*offers);
    stand->reply = (struct entry){ .kind = ENTRY_REPLY, .verb = VERB_EHLO };
    stand->reply.reply = (struct entry_reply){ .lines = stand->lines, .line_count = count };
    stand->command = (struct entry){ .kind = ENTRY_COMMAND };
    stand->command.verb = smtp_verb_of(slice_of_string(line));
    stand->command.command.line = slice_of_string(line);
    stand->hello = (struct hello){ HELLO_EHLO, &stand->reply };
}

static uint64_t limit_of(const char *line, const char *const *offers)
{
    struct stand stand;

    set_up(&stand, line, offers);
    return command_limit(&stand.command, &stand.hello);
}

static const struct {
    const char *line;
    const char *offers[7];
    uint64_t limit;
} limits[] = {
    { "MAIL FROM:<a@b>", { NULL }, 512 },
    { "MAIL FROM:<a@b>", { "SIZE 1000", NULL }, 538 },
    { "MAIL FROM:<a@b>", { "8BITMIME", NULL }, 526 },
    { "MAIL FROM:<a@b>", { "BINARYMIME", NULL }, 528 },
    { "MAIL FROM:<a@b>", { "8BITMIME", "BINARYMIME", NULL }, 528 },
    { "MAIL FROM:<a@b>", { "SMTPUTF8", NULL }, 522 },
    { "MAIL FROM:<a@b>", { "AUTH PLAIN", NULL }, 1012 },
    { "MAIL FROM:<a@b>", { "AUTH=LOGIN", NULL }, 1012 },
    { "MAIL FROM:<a@b>", { "REQUIRETLS", NULL }, 523 },
    { "MAIL FROM:<a@b>", { "DSN", NULL }, 622 },
    { "MAIL FROM:<a@b>", { "DELIVERBY", NULL }, 529 },
    { "MAIL FROM:<a@b>", { "MT-PRIORITY MIXER", NULL }, 527 },
    { "MAIL FROM:<a@b>", { "FUTURERELEASE 1 1", NULL }, 546 },
    { "MAIL FROM:<a@b>", { "NO-SOLICITING", NULL }, 1519 },
    { "MAIL FROM:<a@b>", { "CONPERM", NULL }, 520 },
    { "MAIL FROM:<a@b>", { "CONNEG", NULL }, 512 },
    { "MAIL FROM:<a@b>", { "CHECKPOINT", NULL }, 600 },
    { "MAIL FROM:<a@b>", { "MTRK", NULL }, 659 },
    { "MAIL FROM:<a@b>", { "DSN", "MTRK", NULL }, 668 },
    { "MAIL FROM:<a@b>", { "RRVS", NULL }, 512 },
    { "MAIL FROM:<a@b>", { "SIZE", "8BITMIME", "SMTPUTF8", "DSN", "AUTH PLAIN", NULL }, 1172 },
    { "RCPT TO:<a@b>", { "SIZE", "8BITMIME", "SMTPUTF8", "AUTH PLAIN", NULL }, 512 },
    { "RCPT TO:<a@b>", { "DSN", NULL }, 1042 },
    { "RCPT TO:<a@b>", { "MTRK", NULL }, 1019 },
    { "RCPT TO:<a@b>", { "DSN", "MTRK", NULL }, 1048 },
    { "RCPT TO:<a@b>", { "RRVS", NULL }, 545 },
    { "RCPT TO:<a@b>", { "DSN", "RRVS", "CONNEG", NULL }, 1082 },
    { "RCPT TO:<a@b>", { "CONPERM", NULL }, 512 },
    { "VRFY a", { "SMTPUTF8", NULL }, 512 },
    { "RSET", { "SIZE", "DSN", "AUTH PLAIN", NULL }, 512 },
    { "AUTH PLAIN AAAA", { "AUTH PLAIN", NULL }, 512 },
    { "EHLO c", { "SIZE", NULL }, 512 },
    { "MAIL FROM:<a@b> XNEW=12345", { "XNEW", NULL }, 523 },
    { "MAIL FROM:<a@b> XNEW=12345", { "XOLD", NULL }, 512 },
    { "BURL imap://x LAST", { "BURL", NULL }, UINT64_MAX },
};

START_TEST(what_was_offered_lengthens_the_limit)
{
    ck_assert_msg(limit_of(limits[_i].line, limits[_i].offers) == limits[_i].limit,
                  "%s after %s: %llu", limits[_i].line,
                  limits[_i].offers[0] == NULL ? "nothing" : limits[_i].offers[0],
                  (unsigned long long)limit_of(limits[_i].line, limits[_i].offers));
}
END_TEST

START_TEST(an_offer_that_was_not_captured_grants_everything)
{
    static const char *const none[] = { NULL };
    struct stand stand;

    set_up(&stand, "MAIL FROM:<a@b>", none);
    stand.hello = (struct hello){ HELLO_UNKNOWN, NULL };
    ck_assert_uint_eq(command_limit(&stand.command, &stand.hello),
                      512 + 26 + 16 + 10 + 500 + 11 + 9 + 107 + 40 + 17 + 15 + 34 + 1007 + 8 + 88);
    stand.hello = (struct hello){ HELLO_HELO, NULL };
    ck_assert_uint_eq(command_limit(&stand.command, &stand.hello), 512);
}
END_TEST

/* The findings of a session in which that line, filled with `octets` in all, stands as entry 4. */
static void play_line(struct played_scene *played, const struct extension_use *use, int octets)
{
    static char script[512];
    const char *begin = use->verb == VERB_MAIL ? "MAIL FROM:<" : "RCPT TO:<";
    int fill = octets - (int)strlen(begin) - (int)strlen("@c.example>\r\n");

    ck_assert_int_lt(snprintf(script, sizeof(script),
                              SCENE_EHLO "S: 250 %s\n%sC| %s\nC* %d x\nC+ @c.example>\\r\\n\n"
                                         "S: 501 no\n" SCENE_QUIT,
                              use->keyword, use->verb == VERB_RCPT ? SCENE_MAIL : "", begin, fill),
                     (int)sizeof(script));
    scene_play(played, &(struct scene){ .name = use->parameter, .script = script });
}

/* What is said of the line's length; empty: nothing. */
static struct slice length_message(const struct played_scene *played)
{
    for (uint32_t i = 0; i < played->findings.count; i++) {
        const struct finding *finding = &played->findings.list[i];

        if (strcmp(finding->rule->id, "command-line-too-long") == 0)
            return slice_of(finding->message, finding->message_len);
    }
    return slice_of(NULL, 0);
}

/* Every offer of the table that lengthens a line: nothing is said at the limit; one octet more is
 * too long, and the message has the length, the limit and the row that the limit comes from. */
START_TEST(each_allowance_holds_to_the_octet)
{
    size_t count;
    const struct extension_use *use = &extension_uses(&count)[_i];
    struct played_scene played;
    struct sentence text = { .len = 0 };
    struct stand stand;
    uint64_t limit;

    if (use->octets == 0)
        return;
    set_up(&stand, use->verb == VERB_MAIL ? "MAIL FROM:<a@b>" : "RCPT TO:<a@b>",
           (const char *const[]){ use->keyword, NULL });
    limit = command_limit(&stand.command, &stand.hello);
    ck_assert_uint_ge(limit, 512 + use->octets);

    play_line(&played, use, (int)limit);
    ck_assert_msg(length_message(&played).len == 0, "%s: raised at its limit", use->parameter);
    scene_clear(&played);

    play_line(&played, use, (int)limit + 1);
    sentence_add(&text, "%s of %s octets; the limit here is %s (512, ", smtp_verb_name(use->verb),
                 number_text_of(limit + 1).text, number_text_of(limit).text);
    ck_assert_msg(slice_starts(length_message(&played), slice_of_string(text.text)), "%s: not %s",
                  use->parameter, text.text);
    text.len = 0;
    sentence_add(&text, ", %s for %s by %s", number_text_of(use->octets).text, use->parameter,
                 use->octets_reference);
    ck_assert_msg(slice_find_nocase(length_message(&played), slice_of_string(text.text)) !=
                      SLICE_NONE,
                  "%s: without %s", use->parameter, text.text);
    scene_clear(&played);
}
END_TEST

START_TEST(the_reason_names_each_allowance)
{
    static const char *const offers[] = { "SIZE", "8BITMIME", "BINARYMIME", NULL };
    struct sentence text = { .len = 0 };
    struct stand stand;

    set_up(&stand, "MAIL FROM:<a@b>", offers);
    command_limit_explain(&text, &stand.command, &stand.hello);
    ck_assert_str_eq(text.text, "554 (512, 26 for SIZE by RFC 1870 3, 16 for BODY by RFC 3030 3)");
}
END_TEST

static size_t use_count(void)
{
    size_t count;

    (void)extension_uses(&count);
    return count;
}

static bool same_parameter(const struct extension_use *a, const struct extension_use *b)
{
    return a->parameter != NULL && b->parameter != NULL && a->verb == b->verb &&
           strcmp(a->parameter, b->parameter) == 0;
}

/* Where the row before is about another parameter, none further up is about this one. */
START_TEST(the_rows_of_a_parameter_stand_together)
{
    size_t count;
    const struct extension_use *uses = extension_uses(&count);

    for (size_t i = 0; i < count; i++) {
        bool is_new = i == 0 || !same_parameter(&uses[i], &uses[i - 1]);

        ck_assert_ptr_nonnull(uses[i].keyword);
        ck_assert_int_eq(uses[i].octets > 0, uses[i].octets_reference != NULL);
        ck_assert(uses[i].reference == NULL || reference_is_well_formed(uses[i].reference));
        ck_assert(uses[i].octets == 0 || reference_is_well_formed(uses[i].octets_reference));
        for (size_t j = 0; is_new && j < i; j++)
            ck_assert(!same_parameter(&uses[i], &uses[j]));
    }
}
END_TEST

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "MAIL at the limit that AUTH's offer gives",
      .script = SCENE_EHLO "S: 250 AUTH PLAIN\n"
                "C| MAIL FROM:<a@c.example> AUTH=\nC* 981 x\nC+ \\r\\n\nS: 250 ok\n"
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "MAIL one octet past it",
      .script = SCENE_EHLO "S: 250 AUTH PLAIN\n"
                "C| MAIL FROM:<a@c.example> AUTH=\nC* 982 x\nC+ \\r\\n\nS: 250 ok\n"
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error command-line-too-long at 4",
      .message = "MAIL of 1,013 octets; the limit here is 1,012 (512, 500 for AUTH by RFC 4954 3)" },
    { .name = "RCPT at the limit that DSN's offer gives",
      .script = SCENE_EHLO "S: 250 DSN\n" SCENE_MAIL
                "C| RCPT TO:<b@d.example> ORCPT=rfc822;\nC* 1005 x\nC+ \\r\\n\nS: 250 ok\n"
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "RCPT one octet past it",
      .script = SCENE_EHLO "S: 250 DSN\n" SCENE_MAIL
                "C| RCPT TO:<b@d.example> ORCPT=rfc822;\nC* 1006 x\nC+ \\r\\n\nS: 250 ok\n"
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error command-line-too-long at 6",
      .message = "RCPT of 1,043 octets; the limit here is 1,042 (512, 29 for NOTIFY by RFC 3461 "
                 "5.4, 501 for ORCPT by RFC 3461 5.4)" },
    { .name = "what lengthens MAIL does not lengthen RCPT",
      .script = SCENE_EHLO "S: 250-AUTH PLAIN\nS: 250 SIZE\n" SCENE_MAIL
                "C| RCPT TO:<b@d.example> XY=\nC* 486 x\nC+ \\r\\n\nS: 555 no\n" SCENE_QUIT,
      .findings = "error command-line-too-long at 6",
      .message = "RCPT of 513 octets; the limit here is 512 (no extension that was offered "
                 "lengthens it)" },
    { .name = "AUTH with its initial response at the limit",
      .script = SCENE_EHLO "S: 250 AUTH XOAUTH9\nC| AUTH XOAUTH9 \nC* 497 A\nC+ \\r\\n\n"
                "S: 535 no\n" SCENE_QUIT,
      .findings = "" },
    { .name = "AUTH one octet past it",
      .script = SCENE_EHLO "S: 250 AUTH XOAUTH9\nC| AUTH XOAUTH9 \nC* 498 A\nC+ \\r\\n\n"
                "S: 535 no\n" SCENE_QUIT,
      .findings = "error command-line-too-long at 4",
      .message = "AUTH of 513 octets; the limit here is 512 (its initial response included)" },
    { .name = "an answer to a challenge at its limit",
      .script = SCENE_EHLO "S: 250 AUTH XOAUTH9\nC: AUTH XOAUTH9\nS: 334 \nC* 12286 A\n"
                "C+ \\r\\n\nS: 535 no\n" SCENE_QUIT,
      .findings = "" },
    { .name = "an answer one octet past it",
      .script = SCENE_EHLO "S: 250 AUTH XOAUTH9\nC: AUTH XOAUTH9\nS: 334 \nC* 12287 A\n"
                "C+ \\r\\n\nS: 535 no\n" SCENE_QUIT,
      .findings = "error command-line-too-long at 6",
      .message = "an AUTH answer of 12,289 octets; the limit here is 12,288 (for an "
                 "answer to a challenge)" },
    { .name = "ENVID is MTRK's too",
      .script = SCENE_EHLO "S: 250 MTRK\nC: MAIL FROM:<a@c.example> ENVID=1\nS: 250 ok\n"
                "C: RCPT TO:<b@d.example> ORCPT=rfc822;b@d.example\nS: 250 ok\n"
                "C: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "ENVID with neither offered is said once",
      .script = SCENE_EHLO "S: 250 HELP\nC: MAIL FROM:<a@c.example> ENVID=1\nS: 555 no\n"
                SCENE_QUIT,
      .findings = "warning extension-not-offered at 4",
      .message = "MAIL ENVID was used, and the server did not offer DSN" },
    { .name = "what EHLO offered before STARTTLS is forgotten",
      .script = SCENE_EHLO "S: 250-AUTH PLAIN\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n"
                "C: EHLO c.example\nS: 250 mx.example\n"
                "C| MAIL FROM:<a@c.example> AUTH=\nC* 482 x\nC+ \\r\\n\nS: 501 no\n" SCENE_QUIT,
      .findings = "error command-line-too-long at 8; warning extension-not-offered at 8; "
                  "info plaintext-after-starttls at 6" },
};
/* clang-format on */

int main(void)
{
    TCase *tc = tcase_create("limits");

    tcase_add_loop_test(tc, what_was_offered_lengthens_the_limit, 0,
                        (int)(sizeof(limits) / sizeof(*limits)));
    tcase_add_test(tc, an_offer_that_was_not_captured_grants_everything);
    tcase_add_loop_test(tc, each_allowance_holds_to_the_octet, 0, (int)use_count());
    tcase_add_test(tc, the_reason_names_each_allowance);
    tcase_add_test(tc, the_rows_of_a_parameter_stand_together);
    return scene_suite_run("findings/command_limits", scenes, sizeof(scenes) / sizeof(*scenes), tc);
}
