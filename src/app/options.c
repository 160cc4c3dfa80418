/* Reads the command line with getopt_long; what each option takes is a table. */
#include "app/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/option_table.h"
#include "app/words.h"
#include "base/limits.h"
#include "base/mem.h"

static const struct {
    const char *name;
    enum command command;
} commands[] = {
    { "analyze", COMMAND_ANALYZE }, { "analyse", COMMAND_ANALYZE },
    { "explain", COMMAND_EXPLAIN }, { "compare", COMMAND_COMPARE },
    { "codes", COMMAND_CODES },     { "findings", COMMAND_FINDINGS },
    { "live", COMMAND_LIVE },       { "interfaces", COMMAND_INTERFACES },
    { "help", COMMAND_HELP },
};

enum { COMMAND_NAMES = sizeof commands / sizeof *commands };

const char *command_name(enum command command)
{
    for (size_t i = 0; i < COMMAND_NAMES; i++)
        if (commands[i].command == command)
            return commands[i].name;
    return NULL;
}

bool command_named(const char *name, enum command *out)
{
    for (size_t i = 0; i < COMMAND_NAMES; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            *out = commands[i].command;
            return true;
        }
    }
    return false;
}

/* What the command line says beside the options proper. */
struct reading {
    struct options *options;
    struct options_problem *problem;
    bool has_command;
    bool wants_help;
    bool wants_version;
    unsigned used;          /* COMMAND_BIT of the commands that take every option seen */
    const char *odd_option; /* the option that left the fewest */
    const char **reads;     /* -r */
    size_t read_count;
};

__attribute__((format(printf, 2, 3))) static enum status fail(struct options_problem *problem,
                                                              const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
    return STATUS_USAGE;
}

static enum status take_option(struct reading *r, const struct option_row *row, const char *value)
{
    struct options *o = r->options;
    enum take_result result;

    if ((r->used & row->commands) != r->used)
        r->odd_option = row->shown;
    r->used &= row->commands;
    switch (row->kind) {
    case OPTION_HELP:
        r->wants_help = true;
        return STATUS_OK;
    case OPTION_VERSION:
        r->wants_version = true;
        return STATUS_OK;
    case OPTION_READ:
        r->reads[r->read_count++] = value;
        return STATUS_OK;
    case OPTION_SETTING:
        break;
    }
    result = row->take(o, value);
    switch (result) {
    case TAKE_OK:
        return STATUS_OK;
    case TAKE_WRONG:
        return fail(r->problem, "%s: '%.200s' is not %s", row->shown, value, row->expects);
    case TAKE_CONTRADICTS:
        return fail(r->problem, "%s: %s", row->shown, row->contradiction);
    case TAKE_TWICE:
        return fail(r->problem, "%s: '%.200s' is given twice", row->shown, value);
    }
    return STATUS_OK;
}

/* getopt's own arrays, made from the table. A long option's val is its row's index over all
 * letters. */
enum { VAL_BASE = 256, LETTERS_MAX = 2 * OPTION_ROWS_MAX + 2 };

static void make_getopt_arrays(char letters[LETTERS_MAX], struct option longs[OPTION_ROWS_MAX + 1])
{
    size_t letter_count = 0;
    size_t long_count = 0;

    letters[letter_count++] = ':';
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];

        if (row->letter != 0) {
            letters[letter_count++] = row->letter;
            if (row->value == OPTION_VALUE)
                letters[letter_count++] = ':';
        }
        if (row->name != NULL)
            longs[long_count++] = (struct option){
                .name = row->name,
                .has_arg = row->value == OPTION_VALUE ? required_argument : no_argument,
                .val = VAL_BASE + (int)i,
            };
    }
    letters[letter_count] = '\0';
    longs[long_count] = (struct option){ .name = NULL };
}

static const struct option_row *row_of(int found)
{
    if (found >= VAL_BASE)
        return &option_rows[found - VAL_BASE];
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].letter == found)
            return &option_rows[i];
    return NULL;
}

static enum status unknown_option(struct reading *r, char **argv, int found)
{
    const struct option_row *row = optopt == 0 ? NULL : row_of(optopt);
    const char *typed = argv[optind - 1];
    bool is_long = strncmp(typed, "--", 2) == 0;

