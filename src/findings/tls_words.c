/* What is known of a handshake that failed is little where alerts are encrypted. */
#include "findings/tls_words.h"

#include "catalog/tls_names.h"

enum { ALERT_PROTOCOL_VERSION = 70 /* RFC 8446 6.2 */ };

const char *record_closer(const struct session_record *record)
{
    enum tcp_close close = record->tcp->close;

    /* A reset that answers the other side's FIN ends nothing that was not over. */
    switch (record->tcp->closed_by) {
    case TCP_CLOSED_BY_CLIENT:
        return close == TCP_CLOSE_RST_CLIENT ? "reset by the client" : "closed by the client";
    case TCP_CLOSED_BY_SERVER:
        return close == TCP_CLOSE_RST_SERVER ? "reset by the server" : "closed by the server";
    case TCP_CLOSED_BY_BOTH:
        return "closed by both sides";
    case TCP_CLOSED_BY_NOBODY:
        break;
    }
    return record->tcp->close == TCP_CLOSE_IDLE ? "fell silent" : "broken off";
}

void sentence_add_tls_failure(struct sentence *s, const struct session_record *record)
{
    const struct tls_record_facts *tls = &record->tls;
    const char *who = tls->alert_from == SIDE_CLIENT ? "client" : "server";
    const char *alert = tls_alert_name(tls->alert_code);

    if (tls->alert_known && alert != NULL) {
        sentence_add(s, "%s sent alert %s", who, alert);
        if (tls->alert_code == ALERT_PROTOCOL_VERSION && tls->alert_from == SIDE_SERVER &&
            tls_version_name(tls->offered_version) != NULL)
            sentence_add(s, " (the client offers %s at most)",
                         tls_version_name(tls->offered_version));
    } else if (tls->alert_known)
        sentence_add(s, "%s sent alert %u", who, (unsigned)tls->alert_code);
    else if (tls->alert_hidden)
        sentence_add(s, "%s broke it off, most likely with an alert (it was sent encrypted)", who);
    else if (!tls->server_spoke)
        sentence_add(s, "the server never answered the ClientHello");
    else
        sentence_add(s, "the connection %s%s in the middle of it",
                     record->tcp->close == TCP_CLOSE_IDLE ? "" : "was ", record_closer(record));
}

bool record_failed_tls(const struct session_record *record)
{
    const struct tls_record_facts *tls = &record->tls;

    if (tls->mode == TLS_NONE || tls->handshake != TLS_HANDSHAKE_FAILED)
        return false;
    if (tls->mode == TLS_STARTTLS || tls->server_spoke)
        return true;
    /* The server's plain text says more: tls-on-plain-port, plain-on-tls-port. */
    for (uint32_t i = 0; i < record->entry_count; i++) {
        if (record->entries[i].kind == ENTRY_REPLY)
            return false;
    }
    return tls->client_spoke;
}
