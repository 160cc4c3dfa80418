/* A small HTTP server on libmicrohttpd, which is run from outside. */
#include "app/metrics.h"

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/select.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "report/metrics.h"

enum {
    CONNECTIONS = 8, /* a Prometheus or two, and a curl */
    REQUEST_OCTETS = 8192,
    SILENCE_SECONDS = 5,
};

/* Who sends or reads an octet at a time is not silent, and has to end too. */
#define CONNECTION_LIFE (10 * STAMP_SECOND)

/* For so long a text is given to whoever asks: however often that is, making it costs little. */
#define TEXT_LIFE (100 * STAMP_MILLISECOND)

struct guest {
    bool is_here;
    bool is_sent_away;
    int descriptor;
    int64_t since;
};

struct metrics_server {
    struct MHD_Daemon *daemon;
    int descriptor; /* the library's epoll */
    struct metrics_text text;
    struct MHD_Response *page;
    struct MHD_Response *absent;
    struct MHD_Response *forbidden;
    struct MHD_Response *failed;
    struct MHD_Response *current; /* NULL: none was made yet */
    int64_t made;                 /* when `current` was */
    int64_t now;                  /* as metrics_server_run was told */
    struct guest guests[CONNECTIONS];
};

bool metrics_parse_endpoint(const char *text, struct endpoint *out)
{
    struct endpoint_match match;
    char local[ENDPOINT_TEXT_MAX];

    if (strchr(text, ':') == NULL || text[0] == ':') {
        int len = snprintf(local, sizeof local, "127.0.0.1:%s", text + (text[0] == ':'));

        if (len < 0 || (size_t)len >= sizeof local)
            return false;
        text = local;
    }
    if (!select_parse_endpoint(&match, text) || match.endpoint.port == 0)
        return false;
    *out = match.endpoint;
    return true;
}

/* One answer a connection: then a connection's age bounds what its owner can ask for. */
static struct MHD_Response *with_headers(struct MHD_Response *response, const char *type)
{
    if (response != NULL &&
        (MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) != MHD_YES ||
         MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") != MHD_YES)) {
        MHD_destroy_response(response);
        return NULL;
    }
    return response;
}

static struct MHD_Response *fixed(const char *text, const char *type)
{
    return with_headers(MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text,
                                                        MHD_RESPMEM_PERSISTENT),
                        type);
}

static bool make_fixed(struct metrics_server *s)
{
    static const char page[] =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><title>smtpscope</title></head>\n"
        "<body><h1>smtpscope</h1><p><a href=\"/metrics\">Metrics</a></p></body></html>\n";
    static const char plain[] = "text/plain; charset=utf-8";

    s->page = fixed(page, "text/html; charset=utf-8");
    s->absent = fixed("Not here; see /metrics\n", plain);
    s->forbidden = fixed("GET or HEAD only\n", plain);
    s->failed = fixed("Out of memory\n", plain);
    return s->page != NULL && s->absent != NULL && s->forbidden != NULL && s->failed != NULL &&
           MHD_add_response_header(s->forbidden, MHD_HTTP_HEADER_ALLOW, "GET, HEAD") == MHD_YES;
}

static void forget(struct MHD_Response *response)
{
    if (response != NULL)
        MHD_destroy_response(response);
}

/* Connections that still send an older text keep it alive. */
static void renew(struct metrics_server *s)
{
    struct buf text = buf_of(METRICS_TEXT_MAX);

    if (s->current != NULL && s->now - s->made < TEXT_LIFE)
        return;
    forget(s->current);
    s->current = NULL;
    s->made = s->now;
    if (s->text.write(s->text.context, &text) == STATUS_OK)
        s->current =
            MHD_create_response_from_buffer_with_free_callback(text.len, text.data, mem_free);
    if (s->current == NULL)
        buf_clear(&text);
    s->current = with_headers(s->current, METRICS_MEDIA_TYPE);
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *data,
                              size_t *data_size, void **request)
{
    struct metrics_server *s = context;

    (void)version;
    (void)data;
    (void)data_size;
    (void)request;
    if (strcmp(path, "/metrics") != 0 && strcmp(path, "/") != 0)
        return MHD_queue_response(connection, MHD_HTTP_NOT_FOUND, s->absent);
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return MHD_queue_response(connection, MHD_HTTP_METHOD_NOT_ALLOWED, s->forbidden);
    if (path[1] == '\0')
        return MHD_queue_response(connection, MHD_HTTP_OK, s->page);
    renew(s);
    if (s->current == NULL)
        return MHD_queue_response(connection, MHD_HTTP_SERVICE_UNAVAILABLE, s->failed);
    return MHD_queue_response(connection, MHD_HTTP_OK, s->current);
}

