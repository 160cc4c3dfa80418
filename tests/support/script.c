/* Reads dialogues. */
#include "support/script.h"

#include <stdlib.h>
#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void add_octet(struct script *script, uint8_t octet)
{
    if (script->octet_count < SCRIPT_OCTETS_MAX)
        script->octets[script->octet_count++] = octet;
}

static void add_escaped(struct script *script, const char *text)
{
    while (*text != '\0') {
        char c = *text++;

        if (c != '\\') {
            add_octet(script, (uint8_t)c);
            continue;
        }
        c = *text == '\0' ? '\\' : *text++;
        if (c == 'r')
            add_octet(script, '\r');
        else if (c == 'n')
            add_octet(script, '\n');
        else if (c == '0')
            add_octet(script, 0);
        else if (c == 'x' && hex_digit(text[0]) >= 0 && hex_digit(text[1]) >= 0) {
            add_octet(script, (uint8_t)(hex_digit(text[0]) * 16 + hex_digit(text[1])));
            text += 2;
        } else {
            add_octet(script, (uint8_t)c);
        }
    }
}

static struct chunk *add_chunk(struct script *script, enum side from)
{
    struct chunk *chunk;

    if (script->count == SCRIPT_CHUNKS_MAX)
        return NULL;
    chunk = &script->chunks[script->count++];
    *chunk = (struct chunk){ .from = from };
    chunk->place.frame = script->count;
    chunk->place.at.ns = (int64_t)script->count * STAMP_SECOND + script->waited;
    chunk->data = slice_of(script->octets + script->octet_count, 0);
    return chunk;
}

/* One line of the script's upper part; false where it is none. */
static bool take_line(struct script *script, const char *line)
{
    enum side from = line[0] == 'C' ? SIDE_CLIENT : SIDE_SERVER;
    const char *text = line + 2;
    struct chunk *chunk;

    if (strcmp(line, "midstream") == 0) {
        script->is_midstream = true;
        return true;
    }
    if (strncmp(line, "wait ", 5) == 0) {
        script->waited += strtoll(line + 5, NULL, 10) * STAMP_SECOND;
        return true;
    }
    if ((line[0] != 'C' && line[0] != 'S') || strchr(":|+*!", line[1]) == NULL || line[1] == '\0')
        return false;
    text += *text == ' ' ? 1 : 0;
    if (line[1] == '+' && script->count > 0)
        chunk = &script->chunks[script->count - 1];
    else
        chunk = add_chunk(script, from);
    if (chunk == NULL || chunk->from != from)
        return false;
    if (line[1] == '!') {
        chunk->missing = strtoull(text, NULL, 10);
        return chunk->missing > 0;
    }
    if (line[1] == '*') {
        char *rest;
        unsigned long times = strtoul(text, &rest, 10);

        for (unsigned long i = 0; i < times; i++)
            add_escaped(script, *rest == ' ' ? rest + 1 : rest);
    } else {
        add_escaped(script, text);
    }
    if (line[1] == ':') {
        add_octet(script, '\r');
        add_octet(script, '\n');
    }
    chunk->data.len = (size_t)(script->octets + script->octet_count - chunk->data.data);
    return true;
}

static bool read_expected(struct script *script, FILE *file)
{
    size_t size;
    FILE *text = open_memstream(&script->expected, &size);
    int c;

    if (text == NULL)
        return false;
    while ((c = fgetc(file)) != EOF)
        fputc(c, text);
    return fclose(text) == 0;
}

static bool read_lines(struct script *script, FILE *file, const char *name)
{
    char *line = NULL;
    size_t room = 0;
    unsigned number = 0;
    bool is_good = true;

    *script = (struct script){ 0 };
    while (is_good && getline(&line, &room, file) != -1) {
        number++;
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "---") == 0) {
            is_good = read_expected(script, file);
            break;
        }
        if (line[0] != '#' && line[0] != '\0')
            is_good = take_line(script, line);
        if (!is_good)
            fprintf(stderr, "%s:%u: what is \"%s\"?\n", name, number, line);
    }
    free(line);
    return is_good;
}

bool script_read(struct script *script, const char *path)
{
    FILE *file = fopen(path, "r");
    bool is_good;

    if (file == NULL) {
        perror(path);
        return false;
    }
    is_good = read_lines(script, file, path);
    fclose(file);
    return is_good;
}

bool script_read_text(struct script *script, const char *text)
{
    FILE *file = fmemopen((void *)text, strlen(text) + 1, "r");
    bool is_good;

    if (file == NULL) {
        perror("fmemopen");
        return false;
    }
    is_good = read_lines(script, file, "script");
    fclose(file);
    return is_good;
}
