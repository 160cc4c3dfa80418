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
    const char *message;  /* of the first finding, or its beginning; NULL: not compared */
    uint16_t port;        /* 0: 25 */
    enum scene_end end;
    void (*alter)(struct tcp_summary *tcp); /* what else TCP tells; NULL: nothing */
};

/* The session, played. */
struct played_scene {
    struct session *session;
    const struct session_record *record;
    struct findings findings;
};

/* Where memory runs out or the script is not understood, the test ends. */
void scene_play(struct played_scene *played, const struct scene *scene);
void scene_clear(struct played_scene *played);

/* Plays the scene and compares what it expects. */
void scene_check(const struct scene *scene);

#endif
