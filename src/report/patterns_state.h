/* What each subject did, as patterns.c counts it and pattern_texts.c tells it. */
#ifndef SMTPSCOPE_REPORT_PATTERNS_STATE_H
#define SMTPSCOPE_REPORT_PATTERNS_STATE_H

#include "base/hash.h"
#include "report/patterns.h"

enum { NAMES_KEPT = 8 /* distinct user names, or recipients, told apart */ };

/* Senders are told apart by a bit of so many: most mail is of a sender none of whose messages was
 * deferred, and so no second attempt. */
enum { DEFERRED_BITS = 1 << 14 };

enum subject_kind {
    SUBJECT_CLIENT,  /* that failed AUTH, by address */
    SUBJECT_SERVER,  /* by address and port */
    SUBJECT_DOMAIN,  /* of recipients */
    SUBJECT_MESSAGE, /* deferred, by sender and recipients */
};

struct subject {
    uint64_t key;
    enum subject_kind kind;
    struct slice name; /* in the arena */
    uint64_t sessions[PATTERN_SESSIONS];
    size_t session_count;  /* kept */
    uint64_t session_last; /* the one that was counted last */
    uint64_t session_total;
    uint64_t bad;    /* client: refused AUTHs; server: deferred sessions; domain: refused
                               recipients; message: deferrals */
    uint64_t good;   /* of the same, those that went well */
    uint64_t offers; /* server: sessions with STARTTLS in the offer, and without */
    uint64_t offers_not;
    uint64_t names[NAMES_KEPT]; /* hashes: client: of user names; domain: of recipients refused */
    size_t name_count;
    struct stamp first;
    struct stamp last;
};

struct patterns {
    struct subject *rows;
    size_t count;
    size_t room;
    uint32_t *index; /* open addressing: row + 1, 0 where free */
    size_t index_room;
    uint64_t overflow;
    uint32_t domain; /* row + 1 of the domain that came up last; 0: none has */
    uint64_t deferred[DEFERRED_BITS / 64]; /* the senders of messages that may come again */
    struct siphash_key key;
    struct arena arena;
    enum status status;
};

#endif
