/* Findings about single lines: their length, their end, their octets. */
#include "findings/command_limits.h"
#include "findings/path.h"
#include "findings/rules.h"
#include "findings/sentence.h"

static bool is_client_line(const struct entry *entry)
{
    return entry->kind == ENTRY_COMMAND || entry->kind == ENTRY_SASL;
}

static struct finding_site site_at(const struct session_record *record, const struct entry *entry)
{
    return (struct finding_site){ .n = entry_number(record, entry) };
}

/* Where in a message the sighting was. */
static struct finding_site site_of_sighting(const struct session_record *record,
                                            const struct entry *entry,
                                            const struct sighting *sighting)
{
    return (struct finding_site){
        .n = entry_number(record, entry),
        .frame = sighting->frame,
        .capture = sighting->capture,
        .count = sighting->count,
    };
}

static void raise_too_long(const struct view *view, const struct finding_rule *rule,
                           struct findings *findings)
{
    const struct entry *entry = view->entry;
    struct finding_site site = { .n = view->n };
    struct sentence text = { .len = 0 };

    if (entry->kind == ENTRY_SASL || entry->verb == VERB_AUTH)
        site.reference = "RFC 4954 4";
    sentence_add_entry(&text, entry);
    sentence_add(&text, " of %s octets; the limit here is ", number_text_of(entry->octets).text);
    command_limit_explain(&text, entry, &view->hello);
    finding_raise(findings, rule, &site, "%s", text.text);
}

void rule_command_line_too_long(const struct view *view, const struct finding_rule *rule,
                                struct findings *findings)
{
    const struct entry *entry = view->entry;

    /* Across a hole two lines may have run together. */
    if (entry->octets > COMMAND_LINE_MAX && entry_is_whole(entry) &&
        entry->octets > command_limit(entry, &view->hello))
        raise_too_long(view, rule, findings);
}

void rule_reply_line_too_long(const struct session_record *record, const struct finding_rule *rule,
                              struct findings *findings)
{
    if ((record->marks & MARK_LONG_LINE) == 0)
        return;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];

        if (entry->kind != ENTRY_REPLY || entry->reply.longest_line <= REPLY_LINE_MAX ||
            !entry_is_whole(entry))
            continue;
        /* RFC 4954 4: a challenge may have 12288 octets. */
        if (entry->reply.code == 334 && entry->reply.longest_line <= SASL_LINE_MAX)
            continue;
        struct finding_site site = site_at(record, entry);
        struct sentence name = { .len = 0 };
        const char *limit = entry->reply.code == 334 ? "12,288 for a challenge" : "512";

        if (entry->reply.code == 334)
            site.reference = "RFC 4954 4";
        sentence_add_entry(&name, entry);
        finding_raise(findings, rule, &site, "%s has a line of %s octets; the limit is %s",
                      name.text, number_text_of(entry->reply.longest_line).text, limit);
    }
}

/* The MAIL that a content belongs to; NULL: none was captured. */
static const struct entry *mail_of(const struct session_record *record, const struct entry *content)
{
    for (const struct entry *entry = content; entry != record->entries; entry--) {
        const struct entry *before = entry - 1;

        if (before->kind == ENTRY_GAP)
            return NULL;
        if (before->kind == ENTRY_COMMAND && before->verb == VERB_MAIL)
            return before;
    }
    return NULL;
}

/* RFC 3030 3: after BODY=BINARYMIME a chunk has no lines, and may hold any octet. */
static bool is_binary(const struct session_record *record, const struct entry *entry)
{
    const struct entry *mail;
    struct path_parameter body;
    struct path_line line;

    if (entry->verb != VERB_BDAT)
        return false;
    mail = mail_of(record, entry);
    if (mail == NULL)
        return true;
    line = path_line_of(mail);
    return path_parameter_named(&line, "BODY", &body) &&
           slice_equal_nocase(body.value, slice_of_string("BINARYMIME"));
}

/* A content whose lines can be judged; NULL: another entry, or binary. */
static const struct content_facts *text_facts(const struct session_record *record,
                                              const struct entry *entry)
{
    if (entry->kind != ENTRY_DATA || entry->data.facts == NULL || is_binary(record, entry))
        return NULL;
    return entry->data.facts;
}

