/* From the command line to the files that the sandbox leaves. */
#include "app/confine.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "app/folder.h"
#include "base/mem.h"
#include "report/header_text.h"

/* Where the file of a -o is made: its folder, or the file itself where it is a device or a pipe,
 * which is written in place. NULL: no memory. */
static char *place_of(const char *path)
{
    char resolved[PATH_MAX];
    struct stat about;

    /* Through links, as the output goes; what is not there yet stands where it is named. */
    if (realpath(path, resolved) != NULL)
        path = resolved;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode) ? mem_string(path) : folder_of(path);
}

static unsigned needs_of(const struct options *options)
{
    /* A single capture stays open. */
    return (options->word_count > 1 ? SANDBOX_OPENS : 0U) |
           (options->output_count > 0 ? SANDBOX_REPLACES : 0U);
}

enum status confine_opening(const struct options *options, char error[SANDBOX_ERROR_MAX])
{
    struct sandbox sandbox = {
        .needs = needs_of(options) | SANDBOX_OPENS | SANDBOX_TIGHTENS |
                 (options->output_count > 0 ? SANDBOX_MAKES : 0U),
        .readable = options->words, /* "-" is no file of that name, and harms nobody if it is */
        .readable_count = options->word_count,
        .packet_socket = -1,
    };
    char **places;
    enum status status = STATUS_OK;

    if (options->has_no_sandbox || !sandbox_is_real())
        return STATUS_OK;
    places = mem_calloc(options->output_count + 1, sizeof *places);
    if (places == NULL)
        status = STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < options->output_count; i++) {
        places[i] = place_of(options->outputs[i].path);
        status = places[i] == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    }
    if (status == STATUS_OK) {
        sandbox.writable = (const char *const *)places;
        sandbox.writable_count = options->output_count;
        if (options->with_headers)
            header_text_prepare();
        status = sandbox_drop_capabilities(error);
        if (status == STATUS_OK)
            status = sandbox_confine(&sandbox, error);
    }
    for (size_t i = 0; places != NULL && i < options->output_count; i++)
        mem_free(places[i]);
    mem_free(places);
    return status;
}

enum status confine_reading(const struct options *options, char error[SANDBOX_ERROR_MAX])
{
    struct sandbox sandbox = { .needs = needs_of(options), .packet_socket = -1 };

    return options->has_no_sandbox ? STATUS_OK : sandbox_tighten(&sandbox, error);
}
