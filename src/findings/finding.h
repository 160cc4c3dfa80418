/* What is wrong in a session, one row and one pure function a kind. */
#ifndef SMTPSCOPE_FINDINGS_FINDING_H
#define SMTPSCOPE_FINDINGS_FINDING_H

#include "base/arena.h"
#include "session/record.h"

enum severity {
    SEVERITY_OK, /* of a diagnosis only */
    SEVERITY_INFO,
    SEVERITY_WARNING, /* works now, breaks elsewhere */
    SEVERITY_ERROR,   /* mail was or may be lost, or an attack */
};

const char *severity_name(enum severity severity);

struct findings;
struct view; /* findings/view.h */

/* What a finding rests on, and so what of a capture's lacks makes it doubtful. */
enum finding_ground {
    GROUND_PLACE,    /* the octets or packets at its place: they were captured */
    GROUND_DIALOGUE, /* the dialogue around it too, which may hold what refutes it */
    GROUND_TIMES,    /* when something came: it may have come sooner, unseen */
};

/* One kind of finding: a row of the table in rules.c. */
struct finding_rule {
    const char *id;
    enum severity severity; /* the usual one; a finding may be graver or milder */
    const char *reference;  /* e.g. "RFC 5321 4.5.3.1.4" */
    const char *meaning;    /* when it is raised and why it matters; one or two sentences */
    const char *fix;        /* what to do */
    enum finding_ground ground;
    /* Bits of findings/view.h. AT_: where none of these entries is, there is nothing to see. IF_:
     * nor at those of them that are unusual in none of these ways; IF_MARKED alone, and WITH_: in a
     * record that is not. */
    uint64_t entries;
    /* Looks at one of those entries; NULL: at none by itself. */
    void (*step)(const struct view *view, const struct finding_rule *rule,
                 struct findings *findings);
    /* Looks at the whole of a record, once the steps are done; NULL: the steps say it all. */
    void (*look)(const struct session_record *record, const struct finding_rule *rule,
                 struct findings *findings);
};

struct finding {
    const struct finding_rule *rule;
    enum severity severity;
    const char *message; /* what happened here, with its numbers; captured octets in it are as
                              captured: writers escape */
    size_t message_len;
    const char *reference; /* the rule's, or a closer one */
    uint32_t n;            /* entry it was first seen at; 0: the session as a whole */
    uint64_t frame;        /* 0: none */
    uint32_t capture;
    uint64_t count;         /* occurrences folded into this one */
    const char *confidence; /* why it may be wrong; NULL where nothing limits it */
};

/* The findings of one session, gravest first, then in the order of the dialogue. */
struct findings {
    struct finding *list;
    uint32_t count;
    uint32_t room;
    enum status status; /* STATUS_NO_MEMORY: some are missing */
    int64_t slow_ns;    /* what slow-reply takes for slow (--slow); 0: the usual */
    struct arena arena;
};

/* Where the raised finding stands and how grave it is. Severity SEVERITY_OK means the rule's. */
struct finding_site {
    uint32_t n;
    uint64_t frame; /* 0: that of entry n */
    uint32_t capture;
    uint64_t count; /* 0 means 1 */
    enum severity severity;
    const char *reference;  /* NULL: the rule's */
    const char *confidence; /* why it may be wrong; NULL: nothing limits it */
};

/* A place that is no entry's. */
static inline struct finding_site finding_site_of(const struct place *place)
{
    return (struct finding_site){ .frame = place->frame, .capture = place->capture };
}

/* Adds a finding, or counts it where the rule has raised one already (the first place and message
 * stay, the graver severity wins). `format` is printf's; captured octets are passed as
 * "%.*s" with a length. */
void finding_raise(struct findings *findings, const struct finding_rule *rule,
                   const struct finding_site *site, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Runs every rule over the record. `*findings` begins as all zero but for slow_ns. */
void findings_run(struct findings *findings, const struct session_record *record);
void findings_clear(struct findings *findings);

/* The one of that id; NULL: it was not raised. */
const struct finding *finding_of(const struct findings *findings, const char *id);

/* The table, for `smtpscope findings` and the summary. Its rows are the bits of a word. */
enum { FINDING_RULES_MAX = 64 };
const struct finding_rule *finding_rules(size_t *count);
const struct finding_rule *finding_rule_named(struct slice id); /* NULL: none */

#endif
