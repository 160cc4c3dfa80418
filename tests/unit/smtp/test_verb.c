/* Every verb, in every case of letters, with everything that may end it. */
#include "smtp/verb.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support/exact.h"
#include "support/suite.h"

/* clang-format off */
static const struct {
    const char *name;
    enum smtp_verb verb;
} rows[] = {
    { "HELO", VERB_HELO },         { "EHLO", VERB_EHLO },
    { "LHLO", VERB_LHLO },         { "MAIL", VERB_MAIL },
    { "RCPT", VERB_RCPT },         { "DATA", VERB_DATA },
    { "BDAT", VERB_BDAT },         { "BURL", VERB_BURL },
    { "RSET", VERB_RSET },         { "NOOP", VERB_NOOP },
    { "QUIT", VERB_QUIT },         { "VRFY", VERB_VRFY },
    { "EXPN", VERB_EXPN },         { "HELP", VERB_HELP },
    { "SEND", VERB_SEND },         { "SOML", VERB_SOML },
    { "SAML", VERB_SAML },         { "TURN", VERB_TURN },
    { "ATRN", VERB_ATRN },         { "ETRN", VERB_ETRN },
    { "AUTH", VERB_AUTH },         { "STARTTLS", VERB_STARTTLS },
    { "X-ANONYMOUSTLS", VERB_X_ANONYMOUSTLS },
    { "XCLIENT", VERB_XCLIENT },   { "XFORWARD", VERB_XFORWARD },
};
/* clang-format on */

enum { ROWS = sizeof(rows) / sizeof(*rows) };

static enum smtp_verb verb_of(const char *line)
{
    return smtp_verb_of(slice_of_string(line));
}

START_TEST(a_verb_is_known_with_whatever_may_end_it)
{
    static const char *const ends[] = { "", " ", "\t", ":", " x", ":<a@b>", " MAIL", "\tx" };
    char line[64];

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        snprintf(line, sizeof(line), "%s%s", rows[_i].name, ends[i]);
        ck_assert_int_eq(verb_of(line), rows[_i].verb);
    }
    ck_assert_str_eq(smtp_verb_name(rows[_i].verb), rows[_i].name);
}
END_TEST

/* Every way to write the letters large and small. */
START_TEST(the_case_of_letters_means_nothing)
{
    struct slice name = slice_of_string(rows[_i].name);

    for (unsigned small = 0; small < 1U << name.len; small++) {
        char line[64];

        for (size_t at = 0; at < name.len; at++)
            line[at] = (char)((small >> at & 1) != 0 && ascii_is_alpha(name.data[at])
                                  ? name.data[at] | 0x20
                                  : name.data[at]);
        line[name.len] = '\0';
        ck_assert_int_eq(verb_of(line), rows[_i].verb);
    }
}
END_TEST

START_TEST(a_verb_cut_at_any_octet_is_none)
{
    struct slice name = slice_of_string(rows[_i].name);

    for (size_t len = 0; len < name.len; len++) {
        struct slice part = exact_copy(slice_part(name, 0, len));

        ck_assert_int_eq(smtp_verb_of(part), VERB_UNKNOWN);
        exact_free(part);
    }
}
END_TEST

static enum parse begins(const char *octets)
{
    return smtp_verb_begins(slice_of_string(octets));
}

START_TEST(a_verb_that_goes_on_is_waited_for)
{
    char name[32] = "";

    for (size_t len = 1; len <= strlen(rows[_i].name); len++) {
        snprintf(name, sizeof(name), "%.*s", (int)len, rows[_i].name);
        ck_assert_int_eq(begins(name), PARSE_MORE);
    }
    ck_assert_uint_lt(strlen(name), SMTP_VERB_TELLS);
    snprintf(name, sizeof(name), "%s\r", rows[_i].name);
    ck_assert_int_eq(begins(name), PARSE_MORE);
    snprintf(name, sizeof(name), "%s\r\n", rows[_i].name);
    ck_assert_int_eq(begins(name), PARSE_OK);
    snprintf(name, sizeof(name), "%s\nX", rows[_i].name);
    ck_assert_int_eq(begins(name), PARSE_OK);
    snprintf(name, sizeof(name), "%s:", rows[_i].name);
    ck_assert_int_eq(begins(name), PARSE_OK);
    snprintf(name, sizeof(name), "%s\rX", rows[_i].name);
    ck_assert_int_eq(begins(name), PARSE_BAD);
    snprintf(name, sizeof(name), "%s*", rows[_i].name);
    ck_assert_int_eq(begins(name), PARSE_BAD);
}
END_TEST

