/* The router: which connections are sessions, who is who, and what is told of those without a word.
 * Each test talks through a tracker, as the program does. */
#include "session/conversation.h"

#include <check.h>
#include <stdio.h>

#include "base/mem.h"
#include "support/suite.h"

enum { LOG_MAX = 4096 };

/* Lines like "1 40000>25 complete rejected CONNECT:554 QUIT:221". */
struct rig {
    struct conversations *conversations;
    struct tracker *tracker;
    bool follows_all;
    uint16_t client_port;
    uint16_t server_port;
    struct stamp at;
    uint64_t frame;
    uint32_t sent[2]; /* octets by enum side */
    char log[LOG_MAX];
    size_t len;
};

static void note(struct rig *rig, const char *text)
{
    size_t len = strlen(text);

    ck_assert_uint_lt(len, LOG_MAX - rig->len);
    mem_copy(rig->log + rig->len, text, len + 1);
    rig->len += len;
}

static enum status take_record(void *context, const struct session_record *record)
{
    struct rig *rig = context;
    char text[128];

    snprintf(text, sizeof(text), "%s%llu %u>%u %s %s", rig->len > 0 ? "\n" : "",
             (unsigned long long)record->ordinal, record->client.port, record->server.port,
             tcp_handshake_name(record->tcp->handshake), outcome_name(record->outcome));
    note(rig, text);
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];

        if (entry->kind != ENTRY_REPLY)
            continue;
        snprintf(text, sizeof(text), " %s:%u",
                 entry->verb == VERB_NONE ? "-" : smtp_verb_name(entry->verb), entry->reply.code);
        note(rig, text);
    }
    return STATUS_OK;
}

static bool follows(const void *context, uint16_t port)
{
    const struct rig *rig = context;

    return rig->follows_all || port == 25 || port == 587;
}

static void begin_with(struct rig *rig, const struct conversation_options *options)
{
    struct tracker_options tracker_options = { .follows_port = follows,
                                               .port_context = rig,
                                               .connections_max = 100 };
    struct record_sink sink = { .context = rig, .record = take_record };
    struct tracker_sink tracker_sink;

    *rig = (struct rig){
        .follows_all = options->any_port,
        .client_port = 40000,
        .server_port = 25,
        .at = { 1700000000 * STAMP_SECOND },
    };
    ck_assert_int_eq(conversations_new(&rig->conversations, options, &sink), STATUS_OK);
    tracker_sink = conversations_tracker_sink(rig->conversations);
    ck_assert_int_eq(tracker_new(&rig->tracker, &tracker_options, &tracker_sink), STATUS_OK);
}

static void begin(struct rig *rig)
{
    begin_with(rig, &(struct conversation_options){ 0 });
}

static void begin_any(struct rig *rig, uint16_t server_port)
{
    begin_with(rig, &(struct conversation_options){ .any_port = true });
    rig->server_port = server_port;
}

/* The capture ends; what was told must be this. */
static void end(struct rig *rig, const char *expected)
{
    ck_assert_int_eq(tracker_finish(rig->tracker), STATUS_OK);
    ck_assert_str_eq(rig->log, expected);
    tracker_free(rig->tracker);
    conversations_free(rig->conversations);
}

static void send(struct rig *rig, enum side from, uint8_t flags, struct slice payload)
{
    struct endpoint ends[2] = {
        { .address = { 4, { 192, 0, 2, 1 } }, .port = rig->client_port },
        { .address = { 4, { 198, 51, 100, 25 } }, .port = rig->server_port },
    };
    enum side to = side_other(from);
    struct packet packet = { .kind = PACKET_TCP };
    bool used;

    rig->at.ns += STAMP_MILLISECOND;
    packet.place = (struct place){ .at = rig->at, .frame = ++rig->frame };
    packet.segment = (struct segment){
        .from = ends[from],
        .to = ends[to],
        .sequence = rig->sent[from] + ((flags & TCP_SYN) != 0 ? 1000 : 1001),
        .acknowledgement = (flags & TCP_ACK) != 0 ? rig->sent[to] + 1001 : 0,
        .flags = flags,
        .window = 64240,
        .payload = payload,
        .payload_length = (uint32_t)payload.len,
    };
    rig->sent[from] += (uint32_t)payload.len;
    ck_assert_int_eq(tracker_accept(rig->tracker, &packet, &used), STATUS_OK);
}

static void say(struct rig *rig, enum side from, const char *text)
{
    send(rig, from, TCP_ACK | TCP_PSH, slice_of_string(text));
}

