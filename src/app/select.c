/* Matches finished sessions against the selection options. */
#include "app/select.h"

#include "app/words.h"
#include "base/mem.h"
#include "net/endpoint.h"

bool select_parse_sessions(struct selection *selection, const char *text)
{
    struct slice rest = slice_of_string(text);
    struct slice word;

    selection->session_count = 0;
    while (word_next(&rest, &word)) {
        uint64_t n;

        if (!slice_to_u64(word, &n) || n == 0 || selection->session_count == SELECT_LIST_MAX)
            return false;
        selection->sessions[selection->session_count++] = n;
    }
    return true;
}

static bool parse_code(struct code_match *match, struct slice word)
{
    uint64_t code;

    *match = (struct code_match){ .class = 0 };
    if (word.len == 3 && word.data[0] >= '2' && word.data[0] <= '5' &&
        slice_equal_nocase(slice_from(word, 1), slice_of_string("xx"))) {
        match->class = (uint16_t)(word.data[0] - '0');
        return true;
    }
    if (word.len == 3 && slice_to_u64(word, &code) && code >= 100) {
        match->code = (uint16_t)code;
        return true;
    }
    return word.len > 0 && enhanced_code_parse(word, &match->enhanced) == word.len;
}

bool select_parse_codes(struct selection *selection, const char *text)
{
    struct slice rest = slice_of_string(text);
    struct slice word;

    selection->code_count = 0;
    while (word_next(&rest, &word)) {
        if (selection->code_count == SELECT_LIST_MAX ||
            !parse_code(&selection->codes[selection->code_count], word))
            return false;
        selection->code_count++;
    }
    return true;
}

bool select_parse_outcomes(struct selection *selection, const char *text)
{
    struct slice rest = slice_of_string(text);
    struct slice word;

    selection->outcomes = 0;
    while (word_next(&rest, &word)) {
        enum outcome outcome;

        if (!outcome_parse(word, &outcome))
            return false;
        selection->outcomes |= 1U << outcome;
    }
    return true;
}

bool select_parse_findings(struct selection *selection, const char *text)
{
    struct slice rest = slice_of_string(text);
    struct slice word;

    selection->finding_count = 0;
    while (word_next(&rest, &word)) {
        const struct finding_rule *rule = finding_rule_named(word);

        if (rule == NULL || selection->finding_count == SELECT_LIST_MAX)
            return false;
        selection->findings[selection->finding_count++] = rule;
    }
    return true;
}

bool select_parse_endpoint(struct endpoint_match *match, const char *text)
{
    struct slice address = slice_of_string(text);
    struct slice port = { 0 };
    char copy[ADDRESS_TEXT_MAX];
    uint64_t number = 0;
    size_t colon = slice_find(address, 0, ':');

    if (address.len > 0 && address.data[0] == '[') {
        size_t bracket = slice_find(address, 0, ']');

        if (bracket == SLICE_NONE)
            return false;
        port = slice_from(address, bracket + 1);
        address = slice_part(address, 1, bracket - 1);
    } else if (colon != SLICE_NONE && slice_find(address, colon + 1, ':') == SLICE_NONE) {
        port = slice_from(address, colon);
        address = slice_part(address, 0, colon);
    }
    if (port.len > 0 && (port.data[0] != ':' || !slice_to_u64(slice_from(port, 1), &number) ||
                         number == 0 || number > 65535))
        return false;
    if (address.len >= sizeof copy)
        return false;
    mem_copy(copy, address.data, address.len);
    copy[address.len] = '\0';
    if (!address_parse(copy, &match->endpoint.address))
        return false;
    match->endpoint.port = (uint16_t)number;
    match->is_set = true;
    return true;
}

static bool endpoint_matches(const struct endpoint_match *match, const struct endpoint *endpoint)
{
    if (!match->is_set)
        return true;
    return address_equal(&match->endpoint.address, &endpoint->address) &&
           (match->endpoint.port == 0 || match->endpoint.port == endpoint->port);
}

static bool session_matches(const struct selection *s, const struct session_record *record)
{
    for (size_t i = 0; i < s->session_count; i++)
        if (s->sessions[i] == record->ordinal)
            return true;
    return s->session_count == 0;
}

static bool holds(struct slice text, const char *part)
{
    return slice_find_nocase(text, slice_of_string(part)) != SLICE_NONE;
}

static bool address_matches(const char *part, const struct session_record *record)
{
    if (part == NULL)
        return true;
    for (uint32_t m = 0; m < record->message_count; m++) {
        const struct message *message = &record->messages[m];

        if (message->has_from && holds(message->from, part))
            return true;
        for (uint32_t r = 0; r < message->recipient_count; r++)
            if (holds(message->recipients[r].address, part))
                return true;
    }
    return false;
}

static bool reply_matches(const struct code_match *match, const struct entry_reply *reply)
{
    if (match->class != 0)
        return reply->code / 100 == match->class;
    if (match->code != 0)
        return reply->code == match->code;
    return enhanced_code_equal(reply->enhanced, match->enhanced);
}

static bool code_matches(const struct selection *s, const struct session_record *record)
{
    if (s->code_count == 0)
        return true;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        if (record->entries[i].kind != ENTRY_REPLY)
            continue;
        for (size_t c = 0; c < s->code_count; c++)
            if (reply_matches(&s->codes[c], &record->entries[i].reply))
                return true;
    }
    return false;
}

static bool finding_matches(const struct selection *s, const struct findings *findings)
{
    if (s->finding_count == 0)
        return true;
    for (uint32_t i = 0; i < findings->count; i++)
        for (size_t f = 0; f < s->finding_count; f++)
            if (findings->list[i].rule == s->findings[f])
                return true;
    return false;
}

/* A Message-ID may be typed with its angle brackets or without. */
static bool id_matches(const char *typed, const struct session_record *record)
{
    struct slice id;

    if (typed == NULL)
        return true;
    id = slice_trim(slice_of_string(typed));
    if (id.len >= 2 && id.data[0] == '<' && id.data[id.len - 1] == '>')
        id = slice_part(id, 1, id.len - 2);
    for (uint32_t m = 0; m < record->message_count; m++)
        if (id.len > 0 && (slice_equal(record->messages[m].message_id, id) ||
                           slice_equal(record->messages[m].queue_id, id)))
            return true;
    return false;
}

bool select_matches(const struct selection *selection, const struct session_record *record,
                    const struct findings *findings)
{
    if (selection->outcomes != 0 && (selection->outcomes >> record->outcome & 1) == 0)
        return false;
    if (selection->has_since && record->ended.at.ns < selection->since.ns)
        return false;
    if (selection->has_until && record->started.at.ns > selection->until.ns)
        return false;
    return session_matches(selection, record) &&
           endpoint_matches(&selection->client, &record->client) &&
           endpoint_matches(&selection->server, &record->server) &&
           address_matches(selection->address, record) && code_matches(selection, record) &&
           finding_matches(selection, findings) && id_matches(selection->id, record);
}
