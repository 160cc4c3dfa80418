/* The ways in which what a doubt holds can be read, and how well each explains it. */
#ifndef SMTPSCOPE_SMTP_WEIGH_H
#define SMTPSCOPE_SMTP_WEIGH_H

#include "smtp/dialog_state.h"

/* How well a reading explains what was held. */
struct score {
    unsigned contradictions;
    unsigned unanswered;
    unsigned unlikely; /* of holes that held nothing, or more than need be, by this reading */
    unsigned dots;     /* lines read as commands that are none: a dot alone, credentials */
    uint32_t forms;    /* look-alikes passed */
    bool is_answered;  /* no content is being sent, and none waits for its reply */
};

/* The best of the readings tried so far that cost less than `limit`; the first of equals stands. */
struct choice {
    struct reading reading;
    struct score score;
    unsigned limit; /* a reading that costs as much changes nothing */
    bool is_made;
};

/* What a reading leaves unexplained. */
unsigned reading_cost(const struct score *score);

/* The score of a reading; of one that costs `best` or more, no less than `best`. */
struct score reading_try(struct smtp_dialog *dialog, const struct reading *reading, unsigned best);

/* The best of the readings other than the strict one, whose score is given. Those that cost `limit`
 * or more need not be told from none. */
struct choice reading_choose(struct smtp_dialog *dialog, const struct score *strict, unsigned limit,
                             bool must_decide);

/* Whether the replies fit yet another look-alike's reading, in which more of what was said still
 * waits for its own: until they tell the two apart none is chosen. */
bool reading_has_rival(struct smtp_dialog *dialog, const struct choice *choice, uint32_t forms);

/* Whether no other reading than the strict one, whose score is given, has a content for the end of
 * data that came after a hole in content. */
bool doubt_is_dispelled(const struct doubt *doubt, const struct score *strict);

/* Whether the doubt is about what a hole swallowed of commands or replies. */
bool doubt_is_about_a_gap(const struct doubt *doubt);

/* Where the doubt began. */
struct place doubt_place(const struct doubt *doubt);

/* Puts a reading in force at the place where the doubt began, and reads on through the log; a copy,
 * whose score is given, only as long as it may cost less than `best`. */
void doubt_replay(struct smtp_dialog *dialog, const struct doubt *doubt,
                  const struct reading *reading, const struct place *place,
                  const struct score *score, unsigned best);

#endif
