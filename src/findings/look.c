/* Questions that several rules ask of a record. */
#include "findings/look.h"

#include "findings/thresholds.h"

bool place_is_before(struct place a, struct place b)
{
    if (a.capture == b.capture)
        return a.frame < b.frame;
    return a.at.ns < b.at.ns;
}

bool entry_is_legible(const struct entry *entry)
{
    return entry_is_whole(entry) && !entry->is_cut && entry->end != LINE_END_NONE;
}

const struct tcp_direction *record_direction(const struct session_record *record, enum side side)
{
    return side == SIDE_CLIENT ? &record->tcp->client : &record->tcp->server;
}

bool record_has_holes(const struct session_record *record, enum side side)
{
    const struct tcp_direction *direction = record_direction(record, side);

    if (side == SIDE_CLIENT ? record->is_client_unseen : record->is_server_unseen)
        return true;
    return direction->gaps > 0 || direction->lost_bytes > 0 || record->tcp->is_snapped;
}

bool record_has_start(const struct session_record *record)
{
    return record->tcp->handshake == TCP_HANDSHAKE_COMPLETE ||
           (record->tcp->handshake == TCP_HANDSHAKE_PARTIAL && record->greeting != 0);
}

bool record_has_end(const struct session_record *record)
{
    switch (record->tcp->close) {
    case TCP_CLOSE_FIN:
    case TCP_CLOSE_RST_CLIENT:
    case TCP_CLOSE_RST_SERVER:
    case TCP_CLOSE_IDLE:
        return record->entries_dropped == 0;
    case TCP_CLOSE_EVICTED:
    case TCP_CLOSE_OPEN:
        return false;
    }
    return false;
}

bool record_is_opaque(const struct session_record *record)
{
    if (record->tls.mode == TLS_NONE)
        return false;
    for (uint32_t i = record->entry_count; i > 0; i--) {
        if (record->entries[i - 1].is_encrypted)
            return false;
    }
    return true;
}

enum verdict record_verdict(const struct session_record *record, uint32_t n)
{
    const struct entry *entry = record_entry(record, n);

    if (entry == NULL || entry->kind != ENTRY_REPLY || entry->reply.code < 200)
        return VERDICT_UNKNOWN;
    return entry->reply.code < 400 ? VERDICT_ACCEPTED : VERDICT_REFUSED;
}

uint32_t entry_answer(const struct entry *entry)
{
    switch (entry->kind) {
    case ENTRY_COMMAND:
    case ENTRY_SASL:
        return entry->command.answered_by;
    case ENTRY_DATA:
        return entry->data.answered_by;
    case ENTRY_REPLY:
    case ENTRY_TLS:
    case ENTRY_GAP:
        return 0;
    }
    return 0;
}

bool entry_awaits_answer(const struct entry *entry)
{
    switch (entry->kind) {
    case ENTRY_COMMAND:
        return entry->verb != VERB_QUIT && entry->verb != VERB_BDAT && entry->verb != VERB_PROXY;
    case ENTRY_SASL:
        return true;
    case ENTRY_DATA:
        return entry->data.is_complete;
    case ENTRY_REPLY:
    case ENTRY_TLS:
    case ENTRY_GAP:
        return false;
    }
    return false;
}

uint32_t record_first_unreceived(const struct session_record *record)
{
    uint64_t unacknowledged = record->tcp->client.unacknowledged;
    uint64_t after = 0; /* octets of the client's behind the entry */
    uint32_t first = 0;

    /* What TLS took, what was lost and what is not kept cannot be counted. */
    if (record->tls.mode != TLS_NONE || record->entries_dropped > 0)
        return 0;
    for (uint32_t i = record->entry_count; i > 0 && after < unacknowledged; i--) {
        const struct entry *entry = &record->entries[i - 1];

        if (entry->from != SIDE_CLIENT)
            continue;
        if (entry->kind == ENTRY_GAP || entry->is_doubtful || entry->is_cut)
            break;
        first = i;
        /* Its octets are not those of the wire: dots were taken out. */
        if (entry->kind == ENTRY_DATA && entry->verb == VERB_DATA)
            break;
        after += entry->octets;
    }
    return first;
}

const struct entry *record_dismissal(const struct session_record *record)
{
    for (uint32_t i = record->entry_count; i > 0; i--) {
        const struct entry *entry = &record->entries[i - 1];

        if (entry->kind == ENTRY_REPLY)
            return entry->reply.code == 221 || entry->reply.code == 421 ? entry : NULL;
    }
    return NULL;
}

const char *closed_by_text(enum tcp_closed_by closed_by)
{
    switch (closed_by) {
    case TCP_CLOSED_BY_NOBODY:
        return "nobody";
    case TCP_CLOSED_BY_CLIENT:
        return "the client";
    case TCP_CLOSED_BY_SERVER:
        return "the server";
    case TCP_CLOSED_BY_BOTH:
        return "both sides at once";
    }
    return "";
}

