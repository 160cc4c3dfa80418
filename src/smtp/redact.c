/* Nothing that was meant for the server's password check alone leaves this file. */
#include "smtp/redact.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/mem.h"

enum {
    ECHO_MIN = 4,  /* shorter tokens of a reply are words, not echoes */
    GUESS_MIN = 8, /* the same where no secret is known to compare with, and no '=' tells */
    RANGES_MAX = 8,
    MARK_ROOM = 48, /* "<redacted 18446744073709551615 octets>" */
};

/* Of a line, in octets. */
struct range {
    size_t from;
    size_t until;
};

struct redactor redactor_of(bool shows_secrets)
{
    struct redactor redactor = { .shows_secrets = shows_secrets };

    for (unsigned i = 0; i < REDACT_SECRETS_KEPT; i++)
        redactor.secrets[i] = buf_of(REDACT_SECRET_MAX);
    return redactor;
}

void redactor_clear(struct redactor *redactor)
{
    for (unsigned i = 0; i < REDACT_SECRETS_KEPT; i++) {
        struct buf *secret = &redactor->secrets[i];

        if (secret->data != NULL)
            mem_wipe(secret->data, secret->room);
        buf_clear(secret);
    }
}

static enum status remember(struct redactor *redactor, struct slice secret)
{
    struct buf *slot = &redactor->secrets[redactor->next_secret];
    size_t dropped;

    if (secret.len < ECHO_MIN)
        return STATUS_OK;
    redactor->next_secret = (redactor->next_secret + 1) % REDACT_SECRETS_KEPT;
    buf_reset(slot);
    return buf_append(slot, secret, &dropped);
}

static size_t keep(uint8_t *to, size_t room, struct slice from)
{
    size_t len = from.len < room ? from.len : room;

    mem_copy(to, from.data, len);
    return len;
}

/* Reads the user name out of a "name=value" list ended by `stop`: OAUTHBEARER's "a=", SCRAM's
 * "n=", XOAUTH2's "user=". */
static struct slice named_part(struct slice s, const char *name, uint8_t stop)
{
    size_t at = slice_find_nocase(s, slice_of_string(name));
    struct slice part;
    size_t end;

    if (at == SLICE_NONE)
        return slice_of(NULL, 0);
    part = slice_from(s, at + strlen(name));
    end = slice_find(part, 0, stop);
    return slice_part(part, 0, end == SLICE_NONE ? part.len : end);
}

static bool mechanism_is(const struct redactor *redactor, const char *name)
{
    struct slice mechanism = slice_of(redactor->mechanism, redactor->mechanism_len);

    return slice_starts_nocase(mechanism, slice_of_string(name));
}

/* The authentication identity in a decoded message; empty where this mechanism does not show it
 * here. PLAIN: RFC 4616; SCRAM: RFC 5802; OAUTHBEARER: RFC 7628; CRAM-MD5: RFC 2195. */
static struct slice identity_in(const struct redactor *redactor, struct slice clear)
{
    if (mechanism_is(redactor, "PLAIN")) {
        size_t first = slice_find(clear, 0, 0);
        size_t second = first == SLICE_NONE ? SLICE_NONE : slice_find(clear, first + 1, 0);

        if (second == SLICE_NONE)
            return slice_of(NULL, 0);
        return slice_part(clear, first + 1, second - first - 1);
    }
    if (mechanism_is(redactor, "LOGIN"))
        return redactor->step == 1 ? clear : slice_of(NULL, 0);
    if (mechanism_is(redactor, "CRAM-")) {
        size_t end = clear.len;

        while (end > 0 && clear.data[end - 1] != ' ')
            end--;
        return slice_part(clear, 0, end == 0 ? 0 : end - 1);
    }
    if (mechanism_is(redactor, "SCRAM-"))
        return redactor->step == 1 ? named_part(clear, ",n=", ',') : slice_of(NULL, 0);
    if (mechanism_is(redactor, "XOAUTH2"))
        return named_part(clear, "user=", 1);
    if (mechanism_is(redactor, "OAUTHBEARER"))
        return named_part(clear, "a=", ',');
    if (mechanism_is(redactor, "EXTERNAL"))
        return clear;
    return slice_of(NULL, 0);
}

