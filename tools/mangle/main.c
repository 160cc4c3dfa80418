/* mangle: a capture as another tap would have seen it.
 *
 *   mangle --wrap NAME[,NAME...] IN OUT    every frame wrapped, the first NAME innermost
 *   mangle --list                          the wraps: name, link type, way of IPv4, way of IPv6
 *
 * IN is a capture of Ethernet; OUT is pcap with nanoseconds. A frame that cannot be wrapped is left
 * out, and counted on standard error. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mangle/wrap.h"

enum { WRAPS_MAX = 8 };

struct order {
    const struct wrap *wraps[WRAPS_MAX];
    size_t count;
    const char *in;
    const char *out;
};

static int usage(void)
{
    fputs("usage: mangle --wrap NAME[,NAME...] IN OUT\n       mangle --list\n", stderr);
    return 2;
}

static int list(void)
{
    for (size_t i = 0; i < wrap_count(); i++) {
        const struct wrap *w = wrap_at(i);

        printf("%s\t%u\t%s\t%s\n", wrap_name(w), wrap_link_type(w), wrap_way(w, 4), wrap_way(w, 6));
    }
    return 0;
}

static bool parse_wraps(struct order *order, const char *text)
{
    struct slice rest = slice_of_string(text);

    while (rest.len > 0) {
        size_t comma = slice_find(rest, 0, ',');
        size_t end = comma == SLICE_NONE ? rest.len : comma;
        const struct wrap *wrap = wrap_named(slice_part(rest, 0, end));

        if (wrap == NULL || order->count == WRAPS_MAX) {
            fprintf(stderr, "mangle: no such wrap, or too many: %s\n", text);
            return false;
        }
        order->wraps[order->count++] = wrap;
        rest = slice_from(rest, end + 1);
    }
    return order->count > 0;
}

/* Numbers in the order of this machine, as the magic number tells a reader. */
static bool write_header(FILE *out, uint32_t link_type)
{
    struct pcap_file_header header = {
        .magic = 0xA1B23C4D,
        .version_major = PCAP_VERSION_MAJOR,
        .version_minor = PCAP_VERSION_MINOR,
        .snaplen = WRAP_ROOM_BEFORE + WRAP_FRAME_MAX,
        .linktype = link_type,
    };

    return fwrite(&header, sizeof(header), 1, out) == 1;
}

static bool write_frame(FILE *out, const struct pcap_pkthdr *head, struct slice octets)
{
    uint32_t record[4] = {
        (uint32_t)head->ts.tv_sec,
        (uint32_t)head->ts.tv_usec, /* nanoseconds, as it was opened */
        (uint32_t)octets.len,
        (uint32_t)octets.len + (head->len - head->caplen),
    };

    return fwrite(record, sizeof(record), 1, out) == 1 &&
           fwrite(octets.data, 1, octets.len, out) == octets.len;
}

static bool wrap_all(const struct order *order, struct wrapped *frame, struct slice octets)
{
    if (!wrapped_set(frame, octets))
        return false;
    for (size_t i = 0; i < order->count; i++)
        if (!wrap_apply(order->wraps[i], frame))
            return false;
    return true;
}

static int run(const struct order *order, pcap_t *in, FILE *out)
{
    struct wrapped *frame = mem_alloc(sizeof(*frame));
    bool is_good =
        frame != NULL && write_header(out, wrap_link_type(order->wraps[order->count - 1]));
    struct pcap_pkthdr *head;
    const u_char *octets;
    size_t left_out = 0;
    int got = 1;

    while (is_good && (got = pcap_next_ex(in, &head, &octets)) == 1) {
        if (wrap_all(order, frame, slice_of(octets, head->caplen)))
            is_good = write_frame(out, head, wrapped_view(frame));
        else
            left_out++;
    }
    if (left_out > 0)
        fprintf(stderr, "mangle: %zu frames could not be wrapped\n", left_out);
    if (got == PCAP_ERROR)
        fprintf(stderr, "mangle: %s: %s\n", order->in, pcap_geterr(in));
    if (!is_good)
        fprintf(stderr, "mangle: %s cannot be written\n", order->out);
    mem_free(frame);
    return is_good && got == PCAP_ERROR_BREAK ? 0 : 1;
}

static int mangle(const struct order *order)
{
    char reason[PCAP_ERRBUF_SIZE];
    pcap_t *in =
        pcap_open_offline_with_tstamp_precision(order->in, PCAP_TSTAMP_PRECISION_NANO, reason);
    FILE *out;
    int status = 1;

    if (in == NULL) {
        fprintf(stderr, "mangle: %s: %s\n", order->in, reason);
        return 1;
    }
    out = fopen(order->out, "wb");
    if (pcap_datalink(in) != DLT_EN10MB)
        fprintf(stderr, "mangle: %s is not of Ethernet\n", order->in);
    else if (out == NULL)
        fprintf(stderr, "mangle: %s cannot be written\n", order->out);
    else
        status = run(order, in, out);
    pcap_close(in);
    if (out != NULL && fclose(out) != 0)
        status = 1;
    return status;
}

int main(int argc, char **argv)
{
    struct order order = { 0 };

    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list();
    if (argc != 5 || strcmp(argv[1], "--wrap") != 0 || !parse_wraps(&order, argv[2]))
        return usage();
    order.in = argv[3];
    order.out = argv[4];
    return mangle(&order);
}
