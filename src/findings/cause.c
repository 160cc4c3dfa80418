/* The commonest causes of lost mail, where the refusal's own words leave them out: told by what went
 * before it, by the list it names, by its enhanced code (RFC 3463, and the registry that RFC 5248
 * began). */
#include "findings/cause.h"

#include "base/mem.h"
#include "findings/look.h"

enum { WORDS_READ = 1024, ZONE_SHOWN = 80 };

/* The reply's lines as one text. */
struct words {
    uint8_t text[WORDS_READ];
    size_t len;
};

static struct words words_of(const struct entry *reply)
{
    struct words words = { .len = 0 };

    for (uint32_t i = 0; i < reply->reply.line_count; i++) {
        struct slice line = slice_part(reply->reply.lines[i], 0, WORDS_READ - words.len);

        mem_copy(words.text + words.len, line.data, line.len);
        words.len += line.len;
        if (words.len < WORDS_READ)
            words.text[words.len++] = ' ';
    }
    return words;
}

static bool is_letter(uint8_t octet)
{
    return ascii_is_alpha(octet) || ascii_is_digit(octet);
}

/* As whole words: "spf" is not in "spfilter". Returns the place behind it; SLICE_NONE: nowhere. */
static size_t find_phrase(struct slice text, const char *phrase)
{
    struct slice wanted = slice_of_string(phrase);
    size_t from = 0;

    while (from < text.len) {
        size_t at = slice_find_nocase(slice_from(text, from), wanted);
        size_t end;

        if (at == SLICE_NONE)
            return SLICE_NONE;
        at += from;
        end = at + wanted.len;
        if ((at == 0 || !is_letter(text.data[at - 1])) &&
            (end == text.len || !is_letter(text.data[end])))
            return end;
        from = at + 1;
    }
    return SLICE_NONE;
}

/* What an enhanced code says, and words by which a reply says the same itself. */
struct cause_row {
    uint16_t subject;
    uint16_t detail;
    const char *words;
    const char *phrases[6];
};

/* RFC 3463 3.2, 3.3, 3.4; RFC 7372 3.1, 3.2, 3.4 for 20, 23, 26; 28 is the registry's own. */
static const struct cause_row rows[] = {
    { 1, 1, "no such mailbox", { "unknown", "no such", "not found", "does not exist", "invalid" } },
    { 2, 2, "the mailbox is full", { "full", "quota", "overquota" } },
    { 3, 4, "the message is too large", { "large", "big", "size" } },
    { 7, 20, "the signature fails DKIM", { "dkim" } },
    { 7, 23, "the sender's domain fails SPF", { "spf" } },
    { 7, 26, "the sender's domain fails SPF, DKIM or DMARC", { "spf", "dkim", "dmarc" } },
    { 7, 28, "too much in too short a time", { "rate", "limit", "too many", "too much" } },
};

/* The code says what the words do not. */
static bool says_more(const struct cause_row *row, struct slice text, const struct entry *reply)
{
    const struct enhanced_code *enhanced = &reply->reply.enhanced;

    if (enhanced->class != 5 || enhanced->subject != row->subject ||
        enhanced->detail != row->detail)
        return false;
    for (size_t i = 0; i < sizeof(row->phrases) / sizeof(*row->phrases); i++) {
        if (row->phrases[i] != NULL && find_phrase(text, row->phrases[i]) != SLICE_NONE)
            return false;
    }
    return true;
}

/* The domain at the beginning of `text`: two labels at least; empty: none. */
static struct slice domain_at(struct slice text)
{
    size_t len = 0;
    size_t dots = 0;

    text = slice_trim(text);
    while (len < text.len &&
           (is_letter(text.data[len]) || text.data[len] == '-' || text.data[len] == '.')) {
        dots += text.data[len] == '.' ? 1 : 0;
        len++;
    }
    while (len > 0 && text.data[len - 1] == '.') {
        len--;
        dots--;
    }
    return slice_of(text.data, dots > 0 && !ascii_is_digit(text.data[0]) ? len : 0);
}

/* The list that a refusal names: "blocked using zen.spamhaus.org". */
static bool add_blocklist(struct sentence *s, struct slice text)
{
    static const char *const heads[] = { "blocked using", "listed in",    "listed by",
                                         "listed at",     "listed on",    "blacklisted by",
                                         "black list at", "blacklist at", "blocked by",
                                         "rejected by",   "found in" };
    static const char *const names[] = { "spamhaus", "spamcop",  "barracuda", "uceprotect",
                                         "sorbs",    "abusix",   "spfbl",     "invaluement",
                                         "psbl",     "mailspike" };

    for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
        size_t end = find_phrase(text, heads[i]);
        struct slice zone =
            end == SLICE_NONE ? slice_of(NULL, 0) : domain_at(slice_from(text, end));

        if (zone.len == 0)
            continue;
        sentence_add_text(s, " (blocklisted by ");
        sentence_add_octets(s, zone, ZONE_SHOWN);
        sentence_add_text(s, ")");
        return true;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (find_phrase(text, names[i]) == SLICE_NONE)
            continue;
        sentence_add(s, " (blocklisted by %s)", names[i]);
        return true;
    }
    return false;
}

