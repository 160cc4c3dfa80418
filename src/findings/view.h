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
    bool lacks_pipelining;         /* a greeting by HELO, or by an EHLO whose reply is known and
                                      does not hold it */
    uint64_t size_limit;           /* that the offer names (RFC 1870 3); 0: none */
    struct hello hello;            /* what is known of the offer, by the entry's own words too */
    struct sequence sequence;      /* where the order of commands stood before it */
    const struct entry *in_flight; /* what the client had sent before and not waited for; NULL: it
                                      waited, or that cannot be told */
    const struct entry *dismissal; /* record_dismissal */
    uint32_t first_unreceived;     /* record_first_unreceived */
    struct flight flight;          /* before it */
};

/* Before the first entry. */
struct view view_of(const struct session_record *record);

/* Goes on to an entry, the one behind that of the call before. */
void view_enter(struct view *view, const struct entry *entry);

/* Takes the entry's effect into account, before the next is entered. */
void view_leave(struct view *view);

/* Entries by what a rule wants to be shown: commands by their verb, then the other kinds, and replies
 * that make an offer apart from those that do not. */
enum { AT_OFFERING = VERB_COUNT + ENTRY_GAP + 1, AT_COUNT };
#define AT_COMMAND(verb) (UINT64_C(1) << VERB_##verb)
#define AT_COMMANDS ((UINT64_C(1) << VERB_COUNT) - 1)
#define AT_KIND(kind) (UINT64_C(1) << (VERB_COUNT + ENTRY_##kind))
#define AT_HELLO (AT_COMMAND(HELO) | AT_COMMAND(EHLO) | AT_COMMAND(LHLO))
#define AT_OPENING (AT_COMMAND(MAIL) | AT_COMMAND(SEND) | AT_COMMAND(SOML) | AT_COMMAND(SAML))
#define AT_PATH (AT_OPENING | AT_COMMAND(RCPT))
#define AT_IN_TURN (AT_PATH | AT_COMMAND(DATA) | AT_COMMAND(BDAT))
#define AT_BARE (AT_COMMAND(DATA) | AT_COMMAND(RSET) | AT_COMMAND(QUIT))
#define AT_STARTTLS (AT_COMMAND(STARTTLS) | AT_COMMAND(X_ANONYMOUSTLS))

#define AT_OFFER (UINT64_C(1) << AT_OFFERING)
#define AT_REPLIES (AT_KIND(REPLY) | AT_OFFER)

/* What is unusual about an entry. A rule that names some of these is shown only entries that are
 * unusual in one of these ways: in most sessions there is none. */
#define IF_BIT(n) (UINT64_C(1) << (AT_COUNT + (n)))
enum { IF_COUNT = 10 };
#define IF_MARKED IF_BIT(0)     /* it has marks */
#define IF_IN_FLIGHT IF_BIT(1)  /* it was sent before an answer: in_flight */
#define IF_UNPAIRED IF_BIT(2)   /* without an answer, or a reply to nothing */
#define IF_UNENDED IF_BIT(3)    /* a line without its end */
#define IF_UNFINISHED IF_BIT(4) /* a content without its end */
#define IF_LONG IF_BIT(5)       /* over VIEW_SHORT octets */
/* Its code is none of RFC 5321 4.2's, or of another class than its enhanced code. */
#define IF_ODD_CODE IF_BIT(6)
#define IF_WORDY IF_BIT(7) /* command_is_wordy */
#define IF_LARGE IF_BIT(8) /* a content over size_limit */
/* Not sequence_is_kept, of the commands that this is about. */
#define IF_OUT_OF_TURN IF_BIT(9)
#define IF_ANY (((UINT64_C(1) << IF_COUNT) - 1) << AT_COUNT)

/* No part of a command that has a limit may be longer than this and within it (RFC 5321 4.5.3.1.1). */
enum { VIEW_SHORT = 64 };

/* What is unusual about a record. A rule that names some of these looks at those that have one; where
 * there is none, it would look in vain. */
#define WITH_BIT(n) (UINT64_C(1) << (AT_COUNT + IF_COUNT + (n)))
enum { WITH_COUNT = 12 };
#define WITH_AUTH WITH_BIT(0)
#define WITH_TLS WITH_BIT(1)
#define WITH_TLS_PORT WITH_BIT(2) /* TLS is due from the first octet */
#define WITH_MANY WITH_BIT(3)     /* over RECIPIENTS_MIN entries, each recipient being one */
#define WITHOUT_QUIT WITH_BIT(4)
#define WITH_ODD_START WITH_BIT(5) /* no whole handshake */
#define WITH_ODD_END WITH_BIT(6)   /* not closed by FIN */
#define WITH_TROUBLE WITH_BIT(7)   /* of TCP's: octets sent again, closed windows and the like */
#define WITH_HOLES WITH_BIT(8)     /* octets were not captured, or may have gone another way */
#define WITH_LIMIT WITH_BIT(9)     /* one of ours was met */
#define WITH_SLOW_REPLY WITH_BIT(10)
#define WITH_SILENCE WITH_BIT(11) /* of the client's, where it could have gone on */
_Static_assert(AT_COUNT + IF_COUNT + WITH_COUNT <= 64, "all are bits of a word");

/* Which AT_ bit is the entry's. */
static inline unsigned at_of(const struct view *view)
{
    const struct entry *entry = view->entry;

    if (entry->kind == ENTRY_COMMAND)
        return entry->verb;
    return entry == view->hello.reply ? AT_OFFERING : (unsigned)VERB_COUNT + entry->kind;
}

/* A command that is more than DATA, RSET or QUIT alone, or MAIL or RCPT with a usual path alone: nearly
 * all are one of these. */
static inline bool command_is_wordy(const struct entry *command)
{
    bool is_bare =
        (AT_BARE >> command->verb & 1) != 0 && command->command.line.len <= strlen("QUIT");

    return !is_bare && !path_stands_alone(&command->command);
}

/* The IF_ bits of the entry. */
uint64_t view_oddities(const struct view *view);

/* Those that an entry of any kind may have. */
static inline uint64_t view_common_oddities(const struct entry *entry)
{
    uint64_t odd = 0;

    if (entry->marks != 0)
        odd |= IF_MARKED;
    if (entry->end == LINE_END_NONE)
        odd |= IF_UNENDED;
    if (entry->octets > VIEW_SHORT)
        odd |= IF_LONG;
    return odd;
}

/* Those of a reply, which need not have been entered. */
static inline uint64_t view_reply_oddities(const struct entry *entry)
{
    const struct entry_reply *reply = &entry->reply;
    unsigned class = reply->code / 100U;
    uint64_t odd = view_common_oddities(entry);

    if (reply->answers == 0)
        odd |= IF_UNPAIRED;
    /* RFC 5321 4.2: Reply-code = %x32-35 %x30-35 %x30-39. */
    if (class < 2 || class > 5 || reply->code - class * 100 >= 60 ||
        (reply->enhanced.class != 0 && reply->enhanced.class != class))
        odd |= IF_ODD_CODE;
    return odd;
}

/* Whether an accepting reply to it says what is offered from then on, or that nothing is known. */
static inline bool verb_changes_offer(enum smtp_verb verb)
{
    return ((AT_HELLO | AT_STARTTLS | AT_COMMAND(XCLIENT)) >> verb & 1) != 0;
}

#endif
