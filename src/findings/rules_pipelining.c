/* Findings about commands sent before the reply to the one before them (RFC 2920). */
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

static void raise_not_offered(const struct view *view, const struct finding_rule *rule,
                              struct findings *findings)
{
    struct finding_site site = { .n = view->n };
    struct sentence text = { .len = 0 };

    describe(&text, view->in_flight, view->entry);
    finding_raise(findings, rule, &site, "%s, and the server %s", text.text,
                  view->hello.kind == HELLO_HELO ? "was greeted with HELO"
                                                 : "did not offer PIPELINING");
}

void rule_pipelining_not_offered(const struct view *view, const struct finding_rule *rule,
                                 struct findings *findings)
{
    if (view->in_flight != NULL && view->lacks_pipelining)
        raise_not_offered(view, rule, findings);
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

static void raise_out_of_sync(const struct view *view, const char *reference,
                              const struct finding_rule *rule, struct findings *findings)
{
    struct finding_site site = { .n = view->n, .reference = reference };
    struct sentence text = { .len = 0 };

    describe(&text, view->in_flight, view->entry);
    finding_raise(findings, rule, &site, "%s, which must be waited for", text.text);
}

void rule_pipelining_out_of_sync(const struct view *view, const struct finding_rule *rule,
                                 struct findings *findings)
{
    const struct entry *entry = view->entry;
    const struct entry *before = view->in_flight;
    const char *reference;

    if (before == NULL || is_allowed_early(view->record, before, entry))
        return;
    reference = sync_reference(before, entry);
    /* Without the offer every group is wrong, and said to be by the rule above. */
    if (reference != NULL && !(entry->kind == ENTRY_COMMAND && view->lacks_pipelining))
        raise_out_of_sync(view, reference, rule, findings);
}
