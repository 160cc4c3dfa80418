/* The parts of the text report that have a file of their own, and what they share. */
#ifndef SMTPSCOPE_REPORT_TEXT_PARTS_H
#define SMTPSCOPE_REPORT_TEXT_PARTS_H

#include "report/layout.h"
#include "report/patterns.h"
#include "report/writer.h"

/* Explanations that stand in this report at full length, and in which session. */
struct explained_row {
    uint64_t key; /* 0: the row is free */
    uint64_t session;
};

struct explained {
    struct explained_row *rows;
    size_t count;
};

MUST_USE enum status explained_init(struct explained *explained);
void explained_clear(struct explained *explained);

/* A key for texts: begin with EXPLAINED_BEGIN and mix in each of them. */
#define EXPLAINED_BEGIN UINT64_C(0xCBF29CE484222325)
uint64_t explained_mix(uint64_t key, struct slice text);

/* The session at which what has this key stands already; 0 where it does not, and it is noted as
 * standing at `session`. */
uint64_t explained_at(struct explained *explained, uint64_t key, uint64_t session);

struct text_report {
    struct layout layout;
    struct report_options options;
    struct explained explained;
    uint64_t sessions;
    char zone[16];       /* named last; "" before the first time is shown */
    bool names_captures; /* more than one capture file has shown up */
};

/* What becomes of an explanation that stands in this report already. */
enum text_again {
    TEXT_AGAIN_REFER, /* a line that says where */
    TEXT_AGAIN_LEAVE_OUT,
};

/* "When You See It: …" and "How to Fix: …", begun at `column`; at full length the first time, and
 * every time where everything is wanted. */
void text_explain(struct text_report *report, const struct annotation *annotation,
                  enum text_again again, size_t column, uint64_t session);

enum role text_severity_role(enum severity severity);

enum role text_outcome_role(enum outcome outcome);
enum role text_code_role(unsigned code);

/* As a sentence has it: "2 delivered, 1 without mail". */
const char *text_outcome(enum outcome outcome);

/* The title of a code by itself; NULL where the catalogue has none. */
const char *text_code_title(const struct catalog *catalog, unsigned code);

/* One line on what was read just now. */
void text_event(struct text_report *report, const struct report_event *event);

/* The header of a session, its diagnosis, its findings. */
void text_header(struct text_report *report, const struct report_session *session);
void text_diagnosis(struct text_report *report, const struct report_session *session);
void text_findings(struct text_report *report, const struct report_session *session);

/* What TCP tells of the connection; of use to those who ask for everything. */
void text_tcp(struct text_report *report, const struct session_record *record);

/* Extensions offered and used; so is this. */
void text_extensions(struct text_report *report, const struct session_record *record);

void text_ladder(struct text_report *report, const struct report_session *session);

/* The last entry of the run of entries like entry `n` that begins there: `n` itself where what
 * follows is other. No entry of a run but a short head and tail needs to be shown. */
uint32_t text_run_end(const struct report_session *session, uint32_t n);

/* Packets that were not analysed. */
enum text_skipped {
    TEXT_SKIPPED_ALL,
    TEXT_SKIPPED_BAD, /* only those that should have been */
};

/* "12 not TCP, 1 malformed" after `head`; nothing where there are none. */
void text_skipped(struct layout *l, const struct report_input *input, enum text_skipped which,
                  const char *head);

/* Checksums that did not come out right, of packets that were analysed. */
void text_checksums(struct layout *l, const struct report_input *input);

/* "; 12 dropped by the kernel": packets that nobody saw; nothing where there are none. */
void text_dropped(struct layout *l, const struct report_input *input);

/* What the sessions show together; nothing where they show nothing. */
void text_patterns(struct layout *l, const struct patterns *patterns);

/* One line on the TLS part. */
void text_tls_line(struct layout *l, const struct session_record *record);

/* One line on what was sent as content. */
void text_content_line(struct text_report *report, const struct session_record *record,
                       const struct entry *entry);

#endif
