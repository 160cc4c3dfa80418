/* A run ends whole, or says that it did not. */
#include "oom/laws.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <jansson.h>

#include "app/exit_status.h"

void ending_clear(struct ending *ending)
{
    free(ending->output.text);
    free(ending->messages.text);
    for (size_t i = 0; i < RUN_FILES_MAX; i++)
        free(ending->reports[i].text);
    *ending = (struct ending){ 0 };
}

static bool is_same(const struct left *a, const struct left *b)
{
    if (a->text == NULL || b->text == NULL)
        return a->text == b->text;
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static bool is_json(const char *text, size_t len)
{
    json_error_t problem;
    json_t *value = json_loadb(text, len, JSON_REJECT_DUPLICATES, &problem);

    json_decref(value);
    return value != NULL;
}

/* Nothing, or lines of which each is whole and JSON. */
static bool is_ndjson(const struct left *left)
{
    size_t at = 0;

    while (at < left->len) {
        const char *line = left->text + at;
        const char *end = memchr(line, '\n', left->len - at);

        if (end == NULL || !is_json(line, (size_t)(end - line)))
            return false;
        at += (size_t)(end - line) + 1;
    }
    return true;
}

static bool is_in_form(const struct left *left, enum run_form form)
{
    switch (form) {
    case RUN_PROSE:
        return true;
    case RUN_JSON:
        return left->len == 0 || is_json(left->text, left->len);
    case RUN_NDJSON:
        return is_ndjson(left);
    }
    return false;
}

/* "smtpscope: out of memory", what it was about named in between where that is known. */
static bool tells_memory(const char *line, size_t len)
{
    static const char begin[] = "smtpscope: ";
    static const char end[] = "out of memory";
    size_t least = strlen(begin) + strlen(end);

    return len >= least && memcmp(line, begin, strlen(begin)) == 0 &&
           memcmp(line + len - strlen(end), end, strlen(end)) == 0 &&
           (len == least || memcmp(line + len - strlen(end) - 2, ": ", 2) == 0);
}

/* Whether the run says so, too, when nothing is wrong. */
static bool is_usual(const struct left *usual, const char *line, size_t len)
{
    return len > 0 && memmem(usual->text, usual->len, line, len) != NULL;
}

/* Each line that is not usual says so; `*lines` counts them. */
static bool messages_tell(const struct left *messages, const struct left *usual, size_t *lines)
{
    size_t at = 0;

    *lines = 0;
    while (at < messages->len) {
        const char *line = messages->text + at;
        const char *end = memchr(line, '\n', messages->len - at);

        if (end == NULL)
            return false;
        at += (size_t)(end - line) + 1;
        if (is_usual(usual, line, (size_t)(end - line)))
            continue;
        if (!tells_memory(line, (size_t)(end - line)))
            return false;
        ++*lines;
    }
    return true;
}

static const char *law_of_success(const struct ending *ending, const struct ending *whole)
{
    if (!is_same(&ending->output, &whole->output))
        return "exit status 0, but the report is another";
    if (!is_same(&ending->messages, &whole->messages))
        return "exit status 0, but the messages are others";
    for (size_t i = 0; i < RUN_FILES_MAX; i++)
        if (!is_same(&ending->reports[i], &whole->reports[i]))
            return "exit status 0, but the report of a -o is another";
    return NULL;
}

static const char *law_of_trouble(const struct run *run, const struct ending *ending,
                                  const struct ending *whole, size_t lines_max)
{
    size_t lines;

    if (!messages_tell(&ending->messages, &whole->messages, &lines))
        return "exit status 1, but standard error has a line that does not say why";
    if (lines == 0)
        return "exit status 1 without a word";
    if (lines > lines_max)
        return "exit status 1, and too many lines say so";
    if (!is_in_form(&ending->output, run->form))
        return "exit status 1, and standard output is no report of its format";
    for (size_t i = 0; i < RUN_FILES_MAX; i++)
        if (!is_in_form(&ending->reports[i], run->reports[i].form))
            return "exit status 1, and a -o left a report that is none of its format";
    return NULL;
}

const char *law_broken(const struct run *run, const struct ending *ending,
                       const struct ending *whole, size_t lines_max)
{
    if (WIFSIGNALED(ending->status))
        return WTERMSIG(ending->status) == SIGALRM ? "it hangs" : "ended by a signal";
    if (ending->strangers > 0)
        return "a temporary file is left";
    switch (WEXITSTATUS(ending->status)) {
    case EXIT_DONE:
        return law_of_success(ending, whole);
    case EXIT_TROUBLE:
        return law_of_trouble(run, ending, whole, lines_max);
    default:
        return "an exit status other than 0 and 1";
    }
}
