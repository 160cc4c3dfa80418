/* Header field bodies as sent -> UTF-8 for reading. */
#include "report/header_text.h"

#include <iconv.h>
#include <string.h>

#include "report/utf8.h"

/* RFC 2047 2 allows 75 octets; mailers that ignore it write a whole subject into one word. */
enum { ENCODED_WORD_MAX = 4096 };

/* Octets of neighbouring words that are put together before they are converted. */
enum { WORDS_MAX = 65536 };

enum { CHARSET_MAX = 24 };

/* What mail is written in. A list, because a name from the wire is no file name to hand to iconv,
 * which loads code by it. */
static const char *const converted_charsets[] = {
    "big5",         "cp1250",       "cp1251",       "cp1252",       "euc-jp",       "euc-kr",
    "gb18030",      "gb2312",       "gbk",          "iso-2022-jp",  "iso-8859-10",  "iso-8859-13",
    "iso-8859-14",  "iso-8859-15",  "iso-8859-16",  "iso-8859-2",   "iso-8859-3",   "iso-8859-4",
    "iso-8859-5",   "iso-8859-6",   "iso-8859-7",   "iso-8859-8",   "iso-8859-9",   "koi8-r",
    "koi8-u",       "shift_jis",    "tis-620",      "utf-16",       "utf-16be",     "utf-16le",
    "utf-7",        "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254",
    "windows-1255", "windows-1256", "windows-1257", "windows-1258", "windows-874",
};

enum { CONVERTED_CHARSETS = sizeof(converted_charsets) / sizeof(converted_charsets[0]) };

/* Converters of those, in their order, once header_text_prepare has been called. They stay open: the
 * C library unloads what nobody uses. */
static iconv_t prepared[CONVERTED_CHARSETS];
static bool is_prepared;

enum charset_kind {
    CHARSET_UNKNOWN,
    CHARSET_UTF8, /* US-ASCII too: where it is none, UTF-8 is the likeliest */
    CHARSET_LATIN1,
    CHARSET_CONVERTED,
};

struct encoded_word {
    struct slice charset;
    struct slice text;
    bool is_base64;
    size_t len; /* of the whole word */
};

struct decoder {
    struct buf *out;
    struct buf words;     /* decoded octets of neighbouring words of one charset */
    struct slice charset; /* of those */
    bool has_word;        /* what stands before is an encoded word */
    bool is_full;         /* a character did not fit: the text has ended */
    enum status status;
};

static const uint8_t replacement[] = { 0xEF, 0xBF, 0xBD }; /* U+FFFD */

/* Appends one character, whole or not at all; false where it no longer fits. What comes after one
 * that did not would stand in its place. */
static bool put_character(struct decoder *d, struct slice character)
{
    size_t dropped;

    d->is_full = d->is_full || character.len > d->out->max - d->out->len;
    if (d->status != STATUS_OK || d->is_full)
        return false;
    d->status = buf_append(d->out, character, &dropped);
    return d->status == STATUS_OK;
}

static void put_utf8(struct decoder *d, struct slice s)
{
    while (s.len > 0) {
        uint32_t character;
        size_t n = utf8_decode(s, &character);

        if (!put_character(d, n == 0 ? slice_of(replacement, sizeof(replacement))
                                     : slice_part(s, 0, n)))
            return;
        s = slice_from(s, n == 0 ? 1 : n);
    }
}

static void put_latin1(struct decoder *d, struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        uint8_t wide[2] = { (uint8_t)(0xC0 | s.data[i] >> 6),
                            (uint8_t)(0x80 | (s.data[i] & 0x3F)) };

        if (!put_character(d, s.data[i] < 0x80 ? slice_part(s, i, 1) : slice_of(wide, 2)))
            return;
    }
}

/* True where the charset's name, an RFC 2231 language tag cut off, is `name`. */
static bool is_named(struct slice charset, const char *name)
{
    return slice_equal_nocase(charset, slice_of_string(name));
}

static enum charset_kind charset_kind_of(struct slice charset, const char **name)
{
    *name = NULL;
    if (is_named(charset, "utf-8") || is_named(charset, "utf8") || is_named(charset, "us-ascii") ||
        is_named(charset, "ascii"))
        return CHARSET_UTF8;
    if (is_named(charset, "iso-8859-1") || is_named(charset, "latin1"))
        return CHARSET_LATIN1;
    if (is_named(charset, "ks_c_5601-1987")) {
        *name = "euc-kr"; /* the same characters; glibc knows only this name */
        return CHARSET_CONVERTED;
    }
    for (size_t i = 0; i < CONVERTED_CHARSETS; i++) {
        if (is_named(charset, converted_charsets[i])) {
            *name = converted_charsets[i];
            return CHARSET_CONVERTED;
        }
    }
    return CHARSET_UNKNOWN;
}