START_TEST(what_is_no_verb_is_told_at_once)
{
    static const char *const octets[] = { "\r", "\n",   "\r\n",  " ",     ":",
                                          "QI", "\x16", "MAI\n", "MAI\r", "X-ANONYMOUSTLSX",
                                          "." };

    for (size_t i = 0; i < sizeof(octets) / sizeof(*octets); i++)
        ck_assert_int_eq(begins(octets[i]), PARSE_BAD);
}
END_TEST

START_TEST(a_verb_with_another_octet_at_either_end_is_none)
{
    char line[64];

    for (unsigned octet = 1; octet < 256; octet++) {
        if (octet == ' ' || octet == '\t' || octet == ':')
            continue;
        snprintf(line, sizeof(line), "%s%c x", rows[_i].name, (int)octet);
        ck_assert_int_eq(verb_of(line), VERB_UNKNOWN);
        snprintf(line, sizeof(line), "%c%s x", (int)octet, rows[_i].name);
        ck_assert_int_eq(verb_of(line), VERB_UNKNOWN);
    }
    ck_assert_int_eq(smtp_verb_of(slice_of("NOOP\0x", 6)), VERB_UNKNOWN);
}
END_TEST

START_TEST(every_verb_but_the_pseudo_ones_is_in_this_table)
{
    bool is_tested[VERB_COUNT] = { false };

    for (size_t i = 0; i < ROWS; i++)
        is_tested[rows[i].verb] = true;
    for (unsigned verb = 0; verb < VERB_COUNT; verb++)
        ck_assert_int_eq(is_tested[verb], verb > VERB_PROXY);
}
END_TEST

START_TEST(a_line_that_is_no_command_is_unknown)
{
    static const char *const lines[] = {
        "",
        " ",
        ":",
        " MAIL FROM:<a@b>",
        "FROM:<a@b>",
        "MAILFROM:<a@b>",
        "HELOO",
        "STARTTLS;",
        "X-STARTTLS",
        "250 ok",
        "XEXCH50",
        "XTEXT",
        "CONNECT",
        ".",
        "?",
        "\r",
        "EHLO\xc3\xa9",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        ck_assert_msg(verb_of(lines[i]) == VERB_UNKNOWN, "%s", lines[i]);
}
END_TEST

START_TEST(the_pseudo_verbs_have_the_names_of_a_report)
{
    ck_assert_str_eq(smtp_verb_name(VERB_NONE), "");
    ck_assert_str_eq(smtp_verb_name(VERB_CONNECT), "CONNECT");
    ck_assert_str_eq(smtp_verb_name(VERB_END_OF_DATA), ".");
    ck_assert_str_eq(smtp_verb_name(VERB_UNKNOWN), "?");
    ck_assert_str_eq(smtp_verb_name(VERB_COUNT), "");
}
END_TEST

START_TEST(two_verbs_start_tls_and_no_other)
{
    ck_assert(smtp_verb_starts_tls(VERB_STARTTLS));
    ck_assert(smtp_verb_starts_tls(VERB_X_ANONYMOUSTLS));
    for (unsigned verb = 0; verb < VERB_COUNT; verb++) {
        if (verb != VERB_STARTTLS && verb != VERB_X_ANONYMOUSTLS)
            ck_assert(!smtp_verb_starts_tls((enum smtp_verb)verb));
    }
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("verb");

    tcase_add_loop_test(tc, a_verb_is_known_with_whatever_may_end_it, 0, ROWS);
    tcase_add_loop_test(tc, the_case_of_letters_means_nothing, 0, ROWS);
    tcase_add_loop_test(tc, a_verb_cut_at_any_octet_is_none, 0, ROWS);
    tcase_add_loop_test(tc, a_verb_that_goes_on_is_waited_for, 0, ROWS);
    tcase_add_test(tc, what_is_no_verb_is_told_at_once);
    tcase_add_loop_test(tc, a_verb_with_another_octet_at_either_end_is_none, 0, ROWS);
    tcase_add_test(tc, every_verb_but_the_pseudo_ones_is_in_this_table);
    tcase_add_test(tc, a_line_that_is_no_command_is_unknown);
    tcase_add_test(tc, the_pseudo_verbs_have_the_names_of_a_report);
    tcase_add_test(tc, two_verbs_start_tls_and_no_other);
    return suite_run("smtp/verb", tc);
}
