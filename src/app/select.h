/* The selection options: which finished sessions are reported. */
#ifndef SMTPSCOPE_APP_SELECT_H
#define SMTPSCOPE_APP_SELECT_H

#include <stdbool.h>

#include "findings/finding.h"
#include "session/record.h"

enum { SELECT_LIST_MAX = 64 };

/* --code: a class (5xx), a code (550) or an enhanced code (5.7.1). */
struct code_match {
    uint16_t class; /* 2 to 5; 0: not a class */
    uint16_t code;  /* 0: not a code */
    struct enhanced_code enhanced;
};

struct endpoint_match {
    bool is_set;
    struct endpoint endpoint; /* port 0: any */
};

/* What is not set matches everything; what is set must match. Within one list one match is enough. */
struct selection {
    uint64_t sessions[SELECT_LIST_MAX];
    size_t session_count;
    struct endpoint_match client;
    struct endpoint_match server;
    const char *address; /* part of a sender's or recipient's address; NULL: not set */
    struct code_match codes[SELECT_LIST_MAX];
    size_t code_count;
    unsigned outcomes; /* 1 << enum outcome, ORed; 0: not set */
    const struct finding_rule *findings[SELECT_LIST_MAX];
    size_t finding_count;
    bool has_since;
    bool has_until;
    struct stamp since;
    struct stamp until;
    const char *id; /* Message-ID or queue id */
};

/* Each reads one option's value: false where it is wrong. */
bool select_parse_sessions(struct selection *selection, const char *text);
bool select_parse_codes(struct selection *selection, const char *text);
bool select_parse_outcomes(struct selection *selection, const char *text);
bool select_parse_findings(struct selection *selection, const char *text);
/* "192.0.2.1", "192.0.2.1:25", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:25". */
bool select_parse_endpoint(struct endpoint_match *match, const char *text);

/* True where the session is to be reported. */
bool select_matches(const struct selection *selection, const struct session_record *record,
                    const struct findings *findings);

#endif
