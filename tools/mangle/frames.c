/* Reading with libpcap, writing pcap. */
#include "mangle/frames.h"

#include <pcap/pcap.h>
#include <stdlib.h>

#include "base/mem.h"
#include "make-capture/list.h"

static void read_all(struct frames *out, pcap_t *in, int *got)
{
    struct pcap_pkthdr *head;
    const u_char *octets;

    while ((*got = pcap_next_ex(in, &head, &octets)) == 1) {
        struct frame_kept like = {
            .seconds = (uint32_t)head->ts.tv_sec,
            .nanoseconds = (uint32_t)head->ts.tv_usec, /* as it was opened */
            .len = head->caplen,
            .length = head->len > head->caplen ? head->len : head->caplen,
        };

        frames_add(out, &like, slice_of(octets, head->caplen));
    }
}

bool frames_read(struct frames *out, const char *path, char reason[FRAMES_REASON_MAX])
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *in = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, error);
    int got = PCAP_ERROR_BREAK;

    *out = (struct frames){ .link_type = WRAP_LINK_ETHERNET, .file_share = 1 };
    if (in == NULL) {
        (void)snprintf(reason, FRAMES_REASON_MAX, "%s", error);
        return false;
    }
    if (pcap_datalink(in) == DLT_EN10MB) {
        read_all(out, in, &got);
        (void)snprintf(reason, FRAMES_REASON_MAX, "%s", pcap_geterr(in));
    } else {
        got = PCAP_ERROR;
        (void)snprintf(reason, FRAMES_REASON_MAX, "is not of Ethernet");
    }
    pcap_close(in);
    return got == PCAP_ERROR_BREAK;
}

void frames_clear(struct frames *frames)
{
    for (size_t i = 0; i < frames->count; i++)
        mem_free(frames->list[i].octets);
    mem_free(frames->list);
    *frames = (struct frames){ 0 };
}

struct frames frames_like(const struct frames *like)
{
    return (struct frames){ .link_type = like->link_type, .file_share = like->file_share };
}

struct frames frames_copy(const struct frames *frames)
{
    struct frames copy = frames_like(frames);

    for (size_t i = 0; i < frames->count; i++)
        frames_add(&copy, &frames->list[i], frame_view(&frames->list[i]));
    return copy;
}

struct frame_kept *frames_add(struct frames *frames, const struct frame_kept *like,
                              struct slice octets)
{
    struct frame_kept *added;

    frames->list = list_grown(frames->list, &frames->room, frames->count + 1, sizeof(*added));
    added = &frames->list[frames->count++];
    *added = *like;
    added->octets = list_new(octets.len + 1);
    mem_copy(added->octets, octets.data, octets.len);
    added->length = octets.len + (like->length - like->len);
    added->len = octets.len;
    return added;
}

/* Numbers in the order of this machine, as the magic number tells a reader. */
bool frames_write(const struct frames *frames, FILE *out)
{
    struct pcap_file_header header = {
        .magic = 0xA1B23C4D,
        .version_major = PCAP_VERSION_MAJOR,
        .version_minor = PCAP_VERSION_MINOR,
        .snaplen = WRAP_ROOM_BEFORE + WRAP_FRAME_MAX,
        .linktype = frames->link_type,
    };
    bool is_good = fwrite(&header, sizeof(header), 1, out) == 1;

    for (size_t i = 0; is_good && i < frames->count; i++) {
        const struct frame_kept *frame = &frames->list[i];
        uint32_t record[4] = { frame->seconds, frame->nanoseconds, (uint32_t)frame->len,
                               (uint32_t)frame->length };

        is_good = fwrite(record, sizeof(record), 1, out) == 1 &&
                  fwrite(frame->octets, 1, frame->len, out) == frame->len;
    }
    return is_good;
}

char *frames_file(const struct frames *frames, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);

    if (out == NULL || !frames_write(frames, out) || fclose(out) != 0) {
        fputs("mangle: out of memory\n", stderr);
        exit(1);
    }
    *size = (size_t)((double)*size * frames->file_share);
    return text;
}
