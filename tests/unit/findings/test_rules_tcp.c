/* Findings about what TCP had to do. How they are counted is tested with the tracker. */
#include "support/scene.h"

static void repeat_three(struct tcp_summary *tcp)
{
    tcp->client.data_segments = 149;
    tcp->client.retransmissions = 3;
}

static void repeat_two_in_a_hundred(struct tcp_summary *tcp)
{
    tcp->client.data_segments = 150;
    tcp->client.retransmissions = 3;
}

static void repeat_two(struct tcp_summary *tcp)
{
    tcp->server.data_segments = 5;
    tcp->server.retransmissions = 2;
}

static void close_window(struct tcp_summary *tcp)
{
    tcp->server.zero_windows = 2;
    tcp->server.zero_window_ns = STAMP_SECOND + STAMP_MILLISECOND;
}

static void close_window_for_a_moment(struct tcp_summary *tcp)
{
    tcp->server.zero_windows = 2;
    tcp->server.zero_window_ns = STAMP_SECOND;
}

static void differ(struct tcp_summary *tcp)
{
    tcp->client.overlap_conflicts = 2;
    tcp->client.conflict = (struct tcp_conflict){
        .offset = 16,
        .place = { .frame = 5 },
        .first_frame = 4,
        .length = 4,
        .first = "ab\r\n",
        .second = "cd\r\n",
    };
}

static void differ_unkept(struct tcp_summary *tcp)
{
    tcp->server.overlap_conflicts = 1;
}

static void leave_unacknowledged(struct tcp_summary *tcp)
{
    tcp->client.unacknowledged = 25;
}

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "three segments of 149 sent again",
      .script = SCENE_HELLO SCENE_QUIT, .alter = repeat_three,
      .findings = "warning retransmissions",
      .message = "3 of 149 data segments of the client's (2.0 %) carried only octets already seen" },
    { .name = "three of 150 are not over 2 %",
      .script = SCENE_HELLO SCENE_QUIT, .alter = repeat_two_in_a_hundred, .findings = "" },
    { .name = "two are chance",
      .script = SCENE_HELLO SCENE_QUIT, .alter = repeat_two, .findings = "" },

    { .name = "a window closed for over a second",
      .script = SCENE_HELLO SCENE_QUIT, .alter = close_window, .findings = "warning zero-window",
      .message = "the server's receive window was closed 2 times, for 1.0 s in all: it did not "
                 "read what the client sent" },
    { .name = "a window closed for a second",
      .script = SCENE_HELLO SCENE_QUIT, .alter = close_window_for_a_moment, .findings = "" },

    { .name = "two copies of a command that differ",
      .script = SCENE_HELLO SCENE_QUIT, .alter = differ, .findings =
      "error tcp-overlap-conflict x2",
      .message = "the client sent the same octets twice, and the copies differ from offset 16 of "
                 "its stream on: first \"ab\r\n\" in frame 4, then \"cd\r\n\" in "
                 "frame 5" },
    { .name = "what may be a password is not shown",
      .script = SCENE_EHLO "S: 250 AUTH PLAIN\nC: AUTH PLAIN AGEAYg==\nS: 235 ok\n" SCENE_QUIT,
      .alter = differ,
      .message = "the client sent the same octets twice, and the copies differ from offset 16 of "
                 "its stream on: first in frame 4, then in frame 5" },
    { .name = "a conflict of which no octets are kept",
      .script = SCENE_HELLO SCENE_QUIT, .alter = differ_unkept,
      .findings = "error tcp-overlap-conflict",
      .message = "the server sent the same octets twice, and the copies differ" },

    { .name = "what was said into the silence",
      .script = SCENE_HELLO "C: MAIL FROM:<a@c.example>\n", .end = SCENE_IDLE,
      .alter = leave_unacknowledged,
      .findings = "error connection-idle; warning unanswered-command at 4",
      .message = "neither side sent anything for 15 minutes, and neither closed; the last 25 "
                 "octets of the client were never acknowledged" },
};
/* clang-format on */

START_TEST(a_password_in_a_conflict_is_in_no_message)
{
    struct played_scene played;

    scene_play(&played, &scenes[6]);
    for (uint32_t i = 0; i < played.findings.count; i++)
        ck_assert_ptr_null(strstr(played.findings.list[i].message, "cd"));
    scene_clear(&played);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("tcp");

    tcase_add_test(tc, a_password_in_a_conflict_is_in_no_message);
    return scene_suite_run("findings/rules_tcp", scenes, sizeof(scenes) / sizeof(*scenes), tc);
}