void header_text_prepare(void)
{
    if (is_prepared)
        return;
    for (size_t i = 0; i < CONVERTED_CHARSETS; i++)
        prepared[i] = iconv_open("UTF-8", converted_charsets[i]);
    is_prepared = true;
}

/* (iconv_t)-1 where iconv does not know the charset. */
static iconv_t converter_of(const char *name)
{
    if (!is_prepared)
        return iconv_open("UTF-8", name);
    for (size_t i = 0; i < CONVERTED_CHARSETS; i++) {
        if (strcmp(converted_charsets[i], name) != 0)
            continue;
        /* It may have been left in the middle of a shift sequence. */
        if (prepared[i] != (iconv_t)-1)
            (void)iconv(prepared[i], NULL, NULL, NULL, NULL);
        return prepared[i];
    }
    return (iconv_t)-1;
}

/* False where iconv does not know the charset. */
static bool put_converted(struct decoder *d, struct slice s, const char *name)
{
    iconv_t converter = converter_of(name);
    char piece[1024];
    size_t left = s.len;
    char *from;

    if (converter == (iconv_t)-1)
        return false;
    /* iconv takes a pointer to char that it does not write through. */
    from = (char *)(uintptr_t)s.data;
    while (left > 0) {
        size_t before = left;
        char *to = piece;
        size_t room = sizeof(piece);
        size_t failed = iconv(converter, &from, &left, &to, &room);

        put_utf8(d, slice_of(piece, sizeof(piece) - room));
        if (failed == (size_t)-1 && left > 0 && room == sizeof(piece) && left == before) {
            put_utf8(d, slice_of(replacement, sizeof(replacement)));
            from++;
            left--;
        }
    }
    if (!is_prepared)
        (void)iconv_close(converter);
    return true;
}

/* Converts the words gathered so far. */
static void end_words(struct decoder *d)
{
    const char *name;
    struct slice s = buf_view(&d->words);

    switch (charset_kind_of(d->charset, &name)) {
    case CHARSET_UNKNOWN:
    case CHARSET_UTF8:
        put_utf8(d, s);
        break;
    case CHARSET_LATIN1:
        put_latin1(d, s);
        break;
    case CHARSET_CONVERTED:
        if (!put_converted(d, s, name))
            put_utf8(d, s);
        break;
    }
    buf_reset(&d->words);
}

static void add_octet(struct decoder *d, uint8_t octet)
{
    size_t dropped;

    if (d->status == STATUS_OK)
        d->status = buf_append(&d->words, slice_of(&octet, 1), &dropped);
}

static int base64_value(uint8_t octet)
{
    if (octet >= 'A' && octet <= 'Z')
        return octet - 'A';
    if (octet >= 'a' && octet <= 'z')
        return octet - 'a' + 26;
    if (ascii_is_digit(octet))
        return octet - '0' + 52;
    if (octet == '+')
        return 62;
    return octet == '/' ? 63 : -1;
}

/* RFC 2045 6.8: octets outside the alphabet are passed over. */
static void add_base64(struct decoder *d, struct slice text)
{
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < text.len && text.data[i] != '='; i++) {
        int value = base64_value(text.data[i]);

        if (value < 0)
            continue;
        bits = (bits << 6 | (uint32_t)value) & 0xFFFFU;
        count += 6;
        if (count >= 8) {
            count -= 8;
            add_octet(d, (uint8_t)(bits >> count));
        }
    }
}

static int hex_value(uint8_t octet)
{
    uint8_t upper = ascii_upper(octet);

    if (ascii_is_digit(octet))
        return octet - '0';
    return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

/* RFC 2047 4.2: '_' is a space, =HH an octet; a stray '=' stands for itself. */
static void add_quoted(struct decoder *d, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t octet = text.data[i];

        if (octet == '=' && text.len - i > 2 && hex_value(text.data[i + 1]) >= 0 &&
            hex_value(text.data[i + 2]) >= 0) {
            octet = (uint8_t)(hex_value(text.data[i + 1]) * 16 + hex_value(text.data[i + 2]));
            i += 2;
        } else if (octet == '_') {
            octet = ' ';
        }
        add_octet(d, octet);
    }
}