static void client(struct rig *rig, const char *text)
{
    say(rig, SIDE_CLIENT, text);
}

static void server(struct rig *rig, const char *text)
{
    say(rig, SIDE_SERVER, text);
}

/* The numbers of both sides begin at `sent`. */
static void connect_at(struct rig *rig, uint32_t sent)
{
    rig->sent[SIDE_CLIENT] = sent;
    rig->sent[SIDE_SERVER] = sent;
    send(rig, SIDE_CLIENT, TCP_SYN, slice_of(NULL, 0));
    send(rig, SIDE_SERVER, TCP_SYN | TCP_ACK, slice_of(NULL, 0));
    send(rig, SIDE_CLIENT, TCP_ACK, slice_of(NULL, 0));
}

static void connect_to(struct rig *rig)
{
    connect_at(rig, 0);
}

static void hang_up(struct rig *rig)
{
    send(rig, SIDE_CLIENT, TCP_FIN | TCP_ACK, slice_of(NULL, 0));
    rig->sent[SIDE_CLIENT]++;
    send(rig, SIDE_SERVER, TCP_FIN | TCP_ACK, slice_of(NULL, 0));
    rig->sent[SIDE_SERVER]++;
    send(rig, SIDE_CLIENT, TCP_ACK, slice_of(NULL, 0));
}

static void say_goodbye(struct rig *rig)
{
    client(rig, "QUIT\r\n");
    server(rig, "221 bye\r\n");
    hang_up(rig);
}

START_TEST(a_connection_to_a_followed_port_is_a_session)
{
    struct rig rig;

    begin(&rig);
    connect_to(&rig);
    server(&rig, "220 mx ESMTP\r\n");
    client(&rig, "EHLO c\r\n");
    server(&rig, "250 mx\r\n");
    say_goodbye(&rig);
    end(&rig, "1 40000>25 complete no_mail CONNECT:220 EHLO:250 QUIT:221");
}
END_TEST

START_TEST(a_refused_and_an_unanswered_attempt_are_sessions_too)
{
    struct rig rig;

    begin(&rig);
    send(&rig, SIDE_CLIENT, TCP_SYN, slice_of(NULL, 0));
    send(&rig, SIDE_SERVER, TCP_RST | TCP_ACK, slice_of(NULL, 0));
    rig.client_port = 40001;
    send(&rig, SIDE_CLIENT, TCP_SYN, slice_of(NULL, 0));
    end(&rig, "1 40000>25 refused refused\n"
              "2 40001>25 unanswered unanswered");
}
END_TEST

START_TEST(a_connection_without_a_word_is_told_as_it_ended)
{
    struct rig rig;

    begin(&rig);
    connect_to(&rig);
    hang_up(&rig);
    end(&rig, "1 40000>25 complete aborted");
}
END_TEST

START_TEST(sessions_are_numbered_by_their_first_packet_and_told_as_they_end)
{
    struct rig rig;
    struct rig first;

    begin(&rig);
    connect_to(&rig);
    server(&rig, "220 mx ESMTP\r\n");
    first = rig;
    rig.client_port = 40001;
    connect_to(&rig);
    server(&rig, "554 no\r\n");
    hang_up(&rig);
    rig.client_port = 40000;
    mem_copy(rig.sent, first.sent, sizeof(rig.sent));
    say_goodbye(&rig);
    end(&rig, "2 40001>25 complete rejected CONNECT:554\n"
              "1 40000>25 complete no_mail CONNECT:220 QUIT:221");
}
END_TEST

/* Port 25 on both sides and no SYN: who speaks in replies is the server. */
START_TEST(who_speaks_first_in_replies_is_the_server)
{
    struct rig rig;

    begin(&rig);
    rig.client_port = 587;
    say(&rig, SIDE_CLIENT, "220 mx ESMTP\r\n");
    say(&rig, SIDE_SERVER, "QUIT\r\n");
    say(&rig, SIDE_CLIENT, "221 bye\r\n");
    end(&rig, "1 25>587 midstream incomplete CONNECT:220 QUIT:221");
}
END_TEST

START_TEST(who_speaks_first_in_commands_is_the_client)
{
    struct rig rig;

    begin(&rig);
    rig.client_port = 587;
    say(&rig, SIDE_CLIENT, "QUIT\r\n");
    say(&rig, SIDE_SERVER, "221 bye\r\n");
    end(&rig, "1 587>25 midstream incomplete QUIT:221");
}
END_TEST

