/* The router between TCP, SMTP and TLS: takes the octets of every connection from the tracker, and
 * hands on a finished record for each session. */
#ifndef SMTPSCOPE_SESSION_CONVERSATION_H
#define SMTPSCOPE_SESSION_CONVERSATION_H

#include "base/status.h"
#include "session/record.h"
#include "tcp/tracker.h"

struct conversations;

/* Takes each record as its session ends. The record lives during the call and is freed after it by
 * whoever calls. */
struct record_sink {
    void *context;
    enum status (*record)(void *context, const struct session_record *record);
};

/* Hears of each event as it is read, for whoever watches. TLS is told once a side. */
struct conversation_observer {
    void *context;
    enum status (*event)(void *context, const struct endpoint *client,
                         const struct endpoint *server, const struct smtp_event *event);
};

struct conversation_options {
    bool shows_secrets; /* --show-secrets: credentials are kept as they were sent */
    bool any_port;      /* --ports any: a connection is a session once it has spoken SMTP; sessions
                           are numbered as they are recognised */
    struct conversation_observer observer; /* event NULL: nobody watches */
};

MUST_USE enum status conversations_new(struct conversations **out,
                                       const struct conversation_options *options,
                                       const struct record_sink *sink);

/* For tracker_new: what the tracker tells goes to these conversations. */
struct tracker_sink conversations_tracker_sink(struct conversations *conversations);

/* To be called after tracker_finish; connections that never ended are forgotten. */
void conversations_free(struct conversations *conversations);

#endif
