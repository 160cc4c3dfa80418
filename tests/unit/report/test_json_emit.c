/* Values -> JSON, read back with jansson's parser. */
#include "report/json_emit.h"

#include <check.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "base/mem.h"

struct sink {
    char *data;
    size_t len;
    FILE *out;
    struct json_emit e;
};

static void sink_open(struct sink *s)
{
    *s = (struct sink){ 0 };
    s->out = open_memstream(&s->data, &s->len);
    ck_assert_ptr_nonnull(s->out);
    ck_assert_int_eq(json_emit_init(&s->e, s->out), STATUS_OK);
}

static void sink_finish(struct sink *s)
{
    ck_assert_int_eq(json_emit_flush(&s->e), STATUS_OK);
    json_emit_clear(&s->e);
    ck_assert_int_eq(fclose(s->out), 0);
}

static void sink_free(struct sink *s)
{
    free(s->data); /* open_memstream's own */
}

static json_t *sink_parse(const struct sink *s)
{
    json_error_t error;
    json_t *value = json_loadb(s->data, s->len,
                               JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);

    ck_assert_msg(value != NULL, "%s in: %.*s", error.text, (int)s->len, s->data);
    return value;
}

static void expect_written(struct sink *s, const char *expected)
{
    sink_finish(s);
    ck_assert_str_eq(s->data, expected);
    sink_free(s);
}

START_TEST(brackets_keys_and_commas_stand_where_they_must)
{
    struct sink s;

    sink_open(&s);
    emit_open(&s.e, EMIT_OBJECT);
    EMIT_KEY(&s.e, "a");
    emit_open(&s.e, EMIT_ARRAY);
    emit_close(&s.e);
    EMIT_KEY(&s.e, "b");
    emit_open(&s.e, EMIT_ARRAY);
    emit_uint(&s.e, 1);
    emit_open(&s.e, EMIT_OBJECT);
    emit_close(&s.e);
    emit_null(&s.e);
    emit_close(&s.e);
    EMIT_MEMBERS(&s.e, "\"c\":1,\"d\":2");
    EMIT_KEY(&s.e, "e");
    emit_bool(&s.e, true);
    emit_close(&s.e);
    emit_line_end(&s.e);
    emit_bool(&s.e, false);
    emit_line_end(&s.e);
    expect_written(&s, "{\"a\":[],\"b\":[1,{},null],\"c\":1,\"d\":2,\"e\":true}\nfalse\n");
}
END_TEST

START_TEST(numbers_keep_every_digit)
{
    struct sink s;

    sink_open(&s);
    emit_open(&s.e, EMIT_ARRAY);
    emit_uint(&s.e, 0);
    emit_uint(&s.e, 10);
    emit_uint(&s.e, UINT64_MAX);
    emit_uint_or_null(&s.e, 0);
    emit_uint_or_null(&s.e, 7);
    emit_close(&s.e);
    expect_written(&s, "[0,10,18446744073709551615,null,7]");
}
END_TEST

START_TEST(milliseconds_are_exact_and_end_in_no_zero)
{
    struct sink s;

    sink_open(&s);
    emit_open(&s.e, EMIT_ARRAY);
    emit_millis(&s.e, 0);
    emit_millis(&s.e, 1);
    emit_millis(&s.e, 1000000);
    emit_millis(&s.e, 1500000);
    emit_millis(&s.e, 12345678901);
    emit_millis(&s.e, 100000);
    emit_millis(&s.e, -1500000);
    emit_millis(&s.e, -1);
    emit_millis(&s.e, INT64_MAX);
    emit_millis(&s.e, INT64_MIN);
    emit_close(&s.e);
    expect_written(&s, "[0,0.000001,1,1.5,12345.678901,0.1,-1.5,-0.000001,"
                       "9223372036854.775807,-9223372036854.775808]");
}
END_TEST

START_TEST(times_are_rfc_3339_in_utc)
{
    struct sink s;

    sink_open(&s);
    emit_open(&s.e, EMIT_ARRAY);
    emit_time(&s.e, (struct stamp){ 0 }, EMIT_MICROSECONDS);
    emit_time(&s.e, (struct stamp){ INT64_C(1795482123123456789) }, EMIT_MICROSECONDS);
    emit_time(&s.e, (struct stamp){ INT64_C(1795482123123456789) }, EMIT_NANOSECONDS);
    emit_time(&s.e, (struct stamp){ INT64_C(951782400) * STAMP_SECOND }, EMIT_MICROSECONDS);
    emit_time(&s.e, (struct stamp){ -1 }, EMIT_NANOSECONDS);
    emit_time(&s.e, (struct stamp){ INT64_MIN }, EMIT_NANOSECONDS);
    emit_time(&s.e, (struct stamp){ INT64_MAX }, EMIT_NANOSECONDS);
    emit_close(&s.e);
    expect_written(&s, "[\"1970-01-01T00:00:00.000000Z\",\"2026-11-24T01:02:03.123456Z\","
                       "\"2026-11-24T01:02:03.123456789Z\",\"2000-02-29T00:00:00.000000Z\","
                       "\"1969-12-31T23:59:59.999999999Z\",\"1677-09-21T00:12:43.145224192Z\","
                       "\"2262-04-11T23:47:16.854775807Z\"]");
}
END_TEST

