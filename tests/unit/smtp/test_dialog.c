/* The limits of a dialogue: each is told once, not one octet too soon, and what follows is read on. */
#include "smtp/dialog.h"

#include <check.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/mem.h"
#include "support/dialog_rig.h"
#include "support/suite.h"

static const struct smtp_dialog_options plain = { 0 };
static uint8_t filler[LIMIT_UNDECIDED + 2048];

/* `len` octets of text without a line end. */
static struct slice text_of(size_t len)
{
    ck_assert_uint_le(len, sizeof(filler));
    memset(filler, 'x', sizeof(filler));
    return slice_of(filler, len);
}

static void begin(struct dialog_rig *rig)
{
    dialog_rig_begin(rig, &plain);
    dialog_rig_server(rig, "220 mx.example ESMTP\r\n");
}

static void begin_data(struct dialog_rig *rig)
{
    begin(rig);
    dialog_rig_client(rig, "DATA\r\n");
}

/* The newest event is a reply with this code to this verb. */
static void check_reply(const struct dialog_rig *rig, unsigned code, enum smtp_verb verb)
{
    const struct smtp_event *event = dialog_rig_last(rig, SMTP_EVENT_REPLY);

    ck_assert_uint_eq(event->reply.code, code);
    ck_assert_str_eq(smtp_verb_name(event->reply.verb), smtp_verb_name(verb));
}

/* The dialogue has not lost step: the next command gets the next reply. */
static void check_goes_on(struct dialog_rig *rig)
{
    dialog_rig_client(rig, "VRFY goes-on\r\n");
    ck_assert_str_eq(rig->text, "VRFY goes-on");
    dialog_rig_server(rig, "252 2.1.5 maybe\r\n");
    check_reply(rig, 252, VERB_VRFY);
}

/* The same line so many times, in one segment. */
static void send_often(struct dialog_rig *rig, enum side from, const char *line, size_t times)
{
    size_t len = strlen(line);
    uint8_t *octets = mem_alloc(times * len);

    ck_assert_ptr_nonnull(octets);
    for (size_t i = 0; i < times; i++)
        mem_copy(octets + i * len, line, len);
    dialog_rig_octets(rig, from, slice_of(octets, times * len));
    mem_free(octets);
}

static size_t count_answers(const struct dialog_rig *rig)
{
    size_t count = 0;

    for (size_t i = 0; i < rig->count; i++) {
        const struct smtp_event *event = &rig->events[i];

        count += event->kind == SMTP_EVENT_REPLY && event->reply.answers != 0 ? 1 : 0;
    }
    return count;
}

/* Commands without a reply: the limit, and _i more. */
START_TEST(commands_wait_for_their_replies_up_to_a_limit)
{
    size_t commands = LIMIT_OUTSTANDING + (size_t)_i;
    struct dialog_rig rig;

    begin(&rig);
    send_often(&rig, SIDE_CLIENT, "NOOP\r\n", commands);
    ck_assert_uint_eq(dialog_rig_count(&rig, SMTP_EVENT_COMMAND), commands);
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_OUTSTANDING), _i > 0 ? 1 : 0);
    send_often(&rig, SIDE_SERVER, "250 ok\r\n", commands);
    ck_assert_uint_eq(dialog_rig_count(&rig, SMTP_EVENT_REPLY), 1 + commands);
    ck_assert_uint_eq(count_answers(&rig), LIMIT_OUTSTANDING);
    check_goes_on(&rig);
    dialog_rig_end(&rig);
}
END_TEST

START_TEST(a_command_line_is_kept_up_to_its_limit)
{
    struct dialog_rig rig;

    begin(&rig);
    dialog_rig_octets(&rig, SIDE_CLIENT, text_of(LIMIT_LINE_KEPT));
    dialog_rig_client(&rig, "\r\n");
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_LINE), 0);
    dialog_rig_server(&rig, "500 5.5.2 what\r\n");
    for (int i = 0; i < 2; i++) {
        const struct smtp_event *event;

        dialog_rig_octets(&rig, SIDE_CLIENT, text_of(LIMIT_LINE_KEPT + 1));
        dialog_rig_client(&rig, "\r\n");
        ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_LINE), 1);
        event = dialog_rig_last(&rig, SMTP_EVENT_COMMAND);
        ck_assert(event->command.is_cut);
        ck_assert_uint_eq(event->command.line.len, LIMIT_LINE_KEPT);
        ck_assert_uint_eq(event->octets, LIMIT_LINE_KEPT + 3);
        dialog_rig_server(&rig, "500 5.5.2 what\r\n");
        check_reply(&rig, 500, VERB_UNKNOWN);
    }
    check_goes_on(&rig);
    dialog_rig_end(&rig);
}
END_TEST

