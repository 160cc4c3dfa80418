/* The arguments of MAIL and RCPT, and Message-IDs. */
#include "session/path.h"

#include <check.h>

#include "support/exact.h"
#include "support/suite.h"

static void check_same(struct slice a, struct slice b)
{
    ck_assert(slice_equal(a, b));
}

START_TEST(a_path_is_read_as_it_was_meant)
{
    static const struct {
        const char *line;
        const char *address;
        const char *parameters;
    } rows[] = {
        { "MAIL FROM:<a@b>", "a@b", "" },
        { "MAIL FROM:<>", "", "" },
        { "MAIL FROM:<> BODY=8BITMIME", "", "BODY=8BITMIME" },
        { "MAIL FROM:<a@b> SIZE=1 SMTPUTF8", "a@b", "SIZE=1 SMTPUTF8" },
        { "mail from:<a@b>  SIZE=1 ", "a@b", "SIZE=1" },
        { "MAIL FROM: <a@b> SIZE=1", "a@b", "SIZE=1" },
        { "MAIL FROM:a@b SIZE=1", "a@b", "SIZE=1" },
        { "MAIL FROM:<a@b>SIZE=1", "a@b", "SIZE=1" },
        { "MAIL FROM:<a@b", "a@b", "" },
        { "MAIL FROM <a@b>", "FROM", "<a@b>" },
        { "MAIL <a@b> X=1", "a@b", "X=1" },
        { "MAIL a@b", "a@b", "" },
        { "MAIL", "", "" },
        { "MAIL FROM:", "", "" },
        { "MAIL FROM:   ", "", "" },
        { "RCPT TO:<\"a>b\"@c> NOTIFY=NEVER", "\"a>b\"@c", "NOTIFY=NEVER" },
        { "RCPT TO:<\"a\\\"b>\"@c>", "\"a\\\"b>\"@c", "" },
        { "RCPT TO:<\"a@c> X=1", "\"a@c", "X=1" },
        { "RCPT TO:<@r1,@r2:a@b>", "a@b", "" },
        { "RCPT TO:<@r1>", "@r1", "" },
        { "RCPT TO:<a:b@c>", "a:b@c", "" },
        { "RCPT TO:<Postmaster>", "Postmaster", "" },
        { "RCPT TO:<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]", "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct slice line = exact_copy(slice_of_string(rows[i].line));
        struct path_argument path = path_argument_of(line);

        check_same(slice_part(line, path.span.begin, path.span.end - path.span.begin),
                   path.address);
        check_same(path_parameters_behind(line, path.span), path.parameters);
        ck_assert_msg(slice_equal(path.address, slice_of_string(rows[i].address)),
                      "%s: address is %.*s", rows[i].line, (int)path.address.len,
                      path.address.len == 0 ? "" : (const char *)path.address.data);
        ck_assert_msg(slice_equal(path.parameters, slice_of_string(rows[i].parameters)),
                      "%s: parameters are %.*s", rows[i].line, (int)path.parameters.len,
                      path.parameters.len == 0 ? "" : (const char *)path.parameters.data);
        exact_free(line);
    }
}
END_TEST

/* Where the path is said to be it is. */
static void check_place(const char *line, const struct path_argument *argument)
{
    const struct slice *path = &argument->path;

    ck_assert_ptr_eq(line + argument->place.at, path->data + slice_find_last(*path, '@'));
    ck_assert_ptr_eq(line + argument->place.end, path->data + path->len);
}

/* In lower case the keyword is none of those that are looked for first. */
START_TEST(the_usual_way_of_writing_a_path_is_read_as_any_other)
{
    static const char *const rests[] = {
        "<a@b>",
        "<a.b+c=d@e.example>",
        "<a@b> SIZE=1  BODY=7BIT ",
        "<a@b>x",
        "<a@b",
        "<a@>",
        "<@b>",
        "<a>",
        "<a@b@c>",
        "<a b@c>",
        "<",
        "<a@b>\t",
        "<\"a\"@b>",
        "<a@[192.0.2.1]>",
        "<a@b>>",
        "<<a@b>>",
        "<a,b@c>",
        "<@r:a@b>",
        "<a@b:c>",
        "<a@b\xe9>",
        "<>",
    };

    for (size_t i = 0; i < sizeof(rests) / sizeof(*rests); i++) {
        char usual[64] = "RCPT TO:";
        char other[64] = "rcpt to:";
        struct path_argument a;
        struct path_argument b;

        strncat(usual, rests[i], sizeof(usual) - strlen(usual) - 1);
        strncat(other, rests[i], sizeof(other) - strlen(other) - 1);
        a = path_argument_of(slice_of_string(usual));
        b = path_argument_of(slice_of_string(other));
        check_same(a.path, b.path);
        check_same(a.address, b.address);
        check_same(a.parameters, b.parameters);
        ck_assert_uint_eq(b.place.end, 0);
        if (a.place.end != 0)
            check_place(usual, &a);
        else
            ck_assert_uint_gt(i, 2);
    }
}
END_TEST

/* _i is how much of the line there is. */
START_TEST(a_path_cut_at_any_octet_is_what_there_is_of_it)
{
    static const char line[] = "RCPT TO:<\"a\\>\"@b> X=1";
    struct slice part = exact_copy(slice_of(line, (size_t)_i));
    struct path_argument path = path_argument_of(part);
    size_t in_path = _i < 9 ? 0 : (size_t)_i - 9;

    /* A quote that does not close yet hides no bracket. */
    if (_i == 13)
        ck_assert_uint_eq(path.address.len, 3);
    else if (_i >= 8)
        ck_assert_uint_eq(path.address.len, in_path < 7 ? in_path : 7);
    ck_assert_uint_eq(path.parameters.len, _i < 18 ? 0 : (size_t)_i - 18);
    /* Nothing of what comes back lies outside the line. */
    ck_assert(path.address.len == 0 || path.address.data + path.address.len <= part.data + _i);
    ck_assert(path.parameters.len == 0 ||
              path.parameters.data + path.parameters.len <= part.data + _i);
    exact_free(part);
}
END_TEST

START_TEST(parameters_are_words_with_a_name_and_perhaps_a_value)
{
    struct slice text = slice_of_string("SIZE=100  SMTPUTF8 ENVID=a=b AUTH= =x");
    struct parameter list[5];

    ck_assert_uint_eq(path_parameter_count(text), 5);
    path_parameters(text, list, 5);
    ck_assert(slice_equal(list[0].name, slice_of_string("SIZE")));
    ck_assert(slice_equal(list[0].value, slice_of_string("100")));
    ck_assert(slice_equal(list[1].name, slice_of_string("SMTPUTF8")));
    ck_assert_uint_eq(list[1].value.len, 0);
    ck_assert(slice_equal(list[2].name, slice_of_string("ENVID")));
    ck_assert(slice_equal(list[2].value, slice_of_string("a=b")));
    ck_assert(slice_equal(list[3].name, slice_of_string("AUTH")));
    ck_assert_uint_eq(list[3].value.len, 0);
    ck_assert_uint_eq(list[4].name.len, 0);
    ck_assert(slice_equal(list[4].value, slice_of_string("x")));
}
END_TEST

START_TEST(no_words_are_no_parameters)
{
    ck_assert_uint_eq(path_parameter_count(slice_of(NULL, 0)), 0);
    ck_assert_uint_eq(path_parameter_count(slice_of_string("  \t ")), 0);
}
END_TEST

START_TEST(a_message_id_is_what_its_brackets_hold)
{
    static const char *const rows[][2] = {
        { "<1@example.test>", "1@example.test" },
        { " <1@e> (comment)", "1@e" },
        { "1@e ", "1@e" },
        { "<1@e", "<1@e" },
        { "1@e>", "1@e>" },
        { ">1@e<", ">1@e<" },
        { "<>", "" },
        { "", "" },
        { "<a> <b>", "a" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        ck_assert_msg(
            slice_equal(path_message_id(slice_of_string(rows[i][0])), slice_of_string(rows[i][1])),
            "%s", rows[i][0]);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("path");

    tcase_add_test(tc, a_path_is_read_as_it_was_meant);
    tcase_add_test(tc, the_usual_way_of_writing_a_path_is_read_as_any_other);
    tcase_add_loop_test(tc, a_path_cut_at_any_octet_is_what_there_is_of_it, 0, 22);
    tcase_add_test(tc, parameters_are_words_with_a_name_and_perhaps_a_value);
    tcase_add_test(tc, no_words_are_no_parameters);
    tcase_add_test(tc, a_message_id_is_what_its_brackets_hold);
    return suite_run("session/path", tc);
}