/* Notes who wants in, and forgets the rest of the message. */
static void learn_identity(struct redactor *redactor, struct slice encoded)
{
    uint8_t clear[REDACT_SECRET_MAX];
    struct slice identity;
    size_t len;

    redactor->identity_len = 0;
    /* Which of the answers this is, is no longer known: a password could be taken for a name. */
    if (redactor->has_gap)
        return;
    if (!base64_decode(encoded, clear, sizeof(clear), &len))
        return;
    identity = identity_in(redactor, slice_of(clear, len));
    /* No name has a NUL in it: this is another mechanism's message, PLAIN's with its password. */
    if (slice_find(identity, 0, 0) != SLICE_NONE)
        identity = slice_of(NULL, 0);
    redactor->identity_len = keep(redactor->identity, sizeof(redactor->identity), identity);
    mem_wipe(clear, sizeof(clear));
}

/* Mechanism names are upper case (RFC 4422 3.1), but clients send small letters too: a name that
 * is neither all of one case nor free of '=' is a secret in the wrong place. */
static bool is_mechanism(struct slice word)
{
    bool has_upper = false;
    bool has_lower = false;

    if (word.len == 0 || word.len > 20)
        return false;
    for (size_t i = 0; i < word.len; i++) {
        uint8_t octet = word.data[i];

        if (octet >= 'A' && octet <= 'Z')
            has_upper = true;
        else if (octet >= 'a' && octet <= 'z')
            has_lower = true;
        else if (!ascii_is_digit(octet) && octet != '-' && octet != '_')
            return false;
    }
    return has_upper != has_lower;
}

/* Replaces the octets in `ranges`, which come in order, by "<redacted N octets>" each. */
static enum status hide_all(struct redactor *redactor, struct slice line,
                            const struct range *ranges, size_t count, struct smtp_event *event)
{
    size_t room = (sizeof(redactor->text) - count * MARK_ROOM) / (count + 1);
    enum status status = STATUS_OK;
    size_t at = 0;
    size_t len;

    if (count == 0 || redactor->shows_secrets)
        return STATUS_OK;
    redactor->text_len = 0;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        struct slice secret = slice_part(line, ranges[i].from, ranges[i].until - ranges[i].from);
        int n;

        len = keep(redactor->text + redactor->text_len, room,
                   slice_part(line, at, ranges[i].from - at));
        event->command.is_cut |= len < ranges[i].from - at;
        redactor->text_len += len;
        n = snprintf((char *)redactor->text + redactor->text_len,
                     sizeof(redactor->text) - redactor->text_len, "<redacted %zu octets>",
                     secret.len);
        if (n > 0)
            redactor->text_len += (size_t)n;
        at = ranges[i].until;
        status = remember(redactor, slice_trim(secret));
    }
    len = keep(redactor->text + redactor->text_len, room, slice_from(line, at));
    event->command.is_cut |= len < line.len - at;
    redactor->text_len += len;
    event->marks |= MARK_REDACTED;
    event->command.line = slice_of(redactor->text, redactor->text_len);
    return status;
}

/* Replaces the octets of the line from `from` to `until`. */
static enum status hide(struct redactor *redactor, struct slice line, size_t from, size_t until,
                        struct smtp_event *event)
{
    struct range range = { from, until };

    return hide_all(redactor, line, &range, from < until ? 1 : 0, event);
}

/* RFC 4954 4: AUTH mechanism [initial-response]. */
static enum status redact_auth(struct redactor *redactor, struct slice line,
                               struct smtp_event *event)
{
    struct slice rest = line;
    struct slice verb = slice_next_word(&rest);
    struct slice mechanism = slice_next_word(&rest);
    struct slice initial = slice_trim(rest);
    size_t head;

    redactor->has_seen_auth = true;
    redactor->has_gap = false;
    redactor->step = 0;
    redactor->identity_len = 0;
    redactor->mechanism_len = 0;
    if (!is_mechanism(mechanism)) {
        head = mechanism.len > 0 ? (size_t)(mechanism.data - line.data) : line.len;
        return hide(redactor, line, head, line.len, event);
    }
    redactor->mechanism_len = keep(redactor->mechanism, sizeof(redactor->mechanism), mechanism);
    event->command.mechanism = slice_of(redactor->mechanism, redactor->mechanism_len);
    if (initial.len == 0)
        return STATUS_OK;
    redactor->step = 1;
    if (!slice_equal(initial, slice_of_string("=")))
        learn_identity(redactor, initial);
    event->command.identity = slice_of(redactor->identity, redactor->identity_len);
    head = (size_t)(initial.data - line.data);
    (void)verb;
    return hide(redactor, line, head, line.len, event);
}

