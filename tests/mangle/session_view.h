/* What NDJSON says of mail, to be compared with what it says of the same capture mangled. */
#ifndef SMTPSCOPE_TESTS_MANGLE_SESSION_VIEW_H
#define SMTPSCOPE_TESTS_MANGLE_SESSION_VIEW_H

#include <jansson.h>

#include "base/slice.h"

/* An object: by client and server, the sessions of these two in the order in which they are told.
 * Of each "mail" (outcome, replies with what they answer, messages) must be the same however its
 * packets were captured; "accepted" is how many messages were, "sure" how many of them in spite of
 * nothing being told (no finding, no gap, no bad checksum) that makes one doubt it. NULL: a line is
 * not whole, no JSON, or lacks a field that `schema` requires; `*why` says which. The caller gives
 * the reference back. */
json_t *session_views(struct slice ndjson, const json_t *schema, const char **why);

/* The first that is not the same, as text of JSON, NULL where all are; the caller frees it. */
char *session_views_difference(json_t *expected, json_t *got);

/* Whether between some two more messages were accepted for sure than `original` says were. */
bool session_views_invent(const json_t *original, const json_t *got);

/* Of all sessions together. */
json_int_t session_views_accepted(const json_t *views);

#endif
