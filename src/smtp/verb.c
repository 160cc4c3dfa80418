/* One list of verbs; both directions of the lookup are made of it. */
#include "smtp/verb.h"

/* The real ones of four letters, as nearly all are. */
#define FOUR_LETTER_VERBS(X)    \
    X(HELO, 'H', 'E', 'L', 'O') \
    X(EHLO, 'E', 'H', 'L', 'O') \
    X(LHLO, 'L', 'H', 'L', 'O') \
    X(MAIL, 'M', 'A', 'I', 'L') \
    X(RCPT, 'R', 'C', 'P', 'T') \
    X(DATA, 'D', 'A', 'T', 'A') \
    X(BDAT, 'B', 'D', 'A', 'T') \
    X(BURL, 'B', 'U', 'R', 'L') \
    X(RSET, 'R', 'S', 'E', 'T') \
    X(NOOP, 'N', 'O', 'O', 'P') \
    X(QUIT, 'Q', 'U', 'I', 'T') \
    X(VRFY, 'V', 'R', 'F', 'Y') \
    X(EXPN, 'E', 'X', 'P', 'N') \
    X(HELP, 'H', 'E', 'L', 'P') \
    X(SEND, 'S', 'E', 'N', 'D') \
    X(SOML, 'S', 'O', 'M', 'L') \
    X(SAML, 'S', 'A', 'M', 'L') \
    X(TURN, 'T', 'U', 'R', 'N') \
    X(ATRN, 'A', 'T', 'R', 'N') \
    X(ETRN, 'E', 'T', 'R', 'N') \
    X(AUTH, 'A', 'U', 'T', 'H')

static const char *const names[VERB_COUNT] = {
    [VERB_NONE] = "",
    [VERB_CONNECT] = "CONNECT",
    [VERB_END_OF_DATA] = ".",
    [VERB_UNKNOWN] = "?",
    [VERB_PROXY] = "PROXY",
#define NAME(verb, a, b, c, d) [VERB_##verb] = #verb,
    FOUR_LETTER_VERBS(NAME)
#undef NAME
        [VERB_STARTTLS] = "STARTTLS",
    [VERB_X_ANONYMOUSTLS] = "X-ANONYMOUSTLS",
    [VERB_XCLIENT] = "XCLIENT",
    [VERB_XFORWARD] = "XFORWARD",
};

/* A blank or a colon: what ends a verb. */
static bool ends_verb(uint8_t octet)
{
    return ascii_is_blank(octet) || octet == ':';
}

static size_t word_length(struct slice line)
{
    size_t n = 0;

    while (n < line.len && !ends_verb(line.data[n]))
        n++;
    return n;
}

#define LETTERS(a, b, c, d) \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* Four octets, their letters made large: compared with four large letters it is exact. */
static enum smtp_verb verb_of_four(const uint8_t *octets)
{
    switch (LETTERS(octets[0], octets[1], octets[2], octets[3]) & UINT32_C(0xDFDFDFDF)) {
#define CASE(verb, a, b, c, d) \
    case LETTERS(a, b, c, d):  \
        return VERB_##verb;
        FOUR_LETTER_VERBS(CASE)
#undef CASE
    default:
        return VERB_UNKNOWN;
    }
}

enum smtp_verb smtp_verb_of(struct slice line)
{
    struct slice word;

    /* A word that is four octets long is none of the longer names. */
    if (line.len >= 4 && (line.len == 4 || ends_verb(line.data[4])))
        return verb_of_four(line.data);
    word = slice_part(line, 0, word_length(line));
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
