/* A session as JSON: the object that docs/schema/session.schema.json describes. */
#ifndef SMTPSCOPE_REPORT_JSON_SESSION_H
#define SMTPSCOPE_REPORT_JSON_SESSION_H

#include "report/json_emit.h"
#include "report/writer.h"

struct json_annotations; /* annotations that were written once, kept as JSON */

struct json_report {
    struct json_emit emit;
    struct report_options options;
    struct json_annotations *annotations;
};

MUST_USE enum status json_report_init(struct json_report *report, FILE *out,
                                      const struct report_options *options);
void json_report_clear(struct json_report *report);

/* Writes one session as one value. Trouble with the stream is latched in `report->emit`. */
void json_session(struct json_report *report, const struct report_session *session);

#endif
