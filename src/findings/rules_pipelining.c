/* Findings about commands sent before the reply to the one before them (RFC 2920). The order of
 * capture shows it wherever the capture was taken: a command that waited for a reply passes every
 * point of the way after it. */
#include "findings/look.h"
#include "findings/rules.h"
#include "findings/sentence.h"

/* RFC 2920 3.1: EHLO, DATA, VRFY, EXPN, TURN, QUIT and NOOP end a group, as does every command of
 * an extension that does not say otherwise (RFC 3030 4.2 does for BDAT). XCLIENT begins the session
 * anew. HELO and HELP are not in that list; of BURL and XFORWARD it is not said plainly. */
static bool ends_group(const struct entry *entry)
{
    switch (entry->verb) {
    case VERB_EHLO:
    case VERB_LHLO:
    case VERB_DATA:
    case VERB_VRFY:
    case VERB_EXPN:
    case VERB_TURN:
    case VERB_ATRN:
    case VERB_ETRN:
    case VERB_QUIT:
    case VERB_NOOP:
    case VERB_STARTTLS:
    case VERB_X_ANONYMOUSTLS:
    case VERB_XCLIENT:
        return true;
    case VERB_NONE:
    case VERB_CONNECT:
    case VERB_END_OF_DATA:
    case VERB_UNKNOWN:
    case VERB_HELO:
    case VERB_MAIL:
    case VERB_RCPT:
    case VERB_BDAT:
    case VERB_BURL:
    case VERB_RSET:
    case VERB_HELP:
    case VERB_SEND:
    case VERB_SOML:
    case VERB_SAML:
    case VERB_AUTH:
    case VERB_XFORWARD:
    case VERB_PROXY:
    case VERB_COUNT:
        return false;
    }
    return false;
}

/* RFC 4954 4: AUTH ends a group too, unless it carries its whole exchange: an initial response of
 * a mechanism that needs no more. */
static bool is_auth_of_one_round(const struct entry *entry)
{
    static const char *const mechanisms[] = { "PLAIN", "EXTERNAL", "XOAUTH2", "OAUTHBEARER",
                                              "ANONYMOUS" };
    struct slice rest = entry->command.line;
    struct slice mechanism;

    (void)slice_next_word(&rest);
    mechanism = slice_next_word(&rest);
    if (slice_trim(rest).len == 0)
        return false;
    for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++) {
        if (slice_equal_nocase(mechanism, slice_of_string(mechanisms[i])))
            return true;
    }
    return false;
}

/* The last thing the client sent that is owed a reply, and what has to be known of it. */
struct flight {
    struct hello hello;
    const struct entry *before; /* NULL: none that can be judged */
    const struct entry *forced; /* reply to a content that ended at a look-alike; NULL: none */
};

static void flight_step(struct flight *flight, const struct session_record *record,
                        const struct entry *entry)
{
    hello_step(&flight->hello, entry);
    switch (entry->kind) {
    case ENTRY_COMMAND:
        /* Lines that are no commands may be a message that nobody wanted. A BDAT's reply answers
         * its octets, the entry that follows. */
        if (entry->verb == VERB_UNKNOWN)
            flight->before = NULL;
        else if (entry->verb != VERB_BDAT || entry->command.answered_by != 0)
            flight->before = entry;
        break;
    case ENTRY_SASL:
        flight->before = entry;
        break;
    case ENTRY_DATA:
        flight->before = entry;
        if ((entry->marks & MARK_FORCED_END) != 0)
            flight->forced = record_entry(record, entry->data.answered_by);
        break;
    case ENTRY_GAP:
    case ENTRY_TLS:
        flight->before = NULL;
        break;
    case ENTRY_REPLY:
        break;
    }
}

/* What the client had sent before `entry`, where `entry` was captured before its reply; NULL: it
 * waited, or it cannot be told. */
