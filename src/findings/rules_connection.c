/* Findings about the connection: TLS where it is not spoken, and how TCP began and ended. */
#include "findings/icmp_words.h"
#include "findings/look.h"
#include "findings/rules.h"
#include "findings/sentence.h"
#include "findings/thresholds.h"

/* The first entry of that kind that was sent in clear; NULL: none. */
static const struct entry *first_clear(const struct session_record *record, enum entry_kind kind)
{
    for (uint32_t i = 0; i < record->entry_count; i++) {
        if (record->entries[i].kind == kind && !record->entries[i].is_encrypted)
            return &record->entries[i];
    }
    return NULL;
}

/* TLS from the first octet, which the other side did not answer in TLS. */
static bool client_began_tls(const struct session_record *record)
{
    return record->tls.mode != TLS_STARTTLS && record->tls.client_spoke &&
           !record->tls.server_spoke;
}

void rule_tls_on_plain_port(const struct session_record *record, const struct finding_rule *rule,
                            struct findings *findings)
{
    const struct entry *reply;
    struct finding_site site = { .n = record->tls.first_entry };

    if (record->service == SERVICE_SUBMISSIONS || !client_began_tls(record))
        return;
    reply = first_clear(record, ENTRY_REPLY);
    if (reply == NULL)
        return;
    finding_raise(findings, rule, &site,
                  "the client began TLS at once on port %u, and the server answered in plain text "
                  "(%u)",
                  (unsigned)record->server.port, (unsigned)reply->reply.code);
}

/* The dialogue went on in clear, so that both sides speak plain text; or a tap decrypts. */
static bool is_working_in_clear(const struct session_record *record)
{
    return record->ehlo.verb != VERB_NONE && record->tls.mode == TLS_NONE;
}

static struct duration_text duration_of(const struct session_record *record)
{
    return duration_text_of(stamp_between(record->tcp->first.at, record->tcp->last.at));
}

/* Both sides waited for the other to begin, and for longer than a probe of the port stays: a client
 * that speaks TLS begins itself (RFC 8446 2), one that speaks plain SMTP waits for the greeting. */
static bool waited_for_greeting(const struct session_record *record)
{
    const struct tcp_summary *tcp = record->tcp;

    return tcp->handshake == TCP_HANDSHAKE_COMPLETE && tcp->close != TCP_CLOSE_OPEN &&
           tcp->close != TCP_CLOSE_EVICTED && tcp->client.bytes == 0 && tcp->server.bytes == 0 &&
           !record->is_client_unseen && !record->is_server_unseen &&
           stamp_between(tcp->first.at, tcp->last.at) > SLOW_GREETING;
}

static void raise_waited(const struct session_record *record, const struct finding_rule *rule,
                         struct findings *findings)
{
    struct finding_site site = finding_site_of(&record->tcp->first);

    site.confidence = "inferred: a client that speaks TLS would have begun";
    finding_raise(findings, rule, &site,
                  "nobody said anything for %s on port %u: the client waited for a greeting, and "
                  "the server for TLS",
                  duration_of(record).text, (unsigned)record->server.port);
}

void rule_plain_on_tls_port(const struct session_record *record, const struct finding_rule *rule,
                            struct findings *findings)
{
    const struct entry *reply;
    const struct entry *command;
    struct finding_site site = { .n = 0 };

    if (record->service != SERVICE_SUBMISSIONS)
        return;
    reply = first_clear(record, ENTRY_REPLY);
    command = first_clear(record, ENTRY_COMMAND);
    if (reply != NULL && client_began_tls(record)) {
        site.n = entry_number(record, reply);
        finding_raise(
            findings, rule, &site,
            "the server answers in plain text (%u) on port %u, where the client began TLS",
            (unsigned)reply->reply.code, (unsigned)record->server.port);
    } else if (reply != NULL) {
        site.n = entry_number(record, reply);
        if (is_working_in_clear(record))
            site.confidence = "a tap that decrypts TLS would look the same";
        finding_raise(findings, rule, &site, "the server speaks plain text (%u) on port %u",
                      (unsigned)reply->reply.code, (unsigned)record->server.port);
    } else if (command != NULL) {
        site.n = entry_number(record, command);
        finding_raise(findings, rule, &site,
                      "the client speaks plain text on port %u, where the server waits for TLS",
                      (unsigned)record->server.port);
    } else if (waited_for_greeting(record)) {
        raise_waited(record, rule, findings);
    }
}