static bool offers_mechanism(struct slice offered, struct slice mechanism)
{
    while (offered.len > 0) {
        if (slice_equal_nocase(slice_next_word(&offered), mechanism))
            return true;
    }
    return false;
}

/* AUTH where it was not offered, refused as out of place (500 to 504) and in other words. */
static const char *add_auth_not_offered(struct sentence *s, const struct entry *reply,
                                        struct slice text, const struct hello *hello)
{
    bool is_in_tls = hello_offers(hello, "STARTTLS", NULL);

    if (hello->kind != HELLO_EHLO || hello_offers(hello, "AUTH", NULL) ||
        reply->reply.code / 10 != 50 || find_phrase(text, "advertised") != SLICE_NONE)
        return NULL;
    sentence_add(s, " (the server does not offer AUTH%s)", is_in_tls ? " before STARTTLS" : "");
    return is_in_tls ? "auth-wants-tls" : "auth-not-offered";
}

/* AUTH by a mechanism that was not in the offer. */
static const char *add_mechanism(struct sentence *s, const struct entry *command,
                                 const struct hello *hello)
{
    struct slice rest = command->command.line;
    struct slice offered;
    struct slice mechanism;

    (void)slice_next_word(&rest);
    mechanism = slice_next_word(&rest);
    if (mechanism.len == 0 || !hello_offers(hello, "AUTH", &offered) ||
        offers_mechanism(offered, mechanism))
        return NULL;
    sentence_add_text(s, " (the server does not offer ");
    sentence_add_octets(s, mechanism, 24);
    sentence_add_text(s, ", but ");
    sentence_add_octets(s, offered, ZONE_SHOWN);
    sentence_add_text(s, ")");
    return "mechanism-not-offered";
}

/* 530 5.7.0 (RFC 3207 4), 538 5.7.11 (RFC 4954 6), and 504 5.7.4 (RFC 3463 3.8) that many servers
 * answer AUTH in clear with. */
static bool wants_tls(const struct entry *reply, struct slice text, const struct hello *hello)
{
    const struct enhanced_code *enhanced = &reply->reply.enhanced;
    bool says_so = find_phrase(text, "STARTTLS") != SLICE_NONE ||
                   find_phrase(text, "encryption required") != SLICE_NONE;

    if (reply->reply.code == 538 || (reply->reply.code == 530 && says_so) ||
        (enhanced->class == 5 && enhanced->subject == 7 && enhanced->detail == 11))
        return true;
    return reply->reply.code == 504 && enhanced->subject == 7 && enhanced->detail == 4 &&
           (says_so || hello_offers(hello, "STARTTLS", NULL));
}

/* What the refusal of a command is about, by what was said before it. */
struct told {
    bool is_told; /* no other cause is to be looked for */
    const char *id;
};

static struct told add_by_what_went_before(struct sentence *s, const struct session_record *record,
                                           const struct entry *reply, struct slice text)
{
    const struct entry *command = record_entry(record, reply->reply.answers);
    struct hello hello = { HELLO_UNKNOWN, NULL };
    struct told told = { .is_told = false };

    if (command == NULL || command->kind != ENTRY_COMMAND)
        return told;
    for (uint32_t n = 1; n < entry_number(record, command); n++)
        hello_step(&hello, record_entry(record, n));
    if (wants_tls(reply, text, &hello)) {
        if (find_phrase(text, "STARTTLS") == SLICE_NONE)
            sentence_add_text(s, " (the server wants TLS first)");
        told.is_told = true;
        /* The catalog knows the other codes for it as what they are. */
        told.id = reply->reply.code == 504 ? "auth-wants-tls" : NULL;
    } else if (command->verb == VERB_AUTH) {
        told.id = add_auth_not_offered(s, reply, text, &hello);
        if (told.id == NULL)
            told.id = add_mechanism(s, command, &hello);
        told.is_told = told.id != NULL;
    }
    return told;
}

const char *sentence_add_cause(struct sentence *s, const struct session_record *record,
                               const struct entry *reply)
{
    struct words words = words_of(reply);
    struct slice text = slice_of(words.text, words.len);
    struct told told;

    if (reply->reply.code < 400)
        return NULL;
    told = add_by_what_went_before(s, record, reply, text);
    if (told.is_told || add_blocklist(s, text))
        return told.id;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (says_more(&rows[i], text, reply)) {
            sentence_add(s, " (%s)", rows[i].words);
            break;
        }
    }
    return NULL;
}
