/* Octets that come twice and do not say the same: the first copy stands, and the second is told. */
#include "unit/tcp/rig.h"

static struct rig rig;

static void begin(void)
{
    rig_begin(&rig);
    rig_open(&rig);
}

/* The first conflict of the client's, and how many there were. */
static void expect(uint64_t offset, const char *first, uint64_t first_frame, const char *second,
                   uint64_t second_frame, uint32_t count)
{
    const struct tcp_conflict *conflict = &rig.ended.client.conflict;
    char wanted[128];
    char got[128];

    rig_finish(&rig);
    snprintf(wanted, sizeof(wanted), "%u at %llu: \"%s\" in %llu, \"%s\" in %llu", count,
             (unsigned long long)offset, first, (unsigned long long)first_frame, second,
             (unsigned long long)second_frame);
    snprintf(got, sizeof(got), "%u at %llu: \"%.*s\" in %llu, \"%.*s\" in %llu",
             rig.ended.client.overlap_conflicts, (unsigned long long)conflict->offset,
             conflict->length, (const char *)conflict->first,
             (unsigned long long)conflict->first_frame, conflict->length,
             (const char *)conflict->second, (unsigned long long)conflict->place.frame);
    ck_assert_str_eq(got, wanted);
    rig_end(&rig);
}

START_TEST(a_copy_that_comes_after_the_delivery)
{
    begin();
    rig_client(&rig, 0, 0, "RCPT TO:<good@d.example>\r\n");
    rig_client(&rig, 0, 0, "RCPT TO:<evil@d.example>\r\n");
    ck_assert_str_eq(rig.log, "C\"RCPT TO:<good@d.example>\r\n\"");
    expect(9, "good@d.e", 4, "evil@d.e", 5, 1);
}
END_TEST

START_TEST(a_copy_that_comes_after_the_acknowledgement)
{
    begin();
    rig_client(&rig, 0, 0, "NOOP\r\n");
    rig_server(&rig, 0, 6, "250 ok\r\n");
    rig_client(&rig, 0, 8, "QUIT\r\n");
    ck_assert_str_eq(rig.log, "C\"NOOP\r\n\" S\"250 ok\r\n\"");
    expect(0, "NOOP\r\n", 4, "QUIT\r\n", 6, 1);
}
END_TEST

START_TEST(a_copy_that_brings_new_octets_too)
{
    begin();
    rig_client(&rig, 0, 0, "NOOP\r\n");
    rig_client(&rig, 0, 0, "QUIT\r\nNOOP\r\n");
    ck_assert_str_eq(rig.log, "C\"NOOP\r\n\" C\"NOOP\r\n\"");
    expect(0, "NOOP\r\n", 4, "QUIT\r\n", 5, 1);
}
END_TEST

START_TEST(a_copy_cut_otherwise)
{
    begin();
    rig_client(&rig, 0, 0, "MAIL FROM:<a@b.example>\r\n");
    rig_client(&rig, 25, 0, "RCPT TO:<c@d.example>\r\n");
    rig_client(&rig, 11, 0, "a@b.example>\r\nRCPT TO:<x@d.");
    rig_client(&rig, 34, 0, "y");
    expect(34, "c@d.", 5, "x@d.", 6, 2);
}
END_TEST

START_TEST(a_copy_of_what_is_held)
{
    begin();
    rig_client(&rig, 6, 0, "QUIT\r\n");
    rig_client(&rig, 6, 0, "RSET\r\n");
    rig_client(&rig, 0, 0, "NOOP\r\n");
    /* It was held, and then delivered. */
    rig_client(&rig, 6, 0, "HELP\r\n");
    ck_assert_str_eq(rig.log, "C\"NOOP\r\n\" C\"QUIT\r\n\"");
    expect(6, "QUIT\r\n", 4, "RSET\r\n", 5, 2);
}
END_TEST

START_TEST(the_number_space_wraps_between_the_copies)
{
    rig_begin(&rig);
    rig.isn[SIDE_CLIENT] = UINT32_MAX - 3;
    rig_open(&rig);
    rig_client(&rig, 0, 0, "NOOP\r\n");
    rig_client(&rig, 0, 0, "NOOP\r\r");
    expect(5, "\n", 4, "\r", 5, 1);
}
END_TEST

START_TEST(copies_that_say_the_same)
{
    begin();
    for (int round = 0; round < 3; round++) {
        rig_client(&rig, 0, 0, "NOOP\r\n");
        rig_client(&rig, 6, 0, "NOOP\r\n");
        rig_client(&rig, 3, 0, "P\r\nNOO");
    }
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.client.overlap_conflicts, 0);
    ck_assert_uint_eq(rig.ended.client.retransmissions, 7);
    rig_end(&rig);
}
END_TEST

START_TEST(a_keep_alive_may_hold_any_octet)
{
    /* RFC 9293 3.8.4: one garbage octet, which was acknowledged. */
    begin();
    rig_client(&rig, 0, 0, "NOOP\r\n");
    rig_server(&rig, 0, 6, "");
    rig_client(&rig, 5, 0, "x");
    rig_server(&rig, 0, 6, "");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.client.overlap_conflicts, 0);
    ck_assert_uint_eq(rig.ended.client.retransmissions, 0);
    ck_assert_uint_eq(rig.ended.client.bytes, 6);
    rig_end(&rig);
}
END_TEST

START_TEST(a_probe_of_a_closed_window_is_no_conflict)
{
    begin();
    rig_client(&rig, 0, 0, "NOOP\r\n");
    rig.window = 0;
    rig_server(&rig, 0, 6, "");
    rig.window = 64240;
    for (int i = 0; i < 3; i++) {
        rig_client(&rig, 6, 0, "Q");
        rig_server(&rig, 0, 6, "");
    }
    rig_client(&rig, 6, 0, "QUIT\r\n");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.client.overlap_conflicts, 0);
    ck_assert_uint_eq(rig.ended.client.bytes, 12);
    rig_end(&rig);
}
END_TEST

START_TEST(both_directions_are_compared)
{
    begin();
    rig_server(&rig, 0, 0, "220 ok\r\n");
    rig_server(&rig, 0, 0, "554 no\r\n");
    rig_finish(&rig);
    ck_assert_uint_eq(rig.ended.server.overlap_conflicts, 1);
    ck_assert_uint_eq(rig.ended.client.overlap_conflicts, 0);
    rig_end(&rig);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tcp/overlap");
    TCase *tc = tcase_create("overlap");

    suite_add_tcase(suite, tc);
    tcase_add_test(tc, a_copy_that_comes_after_the_delivery);
    tcase_add_test(tc, a_copy_that_comes_after_the_acknowledgement);
    tcase_add_test(tc, a_copy_that_brings_new_octets_too);
    tcase_add_test(tc, a_copy_cut_otherwise);
    tcase_add_test(tc, a_copy_of_what_is_held);
    tcase_add_test(tc, the_number_space_wraps_between_the_copies);
    tcase_add_test(tc, copies_that_say_the_same);
    tcase_add_test(tc, a_keep_alive_may_hold_any_octet);
    tcase_add_test(tc, a_probe_of_a_closed_window_is_no_conflict);
    tcase_add_test(tc, both_directions_are_compared);
    return rig_run(suite);
}
