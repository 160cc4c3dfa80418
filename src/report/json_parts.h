/* The parts of a session's JSON that have a file of their own, and what they share. */
#ifndef SMTPSCOPE_REPORT_JSON_PARTS_H
#define SMTPSCOPE_REPORT_JSON_PARTS_H

#include "report/json_session.h"

/* The member "messages" or "dialogue" with its array. */
void json_messages(struct json_report *report, const struct session_record *record);
void json_dialogue(struct json_report *report, const struct session_record *record);

/* The member "extensions", where an EHLO or HELO was accepted. */
void json_extensions(struct json_report *report, const struct session_record *record);

/* The schema's range of codes is 200 to 599; what else a server sent stands in the dialogue. */
void json_code_or_null(struct json_emit *e, uint16_t code);

/* The name of a capture file as the user gave it. */
void json_capture(struct json_report *report, uint32_t capture);

void json_verdict(struct json_emit *e, enum verdict verdict);

/* The members class, title, when_seen and fix of a reply. */
void json_annotation(struct json_report *report, const struct session_record *record,
                     const struct entry *entry);

MUST_USE enum status json_annotations_new(struct json_annotations **out);
void json_annotations_free(struct json_annotations *annotations);

#endif
