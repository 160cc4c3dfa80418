/* Facts that servers put into the free text of their replies. */
#include "session/session_state.h"

static bool ends_word(uint8_t octet)
{
    switch (octet) {
    case ' ':
    case ',':
    case ';':
    case ']':
    case '>':
    case ')':
    case '\t':
    case '\0':
        return true;
    default:
        return false;
    }
}

/* The word after `mark`, cut at a blank or any of ",;]>)". */
static struct slice word_after(struct slice text, const char *mark)
{
    size_t at = slice_find_nocase(text, slice_of_string(mark));
    struct slice word;
    size_t end = 0;

    if (at == SLICE_NONE)
        return slice_of(NULL, 0);
    word = slice_from(text, at + strlen(mark));
    while (end < word.len && !ends_word(word.data[end]))
        end++;
    return slice_part(word, 0, end);
}

/* The word that stands before `mark`. */
static struct slice word_before(struct slice text, const char *mark)
{
    size_t at = slice_find_nocase(text, slice_of_string(mark));
    size_t begin;

    if (at == SLICE_NONE)
        return slice_of(NULL, 0);
    while (at > 0 && text.data[at - 1] == ' ')
        at--;
    begin = at;
    while (begin > 0 && text.data[begin - 1] != ' ')
        begin--;
    return slice_part(text, begin, at - begin);
}

struct slice queue_id_in(struct slice text)
{
    /* Postfix; Exim; Exchange; qmail; others that follow one of them. */
    static const char *const after[] = { "queued as ", "OK id=", "InternalId=", " qp " };
    /* Sendmail and OpenSMTPD; Gmail. */
    static const char *const before[] = { " Message accepted for delivery", " - gsmtp" };

    for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++) {
        struct slice word = word_after(text, after[i]);

        if (word.len > 0)
            return word;
    }
    for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
        struct slice word = word_before(text, before[i]);
        struct enhanced_code enhanced;

        if (word.len > 0 && enhanced_code_parse(word, &enhanced) == 0)
            return word;
    }
    return slice_of(NULL, 0);
}

/* `name` and a version number behind it, where one stands there. */
static struct slice with_version(struct slice text, size_t at, size_t name_len)
{
    size_t end = at + name_len;

    if (end + 1 < text.len && (text.data[end] == ' ' || text.data[end] == '/') &&
        ascii_is_digit(text.data[end + 1])) {
        end++;
        while (end < text.len && text.data[end] != ' ' && text.data[end] != ';' &&
               text.data[end] != ',' && text.data[end] != ')')
            end++;
    }
    return slice_part(text, at, end - at);
}

struct slice software_in(struct slice greeting)
{
    static const char *const names[] = {
        "Postfix",    "Exim",          "OpenSMTPD", "Sendmail",     "Microsoft ESMTP MAIL Service",
        "gsmtp",      "qmail",         "Haraka",    "hMailServer",  "MailEnable",
        "MDaemon",    "Kerio Connect", "Zimbra",    "IceWarp",      "Courier",
        "Stalwart",   "Maddy",         "Haproxy",   "Lotus Domino", "IBM Domino",
        "SurgeMail",  "Apache James",  "PowerMTA",  "Momentum",     "KumoMTA",
        "Proofpoint",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        size_t at = slice_find_nocase(greeting, slice_of_string(names[i]));

        if (at != SLICE_NONE)
            return with_version(greeting, at, strlen(names[i]));
    }
    return slice_of(NULL, 0);
}
