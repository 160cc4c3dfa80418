/* One table of verbs; both directions of the lookup read it. */
#include "smtp/verb.h"

#include "base/mem.h"

static const char *const names[VERB_COUNT] = {
    [VERB_NONE] = "",
    [VERB_CONNECT] = "CONNECT",
    [VERB_END_OF_DATA] = ".",
    [VERB_UNKNOWN] = "?",
    [VERB_PROXY] = "PROXY",
    [VERB_HELO] = "HELO",
    [VERB_EHLO] = "EHLO",
    [VERB_LHLO] = "LHLO",
    [VERB_MAIL] = "MAIL",
    [VERB_RCPT] = "RCPT",
    [VERB_DATA] = "DATA",
    [VERB_BDAT] = "BDAT",
    [VERB_BURL] = "BURL",
    [VERB_RSET] = "RSET",
    [VERB_NOOP] = "NOOP",
    [VERB_QUIT] = "QUIT",
    [VERB_VRFY] = "VRFY",
    [VERB_EXPN] = "EXPN",
    [VERB_HELP] = "HELP",
    [VERB_SEND] = "SEND",
    [VERB_SOML] = "SOML",
    [VERB_SAML] = "SAML",
    [VERB_TURN] = "TURN",
    [VERB_ATRN] = "ATRN",
    [VERB_ETRN] = "ETRN",
    [VERB_AUTH] = "AUTH",
    [VERB_STARTTLS] = "STARTTLS",
    [VERB_X_ANONYMOUSTLS] = "X-ANONYMOUSTLS",
    [VERB_XCLIENT] = "XCLIENT",
    [VERB_XFORWARD] = "XFORWARD",
};

static size_t word_length(struct slice line)
{
    size_t n = 0;

    while (n < line.len && line.data[n] != ' ' && line.data[n] != '\t' && line.data[n] != ':')
        n++;
    return n;
}

/* Four octets, their letters made large: compared with four large letters it is exact. */
static uint32_t four_letters(const void *octets)
{
    uint32_t letters;

    mem_copy(&letters, octets, sizeof(letters));
    return letters & UINT32_C(0xDFDFDFDF);
}

enum smtp_verb smtp_verb_of(struct slice line)
{
    struct slice word = slice_part(line, 0, word_length(line));

    /* VERB_HELO is the first real one, the pseudo verbs are never read off the wire; up to VERB_AUTH
     * all have four letters. */
    if (word.len == 4) {
        uint32_t letters = four_letters(word.data);

        for (unsigned verb = VERB_HELO; verb <= VERB_AUTH; verb++) {
            if (four_letters(names[verb]) == letters)
                return (enum smtp_verb)verb;
        }
        return VERB_UNKNOWN;
    }
    for (unsigned verb = VERB_AUTH + 1; verb < VERB_COUNT; verb++) {
        if (slice_equal_nocase(word, slice_of_string(names[verb])))
            return (enum smtp_verb)verb;
    }
    return VERB_UNKNOWN;
}

static bool is_a_verbs_beginning(struct slice word)
{
    for (unsigned verb = VERB_HELO; verb < VERB_COUNT; verb++) {
        if (slice_starts_nocase(slice_of_string(names[verb]), word))
            return true;
    }
    return false;
}

enum parse smtp_verb_begins(struct slice octets)
{
    size_t lf = slice_find(octets, 0, '\n');
    struct slice line = slice_part(octets, 0, lf == SLICE_NONE ? octets.len : lf);
    bool has_cr = line.len > 0 && line.data[line.len - 1] == '\r';
    bool is_open = lf == SLICE_NONE && word_length(line) == line.len;

    if (has_cr)
        line.len--;
    /* Of a verb and CR the next octet tells whether the line ends there. */
    if (is_open && (has_cr ? smtp_verb_of(line) != VERB_UNKNOWN : is_a_verbs_beginning(line)))
        return PARSE_MORE;
    return !is_open && smtp_verb_of(line) != VERB_UNKNOWN ? PARSE_OK : PARSE_BAD;
}

const char *smtp_verb_name(enum smtp_verb verb)
{
    return verb < VERB_COUNT ? names[verb] : "";
}

bool smtp_verb_starts_tls(enum smtp_verb verb)
{
    return verb == VERB_STARTTLS || verb == VERB_X_ANONYMOUSTLS;
}
