/* Findings about TLS, from what of it is sent in clear. */
#include "catalog/tls_names.h"
#include "findings/rules.h"
#include "findings/tls_words.h"

enum { TLS_1_2 = 0x0303 };

void rule_tls_handshake_failed(const struct session_record *record, const struct finding_rule *rule,
                               struct findings *findings)
{
    const struct tls_record_facts *tls = &record->tls;
    struct finding_site site = { .n = tls->first_entry };

    if (!record_failed_tls(record))
        return;
    struct sentence text = { .len = 0 };

    for (uint32_t n = 1; n <= record->entry_count; n++) {
        const struct entry *entry = record_entry(record, n);

        if (entry->kind == ENTRY_TLS && entry->tls.event == TLS_EVENT_ALERT)
            site.n = n;
    }
    /* RFC 8446 6: alerts are encrypted once keys are there, and then look like any other record. */
    if (!tls->alert_known && tls->alert_hidden)
        site.confidence = "inferred: in TLS 1.3 alerts are encrypted, and this record only has the "
                          "size and place of one";
    else if (!tls->alert_known)
        site.confidence = "inferred from the connection's end: no alert was seen";
    sentence_add_tls_failure(&text, record);
    finding_raise(findings, rule, &site, "%s", text.text);
}

/* Earlier versions; 2, in the first octet, is SSL 2's. */
static bool is_old(uint16_t version)
{
    return version != 0 && version < TLS_1_2;
}

/* RFC 8996 5 and 4, RFC 7568 3, RFC 6176 3: each "MUST NOT" of one version. */
static const char *prohibition_of(uint16_t version)
{
    if (version > 0x0301)
        return "RFC 8996 5";
    if (version == 0x0301)
        return "RFC 8996 4";
    return version == 0x0300 ? "RFC 7568 3" : "RFC 6176 3";
}

void rule_tls_old_version(const struct session_record *record, const struct finding_rule *rule,
                          struct findings *findings)
{
    const struct tls_record_facts *tls = &record->tls;
    uint16_t version = tls->version != 0 ? tls->version : tls->offered_version;
    struct finding_site site = { .n = tls->first_entry };
    const char *name;

    if (tls->mode == TLS_NONE || !is_old(version))
        return;
    name = tls_version_name(version);
    if (name == NULL)
        return;
    site.reference = prohibition_of(version);
    finding_raise(findings, rule, &site,
                  tls->version != 0 ? "client and server agreed on %s"
                                    : "the client offers %s at most",
                  name);
}