/* Where the password of "scheme://user:password@host" begins, though RFC 5092 has none; SLICE_NONE:
 * there is none. It may hold a slash: rather is a port taken for one. */
static size_t find_url_password(struct slice line)
{
    size_t authority = slice_find_nocase(line, slice_of_string("://"));
    size_t password = SLICE_NONE;

    for (size_t i = authority == SLICE_NONE ? line.len : authority + 3; i < line.len; i++) {
        if (line.data[i] == '@')
            return password;
        if (line.data[i] == ' ')
            break;
        if (line.data[i] == ':' && password == SLICE_NONE)
            password = i + 1;
    }
    return SLICE_NONE;
}

/* Where the access token of RFC 4467 begins, after the last colon of
 * ";urlauth=access:mechanism:token"; SLICE_NONE: there is none. */
static size_t find_url_token(struct slice line)
{
    size_t at = slice_find_nocase(line, slice_of_string(";urlauth="));
    size_t token = SLICE_NONE;

    for (size_t i = at == SLICE_NONE ? line.len : at; i < line.len; i++) {
        if (line.data[i] == ':')
            token = i + 1;
    }
    return token;
}

/* From the first secret to the URL's end. */
static enum status redact_burl(struct redactor *redactor, struct slice line,
                               struct smtp_event *event)
{
    size_t password = find_url_password(line);
    size_t head = password != SLICE_NONE ? password : find_url_token(line);
    size_t end;

    if (head == SLICE_NONE)
        return STATUS_OK;
    end = slice_find(line, head, ' ');
    return hide(redactor, line, head, end == SLICE_NONE ? line.len : end, event);
}

/* A proxy that checked the login hands it on: "XCLIENT ADDR=... LOGIN=name PASSWORD=secret". */
static enum status redact_xclient(struct redactor *redactor, struct slice line,
                                  struct smtp_event *event)
{
    static const char *const names[] = { "LOGIN=", "PASSWORD=" };
    struct range ranges[RANGES_MAX];
    struct slice rest = line;
    size_t count = 0;

    for (struct slice word = slice_next_word(&rest); word.len > 0; word = slice_next_word(&rest)) {
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
            size_t value = (size_t)(word.data - line.data) + strlen(names[i]);
            size_t until = (size_t)(word.data - line.data) + word.len;

            if (!slice_starts_nocase(word, slice_of_string(names[i])) || value == until)
                continue;
            if (count < RANGES_MAX)
                ranges[count++] = (struct range){ value, until };
            else
                ranges[RANGES_MAX - 1].until = line.len;
        }
    }
    return hide_all(redactor, line, ranges, count, event);
}

/* What a hole left of "AUTH mechanism initial-response", with what follows the hole joined to it
 * perhaps: from the first word that could be credentials to the line's end. */
static enum status redact_tail(struct redactor *redactor, struct slice line,
                               struct smtp_event *event)
{
    struct slice rest = line;

    if ((event->marks & MARK_AFTER_GAP) == 0)
        return STATUS_OK;
    while (rest.len > 0) {
        struct slice word = slice_next_word(&rest);

        if (base64_is_likely(word))
            return hide(redactor, line, (size_t)(word.data - line.data), line.len, event);
    }
    return STATUS_OK;
}

bool redact_is_like_auth(struct slice line)
{
    struct slice word = slice_trim(line);

    if (slice_starts_nocase(word, slice_of_string("X")))
        word = slice_from(word, 1);
    if (slice_starts_nocase(word, slice_of_string("-")))
        word = slice_from(word, 1);
    return slice_starts_nocase(word, slice_of_string("AUTH"));
}

enum status redact_command(struct redactor *redactor, struct slice line, struct smtp_event *event)
{
    event->command = (struct smtp_command){ .verb = smtp_verb_of(line), .line = line };
    if (event->command.verb == VERB_AUTH ||
        (event->command.verb == VERB_UNKNOWN && redact_is_like_auth(line)))
        return redact_auth(redactor, line, event);
    if (event->command.verb == VERB_BURL)
        return redact_burl(redactor, line, event);
    if (event->command.verb == VERB_XCLIENT)
        return redact_xclient(redactor, line, event);
    if (event->command.verb == VERB_UNKNOWN && redactor->has_seen_auth &&
        base64_is_likely(slice_trim(line)))
        return hide(redactor, line, 0, line.len, event);
    if (event->command.verb == VERB_UNKNOWN && redactor->has_seen_auth)
        return redact_tail(redactor, line, event);
    return STATUS_OK;
}

