/* Paths and parameters of the envelope. */
#include "session/path.h"

#include "base/octets.h"

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
    size_t at = octets_find_either(s, '>', '"');
    bool is_open;

    if (at == s.len || s.data[at] == '>')
        return at;
    at = find_unquoted(s, ">", &is_open);
    /* A quote that never closes hides nothing. */
    if (at == SLICE_NONE && is_open)
        at = slice_find(s, 0, '>');
    return at == SLICE_NONE ? s.len : at;
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

/* Octets of "MAIL FROM:<" or "RCPT TO:<" where the line begins just so, as nearly every one does;
 * else 0. */
static size_t usual_beginning(struct slice line)
{
    static const char mail[] = "MAIL FROM:<";
    static const char rcpt[] = "RCPT TO:<";

    if (slice_starts(line, slice_of(mail, sizeof(mail) - 1)))
        return sizeof(mail) - 1;
    return slice_starts(line, slice_of(rcpt, sizeof(rcpt) - 1)) ? sizeof(rcpt) - 1 : 0;
}

static struct path_span span_of(size_t begin, size_t end)
{
    return (struct path_span){ .begin = (uint32_t)begin, .end = (uint32_t)end };
}

/* What stands at its end is '>' or a blank. */
struct slice path_parameters_behind(struct slice line, struct path_span address)
{
    return slice_trim(slice_from(line, (size_t)address.end + 1));
}

/* Nearly every path is written as RFC 5321 has it, and can be cut in one pass: false where this one
 * is not. */
static bool cut_usual(struct slice line, struct path_argument *out)
{
    size_t begin = usual_beginning(line);
    size_t at = after_atoms(line, begin);
    size_t end;

    if (begin == 0 || at == begin || at == line.len || line.data[at] != '@')
        return false;
    end = after_atoms(line, at + 1);
    if (end == at + 1 || end == line.len || line.data[end] != '>' || end > UINT16_MAX)
        return false;
    out->path = slice_part(line, begin, end - begin);
    out->address = out->path;
    out->span = span_of(begin, end);
    out->parameters = path_parameters_behind(line, out->span);
    out->place = (struct path_place){ (uint16_t)at, (uint16_t)end };
    return true;
}

/* Where the path stands in the line, its source route with it. */
static struct path_span path_in(struct slice line)
{
    size_t begin = usual_beginning(line);
    size_t end;

    while (line.len > 0 && ascii_is_blank(line.data[line.len - 1]))
        line.len--;
    if (begin == 0) {
        size_t colon = slice_find(line, 0, ':');

        begin = colon == SLICE_NONE ? strlen("MAIL") : colon + 1;
        begin = begin < line.len ? begin : line.len;
        while (begin < line.len && ascii_is_blank(line.data[begin]))
            begin++;
        if (begin == line.len || line.data[begin] != '<') {
            end = slice_find(line, begin, ' ');
            return span_of(begin, end == SLICE_NONE ? line.len : end);
        }
        begin++;
    }
    return span_of(begin, begin + closing_bracket(slice_from(line, begin)));
}

/* RFC 5321 4.1.1.3: a source route "@a,@b:" before the address is to be ignored. */
static struct path_span without_route(struct slice line, struct path_span path)
{
    size_t colon;

    if (path.begin == path.end || line.data[path.begin] != '@')
        return path;
    colon = slice_find(slice_part(line, 0, path.end), path.begin, ':');
    return colon == SLICE_NONE ? path : span_of(colon + 1, path.end);
}

static struct slice part_of(struct slice line, struct path_span span)
{
    return slice_part(line, span.begin, span.end - span.begin);
}

struct path_argument path_argument_of(struct slice line)
{
    struct path_argument argument = { .place = { 0 } };
    struct path_span path;

    if (cut_usual(line, &argument))
        return argument;
    path = path_in(line);
    argument.path = part_of(line, path);
    argument.span = without_route(line, path);
    argument.address = part_of(line, argument.span);
    argument.parameters = path_parameters_behind(line, path);
    return argument;
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
