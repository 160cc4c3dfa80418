/* All that takes rights is done here, before the first frame is looked at. */
#include "app/folder.h"
#include "app/live_state.h"
#include "app/message.h"
#include "app/sandbox.h"
#include "base/clock.h"
#include "base/mem.h"
#include "report/header_text.h"

/* A burst at 4 Gbit/s lasts 30 ms in it; libpcap's own 2 MiB lose packets there. */
enum { BUFFER_KIB = 16 * 1024 };

static enum exit_status fail(const char *error)
{
    message("%s", error);
    return EXIT_TROUBLE;
}

/* What could not be opened: a wrong argument, or trouble. */
static enum exit_status refuse(enum status status, const char *error)
{
    if (status != STATUS_USAGE)
        return fail(status == STATUS_NO_MEMORY ? "out of memory" : error);
    message_usage(error, "live");
    return EXIT_USAGE;
}

/* The followed ports in rising order; `*count` 0 where every port is followed. NULL: no memory. */
static uint16_t *ports_list(const struct ports *ports, size_t *count)
{
    uint16_t *list = mem_calloc(65536, sizeof *list);

    *count = 0;
    if (list == NULL || ports->is_any)
        return list;
    for (unsigned port = 1; port < 65536; port++)
        if (ports_hold(ports, (uint16_t)port))
            list[(*count)++] = (uint16_t)port;
    return list;
}

static enum exit_status open_source(struct live *live)
{
    const struct options *o = live->options;
    char error[256] = "";
    size_t count;
    uint16_t *ports = ports_list(&o->ports, &count);
    struct live_filter filter = { ports, count, o->filter };
    struct live_options wanted = {
        .interface = o->live.interface,
        .filter = &filter,
        .snap_length = o->live.snap_length,
        .buffer_kib = o->live.buffer_kib > 0 ? o->live.buffer_kib : BUFFER_KIB,
        .is_promiscuous = !o->live.is_modest,
    };
    enum status status = ports == NULL
                             ? STATUS_NO_MEMORY
                             : source_open_live(&live->source, &wanted, error, sizeof error);

    mem_free(ports);
    if (status != STATUS_OK)
        return refuse(status, error);
    if (error[0] != '\0')
        message("%s", error);
    return EXIT_DONE;
}

static enum exit_status open_packets(struct live *live, const struct sandbox_user *user)
{
    const struct live_settings *settings = &live->options->live;
    struct packet_file_options wanted = {
        .path = settings->packets,
        .octets = settings->rotate_octets,
        .seconds = settings->rotate_seconds,
        .files = settings->rotate_files,
        .link_type = source_link_type(live->source),
        .snap_length = source_snap_length(live->source),
        .precision = source_is_fine(live->source, 0) ? PACKET_NANOSECONDS : PACKET_MICROSECONDS,
        .uid = user->is_other ? (int64_t)user->uid : PACKET_FILE_KEEP_OWNER,
        .gid = user->is_other ? (int64_t)user->gid : PACKET_FILE_KEEP_OWNER,
    };
    char error[256] = "";
    enum status status;

    if (settings->packets == NULL)
        return EXIT_DONE;
    wanted.begun.ns = clock_ns(CLOCK_REALTIME);
    status = packet_file_open(&live->packets, &wanted, error, sizeof error);
    return status == STATUS_OK ? EXIT_DONE : refuse(status, error);
}

/* Files that are opened again later, or come one after the other, stand in these. */
static size_t list_directories(const struct live *live, const char **list)
{
    const struct options *o = live->options;
    size_t count = 0;

    for (size_t i = 0; i < o->output_count; i++)
        list[count++] = folder_of(o->outputs[i].path);
    if (live->packets != NULL && packet_file_folder(live->packets) >= 0)
        list[count++] = folder_of(o->live.packets);
    return count;
}

static enum exit_status confine(struct live *live)
{
    const struct options *o = live->options;
    const char **writable = mem_calloc(o->output_count + 1, sizeof *writable);
    struct sandbox sandbox = { .needs = SANDBOX_SNIFFS, .packet_socket = -1 };
    char error[SANDBOX_ERROR_MAX] = "out of memory";
    bool is_whole = writable != NULL;
    enum status status = STATUS_NO_MEMORY;

    if (is_whole) {
        sandbox.packet_socket = source_descriptor(live->source);
        sandbox.writable = writable;
        sandbox.writable_count = list_directories(live, writable);
        if (sandbox.writable_count > 0)
            sandbox.needs |= SANDBOX_MAKES;
        if (live->packets != NULL && packet_file_folder(live->packets) >= 0)
            sandbox.needs |= SANDBOX_REPLACES;
        if (live->server != NULL)
            sandbox.needs |= SANDBOX_SERVES;
    }
    for (size_t i = 0; i < sandbox.writable_count; i++)
        is_whole = is_whole && writable[i] != NULL;
    if (is_whole)
        status = sandbox_confine(&sandbox, error);
    for (size_t i = 0; i < sandbox.writable_count; i++)
        mem_free((void *)(uintptr_t)writable[i]);
    mem_free(writable);
    return status == STATUS_OK ? EXIT_DONE : fail(error);
}

static enum exit_status give_up_rights(struct live *live, const struct sandbox_user *user)
{
    char error[SANDBOX_ERROR_MAX] = "";

    if (user->is_other)
        analysis_hand_over(&live->analysis, user->uid, user->gid);
    if (sandbox_drop_privileges(user, error) != STATUS_OK)
        return fail(error);
    return live->options->has_no_sandbox ? EXIT_DONE : confine(live);
}

enum exit_status live_begin(struct live *live, const struct catalog *catalog)
{
    const struct options *o = live->options;
    struct sandbox_user user;
    char error[SANDBOX_ERROR_MAX] = "";
    enum exit_status result;
    enum status status;

    /* Nothing can be loaded from within the sandbox. */
    if (o->with_headers)
        header_text_prepare();
    status = sandbox_pick_user(&user, o->live.user, o->output_count > 0 || o->live.packets != NULL,
                               error);
    if (status != STATUS_OK)
        return refuse(status, error);
    result = open_source(live);
    if (result == EXIT_DONE)
        result = open_packets(live, &user);
    if (result == EXIT_DONE)
        result = live_metrics_open(live);
    if (result != EXIT_DONE)
        return result;
    if (analysis_open(&live->analysis, o, catalog, live->source) == STATUS_NO_MEMORY)
        return fail("out of memory");
    /* What could not be opened has been said; the rest goes on, as in a capture of files. */
    if (live->analysis.is_pipe_closed)
        return EXIT_CLOSED_PIPE;
    return give_up_rights(live, &user);
}
