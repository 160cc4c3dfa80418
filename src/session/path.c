/* Paths and parameters of the envelope. */
#include "session/path.h"

/* Index of the first octet of `wanted`, which has one or two; SLICE_NONE: there is none. */
static size_t find_any(struct slice s, const char *wanted)
{
    size_t first = slice_find(s, 0, (uint8_t)wanted[0]);
    size_t second = wanted[1] == '\0' ? SLICE_NONE : slice_find(s, 0, (uint8_t)wanted[1]);

    return first < second ? first : second;
}

/* The first octet of `wanted` outside quotes, or SLICE_NONE; `*is_open`: a quote never closes. */
static size_t find_unquoted(struct slice s, const char *wanted, bool *is_open)
{
    uint8_t first = (uint8_t)wanted[0];
    uint8_t second = (uint8_t)wanted[1];
    size_t found = find_any(s, wanted);
    size_t quote = slice_find(s, 0, '"');

    *is_open = false;
    /* Hardly any path has quotes. */
    if (found <= quote)
        return found;
    for (size_t i = quote; i < s.len; i++) {
        if (*is_open && s.data[i] == '\\')
            i++;
        else if (s.data[i] == '"')
            *is_open = !*is_open;
        else if (!*is_open && s.data[i] != 0 && (s.data[i] == first || s.data[i] == second))
            return i;
    }
    return SLICE_NONE;
}

size_t path_find_unquoted(struct slice s, const char *wanted)
{
    bool is_open;

    return find_unquoted(s, wanted, &is_open);
}

/* Index of the '>' that closes a path, past any in a quoted local part; s.len where none does. */
static size_t closing_bracket(struct slice s)
{
    bool is_open;
    size_t at = find_unquoted(s, ">", &is_open);

    /* A quote that never closes hides nothing. */
    if (at == SLICE_NONE && is_open)
        at = slice_find(s, 0, '>');
    return at == SLICE_NONE ? s.len : at;
}

/* RFC 5321 4.1.1.3: a source route "@a,@b:" before the address is to be ignored. */
static struct slice without_route(struct slice address)
{
    size_t colon;

    if (address.len == 0 || address.data[0] != '@')
        return address;
    colon = slice_find(address, 0, ':');
    return colon == SLICE_NONE ? address : slice_from(address, colon + 1);
}

/* RFC 5322 3.2.3: atext, and the dots between. Nothing among them ends, quotes or routes. */
static const bool is_atom[256] = {
    ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true,
    ['*'] = true, ['+'] = true, ['-'] = true, ['.'] = true, ['/'] = true, ['0'] = true,
    ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true,
    ['7'] = true, ['8'] = true, ['9'] = true, ['='] = true, ['?'] = true, ['A'] = true,
    ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true, ['G'] = true,
    ['H'] = true, ['I'] = true, ['J'] = true, ['K'] = true, ['L'] = true, ['M'] = true,
    ['N'] = true, ['O'] = true, ['P'] = true, ['Q'] = true, ['R'] = true, ['S'] = true,
    ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true, ['X'] = true, ['Y'] = true,
    ['Z'] = true, ['^'] = true, ['_'] = true, ['`'] = true, ['a'] = true, ['b'] = true,
    ['c'] = true, ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true,
    ['i'] = true, ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true,
    ['o'] = true, ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true,
    ['u'] = true, ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true, ['z'] = true,
    ['{'] = true, ['|'] = true, ['}'] = true, ['~'] = true,
};

/* Index of the first octet from `from` on that is none of these. */
static size_t after_atoms(struct slice s, size_t from)
{
    while (from < s.len && is_atom[s.data[from]])
        from++;
    return from;
}

static bool begins_with(struct slice line, const char *text, size_t len)
{
    return line.len > len && memcmp(line.data, text, len) == 0;
}

/* Nearly every path is written as RFC 5321 has it, and can be cut in one pass: false where this one
 * is not. */
static bool cut_usual(struct slice line, struct path_argument *out)
{
    size_t begin;
    size_t at;
    size_t end;

    if (begins_with(line, "MAIL FROM:<", strlen("MAIL FROM:<")))
        begin = strlen("MAIL FROM:<");
    else if (begins_with(line, "RCPT TO:<", strlen("RCPT TO:<")))
        begin = strlen("RCPT TO:<");
    else
        return false;
    at = after_atoms(line, begin);
    if (at == begin || at == line.len || line.data[at] != '@')
        return false;
    end = after_atoms(line, at + 1);
    if (end == at + 1 || end == line.len || line.data[end] != '>' || end > UINT16_MAX)
        return false;
    out->path = slice_part(line, begin, end - begin);
    out->address = out->path;
    out->parameters = slice_trim(slice_from(line, end + 1));
    out->place = (struct path_place){ (uint16_t)at, (uint16_t)end };
    return true;
}

struct path_argument path_argument_of(struct slice line)
{
    struct path_argument path = { .place = { 0 } };
    struct slice rest;
    size_t colon;
    size_t end;

    if (cut_usual(line, &path))
        return path;
    colon = slice_find(line, 0, ':');
    rest = slice_trim(slice_from(line, colon == SLICE_NONE ? 4 : colon + 1));
    if (rest.len > 0 && rest.data[0] == '<') {
        rest = slice_from(rest, 1);
        end = closing_bracket(rest);
        path.path = slice_part(rest, 0, end);
        path.address = without_route(path.path);
        path.parameters = slice_trim(slice_from(rest, end + 1));
        return path;
    }
    path.path = slice_next_word(&rest);
    path.address = path.path;
    path.parameters = slice_trim(rest);
    return path;
}

size_t path_parameter_count(struct slice text)
{
    size_t count = 0;

    while (slice_next_word(&text).len > 0)
        count++;
    return count;
}

void path_parameters(struct slice text, struct parameter *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct slice word = slice_next_word(&text);
        size_t equals = slice_find(word, 0, '=');

        if (equals == SLICE_NONE)
            equals = word.len;
        list[i].name = slice_part(word, 0, equals);
        list[i].value = slice_from(word, equals + 1);
    }
}

struct slice path_message_id(struct slice body)
{
    size_t open = slice_find(body, 0, '<');
    size_t close = open == SLICE_NONE ? SLICE_NONE : slice_find(body, open, '>');

    if (close == SLICE_NONE)
        return slice_trim(body);
    return slice_part(body, open + 1, close - open - 1);
}
