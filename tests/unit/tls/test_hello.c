/* The hello reader: what it tells of both sides, at every cut and at every truncation. */
#include "tls/hello.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/* What the sink was told, a line a notice. */
struct log {
    char text[4096];
    size_t len;
};

struct wire {
    uint8_t octets[2048];
    size_t len;
};

static void put(struct wire *w, const void *octets, size_t n)
{
    ck_assert_uint_le(n, sizeof w->octets - w->len);
    mem_copy(w->octets + w->len, octets, n);
    w->len += n;
}

#define PUT(w, ...) \
    put(w, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void put_zeros(struct wire *w, size_t n)
{
    while (n-- > 0)
        PUT(w, 0);
}

static struct slice view(const struct wire *w)
{
    return slice_of(w->octets, w->len);
}

static void put_record(struct wire *w, uint8_t content, struct slice body)
{
    PUT(w, content, 3, 3, (uint8_t)(body.len >> 8), (uint8_t)body.len);
    put(w, body.data, body.len);
}

static void put_sealed(struct wire *w, uint8_t content, size_t length)
{
    PUT(w, content, 3, 3, (uint8_t)(length >> 8), (uint8_t)length);
    put_zeros(w, length);
}

static void put_message(struct wire *w, uint8_t type, const struct wire *body)
{
    PUT(w, type, 0, (uint8_t)(body->len >> 8), (uint8_t)body->len);
    put(w, body->octets, body->len);
}

/* SNI mx.example, ALPN "smtp" after a GREASE name, versions GREASE, 1.3, 1.2, a ticket. */
static const uint8_t client_extensions[] = {
    0x0a, 0x0a, 0,   0, /* GREASE */
    0,    0,    0,   15,  0,   13,   0,    0,    10,   'm', 'x', '.', 'e', 'x',
    'a',  'm',  'p', 'l', 'e',                                                  /* SNI */
    0,    16,   0,   10,  0,   8,    2,    0xaa, 0xaa, 4,   's', 'm', 't', 'p', /* ALPN */
    0,    43,   0,   7,   6,   0xfa, 0xfa, 3,    4,    3,   3,                  /* versions */
    0,    35,   0,   2,   9,   9,                                               /* ticket */
};

static struct wire client_hello(uint8_t id_length, struct slice extensions)
{
    struct wire body = { .len = 0 };
    struct wire message = { .len = 0 };

    PUT(&body, 3, 3);
    put_zeros(&body, 32);
    PUT(&body, id_length);
    for (unsigned i = 0; i < id_length; i++)
        PUT(&body, 7);
    PUT(&body, 0, 4, 0x1a, 0x1a, 0x13, 0x01, 1, 0);
    PUT(&body, (uint8_t)(extensions.len >> 8), (uint8_t)extensions.len);
    put(&body, extensions.data, extensions.len);
    put_message(&message, 1, &body);
    return message;
}

enum { SELECTS_TLS12, SELECTS_TLS13, SELECTS_TLS13_PSK };

static const uint8_t retry_random[32] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

static struct wire server_hello(const uint8_t *random, uint8_t id_octet, int selects)
{
    struct wire body = { .len = 0 };
    struct wire message = { .len = 0 };

    PUT(&body, 3, 3);
    if (random != NULL)
        put(&body, random, 32);
    else
        put_zeros(&body, 32);
    PUT(&body, 4, id_octet, id_octet, id_octet, id_octet);
    if (selects == SELECTS_TLS12)
        PUT(&body, 0xc0, 0x2f, 0, 0, 0);
    else if (selects == SELECTS_TLS13)
        PUT(&body, 0x13, 0x02, 0, 0, 6, 0, 43, 0, 2, 3, 4);
    else
        PUT(&body, 0x13, 0x02, 0, 0, 12, 0, 43, 0, 2, 3, 4, 0, 41, 0, 2, 0, 0);
    put_message(&message, 2, &body);
    return message;
}

static enum status note(void *context, const struct tls_notice *n)
{
    struct log *log = context;
    char *at = log->text + log->len;
    size_t room = sizeof log->text - log->len;
    const char *who = n->from == SIDE_CLIENT ? "C" : "S";
    int wrote = 0;

    switch (n->kind) {
    case TLS_NOTICE_CLIENT_HELLO:
        wrote =
            snprintf(at, room, "%s hello %04x %04x sni=%.*s alpn=%.*s%s%s%s%s%s%s\n", who,
                     n->client.legacy_version, n->client.highest_version, (int)n->client.sni.len,
                     (const char *)n->client.sni.data, (int)n->client.alpn.len,
                     (const char *)n->client.alpn.data, n->client.offers_ticket ? " ticket" : "",
                     n->client.offers_psk ? " psk" : "", n->client.offers_session_id ? " id" : "",
                     n->client.is_sslv2 ? " sslv2" : "", n->client.is_retried ? " again" : "",
                     n->client.is_unread ? " unread" : "");
        break;
    case TLS_NOTICE_SERVER_HELLO:
        wrote = snprintf(at, room, "%s hello %04x %04x alpn=%.*s resumed=%s%s%s\n", who,
                         n->server.version, n->server.cipher, (int)n->server.alpn.len,
                         (const char *)n->server.alpn.data,
                         !n->server.resumed_known ? "?"
                         : n->server.resumed      ? "yes"
                                                  : "no",
                         n->server.is_retry ? " retry" : "", n->server.is_unread ? " unread" : "");
        break;
    case TLS_NOTICE_ALERT:
        wrote = snprintf(at, room, "%s alert %u %u\n", who, n->alert.level, n->alert.code);
        break;
    case TLS_NOTICE_HIDDEN_ALERT:
        wrote = snprintf(at, room, "%s hidden alert\n", who);
        break;
    case TLS_NOTICE_ESTABLISHED:
        wrote = snprintf(at, room, "%s established\n", who);
        break;
    case TLS_NOTICE_NOT_TLS:
        wrote = snprintf(at, room, "%s not tls\n", who);
        break;
    }
    log->len += (size_t)wrote;
    ck_assert_uint_lt(log->len, sizeof log->text);
    return STATUS_OK;
}

static struct tls_hello_reader *reader_new(struct log *log)
{
    struct tls_hello_reader *r = tls_hello_reader_new(&(struct tls_notice_sink){ log, note });

    *log = (struct log){ .len = 0 };
    ck_assert_ptr_nonnull(r);
    return r;
}

static void feed(struct tls_hello_reader *r, enum side from, struct slice octets)
{
    /* A copy of just that size, so that a sanitizer sees every read past its end. */
    uint8_t *copy = mem_alloc(octets.len);

    ck_assert_ptr_nonnull(copy);
    mem_copy(copy, octets.data, octets.len);
    ck_assert_int_eq(tls_hello_reader_feed(r, from, slice_of(copy, octets.len)), STATUS_OK);
    mem_free(copy);
}

/* One dialogue: client, server, client, server. Each flight is fed whole, cut in two at every
 * place, and octet by octet; the notices must be equal, and `expected`. */
static void check_dialogue(const struct wire flights[4], const char *expected)
{
    struct log log;

    for (int cut_flight = -1; cut_flight < 4; cut_flight++) {
        size_t cuts = cut_flight < 0 ? 1 : flights[cut_flight].len;

        for (size_t cut = 0; cut < cuts; cut++) {
            struct tls_hello_reader *r = reader_new(&log);

            for (int i = 0; i < 4; i++) {
                enum side from = i % 2 == 0 ? SIDE_CLIENT : SIDE_SERVER;

                if (i == cut_flight) {
                    feed(r, from, slice_part(view(&flights[i]), 0, cut));
                    feed(r, from, slice_from(view(&flights[i]), cut));
                } else if (cut_flight < 0) {
                    for (size_t at = 0; at < flights[i].len; at++)
                        feed(r, from, slice_part(view(&flights[i]), at, 1));
                } else {
                    feed(r, from, view(&flights[i]));
                }
            }
            tls_hello_reader_free(r);
            ck_assert_str_eq(log.text, expected);
        }
    }
}

#define WHOLE_EXTENSIONS slice_of(client_extensions, sizeof client_extensions)

START_TEST(a_tls13_handshake_is_told_at_every_cut)
{
    struct wire f[4] = { 0 };
    struct wire hello = client_hello(4, WHOLE_EXTENSIONS);

    put_record(&f[0], 22, view(&hello));
    hello = server_hello(NULL, 7, SELECTS_TLS13);
    put_record(&f[1], 22, view(&hello));
    PUT(&f[1], 20, 3, 3, 0, 1, 1);
    put_sealed(&f[1], 23, 300);
    PUT(&f[2], 20, 3, 3, 0, 1, 1);
    put_sealed(&f[2], 23, 69);
    put_sealed(&f[2], 23, 40);
    check_dialogue(f, "C hello 0303 0304 sni=mx.example alpn=smtp ticket id\n"
                      "S hello 0304 1302 alpn= resumed=no\n"
                      "C established\n");
}
END_TEST

START_TEST(a_hello_spread_over_many_records_is_put_together)
{
    struct wire f[4] = { 0 };
    struct wire hello = client_hello(0, WHOLE_EXTENSIONS);

    for (size_t at = 0; at < hello.len; at += 3)
        put_record(&f[0], 22, slice_part(view(&hello), at, 3));
    check_dialogue(f, "C hello 0303 0304 sni=mx.example alpn=smtp ticket\n");
}
END_TEST

START_TEST(a_retry_is_told_apart_and_the_second_hello_is_read)
{
    struct wire f[4] = { 0 };
    struct wire hello = client_hello(4, WHOLE_EXTENSIONS);

    put_record(&f[0], 22, view(&hello));
    PUT(&f[2], 20, 3, 3, 0, 1, 1);
    put_record(&f[2], 22, view(&hello));
    hello = server_hello(retry_random, 7, SELECTS_TLS13);
    put_record(&f[1], 22, view(&hello));
    hello = server_hello(NULL, 7, SELECTS_TLS13_PSK);
    put_record(&f[3], 22, view(&hello));
    check_dialogue(f, "C hello 0303 0304 sni=mx.example alpn=smtp ticket id\n"
                      "S hello 0304 1302 alpn= resumed=? retry\n"
                      "C hello 0303 0304 sni=mx.example alpn=smtp ticket id again\n"
                      "S hello 0304 1302 alpn= resumed=yes\n");
}
END_TEST

/* id_octet 7 sends the client's session id back. */
static void check_tls12(uint8_t id_octet, uint8_t id_length, const char *hello_line)
{
    static const uint8_t certificate[] = { 11, 0, 0, 3, 0, 0, 0, 14, 0, 0, 0 };
    struct wire f[4] = { 0 };
    struct wire hello = client_hello(id_length, slice_part(WHOLE_EXTENSIONS, 48, 6));
    char expected[256];

    put_record(&f[0], 22, view(&hello));
    hello = server_hello(NULL, id_octet, SELECTS_TLS12);
    put(&hello, certificate, sizeof certificate);
    put_record(&f[1], 22, view(&hello));
    put_sealed(&f[2], 22, 16);
    f[2].octets[5] = 16; /* ClientKeyExchange, the rest of its header 0 and 12 octets more */
    f[2].octets[8] = 12;
    PUT(&f[2], 20, 3, 3, 0, 1, 1);
    put_sealed(&f[2], 22, 40);
    PUT(&f[3], 20, 3, 3, 0, 1, 1);
    put_sealed(&f[3], 22, 40);
    put_sealed(&f[3], 21, 26); /* close_notify, encrypted and in order */
    (void)snprintf(expected, sizeof expected,
                   "C hello 0303 0303 sni= alpn= ticket%s\n%sS established\n",
                   id_length > 0 ? " id" : "", hello_line);
    check_dialogue(f, expected);
}

START_TEST(a_tls12_session_id_sent_back_means_resumed)
{
    check_tls12(7, 4, "S hello 0303 c02f alpn= resumed=yes\n");
}
END_TEST

START_TEST(another_tls12_session_id_means_not_resumed)
{
    check_tls12(8, 4, "S hello 0303 c02f alpn= resumed=no\n");
}
END_TEST

START_TEST(a_tls12_ticket_without_a_session_id_leaves_resumption_open)
{
    check_tls12(8, 0, "S hello 0303 c02f alpn= resumed=?\n");
}
END_TEST

START_TEST(alerts_in_clear_carry_their_code)
{
    struct wire f[4] = { 0 };
    struct wire hello = client_hello(0, slice_of(NULL, 0));

    put_record(&f[0], 22, view(&hello));
    PUT(&f[1], 21, 3, 1, 0, 2, 1, 112, 21, 3, 3, 0, 2, 2, 40);
    check_dialogue(f, "C hello 0303 0303 sni= alpn=\nS alert 1 112\nS alert 2 40\n");
}
END_TEST

START_TEST(an_encrypted_alert_before_the_end_of_the_handshake_is_inferred)
{
    struct wire f[4] = { 0 };
    struct wire hello = client_hello(4, WHOLE_EXTENSIONS);

    put_record(&f[0], 22, view(&hello));
    hello = server_hello(NULL, 7, SELECTS_TLS13);
    put_record(&f[1], 22, view(&hello));
    put_sealed(&f[1], 23, 23); /* EncryptedExtensions alone, as GnuTLS sends them */
    put_sealed(&f[1], 23, 900);
    PUT(&f[2], 20, 3, 3, 0, 1, 1);
    put_sealed(&f[2], 23, 19);
    check_dialogue(f, "C hello 0303 0304 sni=mx.example alpn=smtp ticket id\n"
                      "S hello 0304 1302 alpn= resumed=no\n"
                      "C hidden alert\n");
}
END_TEST

START_TEST(an_sslv2_hello_is_read)
{
    struct wire f[4] = { 0 };

    PUT(&f[0], 0x80, 12, 1, 3, 1, 0, 3, 0, 0, 0, 0, 1, 2, 3);
    PUT(&f[1], 21, 3, 0, 0, 2, 2, 70);
    check_dialogue(f, "C hello 0301 0301 sni= alpn= sslv2\nS alert 2 70\n");
}
END_TEST

START_TEST(plain_text_is_said_to_be_no_tls_once)
{
    static const char banner[] = "220 mx.example ESMTP\r\n221 bye\r\n";
    struct wire f[4] = { 0 };
    struct wire hello = client_hello(0, slice_of(NULL, 0));

    put_record(&f[0], 22, view(&hello));
    put(&f[1], banner, sizeof banner - 1);
    put(&f[3], banner, sizeof banner - 1);
    check_dialogue(f, "C hello 0303 0303 sni= alpn=\nS not tls\n");
}
END_TEST

/* Every octet of the hello, one at a time, becomes 0xff or 0: nothing is read past the end, and the
 * reader says at most one hello of it. */
START_TEST(hostile_octets_are_survived)
{
    struct wire hello = client_hello(4, WHOLE_EXTENSIONS);
    struct log log;

    for (size_t at = 0; at < hello.len; at++) {
        for (int value = 0; value <= 255; value += 255) {
            struct wire bad = hello;
            struct wire w = { .len = 0 };
            struct tls_hello_reader *r = reader_new(&log);

            bad.octets[at] = (uint8_t)value;
            put_record(&w, 22, view(&bad));
            feed(r, SIDE_CLIENT, view(&w));
            feed(r, SIDE_SERVER, view(&w));
            tls_hello_reader_free(r);
        }
    }
}
END_TEST

/* A message whose length field leaves less than its fields need, at every length. */
START_TEST(a_hello_cut_inside_its_own_length_is_marked)
{
    struct wire hello = client_hello(4, WHOLE_EXTENSIONS);
    struct wire answer = server_hello(NULL, 7, SELECTS_TLS13);
    struct log log;

    for (size_t keep = 0; keep + 4 < hello.len; keep++) {
        struct wire body = { .len = 0 };
        struct wire message = { .len = 0 };
        struct wire w = { .len = 0 };
        struct tls_hello_reader *r = reader_new(&log);

        put(&body, hello.octets + 4, keep);
        put_message(&message, 1, &body);
        put_record(&w, 22, view(&message));
        feed(r, SIDE_CLIENT, view(&w));
        /* Without any extensions a hello of TLS 1.2 is whole (RFC 5246 7.4.1.2). */
        if (keep == 2 + 32 + 5 + 6 + 2)
            ck_assert_ptr_nonnull(strstr(log.text, "C hello 0303 0303"));
        else
            ck_assert_ptr_nonnull(strstr(log.text, keep == 2 + 32 + 5 + 6 ? "C hello" : "unread"));
        tls_hello_reader_free(r);
    }
    for (size_t keep = 0; keep + 4 < answer.len; keep++) {
        struct wire body = { .len = 0 };
        struct wire message = { .len = 0 };
        struct wire w = { .len = 0 };
        struct tls_hello_reader *r = reader_new(&log);

        put(&body, answer.octets + 4, keep);
        put_message(&message, 2, &body);
        put_record(&w, 22, view(&message));
        feed(r, SIDE_SERVER, view(&w));
        ck_assert_ptr_nonnull(strstr(log.text, keep == 2 + 32 + 5 + 3 ? "S hello" : "unread"));
        tls_hello_reader_free(r);
    }
}
END_TEST

START_TEST(a_message_longer_than_a_hello_may_be_is_bounded)
{
    struct log log;
    struct tls_hello_reader *r = reader_new(&log);
    struct wire head = { .len = 0 };
    struct wire rest = { .len = 0 };

    PUT(&head, 22, 3, 3, 0, 4, 1, 0xff, 0xff, 0xff);
    feed(r, SIDE_CLIENT, view(&head));
    put_sealed(&rest, 22, 2000);
    for (size_t fed = 0; fed < 0xffffff; fed += 2000)
        feed(r, SIDE_CLIENT, view(&rest));
    ck_assert_ptr_nonnull(strstr(log.text, "C hello 0000 0000"));
    tls_hello_reader_free(r);
}
END_TEST

START_TEST(a_gap_inside_a_record_is_stepped_over)
{
    struct log log;
    struct tls_hello_reader *r = reader_new(&log);
    struct wire w = { .len = 0 };
    struct tls_progress progress;

    put_sealed(&w, 23, 1000);
    PUT(&w, 21, 3, 3, 0, 2, 2, 80);
    feed(r, SIDE_SERVER, slice_part(view(&w), 0, 105));
    tls_hello_reader_gap(r, SIDE_SERVER, 800);
    feed(r, SIDE_SERVER, slice_from(view(&w), 905));
    ck_assert_str_eq(log.text, "S alert 2 80\n");
    tls_hello_reader_progress(r, &progress);
    ck_assert(progress.application_data[SIDE_SERVER]);
    ck_assert_uint_eq(progress.records[SIDE_SERVER], 2);
    tls_hello_reader_free(r);
}
END_TEST

START_TEST(a_gap_over_a_header_ends_the_reading_of_its_direction)
{
    struct log log;
    struct tls_hello_reader *r = reader_new(&log);
    struct wire w = { .len = 0 };

    put_sealed(&w, 23, 100);
    feed(r, SIDE_SERVER, slice_part(view(&w), 0, 50));
    tls_hello_reader_gap(r, SIDE_SERVER, 60);
    feed(r, SIDE_SERVER, slice_of_string("220 this is not looked at\r\n"));
    ck_assert_str_eq(log.text, "");
    PUT(&w, 21, 3, 3, 0, 2, 1, 0);
    feed(r, SIDE_CLIENT, slice_from(view(&w), 105));
    ck_assert_str_eq(log.text, "C alert 1 0\n");
    tls_hello_reader_free(r);
}
END_TEST

START_TEST(a_gap_in_a_hello_loses_the_hello_alone)
{
    struct log log;
    struct tls_hello_reader *r = reader_new(&log);
    struct wire w = { .len = 0 };
    struct wire hello = client_hello(4, WHOLE_EXTENSIONS);

    put_record(&w, 22, view(&hello));
    PUT(&w, 21, 3, 3, 0, 2, 2, 42);
    feed(r, SIDE_CLIENT, slice_part(view(&w), 0, 30));
    tls_hello_reader_gap(r, SIDE_CLIENT, 10);
    feed(r, SIDE_CLIENT, slice_from(view(&w), 40));
    ck_assert_str_eq(log.text, "C alert 2 42\n");
    tls_hello_reader_free(r);
}
END_TEST

static enum status refuse(void *context, const struct tls_notice *notice)
{
    (void)context;
    (void)notice;
    return STATUS_IO;
}

START_TEST(what_the_sink_returns_comes_back)
{
    struct tls_hello_reader *r = tls_hello_reader_new(&(struct tls_notice_sink){ NULL, refuse });

    ck_assert_ptr_nonnull(r);
    ck_assert_int_eq(tls_hello_reader_feed(r, SIDE_SERVER, slice_of_string("220 hi")), STATUS_IO);
    tls_hello_reader_free(r);
}
END_TEST

static Suite *hello_suite(void)
{
    Suite *s = suite_create("tls/hello");
    TCase *tc = tcase_create("hello");

    tcase_add_test(tc, a_tls13_handshake_is_told_at_every_cut);
    tcase_add_test(tc, a_hello_spread_over_many_records_is_put_together);
    tcase_add_test(tc, a_retry_is_told_apart_and_the_second_hello_is_read);
    tcase_add_test(tc, a_tls12_session_id_sent_back_means_resumed);
    tcase_add_test(tc, another_tls12_session_id_means_not_resumed);
    tcase_add_test(tc, a_tls12_ticket_without_a_session_id_leaves_resumption_open);
    tcase_add_test(tc, alerts_in_clear_carry_their_code);
    tcase_add_test(tc, an_encrypted_alert_before_the_end_of_the_handshake_is_inferred);
    tcase_add_test(tc, an_sslv2_hello_is_read);
    tcase_add_test(tc, plain_text_is_said_to_be_no_tls_once);
    tcase_add_test(tc, hostile_octets_are_survived);
    tcase_add_test(tc, a_hello_cut_inside_its_own_length_is_marked);
    tcase_add_test(tc, a_message_longer_than_a_hello_may_be_is_bounded);
    tcase_add_test(tc, a_gap_inside_a_record_is_stepped_over);
    tcase_add_test(tc, a_gap_over_a_header_ends_the_reading_of_its_direction);
    tcase_add_test(tc, a_gap_in_a_hello_loses_the_hello_alone);
    tcase_add_test(tc, what_the_sink_returns_comes_back);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(hello_suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
