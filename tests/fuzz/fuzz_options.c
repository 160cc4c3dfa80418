/* The command line: words parted by NUL. What is refused is told in a line; what is taken is in its
 * range. Filters go through libpcap, which may not ask the network for names here. */
#include <assert.h>
#include <netdb.h>
#include <string.h>

#include "app/options.h"
#include "app/when.h"
#include "base/mem.h"
#include "capture/filter.h"
#include "capture/packet_name.h"
#include "fuzz/fuzz.h"

enum { TEXT_MAX = 2000, WORDS_MAX = 40, FILTER_MAX = 100 };

/* libpcap's resolver: there is none. */
int getaddrinfo(const char *restrict node, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
    (void)node;
    (void)service;
    (void)hints;
    *result = NULL;
    return EAI_NONAME;
}

static void check_line(const char *text)
{
    assert(text[0] != '\0' && memchr(text, '\0', OPTIONS_PROBLEM_MAX) != NULL);
}

static void check_options(const struct options *options)
{
    const struct selection *selection = &options->selection;

    assert(options->format <= FORMAT_SUMMARY && options->command <= COMMAND_VERSION);
    assert(selection->session_count <= SELECT_LIST_MAX);
    assert(selection->code_count <= SELECT_LIST_MAX);
    assert(selection->finding_count <= SELECT_LIST_MAX);
    assert(options->slow_ns >= 0 && options->live.duration_ns >= 0);
    for (size_t i = 0; i < options->word_count; i++)
        assert(options->words[i] != NULL);
    for (size_t i = 0; i < options->output_count; i++)
        assert(options->outputs[i].path != NULL && options->outputs[i].format <= FORMAT_SUMMARY);
}

/* The values by themselves, whatever option they stand behind. */
static void check_values(const char *text)
{
    struct selection selection = { 0 };
    struct ports ports = { 0 };
    struct ports before = { 0 };
    struct stamp at;
    int64_t ns = 0;

    (void)when_parse(text, &at);
    if (duration_parse(text, &ns))
        assert(ns >= 0);
    if (!ports_parse(&ports, text))
        assert(memcmp(&ports, &before, sizeof(ports)) == 0);
    (void)select_parse_sessions(&selection, text);
    (void)select_parse_codes(&selection, text);
    (void)select_parse_outcomes(&selection, text);
    (void)select_parse_findings(&selection, text);
    (void)select_parse_endpoint(&selection.client, text);
}

/* A name of -w is that of a file in one folder, whatever strftime makes of it. */
static void check_name(const char *text, unsigned digits)
{
    char name[PACKET_NAME_MAX];
    struct stamp at = { 1700000000 * STAMP_SECOND };

    if (packet_name(name, text, digits % 2 == 0, at, digits, digits % 11) != STATUS_OK)
        return;
    assert(name[0] != '\0' && strlen(name) < sizeof(name) && strchr(name, '/') == NULL);
    assert(strcmp(name, ".") != 0 && strcmp(name, "..") != 0);
}

static void check_filter(const char *expression)
{
    struct filter *filter;

    if (strlen(expression) > FILTER_MAX)
        return;
    assert(filter_new(&filter, expression) == STATUS_OK);
    assert(filter_prepare(filter) != STATUS_IO);
    filter_free(filter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[TEXT_MAX + 1];
    char *words[WORDS_MAX + 2] = { (char *)(uintptr_t) "smtpscope" };
    struct options_problem problem;
    struct options options;
    int count = 1;
    size_t len = size < TEXT_MAX ? size : TEXT_MAX;
    enum status status;

    mem_copy(text, data, len);
    text[len] = '\0';
    for (size_t at = 0; at < len && count <= WORDS_MAX; at += strlen(text + at) + 1) {
        words[count++] = text + at;
        check_values(text + at);
        check_name(text + at, (unsigned)size);
    }
    status = options_parse(&options, count, words, &problem);
    if (status == STATUS_USAGE)
        check_line(problem.text);
    else
        check_options(&options);
    if (status == STATUS_OK && options.filter != NULL)
        check_filter(options.filter);
    options_clear(&options);
    return 0;
}