bool record_is_port_check(const struct session_record *record)
{
    const struct tcp_summary *tcp = record->tcp;

    return record->entry_count == 0 && tcp->closed_by == TCP_CLOSED_BY_CLIENT &&
           stamp_between(record->started.at, tcp->first_close.at) <= SLOW_GREETING;
}

bool record_offers_early_pipelining(const struct session_record *record)
{
    for (uint32_t i = 0; i < record->ehlo.extension_count; i++) {
        struct slice line = record->ehlo.extensions[i];

        if (slice_starts_nocase(line, slice_of_string("PIPECONNECT")) ||
            slice_starts_nocase(line, slice_of_string("PIPE_CONNECT")) ||
            slice_starts_nocase(line, slice_of_string("X_PIPE_CONNECT")))
            return true;
    }
    return false;
}

bool verb_says_hello(enum smtp_verb verb)
{
    return verb == VERB_EHLO || verb == VERB_HELO || verb == VERB_LHLO;
}

bool verb_opens_transaction(enum smtp_verb verb)
{
    const uint32_t verbs = UINT32_C(1) << VERB_MAIL | UINT32_C(1) << VERB_SEND |
                           UINT32_C(1) << VERB_SOML | UINT32_C(1) << VERB_SAML;

    return (verbs >> verb & 1) != 0;
}

static void hello_reply_step(struct hello *hello, const struct entry *entry)
{
    bool is_accepted = entry->reply.code >= 200 && entry->reply.code < 300;

    if (!is_accepted)
        return;
    if (entry->verb == VERB_EHLO || entry->verb == VERB_LHLO) {
        bool is_known = entry_is_whole(entry) && !entry->is_cut;

        *hello = (struct hello){ is_known ? HELLO_EHLO : HELLO_UNKNOWN, entry };
    } else if (entry->verb == VERB_HELO) {
        *hello = (struct hello){ HELLO_HELO, entry };
    } else if (smtp_verb_starts_tls(entry->verb) || entry->verb == VERB_XCLIENT) {
        /* RFC 3207 4.2: the client must forget what it was offered before TLS. */
        *hello = (struct hello){ HELLO_UNKNOWN, NULL };
    }
}

void hello_step(struct hello *hello, const struct entry *entry)
{
    switch (entry->kind) {
    case ENTRY_REPLY:
        hello_reply_step(hello, entry);
        break;
    case ENTRY_TLS:
    case ENTRY_GAP:
        *hello = (struct hello){ HELLO_UNKNOWN, NULL };
        break;
    case ENTRY_COMMAND:
    case ENTRY_SASL:
    case ENTRY_DATA:
        break;
    }
}

/* What follows the keyword `name` in an offer; false: none offers it. */
static bool find_offer(const struct hello *hello, struct slice name, struct slice *arguments)
{
    if (hello->kind != HELLO_EHLO || name.len == 0)
        return false;
    /* RFC 5321 4.1.1.1: the first line names the server. */
    for (uint32_t i = 1; i < hello->reply->reply.line_count; i++) {
        struct slice line = hello->reply->reply.lines[i];
        uint8_t next;

        if (!slice_starts_nocase(line, name))
            continue;
        next = line.len > name.len ? line.data[name.len] : ' ';
        /* "AUTH=LOGIN" is how servers wrote it before RFC 2554, and some still do. */
        if (next != ' ' && next != '=' && next != '\t')
            continue;
        *arguments = slice_trim(slice_from(line, name.len + 1));
        return true;
    }
    return false;
}

bool hello_offers(const struct hello *hello, const char *keyword, struct slice *arguments)
{
    struct slice unused;

    return find_offer(hello, slice_of_string(keyword), arguments == NULL ? &unused : arguments);
}

bool hello_offers_name(const struct hello *hello, struct slice name)
{
    struct slice unused;

    return find_offer(hello, name, &unused);
}

void sentence_add_entry(struct sentence *s, const struct entry *entry)
{
    switch (entry->kind) {
    case ENTRY_COMMAND:
        sentence_add(s, "%s",
                     entry->verb == VERB_UNKNOWN ? "a line that is no command"
                                                 : smtp_verb_name(entry->verb));
        break;
    case ENTRY_SASL:
        sentence_add(s, "an AUTH answer");
        break;
    case ENTRY_REPLY:
        if ((entry->marks & MARK_NO_CODE) != 0)
            sentence_add(s, "a reply without a code");
        else
            sentence_add(s, "reply %03u", (unsigned)entry->reply.code);
        break;
    case ENTRY_DATA:
        sentence_add(s, "%s", entry->verb == VERB_BDAT ? "a BDAT chunk" : "the message");
        break;
    case ENTRY_TLS:
    case ENTRY_GAP:
        break;
    }
}
