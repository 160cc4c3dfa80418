/* Findings about the change to TLS: what came in clear where it must not, and what keeps a client
 * from changing. */
#include "findings/look.h"
#include "findings/rules.h"
#include "findings/sentence.h"

enum { MASKED_MIN = 4 /* letters or stars in a row that no server writes by itself */ };

/* n of the last STARTTLS that was answered 220; 0: none. */
static uint32_t accepted_starttls(const struct session_record *record)
{
    for (uint32_t n = record->entry_count; n > 0; n--) {
        const struct entry *entry = record_entry(record, n);
        const struct entry *reply;

        if (entry->kind != ENTRY_COMMAND || !smtp_verb_starts_tls(entry->verb))
            continue;
        reply = record_entry(record, entry->command.answered_by);
        if (reply != NULL && reply->reply.code == 220)
            return n;
    }
    return 0;
}

/* First number past what was said before TLS. */
static uint32_t end_of_clear(const struct session_record *record)
{
    return record->tls.first_entry > 0 ? record->tls.first_entry : record->entry_count + 1;
}

void rule_starttls_command_injection(const struct session_record *record,
                                     const struct finding_rule *rule, struct findings *findings)
{
    uint32_t starttls = record->tls.mode == TLS_STARTTLS ? accepted_starttls(record) : 0;

    if (starttls == 0)
        return;
    for (uint32_t n = starttls + 1; n < end_of_clear(record); n++) {
        const struct entry *entry = record_entry(record, n);
        struct finding_site site = { .n = n };
        struct sentence name = { .len = 0 };

        if (entry->from != SIDE_CLIENT || entry->kind == ENTRY_GAP || entry->kind == ENTRY_TLS)
            continue;
        sentence_add_entry(&name, entry);
        finding_raise(findings, rule, &site,
                      "%s in clear, behind STARTTLS and ahead of the TLS that "
                      "follows",
                      name.text);
    }
}

void rule_starttls_response_injection(const struct session_record *record,
                                      const struct finding_rule *rule, struct findings *findings)
{
    uint32_t starttls = record->tls.mode == TLS_STARTTLS ? accepted_starttls(record) : 0;
    const struct entry *command = record_entry(record, starttls);

    if (command == NULL)
        return;
    for (uint32_t n = command->command.answered_by + 1; n < end_of_clear(record); n++) {
        const struct entry *entry = record_entry(record, n);
        struct finding_site site = { .n = n };
        struct sentence name = { .len = 0 };

        if (entry->kind != ENTRY_REPLY)
            continue;
        sentence_add_entry(&name, entry);
        finding_raise(findings, rule, &site,
                      "%s in clear, behind the 220 to STARTTLS and ahead of the TLS that follows",
                      name.text);
    }
}

/* "XXXXXXXA": what Cisco's inspection writes over a word it does not want seen. */
static bool is_masked(struct slice word)
{
    size_t crosses = 0;

    while (crosses < word.len && word.data[crosses] == 'X')
        crosses++;
    return crosses >= MASKED_MIN && word.len - crosses <= 1;
}

/* The masked keyword of an accepted EHLO's reply; empty: none. */
static struct slice masked_keyword(const struct entry *reply)
{
    for (uint32_t i = 1; i < reply->reply.line_count; i++) {
        struct slice line = reply->reply.lines[i];

        /* Mostly the first octet tells that it is not. */
        if (line.len > 0 && line.data[0] != 'X' && !ascii_is_blank(line.data[0]))
            continue;
        line = slice_trim(line);
        if (is_masked(line))
            return line;
    }
    return slice_of(NULL, 0);
}

static void look_at_offer(const struct session_record *record, const struct entry *reply,
                          const struct hello *hello, const struct finding_rule *rule,
                          struct findings *findings)
{
    struct finding_site site = { .n = entry_number(record, reply) };
    struct slice masked = masked_keyword(reply);

    if (masked.len > 0 && !hello_offers(hello, "STARTTLS", NULL))
        finding_raise(findings, rule, &site,
                      "something between client and server wrote %.*s over a keyword of EHLO's "
                      "reply, and STARTTLS is not among the others",
                      (int)masked.len, (const char *)masked.data);
}

/* The client did not wait for the reply: what is refused may be that (RFC 2920 3.1). */
static bool was_followed_at_once(const struct session_record *record, const struct entry *command,
                                 const struct entry *reply)
{
    for (uint32_t n = entry_number(record, command) + 1; n <= record->entry_count; n++) {
        const struct entry *entry = record_entry(record, n);

        if (entry->kind == ENTRY_COMMAND)
            return place_is_before(entry->begin, reply->begin);
    }
    return false;
}

static void look_at_command(const struct session_record *record, const struct entry *command,
                            const struct hello *hello, const struct finding_rule *rule,
                            struct findings *findings)
{
    const struct entry *reply = record_entry(record, command->command.answered_by);
    struct finding_site site = { .n = entry_number(record, command) };
    struct slice line = slice_trim(command->command.line);