static const struct entry *in_flight_of(const struct flight *flight,
                                        const struct session_record *record,
                                        const struct entry *entry)
{
    const struct entry *before = flight->before;
    const struct entry *reply;

    if (before == NULL || entry->from != SIDE_CLIENT || entry->verb == VERB_UNKNOWN ||
        !entry_is_whole(entry) || !entry_is_whole(before))
        return NULL;
    /* What a look-alike turned into commands was sent as text. */
    if (flight->forced != NULL && place_is_before(entry->begin, flight->forced->begin))
        return NULL;
    reply = record_entry(record, entry_answer(before));
    if (reply == NULL || !entry_is_whole(reply) || !place_is_before(entry->begin, reply->begin))
        return NULL;
    return before;
}

/* "RCPT was sent before the reply to MAIL" */
static void describe(struct sentence *text, const struct entry *before, const struct entry *entry)
{
    sentence_add_entry(text, entry);
    sentence_add(text, " was sent before the reply to ");
    if (before->kind == ENTRY_DATA && before->verb == VERB_DATA)
        sentence_add(text, "the end of data");
    else
        sentence_add_entry(text, before);
}

/* A greeting by HELO, or an EHLO whose reply is known, that does not allow groups. */
static bool lacks_offer(const struct flight *flight)
{
    return flight->hello.kind != HELLO_UNKNOWN && !hello_offers(&flight->hello, "PIPELINING", NULL);
}

void rule_pipelining_not_offered(const struct session_record *record,
                                 const struct finding_rule *rule, struct findings *findings)
{
    struct flight flight = { .before = NULL };

    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];
        const struct entry *before = in_flight_of(&flight, record, entry);

        if (entry->kind == ENTRY_COMMAND && before != NULL && lacks_offer(&flight)) {
            struct finding_site site = { .n = entry_number(record, entry) };
            struct sentence text = { .len = 0 };

            describe(&text, before, entry);
            finding_raise(findings, rule, &site, "%s, and the server %s", text.text,
                          flight.hello.kind == HELLO_HELO ? "was greeted with HELO"
                                                          : "did not offer PIPELINING");
        }
        flight_step(&flight, record, entry);
    }
}

/* Exim lets a client that knows the server from before send EHLO, and what follows it, before the
 * greeting. */
static bool is_allowed_early(const struct session_record *record, const struct entry *before,
                             const struct entry *entry)
{
    return before->verb == VERB_EHLO && (before->marks & entry->marks & MARK_EARLY) != 0 &&
           record_offers_early_pipelining(record);
}

/* What must wait for its reply, with where that is written; NULL: nothing must. */
static const char *sync_reference(const struct entry *before, const struct entry *entry)
{
    if (entry->kind == ENTRY_GAP || entry->kind == ENTRY_TLS)
        return NULL;
    /* Content that was begun and of which nothing came. */
    if (entry->kind == ENTRY_DATA && entry->octets == 0 && !entry->data.is_complete)
        return NULL;
    if (before->kind == ENTRY_SASL)
        return "RFC 4954 4";
    if (before->kind != ENTRY_COMMAND)
        return NULL;
    if (before->verb == VERB_AUTH)
        return is_auth_of_one_round(before) ? NULL : "RFC 4954 4";
    if (entry->kind == ENTRY_DATA && before->verb != VERB_DATA)
        return NULL;
    return ends_group(before) ? "RFC 2920 3.1" : NULL;
}

void rule_pipelining_out_of_sync(const struct session_record *record,
                                 const struct finding_rule *rule, struct findings *findings)
{
    struct flight flight = { .before = NULL };

    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];
        const struct entry *before = in_flight_of(&flight, record, entry);
        const char *reference = before == NULL || is_allowed_early(record, before, entry)
                                    ? NULL
                                    : sync_reference(before, entry);

        /* Without the offer every group is wrong, and said to be by the rule above. */
        if (reference != NULL && !(entry->kind == ENTRY_COMMAND && lacks_offer(&flight))) {
            struct finding_site site = { .n = entry_number(record, entry), .reference = reference };
            struct sentence text = { .len = 0 };

            describe(&text, before, entry);
            finding_raise(findings, rule, &site, "%s, which must be waited for", text.text);
        }
        flight_step(&flight, record, entry);
    }
}
