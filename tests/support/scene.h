/* A whole session as text, and what the program finds in it: the way from octets to findings and to
 * the diagnosis without packets.
 *
 *     static const struct scene scenes[] = {
 *         { .name = "RCPT after MAIL was refused",
 *           .script = "S: 220 mx.example ESMTP\n"
 *                     "C: HELO c.example\n"
 *                     "S: 250 mx.example\n"
 *                     ...
 *           .findings = "error rcpt-without-mail at 7" },
 *
 * The script is that of a .dialog file. Expected are all findings, in their order, parted by "; ":
 * severity, id, "at" the number of the entry where there is one, and "xN" where N is over one. */
#ifndef SMTPSCOPE_TESTS_SUPPORT_SCENE_H
#define SMTPSCOPE_TESTS_SUPPORT_SCENE_H

#include <check.h>

#include "findings/diagnosis.h"
#include "findings/finding.h"
#include "session/session.h"

/* How the connection ended. */
enum scene_end {
    SCENE_CLIENT_CLOSES,
    SCENE_SERVER_CLOSES,
    SCENE_CLIENT_RESETS,
    SCENE_SERVER_RESETS,
    SCENE_CLIENT_RESETS_LATE, /* after the server had closed */
    SCENE_IDLE,
    SCENE_CAPTURE_ENDS,
};

struct scene {
    const char *name; /* a sentence */
    const char *script;
    const char *findings; /* NULL: not compared */
    const char *summary;  /* "severity: diagnosis.summary"; NULL: not compared */
    const char *fix;      /* of the diagnosis, or its beginning; NULL: not compared */
    const char *message;  /* of the first finding, or its beginning; NULL: not compared */
    uint16_t port;        /* 0: 25 */
    enum scene_end end;
    int64_t slow_ns;                        /* --slow */
    void (*alter)(struct tcp_summary *tcp); /* what else TCP tells; NULL: nothing */
};

/* For `alter`. */
void scene_refuse(struct tcp_summary *tcp); /* by a RST, 43 µs after the SYN */
void scene_refuse_by_icmp(struct tcp_summary *tcp);
void scene_leave_unanswered(struct tcp_summary *tcp); /* seven SYNs over 63 s */
void scene_ask_once(struct tcp_summary *tcp);         /* one SYN, left unanswered */
void scene_lose_server(struct tcp_summary *tcp);      /* nothing of that side was captured */
void scene_lose_client(struct tcp_summary *tcp);
void scene_snap(struct tcp_summary *tcp);

/* The session, played. */
struct played_scene {
    struct session *session;
    struct tcp_summary tcp;
    const struct session_record *record;
    struct findings findings;
};

/* Where memory runs out or the script is not understood, the test ends. */
void scene_play(struct played_scene *played, const struct scene *scene);
void scene_clear(struct played_scene *played);

/* Plays the scene and compares what it expects; what is found has a reference of the right form. */
void scene_check(const struct scene *scene);

/* The main of a test program whose tests are scenes; with `more`, which may be NULL, besides. */
int scene_suite_run(const char *name, const struct scene *scenes, size_t count, TCase *more);

/* Pieces of scripts. A greeting is entry 1, EHLO 2 and its reply 3, so that what follows begins
 * with entry 4. SCENE_EHLO wants the rest of EHLO's reply. */
#define SCENE_EHLO              \
    "S: 220 mx.example ESMTP\n" \
    "C: EHLO c.example\n"       \
    "S: 250-mx.example\n"
#define SCENE_HELLO SCENE_EHLO "S: 250 HELP\n"
#define SCENE_MAIL                 \
    "C: MAIL FROM:<a@c.example>\n" \
    "S: 250 ok\n"
#define SCENE_ENVELOPE           \
    SCENE_MAIL                   \
    "C: RCPT TO:<b@d.example>\n" \
    "S: 250 ok\n"
#define SCENE_DATA \
    "C: DATA\n"    \
    "S: 354 go\n"
#define SCENE_QUIT \
    "C: QUIT\n"    \
    "S: 221 bye\n"

#endif
