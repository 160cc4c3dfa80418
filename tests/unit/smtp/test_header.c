/* A few fields out of a message's header section, however it is cut and folded. */
#include "smtp/header.h"

#include <check.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "support/exact.h"
#include "support/suite.h"

static struct header_reader read_all(struct slice text)
{
    struct header_reader reader = header_reader_of();

    ck_assert_int_eq(header_read(&reader, text), STATUS_OK);
    return reader;
}

static void check_body(const struct header_reader *reader, enum header_field field,
                       const char *expected)
{
    struct slice body = header_body(reader, field);

    ck_assert_msg(slice_equal(body, slice_of_string(expected)), "\"%.*s\" is not \"%s\"",
                  (int)body.len, body.len == 0 ? "" : (const char *)body.data, expected);
}

/* What one field of a section comes to. */
static void check_field(const char *section, enum header_field field, const char *expected)
{
    struct header_reader reader = read_all(slice_of_string(section));

    check_body(&reader, field, expected);
    header_reader_clear(&reader);
}

static const char message[] = "Received: from a\r\n\tby b; c\r\n"
                              "From: Alice <alice@example.test>\r\n"
                              "to:bob@example.test\r\n"
                              "SUBJECT : a folded\r\n subject\r\n"
                              "X-Subject: another\r\n"
                              "Date:\tTue, 24 Nov 2026 01:02:03 +0000\r\n"
                              "Message-ID: <1@example.test>\r\n"
                              "Subject: the second is not kept\r\n"
                              "\r\n"
                              "From: the body\r\n";

static void check_message(const struct header_reader *reader)
{
    check_body(reader, HEADER_FROM, "Alice <alice@example.test>");
    check_body(reader, HEADER_TO, "bob@example.test");
    check_body(reader, HEADER_SUBJECT, "a folded\r\n subject");
    check_body(reader, HEADER_DATE, "Tue, 24 Nov 2026 01:02:03 +0000");
    check_body(reader, HEADER_MESSAGE_ID, "<1@example.test>");
}

/* _i is where the message is cut in two; each part lies in a block of its own. */
START_TEST(the_fields_are_the_same_at_every_two_way_cut)
{
    struct header_reader reader = header_reader_of();
    struct slice all = slice_of_string(message);
    struct slice first = exact_copy(slice_part(all, 0, (size_t)_i));
    struct slice second = exact_copy(slice_from(all, (size_t)_i));

    ck_assert_int_eq(header_read(&reader, first), STATUS_OK);
    ck_assert_int_eq(header_read(&reader, second), STATUS_OK);
    check_message(&reader);
    header_reader_clear(&reader);
    exact_free(first);
    exact_free(second);
}
END_TEST

/* _i is the size of the pieces. */
START_TEST(the_fields_are_the_same_in_pieces_of_every_size)
{
    struct header_reader reader = header_reader_of();
    struct slice all = slice_of_string(message);

    for (size_t at = 0; at < all.len; at += (size_t)_i)
        ck_assert_int_eq(header_read(&reader, slice_part(all, at, (size_t)_i)), STATUS_OK);
    check_message(&reader);
    header_reader_clear(&reader);
}
END_TEST

START_TEST(a_reader_that_is_reset_remembers_nothing)
{
    struct header_reader reader = header_reader_of();

    ck_assert_int_eq(header_read(&reader, slice_of_string("To: x\r\nSubject: y\r\n folded")),
                     STATUS_OK);
    header_reader_reset(&reader);
    for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++)
        ck_assert_uint_eq(header_body(&reader, (enum header_field)i).len, 0);
    ck_assert_int_eq(header_read(&reader, slice_of_string(message)), STATUS_OK);
    check_message(&reader);
    header_reader_clear(&reader);
}
END_TEST

/* _i is how much of the section arrived. */
START_TEST(a_body_cut_off_is_what_there_is_of_it)
{
    static const char text[] = "To: ab\r\n cd\r\n";
    static const char *const bodies[] = { "",         "",          "",          "",         "",
                                          "a",        "ab",        "ab",        "ab",       "ab",
                                          "ab\r\n c", "ab\r\n cd", "ab\r\n cd", "ab\r\n cd" };
    struct header_reader reader = read_all(slice_of(text, (size_t)_i));

    check_body(&reader, HEADER_TO, bodies[_i]);
    header_reader_clear(&reader);
}
END_TEST

START_TEST(a_fold_goes_on_with_the_field_before_it)
{
    check_field("Subject: a\r\n b\r\n\tc\r\nTo: x\r\n", HEADER_SUBJECT, "a\r\n b\r\n\tc");
    check_field("X-A: y\r\n Subject: no\r\nSubject: yes\r\n", HEADER_SUBJECT, "yes");
    check_field("To: x\r\nno colon\r\n y\r\n\r\n", HEADER_TO, "x");
}
END_TEST

START_TEST(a_body_that_begins_on_the_next_line_is_read)
{
    check_field("Message-ID:\r\n <1@example.test>\r\n\r\n", HEADER_MESSAGE_ID, "<1@example.test>");
    check_field("Subject: \r\n\tx\r\n\r\n", HEADER_SUBJECT, "x");
    check_field("Subject:\r\n\r\n", HEADER_SUBJECT, "");
}
END_TEST

START_TEST(lines_may_end_in_lf_alone)
{
    check_field("From: a\nTo: b\n c\n\nTo: d\n", HEADER_TO, "b\n c");
    check_field("From: a\n\nTo: d\n", HEADER_TO, "");
}
END_TEST

