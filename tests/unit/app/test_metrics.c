/* Addresses of --metrics; and the server run by hand, its clock in our hands, a client beside it. */
#include "app/metrics.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/stamp.h"
#include "support/suite.h"

static struct metrics_server *server;
static struct endpoint endpoint;
static unsigned texts; /* made so far */
static enum status text_status;
static int64_t now;

static enum status write_text(void *context, struct buf *out)
{
    char text[32];
    size_t dropped;
    int len = snprintf(text, sizeof text, "text %u\n", ++texts);

    ck_assert_ptr_eq(context, &texts);
    return text_status == STATUS_OK ? buf_append(out, slice_of(text, (size_t)len), &dropped)
                                    : text_status;
}

/* A port that nobody listens on: the kernel picks it, and we take it over. */
static uint16_t free_port(void)
{
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof name;
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_eq(bind(descriptor, (const struct sockaddr *)&name, len), 0);
    ck_assert_int_eq(getsockname(descriptor, (struct sockaddr *)&name, &len), 0);
    (void)close(descriptor);
    return ntohs(name.sin_port);
}

static void set_up(void)
{
    const struct metrics_text text = { &texts, write_text };
    char error[METRICS_ERROR_MAX];
    char port[8];

    texts = 0;
    text_status = STATUS_OK;
    now = 1;
    (void)snprintf(port, sizeof port, "%u", free_port());
    ck_assert(metrics_parse_endpoint(port, &endpoint));
    ck_assert_int_eq(metrics_server_open(&server, &endpoint, &text, error), STATUS_OK);
}

static void tear_down(void)
{
    metrics_server_free(server);
}

static int connected(void)
{
    struct sockaddr_in name = { .sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons(endpoint.port) };
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_eq(connect(descriptor, (const struct sockaddr *)&name, sizeof name), 0);
    return descriptor;
}

static void say(int client, const char *words)
{
    ck_assert_int_eq(send(client, words, strlen(words), MSG_NOSIGNAL), (ssize_t)strlen(words));
}

/* Lets the server work until its descriptor is silent for a moment. */
static void serve(void)
{
    struct pollfd ready = { .fd = metrics_server_descriptor(server), .events = POLLIN };

    for (unsigned i = 0; i < 100 && (i == 0 || poll(&ready, 1, 20) > 0); i++)
        metrics_server_run(server, now);
}

/* What is said to `client` until its connection ends. */
static const char *heard(int client)
{
    static char text[4096];
    size_t len = 0;
    ssize_t got;

    serve();
    while ((got = recv(client, text + len, sizeof text - 1 - len, MSG_DONTWAIT)) > 0)
        len += (size_t)got;
    text[len] = '\0';
    ck_assert_msg(got == 0, "the connection is still open after '%s'", text);
    (void)close(client);
    return text;
}

static const char *asked(const char *request)
{
    int client = connected();

    say(client, request);
    return heard(client);
}

#define GET_METRICS "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"

START_TEST(addresses_are_read)
{
    static const struct {
        const char *text;
        const char *endpoint; /* NULL: refused */
    } cases[] = {
        { "9100", "127.0.0.1:9100" },
        { ":9100", "127.0.0.1:9100" },
        { "192.0.2.1:1", "192.0.2.1:1" },
        { "0.0.0.0:65535", "0.0.0.0:65535" },
        { "[::1]:9100", "[::1]:9100" },
        { "", NULL },
        { ":", NULL },
        { "0", NULL },
        { ":0", NULL },
        { "65536", NULL },
        { "9100x", NULL },
        { "192.0.2.1", NULL },
        { "192.0.2.1:", NULL },
        { "[::1]", NULL },
        { "[::1", NULL },
        { "::1", NULL },
        { "2001:db8::1:9100", NULL },
        { "localhost:9100", NULL },
        { "11111111111111111111111111111111111111111111111111111111111111", NULL },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint read;
        char text[ENDPOINT_TEXT_MAX];
        bool is_read = metrics_parse_endpoint(cases[i].text, &read);

        ck_assert_msg(is_read == (cases[i].endpoint != NULL), "%s", cases[i].text);
        if (!is_read)
            continue;
        (void)endpoint_text(&read, text);
        ck_assert_str_eq(text, cases[i].endpoint);
    }
}
END_TEST