void rule_text_line_too_long(const struct session_record *record, const struct finding_rule *rule,
                             struct findings *findings)
{
    if ((record->marks & MARK_LONG_LINE) == 0)
        return;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];
        const struct content_facts *facts = text_facts(record, entry);

        if (facts == NULL || facts->long_line.count == 0)
            continue;
        struct finding_site site = site_of_sighting(record, entry, &facts->long_line);

        finding_raise(findings, rule, &site,
                      "%s line%s of the message over 1,000 octets; the longest has %s",
                      number_text_of(facts->long_line.count).text, plural(facts->long_line.count),
                      number_text_of(facts->longest_line).text);
    }
}

/* One octet of CRLF that stands alone. */
struct line_break_kind {
    const char *name;
    enum mark mark;
    enum line_end end;
};

static const struct sighting *sighting_of(const struct content_facts *facts,
                                          const struct line_break_kind *kind)
{
    return kind->mark == MARK_BARE_LF ? &facts->bare_lf : &facts->bare_cr;
}

static bool is_of_kind(enum line_break found, const struct line_break_kind *kind)
{
    if (kind->mark == MARK_BARE_LF)
        return found == LINE_BREAK_LF;
    return found == LINE_BREAK_CR || found == LINE_BREAK_CRCRLF;
}

/* Near the end of data a bare line end lets readers disagree about where the message stops. */
static bool endangers_end(const struct content_facts *facts, const struct line_break_kind *kind)
{
    if (facts->lookalikes.count > 0 &&
        (is_of_kind(facts->lookalike.before, kind) || is_of_kind(facts->lookalike.after, kind)))
        return true;
    return kind->mark == MARK_BARE_LF && facts->bare_lf_at_end && facts->lookalikes.count == 0;
}

static void raise_break_in_text(const struct session_record *record, const struct entry *entry,
                                const struct finding_rule *rule, struct findings *findings,
                                const struct line_break_kind *kind)
{
    const struct content_facts *facts = entry->data.facts;
    const struct sighting *seen = sighting_of(facts, kind);
    struct finding_site site = site_of_sighting(record, entry, seen);
    const char *danger = "";

    site.severity = SEVERITY_WARNING;
    if (entry->verb == VERB_DATA && endangers_end(facts, kind)) {
        site.severity = SEVERITY_ERROR;
        danger = facts->lookalikes.count > 0
                     ? "; with a dot beside it, some servers end the message there"
                     : "; it ends the line before the end of data";
    }
    finding_raise(findings, rule, &site, "%s %s%s in the message, the first at octet %s%s",
                  number_text_of(seen->count).text, kind->name, plural(seen->count),
                  number_text_of(seen->offset).text, danger);
}

static void raise_break_in_line(const struct session_record *record, const struct entry *entry,
                                const struct finding_rule *rule, struct findings *findings,
                                const struct line_break_kind *kind)
{
    struct finding_site site = site_at(record, entry);
    struct sentence name = { .len = 0 };

    site.severity = is_client_line(entry) ? SEVERITY_ERROR : SEVERITY_WARNING;
    sentence_add_entry(&name, entry);
    if (entry->end == kind->end)
        finding_raise(findings, rule, &site, "%s ends with a %s instead of CRLF", name.text,
                      kind->name);
    else
        finding_raise(findings, rule, &site, "%s with a %s in it", name.text, kind->name);
}

static void look_for_break(const struct session_record *record, const struct finding_rule *rule,
                           struct findings *findings, const struct line_break_kind *kind)
{
    if ((record->marks & kind->mark) == 0)
        return;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];
        const struct content_facts *facts = text_facts(record, entry);

        if (facts != NULL && sighting_of(facts, kind)->count > 0)
            raise_break_in_text(record, entry, rule, findings, kind);
        else if (entry->kind != ENTRY_DATA && (entry->marks & kind->mark) != 0)
            raise_break_in_line(record, entry, rule, findings, kind);
    }
}

void rule_bare_lf(const struct session_record *record, const struct finding_rule *rule,
                  struct findings *findings)
{
    look_for_break(record, rule, findings,
                   &(const struct line_break_kind){ "bare LF", MARK_BARE_LF, LINE_END_LF });
}

void rule_bare_cr(const struct session_record *record, const struct finding_rule *rule,
                  struct findings *findings)
{
    look_for_break(record, rule, findings,
                   &(const struct line_break_kind){ "bare CR", MARK_BARE_CR, LINE_END_CR });
}

static void raise_unterminated(const struct view *view, const struct finding_rule *rule,
                               struct findings *findings)
{
    uint64_t octets = view->entry->octets;
    struct finding_site site = { .n = view->n };
    struct sentence name = { .len = 0 };

