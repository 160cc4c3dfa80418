/* Parts of a session that take one line, however much was sent. */
#include "catalog/tls_names.h"
#include "report/human.h"
#include "report/text_parts.h"

/* Names of hosts, and a Message-ID, are no longer than this where they are honest. */
enum { NAME_SHOWN = 255 };

static void tls_version(struct layout *l, const struct tls_record_facts *tls)
{
    uint16_t version = tls->version != 0 ? tls->version : tls->offered_version;
    const char *name = tls_version_name(version);

    if (name != NULL)
        layout_text(l, ROLE_NOTE, name);
    else if (version != 0)
        layout_format(l, ROLE_NOTE, "TLS version 0x%04x", version);
    else
        layout_text(l, ROLE_NOTE, "TLS");
    if (tls->version == 0 && tls->offered_version != 0)
        layout_text(l, ROLE_NOTE, " offered");
}

static void tls_handshake(struct layout *l, const struct tls_record_facts *tls)
{
    switch (tls->handshake) {
    case TLS_HANDSHAKE_COMPLETE:
        break;
    case TLS_HANDSHAKE_FAILED:
        layout_text(l, ROLE_BAD, ", handshake failed");
        break;
    case TLS_HANDSHAKE_INCOMPLETE:
        layout_text(l, ROLE_WARN, ", handshake not seen whole");
        break;
    }
}

static void tls_alert(struct layout *l, const struct tls_record_facts *tls)
{
    const char *from = tls->alert_from == SIDE_CLIENT ? "client" : "server";
    const char *name = tls_alert_name(tls->alert_code);

    if (tls->alert_known && name != NULL)
        layout_format(l, ROLE_BAD, ", alert %s from the %s", name, from);
    else if (tls->alert_known)
        layout_format(l, ROLE_BAD, ", alert number %u from the %s", tls->alert_code, from);
    else if (tls->alert_hidden)
        layout_format(l, ROLE_BAD, ", what looks like an encrypted alert from the %s", from);
}

void text_tls_line(struct layout *l, const struct session_record *record)
{
    const struct tls_record_facts *tls = &record->tls;
    const char *cipher = tls->cipher == 0 ? NULL : tls_cipher_name(tls->cipher);

    tls_version(l, tls);
    if (tls->sni.len > 0) {
        layout_text(l, ROLE_NOTE, " to ");
        layout_wire_cut(l, ROLE_NOTE, tls->sni, NAME_SHOWN);
    }
    if (cipher != NULL)
        layout_format(l, ROLE_DIM, " (%s)", cipher);
    tls_handshake(l, tls);
    tls_alert(l, tls);
    layout_format(l, ROLE_DIM, ", %s up",
                  human_counted(tls->client_octets, "octet", "octets").text);
    layout_format(l, ROLE_DIM, ", %s down, not decrypted", human_count(tls->server_octets).text);
}

static void message_id(struct layout *l, const struct message *message)
{
    if (message->message_id.len == 0)
        return;
    layout_text(l, ROLE_DIM, ", Message-ID <");
    layout_wire_cut(l, ROLE_DIM, message->message_id, NAME_SHOWN);
    layout_text(l, ROLE_DIM, ">");
}

void text_content_line(struct text_report *report, const struct session_record *record,
                       const struct entry *entry)
{
    struct layout *l = &report->layout;
    const struct entry_data *data = &entry->data;

    layout_text(l, ROLE_NOTE, entry->verb == VERB_BDAT ? "chunk: " : "message: ");
    layout_text(l, ROLE_NOTE, human_counted(entry->octets, "octet", "octets").text);
    layout_text(l, ROLE_NOTE, " in ");
    layout_text(l, ROLE_NOTE, human_counted(data->lines, "line", "lines").text);
    if (entry->verb == VERB_BDAT && data->is_last)
        layout_text(l, ROLE_NOTE, ", the last");
    if (data->lost_octets > 0)
        layout_format(l, ROLE_WARN, ", %s not captured",
                      human_counted(data->lost_octets, "octet", "octets").text);
    if (!data->is_complete)
        layout_text(l, ROLE_WARN, ", its end was not seen");
    if ((entry->marks & MARK_FORCED_END) != 0)
        layout_text(l, ROLE_WARN, ", ended where the server took a look-alike for the end");
    if (data->is_last && data->message < record->message_count)
        message_id(l, &record->messages[data->message]);
}

