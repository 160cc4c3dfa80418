/* What the rows of the ladder share. */
#ifndef SMTPSCOPE_REPORT_TEXT_LADDER_H
#define SMTPSCOPE_REPORT_TEXT_LADDER_H

#include "report/text_parts.h"

/* Columns for the mark before a row; columns that the dialogue is left before cells of the gutter
 * give way: the latencies for the first, the frames too for the second. */
enum { LADDER_MARK = 2, LADDER_TEXT_GOOD = 44, LADDER_TEXT_MIN = 30 };

struct ladder {
    struct text_report *report;
    const struct report_session *session;
    size_t time_end; /* columns where the cells of the gutter end */
    size_t took_end;
    size_t frame_end;
    size_t octets_end;
    size_t client_at; /* columns where the two sides begin */
    size_t server_at;
    uint32_t capture; /* of the row shown last */
    bool has_took;
    bool has_frame;
};

bool ladder_is_full(const struct ladder *ladder);

/* Mark, time, latency and frame of entry `n`; 0: of something that is no entry. */
void ladder_gutter(struct ladder *ladder, uint32_t n, const struct place *place);

/* Goes to the column of a side and draws its arrow; what does not fit hangs below. */
void ladder_side(struct ladder *ladder, enum side side);

/* A reply with all its lines and what there is to say about it. */
void ladder_reply(struct ladder *ladder, uint32_t n, const struct entry *entry);

/* The text of one line of a reply, cut where not everything is wanted. */
void ladder_reply_line(struct ladder *ladder, const struct entry *entry, uint32_t index);

void ladder_answered(struct ladder *ladder, uint32_t n, const struct entry *reply);

/* How TCP opened, where that is news, and how it closed. */
void ladder_opening(struct ladder *ladder);
void ladder_closing(struct ladder *ladder);

#endif
