/* The names that reports use against those that the schema allows. */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/record.h"
#include "support/suite.h"

static json_t *schema;

static void load_schema(void)
{
    const char *top = getenv("SMTPSCOPE_SOURCE_DIR");
    char path[4096];

    ck_assert_ptr_nonnull(top);
    snprintf(path, sizeof(path), "%s/docs/schema/session.schema.json", top);
    schema = json_load_file(path, 0, NULL);
    ck_assert_ptr_nonnull(schema);
}

static void drop_schema(void)
{
    json_decref(schema);
}

/* The "enum" that holds `name`; the lists tested here have their first name to themselves. */
static const json_t *list_with(const json_t *node, const char *name)
{
    const json_t *list = json_object_get(node, "enum");
    const json_t *item;
    const char *key;
    size_t i;

    json_array_foreach(list, i, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), name) == 0)
            return list;
    }
    if (json_is_array(node)) {
        json_array_foreach(node, i, item)
        {
            list = list_with(item, name);
            if (list != NULL)
                return list;
        }
    }
    json_object_foreach((json_t *)(uintptr_t)node, key, item)
    {
        list = list_with(item, name);
        if (list != NULL)
            return list;
    }
    return NULL;
}

/* The names are distinct, and all in the list of the schema that holds the first. */
static void check_names(const char *const *names, size_t count)
{
    const json_t *list = list_with(schema, names[0]);

    ck_assert_msg(list != NULL, "%s is in no list", names[0]);
    for (size_t i = 0; i < count; i++) {
        const json_t *item;
        bool is_allowed = false;
        size_t at;

        json_array_foreach(list, at, item)
        {
            if (json_is_string(item) && strcmp(json_string_value(item), names[i]) == 0)
                is_allowed = true;
        }
        ck_assert_msg(is_allowed, "%s", names[i]);
        for (size_t other = 0; other < i; other++)
            ck_assert_str_ne(names[i], names[other]);
    }
}

START_TEST(outcomes_and_stages_are_those_of_the_schema)
{
    const char *outcomes[OUTCOME_COUNT];
    const char *stages[STAGE_COUNT];

    for (unsigned i = 0; i < OUTCOME_COUNT; i++)
        outcomes[i] = outcome_name((enum outcome)i);
    for (unsigned i = 0; i < STAGE_COUNT; i++)
        stages[i] = stage_name((enum stage)i);
    check_names(outcomes, OUTCOME_COUNT);
    check_names(stages, STAGE_COUNT);
}
END_TEST

START_TEST(names_of_the_connection_are_those_of_the_schema)
{
    const char *handshakes[TCP_HANDSHAKE_MIDSTREAM + 1];
    const char *closes[TCP_CLOSE_OPEN + 1];
    const char *services[SERVICE_OTHER + 1];

    for (unsigned i = 0; i <= TCP_HANDSHAKE_MIDSTREAM; i++)
        handshakes[i] = tcp_handshake_name((enum tcp_handshake)(TCP_HANDSHAKE_MIDSTREAM - i));
    for (unsigned i = 0; i <= TCP_CLOSE_OPEN; i++)
        closes[i] = tcp_close_name((enum tcp_close)i);
    for (unsigned i = 0; i <= SERVICE_OTHER; i++)
        services[i] = service_name((enum service)(SERVICE_OTHER - i));
    check_names(handshakes, TCP_HANDSHAKE_MIDSTREAM + 1);
    check_names(closes, TCP_CLOSE_OPEN + 1);
    ck_assert_str_eq(services[0], "other");
    ck_assert_str_eq(services[1], "submissions");
    ck_assert_str_eq(services[2], "submission");
    ck_assert_str_eq(services[3], "smtp");
}
END_TEST

START_TEST(names_of_tls_and_auth_are_those_of_the_schema)
{
    const char *modes[] = { tls_mode_name(TLS_STARTTLS), tls_mode_name(TLS_IMPLICIT) };
    const char *handshakes[] = { tls_handshake_name(TLS_HANDSHAKE_FAILED),
                                 tls_handshake_name(TLS_HANDSHAKE_COMPLETE),
                                 tls_handshake_name(TLS_HANDSHAKE_INCOMPLETE) };
    const char *results[AUTH_INCOMPLETE + 1];

    for (unsigned i = 0; i <= AUTH_INCOMPLETE; i++)
        results[i] = auth_result_name((enum auth_result)i);
    check_names(modes, 2);
    check_names(handshakes, 3);
    check_names(results, AUTH_INCOMPLETE + 1);
}
END_TEST

START_TEST(events_of_tls_have_a_name_each)
{
    ck_assert_str_eq(tls_event_name(TLS_EVENT_CLIENT_HELLO), "client_hello");
    ck_assert_str_eq(tls_event_name(TLS_EVENT_SERVER_HELLO), "server_hello");
    ck_assert_str_eq(tls_event_name(TLS_EVENT_ESTABLISHED), "established");
    ck_assert_str_eq(tls_event_name(TLS_EVENT_ALERT), "alert");
    ck_assert_str_eq(tls_event_name(TLS_EVENT_CLOSED), "closed");
}
END_TEST

START_TEST(every_outcome_is_read_back_from_its_name)
{
    for (unsigned i = 0; i < OUTCOME_COUNT; i++) {
        enum outcome outcome = OUTCOME_COUNT;

        ck_assert(outcome_parse(slice_of_string(outcome_name((enum outcome)i)), &outcome));
        ck_assert_int_eq(outcome, i);
    }
}
END_TEST

START_TEST(what_is_no_outcome_is_refused)
{
    static const char *const names[] = { "",           "deliver", "delivered ", "Delivered",
                                         "deliveredx", "no mail", "no-mail",    "connect" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        enum outcome outcome = OUTCOME_PARTIAL;

        ck_assert_msg(!outcome_parse(slice_of_string(names[i]), &outcome), "%s", names[i]);
        ck_assert_int_eq(outcome, OUTCOME_PARTIAL);
    }
}
END_TEST

START_TEST(a_value_past_the_last_has_no_name)
{
    ck_assert_str_eq(outcome_name(OUTCOME_COUNT), "");
    ck_assert_str_eq(stage_name(STAGE_COUNT), "");
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("names");

    tcase_add_unchecked_fixture(tc, load_schema, drop_schema);
    tcase_add_test(tc, outcomes_and_stages_are_those_of_the_schema);
    tcase_add_test(tc, names_of_the_connection_are_those_of_the_schema);
    tcase_add_test(tc, names_of_tls_and_auth_are_those_of_the_schema);
    tcase_add_test(tc, events_of_tls_have_a_name_each);
    tcase_add_test(tc, every_outcome_is_read_back_from_its_name);
    tcase_add_test(tc, what_is_no_outcome_is_refused);
    tcase_add_test(tc, a_value_past_the_last_has_no_name);
    return suite_run("session/names", tc);
}
