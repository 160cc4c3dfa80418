/* The selection options over records made by hand. */
#include "app/select.h"

#include <check.h>
#include <stdlib.h>

#include "net/endpoint.h"

static struct recipient recipients[] = {
    { .address = { (const uint8_t *)"Bob@Dest.example", 16 }, .verdict = VERDICT_ACCEPTED },
    { .address = { (const uint8_t *)"carol@dest.example", 18 }, .verdict = VERDICT_REFUSED },
};

static const struct message messages[] = {
    {
        .has_from = true,
        .from = { (const uint8_t *)"alice@src.example", 17 },
        .recipients = recipients,
        .recipient_count = 2,
        .message_id = { (const uint8_t *)"id-1@src.example", 16 },
        .queue_id = { (const uint8_t *)"4ABCDE", 6 },
    },
};

static const struct entry entries[] = {
    { .kind = ENTRY_REPLY, .reply = { .code = 220 } },
    { .kind = ENTRY_COMMAND, .command = { .line = { (const uint8_t *)"RCPT", 4 } } },
    { .kind = ENTRY_REPLY, .reply = { .code = 550, .enhanced = { 5, 1, 1 } } },
};

static struct session_record record_of(void)
{
    struct session_record record = {
        .ordinal = 7,
        .outcome = OUTCOME_PARTIAL,
        .started.at.ns = 100,
        .ended.at.ns = 200,
        .messages = messages,
        .message_count = 1,
        .entries = entries,
        .entry_count = 3,
        .client.port = 40000,
        .server.port = 25,
    };

    ck_assert(address_parse("192.0.2.1", &record.client.address));
    ck_assert(address_parse("2001:db8::25", &record.server.address));
    return record;
}

static bool matches(const struct selection *selection)
{
    struct session_record record = record_of();
    struct findings none = { .list = NULL };

    return select_matches(selection, &record, &none);
}

START_TEST(an_empty_selection_matches_all)
{
    ck_assert(matches(&(struct selection){ .session_count = 0 }));
}
END_TEST

START_TEST(a_session_is_chosen_by_number)
{
    struct selection s = { .session_count = 0 };

    ck_assert(select_parse_sessions(&s, "7"));
    ck_assert(matches(&s));
    ck_assert(select_parse_sessions(&s, "1,7,9"));
    ck_assert(matches(&s));
    ck_assert(select_parse_sessions(&s, "1,8"));
    ck_assert(!matches(&s));
    ck_assert(!select_parse_sessions(&s, "0"));
    ck_assert(!select_parse_sessions(&s, "1,"));
    ck_assert(!select_parse_sessions(&s, ""));
}
END_TEST

START_TEST(a_list_is_as_long_as_its_limit_and_no_longer)
{
    struct selection s = { .session_count = 0 };
    char list[2 * SELECT_LIST_MAX + 2] = "";

    for (size_t i = 0; i < SELECT_LIST_MAX; i++) {
        list[2 * i] = '1';
        list[2 * i + 1] = i + 1 < SELECT_LIST_MAX ? ',' : '\0';
    }
    ck_assert(select_parse_sessions(&s, list));
    ck_assert_uint_eq(s.session_count, SELECT_LIST_MAX);
    list[2 * SELECT_LIST_MAX - 1] = ',';
    list[2 * SELECT_LIST_MAX] = '1';
    ck_assert(!select_parse_sessions(&s, list));
}
END_TEST

START_TEST(codes_match_as_class_code_and_enhanced_code)
{
    static const char *const right[] = { "550", "5xx", "5XX", "5.1.1", "2xx", "111,550", "220" };
    static const char *const other[] = { "551", "4xx", "5.1.10", "5.1.2", "250,3xx" };
    static const char *const wrong[] = { "",    "5",      "55",    "5500",  "1xx", "6xx", "5x0",
                                         "5.7", "5.7.1 ", "5.7.x", "3.7.1", "099", "550," };
    struct selection s = { .session_count = 0 };

    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        ck_assert_msg(select_parse_codes(&s, right[i]), "%s", right[i]);
        ck_assert_msg(matches(&s), "%s", right[i]);
    }
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        ck_assert_msg(select_parse_codes(&s, other[i]), "%s", other[i]);
        ck_assert_msg(!matches(&s), "%s", other[i]);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!select_parse_codes(&s, wrong[i]), "'%s' was taken", wrong[i]);
}
END_TEST

START_TEST(outcomes_are_a_list)
{
    struct selection s = { .session_count = 0 };

    ck_assert(select_parse_outcomes(&s, "delivered,partial"));
    ck_assert(matches(&s));
    ck_assert(select_parse_outcomes(&s, "delivered,no_mail"));
    ck_assert(!matches(&s));
    ck_assert(!select_parse_outcomes(&s, "delivered,lost"));
    ck_assert(!select_parse_outcomes(&s, ""));
}
END_TEST