/* A reply of the limit's number of lines, or of one more. */
START_TEST(lines_of_a_reply_are_kept_up_to_their_limit)
{
    size_t lines = LIMIT_REPLY_LINES + (size_t)_i;
    struct dialog_rig rig;

    begin(&rig);
    dialog_rig_client(&rig, "HELP\r\n");
    for (size_t i = 1; i < lines; i++)
        dialog_rig_server(&rig, "214-x\r\n");
    dialog_rig_server(&rig, "214 2.0.0 end\r\n");
    check_reply(&rig, 214, VERB_HELP);
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_REPLY), (size_t)_i);
    ck_assert_uint_eq(dialog_rig_last(&rig, SMTP_EVENT_REPLY)->reply.line_count, LIMIT_REPLY_LINES);
    ck_assert_int_eq(dialog_rig_last(&rig, SMTP_EVENT_REPLY)->reply.is_cut, _i == 1);
    check_goes_on(&rig);
    dialog_rig_end(&rig);
}
END_TEST

/* Two lines whose texts have the limit's octets together, or one more. */
START_TEST(octets_of_a_reply_are_kept_up_to_their_limit)
{
    struct dialog_rig rig;

    begin(&rig);
    dialog_rig_client(&rig, "HELP\r\n");
    dialog_rig_server(&rig, "214-");
    dialog_rig_octets(&rig, SIDE_SERVER, text_of(LIMIT_REPLY_KEPT / 2));
    dialog_rig_server(&rig, "\r\n214 ");
    dialog_rig_octets(&rig, SIDE_SERVER, text_of(LIMIT_REPLY_KEPT / 2 + (size_t)_i));
    dialog_rig_server(&rig, "\r\n");
    check_reply(&rig, 214, VERB_HELP);
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_REPLY), (size_t)_i);
    ck_assert_int_eq(dialog_rig_last(&rig, SMTP_EVENT_REPLY)->reply.is_cut, _i == 1);
    check_goes_on(&rig);
    dialog_rig_end(&rig);
}
END_TEST

/* A line of the server that is no reply: the limit of a line, and one octet more. */
START_TEST(a_line_without_a_code_is_kept_up_to_its_limit)
{
    struct dialog_rig rig;

    begin(&rig);
    dialog_rig_octets(&rig, SIDE_SERVER, text_of(LIMIT_LINE_KEPT + (size_t)_i));
    dialog_rig_server(&rig, "\r\n");
    check_reply(&rig, 0, VERB_NONE);
    ck_assert_int_eq(dialog_rig_last(&rig, SMTP_EVENT_REPLY)->reply.is_cut, _i == 1);
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_REPLY), (size_t)_i);
    check_goes_on(&rig);
    dialog_rig_end(&rig);
}
END_TEST

START_TEST(two_replies_past_the_limit_are_one_limit)
{
    struct dialog_rig rig;

    begin(&rig);
    for (int i = 0; i < 2; i++) {
        dialog_rig_client(&rig, "HELP\r\n");
        dialog_rig_server(&rig, "214 ");
        dialog_rig_octets(&rig, SIDE_SERVER, text_of(LIMIT_LINE_KEPT));
        dialog_rig_server(&rig, "\r\n");
        check_reply(&rig, 214, VERB_HELP);
    }
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_REPLY), 1);
    check_goes_on(&rig);
    dialog_rig_end(&rig);
}
END_TEST

/* So many octets after DATA before its 354. _i is the size of the segments but for the last. */
static void send_undecided(struct dialog_rig *rig, size_t octets, size_t segment)
{
    while (octets > 0) {
        size_t len = octets < segment ? octets : segment;

        dialog_rig_octets(rig, SIDE_CLIENT, text_of(len));
        octets -= len;
    }
}