/* Three digits, and a space or a hyphen: nothing else is a reply. */
START_TEST(sides_are_exchanged_for_a_reply_only)
{
    static const struct {
        const char *first;
        bool is_reply;
    } rows[] = {
        { "250 ok\r\n", true },  { "250-ok\r\n", true },  { "421 \r\n", true },
        { "250\r\n", false },    { "25 ok\r\n", false },  { "2500 ok\r\n", false },
        { "NOOP x\r\n", false }, { "2x0 ok\r\n", false }, { "25", false },
    };
    struct rig rig;

    begin(&rig);
    rig.client_port = 587;
    say(&rig, SIDE_CLIENT, rows[_i].first);
    ck_assert_int_eq(tracker_finish(rig.tracker), STATUS_OK);
    ck_assert_msg((strstr(rig.log, "1 25>587 ") != NULL) == rows[_i].is_reply, "%s", rig.log);
    ck_assert_msg((strstr(rig.log, "1 587>25 ") != NULL) != rows[_i].is_reply, "%s", rig.log);
    tracker_free(rig.tracker);
    conversations_free(rig.conversations);
}
END_TEST

START_TEST(a_syn_says_who_the_client_is_whatever_it_says)
{
    struct rig rig;

    begin(&rig);
    connect_to(&rig);
    client(&rig, "250 I am a client\r\n");
    server(&rig, "220 mx ESMTP\r\n");
    end(&rig, "1 40000>25 complete incomplete CONNECT:220");
}
END_TEST

START_TEST(a_port_that_is_followed_says_who_the_client_is)
{
    struct rig rig;

    begin(&rig);
    client(&rig, "250 I am a client\r\n");
    server(&rig, "500 what\r\n");
    end(&rig, "1 40000>25 midstream incomplete ?:500");
}
END_TEST

/* --ports any. FTP greets with 220 too. */
START_TEST(a_220_alone_is_no_smtp)
{
    struct rig rig;

    begin_any(&rig, 21);
    connect_to(&rig);
    server(&rig, "220 ftp.example ready\r\n");
    client(&rig, "USER x\r\n");
    server(&rig, "331 password\r\n");
    hang_up(&rig);
    end(&rig, "");
}
END_TEST

START_TEST(a_220_that_names_smtp_is)
{
    static const char *const greetings[] = { "220 mx ESMTP\r\n", "220 mx SMTP\r\n",
                                             "220 esmtp at your service\r\n",
                                             "220-mx\r\n220 ESMTP\r\n" };
    struct rig rig;

    begin_any(&rig, 2626);
    connect_to(&rig);
    server(&rig, greetings[_i]);
    say_goodbye(&rig);
    end(&rig, "1 40000>2626 complete no_mail CONNECT:220 QUIT:221");
}
END_TEST

START_TEST(a_hello_answered_by_250_is_smtp)
{
    static const char *const hellos[] = { "EHLO", "HELO", "LHLO" };
    char command[16];
    char expected[96];
    struct rig rig;

    snprintf(command, sizeof(command), "%s c\r\n", hellos[_i]);
    snprintf(expected, sizeof(expected),
             "1 40000>2626 complete no_mail CONNECT:220 %s:250 QUIT:221", hellos[_i]);
    begin_any(&rig, 2626);
    connect_to(&rig);
    server(&rig, "220 mx ready\r\n");
    client(&rig, command);
    server(&rig, "250 mx\r\n");
    say_goodbye(&rig);
    end(&rig, expected);
}
END_TEST

START_TEST(a_hello_that_is_refused_is_no_smtp)
{
    struct rig rig;

    begin_any(&rig, 2626);
    connect_to(&rig);
    server(&rig, "220 x ready\r\n");
    client(&rig, "EHLO c\r\n");
    server(&rig, "500 what\r\n");
    hang_up(&rig);
    end(&rig, "");
}
END_TEST

START_TEST(an_attempt_on_any_port_is_no_session)
{
    struct rig rig;

    begin_any(&rig, 25);
    send(&rig, SIDE_CLIENT, TCP_SYN, slice_of(NULL, 0));
    rig.client_port = 40001;
    connect_to(&rig);
    hang_up(&rig);
    end(&rig, "");
}
END_TEST

START_TEST(on_any_port_sessions_are_numbered_as_they_are_recognised)
{
    struct rig rig;

    begin_any(&rig, 21);
    connect_to(&rig);
    server(&rig, "220 ftp.example ready\r\n");
    hang_up(&rig);
    rig.server_port = 2626;
    connect_to(&rig);
    server(&rig, "220 mx ESMTP\r\n");
    say_goodbye(&rig);
    end(&rig, "1 40000>2626 complete no_mail CONNECT:220 QUIT:221");
}
END_TEST

