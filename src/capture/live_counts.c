/* Counts of a packet socket and of the interface behind it. */
#include "capture/live_counts.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/slice.h"

/* Frames that the card could not hand over, as libpcap adds them up. */
static const char *const driver_names[LIVE_COUNTS_DRIVER] = { "rx_missed_errors",
                                                              "rx_fifo_errors" };

/* False where the file cannot be read (any more). */
static bool read_count(int descriptor, uint64_t *count)
{
    char text[32];
    ssize_t len = pread(descriptor, text, sizeof(text), 0);

    return len > 1 && slice_to_u64(slice_of(text, (size_t)len - 1), count);
}

void live_counts_open(struct live_counts *c, int capture, const char *interface)
{
    *c = (struct live_counts){ .capture = capture };
    for (size_t i = 0; i < LIVE_COUNTS_DRIVER; i++) {
        char path[128];
        int len = snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", interface,
                           driver_names[i]);

        c->driver[i] = -1;
        if (len > 0 && (size_t)len < sizeof(path))
            c->driver[i] = open(path, O_RDONLY | O_CLOEXEC);
        if (c->driver[i] >= 0)
            (void)read_count(c->driver[i], &c->before[i]);
    }
}

void live_counts_update(struct live_counts *c)
{
    struct tpacket_stats_v3 now = { 0 };
    socklen_t len = sizeof(now);

    /* Every reading sets the kernel's 32-bit counts back to 0; its packets include its drops. */
    if (getsockopt(c->capture, SOL_PACKET, PACKET_STATISTICS, &now, &len) == 0) {
        c->sum.received += now.tp_packets;
        c->sum.dropped_by_kernel += now.tp_drops;
    }
    for (size_t i = 0; i < LIVE_COUNTS_DRIVER; i++) {
        uint64_t count;

        if (c->driver[i] < 0 || !read_count(c->driver[i], &count))
            continue;
        if (count > c->before[i]) /* a driver that is reset begins anew */
            c->sum.dropped_by_interface += count - c->before[i];
        c->before[i] = count;
    }
}

void live_counts_close(struct live_counts *c)
{
    for (size_t i = 0; i < LIVE_COUNTS_DRIVER; i++)
        if (c->driver[i] >= 0)
            close(c->driver[i]);
}