START_TEST(what_follows_data_is_held_up_to_a_limit)
{
    static const size_t segments[] = { 1000, 16384, LIMIT_UNDECIDED };
    struct dialog_rig rig;

    begin_data(&rig);
    send_undecided(&rig, LIMIT_UNDECIDED, segments[_i]);
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_UNDECIDED), 0);
    /* A refusal still makes commands of it. */
    dialog_rig_server(&rig, "554 5.5.1 no\r\n");
    dialog_rig_client(&rig, "\r\n");
    ck_assert_uint_eq(dialog_rig_last(&rig, SMTP_EVENT_COMMAND)->octets, LIMIT_UNDECIDED + 2);
    dialog_rig_server(&rig, "500 5.5.2 what\r\n");
    check_reply(&rig, 500, VERB_UNKNOWN);
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_UNDECIDED), 0);
    check_goes_on(&rig);
    dialog_rig_end(&rig);
}
END_TEST

START_TEST(one_octet_past_the_limit_success_is_assumed)
{
    static const size_t segments[] = { 1000, 16384, LIMIT_UNDECIDED + 1 };
    struct dialog_rig rig;

    begin_data(&rig);
    send_undecided(&rig, LIMIT_UNDECIDED + 1, segments[_i]);
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_UNDECIDED), 1);
    dialog_rig_client(&rig, "\r\n.\r\n");
    ck_assert_uint_eq(dialog_rig_last(&rig, SMTP_EVENT_CONTENT)->content.message_octets,
                      LIMIT_UNDECIDED + 3);
    dialog_rig_server(&rig, "354 go\r\n");
    check_reply(&rig, 354, VERB_DATA);
    dialog_rig_server(&rig, "250 ok\r\n");
    check_reply(&rig, 250, VERB_END_OF_DATA);
    check_goes_on(&rig);
    dialog_rig_end(&rig);
}
END_TEST

/* Past the limit a known verb in the first line makes commands of it (RFC 5321 4.1.1.4). */
START_TEST(past_the_limit_a_command_in_the_first_line_is_one)
{
    struct dialog_rig rig;

    begin_data(&rig);
    for (int i = 0; i < LIMIT_UNDECIDED / 8; i++)
        dialog_rig_client(&rig, "NOOP x\r\n");
    ck_assert_uint_eq(dialog_rig_count(&rig, SMTP_EVENT_COMMAND), 1);
    dialog_rig_client(&rig, "QUIT\r\n");
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_UNDECIDED), 1);
    ck_assert_uint_eq(dialog_rig_count(&rig, SMTP_EVENT_COMMAND), LIMIT_UNDECIDED / 8 + 2);
    dialog_rig_end(&rig);
}
END_TEST

/* Holes cost no octets, however many there are, and are not lost. */
START_TEST(holes_after_data_are_held_without_end)
{
    enum { HOLES = 40000 };
    uint64_t missing = 0;
    struct dialog_rig rig;

    begin_data(&rig);
    for (int i = 0; i < HOLES; i++)
        dialog_rig_gap(&rig, SIDE_CLIENT, 10);
    dialog_rig_server(&rig, "354 go\r\n");
    dialog_rig_client(&rig, "x\r\n.\r\n");
    dialog_rig_server(&rig, "250 ok\r\n");
    dialog_rig_finish(&rig);
    for (size_t i = 0; i < rig.count; i++)
        missing += rig.events[i].kind == SMTP_EVENT_GAP ? rig.events[i].octets : 0;
    ck_assert_uint_eq(missing, 10 * HOLES);
    check_reply(&rig, 250, VERB_END_OF_DATA);
    dialog_rig_end(&rig);
}
END_TEST

/* Segments of one octet cost more than their octets. */
START_TEST(segments_of_one_octet_after_data_are_held_up_to_a_number)
{
    struct dialog_rig rig;

    begin_data(&rig);
    for (int i = 0; i < 20000; i++)
        dialog_rig_client(&rig, "x");
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_UNDECIDED), 1);
    dialog_rig_client(&rig, "\r\n.\r\n");
    ck_assert_uint_eq(dialog_rig_last(&rig, SMTP_EVENT_CONTENT)->content.message_octets, 20002);
    dialog_rig_end(&rig);
}
END_TEST

