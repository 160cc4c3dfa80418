/* ClientHello and ServerHello, field by field: cut at every octet, and with what does not belong. */
#include "tls/hello_parse.h"

#include <check.h>

#include "support/exact.h"
#include "support/suite.h"

enum { WIRE_MAX = 512 };

struct wire {
    size_t len;
    uint8_t octets[WIRE_MAX];
};

static void put(struct wire *w, const void *octets, size_t len)
{
    ck_assert_uint_le(len, WIRE_MAX - w->len);
    memcpy(w->octets + w->len, octets, len);
    w->len += len;
}

#define PUT(w, ...) \
    put(w, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* RFC 8446 4.1.2 up to the extensions: version, random, session id, one suite, null compression. */
static void begin_client(struct wire *w, uint8_t id_length)
{
    static const uint8_t random[32] = { 9 };

    w->len = 0;
    PUT(w, 3, 3);
    put(w, random, sizeof(random));
    PUT(w, id_length);
    for (unsigned i = 0; i < id_length; i++)
        PUT(w, 7);
    PUT(w, 0, 2, 0x13, 0x01, 1, 0);
}

static struct tls_client_hello parse_client(const struct wire *w, struct hello_memory *memory)
{
    struct slice body = exact_copy(slice_of(w->octets, w->len));
    struct tls_client_hello hello;

    *memory = (struct hello_memory){ 0 };
    hello_parse_client(body, &hello, memory);
    exact_free(body);
    return hello;
}

/* With these extensions, their whole length before them. */
static struct tls_client_hello client_with(const uint8_t *extensions, size_t len)
{
    struct hello_memory memory;
    struct wire w;

    begin_client(&w, 0);
    PUT(&w, (uint8_t)(len >> 8), (uint8_t)len);
    put(&w, extensions, len);
    return parse_client(&w, &memory);
}

#define CLIENT_WITH(...) \
    client_with((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

START_TEST(a_hello_without_extensions_is_whole)
{
    struct hello_memory memory;
    struct wire w;
    struct tls_client_hello hello;

    begin_client(&w, 0);
    hello = parse_client(&w, &memory);
    ck_assert(!hello.is_unread);
    ck_assert_uint_eq(hello.legacy_version, 0x0303);
    ck_assert_uint_eq(hello.highest_version, 0x0303);
    ck_assert(!hello.offers_session_id);
    ck_assert(memory.has_client);
}
END_TEST

/* _i octets of the body are there: 41 without extensions, 48 with those that offer a ticket. */
START_TEST(a_client_hello_cut_at_any_octet_is_unread)
{
    struct hello_memory memory;
    struct wire w;
    struct tls_client_hello hello;

    begin_client(&w, 0);
    PUT(&w, 0, 5, 0, 35, 0, 1, 9);
    ck_assert_uint_eq(w.len, 48);
    w.len = (size_t)_i;
    hello = parse_client(&w, &memory);
    ck_assert_int_eq(hello.is_unread, _i != 41 && _i != 48);
    ck_assert_int_eq(hello.offers_ticket, _i == 48);
    ck_assert_uint_eq(hello.legacy_version, _i < 2 ? 0 : 0x0303);
}
END_TEST

/* RFC 5246 7.4.1.2: at most 32 octets. */
START_TEST(a_session_id_has_at_most_32_octets)
{
    struct hello_memory memory;
    struct wire w;

    begin_client(&w, 32);
    ck_assert(!parse_client(&w, &memory).is_unread);
    ck_assert(parse_client(&w, &memory).offers_session_id);
    ck_assert_uint_eq(memory.session_id_len, 32);
    ck_assert_uint_eq(memory.session_id[31], 7);
    begin_client(&w, 33);
    ck_assert(parse_client(&w, &memory).is_unread);
    ck_assert_uint_eq(memory.session_id_len, 0);
    ck_assert(!memory.has_client);
}
END_TEST

START_TEST(a_server_name_is_read_and_only_a_host_name)
{
    struct hello_memory memory;
    struct wire w;
    struct tls_client_hello hello;
    static const uint8_t body[] = { 0, 10, 0, 0, 0, 6, 0, 4, 0, 0, 1, 'm' };

    begin_client(&w, 0);
    put(&w, body, sizeof(body));
    hello_parse_client(slice_of(w.octets, w.len), &hello, &memory);
    ck_assert(slice_equal(hello.sni, slice_of_string("m")));
    /* Another type of name, an empty list, a name longer than its list. */
    ck_assert_uint_eq(CLIENT_WITH(0, 0, 0, 6, 0, 4, 1, 0, 1, 'm').sni.len, 0);
    ck_assert_uint_eq(CLIENT_WITH(0, 0, 0, 2, 0, 0).sni.len, 0);
    ck_assert_uint_eq(CLIENT_WITH(0, 0, 0, 6, 0, 4, 0, 0, 9, 'm').sni.len, 0);
    ck_assert_uint_eq(CLIENT_WITH(0, 0, 0, 0).sni.len, 0);
}
END_TEST

START_TEST(the_first_protocol_that_is_not_grease_counts)
{
    struct hello_memory memory;
    struct wire w;
    struct tls_client_hello hello;

    begin_client(&w, 0);
    PUT(&w, 0, 14, 0, 16, 0, 10, 0, 8, 2, 0x1a, 0x1a, 4, 's', 'm', 't', 'p');
    hello_parse_client(slice_of(w.octets, w.len), &hello, &memory);
    ck_assert(slice_equal(hello.alpn, slice_of_string("smtp")));
    ck_assert_uint_eq(CLIENT_WITH(0, 16, 0, 5, 0, 3, 2, 0x1a, 0x1a).alpn.len, 0);
    ck_assert_uint_eq(CLIENT_WITH(0, 16, 0, 2, 0, 0).alpn.len, 0);
    ck_assert_uint_eq(CLIENT_WITH(0, 16, 0, 4, 0, 2, 9, 's').alpn.len, 0);
}
END_TEST

START_TEST(the_highest_version_that_a_report_can_name_counts)
{
    ck_assert_uint_eq(CLIENT_WITH(0, 43, 0, 5, 4, 3, 3, 3, 4).highest_version, 0x0304);
    ck_assert_uint_eq(CLIENT_WITH(0, 43, 0, 5, 4, 3, 4, 3, 1).highest_version, 0x0304);
    ck_assert_uint_eq(CLIENT_WITH(0, 43, 0, 5, 4, 0xfa, 0xfa, 3, 2).highest_version, 0x0302);
    ck_assert_uint_eq(CLIENT_WITH(0, 43, 0, 5, 4, 0x7f, 0x1c, 3, 3).highest_version, 0x0303);
    ck_assert_uint_eq(CLIENT_WITH(0, 43, 0, 3, 2, 0x0a, 0x0a).highest_version, 0x0303);
    ck_assert_uint_eq(CLIENT_WITH(0, 43, 0, 2, 1, 3).highest_version, 0x0303);
    ck_assert_uint_eq(CLIENT_WITH(0, 43, 0, 0).highest_version, 0x0303);
}
END_TEST

START_TEST(tickets_and_keys_that_are_offered_are_told)
{
    ck_assert(CLIENT_WITH(0, 35, 0, 1, 9).offers_ticket);
    ck_assert(!CLIENT_WITH(0, 35, 0, 0).offers_ticket);
    ck_assert(CLIENT_WITH(0, 41, 0, 0).offers_psk);
    ck_assert(!CLIENT_WITH(0, 42, 0, 0).offers_psk);
}
END_TEST

START_TEST(an_extension_that_does_not_fit_makes_the_hello_unread)
{
    ck_assert(!CLIENT_WITH(0x4a, 0x4a, 0, 0).is_unread);
    ck_assert(CLIENT_WITH(0, 0, 0, 1).is_unread);
    ck_assert(CLIENT_WITH(0, 0, 0).is_unread);
    ck_assert(CLIENT_WITH(0).is_unread);
}
END_TEST

/* RFC 5246 E.2. */
START_TEST(a_hello_in_the_form_of_ssl_2_has_a_version)
{
    static const uint8_t body[] = { 1, 3, 1, 0, 3 };
    struct tls_client_hello hello;

    for (size_t len = 0; len <= sizeof(body); len++) {
        struct slice part = exact_copy(slice_of(body, len));

        hello_parse_sslv2(part, &hello);
        ck_assert(hello.is_sslv2);
        ck_assert_int_eq(hello.is_unread, len < 3);
        ck_assert_uint_eq(hello.legacy_version, len < 3 ? 0 : 0x0301);
        exact_free(part);
    }
    hello_parse_sslv2(slice_of("\x02\x03\x01", 3), &hello);
    ck_assert(hello.is_unread);
}
END_TEST

/* A ServerHello: version, random, a session id of one octet, cipher, compression. */
static void begin_server(struct wire *w, uint8_t random, uint8_t id)
{
    uint8_t randoms[32];

    memset(randoms, random, sizeof(randoms));
    w->len = 0;
    PUT(w, 3, 3);
    put(w, randoms, sizeof(randoms));
    PUT(w, 1, id, 0xc0, 0x2f, 0);
}

static struct tls_server_hello parse_server(const struct wire *w, struct hello_memory *memory)
{
    struct slice body = exact_copy(slice_of(w->octets, w->len));
    struct tls_server_hello hello;

    hello_parse_server(body, &hello, memory);
    exact_free(body);
    return hello;
}

/* _i octets of the body: 39 without extensions, 47 with supported_versions. */
START_TEST(a_server_hello_cut_at_any_octet_is_unread)
{
    struct hello_memory memory = { 0 };
    struct wire w;
    struct tls_server_hello hello;

    begin_server(&w, 9, 7);
    PUT(&w, 0, 6, 0, 43, 0, 2, 3, 4);
    ck_assert_uint_eq(w.len, 47);
    w.len = (size_t)_i;
    hello = parse_server(&w, &memory);
    ck_assert_int_eq(hello.is_unread, _i != 39 && _i != 47);
    ck_assert_uint_eq(hello.version, _i < 2 ? 0 : _i < 47 ? 0x0303 : 0x0304);
    ck_assert_uint_eq(hello.cipher, _i < 38 ? 0 : 0xc02f);
    ck_assert_uint_eq(memory.version, hello.version);
}
END_TEST

/* RFC 5246 F.1.4: the client's session id sent back is a session resumed. */
START_TEST(a_session_id_sent_back_is_a_resumption)
{
    struct hello_memory memory = { .has_client = true, .session_id = { 7 }, .session_id_len = 1 };
    struct wire w;
    struct tls_server_hello hello;

    begin_server(&w, 9, 7);
    hello = parse_server(&w, &memory);
    ck_assert(hello.resumed_known && hello.resumed);
    begin_server(&w, 9, 8);
    hello = parse_server(&w, &memory);
    ck_assert(hello.resumed_known && !hello.resumed);
    memory.session_id_len = 0;
    hello = parse_server(&w, &memory);
    ck_assert(hello.resumed_known && !hello.resumed);
    memory.offers_ticket = true;
    ck_assert(!parse_server(&w, &memory).resumed_known);
    memory.has_client = false;
    memory.offers_ticket = false;
    ck_assert(!parse_server(&w, &memory).resumed_known);
}
END_TEST

/* RFC 8446 4.2.11: of TLS 1.3 only pre_shared_key says so. */
START_TEST(in_tls_1_3_a_key_that_was_taken_is_a_resumption)
{
    struct hello_memory memory = { .has_client = true, .session_id = { 7 }, .session_id_len = 1 };
    struct wire w;
    struct tls_server_hello hello;

    begin_server(&w, 9, 7);
    PUT(&w, 0, 6, 0, 43, 0, 2, 3, 4);
    hello = parse_server(&w, &memory);
    ck_assert(hello.resumed_known && !hello.resumed);
    begin_server(&w, 9, 7);
    PUT(&w, 0, 12, 0, 43, 0, 2, 3, 4, 0, 41, 0, 2, 0, 0);
    hello = parse_server(&w, &memory);
    ck_assert(hello.resumed_known && hello.resumed);
}
END_TEST

/* RFC 8446 4.2.1: the server's supported_versions is one version. */
START_TEST(a_version_of_the_server_has_two_octets)
{
    struct hello_memory memory = { 0 };
    struct wire w;

    begin_server(&w, 9, 7);
    PUT(&w, 0, 5, 0, 43, 0, 1, 3);
    ck_assert_uint_eq(parse_server(&w, &memory).version, 0x0303);
    begin_server(&w, 9, 7);
    PUT(&w, 0, 7, 0, 43, 0, 3, 3, 4, 0);
    ck_assert_uint_eq(parse_server(&w, &memory).version, 0x0303);
}
END_TEST

START_TEST(a_retry_request_is_told_by_its_random_octets)
{
    static const uint8_t retry[32] = {
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
        0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
        0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    };
    struct hello_memory memory = { .has_client = true };
    struct wire w;

    begin_server(&w, 9, 7);
    ck_assert(!parse_server(&w, &memory).is_retry);
    memcpy(w.octets + 2, retry, sizeof(retry));
    ck_assert(parse_server(&w, &memory).is_retry);
    ck_assert(!parse_server(&w, &memory).resumed_known);
    w.octets[33] ^= 1;
    ck_assert(!parse_server(&w, &memory).is_retry);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("hello_parse");

    tcase_add_test(tc, a_hello_without_extensions_is_whole);
    tcase_add_loop_test(tc, a_client_hello_cut_at_any_octet_is_unread, 0, 49);
    tcase_add_test(tc, a_session_id_has_at_most_32_octets);
    tcase_add_test(tc, a_server_name_is_read_and_only_a_host_name);
    tcase_add_test(tc, the_first_protocol_that_is_not_grease_counts);
    tcase_add_test(tc, the_highest_version_that_a_report_can_name_counts);
    tcase_add_test(tc, tickets_and_keys_that_are_offered_are_told);
    tcase_add_test(tc, an_extension_that_does_not_fit_makes_the_hello_unread);
    tcase_add_test(tc, a_hello_in_the_form_of_ssl_2_has_a_version);
    tcase_add_loop_test(tc, a_server_hello_cut_at_any_octet_is_unread, 0, 48);
    tcase_add_test(tc, a_session_id_sent_back_is_a_resumption);
    tcase_add_test(tc, in_tls_1_3_a_key_that_was_taken_is_a_resumption);
    tcase_add_test(tc, a_version_of_the_server_has_two_octets);
    tcase_add_test(tc, a_retry_request_is_told_by_its_random_octets);
    return suite_run("tls/hello_parse", tc);
}