enum status redact_sasl(struct redactor *redactor, struct slice line, struct smtp_event *event)
{
    event->command = (struct smtp_command){ .verb = VERB_AUTH, .line = line };
    event->command.mechanism = slice_of(redactor->mechanism, redactor->mechanism_len);
    if (slice_equal(line, slice_of_string("*")))
        return STATUS_OK;
    redactor->step++;
    learn_identity(redactor, slice_trim(line));
    event->command.identity = slice_of(redactor->identity, redactor->identity_len);
    return hide(redactor, line, 0, line.len, event);
}

/* Without '=': "auth=" may stand before an echo. */
static bool is_token_octet(uint8_t octet)
{
    return ascii_is_alpha(octet) || ascii_is_digit(octet) || octet == '+' || octet == '/';
}

static struct slice without_filling(struct slice secret)
{
    while (secret.len > 0 && secret.data[secret.len - 1] == '=')
        secret.len--;
    return secret;
}

/* A server repeats a part of what it got; or all of it, of which only the beginning is kept. */
static bool is_echo(const struct redactor *redactor, struct slice token)
{
    /* The first place that is empty has only such behind it. */
    for (unsigned i = 0; i < REDACT_SECRETS_KEPT && redactor->secrets[i].len > 0; i++) {
        struct slice secret = without_filling(buf_view(&redactor->secrets[i]));

        if (secret.len >= ECHO_MIN && (slice_find_nocase(secret, token) != SLICE_NONE ||
                                       slice_find_nocase(token, secret) != SLICE_NONE))
            return true;
    }
    return false;
}

/* Base64 of what could be a name or a password: "dXNlcg==", and no word of a language. */
static bool is_encoded_text(struct slice token)
{
    uint8_t clear[REDACT_SECRET_MAX];
    bool has_filling = token.data[token.len - 1] == '=';
    /* What a server cuts off is no reason to show the rest. */
    size_t whole = token.len - token.len % 4;
    bool is_text = true;
    size_t len;

    if (whole > sizeof(clear) / 3 * 4)
        whole = sizeof(clear) / 3 * 4;
    if ((token.len < GUESS_MIN && !(has_filling && token.len % 4 == 0)) ||
        !base64_decode(slice_part(token, 0, whole), clear, sizeof(clear), &len))
        return false;
    /* PLAIN parts its parts with NUL (RFC 4616 2), XOAUTH2 with 1. */
    for (size_t i = 0; i < len; i++)
        is_text = is_text && (clear[i] <= 1 || (clear[i] >= ' ' && clear[i] < 0x7F));
    mem_wipe(clear, sizeof(clear));
    return is_text && len > 0;
}

/* The next token at or after `*at` that is a secret: an echo of those that `redactor` keeps; without
 * it, whatever reads as one. Its octets, with which `*at` then ends; empty where there is none. */
static struct slice next_secret(const struct redactor *redactor, struct slice text, size_t *at)
{
    while (*at < text.len) {
        size_t begin = *at;
        size_t end = begin;
        struct slice filled;

        while (end < text.len && is_token_octet(text.data[end]))
            end++;
        *at = end + 1;
        if (end - begin < ECHO_MIN - 2)
            continue;
        filled = slice_part(text, begin, end - begin);
        while (begin + filled.len < text.len && text.data[begin + filled.len] == '=')
            filled.len++;
        if (redactor != NULL
                ? end - begin >= ECHO_MIN && is_echo(redactor, slice_part(text, begin, end - begin))
                : is_encoded_text(filled))
            return filled;
    }
    return slice_of(NULL, 0);
}

static bool mask(const struct redactor *redactor, struct buf *text, size_t start, size_t len)
{
    struct slice part = slice_part(buf_view(text), start, len);
    bool found = false;
    size_t at = 0;

    for (struct slice secret = next_secret(redactor, part, &at); secret.len > 0;
         secret = next_secret(redactor, part, &at)) {
        memset(text->data + (secret.data - text->data), '*', secret.len);
        found = true;
    }
    return found;
}

bool redact_reply(const struct redactor *redactor, struct buf *text, size_t start, size_t len)
{
    return redact_has_secrets(redactor) && mask(redactor, text, start, len);
}

bool redact_finds_echo(const struct redactor *redactor, struct slice text)
{
    size_t at = 0;

    return redact_has_secrets(redactor) && next_secret(redactor, text, &at).len > 0;
}

bool redact_unknown_echo(struct buf *text, size_t start, size_t len)
{
    return mask(NULL, text, start, len);
}