/* A content with an end-of-data look-alike, LF.CRLF, in its first segment. */
static void begin_lookalike(struct dialog_rig *rig)
{
    begin_data(rig);
    dialog_rig_server(rig, "354 go\r\n");
    dialog_rig_client(rig, "a\n.\r\n");
}

/* Octets after the look-alike: what is held at most, and one more. */
START_TEST(from_a_lookalike_on_octets_are_held_up_to_a_limit)
{
    struct dialog_rig rig;
    size_t events;

    begin_lookalike(&rig);
    events = rig.count;
    send_undecided(&rig, LIMIT_UNDECIDED, 16384);
    ck_assert_uint_eq(rig.count, events);
    dialog_rig_client(&rig, "\r\n.\r\n");
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_UNDECIDED), 1);
    ck_assert_uint_eq(dialog_rig_last(&rig, SMTP_EVENT_CONTENT)->content.message_octets,
                      5 + LIMIT_UNDECIDED + 2);
    dialog_rig_server(&rig, "250 ok\r\n");
    check_reply(&rig, 250, VERB_END_OF_DATA);
    check_goes_on(&rig);
    dialog_rig_end(&rig);
}
END_TEST

/* 421 fits both readings, so that each one weighs them again and decides nothing. */
START_TEST(a_content_is_weighed_again_up_to_a_limit)
{
    struct dialog_rig rig;
    size_t events;

    begin_lookalike(&rig);
    events = rig.count;
    for (int i = 1; i < LIMIT_WEIGHINGS; i++) {
        dialog_rig_server(&rig, "421 wait\r\n");
        ck_assert_uint_eq(rig.count, events);
    }
    dialog_rig_server(&rig, "421 wait\r\n");
    ck_assert_uint_eq(dialog_rig_count(&rig, SMTP_EVENT_REPLY), 2 + LIMIT_WEIGHINGS);
    ck_assert_uint_eq(dialog_rig_limits(&rig, SMTP_LIMIT_UNDECIDED), 1);
    /* The strict reading stands: the content goes on. */
    dialog_rig_client(&rig, "b\r\n.\r\n");
    ck_assert_uint_eq(dialog_rig_last(&rig, SMTP_EVENT_CONTENT)->content.message_octets, 8);
    dialog_rig_end(&rig);
}
END_TEST

/* A reply that decides in time is no limit. */
START_TEST(a_content_that_a_reply_decides_meets_no_limit)
{
    struct dialog_rig rig;

    begin_lookalike(&rig);
    dialog_rig_client(&rig, "MAIL FROM:<x@c>\r\nRCPT TO:<y@d>\r\nDATA\r\n");
    dialog_rig_server(&rig, "250 queued\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go\r\n");
    check_reply(&rig, 354, VERB_DATA);
    ck_assert_uint_eq(dialog_rig_count(&rig, SMTP_EVENT_LIMIT), 0);
    dialog_rig_end(&rig);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("limits");

    tcase_add_loop_test(tc, commands_wait_for_their_replies_up_to_a_limit, 0, 3);
    tcase_add_test(tc, a_command_line_is_kept_up_to_its_limit);
    tcase_add_loop_test(tc, lines_of_a_reply_are_kept_up_to_their_limit, 0, 2);
    tcase_add_loop_test(tc, octets_of_a_reply_are_kept_up_to_their_limit, 0, 2);
    tcase_add_loop_test(tc, a_line_without_a_code_is_kept_up_to_its_limit, 0, 2);
    tcase_add_test(tc, two_replies_past_the_limit_are_one_limit);
    tcase_add_loop_test(tc, what_follows_data_is_held_up_to_a_limit, 0, 3);
    tcase_add_loop_test(tc, one_octet_past_the_limit_success_is_assumed, 0, 3);
    tcase_add_test(tc, past_the_limit_a_command_in_the_first_line_is_one);
    tcase_add_test(tc, holes_after_data_are_held_without_end);
    tcase_add_test(tc, segments_of_one_octet_after_data_are_held_up_to_a_number);
    tcase_add_test(tc, from_a_lookalike_on_octets_are_held_up_to_a_limit);
    tcase_add_test(tc, a_content_is_weighed_again_up_to_a_limit);
    tcase_add_test(tc, a_content_that_a_reply_decides_meets_no_limit);
    return suite_run("smtp/dialog", tc);
}
