/* The two walls of the sandbox; sandbox.c puts them up. */
#ifndef SMTPSCOPE_APP_SANDBOX_PARTS_H
#define SMTPSCOPE_APP_SANDBOX_PARTS_H

#include "app/sandbox.h"

/* Landlock: the paths. STATUS_OK where the kernel has none. The process has renounced new
 * privileges before. */
MUST_USE enum status sandbox_confine_paths(const struct sandbox *sandbox,
                                           char error[SANDBOX_ERROR_MAX]);

/* Seccomp: the system calls. May be called again while SANDBOX_TIGHTENS is among the needs. */
MUST_USE enum status sandbox_confine_calls(const struct sandbox *sandbox,
                                           char error[SANDBOX_ERROR_MAX]);

#endif