    if (found == ':' && row != NULL)
        return fail(r->problem, "%s needs a value: %s", row->shown, row->expects);
    if (row != NULL && is_long)
        return fail(r->problem, "--%s takes no value", row->name);
    if (is_long)
        return fail(r->problem, "unknown option %.200s", typed);
    return fail(r->problem, "unknown option -%c", optopt);
}

static enum status read_options(struct reading *r, int argc, char **argv)
{
    char letters[LETTERS_MAX];
    struct option longs[OPTION_ROWS_MAX + 1];
    enum status status = STATUS_OK;
    int found;

    make_getopt_arrays(letters, longs);
    optind = 0; /* glibc: begin anew, for whoever parses twice */
    opterr = 0;
    while (status == STATUS_OK && (found = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (found == '?' || found == ':')
            status = unknown_option(r, argv, found);
        else
            status = take_option(r, row_of(found), optarg);
    }
    return status;
}

/* The operands from `first` on with a space between them, as one string that `o` owns. */
static enum status join(struct options *o, char **operands, size_t count)
{
    size_t size = 1;
    size_t at = 0;

    for (size_t i = 0; i < count; i++)
        size += strlen(operands[i]) + 1;
    o->joined = mem_alloc(size);
    if (o->joined == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(operands[i]);

        mem_copy(o->joined + at, operands[i], len);
        at += len;
        o->joined[at++] = ' ';
    }
    o->joined[at == 0 ? 0 : at - 1] = '\0';
    return STATUS_OK;
}

/* What follows the options as one filter expression. */
static enum status take_filter_words(struct reading *r, char **operands, size_t count)
{
    struct options *o = r->options;
    enum status status;

    if (count == 0)
        return STATUS_OK;
    if (o->filter != NULL)
        return fail(r->problem, "a filter after the options, and --filter: give one of the two");
    status = join(o, operands, count);
    o->filter = o->joined;
    return status;
}

/* tcpdump's habit: with -r, what follows the options is a filter. */
static enum status take_reads(struct reading *r, char **operands, size_t count)
{
    struct options *o = r->options;

    for (size_t i = 0; i < r->read_count; i++)
        o->words[o->word_count++] = r->reads[i];
    return take_filter_words(r, operands, count);
}

static enum status check_interval(struct reading *r)
{
    const struct selection *selection = &r->options->selection;

    if (selection->has_since && selection->has_until && selection->since.ns > selection->until.ns)
        return fail(r->problem, "--since is later than --until");
    return STATUS_OK;
}

static enum status take_live(struct reading *r, char **operands, size_t count)
{
    struct options *o = r->options;
    enum status status;

    if (o->live.interface == NULL)
        return fail(r->problem, "live needs -i IFACE ('smtpscope interfaces' lists them)");
    if (o->live.packets == NULL &&
        (o->live.rotate_octets > 0 || o->live.rotate_seconds > 0 || o->live.rotate_files > 0))
        return fail(r->problem, "-C, -G and -W rotate the file of -w: there is none");
    o->words[0] = o->live.interface;
    o->word_count = 1;
    status = take_filter_words(r, operands, count);
    return status == STATUS_OK ? check_interval(r) : status;
}

static enum status check_captures(struct reading *r)
{
    const struct options *o = r->options;
    size_t standard_inputs = 0;

    if (o->word_count == 0)
        return fail(r->problem, "analyze needs a CAPTURE ('-' is standard input)");
    for (size_t i = 0; i < o->word_count; i++) {
        standard_inputs += strcmp(o->words[i], "-") == 0;
        for (size_t f = 0; f < o->output_count; f++)
            if (strcmp(o->words[i], o->outputs[f].path) == 0)
                return fail(r->problem, "-o: '%.200s' is also a capture to read", o->words[i]);
    }
    if (standard_inputs > 1)
        return fail(r->problem, "standard input ('-') can be read only once");
    return check_interval(r);
}

static enum status take_operands(struct reading *r, char **operands, size_t count)
{
    struct options *o = r->options;
    enum status status = STATUS_OK;

