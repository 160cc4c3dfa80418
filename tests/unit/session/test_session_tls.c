/* What the record tells of TLS: whatever is sent in clear. */
#include "session/session.h"

#include <check.h>

#include "support/session_rig.h"
#include "support/suite.h"

static void check_text(struct slice text, const char *expected)
{
    ck_assert_msg(slice_equal(text, slice_of_string(expected)), "\"%.*s\" is not \"%s\"",
                  (int)text.len, text.len == 0 ? "" : (const char *)text.data, expected);
}

static void begin(struct session_rig *rig)
{
    session_rig_begin(rig);
    session_rig_server(rig, "220 mx.example ESMTP Postfix\n");
}

/* A ClientHello for mx.example that offers TLS 1.2; a ServerHello of TLS 1.2, ECDHE-RSA-AES128. */
static const uint8_t client_hello[] = {
    22,   3,    1, 0, 62, 1,  0, 0, 58, 3,  3, 0, 0, 0, 0, 0,   0,   0,   0,   0,   0,   0, 0,
    0,    0,    0, 0, 0,  0,  0, 0, 0,  0,  0, 0, 0, 0, 0, 0,   0,   0,   0,   0,   0,   0, 2,
    0xc0, 0x2f, 1, 0, 0,  15, 0, 0, 0,  11, 0, 9, 0, 0, 6, 'm', 'x', '.', 't', 's', 't',
};
static const uint8_t server_hello[] = {
    22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0,    0, 0,
    0,  0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x2f, 0,
};
static const uint8_t alert[] = { 21, 3, 3, 0, 2, 2, 48 }; /* fatal, unknown_ca */

static void send_hellos(struct session_rig *rig)
{
    session_rig_octets(rig, SIDE_CLIENT, slice_of(client_hello, sizeof(client_hello)));
    session_rig_octets(rig, SIDE_SERVER, slice_of(server_hello, sizeof(server_hello)));
}

START_TEST(tls_after_starttls_is_told_with_what_it_shows_in_clear)
{
    struct session_rig rig;
    const struct session_record *record;

    begin(&rig);
    session_rig_ask(&rig, "EHLO c", "250-mx\n250 STARTTLS");
    session_rig_ask(&rig, "STARTTLS", "220 ready");
    send_hellos(&rig);
    record = session_rig_close(&rig);
    ck_assert_int_eq(record->tls.mode, TLS_STARTTLS);
    ck_assert_uint_eq(record->tls.offered_version, 0x0303);
    ck_assert_uint_eq(record->tls.version, 0x0303);
    ck_assert_uint_eq(record->tls.cipher, 0xc02f);
    check_text(record->tls.sni, "mx.tst");
    ck_assert_uint_eq(record->tls.client_octets, sizeof(client_hello));
    ck_assert_uint_eq(record->tls.server_octets, sizeof(server_hello));
    ck_assert_uint_eq(record->tls.first_entry, 6);
    ck_assert_int_eq(record_entry(record, 6)->tls.event, TLS_EVENT_CLIENT_HELLO);
    ck_assert_int_eq(record_entry(record, 7)->tls.event, TLS_EVENT_SERVER_HELLO);
    ck_assert_uint_eq(record->entry_count, 7);
    session_rig_end(&rig);
}
END_TEST

START_TEST(tls_from_the_start_is_implicit)
{
    struct session_rig rig;
    const struct session_record *record;

    session_rig_begin(&rig);
    rig.port = 465;
    send_hellos(&rig);
    record = session_rig_close(&rig);
    ck_assert_int_eq(record->tls.mode, TLS_IMPLICIT);
    ck_assert_int_eq(record->service, SERVICE_SUBMISSIONS);
    ck_assert_uint_eq(record->greeting, 0);
    session_rig_end(&rig);
}
END_TEST

START_TEST(an_alert_in_clear_fails_the_handshake)
{
    struct session_rig rig;
    const struct session_record *record;

    session_rig_begin(&rig);
    send_hellos(&rig);
    session_rig_octets(&rig, SIDE_CLIENT, slice_of(alert, sizeof(alert)));
    rig.tcp.close = TCP_CLOSE_OPEN;
    record = session_rig_close(&rig);
    ck_assert_int_eq(record->tls.handshake, TLS_HANDSHAKE_FAILED);
    ck_assert(record->tls.alert_known);
    ck_assert_int_eq(record->tls.alert_from, SIDE_CLIENT);
    ck_assert_uint_eq(record->tls.alert_code, 48);
    session_rig_end(&rig);
}
END_TEST

/* A handshake that the connection's end cut off has failed; the capture's end decides nothing. */
START_TEST(a_handshake_cut_off_has_failed_where_all_of_it_was_captured)
{
    static const struct {
        enum tcp_close close;
        enum tcp_handshake handshake;
        uint32_t gaps;
        bool is_snapped;
        enum tls_handshake expected;
    } rows[] = {
        { TCP_CLOSE_FIN, TCP_HANDSHAKE_COMPLETE, 0, false, TLS_HANDSHAKE_FAILED },
        { TCP_CLOSE_RST_SERVER, TCP_HANDSHAKE_COMPLETE, 0, false, TLS_HANDSHAKE_FAILED },
        { TCP_CLOSE_IDLE, TCP_HANDSHAKE_COMPLETE, 0, false, TLS_HANDSHAKE_FAILED },
        { TCP_CLOSE_OPEN, TCP_HANDSHAKE_COMPLETE, 0, false, TLS_HANDSHAKE_INCOMPLETE },
        { TCP_CLOSE_EVICTED, TCP_HANDSHAKE_COMPLETE, 0, false, TLS_HANDSHAKE_INCOMPLETE },
        { TCP_CLOSE_FIN, TCP_HANDSHAKE_MIDSTREAM, 0, false, TLS_HANDSHAKE_INCOMPLETE },
        { TCP_CLOSE_FIN, TCP_HANDSHAKE_COMPLETE, 1, false, TLS_HANDSHAKE_INCOMPLETE },
        { TCP_CLOSE_FIN, TCP_HANDSHAKE_COMPLETE, 0, true, TLS_HANDSHAKE_INCOMPLETE },
    };
    struct session_rig rig;

    session_rig_begin(&rig);
    send_hellos(&rig);
    rig.tcp.close = rows[_i].close;
    rig.tcp.handshake = rows[_i].handshake;
    rig.tcp.server.gaps = rows[_i].gaps;
    rig.tcp.is_snapped = rows[_i].is_snapped;
    ck_assert_int_eq(session_rig_close(&rig)->tls.handshake, rows[_i].expected);
    session_rig_end(&rig);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("tls");

    tcase_add_test(tc, tls_after_starttls_is_told_with_what_it_shows_in_clear);
    tcase_add_test(tc, tls_from_the_start_is_implicit);
    tcase_add_test(tc, an_alert_in_clear_fails_the_handshake);
    tcase_add_loop_test(tc, a_handshake_cut_off_has_failed_where_all_of_it_was_captured, 0, 8);
    return suite_run("session/session_tls", tc);
}
