/* Phrases in a reply's own words: its lines as one text, searched for whole words. */
#include <string.h>

#include "base/mem.h"
#include "catalog/catalog_state.h"

/* What decides stands near the beginning of a reply; its longest known form has 700 octets. */
enum { TEXT_MAX = 2048 };

struct text {
    size_t len;
    uint8_t octets[TEXT_MAX];
};

enum status catalog_add_phrase(struct catalog *catalog, const struct catalog_phrase *phrase,
                               enum phrase_place place)
{
    size_t at = place == PHRASE_FIRST ? catalog->own_phrase_count : catalog->phrase_count;

    if (catalog->phrase_count == catalog->phrase_room) {
        size_t room = catalog->phrase_room == 0 ? 64 : catalog->phrase_room * 2;
        struct catalog_phrase *phrases = mem_realloc(catalog->phrases, room * sizeof(*phrases));

        if (phrases == NULL)
            return STATUS_NO_MEMORY;
        catalog->phrases = phrases;
        catalog->phrase_room = room;
    }
    mem_move(catalog->phrases + at + 1, catalog->phrases + at,
             (catalog->phrase_count - at) * sizeof(*catalog->phrases));
    catalog->phrases[at] = *phrase;
    catalog->phrase_count++;
    if (place == PHRASE_FIRST)
        catalog->own_phrase_count++;
    return STATUS_OK;
}

static bool is_blank(uint8_t octet)
{
    return octet <= ' ';
}

static bool is_letter(uint8_t octet)
{
    return ascii_is_alpha(octet) || ascii_is_digit(octet) || octet >= 0x80;
}

static void add_octets(struct text *text, struct slice octets)
{
    size_t room = TEXT_MAX - text->len;
    size_t len = octets.len < room ? octets.len : room;

    mem_copy(text->octets + text->len, octets.data, len);
    text->len += len;
}

static void add_blank(struct text *text)
{
    if (text->len > 0 && text->octets[text->len - 1] != ' ')
        add_octets(text, slice_of(" ", 1));
}

/* The octets of <...> where it holds an address, 0 otherwise. */
static size_t bracketed_address(struct slice s)
{
    size_t end = s.len > 0 && s.data[0] == '<' ? slice_find(s, 1, '>') : SLICE_NONE;

    if (end == SLICE_NONE || slice_find(slice_part(s, 0, end), 1, '@') == SLICE_NONE)
        return 0;
    return end + 1;
}

/* A line with its blanks single, the enhanced code before it and the addresses in it left out: what
 * a recipient is called must not explain why it was refused. */
static void add_line(struct text *text, struct slice line)
{
    struct enhanced_code enhanced;

    add_blank(text);
    line = slice_from(line, enhanced_code_parse(line, &enhanced));
    while (line.len > 0) {
        size_t len = bracketed_address(line);

        if (len == 0 && !is_blank(line.data[0])) {
            do
                len++;
            while (len < line.len && !is_blank(line.data[len]) && line.data[len] != '<');
            if (slice_find(slice_part(line, 0, len), 0, '@') == SLICE_NONE)
                add_octets(text, slice_part(line, 0, len));
        } else {
            add_blank(text);
            len = len == 0 ? 1 : len;
        }
        line = slice_from(line, len);
    }
}

/* True where the text goes on with the phrase, neither end of it inside a longer word. */
static bool stands_at(const struct text *text, size_t at, const struct catalog_phrase *phrase)
{
    struct slice words = slice_of(phrase->phrase, phrase->length);
    size_t end = at + words.len;

    if (!slice_starts_nocase(slice_of(text->octets + at, text->len - at), words))
        return false;
    return end == text->len || !is_letter(text->octets[end]) ||
           !is_letter(words.data[words.len - 1]);
}

static bool applies(const struct catalog_phrase *phrase, const struct reply_key *key)
{
    struct enhanced_code enhanced = phrase->enhanced;

    if (phrase->code != 0 && phrase->code != key->code)
        return false;
    if (phrase->class != 0 && phrase->class != key->code / 100)
        return false;
    if (enhanced.class == ENHANCED_ANY)
        enhanced.class = key->enhanced.class;
    if (phrase->has_enhanced &&
        (key->enhanced.class == 0 || !enhanced_code_equal(enhanced, key->enhanced)))
        return false;
    return phrase->verb == NULL || (key->verb != NULL && strcmp(phrase->verb, key->verb) == 0);
}

/* Two letters tell many more phrases apart than one. */
static size_t head_of(const uint8_t letters[2])
{
    return (ascii_upper(letters[0]) * 31U + ascii_upper(letters[1])) % PHRASE_HEADS;
}

void catalog_index_phrases(struct catalog *catalog)
{
    catalog->phrase_letters = 0;
    for (size_t i = 0; i < PHRASE_HEADS; i++)
        catalog->phrase_heads[i] = 0;
    for (size_t i = catalog->phrase_count; i > 0; i--) {
        struct catalog_phrase *phrase = &catalog->phrases[i - 1];
        uint32_t *head = phrase->length == 1
                             ? &catalog->phrase_letters
                             : &catalog->phrase_heads[head_of((const uint8_t *)phrase->phrase)];

        phrase->next = *head;
        *head = (uint32_t)i;
    }
}

/* Indices + 1 of the first phrases of each kind that were found; SIZE_MAX: none. */
struct found {
    size_t replaces;
    size_t adds;
};

/* Takes the phrases from `index` on that stand at `at` and go before those found so far. */
static void look_at(const struct catalog *catalog, const struct reply_key *key,
                    const struct text *text, size_t at, uint32_t index, struct found *found)
{
    for (; index != 0; index = catalog->phrases[index - 1].next) {
        const struct catalog_phrase *phrase = &catalog->phrases[index - 1];
        size_t *first = phrase->add != NULL ? &found->adds : &found->replaces;

        if (index < *first && stands_at(text, at, phrase) && applies(phrase, key))
            *first = index;
    }
}

void catalog_find_phrases(const struct catalog *catalog, const struct reply_key *key,
                          const struct catalog_phrase **replaces,
                          const struct catalog_phrase **adds)
{
    struct text text;
    struct found found = { SIZE_MAX, SIZE_MAX };

    *replaces = NULL;
    *adds = NULL;
    /* Refusals alone are explained by their words. */
    if (key->code < 400)
        return;
    text.len = 0;
    for (size_t i = 0; i < key->line_count && text.len < TEXT_MAX; i++)
        add_line(&text, key->lines[i]);
    for (size_t at = 0; at < text.len; at++) {
        bool is_inside = at > 0 && is_letter(text.octets[at - 1]) && is_letter(text.octets[at]);

        if (is_inside || text.octets[at] == ' ')
            continue;
        look_at(catalog, key, &text, at, catalog->phrase_letters, &found);
        if (at + 1 < text.len)
            look_at(catalog, key, &text, at, catalog->phrase_heads[head_of(text.octets + at)],
                    &found);
    }
    if (found.replaces != SIZE_MAX)
        *replaces = &catalog->phrases[found.replaces - 1];
    if (found.adds != SIZE_MAX)
        *adds = &catalog->phrases[found.adds - 1];
}
