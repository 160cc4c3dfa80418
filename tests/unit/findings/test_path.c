/* Cutting MAIL and RCPT. */
#include "findings/path.h"

#include "session/path.h"
#include "support/suite.h"

static const struct {
    const char *line;
    enum path_flaw flaw;
    const char *path;
    const char *local;
    const char *domain;
    const char *parameters;
} rows[] = {
    { "MAIL FROM:<a@b.example>", PATH_FLAW_NONE, "a@b.example", "a", "b.example", "" },
    { "mail from:<>", PATH_FLAW_NONE, "", "", "", "" },
    { "MAIL FROM:<a@b> SIZE=1 BODY=7BIT", PATH_FLAW_NONE, "a@b", "a", "b", "SIZE=1 BODY=7BIT" },
    { "RCPT TO:<@x,@y:a@b>", PATH_FLAW_NONE, "@x,@y:a@b", "a", "b", "" },
    { "RCPT TO:<\"a@x\"@b>", PATH_FLAW_NONE, "\"a@x\"@b", "\"a@x\"", "b", "" },
    { "RCPT TO:<\"a>\\\" \"@b>", PATH_FLAW_NONE, "\"a>\\\" \"@b", "\"a>\\\" \"", "b", "" },
    { "RCPT TO:<postmaster>", PATH_FLAW_NONE, "postmaster", "postmaster", "", "" },
    { "MAIL FROM:<postmaster>", PATH_FLAW_NO_DOMAIN, "postmaster", "postmaster", "", "" },
    { "MAIL TO:<a@b>", PATH_FLAW_NO_KEYWORD, "", "", "", "" },
    { "MAIL", PATH_FLAW_NO_KEYWORD, "", "", "", "" },
    { "RCPT TO", PATH_FLAW_NO_KEYWORD, "", "", "", "" },
    { "RCPT TO:", PATH_FLAW_MISSING, "", "", "", "" },
    { "RCPT TO : <a@b>", PATH_FLAW_SPACE_BEFORE, "a@b", "a", "b", "" },
    { "RCPT TO:\t<a@b>", PATH_FLAW_SPACE_AFTER, "a@b", "a", "b", "" },
    { "RCPT TO:a@b NOTIFY=NEVER", PATH_FLAW_NO_BRACKETS, "a@b", "a", "b", "NOTIFY=NEVER" },
    { "RCPT TO:<a@b", PATH_FLAW_UNCLOSED, "a@b", "a", "b", "" },
    { "RCPT TO:<", PATH_FLAW_UNCLOSED, "", "", "", "" },
    { "RCPT TO:<>", PATH_FLAW_EMPTY, "", "", "", "" },
    { "RCPT TO:<a@b>x", PATH_FLAW_JUNK, "a@b", "a", "b", "x" },
    { "MAIL FROM:<a@b>>", PATH_FLAW_JUNK, "a@b", "a", "b", ">" },
    { "mail from:<a@b.example>", PATH_FLAW_NONE, "a@b.example", "a", "b.example", "" },
    { "MAIL FROM:<a@b", PATH_FLAW_UNCLOSED, "a@b", "a", "b", "" },
    { "RCPT TO:<@b>", PATH_FLAW_NONE, "@b", "", "b", "" },
    { "RCPT TO:<a b@c>", PATH_FLAW_SPACE_INSIDE, "a b@c", "a b", "c", "" },
};

/* Of a command as a session keeps it, which tells where a usual path is, or does not. */
static struct path_line cut_line(struct slice line, struct path_place place)
{
    struct entry entry = {
        .kind = ENTRY_COMMAND,
        .verb = smtp_verb_of(line),
        .command = { .line = line, .path = place },
    };

    return path_line_of(&entry);
}

static void check(struct slice got, const char *expected, const char *line)
{
    ck_assert_msg(slice_equal(got, slice_of_string(expected)), "%s: %.*s", line, (int)got.len,
                  got.len == 0 ? "" : (const char *)got.data);
}

static void check_row(int i, struct path_place place)
{
    const char *text = rows[i].line;
    struct path_line cut = cut_line(slice_of_string(text), place);

    ck_assert_msg(cut.flaw == rows[i].flaw, "%s: %d", text, (int)cut.flaw);
    check(cut.path, rows[i].path, text);
    check(cut.local, rows[i].local, text);
    check(cut.domain, rows[i].domain, text);
    check(cut.parameters, rows[i].parameters, text);
}

START_TEST(a_line_is_cut_into_path_and_parameters)
{
    check_row(_i, (struct path_place){ 0 });
}
END_TEST

START_TEST(it_is_cut_the_same_where_its_path_was_found_before)
{
    check_row(_i, path_argument_of(slice_of_string(rows[_i].line)).place);
}
END_TEST

START_TEST(a_line_may_end_anywhere)
{
    static const char text[] = "RCPT TO : <@x:\"a\\>\"@b> ORCPT=rfc822;x NOTIFY=";
    struct slice line = slice_of(text, (size_t)_i);
    struct path_line cut = cut_line(line, (struct path_place){ 0 });
    struct slice rest = cut.parameters;
    struct path_parameter parameter;

    ck_assert_uint_le(cut.path.len + cut.parameters.len, line.len);
    while (path_parameter_next(&rest, &parameter))
        ck_assert_uint_gt(parameter.name.len, 0);
}
END_TEST

START_TEST(a_parameter_is_found_by_its_name)
{
    struct slice line = slice_of_string("MAIL FROM:<> size=10 SMTPUTF8 AUTH=<>");
    struct path_line cut = cut_line(line, (struct path_place){ 0 });
    struct path_parameter parameter;

    ck_assert(path_parameter_named(&cut, "SIZE", &parameter));
    ck_assert(slice_equal(parameter.value, slice_of_string("10")));
    ck_assert(path_parameter_named(&cut, "SMTPUTF8", &parameter));
    ck_assert(!parameter.has_value);
    ck_assert(!path_parameter_named(&cut, "BODY", NULL));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("path");

    tcase_add_loop_test(tc, a_line_is_cut_into_path_and_parameters, 0,
                        (int)(sizeof(rows) / sizeof(*rows)));
    tcase_add_loop_test(tc, it_is_cut_the_same_where_its_path_was_found_before, 0,
                        (int)(sizeof(rows) / sizeof(*rows)));
    tcase_add_loop_test(tc, a_line_may_end_anywhere, 4, 46);
    tcase_add_test(tc, a_parameter_is_found_by_its_name);
    return suite_run("findings/path", tc);
}
