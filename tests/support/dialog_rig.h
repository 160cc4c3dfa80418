/* A dialogue to talk into, and the events that come of it. Event slices die with the call that told
 * them: what a test wants of a text it reads from the copy of the last one. */
#ifndef SMTPSCOPE_TESTS_SUPPORT_DIALOG_RIG_H
#define SMTPSCOPE_TESTS_SUPPORT_DIALOG_RIG_H

#include "smtp/dialog.h"

struct dialog_rig {
    struct smtp_dialog *dialog;
    uint64_t frame;            /* of the segment sent last; a second goes by with each */
    struct smtp_event *events; /* texts cut off */
    size_t count;
    size_t room;
    char text[512]; /* of the command told last, or of the last line of the reply told last */
};

void dialog_rig_begin(struct dialog_rig *rig, const struct smtp_dialog_options *options);
void dialog_rig_end(struct dialog_rig *rig);

/* One segment; "\r\n" is written out. */
void dialog_rig_client(struct dialog_rig *rig, const char *octets);
void dialog_rig_server(struct dialog_rig *rig, const char *octets);
void dialog_rig_octets(struct dialog_rig *rig, enum side from, struct slice octets);
void dialog_rig_gap(struct dialog_rig *rig, enum side from, uint64_t missing);
void dialog_rig_finish(struct dialog_rig *rig);

/* How many events of a kind were told; of LIMIT, how many of this one. */
size_t dialog_rig_count(const struct dialog_rig *rig, enum smtp_event_kind kind);
size_t dialog_rig_limits(const struct dialog_rig *rig, enum smtp_limit limit);

/* The event told last; the test ends where there is none, or it is of another kind. */
const struct smtp_event *dialog_rig_last(const struct dialog_rig *rig, enum smtp_event_kind kind);

#endif