/* Keeps the list of who is here. */
static void note_connection(void *context, struct MHD_Connection *connection, void **mine,
                            enum MHD_ConnectionNotificationCode code)
{
    struct metrics_server *s = context;
    struct guest *guest = *mine;
    const union MHD_ConnectionInfo *info;

    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (guest != NULL)
            guest->is_here = false;
        *mine = NULL;
        return;
    }
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    for (size_t i = 0; info != NULL && i < CONNECTIONS; i++) {
        if (s->guests[i].is_here)
            continue;
        s->guests[i] =
            (struct guest){ .is_here = true, .descriptor = info->connect_fd, .since = s->now };
        *mine = &s->guests[i];
        return;
    }
}

/* The library sees the connection's end, and frees what it holds. */
static void send_late_ones_away(struct metrics_server *s)
{
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct guest *guest = &s->guests[i];

        if (!guest->is_here || guest->is_sent_away || s->now - guest->since < CONNECTION_LIFE)
            continue;
        guest->is_sent_away = true;
        (void)shutdown(guest->descriptor, SHUT_RDWR);
    }
}

static int bound_socket(const struct endpoint *endpoint)
{
    struct sockaddr_in six_less = { .sin_family = AF_INET, .sin_port = htons(endpoint->port) };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(endpoint->port) };
    bool is_six = endpoint->address.version == 6;
    int descriptor = socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                            IPPROTO_TCP);
    int on = 1;
    int result;

    if (descriptor < 0)
        return -1;
    mem_copy(&six_less.sin_addr, endpoint->address.octets, sizeof six_less.sin_addr);
    mem_copy(&six.sin6_addr, endpoint->address.octets, sizeof six.sin6_addr);
    /* Else a restart would have to wait for the connections of the last run to be forgotten. */
    result = setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (result == 0)
        result = is_six ? bind(descriptor, (const struct sockaddr *)&six, sizeof six)
                        : bind(descriptor, (const struct sockaddr *)&six_less, sizeof six_less);
    if (result == 0 && listen(descriptor, CONNECTIONS) == 0)
        return descriptor;
    result = errno;
    (void)close(descriptor);
    errno = result;
    return -1;
}

static struct MHD_Daemon *start(struct metrics_server *s, int descriptor)
{
    return MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, s, MHD_OPTION_LISTEN_SOCKET,
                            descriptor, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_OCTETS,
                            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_SECONDS,
                            MHD_OPTION_NOTIFY_CONNECTION, note_connection, s, MHD_OPTION_END);
}

static enum status fail(char error[METRICS_ERROR_MAX], const struct endpoint *endpoint, int reason)
{
    char text[ENDPOINT_TEXT_MAX];

    (void)endpoint_text(endpoint, text);
    (void)snprintf(error, METRICS_ERROR_MAX, "--metrics %s: %s", text, strerror(reason));
    return STATUS_IO;
}

enum status metrics_server_open(struct metrics_server **out, const struct endpoint *endpoint,
                                const struct metrics_text *text, char error[METRICS_ERROR_MAX])
{
    struct metrics_server *s = mem_calloc(1, sizeof *s);
    const union MHD_DaemonInfo *info;
    int descriptor;

    *out = s;
    if (s == NULL)
        return STATUS_NO_MEMORY;
    s->text = *text;
    if (!make_fixed(s))
        return STATUS_NO_MEMORY;
    descriptor = bound_socket(endpoint);
    if (descriptor < 0)
        return fail(error, endpoint, errno);
    errno = 0;
    s->daemon = start(s, descriptor);
    if (s->daemon == NULL) {
        bool lacks_memory = errno == ENOMEM;

        (void)close(descriptor);
        return lacks_memory ? STATUS_NO_MEMORY : fail(error, endpoint, EIO);
    }
    info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL)
        return fail(error, endpoint, ENOSYS);
    s->descriptor = info->epoll_fd;
    return STATUS_OK;
}

void metrics_server_free(struct metrics_server *s)
{
    if (s == NULL)
        return;
    /* The listening socket goes with it. */
    if (s->daemon != NULL)
        MHD_stop_daemon(s->daemon);
    forget(s->page);
    forget(s->absent);
    forget(s->forbidden);
    forget(s->failed);
    forget(s->current);
    mem_free(s);
}

int metrics_server_descriptor(const struct metrics_server *s)
{
    return s->descriptor;
}

int metrics_server_wait_limit(struct metrics_server *s, int64_t now)
{
    int64_t limit = INT64_MAX;
    MHD_UNSIGNED_LONG_LONG wait;

    if (MHD_get_timeout(s->daemon, &wait) == MHD_YES)
        limit = wait < INT_MAX ? (int64_t)wait : INT_MAX;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        const struct guest *guest = &s->guests[i];
        int64_t left = (guest->since + CONNECTION_LIFE - now) / STAMP_MILLISECOND + 1;

        if (guest->is_here && !guest->is_sent_away && left < limit)
            limit = left > 0 ? left : 0;
    }
    return limit == INT64_MAX ? -1 : (int)limit;
}

void metrics_server_run(struct metrics_server *s, int64_t now)
{
    s->now = now;
    send_late_ones_away(s);
    (void)MHD_run(s->daemon);
}

const char *metrics_library_version(void)
{
    return MHD_get_version();
}