START_TEST(nothing_is_read_past_the_empty_line)
{
    struct header_reader reader = read_all(slice_of_string("From: a\r\n\r\nTo: b\r\n"));

    check_body(&reader, HEADER_FROM, "a");
    check_body(&reader, HEADER_TO, "");
    ck_assert_int_eq(reader.state, HEADER_DONE);
    ck_assert_int_eq(header_read(&reader, slice_of_string("To: c\r\n")), STATUS_OK);
    check_body(&reader, HEADER_TO, "");
    header_reader_clear(&reader);
}
END_TEST

START_TEST(a_name_that_only_resembles_is_another_field)
{
    check_field("Subjects: a\r\n\r\n", HEADER_SUBJECT, "");
    check_field("Subjec: a\r\n\r\n", HEADER_SUBJECT, "");
    check_field("Resent-To: a\r\n\r\n", HEADER_TO, "");
    check_field("Message-ID-Subject: a\r\n\r\n", HEADER_MESSAGE_ID, "");
    check_field("To Subject: a\r\n\r\n", HEADER_TO, "");
    check_field(" To: a\r\n\r\n", HEADER_TO, "");
}
END_TEST

/* RFC 5322 4.5 lets blanks stand before the colon; so many are read with the name. */
START_TEST(blanks_before_the_colon_are_passed_up_to_a_name_of_twelve)
{
    check_field("Message-ID  : a\r\n\r\n", HEADER_MESSAGE_ID, "a");
    check_field("Message-ID   : a\r\n\r\n", HEADER_MESSAGE_ID, "");
    check_field("To          : a\r\n\r\n", HEADER_TO, "a");
    check_field("To           : a\r\n\r\n", HEADER_TO, "");
}
END_TEST

START_TEST(after_a_hole_nothing_is_believed)
{
    struct header_reader reader = read_all(slice_of_string("From: a\r\nTo: b"));

    header_gap(&reader);
    ck_assert_int_eq(header_read(&reader, slice_of_string("c\r\nSubject: x\r\n")), STATUS_OK);
    check_body(&reader, HEADER_TO, "b");
    check_body(&reader, HEADER_SUBJECT, "");
    header_reader_clear(&reader);
}
END_TEST

/* A Subject of _i octets, its blank and CRLF among them. */
START_TEST(a_body_is_kept_up_to_its_limit)
{
    struct header_reader reader = header_reader_of();
    char text[LIMIT_HEADER_FIELD + 8];
    size_t len = LIMIT_HEADER_FIELD - 1 + (size_t)_i;

    memset(text, 'x', sizeof(text));
    ck_assert_int_eq(header_read(&reader, slice_of_string("Subject:")), STATUS_OK);
    ck_assert_int_eq(header_read(&reader, slice_of(text, len)), STATUS_OK);
    ck_assert_int_eq(header_read(&reader, slice_of_string("\r\nTo: a\r\n")), STATUS_OK);
    ck_assert_uint_eq(header_body(&reader, HEADER_SUBJECT).len,
                      len < LIMIT_HEADER_FIELD ? len : LIMIT_HEADER_FIELD);
    check_body(&reader, HEADER_TO, "a");
    header_reader_clear(&reader);
}
END_TEST

/* "To: x" ends _i octets before or past the limit of the section; pieces of 7, 1000 and all. */
START_TEST(a_section_is_read_up_to_its_limit_however_it_is_cut)
{
    static const size_t pieces[] = { 7, 1000, SIZE_MAX };
    static const char *const bodies[] = { "xyz", "xyz", "xy", "x", "", "" };
    size_t len = LIMIT_HEADER_KEPT - 7 + (size_t)_i;
    struct slice all;
    uint8_t *text = mem_alloc(len + 10);

    memset(text, 'y', len);
    for (size_t at = 900; at < len; at += 900)
        text[at] = '\n';
    mem_copy(text + len - 1, "\nTo:xyz\r\n", 9);
    all = slice_of(text, len + 8);
    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        struct header_reader reader = header_reader_of();

        for (size_t at = 0; at < all.len;) {
            struct slice part = slice_part(all, at, pieces[i]);

            ck_assert_int_eq(header_read(&reader, part), STATUS_OK);
            at += part.len;
        }
        check_body(&reader, HEADER_TO, bodies[_i]);
        header_reader_clear(&reader);
    }
    mem_free(text);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("header");

    tcase_add_loop_test(tc, the_fields_are_the_same_at_every_two_way_cut, 0, sizeof(message));
    tcase_add_loop_test(tc, the_fields_are_the_same_in_pieces_of_every_size, 1, 40);
    tcase_add_test(tc, a_reader_that_is_reset_remembers_nothing);
    tcase_add_loop_test(tc, a_body_cut_off_is_what_there_is_of_it, 0, 14);
    tcase_add_test(tc, a_fold_goes_on_with_the_field_before_it);
    tcase_add_test(tc, a_body_that_begins_on_the_next_line_is_read);
    tcase_add_test(tc, lines_may_end_in_lf_alone);
    tcase_add_test(tc, nothing_is_read_past_the_empty_line);
    tcase_add_test(tc, a_name_that_only_resembles_is_another_field);
    tcase_add_test(tc, blanks_before_the_colon_are_passed_up_to_a_name_of_twelve);
    tcase_add_test(tc, after_a_hole_nothing_is_believed);
    tcase_add_loop_test(tc, a_body_is_kept_up_to_its_limit, 0, 3);
    tcase_add_loop_test(tc, a_section_is_read_up_to_its_limit_however_it_is_cut, 0, 6);
    return suite_run("smtp/header", tc);
}
