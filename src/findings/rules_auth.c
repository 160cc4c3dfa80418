/* Findings about AUTH (RFC 4954). */
#include "findings/look.h"
#include "findings/rules.h"
#include "findings/sentence.h"

enum { REFUSALS_MAX = 2 /* a wrong password, and once more */ };

/* Mechanisms that show what they prove: whoever reads it can use it again. */
struct reusable {
    const char *mechanism;
    uint32_t answers; /* the client's answer that holds the secret is this one */
};

static const struct reusable *reusable_of(struct slice mechanism)
{
    static const struct reusable rows[] = {
        { "PLAIN", 1 },       /* RFC 4616 2 */
        { "LOGIN", 2 },       /* name, then password */
        { "XOAUTH2", 1 },     /* Google's, before RFC 7628 */
        { "OAUTHBEARER", 1 }, /* RFC 7628 3.1 */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (slice_equal_nocase(mechanism, slice_of_string(rows[i].mechanism)))
            return &rows[i];
    }
    return NULL;
}

/* "AUTH PLAIN =" has an initial response that is empty (RFC 4954 4). */
static bool has_initial_response(struct slice line)
{
    struct slice rest = line;
    struct slice word;

    (void)slice_next_word(&rest);
    (void)slice_next_word(&rest);
    word = slice_next_word(&rest);
    return word.len > 0 && !slice_equal(word, slice_of_string("="));
}

/* What the client sent of credentials in the attempt that `command` begins: with the command, in
 * answer to challenges, or all the same after a refusal. */
static uint32_t answers_sent(const struct session_record *record, const struct entry *command)
{
    uint32_t answers = has_initial_response(command->command.line) ? 1 : 0;

    for (uint32_t n = entry_number(record, command) + 1; n <= record->entry_count; n++) {
        const struct entry *entry = record_entry(record, n);
        bool is_answer = entry->kind == ENTRY_SASL ||
                         (entry->kind == ENTRY_COMMAND && entry->verb == VERB_UNKNOWN &&
                          (entry->marks & MARK_REDACTED) != 0);

        if (entry->kind == ENTRY_COMMAND && !is_answer)
            break;
        if (is_answer && entry->command.line.len > 0 &&
            !slice_equal(entry->command.line, slice_of_string("*")))
            answers++;
    }
    return answers;
}

/* STARTTLS was accepted and the dialogue goes on in ASCII: a tap that decrypts. */
static bool is_behind_tls(const struct session_record *record, const struct entry *command)
{
    for (uint32_t n = 1; n < entry_number(record, command); n++) {
        const struct entry *entry = record_entry(record, n);

        if (entry->kind == ENTRY_REPLY && smtp_verb_starts_tls(entry->verb) &&
            entry->reply.code == 220)
            return true;
    }
    return false;
}

/* The offer that held when `command` was sent; one that was not seen is none. */
static bool was_offered_starttls(const struct session_record *record, const struct entry *command)
{
    struct hello hello = { HELLO_UNKNOWN, NULL };

    for (uint32_t n = 1; n < entry_number(record, command); n++)
        hello_step(&hello, record_entry(record, n));
    return hello_offers(&hello, "STARTTLS", NULL);
}

void rule_auth_in_clear(const struct session_record *record, const struct finding_rule *rule,
                        struct findings *findings)
{
    for (uint32_t i = 0; i < record->auth_count; i++) {
        const struct auth_attempt *attempt = &record->auth[i];
        const struct entry *command = record_entry(record, attempt->command);
        const struct reusable *reusable = reusable_of(attempt->mechanism);
        struct finding_site site = { .n = attempt->command };
        bool offered;

        if (command == NULL || reusable == NULL || attempt->is_encrypted ||
            answers_sent(record, command) < reusable->answers || is_behind_tls(record, command))
            continue;
        offered = was_offered_starttls(record, command);
        if (offered)
            site.severity = SEVERITY_ERROR;
        if (record->service == SERVICE_SUBMISSIONS)
            site.confidence = "a tap that decrypts TLS would look the same";
        finding_raise(
            findings, rule, &site, "AUTH %s in clear: whoever reads the packets has the %s%s",
            reusable->mechanism,
            reusable->mechanism[0] == 'P' || reusable->mechanism[0] == 'L' ? "password" : "token",
            offered ? ", although the server offers STARTTLS" : "");
    }
}

void rule_auth_repeated_failure(const struct session_record *record,
                                const struct finding_rule *rule, struct findings *findings)
{
    struct finding_site site = { .n = 0 };
    const struct auth_attempt *last = NULL;
    uint32_t refused = 0;

    for (uint32_t i = 0; i < record->auth_count; i++) {
        if (record->auth[i].result != AUTH_FAILURE)
            continue;
        refused++;
        last = &record->auth[i];
        if (site.n == 0)
            site.n = last->command;
    }
    if (last == NULL || refused <= REFUSALS_MAX)
        return;
    finding_raise(findings, rule, &site,
                  "%u of %u attempts to authenticate were refused, the last "
                  "with %03u",
                  (unsigned)refused, (unsigned)record->auth_count, (unsigned)last->code);
}