    switch (o->command) {
    case COMMAND_ANALYZE:
        if (r->read_count > 0)
            status = take_reads(r, operands, count);
        else
            for (size_t i = 0; i < count; i++)
                o->words[o->word_count++] = operands[i];
        return status == STATUS_OK ? check_captures(r) : status;
    case COMMAND_LIVE:
        return take_live(r, operands, count);
    case COMMAND_EXPLAIN:
        if (count == 0)
            return fail(r->problem, "explain needs a reply: 550, 550 5.7.1, or a whole line");
        status = join(o, operands, count);
        o->words[0] = o->joined;
        o->word_count = 1;
        return status;
    case COMMAND_COMPARE:
        if (count != 2)
            return fail(r->problem, "compare needs two reply codes, as in: compare 250 550");
        o->words[0] = operands[0];
        o->words[1] = operands[1];
        o->word_count = 2;
        return STATUS_OK;
    case COMMAND_CODES:
    case COMMAND_FINDINGS:
    case COMMAND_INTERFACES:
        if (count > 0)
            return fail(r->problem, "%s takes no '%.200s'", command_name(o->command), operands[0]);
        return STATUS_OK;
    case COMMAND_HELP:
    case COMMAND_VERSION:
        break;
    }
    return STATUS_OK;
}

/* A word that a later version may know: one clear line is kinder than "no such file". */
static bool is_absent(const char *word)
{
    return strcmp(word, "ui") == 0;
}

static enum status take_help(struct reading *r, const char *topic)
{
    enum command command;

    r->options->command = COMMAND_HELP;
    if (topic == NULL)
        return STATUS_OK;
    if (is_absent(topic))
        return fail(r->problem, "%s is not in this version", topic);
    if (!command_named(topic, &command))
        return fail(r->problem, "there is no command '%.200s'", topic);
    r->options->topic = command_name(command);
    return STATUS_OK;
}

/* The first operand is a command, or, in tcpdump's way, a capture to analyse. */
static enum status take_command(struct reading *r, int argc, char **argv)
{
    struct options *o = r->options;
    size_t count = (size_t)(argc - optind);
    char **operands = argv + optind;

    if (r->wants_version) {
        o->command = COMMAND_VERSION;
        return STATUS_OK;
    }
    if (count > 0 && r->read_count == 0 && is_absent(operands[0]))
        return fail(r->problem, "%s is not in this version", operands[0]);
    if (o->live.interface != NULL)
        o->command = COMMAND_LIVE;
    if (count > 0 && command_named(operands[0], &o->command)) {
        r->has_command = true;
        operands++;
        count--;
    }
    if (r->wants_help)
        return take_help(r, r->has_command ? command_name(o->command) : NULL);
    if (o->command == COMMAND_HELP && count > 1)
        return fail(r->problem, "help takes one command");
    if (o->command == COMMAND_HELP)
        return take_help(r, count == 0 ? NULL : operands[0]);
    r->problem->topic = command_name(o->command);
    if ((r->used & COMMAND_BIT(o->command)) == 0)
        return fail(r->problem, "%s does not take %s", command_name(o->command), r->odd_option);
    return take_operands(r, operands, count);
}

enum status options_parse(struct options *options, int argc, char **argv,
                          struct options_problem *problem)
{
    size_t room = argc > 2 ? (size_t)argc : 2;
    struct reading r = { .options = options, .problem = problem, .used = COMMANDS_ALL };
    enum status status = STATUS_NO_MEMORY;

    *options = (struct options){
        .command = COMMAND_ANALYZE,
        .detail = DETAIL_NORMAL,
        .memory_max = LIMIT_MEMORY,
    };
    *problem = (struct options_problem){ .topic = NULL };
    ports_default(&options->ports);
    options->words = mem_calloc(room, sizeof *options->words);
    options->outputs = mem_calloc(room, sizeof *options->outputs);
    r.reads = mem_calloc(room, sizeof *r.reads);
    if (options->words != NULL && options->outputs != NULL && r.reads != NULL) {
        problem->topic = command_name(COMMAND_ANALYZE);
        status = argc > 1 ? read_options(&r, argc, argv) : STATUS_OK;
        if (status == STATUS_OK)
            status = take_command(&r, argc, argv);
    }
    mem_free(r.reads);
    return status;
}

void options_clear(struct options *options)
{
    mem_free(options->words);
    mem_free(options->outputs);
    mem_free(options->joined);
    *options = (struct options){ .words = NULL };
}
