/* RFC 6093: the urgent octet is part of the stream, though most receivers take it out. It stays where
 * it stands, and is told of. */
#include "unit/tcp/rig.h"

START_TEST(an_urgent_octet_stays_in_its_place_and_is_counted)
{
    static struct rig rig;

    rig_begin(&rig);
    rig_open(&rig);
    rig_send(&rig, SIDE_CLIENT, TCP_ACK | TCP_URG, 0, 0, "DAXTA\r\n");
    /* Without octets the pointer points to nothing of this segment. */
    rig_send(&rig, SIDE_CLIENT, TCP_ACK | TCP_URG, 7, 0, "");
    rig_client(&rig, 7, 0, "QUIT\r\n");
    rig_finish(&rig);
    ck_assert_str_eq(rig.log, "C\"DAXTA\r\n\" C\"QUIT\r\n\" [complete open nobody]");
    ck_assert_uint_eq(rig.ended.client.urgent, 1);
    ck_assert_uint_eq(rig.ended.server.urgent, 0);
    rig_end(&rig);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tcp/urgent");
    TCase *tc = tcase_create("urgent");

    suite_add_tcase(suite, tc);
    tcase_add_test(tc, an_urgent_octet_stays_in_its_place_and_is_counted);
    return rig_run(suite);
}