/* " (EN10MB, USER5)": the link types of what could not be decoded for that reason. */
static void link_types(struct layout *l, const struct report_input *input, enum skip_reason reason)
{
    const char *head = " (";

    for (size_t i = 0; i < input->undecoded_count; i++) {
        const struct report_undecoded *row = &input->undecoded[i];

        if (row->reason != reason)
            continue;
        if (row->link_name != NULL)
            layout_format(l, ROLE_DIM, "%s%s", head, row->link_name);
        else
            layout_format(l, ROLE_DIM, "%s%d", head, row->link_type);
        head = ", ";
    }
    if (head[0] == ',')
        layout_text(l, ROLE_DIM, ")");
}

static void fragment_tricks(struct layout *l, const struct fragment_counts *fragments)
{
    if (fragments->overlapping > 0)
        layout_format(l, ROLE_WARN, "; %s",
                      human_counted(fragments->overlapping, "fragment that overlaps another",
                                    "fragments that overlap others")
                          .text);
    if (fragments->tiny > 0)
        layout_format(l, ROLE_WARN, "; %s",
                      human_counted(fragments->tiny, "fragment that cuts TCP's header",
                                    "fragments that cut TCP's header")
                          .text);
}

void text_skipped(struct layout *l, const struct report_input *input, enum text_skipped which,
                  const char *head)
{
    static const struct {
        const char *text;
        bool is_bad;
    } reasons[SKIP_REASON_COUNT] = {
        [SKIP_NOT_IP] = { "not IP", false },
        [SKIP_NOT_TCP] = { "not TCP", false },
        [SKIP_OTHER_PORT] = { "of other TCP ports", false },
        [SKIP_TRUNCATED] = { "cut inside their headers", true },
        [SKIP_MALFORMED] = { "malformed", true },
        [SKIP_UNSUPPORTED_LINK_TYPE] = { "of a link type not known", true },
        [SKIP_FRAGMENT] = { "fragments of datagrams not whole", true },
        [SKIP_CHECKSUM] = { "of wrong checksum", true },
        [SKIP_ENCRYPTED] = { "encrypted below IP or TCP", true },
        [SKIP_UNSUPPORTED_ENCAPSULATION] = { "in encapsulations not decoded", true },
        [SKIP_TOO_DEEP] = { "nested too deep", true },
    };

    for (unsigned i = 0; i < SKIP_REASON_COUNT; i++) {
        if (input->skipped[i] == 0 || reasons[i].text == NULL ||
            (which == TEXT_SKIPPED_BAD && !reasons[i].is_bad))
            continue;
        layout_text(l, ROLE_DIM, head);
        layout_format(l, ROLE_DIM, "%s %s", human_count(input->skipped[i]).text, reasons[i].text);
        link_types(l, input, (enum skip_reason)i);
        head = ", ";
    }
    fragment_tricks(l, &input->fragments);
}

void text_checksums(struct layout *l, const struct report_input *input)
{
    uint64_t partial = input->checksums[CHECKSUM_PARTIAL];
    uint64_t bad = input->checksums[CHECKSUM_BAD];

    if (partial > 0)
        layout_format(l, ROLE_DIM, "; %s left to the network card",
                      human_counted(partial, "checksum", "checksums").text);
    if (bad > 0)
        layout_format(l, ROLE_WARN, "; %s, analysed all the same (see --checksums)",
                      human_counted(bad, "wrong checksum", "wrong checksums").text);
}

void text_dropped(struct layout *l, const struct report_input *input)
{
    if (input->dropped_by_kernel > 0)
        layout_format(l, ROLE_BAD, "; %s dropped by the kernel",
                      human_counted(input->dropped_by_kernel, "packet", "packets").text);
    if (input->dropped_by_interface > 0)
        layout_format(l, ROLE_BAD, "; %s dropped by the interface",
                      human_counted(input->dropped_by_interface, "packet", "packets").text);
}

enum role text_outcome_role(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_DELIVERED:
        return ROLE_GOOD;
    case OUTCOME_PARTIAL:
    case OUTCOME_DEFERRED:
        return ROLE_WARN;
    case OUTCOME_REJECTED:
    case OUTCOME_REFUSED:
    case OUTCOME_UNANSWERED:
    case OUTCOME_ABORTED:
        return ROLE_BAD;
    case OUTCOME_ENCRYPTED:
    case OUTCOME_NO_MAIL:
    case OUTCOME_INCOMPLETE:
    case OUTCOME_COUNT:
        break;
    }
    return ROLE_PLAIN;
}

enum role text_code_role(unsigned code)
{
    if (code >= 200 && code < 300)
        return ROLE_GOOD;
    if (code >= 300 && code < 400)
        return ROLE_NOTE;
    return code >= 400 && code < 500 ? ROLE_WARN : ROLE_BAD;
}

const char *text_outcome(enum outcome outcome)
{
    return outcome == OUTCOME_NO_MAIL ? "without mail" : outcome_name(outcome);
}