START_TEST(every_day_is_the_one_that_the_c_library_names)
{
    struct sink s;

    for (int64_t day = -106000; day < 106000; day += 13) {
        time_t seconds = (time_t)(day * 86400 + 86399);
        struct tm tm;
        char expected[64];

        ck_assert_ptr_nonnull(gmtime_r(&seconds, &tm));
        ck_assert_uint_gt(
            strftime(expected, sizeof(expected), "\"%Y-%m-%dT%H:%M:%S.000000Z\"", &tm), 0);
        sink_open(&s);
        emit_time(&s.e, (struct stamp){ (int64_t)seconds * STAMP_SECOND }, EMIT_MICROSECONDS);
        expect_written(&s, expected);
    }
}
END_TEST

START_TEST(enhanced_codes_are_written_or_null)
{
    struct sink s;

    sink_open(&s);
    emit_open(&s.e, EMIT_ARRAY);
    emit_enhanced(&s.e, (struct enhanced_code){ 0 });
    emit_enhanced(&s.e, (struct enhanced_code){ .class = 5, .subject = 7, .detail = 26 });
    emit_enhanced(&s.e, (struct enhanced_code){ .class = 2, .subject = 0, .detail = 0 });
    emit_enhanced(&s.e, (struct enhanced_code){ .class = 4, .subject = 999, .detail = 999 });
    emit_close(&s.e);
    expect_written(&s, "[null,\"5.7.26\",\"2.0.0\",\"4.999.999\"]");
}
END_TEST

/* Every octet between two others, as text and as captured octets; what comes back is what went in,
 * or what the report says in its place. */
START_TEST(every_octet_comes_back_from_the_parser)
{
    for (unsigned octet = 0; octet < 256; octet++) {
        const uint8_t text[3] = { 'a', (uint8_t)octet, 'b' };
        char record[16];
        struct sink s;
        json_t *parsed;

        sink_open(&s);
        emit_open(&s.e, EMIT_ARRAY);
        emit_text(&s.e, slice_of(text, 3));
        emit_wire(&s.e, slice_of(text, 3));
        emit_close(&s.e);
        sink_finish(&s);
        parsed = sink_parse(&s);
        if (octet < 0x80)
            ck_assert_mem_eq(json_string_value(json_array_get(parsed, 0)), text, 3);
        else
            ck_assert_str_eq(json_string_value(json_array_get(parsed, 0)), "a\xEF\xBF\xBD"
                                                                           "b");
        if (octet >= 0x20 && octet < 0x7F)
            (void)snprintf(record, sizeof(record), "a%cb", (int)octet);
        else
            (void)snprintf(record, sizeof(record), "a\\x%02Xb", octet);
        ck_assert_msg(strcasecmp(json_string_value(json_array_get(parsed, 1)), record) == 0,
                      "%s, not %s", json_string_value(json_array_get(parsed, 1)), record);
        json_decref(parsed);
        sink_free(&s);
    }
}
END_TEST

START_TEST(sentences_are_joined_by_a_space)
{
    struct sink s;

    sink_open(&s);
    emit_sentences(&s.e, "One.", "\"Two\".");
    expect_written(&s, "\"One. \\\"Two\\\".\"");
}
END_TEST

START_TEST(valid_utf8_is_kept_and_invalid_is_not_let_through)
{
    static const char kept[] = "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80";
    static const char *const broken[] = { "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                          "\xE2\x82", "\xF0\x9F\x98", "\xFF\xFE",
                                          "\x80" };
    struct sink s;
    json_t *parsed;

    sink_open(&s);
    emit_open(&s.e, EMIT_ARRAY);
    emit_text(&s.e, slice_of_string(kept));
    emit_wire(&s.e, slice_of_string(kept));
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        emit_text(&s.e, slice_of_string(broken[i]));
        emit_wire(&s.e, slice_of_string(broken[i]));
    }
    emit_close(&s.e);
    sink_finish(&s);
    parsed = sink_parse(&s);
    ck_assert_str_eq(json_string_value(json_array_get(parsed, 0)), kept);
    ck_assert_str_eq(json_string_value(json_array_get(parsed, 1)), kept);
    ck_assert_str_eq(json_string_value(json_array_get(parsed, 3)), "\\xc0\\x80");
    json_decref(parsed);
    sink_free(&s);
}
END_TEST