    if (command->verb == VERB_UNKNOWN && is_masked(line))
        finding_raise(findings, rule, &site,
                      "something between client and server wrote %.*s over a command",
                      (int)(line.len < 40 ? line.len : 40), (const char *)line.data);
    /* RFC 5321 4.2.4: 500 and 502 say that the verb is not known or not there. */
    else if (command->verb == VERB_STARTTLS && reply != NULL &&
             (reply->reply.code == 500 || reply->reply.code == 502) &&
             hello_offers(hello, "STARTTLS", NULL) && !was_followed_at_once(record, command, reply))
        finding_raise(findings, rule, &site,
                      "STARTTLS was offered, and then refused as unknown (%u)",
                      (unsigned)reply->reply.code);
}

void rule_starttls_stripped(const struct view *view, const struct finding_rule *rule,
                            struct findings *findings)
{
    if (view->entry->kind == ENTRY_COMMAND && view->is_legible)
        look_at_command(view->record, view->entry, &view->hello, rule, findings);
    else if (view->entry->kind == ENTRY_REPLY && view->hello.reply == view->entry)
        look_at_offer(view->record, view->entry, &view->hello, rule, findings);
}

/* Of the year a firewall lets the 2 and the 0 through. */
static bool may_be_mask(uint8_t octet)
{
    return octet == '*' || octet == '0' || octet == '2';
}

/* "220 *****0*2****", perhaps with a word that was let through: no server's own greeting, which
 * begins with its domain (RFC 5321 4.2). */
static bool is_masked_banner(struct slice text)
{
    struct slice rest = slice_trim(text);
    struct slice word;
    size_t stars = 0;

    if (rest.len == 0 || !may_be_mask(rest.data[0]))
        return false;
    word = slice_next_word(&rest);
    for (size_t i = 0; i < word.len; i++) {
        if (!may_be_mask(word.data[i]))
            return false;
        stars += word.data[i] == '*' ? 1 : 0;
    }
    if (stars < 3)
        return false;
    while (rest.len > 0) {
        word = slice_next_word(&rest);
        if (slice_equal_nocase(word, slice_of_string("SMTP")) ||
            slice_equal_nocase(word, slice_of_string("ESMTP")))
            continue;
        for (size_t i = 0; i < word.len; i++) {
            if (ascii_is_alpha(word.data[i]))
                return false;
        }
    }
    return true;
}

static void raise_masked_banner(const struct view *view, const struct finding_rule *rule,
                                struct findings *findings)
{
    const struct entry_reply *greeting = &view->entry->reply;
    struct finding_site site = { .n = view->n };

    finding_raise(findings, rule, &site, "the greeting is stars: \"%03u %.*s\"",
                  (unsigned)greeting->code, (int)character_boundary(greeting->lines[0], 60),
                  (const char *)greeting->lines[0].data);
}

void rule_banner_masked(const struct view *view, const struct finding_rule *rule,
                        struct findings *findings)
{
    const struct entry_reply *reply = &view->entry->reply;

    if (view->n == view->record->greeting && reply->line_count > 0 &&
        is_masked_banner(reply->lines[0]))
        raise_masked_banner(view, rule, findings);
}

/* The first command in clear after STARTTLS was accepted, where no TLS follows; NULL: none. */
static const struct entry *first_plain_command(const struct session_record *record)
{
    const struct entry *starttls = record_entry(record, accepted_starttls(record));
    const struct entry *reply;

    if (starttls == NULL || record->tls.mode != TLS_NONE)
        return NULL;
    reply = record_entry(record, starttls->command.answered_by);
    for (uint32_t n = entry_number(record, starttls) + 1; n <= record->entry_count; n++) {
        const struct entry *entry = record_entry(record, n);

        if (entry->kind == ENTRY_COMMAND && place_is_before(reply->place, entry->begin))
            return entry;
    }
    return NULL;
}

void rule_plaintext_after_starttls(const struct session_record *record,
                                   const struct finding_rule *rule, struct findings *findings)
{
    const struct entry *entry = first_plain_command(record);
    struct finding_site site = { .n = 0 };
    struct sentence name = { .len = 0 };

    if (entry == NULL)
        return;
    site.n = entry_number(record, entry);
    sentence_add_entry(&name, entry);
    finding_raise(findings, rule, &site,
                  "STARTTLS was accepted, and %s follows in clear: the packets were captured where "
                  "TLS is taken off, or neither side began it",
                  name.text);
}

/* What needs no greeting (RFC 5321 4.1.4), and what the client leaves with. */
static bool may_come_before_hello(const struct entry *entry)
{
    return entry->verb == VERB_NOOP || entry->verb == VERB_HELP || entry->verb == VERB_RSET ||
           entry->verb == VERB_QUIT;
}

void rule_ehlo_after_tls_missing(const struct session_record *record,
                                 const struct finding_rule *rule, struct findings *findings)
{
    const struct entry *first = first_plain_command(record);

    if (first == NULL)
        return;
    for (uint32_t n = entry_number(record, first); n <= record->entry_count; n++) {
        const struct entry *entry = record_entry(record, n);
        struct finding_site site = { .n = n };
        struct sentence name = { .len = 0 };

        if (entry->kind == ENTRY_GAP)
            return;
        if (entry->kind != ENTRY_COMMAND || may_come_before_hello(entry))
            continue;
        if (verb_says_hello(entry->verb) || !entry_is_legible(entry))
            return;
        sentence_add_entry(&name, entry);
        finding_raise(findings, rule, &site, "%s after STARTTLS, and no EHLO before it", name.text);
        return;
    }
}
