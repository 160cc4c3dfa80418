/* The command line: what is taken, what is refused and how it is said. */
#include "app/options.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/option_table.h"

enum { WORDS_MAX = 32 };

/* Splits a line at its spaces; '_' stands for a space inside a word. */
struct line {
    char text[512];
    char *words[WORDS_MAX];
    int count;
};

static struct options options;
static struct options_problem problem;

static void clear(void)
{
    options_clear(&options);
}

static enum status parse(const char *text)
{
    static struct line line;
    size_t len = strlen(text);
    bool in_word = false;

    ck_assert_uint_lt(len, sizeof line.text);
    line.count = 0;
    for (size_t i = 0; i <= len; i++) {
        line.text[i] = text[i] == '_' ? ' ' : text[i];
        if (text[i] == ' ' || text[i] == '\0') {
            line.text[i] = '\0';
            in_word = false;
        } else if (!in_word) {
            in_word = true;
            ck_assert_int_lt(line.count, WORDS_MAX - 1);
            line.words[line.count++] = &line.text[i];
        }
    }
    line.words[line.count] = NULL;
    options_clear(&options);
    return options_parse(&options, line.count, line.words, &problem);
}

static void check_ok(const char *text)
{
    enum status status = parse(text);

    ck_assert_msg(status == STATUS_OK, "'%s': %s", text, problem.text);
}

static void check_usage(const char *text, const char *part)
{
    ck_assert_msg(parse(text) == STATUS_USAGE, "'%s' was taken", text);
    ck_assert_msg(strstr(problem.text, part) != NULL, "'%s': %s", text, problem.text);
}

START_TEST(a_capture_alone_is_analysed)
{
    check_ok("smtpscope a.pcap b.pcap");
    ck_assert_int_eq(options.command, COMMAND_ANALYZE);
    ck_assert_uint_eq(options.word_count, 2);
    ck_assert_str_eq(options.words[1], "b.pcap");
    ck_assert_int_eq(options.format, FORMAT_TEXT);
    ck_assert_int_eq(options.detail, DETAIL_NORMAL);
    ck_assert_int_eq(options.annotate, ANNOTATE_ALL);
    ck_assert_int_eq(options.zone, CLOCK_LOCAL);
    ck_assert(ports_hold(&options.ports, 587));
}
END_TEST

START_TEST(options_may_stand_anywhere)
{
    check_ok("smtpscope a.pcap -f json analyze");
    ck_assert_uint_eq(options.word_count, 2);
    check_ok("smtpscope -f json analyze a.pcap -v");
    ck_assert_int_eq(options.format, FORMAT_JSON);
    ck_assert_int_eq(options.detail, DETAIL_FULL);
    ck_assert_uint_eq(options.word_count, 1);
    check_ok("smtpscope -- -f");
    ck_assert_str_eq(options.words[0], "-f");
}
END_TEST

START_TEST(tcpdumps_way_joins_the_filter)
{
    check_ok("smtpscope -r a.pcap host 192.0.2.1 and port 25");
    ck_assert_str_eq(options.words[0], "a.pcap");
    ck_assert_uint_eq(options.word_count, 1);
    ck_assert_str_eq(options.filter, "host 192.0.2.1 and port 25");
    check_ok("smtpscope -r a.pcap -r b.pcap");
    ck_assert_uint_eq(options.word_count, 2);
    ck_assert_ptr_null(options.filter);
}
END_TEST

START_TEST(files_take_their_format_from_their_ending)
{
    check_ok("smtpscope -o a.txt -o b.json -o c.ndjson -o d.jsonl --output=../e.f/g.json x");
    ck_assert_uint_eq(options.output_count, 5);
    ck_assert_int_eq(options.outputs[0].format, FORMAT_TEXT);
    ck_assert_int_eq(options.outputs[1].format, FORMAT_JSON);
    ck_assert_int_eq(options.outputs[2].format, FORMAT_NDJSON);
    ck_assert_int_eq(options.outputs[3].format, FORMAT_NDJSON);
    check_usage("smtpscope -o a x", "'a' is not");
    check_usage("smtpscope -o a.json/b x", "is not");
    check_usage("smtpscope -o a/.json x", "is not");
    check_usage("smtpscope -o a.html x", "is not");
    check_usage("smtpscope --slow 0 x", "'0' is not a length of time");
    check_usage("smtpscope --memory 15 x", "'15' is not a number of megabytes, 16 at least");
    check_usage("smtpscope --memory 1048577 x", "is not a number of megabytes");
    check_usage("smtpscope --memory 64M x", "is not a number of megabytes");
}
END_TEST