    sentence_add_entry(&name, view->entry);
    finding_raise(findings, rule, &site,
                  "%s broke off after %s octet%s, before its CRLF, where the connection ended",
                  name.text, number_text_of(octets).text, plural(octets));
}

void rule_line_unterminated(const struct view *view, const struct finding_rule *rule,
                            struct findings *findings)
{
    const struct entry *entry = view->entry;

    /* A line that a hole cut off may well have had its end. */
    if (entry->end == LINE_END_NONE && entry_is_whole(entry) && record_has_end(view->record) &&
        !record_has_holes(view->record, entry->from))
        raise_unterminated(view, rule, findings);
}

void rule_nul_octet(const struct session_record *record, const struct finding_rule *rule,
                    struct findings *findings)
{
    if ((record->marks & MARK_NUL) == 0)
        return;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];
        const struct content_facts *facts = text_facts(record, entry);

        if (facts != NULL && facts->nul.count > 0) {
            struct finding_site site = site_of_sighting(record, entry, &facts->nul);

            finding_raise(findings, rule, &site,
                          "%s NUL octet%s in the message, the first at octet %s",
                          number_text_of(facts->nul.count).text, plural(facts->nul.count),
                          number_text_of(facts->nul.offset).text);
        } else if (entry->kind != ENTRY_DATA && (entry->marks & MARK_NUL) != 0) {
            struct finding_site site = site_at(record, entry);
            struct sentence name = { .len = 0 };

            site.reference = entry->kind == ENTRY_REPLY ? "RFC 5321 4.2" : "RFC 5321 4.1.2";
            sentence_add_entry(&name, entry);
            finding_raise(findings, rule, &site, "%s with a NUL octet in it", name.text);
        }
    }
}

/* RFC 6531 3.1: SMTPUTF8 given with MAIL holds for the RCPTs that follow; VRFY and EXPN have a
 * parameter of their own. */
struct utf8_state {
    bool is_known;
    bool is_on;
};

static bool utf8_may_be_used(struct utf8_state *state, const struct entry *entry)
{
    struct slice line = entry->command.line;

    if (entry->verb == VERB_RCPT)
        return !state->is_known || state->is_on;
    if (verb_takes_path(entry->verb)) {
        struct path_line path = path_line_of(entry);

        *state = (struct utf8_state){ true, path_parameter_named(&path, "SMTPUTF8", NULL) };
        return state->is_on;
    }
    return (entry->verb == VERB_VRFY || entry->verb == VERB_EXPN) &&
           slice_find_nocase(line, slice_of_string(" SMTPUTF8")) != SLICE_NONE;
}

void rule_non_ascii_command(const struct session_record *record, const struct finding_rule *rule,
                            struct findings *findings)
{
    struct utf8_state state = { .is_known = record_has_start(record) };

    if ((record->marks & MARK_8BIT) == 0)
        return;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];

        if (entry->kind == ENTRY_GAP)
            state.is_known = false;
        if (!is_client_line(entry))
            continue;
        if ((entry->kind == ENTRY_COMMAND && utf8_may_be_used(&state, entry)) ||
            (entry->marks & MARK_8BIT) == 0)
            continue;
        struct finding_site site = site_at(record, entry);
        struct sentence name = { .len = 0 };

        sentence_add_entry(&name, entry);
        finding_raise(findings, rule, &site,
                      "%s holds octets over 127, and SMTPUTF8 was not asked for", name.text);
    }
}

void rule_8bit_not_offered(const struct session_record *record, const struct finding_rule *rule,
                           struct findings *findings)
{
    struct hello hello = { HELLO_UNKNOWN, NULL };

    if ((record->marks & MARK_8BIT) == 0)
        return;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];
        const struct sighting *seen;

        hello_step(&hello, entry);
        if (entry->kind != ENTRY_DATA || entry->data.facts == NULL || hello.kind == HELLO_UNKNOWN)
            continue;
        seen = &entry->data.facts->eight_bit;
        if (seen->count == 0 || hello_offers(&hello, "8BITMIME", NULL) ||
            hello_offers(&hello, "BINARYMIME", NULL))
            continue;
        struct finding_site site = site_of_sighting(record, entry, seen);

        site.count = 1; /* only the first is looked for */
        finding_raise(
            findings, rule, &site, "octets over 127 in the message, the first at octet %s; %s",
            number_text_of(seen->offset).text,
            hello.kind == HELLO_HELO ? "after HELO no extension allows them"
                                     : "the server offered neither 8BITMIME nor BINARYMIME");
    }
}
