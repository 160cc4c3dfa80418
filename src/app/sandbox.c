/* Puts the walls up, after a last look at what the C library would want to see later. */
#include "app/sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "app/sandbox_parts.h"

/* Valgrind puts its own libraries before everybody's, under this name. It makes its calls of the
 * kernel, code to run included, in the process that it watches. */
static bool is_under_valgrind(void)
{
    const char *preloaded = secure_getenv("LD_PRELOAD");

    return preloaded != NULL && strstr(preloaded, "vgpreload_") != NULL;
}

bool sandbox_is_real(void)
{
    return !SMTPSCOPE_INSTRUMENTED && !is_under_valgrind();
}

enum status sandbox_confine(const struct sandbox *sandbox, char error[SANDBOX_ERROR_MAX])
{
    enum status status;

    if (!sandbox_is_real())
        return STATUS_OK;
    tzset(); /* the file is read when a local time is first told */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        (void)snprintf(error, SANDBOX_ERROR_MAX,
                       "cannot renounce new privileges: %s; --no-sandbox does without",
                       strerror(errno));
        return STATUS_IO;
    }
    status = sandbox_confine_paths(sandbox, error);
    return status == STATUS_OK ? sandbox_confine_calls(sandbox, error) : status;
}

enum status sandbox_tighten(const struct sandbox *sandbox, char error[SANDBOX_ERROR_MAX])
{
    return sandbox_is_real() ? sandbox_confine_calls(sandbox, error) : STATUS_OK;
}