START_TEST(every_option_sets_what_it_says)
{
    check_ok(
        "smtpscope --headers --show-secrets --annotate refusals --color never --progress always "
        "--fail-on warning --slow 30 --memory 16 --time utc -q --id x --since 5 --until 6 --catalog c.json x");
    ck_assert(options.with_headers && options.shows_secrets);
    ck_assert_int_eq(options.annotate, ANNOTATE_REFUSALS);
    ck_assert_int_eq(options.colour, WHEN_NEVER);
    ck_assert_int_eq(options.progress, WHEN_ALWAYS);
    ck_assert_int_eq(options.fail_on, SEVERITY_WARNING);
    ck_assert_int_eq(options.slow_ns, 30 * STAMP_SECOND);
    ck_assert_uint_eq(options.memory_max, 16 << 20);
    ck_assert_int_eq(options.zone, CLOCK_UTC);
    ck_assert_int_eq(options.detail, DETAIL_QUIET);
    ck_assert_str_eq(options.selection.id, "x");
    ck_assert_int_eq(options.selection.since.ns, 5 * STAMP_SECOND);
    ck_assert_int_eq(options.selection.until.ns, 6 * STAMP_SECOND);
    ck_assert_str_eq(options.catalog, "c.json");
}
END_TEST

START_TEST(questions_are_put_together)
{
    check_ok("smtpscope explain 550 5.7.1 some text");
    ck_assert_int_eq(options.command, COMMAND_EXPLAIN);
    ck_assert_uint_eq(options.word_count, 1);
    ck_assert_str_eq(options.words[0], "550 5.7.1 some text");
    check_ok("smtpscope explain 550_5.7.1_some_text --lang fr");
    ck_assert_str_eq(options.words[0], "550 5.7.1 some text");
    check_ok("smtpscope compare 250 550");
    ck_assert_uint_eq(options.word_count, 2);
}
END_TEST

START_TEST(help_and_version_win_over_what_is_missing)
{
    check_ok("smtpscope --version -f json");
    ck_assert_int_eq(options.command, COMMAND_VERSION);
    check_ok("smtpscope analyze --help");
    ck_assert_int_eq(options.command, COMMAND_HELP);
    ck_assert_str_eq(options.topic, "analyze");
    check_ok("smtpscope --help");
    ck_assert_ptr_null(options.topic);
    check_ok("smtpscope help analyse");
    ck_assert_str_eq(options.topic, "analyze");
}
END_TEST

START_TEST(contradictions_are_wrong)
{
    check_usage("smtpscope -v -q x", "at the same time");
    check_usage("smtpscope -q -v x", "at the same time");
    check_usage("smtpscope -F a -F b x", "one expression");
    check_usage("smtpscope -F a -r x b", "one of the two");
    check_usage("smtpscope --since 2 --until 1 x", "later");
    check_usage("smtpscope - -", "once");
    check_usage("smtpscope -o a.json a.json", "also a capture");
    check_usage("smtpscope -o a.json -o a.json x", "twice");
}
END_TEST

START_TEST(an_option_of_another_command_is_wrong)
{
    check_usage("smtpscope explain 550 --ports 25", "explain does not take --ports");
    ck_assert_str_eq(problem.topic, "explain");
    check_usage("smtpscope --lang fr --ports 25 explain 550", "explain does not take --ports");
    check_usage("smtpscope codes -v", "codes does not take -v");
    check_ok("smtpscope --lang fr x");
}
END_TEST

START_TEST(what_a_later_version_may_know_is_said_to_be_missing)
{
    check_usage("smtpscope ui x", "not in this version");
}
END_TEST

