/* Findings about the capture itself: what limits the trust in everything else that is said, and
 * which limits of our own were met. */
#include "findings/look.h"
#include "findings/rules.h"
#include "findings/sentence.h"

void rule_capture_gap(const struct session_record *record, const struct finding_rule *rule,
                      struct findings *findings)
{
    const struct tcp_direction *client = &record->tcp->client;
    const struct tcp_direction *server = &record->tcp->server;
    uint64_t gaps = (uint64_t)client->gaps + server->gaps;
    struct finding_site site = { .n = 0 };

    if (gaps == 0)
        return;
    for (uint32_t i = 0; i < record->entry_count && site.n == 0; i++) {
        if (record->entries[i].kind == ENTRY_GAP)
            site.n = i + 1;
    }
    finding_raise(findings, rule, &site,
                  "%s octet%s of the client's and %s of the server's were not captured (%s hole%s)",
                  number_text_of(client->lost_bytes).text, plural(client->lost_bytes),
                  number_text_of(server->lost_bytes).text, number_text_of(gaps).text, plural(gaps));
}

void rule_capture_truncated(const struct session_record *record, const struct finding_rule *rule,
                            struct findings *findings)
{
    struct finding_site site = { .n = 0 };

    if (record->tcp->is_snapped)
        finding_raise(findings, rule, &site, "packets were cut short by the capture's snap length");
}

void rule_capture_midstream(const struct session_record *record, const struct finding_rule *rule,
                            struct findings *findings)
{
    struct finding_site site = finding_site_of(&record->tcp->first);

    if (record->tcp->handshake != TCP_HANDSHAKE_MIDSTREAM)
        return;
    if (!record->tcp->client_is_certain)
        site.confidence = "which side is the client was told by what was said, not by a SYN";
    finding_raise(findings, rule, &site, "the capture began in the middle of the connection");
}

void rule_capture_one_sided(const struct session_record *record, const struct finding_rule *rule,
                            struct findings *findings)
{
    struct finding_site site = { .n = 0 };

    if (record->tcp->is_multipath)
        finding_raise(findings, rule, &site,
                      "Multipath TCP was agreed on (RFC 8684): octets that took another path are "
                      "not part of this connection");
    if (!record->is_client_unseen && !record->is_server_unseen)
        return;
    finding_raise(findings, rule, &site, "nothing that the %s sent was captured",
                  record->is_client_unseen ? "client" : "server");
}

/* Appends "; " between two of them. */
static void add_limit(struct sentence *out, bool is_met, const char *text)
{
    if (is_met)
        sentence_add(out, "%s%s", out->len > 0 ? "; " : "", text);
}

static void add_dropped(struct sentence *out, uint64_t dropped, const char *what)
{
    if (dropped > 0)
        sentence_add(out, "%s%s more %s than are kept", out->len > 0 ? "; " : "",
                     number_text_of(dropped).text, what);
}

static uint64_t dropped_recipients(const struct session_record *record)
{
    uint64_t dropped = 0;

    for (uint32_t i = 0; i < record->message_count; i++)
        dropped += record->messages[i].recipients_dropped;
    return dropped;
}

void rule_limit_reached(const struct session_record *record, const struct finding_rule *rule,
                        struct findings *findings)
{
    struct finding_site site = { .n = 0 };
    uint64_t recipients = dropped_recipients(record);
    bool is_evicted = record->tcp->close == TCP_CLOSE_EVICTED;

    if (record->limits == 0 && record->entries_dropped == 0 && record->messages_dropped == 0 &&
        recipients == 0 && !record->tcp->limit_reached && !is_evicted)
        return;
    struct sentence text = { .len = 0 };

    add_dropped(&text, record->entries_dropped, "dialogue entries");
    add_dropped(&text, record->messages_dropped, "messages");
    add_dropped(&text, recipients, "recipients");
    add_limit(&text, (record->limits & SMTP_LIMIT_LINE) != 0, "a line longer than is kept");
    add_limit(&text, (record->limits & SMTP_LIMIT_REPLY) != 0, "a reply longer than is kept");
    add_limit(&text, (record->limits & SMTP_LIMIT_UNDECIDED) != 0,
              "more octets than are held while a reply decides what they are");
    add_limit(&text, (record->limits & SMTP_LIMIT_OUTSTANDING) != 0,
              "more commands without a reply than are kept");
    add_limit(&text, (record->limits & SMTP_LIMIT_TEXT) != 0,
              "more texts, messages or AUTH attempts than are kept");
    add_limit(&text, record->tcp->limit_reached,
              "more octets out of order than are held, so that a hole was assumed");
    add_limit(&text, is_evicted,
              record->tcp->is_out_of_memory
                  ? "more memory than --memory allows, so that this connection, idle longest, was "
                    "given up"
                  : "more connections than are followed, so that this one was given up");
    finding_raise(findings, rule, &site, "%s", text.text);
}