START_TEST(endpoints_match_with_and_without_their_port)
{
    struct selection s = { .session_count = 0 };

    ck_assert(select_parse_endpoint(&s.client, "192.0.2.1"));
    ck_assert(matches(&s));
    ck_assert(select_parse_endpoint(&s.client, "192.0.2.1:40000"));
    ck_assert(matches(&s));
    ck_assert(select_parse_endpoint(&s.client, "192.0.2.1:40001"));
    ck_assert(!matches(&s));
    s.client.is_set = false;
    ck_assert(select_parse_endpoint(&s.server, "2001:db8:0::25"));
    ck_assert(matches(&s));
    ck_assert(select_parse_endpoint(&s.server, "[2001:db8::25]"));
    ck_assert(matches(&s));
    ck_assert(select_parse_endpoint(&s.server, "[2001:db8::25]:25"));
    ck_assert(matches(&s));
    ck_assert(select_parse_endpoint(&s.server, "[2001:db8::25]:26"));
    ck_assert(!matches(&s));
}
END_TEST

START_TEST(what_is_no_endpoint_is_refused)
{
    static const char *const wrong[] = { "",
                                         "mx.example",
                                         "192.0.2",
                                         "192.0.2.1:",
                                         "192.0.2.1:0",
                                         "192.0.2.1:65536",
                                         "192.0.2.1:x",
                                         "[2001:db8::1",
                                         "[2001:db8::1]25",
                                         "[]",
                                         "[]:25",
                                         ":25",
                                         "::1]:25",
                                         "1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111" };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct endpoint_match match = { .is_set = false };

        ck_assert_msg(!select_parse_endpoint(&match, wrong[i]), "'%s' was taken", wrong[i]);
        ck_assert(!match.is_set);
    }
}
END_TEST

START_TEST(an_address_is_found_by_any_part_of_it)
{
    static const char *const right[] = { "alice@src.example", "ALICE", "bob@", "carol", "example" };
    struct selection s = { .session_count = 0 };

    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        s.address = right[i];
        ck_assert_msg(matches(&s), "%s", right[i]);
    }
    s.address = "dave";
    ck_assert(!matches(&s));
}
END_TEST

START_TEST(an_id_is_compared_whole)
{
    struct selection s = { .id = "id-1@src.example" };

    ck_assert(matches(&s));
    s.id = "<id-1@src.example>";
    ck_assert(matches(&s));
    s.id = "4ABCDE";
    ck_assert(matches(&s));
    s.id = "4ABC";
    ck_assert(!matches(&s));
    s.id = "<>";
    ck_assert(!matches(&s));
}
END_TEST

START_TEST(an_interval_is_touched_at_its_ends)
{
    struct selection s = { .has_since = true, .since.ns = 200 };

    ck_assert(matches(&s));
    s.since.ns = 201;
    ck_assert(!matches(&s));
    s = (struct selection){ .has_until = true, .until.ns = 100 };
    ck_assert(matches(&s));
    s.until.ns = 99;
    ck_assert(!matches(&s));
    s = (struct selection){ .has_since = true, .has_until = true };
    s.since.ns = 120;
    s.until.ns = 130;
    ck_assert(matches(&s));
}
END_TEST

START_TEST(findings_are_chosen_by_id)
{
    struct session_record record = record_of();
    size_t count;
    const struct finding_rule *rules = finding_rules(&count);
    struct finding one = { .rule = &rules[1] };
    struct findings findings = { .list = &one, .count = 1 };
    struct selection s = { .session_count = 0 };

    ck_assert_uint_ge(count, 2);
    ck_assert(select_parse_findings(&s, rules[1].id));
    ck_assert(select_matches(&s, &record, &findings));
    ck_assert(select_parse_findings(&s, rules[0].id));
    ck_assert(!select_matches(&s, &record, &findings));
    ck_assert(!select_parse_findings(&s, "no-such-finding"));
    ck_assert(!select_parse_findings(&s, ""));
}
END_TEST

START_TEST(all_that_is_set_must_match)
{
    struct selection s = { .address = "alice", .id = "4ABCDE" };

    ck_assert(select_parse_codes(&s, "550"));
    ck_assert(matches(&s));
    ck_assert(select_parse_outcomes(&s, "rejected"));
    ck_assert(!matches(&s));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("app/select");
    TCase *tc = tcase_create("select");
    SRunner *runner = srunner_create(s);
    int failed;

    tcase_add_test(tc, an_empty_selection_matches_all);
    tcase_add_test(tc, a_session_is_chosen_by_number);
    tcase_add_test(tc, a_list_is_as_long_as_its_limit_and_no_longer);
    tcase_add_test(tc, codes_match_as_class_code_and_enhanced_code);
    tcase_add_test(tc, outcomes_are_a_list);
    tcase_add_test(tc, endpoints_match_with_and_without_their_port);
    tcase_add_test(tc, what_is_no_endpoint_is_refused);
    tcase_add_test(tc, an_address_is_found_by_any_part_of_it);
    tcase_add_test(tc, an_id_is_compared_whole);
    tcase_add_test(tc, an_interval_is_touched_at_its_ends);
    tcase_add_test(tc, findings_are_chosen_by_id);
    tcase_add_test(tc, all_that_is_set_must_match);
    suite_add_tcase(s, tc);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