/* Reads =?charset?encoding?text?= at the start of `s` (RFC 2047 2). */
static bool encoded_word_parse(struct slice s, struct encoded_word *word)
{
    size_t charset_end;
    size_t text;
    size_t end;
    size_t tag;

    s = slice_part(s, 0, ENCODED_WORD_MAX);
    if (!slice_starts(s, slice_of("=?", 2)))
        return false;
    charset_end = slice_find(s, 2, '?');
    if (charset_end == SLICE_NONE || s.len - charset_end < 5 || s.data[charset_end + 2] != '?')
        return false;
    word->charset = slice_part(s, 2, charset_end - 2);
    tag = slice_find(word->charset, 0, '*'); /* RFC 2231 5: charset*language */
    if (tag != SLICE_NONE)
        word->charset.len = tag;
    word->is_base64 = ascii_upper(s.data[charset_end + 1]) == 'B';
    if (!word->is_base64 && ascii_upper(s.data[charset_end + 1]) != 'Q')
        return false;
    text = charset_end + 3;
    end = slice_find(s, text, '?');
    if (end == SLICE_NONE || end + 1 >= s.len || s.data[end + 1] != '=')
        return false;
    word->text = slice_part(s, text, end - text);
    word->len = end + 2;
    return word->charset.len > 0 && word->charset.len <= CHARSET_MAX;
}

/* Takes an encoded word in; false where its charset is not known. Neighbouring words of one charset
 * are converted together: some mailers cut in the middle of a character. */
static bool take_word(struct decoder *d, const struct encoded_word *word)
{
    const char *name;

    if (charset_kind_of(word->charset, &name) == CHARSET_UNKNOWN)
        return false;
    if (d->words.len > 0 && !slice_equal_nocase(d->charset, word->charset))
        end_words(d);
    d->charset = word->charset;
    d->has_word = true;
    if (word->is_base64)
        add_base64(d, word->text);
    else
        add_quoted(d, word->text);
    return true;
}

static bool is_space(uint8_t octet)
{
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

/* Octets of white space and line ends at the start of `s`. */
static size_t space_length(struct slice s)
{
    size_t n = 0;

    while (n < s.len && is_space(s.data[n]))
        n++;
    return n;
}

/* White space as it stands, its line ends left out: RFC 5322 2.2.3. */
static void put_space(struct decoder *d, struct slice space)
{
    for (size_t i = 0; i < space.len; i++) {
        if (space.data[i] != '\r' && space.data[i] != '\n')
            put_utf8(d, slice_part(space, i, 1));
    }
}

/* Octets up to the next white space or the next thing that looks like an encoded word. Mailers put
 * words beside quotes and brackets, where RFC 2047 5 does not allow them. */
static size_t plain_length(struct slice s)
{
    size_t n = 1;

    while (n < s.len && !is_space(s.data[n]) &&
           !(s.data[n] == '=' && n + 1 < s.len && s.data[n + 1] == '?'))
        n++;
    return n;
}

static struct slice without_outer_space(struct slice s)
{
    s = slice_from(s, space_length(s));
    while (s.len > 0 && is_space(s.data[s.len - 1]))
        s.len--;
    return s;
}

enum status header_text_decode(struct slice body, struct buf *out)
{
    struct decoder d = { .out = out, .words = buf_of(WORDS_MAX) };
    struct slice rest = without_outer_space(body);

    while (rest.len > 0 && d.status == STATUS_OK) {
        struct slice space = slice_part(rest, 0, space_length(rest));
        struct encoded_word word = { 0 };
        size_t plain;

        rest = slice_from(rest, space.len);
        if (encoded_word_parse(rest, &word)) {
            /* RFC 2047 6.2: white space between two encoded words is not shown. */
            if (!d.has_word)
                put_space(&d, space);
            if (take_word(&d, &word)) {
                rest = slice_from(rest, word.len);
                continue;
            }
            end_words(&d);
            if (d.has_word)
                put_space(&d, space);
        } else {
            end_words(&d);
            put_space(&d, space);
        }
        d.has_word = false;
        plain = word.len > 0 ? word.len : plain_length(rest);
        put_utf8(&d, slice_part(rest, 0, plain));
        rest = slice_from(rest, plain);
    }
    end_words(&d);
    buf_clear(&d.words);
    return d.status;
}