/* 16384 octets that are no SMTP, and SMTP after them; or one octet more. */
START_TEST(a_connection_is_given_up_when_it_has_not_spoken_smtp_for_long)
{
    static uint8_t filler[1024];
    struct rig rig;

    memset(filler, 'x', sizeof(filler));
    begin_any(&rig, 2626);
    connect_to(&rig);
    for (int i = 0; i < 15; i++)
        send(&rig, SIDE_SERVER, TCP_ACK, slice_of(filler, sizeof(filler)));
    send(&rig, SIDE_SERVER, TCP_ACK, slice_of(filler, sizeof(filler) - 2 + (size_t)_i));
    server(&rig, "\r\n");
    server(&rig, "220 mx ESMTP\r\n");
    say_goodbye(&rig);
    end(&rig, _i == 0 ? "1 40000>2626 complete no_mail -:0 CONNECT:220 QUIT:221" : "");
}
END_TEST

/* `ahead` of the next packet: one of the rig's connection with a payload, or one of nobody's. */
static void foresee(struct rig *rig, unsigned ahead, bool is_ours)
{
    struct endpoint from = { .address = { 4, { 192, 0, 2, 1 } }, .port = rig->client_port };
    struct endpoint to = { .address = { 4, { 198, 51, 100, 25 } }, .port = rig->server_port };

    if (!is_ours)
        from.port = 1;
    tracker_foresee(rig->tracker, rig->frame + 100 + ahead, &from, &to, 1);
}

static void begin_tls(struct rig *rig)
{
    static const uint8_t hello[] = { 22, 3, 1, 0, 4, 1, 0, 0, 0 };

    connect_to(rig);
    server(rig, "220 mx ESMTP\r\n");
    client(rig, "STARTTLS\r\n");
    server(rig, "220 go ahead\r\n");
    send(rig, SIDE_CLIENT, TCP_ACK, slice_of(hello, sizeof(hello)));
}

/* A packet is foreseen of a connection in TLS, which another, still in clear, has taken the place of
 * by each of the steps that follow. */
START_TEST(another_connection_may_come_where_a_chunk_was_expected)
{
    enum { STEPS = 2 * TRACKER_FORESEEN };
    struct rig rig;

    begin(&rig);
    begin_tls(&rig);
    for (unsigned i = 0; i < STEPS; i++) {
        if (i == (unsigned)_i) {
            send(&rig, SIDE_CLIENT, TCP_RST, slice_of(NULL, 0));
            connect_at(&rig, 100000);
            server(&rig, "220 mx ESMTP\r\n");
        }
        foresee(&rig, i, i == 0);
    }
    say_goodbye(&rig);
    end(&rig, "1 40000>25 complete aborted CONNECT:220 STARTTLS:220\n"
              "2 40000>25 complete no_mail CONNECT:220 QUIT:221");
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("conversation");

    tcase_add_test(tc, a_connection_to_a_followed_port_is_a_session);
    tcase_add_test(tc, a_refused_and_an_unanswered_attempt_are_sessions_too);
    tcase_add_test(tc, a_connection_without_a_word_is_told_as_it_ended);
    tcase_add_test(tc, sessions_are_numbered_by_their_first_packet_and_told_as_they_end);
    tcase_add_test(tc, who_speaks_first_in_replies_is_the_server);
    tcase_add_test(tc, who_speaks_first_in_commands_is_the_client);
    tcase_add_loop_test(tc, sides_are_exchanged_for_a_reply_only, 0, 9);
    tcase_add_test(tc, a_syn_says_who_the_client_is_whatever_it_says);
    tcase_add_test(tc, a_port_that_is_followed_says_who_the_client_is);
    tcase_add_test(tc, a_220_alone_is_no_smtp);
    tcase_add_loop_test(tc, a_220_that_names_smtp_is, 0, 4);
    tcase_add_loop_test(tc, a_hello_answered_by_250_is_smtp, 0, 3);
    tcase_add_test(tc, a_hello_that_is_refused_is_no_smtp);
    tcase_add_test(tc, an_attempt_on_any_port_is_no_session);
    tcase_add_test(tc, on_any_port_sessions_are_numbered_as_they_are_recognised);
    tcase_add_loop_test(tc, a_connection_is_given_up_when_it_has_not_spoken_smtp_for_long, 0, 2);
    tcase_add_loop_test(tc, another_connection_may_come_where_a_chunk_was_expected, 1,
                        TRACKER_FORESEEN);
    return suite_run("session/conversation", tc);
}