START_TEST(keys_from_the_wire_are_escaped_and_raised)
{
    struct sink s;

    sink_open(&s);
    emit_open(&s.e, EMIT_OBJECT);
    emit_key_wire_upper(&s.e, slice_of_string("si\"ze"));
    emit_uint(&s.e, 1);
    emit_key_wire(&s.e, slice_of_string("x"));
    emit_uint(&s.e, 2);
    emit_close(&s.e);
    expect_written(&s, "{\"SI\\\"ZE\":1,\"x\":2}");
}
END_TEST

/* Texts far longer than the buffer, at every phase of a character of four octets. */
START_TEST(a_text_longer_than_the_buffer_comes_back_whole)
{
    enum { CHARACTERS = 70000 };
    size_t len = (size_t)_i + (size_t)CHARACTERS * 4;
    char *text = mem_alloc(len + 1);
    struct sink s;
    json_t *parsed;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < (size_t)_i; i++)
        text[i] = 'x';
    for (size_t i = 0; i < CHARACTERS; i++)
        mem_copy(text + _i + i * 4, "\xF0\x9F\x98\x80", 4);
    text[len] = '\0';
    sink_open(&s);
    emit_open(&s.e, EMIT_ARRAY);
    emit_wire(&s.e, slice_of(text, len));
    emit_text(&s.e, slice_of(text, len));
    emit_close(&s.e);
    sink_finish(&s);
    parsed = sink_parse(&s);
    ck_assert_str_eq(json_string_value(json_array_get(parsed, 0)), text);
    ck_assert_str_eq(json_string_value(json_array_get(parsed, 1)), text);
    json_decref(parsed);
    sink_free(&s);
    mem_free(text);
}
END_TEST

START_TEST(what_was_written_since_a_mark_can_be_written_again)
{
    struct sink s;
    char again[32];
    uint64_t mark;
    struct slice since;

    sink_open(&s);
    emit_open(&s.e, EMIT_OBJECT);
    mark = emit_mark(&s.e);
    EMIT_KEY(&s.e, "a");
    emit_uint(&s.e, 1);
    since = emit_since(&s.e, mark);
    ck_assert(slice_equal(since, slice_of_string("\"a\":1")));
    mem_copy(again, since.data, since.len);
    emit_close(&s.e);
    expect_written(&s, "{\"a\":1}");
}
END_TEST

START_TEST(a_stream_that_fails_is_told_once_and_for_all)
{
    FILE *full = fopen("/dev/full", "w");
    struct json_emit e;

    ck_assert_ptr_nonnull(full);
    ck_assert_int_eq(json_emit_init(&e, full), STATUS_OK);
    emit_uint(&e, 1);
    emit_line_end(&e);
    ck_assert_int_eq(json_emit_flush(&e), STATUS_IO);
    ck_assert_int_eq(errno, ENOSPC);
    emit_uint(&e, 2);
    errno = 0;
    ck_assert_int_eq(json_emit_flush(&e), STATUS_IO);
    ck_assert_int_eq(errno, ENOSPC);
    json_emit_clear(&e);
    (void)fclose(full);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json_emit");
    TCase *tc = tcase_create("emit");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tc);
    tcase_add_test(tc, brackets_keys_and_commas_stand_where_they_must);
    tcase_add_test(tc, numbers_keep_every_digit);
    tcase_add_test(tc, milliseconds_are_exact_and_end_in_no_zero);
    tcase_add_test(tc, times_are_rfc_3339_in_utc);
    tcase_add_test(tc, every_day_is_the_one_that_the_c_library_names);
    tcase_add_test(tc, enhanced_codes_are_written_or_null);
    tcase_add_test(tc, every_octet_comes_back_from_the_parser);
    tcase_add_test(tc, sentences_are_joined_by_a_space);
    tcase_add_test(tc, valid_utf8_is_kept_and_invalid_is_not_let_through);
    tcase_add_test(tc, keys_from_the_wire_are_escaped_and_raised);
    tcase_add_loop_test(tc, a_text_longer_than_the_buffer_comes_back_whole, 0, 5);
    tcase_add_test(tc, what_was_written_since_a_mark_can_be_written_again);
    tcase_add_test(tc, a_stream_that_fails_is_told_once_and_for_all);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
