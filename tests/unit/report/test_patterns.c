/* Finished sessions -> what they show together. */
#include "report/patterns.h"

#include <check.h>
#include <stdio.h>

#include "base/limits.h"
#include "support/record_builder.h"
#include "support/suite.h"

static struct patterns *patterns;
static uint64_t ordinal;

static void setup(void)
{
    patterns = patterns_new();
    ck_assert_ptr_nonnull(patterns);
    ordinal = 0;
}

static void teardown(void)
{
    patterns_free(patterns);
}

/* Ends the session as the next of the run. */
static void add(struct record_builder *b, enum outcome outcome, enum stage stage)
{
    b->record.ordinal = ++ordinal;
    ck_assert_int_eq(patterns_add(patterns, record_finish(b, outcome, stage)), STATUS_OK);
    record_clear(b);
}

static void begin(struct record_builder *b, const char *offer)
{
    char reply[100];

    record_begin(b);
    record_server(b, "220 mx.example.test ESMTP");
    record_client(b, "EHLO client.example.test");
    snprintf(reply, sizeof reply, "250-mx.example.test\n250 %s", offer);
    record_server(b, reply);
}

/* One message to one recipient, answered so. */
static void bring_from(const char *sender, const char *address, const char *reply,
                       enum outcome outcome)
{
    struct record_builder b;
    char line[200];

    begin(&b, "HELP");
    snprintf(line, sizeof line, "MAIL FROM:<%s>", sender);
    record_client(&b, line);
    record_server(&b, "250 ok");
    snprintf(line, sizeof line, "RCPT TO:<%s>", address);
    record_client(&b, line);
    record_server(&b, reply);
    if (outcome == OUTCOME_DELIVERED) {
        record_client(&b, "DATA");
        record_server(&b, "354 go");
        record_content(&b, 10, 1);
        record_server(&b, "250 ok");
    }
    add(&b, outcome, STAGE_RCPT);
}

static void bring(const char *address, const char *reply, enum outcome outcome)
{
    bring_from("a@c.example", address, reply, outcome);
}

/* The ids of all patterns, each with its sessions: "deferred-retried 1 2; ". */
static const char *shown(void)
{
    static char text[2000];
    struct pattern pattern;
    size_t len = 0;

    text[0] = '\0';
    for (size_t at = 0; patterns_next(patterns, &at, &pattern);) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %s", len == 0 ? "" : "; ",
                                severity_name(pattern.severity), pattern.id);
        for (size_t i = 0; i < pattern.session_count; i++)
            len += (size_t)snprintf(text + len, sizeof text - len, " %llu",
                                    (unsigned long long)pattern.sessions[i]);
    }
    return text;
}

START_TEST(a_deferred_message_that_comes_again_and_gets_through)
{
    bring("b@d.example", "450 4.2.0 later", OUTCOME_DEFERRED);
    bring("b@D.example", "250 ok", OUTCOME_DELIVERED);
    ck_assert_str_eq(shown(), "info deferred-retried 1 2");
}
END_TEST

START_TEST(a_deferred_message_that_has_not_got_through)
{
    bring("b@d.example", "450 4.2.0 later", OUTCOME_DEFERRED);
    ck_assert_str_eq(shown(), "");
    bring("b@d.example", "450 4.2.0 later", OUTCOME_DEFERRED);
    ck_assert_str_eq(shown(), "warning deferred-retried 1 2");
}
END_TEST

START_TEST(another_recipient_is_another_message)
{
    bring("b@d.example", "450 4.2.0 later", OUTCOME_DEFERRED);
    bring("e@d.example", "250 ok", OUTCOME_DELIVERED);
    ck_assert_str_eq(shown(), "");
}
END_TEST

/* Keys are drawn by chance. */
START_TEST(an_answer_to_a_message_is_another_message)
{
    bring_from("a@c.example", "b@d.example", "450 4.2.0 later", OUTCOME_DEFERRED);
    bring_from("b@d.example", "a@c.example", "450 4.2.0 later", OUTCOME_DEFERRED);
    ck_assert_str_eq(shown(), "");
}
END_TEST

START_TEST(a_server_that_defers_three_sessions_defers_everyone)
{
    bring("b@d.example", "450 4.2.0 later", OUTCOME_DEFERRED);
    bring("e@d.example", "450 4.2.0 later", OUTCOME_DEFERRED);
    ck_assert_str_eq(shown(), "");
    bring("f@d.example", "450 4.2.0 later", OUTCOME_DEFERRED);
    ck_assert_str_eq(shown(), "warning server-defers-all 1 2 3");
    bring("g@d.example", "250 ok", OUTCOME_DELIVERED);
    ck_assert_str_eq(shown(), "");
}
END_TEST

