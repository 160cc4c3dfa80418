/* The names that reports use, as the schema has them. */
#include "session/record.h"

static const char *const outcomes[OUTCOME_COUNT] = {
    [OUTCOME_DELIVERED] = "delivered", [OUTCOME_PARTIAL] = "partial",
    [OUTCOME_REJECTED] = "rejected",   [OUTCOME_DEFERRED] = "deferred",
    [OUTCOME_REFUSED] = "refused",     [OUTCOME_UNANSWERED] = "unanswered",
    [OUTCOME_ABORTED] = "aborted",     [OUTCOME_ENCRYPTED] = "encrypted",
    [OUTCOME_NO_MAIL] = "no_mail",     [OUTCOME_INCOMPLETE] = "incomplete",
};

const char *outcome_name(enum outcome outcome)
{
    return outcome < OUTCOME_COUNT ? outcomes[outcome] : "";
}

bool outcome_parse(struct slice name, enum outcome *out)
{
    for (unsigned i = 0; i < OUTCOME_COUNT; i++) {
        if (slice_equal(name, slice_of_string(outcomes[i]))) {
            *out = (enum outcome)i;
            return true;
        }
    }
    return false;
}

const char *stage_name(enum stage stage)
{
    static const char *const names[STAGE_COUNT] = {
        [STAGE_CONNECT] = "connect", [STAGE_GREETING] = "greeting", [STAGE_EHLO] = "ehlo",
        [STAGE_TLS] = "tls",         [STAGE_AUTH] = "auth",         [STAGE_MAIL] = "mail",
        [STAGE_RCPT] = "rcpt",       [STAGE_DATA] = "data",         [STAGE_QUIT] = "quit",
    };

    return stage < STAGE_COUNT ? names[stage] : "";
}

const char *service_name(enum service service)
{
    switch (service) {
    case SERVICE_SMTP:
        return "smtp";
    case SERVICE_SUBMISSION:
        return "submission";
    case SERVICE_SUBMISSIONS:
        return "submissions";
    case SERVICE_OTHER:
        break;
    }
    return "other";
}

const char *tls_mode_name(enum tls_mode mode)
{
    return mode == TLS_STARTTLS ? "starttls" : "implicit";
}

const char *tls_handshake_name(enum tls_handshake handshake)
{
    switch (handshake) {
    case TLS_HANDSHAKE_COMPLETE:
        return "complete";
    case TLS_HANDSHAKE_FAILED:
        return "failed";
    case TLS_HANDSHAKE_INCOMPLETE:
        break;
    }
    return "incomplete";
}

const char *tls_event_name(enum tls_event event)
{
    switch (event) {
    case TLS_EVENT_CLIENT_HELLO:
        return "client_hello";
    case TLS_EVENT_SERVER_HELLO:
        return "server_hello";
    case TLS_EVENT_ESTABLISHED:
        return "established";
    case TLS_EVENT_ALERT:
        return "alert";
    case TLS_EVENT_CLOSED:
        break;
    }
    return "closed";
}

const char *tcp_handshake_name(enum tcp_handshake handshake)
{
    switch (handshake) {
    case TCP_HANDSHAKE_COMPLETE:
        return "complete";
    case TCP_HANDSHAKE_REFUSED:
        return "refused";
    case TCP_HANDSHAKE_UNANSWERED:
        return "unanswered";
    case TCP_HANDSHAKE_PARTIAL:
        return "partial";
    case TCP_HANDSHAKE_MIDSTREAM:
        break;
    }
    return "midstream";
}

const char *tcp_close_name(enum tcp_close close)
{
    switch (close) {
    case TCP_CLOSE_FIN:
        return "fin";
    case TCP_CLOSE_RST_CLIENT:
        return "rst_client";
    case TCP_CLOSE_RST_SERVER:
        return "rst_server";
    case TCP_CLOSE_IDLE:
        return "idle";
    case TCP_CLOSE_EVICTED:
        return "evicted";
    case TCP_CLOSE_OPEN:
        break;
    }
    return "open";
}

const char *auth_result_name(enum auth_result result)
{
    switch (result) {
    case AUTH_SUCCESS:
        return "success";
    case AUTH_FAILURE:
        return "failure";
    case AUTH_CANCELLED:
        return "cancelled";
    case AUTH_INCOMPLETE:
        break;
    }
    return "incomplete";
}
