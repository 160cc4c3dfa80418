/* Findings about time. Segments come a second after each other where nothing else is said; of a
 * latency a millisecond is the network's. */
#include "support/scene.h"

static void know_no_way(struct tcp_summary *tcp)
{
    tcp->server_trip_ns = -1;
}

static void be_far_away(struct tcp_summary *tcp)
{
    tcp->server_trip_ns = 2 * STAMP_SECOND;
}

static void fall_silent_in_content(struct tcp_summary *tcp)
{
    /* Frames count the segments of the script: the content's are 11, 12 and 13. */
    tcp->client.pause = (struct tcp_pause){
        .ns = 61 * STAMP_SECOND,
        .end = { .at = { 80 * STAMP_SECOND }, .frame = 13 },
    };
}

static void pause_a_minute_in_content(struct tcp_summary *tcp)
{
    fall_silent_in_content(tcp);
    tcp->client.pause.ns = 60 * STAMP_SECOND;
}

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "a reply after more than ten seconds",
      .script = SCENE_HELLO "C: NOOP\nwait 10\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning slow-reply at 5",
      .message = "the server took 10.9 s to answer NOOP, the network 1.0 ms" },
    { .name = "ten seconds, less the network's",
      .script = SCENE_HELLO "C: NOOP\nwait 9\nS: 250 ok\n" SCENE_QUIT, .findings = "" },
    { .name = "a network that took the rest",
      .script = SCENE_HELLO "C: NOOP\nwait 10\nS: 250 ok\n" SCENE_QUIT, .alter = be_far_away,
      .findings = "" },
    { .name = "it is not known whose time it was",
      .script = SCENE_HELLO "C: NOOP\nwait 10\nS: 250 ok\n" SCENE_QUIT, .alter = know_no_way,
      .findings = "warning slow-reply at 5",
      .message = "the server took 11.0 s to answer NOOP" },
    { .name = "what is slow was set",
      .script = SCENE_HELLO "C: NOOP\nwait 10\nS: 250 ok\n" SCENE_QUIT,
      .slow_ns = 11 * STAMP_SECOND, .findings = "" },
    { .name = "less was set, and is met by every reply: a tarpit",
      .script = "S: 220 x\nC: HELO c\nS: 250 x\nC: NOOP\nS: 250 ok\n" SCENE_QUIT,
      .slow_ns = STAMP_SECOND / 2, .findings = "warning slow-reply at 3 x3",
      .message = "the server took 999 ms to answer HELO, the network 1.0 ms; so slow were 3 of its "
                 "3 replies: a tarpit, or an overloaded host" },
    { .name = "a group that was kept waiting once is one slow reply",
      .script = SCENE_EHLO "S: 250 PIPELINING\n"
                "C| MAIL FROM:<a@c>\\r\\nRCPT TO:<b@d>\\r\\nRCPT TO:<e@d>\\r\\n\nwait 11\n"
                "S| 250 ok\\r\\n250 ok\\r\\n250 ok\\r\\n\nC: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning slow-reply at 7" },
    { .name = "a group of which each was kept waiting",
      .script = SCENE_EHLO "S: 250 PIPELINING\n"
                "C| MAIL FROM:<a@c>\\r\\nRCPT TO:<b@d>\\r\\nRCPT TO:<e@d>\\r\\n\nwait 11\nS: 250 ok\n"
                "wait 11\nS: 250 ok\nwait 11\nS: 250 ok\nC: RSET\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning slow-reply at 7 x3",
      .message = "the server took 11.9 s to answer MAIL" },
    { .name = "a message that was scanned for long",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n.\\r\\n\nwait 30\nS: 250 ok\n"
                SCENE_QUIT,
      .findings = "warning slow-reply at 11",
      .message = "the server took 30.9 s to answer the end of the message" },
    { .name = "a reply that trickles in",
      .script = SCENE_HELLO "C: NOOP\nS| 25\nwait 10\nS| 0 ok\\r\\n\n" SCENE_QUIT,
      .findings = "warning slow-reply at 5",
      .message = "the server took 11.9 s to answer NOOP, the network 1.0 ms; the reply's octets "
                 "trickled in over 11.0 s: a tarpit" },

    { .name = "a greeting after more than five seconds",
      .script = "wait 5\n" SCENE_HELLO SCENE_QUIT,
      .findings = "warning slow-greeting at 1",
      .message = "the greeting came 5.9 s after the connection stood: a greeting pause or tarpit" },
    { .name = "a greeting after less",
      .script = "wait 4\n" SCENE_HELLO SCENE_QUIT, .findings = "" },
    { .name = "a greeting with a pause in it",
      .script = "S: 220-mx.example ESMTP\nwait 5\nS: 220 mx.example ESMTP\n"
                "C: EHLO c.example\nS: 250 mx.example\n" SCENE_QUIT,
      .findings = "warning slow-greeting at 1",
      .message = "the greeting was complete 6.9 s after the connection stood; its last line came "
                 "6.0 s after its first: a greeting pause" },

    { .name = "a client that stalls before its message",
      .script = SCENE_HELLO SCENE_ENVELOPE "wait 60\n" SCENE_DATA "C| hi\\r\\n.\\r\\n\nS: 250 ok\n"
                SCENE_QUIT,
      .findings = "warning client-stall at 7",
      .message = "the client sent nothing for 61.0 s after reply 250" },
    { .name = "a client that takes a minute",
      .script = SCENE_HELLO SCENE_ENVELOPE "wait 59\n" SCENE_DATA "C| hi\\r\\n.\\r\\n\nS: 250 ok\n"
                SCENE_QUIT,
      .findings = "" },
    { .name = "a client that keeps its connection for the next message",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n.\\r\\n\nS: 250 ok\nwait 90\n"
                SCENE_QUIT,
      .findings = "" },
    { .name = "a client that sends no message after 354, until the server gives up",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "wait 300\nS: 421 4.4.2 timeout\n",
      .end = SCENE_SERVER_CLOSES,
      .findings = "error message-unterminated at 11; warning client-stall at 9" },
    { .name = "a client that is silent until the server closes",
      .script = SCENE_HELLO SCENE_MAIL "wait 300\n", .end = SCENE_SERVER_CLOSES,
      .findings = "warning client-stall at 5",
      .message = "the client sent nothing for 301.0 s after reply 250, and the connection was "
                 "closed" },
    { .name = "a server that is silent",
      .script = SCENE_HELLO "C: MAIL FROM:<a@c.example>\nwait 300\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning slow-reply at 5" },
    { .name = "a client that stalls in the middle of its message",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n\nC| hi\\r\\n\nwait 60\n"
                "C| hi\\r\\n.\\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .alter = fall_silent_in_content, .findings = "warning client-stall at 10",
      .message = "the client sent nothing for 61.0 s in the middle of the message" },
    { .name = "a client that pauses for a minute in its message",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n\nC| hi\\r\\n\nwait 60\n"
                "C| hi\\r\\n.\\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .alter = pause_a_minute_in_content, .findings = "" },
};
/* clang-format on */

int main(void)
{
    return scene_suite_run("findings/rules_timing", scenes, sizeof(scenes) / sizeof(*scenes), NULL);
}