void rule_connection_refused(const struct session_record *record, const struct finding_rule *rule,
                             struct findings *findings)
{
    struct finding_site site;

    if (record->tcp->handshake != TCP_HANDSHAKE_REFUSED)
        return;
    site = finding_site_of(&record->tcp->last);
    struct sentence by = { .len = 0 };

    if (record->tcp->was_reset_by_icmp)
        sentence_add_icmp(&by, record);
    else
        sentence_add_text(&by, "a reset (RST)");
    finding_raise(findings, rule, &site, "the SYN was answered %s later by %s",
                  duration_of(record).text, by.text);
}

void rule_connection_unanswered(const struct session_record *record,
                                const struct finding_rule *rule, struct findings *findings)
{
    struct finding_site site = finding_site_of(&record->tcp->first);

    if (record->tcp->handshake != TCP_HANDSHAKE_UNANSWERED)
        return;
    finding_raise(findings, rule, &site, "%s SYN%s in %s, and no answer",
                  number_text_of(record->tcp->syn_count).text, plural(record->tcp->syn_count),
                  duration_of(record).text);
}

/* The mail, if there was any, is safe. */
static bool is_harmless(const struct session_record *record)
{
    return record->outcome == OUTCOME_DELIVERED || record->outcome == OUTCOME_NO_MAIL;
}

/* The other side had said before that it sends no more: the reset cut nothing off. */
static bool closed_by_other(const struct session_record *record)
{
    return record->tcp->closed_by == (record->tcp->close == TCP_CLOSE_RST_CLIENT
                                          ? TCP_CLOSED_BY_SERVER
                                          : TCP_CLOSED_BY_CLIENT);
}

void rule_connection_reset(const struct session_record *record, const struct finding_rule *rule,
                           struct findings *findings)
{
    bool is_reset =
        record->tcp->close == TCP_CLOSE_RST_CLIENT || record->tcp->close == TCP_CLOSE_RST_SERVER;
    struct finding_site site = finding_site_of(&record->tcp->first_close);

    if (!is_reset || record->tcp->handshake == TCP_HANDSHAKE_REFUSED ||
        record->tcp->handshake == TCP_HANDSHAKE_UNANSWERED)
        return;
    /* Inside TLS a QUIT cannot be seen. */
    if (record->quit_sent || record_dismissal(record) != NULL ||
        (record_is_opaque(record) && record->tls.handshake == TLS_HANDSHAKE_COMPLETE))
        return;
    if (closed_by_other(record))
        site.severity = SEVERITY_INFO;
    else if (is_harmless(record) || record_is_port_check(record))
        site.severity = SEVERITY_WARNING;
    if (record_has_holes(record, SIDE_CLIENT))
        site.confidence = "a QUIT of the client's may not have been captured";
    finding_raise(findings, rule, &site, "the %s reset the connection (RST) %s",
                  record->tcp->close == TCP_CLOSE_RST_CLIENT ? "client" : "server",
                  closed_by_other(record) ? "after the other side had closed it (FIN)"
                                          : "and no QUIT had been sent");
}

/* Who had said something that never arrived, or was never confirmed: the other side is gone. */
static void add_unacknowledged(struct sentence *text, const char *who,
                               const struct tcp_direction *direction)
{
    if (direction->unacknowledged > 0)
        sentence_add(text, "; the last %s octet%s of the %s %s never acknowledged",
                     number_text_of(direction->unacknowledged).text,
                     plural(direction->unacknowledged), who,
                     direction->unacknowledged == 1 ? "was" : "were");
}

void rule_connection_idle(const struct session_record *record, const struct finding_rule *rule,
                          struct findings *findings)
{
    struct finding_site site = finding_site_of(&record->tcp->last);

    if (record->tcp->close != TCP_CLOSE_IDLE || record->quit_sent ||
        record->tcp->handshake == TCP_HANDSHAKE_REFUSED ||
        record->tcp->handshake == TCP_HANDSHAKE_UNANSWERED)
        return;
    if (is_harmless(record) || record_is_opaque(record))
        site.severity = SEVERITY_WARNING;
    struct sentence text = { .len = 0 };

    sentence_add(&text, "neither side sent anything for 15 minutes, and neither closed");
    add_unacknowledged(&text, "client", &record->tcp->client);
    add_unacknowledged(&text, "server", &record->tcp->server);
    finding_raise(findings, rule, &site, "%s", text.text);
}