START_TEST(metrics_and_a_page_are_served_and_nothing_else)
{
    const char *reply = asked(GET_METRICS);

    ck_assert_int_eq(strncmp(reply, "HTTP/1.1 200 ", 13), 0);
    ck_assert_ptr_nonnull(strstr(reply, "\r\nContent-Type: text/plain; version=0.0.4; "));
    ck_assert_ptr_nonnull(strstr(reply, "\r\n\r\ntext 1\n"));
    reply = asked("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    ck_assert_int_eq(strncmp(reply, "HTTP/1.1 200 ", 13), 0);
    ck_assert_ptr_null(strstr(reply, "\r\n\r\nt"));
    ck_assert_ptr_nonnull(strstr(asked("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "/metrics"));
    reply = asked("GET /metrics/ HTTP/1.1\r\nHost: x\r\n\r\n");
    ck_assert_int_eq(strncmp(reply, "HTTP/1.1 404 ", 13), 0);
    reply = asked("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
    ck_assert_int_eq(strncmp(reply, "HTTP/1.1 405 ", 13), 0);
    ck_assert_ptr_nonnull(strstr(reply, "\r\nAllow: GET, HEAD\r\n"));
    ck_assert_ptr_null(strstr(asked("hello\r\n\r\n"), " 200 "));
}
END_TEST

START_TEST(a_text_is_made_again_only_when_it_is_old)
{
    ck_assert_ptr_nonnull(strstr(asked(GET_METRICS), "text 1\n"));
    now += 50 * STAMP_MILLISECOND;
    ck_assert_ptr_nonnull(strstr(asked(GET_METRICS), "text 1\n"));
    now += 50 * STAMP_MILLISECOND;
    ck_assert_ptr_nonnull(strstr(asked(GET_METRICS), "text 2\n"));
}
END_TEST

START_TEST(a_text_that_cannot_be_made_is_an_error_of_ours)
{
    text_status = STATUS_NO_MEMORY;
    ck_assert_int_eq(strncmp(asked(GET_METRICS), "HTTP/1.1 503 ", 13), 0);
    text_status = STATUS_OK;
    now += STAMP_SECOND;
    ck_assert_int_eq(strncmp(asked(GET_METRICS), "HTTP/1.1 200 ", 13), 0);
}
END_TEST

/* Eight are served at a time; a ninth waits. None of the eight can stay by sending now and then. */
START_TEST(who_stays_too_long_is_sent_away)
{
    int clients[9];
    char octet;

    for (size_t i = 0; i < 8; i++) {
        clients[i] = connected();
        serve();
    }
    clients[8] = connected();
    say(clients[8], GET_METRICS);
    for (unsigned second = 0; second < 9; second++) {
        now += STAMP_SECOND;
        for (size_t i = 0; i < 8; i++)
            say(clients[i], "G");
        serve();
        ck_assert_int_eq(recv(clients[0], &octet, 1, MSG_DONTWAIT), -1);
        ck_assert_int_eq(recv(clients[8], &octet, 1, MSG_DONTWAIT), -1);
    }
    ck_assert_int_ge(metrics_server_wait_limit(server, now), 0);
    ck_assert_int_le(metrics_server_wait_limit(server, now), 1001);
    now += STAMP_SECOND;
    serve();
    for (size_t i = 0; i < 8; i++)
        ck_assert_ptr_null(strstr(heard(clients[i]), " 200 "));
    ck_assert_ptr_nonnull(strstr(heard(clients[8]), "text 1\n"));
    ck_assert_int_eq(metrics_server_wait_limit(server, now), -1);
}
END_TEST

START_TEST(a_port_that_is_taken_is_named)
{
    const struct metrics_text text = { &texts, write_text };
    struct metrics_server *second;
    char error[METRICS_ERROR_MAX];
    char expected[METRICS_ERROR_MAX];

    ck_assert_int_eq(metrics_server_open(&second, &endpoint, &text, error), STATUS_IO);
    metrics_server_free(second);
    metrics_server_free(NULL);
    (void)snprintf(expected, sizeof expected, "--metrics 127.0.0.1:%u: Address already in use",
                   endpoint.port);
    ck_assert_str_eq(error, expected);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("metrics");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, addresses_are_read);
    tcase_add_test(tc, metrics_and_a_page_are_served_and_nothing_else);
    tcase_add_test(tc, a_text_is_made_again_only_when_it_is_old);
    tcase_add_test(tc, a_text_that_cannot_be_made_is_an_error_of_ours);
    tcase_add_test(tc, who_stays_too_long_is_sent_away);
    tcase_add_test(tc, a_port_that_is_taken_is_named);
    return suite_run("metrics", tc);
}
