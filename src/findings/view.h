/* One entry of a dialogue as the rules see it: what went before it is worked out once for all of
 * them. */
#ifndef SMTPSCOPE_FINDINGS_VIEW_H
#define SMTPSCOPE_FINDINGS_VIEW_H

#include "findings/flight.h"
#include "findings/path.h"
#include "findings/sequence.h"

struct view {
    const struct session_record *record;
    const struct entry *entry;
    uint32_t n;              /* its number */
    uint64_t content_octets; /* of the content so far, all its chunks */
    bool is_legible;
    struct hello hello;            /* what is known of the offer, by the entry's own words too */
    struct sequence sequence;      /* where the order of commands stood before it */
    const struct entry *in_flight; /* what the client had sent before and not waited for; NULL: it
                                      waited, or that cannot be told */
    const struct path_line *path;  /* of MAIL, RCPT and the like; NULL: of others */
    const struct entry *dismissal; /* record_dismissal */
    uint32_t first_unreceived;     /* record_first_unreceived */
    struct flight flight;          /* before it */
    struct path_line parsed;
};

/* Before the first entry. */
struct view view_of(const struct session_record *record);

/* Goes on to an entry, the one behind that of the call before. */
void view_enter(struct view *view, const struct entry *entry);

/* Takes the entry's effect into account, before the next is entered. */
void view_leave(struct view *view);

/* Entries by what a rule wants to be shown: commands by their verb, then the other kinds. */
enum { AT_COUNT = VERB_COUNT + ENTRY_GAP + 1 };
#define AT_COMMAND(verb) (UINT64_C(1) << VERB_##verb)
#define AT_COMMANDS ((UINT64_C(1) << VERB_COUNT) - 1)
#define AT_KIND(kind) (UINT64_C(1) << (VERB_COUNT + ENTRY_##kind))
#define AT_HELLO (AT_COMMAND(HELO) | AT_COMMAND(EHLO) | AT_COMMAND(LHLO))
#define AT_OPENING (AT_COMMAND(MAIL) | AT_COMMAND(SEND) | AT_COMMAND(SOML) | AT_COMMAND(SAML))
#define AT_PATH (AT_OPENING | AT_COMMAND(RCPT))
#define AT_STARTTLS (AT_COMMAND(STARTTLS) | AT_COMMAND(X_ANONYMOUSTLS))

/* Not of an entry: there is something to see in a dialogue without one too. */
#define AT_NONE (UINT64_C(1) << 63)
_Static_assert(AT_COUNT <= 63, "each has a bit beside AT_NONE's");

static inline unsigned at_of(const struct entry *entry)
{
    return entry->kind == ENTRY_COMMAND ? (unsigned)entry->verb
                                        : (unsigned)VERB_COUNT + (unsigned)entry->kind;
}

#endif