START_TEST(a_domain_refuses_all_where_three_of_its_addresses_are_refused)
{
    bring("b@d.example", "550 5.1.1 no", OUTCOME_REJECTED);
    bring("e@d.example", "550 5.1.1 no", OUTCOME_REJECTED);
    bring("b@d.example", "550 5.1.1 no", OUTCOME_REJECTED);
    ck_assert_str_eq(shown(), "");
    bring("f@D.EXAMPLE", "550 5.1.1 no", OUTCOME_REJECTED);
    ck_assert_str_eq(shown(), "warning domain-refuses-all 1 2 3 4");
    bring("g@d.example", "250 ok", OUTCOME_DELIVERED);
    ck_assert_str_eq(shown(), "");
}
END_TEST

START_TEST(a_recipient_after_a_refused_mail_was_not_refused_for_its_domain)
{
    for (int i = 0; i < 4; i++) {
        struct record_builder b;
        char line[40];

        begin(&b, "PIPELINING");
        record_client(&b, "MAIL FROM:<a@c.example>");
        record_server(&b, "550 5.7.1 no");
        snprintf(line, sizeof line, "RCPT TO:<b%d@d.example>", i);
        record_client(&b, line);
        record_server(&b, i % 2 == 0 ? "503 5.5.1 no MAIL" : "554 5.5.1 no valid sender");
        add(&b, OUTCOME_REJECTED, STAGE_MAIL);
    }
    ck_assert_str_eq(shown(), "");
}
END_TEST

START_TEST(an_offer_of_starttls_that_comes_and_goes)
{
    struct record_builder b;

    begin(&b, "STARTTLS");
    add(&b, OUTCOME_NO_MAIL, STAGE_EHLO);
    ck_assert_str_eq(shown(), "");
    begin(&b, "HELP");
    add(&b, OUTCOME_NO_MAIL, STAGE_EHLO);
    ck_assert_str_eq(shown(), "warning starttls-offer-varies 1 2");
}
END_TEST

START_TEST(a_client_that_fails_auth_with_five_names)
{
    struct auth_attempt attempt = { .result = AUTH_FAILURE };
    char user[] = "user0";

    for (unsigned i = 0; i < 10; i++) {
        struct record_builder b;

        begin(&b, "HELP");
        user[4] = (char)('0' + i / 2); /* each name twice */
        attempt.user = slice_of_string(user);
        b.record.auth = &attempt;
        b.record.auth_count = 1;
        b.record.ordinal = ++ordinal;
        ck_assert_int_eq(patterns_add(patterns, &b.record), STATUS_OK);
        record_clear(&b);
        ck_assert_int_eq(strlen(shown()) > 0, i >= 8);
    }
    ck_assert_str_eq(shown(), "warning auth-many-names 1 2 3 4 5 6 7 8 9 10");
}
END_TEST

START_TEST(what_is_past_the_limit_is_counted)
{
    struct auth_attempt attempt = { .result = AUTH_FAILURE, .user = slice_of_string("u") };
    struct session_record record = { .outcome = OUTCOME_NO_MAIL,
                                     .client = { .address = { .version = 4 } },
                                     .auth = &attempt,
                                     .auth_count = 1 };

    for (uint32_t i = 0; i <= LIMIT_PATTERN_SUBJECTS; i++) {
        record.ordinal = i + 1;
        record.client.address.octets[1] = (uint8_t)(i >> 16);
        record.client.address.octets[2] = (uint8_t)(i >> 8);
        record.client.address.octets[3] = (uint8_t)i;
        ck_assert_uint_eq(patterns_overflow(patterns), 0);
        ck_assert_int_eq(patterns_add(patterns, &record), STATUS_OK);
    }
    ck_assert_uint_eq(patterns_overflow(patterns), 1);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("patterns");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_deferred_message_that_comes_again_and_gets_through);
    tcase_add_test(tc, a_deferred_message_that_has_not_got_through);
    tcase_add_test(tc, another_recipient_is_another_message);
    tcase_add_loop_test(tc, an_answer_to_a_message_is_another_message, 0, 16);
    tcase_add_test(tc, a_server_that_defers_three_sessions_defers_everyone);
    tcase_add_test(tc, a_recipient_after_a_refused_mail_was_not_refused_for_its_domain);
    tcase_add_test(tc, a_domain_refuses_all_where_three_of_its_addresses_are_refused);
    tcase_add_test(tc, an_offer_of_starttls_that_comes_and_goes);
    tcase_add_test(tc, a_client_that_fails_auth_with_five_names);
    tcase_add_test(tc, what_is_past_the_limit_is_counted);
    return suite_run("report/patterns", tc);
}
