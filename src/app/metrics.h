/* Serves the metrics over HTTP, from the caller's own loop: nothing here waits, and no thread is
 * started. Whoever connects can make it cost little: few connections at a time, a few seconds each,
 * the text made anew a few times a second at most. */
#ifndef SMTPSCOPE_APP_METRICS_H
#define SMTPSCOPE_APP_METRICS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "net/endpoint.h"

struct metrics_server;

/* Where the text comes from: appends it to `out`, which has room for METRICS_TEXT_MAX. */
struct metrics_text {
    void *context;
    enum status (*write)(void *context, struct buf *out);
};

enum { METRICS_ERROR_MAX = 256 };

/* Reads "9100" and ":9100" (of 127.0.0.1), "192.0.2.1:9100", "[::1]:9100"; false where it is none. */
bool metrics_parse_endpoint(const char *text, struct endpoint *out);

/* Begins to listen. STATUS_IO: a line in `error`. The caller frees the server, whatever came back.
 * From then on a sandbox has to let through what SANDBOX_SERVES does. */
MUST_USE enum status metrics_server_open(struct metrics_server **out,
                                         const struct endpoint *endpoint,
                                         const struct metrics_text *text,
                                         char error[METRICS_ERROR_MAX]);
void metrics_server_free(struct metrics_server *server);

/* Readable when metrics_server_run has something to do. */
int metrics_server_descriptor(const struct metrics_server *server);

/* Milliseconds after which to call metrics_server_run although the descriptor is silent; -1: none. */
int metrics_server_wait_limit(struct metrics_server *server, int64_t now);

/* Does what can be done at once. `now` is nanoseconds of a clock that never goes back. */
void metrics_server_run(struct metrics_server *server, int64_t now);

/* The library's version, for --version. */
const char *metrics_library_version(void);

#endif
