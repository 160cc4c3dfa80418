/* Entries are written in two ways, as usual and as need be: both must come out the same. */
#include "report/writer.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/record_builder.h"
#include "support/suite.h"

/* As long as each other. What has a quotation mark is escaped, and so no usual entry. */
#define USUAL "plan"
#define UNUSUAL "pl\"n"
#define ESCAPED "pl\\\"n"

/* What may be there or not. */
enum variant {
    HAS_LATENCY = 1 << 0,
    HAS_NETWORK = 1 << 1,
    HAS_SERVER = 1 << 2,
    HAS_CLIENT = 1 << 3,
    HAS_ANSWERED = 1 << 4,
    VARIANTS = 1 << 5,
};

static void vary(struct entry *entry, unsigned variant)
{
    struct entry_reply *reply = &entry->reply;

    reply->latency_ns = variant & HAS_LATENCY ? 3000000 : -1;
    reply->parts.network_ns = variant & HAS_NETWORK ? 1234567 : -1;
    reply->parts.server_ns = variant & HAS_SERVER ? 0 : -1;
    reply->parts.client_ns = variant & HAS_CLIENT ? INT64_C(98765432100) : -1;
    if ((variant & HAS_ANSWERED) == 0)
        reply->answers = 0;
}

static const char *name_of(const void *context, uint32_t capture)
{
    (void)context;
    (void)capture;
    return "a.pcap";
}

static bool is_fine(const void *context, uint32_t capture)
{
    (void)context;
    (void)capture;
    return false;
}

/* The session as a line of NDJSON. */
static char *written(const char *greeting, const char *command, const char *reply, unsigned variant)
{
    struct report_options options = {
        .captures = { .name = name_of, .is_fine = is_fine },
        .annotate = ANNOTATE_NONE,
    };
    struct findings findings = { 0 };
    struct diagnosis diagnosis = { 0 };
    struct record_builder b;
    struct report_session session = { .findings = &findings, .diagnosis = &diagnosis };
    struct report_writer *writer;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    record_begin(&b);
    vary(record_server(&b, greeting), variant);
    (void)record_client(&b, command);
    record_wait(&b, 123456);
    vary(record_server(&b, reply), variant);
    session.record = record_finish(&b, OUTCOME_NO_MAIL, STAGE_GREETING);
    ck_assert_ptr_nonnull(out);
    writer = ndjson_writer_new(out, &options);
    ck_assert_ptr_nonnull(writer);
    ck_assert_int_eq(report_begin(writer), STATUS_OK);
    ck_assert_int_eq(report_session(writer, &session), STATUS_OK);
    report_writer_free(writer);
    ck_assert_int_eq(fclose(out), 0);
    record_clear(&b);
    return text;
}

/* Puts the usual text where the escaped one stands. */
static void make_usual(char *text)
{
    char *at;

    while ((at = strstr(text, ESCAPED)) != NULL) {
        memcpy(at, USUAL, strlen(USUAL));
        memmove(at + strlen(USUAL), at + strlen(ESCAPED), strlen(at + strlen(ESCAPED)) + 1);
    }
}

static void check_same(const char *const usual[3], const char *const other[3], unsigned variant)
{
    char *a = written(usual[0], usual[1], usual[2], variant);
    char *b = written(other[0], other[1], other[2], variant);

    ck_assert_ptr_null(strstr(a, ESCAPED));
    ck_assert_ptr_nonnull(strstr(b, ESCAPED));
    make_usual(b);
    ck_assert_str_eq(a, b);
    free(a);
    free(b);
}

START_TEST(a_usual_entry_is_written_as_any_other)
{
    static const char *const usual[] = { "220 " USUAL, "NOOP " USUAL, "250 2.10.0 " USUAL };
    static const char *const other[] = { "220 " UNUSUAL, "NOOP " UNUSUAL, "250 2.10.0 " UNUSUAL };

    check_same(usual, other, (unsigned)_i);
}
END_TEST

/* Longer than what is written in one piece. */
START_TEST(a_long_line_is_written_as_any_other)
{
    enum { LONG = 5000 };
    static char usual[LONG];
    static char other[LONG];
    char *a;
    char *b;

    memset(usual, 'x', sizeof(usual) - 1);
    memcpy(usual, "NOOP " USUAL, strlen("NOOP " USUAL));
    memcpy(other, usual, sizeof(other));
    memcpy(other, "NOOP " UNUSUAL, strlen("NOOP " UNUSUAL));
    for (size_t len = 4090; len < 4110; len++) {
        usual[len] = other[len] = '\0';
        a = written("220 x", usual, "250 ok", 0);
        b = written("220 x", other, "250 ok", 0);
        make_usual(b);
        ck_assert_str_eq(a, b);
        free(a);
        free(b);
        usual[len] = other[len] = 'x';
    }
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("dialogue");

    tcase_add_loop_test(tc, a_usual_entry_is_written_as_any_other, 0, VARIANTS);
    tcase_add_test(tc, a_long_line_is_written_as_any_other);
    return suite_run("report/json_dialogue", tc);
}
