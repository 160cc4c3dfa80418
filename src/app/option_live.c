/* Live's own options: numbers with their bounds, names. */
#include "app/option_live.h"

#include "app/metrics.h"
#include "app/when.h"
#include "base/slice.h"

/* tcpdump's unit of -C. */
#define MILLION UINT64_C(1000000)

/* libpcap's largest frame (MAXIMUM_SNAPLEN), and a ring of 2 GiB. */
enum { SNAP_LENGTH_MAX = 262144, BUFFER_KIB_MAX = 2 * 1024 * 1024 };

static bool number(const char *text, uint64_t least, uint64_t most, uint64_t *out)
{
    return slice_to_u64(slice_of_string(text), out) && *out >= least && *out <= most;
}

static enum take_result take_u32(const char *text, uint32_t least, uint32_t most, uint32_t *out)
{
    uint64_t n;

    if (!number(text, least, most, &n))
        return TAKE_WRONG;
    *out = (uint32_t)n;
    return TAKE_OK;
}

static enum take_result take_name(const char *text, const char **out)
{
    if (text[0] == '\0')
        return TAKE_WRONG;
    *out = text;
    return TAKE_OK;
}

enum take_result take_interface(struct options *options, const char *value)
{
    if (options->live.interface != NULL)
        return TAKE_CONTRADICTS;
    return take_name(value, &options->live.interface);
}

enum take_result take_packets(struct options *options, const char *value)
{
    return take_name(value, &options->live.packets);
}

enum take_result take_rotate_octets(struct options *options, const char *value)
{
    uint64_t millions;

    if (!number(value, 1, UINT64_MAX / MILLION, &millions))
        return TAKE_WRONG;
    options->live.rotate_octets = millions * MILLION;
    return TAKE_OK;
}

enum take_result take_rotate_seconds(struct options *options, const char *value)
{
    return take_u32(value, 1, UINT32_MAX, &options->live.rotate_seconds);
}

enum take_result take_rotate_files(struct options *options, const char *value)
{
    return take_u32(value, 1, UINT32_MAX, &options->live.rotate_files);
}

enum take_result take_snap_length(struct options *options, const char *value)
{
    return take_u32(value, 0, SNAP_LENGTH_MAX, &options->live.snap_length);
}

enum take_result take_buffer(struct options *options, const char *value)
{
    return take_u32(value, 1, BUFFER_KIB_MAX, &options->live.buffer_kib);
}

enum take_result take_modest(struct options *options, const char *value)
{
    (void)value;
    options->live.is_modest = true;
    return TAKE_OK;
}

enum take_result take_user(struct options *options, const char *value)
{
    return take_name(value, &options->live.user);
}

enum take_result take_sessions_max(struct options *options, const char *value)
{
    return number(value, 1, UINT64_MAX, &options->live.sessions_max) ? TAKE_OK : TAKE_WRONG;
}

enum take_result take_duration(struct options *options, const char *value)
{
    return duration_parse(value, &options->live.duration_ns) ? TAKE_OK : TAKE_WRONG;
}

enum take_result take_stats(struct options *options, const char *value)
{
    return duration_parse(value, &options->live.stats_ns) ? TAKE_OK : TAKE_WRONG;
}

enum take_result take_metrics(struct options *options, const char *value)
{
    options->live.has_metrics = true;
    return metrics_parse_endpoint(value, &options->live.metrics) ? TAKE_OK : TAKE_WRONG;
}