START_TEST(an_interface_without_a_command_means_live)
{
    check_ok("smtpscope -i eth0");
    ck_assert_int_eq(options.command, COMMAND_LIVE);
    ck_assert_str_eq(options.live.interface, "eth0");
    ck_assert_ptr_null(options.filter);
    check_ok("smtpscope live -i eth0 -w x.pcap -C 2 -W 3 host 192.0.2.1");
    ck_assert_uint_eq(options.live.rotate_octets, 2000000);
    ck_assert_uint_eq(options.live.rotate_files, 3);
    ck_assert_str_eq(options.filter, "host 192.0.2.1");
    check_ok("smtpscope interfaces");
    ck_assert_int_eq(options.command, COMMAND_INTERFACES);
}
END_TEST

START_TEST(a_live_capture_needs_an_interface_and_one_filter)
{
    check_usage("smtpscope live port 25", "needs -i IFACE");
    check_usage("smtpscope -i eth0 -F tcp port 25", "one of the two");
    check_usage("smtpscope -i eth0 -i eth1", "one interface at a time");
    check_usage("smtpscope -i eth0 -G 5", "rotate the file of -w");
    check_usage("smtpscope -i eth0 --since 2 --until 1", "later");
}
END_TEST

START_TEST(mistakes_are_named)
{
    check_usage("smtpscope --nonsense x", "unknown option --nonsense");
    check_usage("smtpscope -j x", "unknown option -j");
    check_usage("smtpscope -Z x", "analyze does not take -Z");
    check_usage("smtpscope -f", "--format needs a value");
    check_usage("smtpscope --ports", "--ports needs a value");
    check_usage("smtpscope --headers=1 x", "--headers takes no value");
    check_usage("smtpscope analyze", "needs a CAPTURE");
    check_usage("smtpscope explain", "needs a reply");
    check_usage("smtpscope compare 1", "two reply codes");
    check_usage("smtpscope codes x", "takes no 'x'");
    check_usage("smtpscope help x", "no command 'x'");
}
END_TEST

/* _i is the row: a value that no option takes is refused by each that takes only some. */
START_TEST(every_value_is_checked)
{
    static const char *const any_word[] = { "--filter", "--address", "--id", "--catalog",
                                            "-i",       "-w",        "-Z" };
    const struct option_row *row = &option_rows[_i];
    char text[64];

    if (row->kind != OPTION_SETTING || row->value == OPTION_FLAG)
        return;
    for (size_t i = 0; i < sizeof any_word / sizeof *any_word; i++)
        if (strcmp(row->shown, any_word[i]) == 0)
            return;
    (void)snprintf(text, sizeof text, "smtpscope %s ?! x", row->shown);
    check_usage(text, "'?!' is not");
}
END_TEST

START_TEST(a_long_word_is_cut_in_the_message)
{
    static char word[600];
    char *argv[] = { (char[]){ "smtpscope" }, (char[]){ "--format" }, word, NULL };

    for (size_t i = 0; i + 1 < sizeof word; i++)
        word[i] = 'x';
    options_clear(&options);
    ck_assert_int_eq(options_parse(&options, 3, argv, &problem), STATUS_USAGE);
    ck_assert_uint_lt(strlen(problem.text), 300);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("app/options");
    TCase *tc = tcase_create("options");
    SRunner *runner = srunner_create(s);
    int failed;

    tcase_add_checked_fixture(tc, NULL, clear);
    tcase_add_test(tc, a_capture_alone_is_analysed);
    tcase_add_test(tc, options_may_stand_anywhere);
    tcase_add_test(tc, tcpdumps_way_joins_the_filter);
    tcase_add_test(tc, files_take_their_format_from_their_ending);
    tcase_add_test(tc, every_option_sets_what_it_says);
    tcase_add_test(tc, questions_are_put_together);
    tcase_add_test(tc, help_and_version_win_over_what_is_missing);
    tcase_add_test(tc, contradictions_are_wrong);
    tcase_add_test(tc, an_option_of_another_command_is_wrong);
    tcase_add_test(tc, what_a_later_version_may_know_is_said_to_be_missing);
    tcase_add_test(tc, an_interface_without_a_command_means_live);
    tcase_add_test(tc, a_live_capture_needs_an_interface_and_one_filter);
    tcase_add_test(tc, mistakes_are_named);
    tcase_add_loop_test(tc, every_value_is_checked, 0, (int)option_row_count);
    tcase_add_test(tc, a_long_word_is_cut_in_the_message);
    suite_add_tcase(s, tc);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
