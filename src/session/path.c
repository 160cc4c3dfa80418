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

struct path_argument path_argument_of(struct slice line)
{
    size_t colon = slice_find(line, 0, ':');
    struct slice rest = slice_trim(slice_from(line, colon == SLICE_NONE ? 4 : colon + 1));
    struct path_argument path = { 0 };
    size_t end;

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
