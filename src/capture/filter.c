/* Compiles with the handle of a capture, or with that of one made up of a header alone. */
#include "capture/filter.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum {
    SNAP_MAX = 262144,      /* libpcap's MAXIMUM_SNAPLEN */
    HEADROOM = 1024 * 1024, /* some times what libpcap takes to compile a filter of a page */
};

/* LINKTYPE_ values of what can be analysed, Ethernet first. */
/* clang-format off */
static const struct {
    bpf_u_int32 link_type;
    bool is_swapped;
} usual[] = {
    { 1, false },   /* Ethernet */
    { 113, false }, /* Linux cooked, version 1 */
    { 276, false }, /* Linux cooked, version 2: -i any */
    { 101, false }, /* raw IP */
    { 228, false }, /* raw IPv4 */
    { 229, false }, /* raw IPv6 */
    { 108, false }, /* OpenBSD loopback */
    { 0, false },   /* BSD loopback */
    { 0, true },
    /* 802.11 with radiotap, with other headers, with none */
    { 127, false }, { 119, false }, { 163, false }, { 192, false }, { 105, false },
    /* PPP, PPP over Ethernet, HDLC */
    { 9, false }, { 50, false }, { 166, false }, { 204, false }, { 51, false }, { 104, false },
    { 205, false },
    { 100, false }, /* ATM */
    { 219, false }, /* MPLS */
    { 109, false }, /* OpenBSD's enc, of this machine's byte order and of the other */
    { 109, true },
    { 117, false }, /* pflog */
    { 239, false }, /* NFLOG */
    { 258, false }, { 149, false }, /* PKTAP, under both its numbers */
};
/* clang-format on */

struct compiled {
    struct compiled *next;
    int dlt;
    bool is_swapped;
    enum status status;
    char reason[FILTER_REASON_MAX];
    struct bpf_program program;
};

struct filter {
    const char *expression;
    struct compiled *compiled;
    bool is_prepared;
    const struct compiled *unknown; /* names something that is nowhere to be found: so for all */
};

enum status filter_new(struct filter **out, const char *expression)
{
    struct filter *f = mem_calloc(1, sizeof *f);

    *out = f;
    if (f == NULL)
        return STATUS_NO_MEMORY;
    f->expression = expression;
    return STATUS_OK;
}

void filter_free(struct filter *f)
{
    if (f == NULL)
        return;
    while (f->compiled != NULL) {
        struct compiled *next = f->compiled->next;

        if (f->compiled->status == STATUS_OK)
            pcap_freecode(&f->compiled->program);
        mem_free(f->compiled);
        f->compiled = next;
    }
    mem_free(f);
}

static bool lacks_memory(const char *reason)
{
    return errno == ENOMEM || strstr(reason, "out of memory") != NULL;
}

enum status filter_compile(struct pcap *capture, const char *expression,
                           struct bpf_program *program)
{
    /* libpcap's scanner ends the process where it has no memory, or reads from NULL: so it is asked
     * only where there is some. */
    if (!mem_has_room(HEADROOM))
        return STATUS_NO_MEMORY;
    errno = 0;
    if (pcap_compile(capture, program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0)
        return STATUS_OK;
    return lacks_memory(pcap_geterr(capture)) ? STATUS_NO_MEMORY : STATUS_USAGE;
}

static enum status compile(struct filter *f, struct pcap *capture, struct compiled **out)
{
    struct compiled *c = mem_calloc(1, sizeof *c);

    *out = c;
    if (c == NULL)
        return STATUS_NO_MEMORY;
    c->status = filter_compile(capture, f->expression, &c->program);
    if (c->status == STATUS_NO_MEMORY) {
        mem_free(c);
        return STATUS_NO_MEMORY;
    }
    if (c->status == STATUS_USAGE)
        (void)snprintf(c->reason, sizeof c->reason, "%s", pcap_geterr(capture));
    c->next = f->compiled;
    f->compiled = c;
    return STATUS_OK;
}

enum status filter_for(struct filter *f, struct pcap *capture, struct bpf_program **out,
                       char reason[FILTER_REASON_MAX])
{
    int dlt = pcap_datalink(capture);
    /* The header of these link types is in the byte order of whoever captured, and so is what it is
     * compared with. */
    bool is_swapped = (dlt == DLT_NULL || dlt == DLT_ENC) && pcap_is_swapped(capture) != 0;
    struct compiled *c = f->compiled;
    const struct compiled *answer;

    *out = NULL;
    while (c != NULL && (c->dlt != dlt || c->is_swapped != is_swapped))
        c = c->next;
    if (c == NULL && f->unknown == NULL) {
        if (f->is_prepared)
            return STATUS_OK;
        if (compile(f, capture, &c) != STATUS_OK)
            return STATUS_NO_MEMORY;
        c->dlt = dlt;
        c->is_swapped = is_swapped;
    }
    answer = c == NULL ? f->unknown : c;
    if (answer->status == STATUS_OK)
        *out = &c->program;
    else
        (void)snprintf(reason, FILTER_REASON_MAX, "%s", answer->reason);
    return answer->status;
}

/* A capture without a frame: for a file libpcap compiles otherwise than for an interface. */
static pcap_t *capture_of(bpf_u_int32 link_type, bool is_swapped)
{
    struct pcap_file_header header = {
        .magic = 0xA1B2C3D4,
        .version_major = PCAP_VERSION_MAJOR,
        .version_minor = PCAP_VERSION_MINOR,
        .snaplen = SNAP_MAX,
        .linktype = link_type,
    };
    char reason[PCAP_ERRBUF_SIZE];
    FILE *file = fmemopen(NULL, sizeof header, "w+");
    pcap_t *capture;

    if (file == NULL)
        return NULL;
    if (is_swapped)
        header = (struct pcap_file_header){
            .magic = __builtin_bswap32(header.magic),
            .version_major = __builtin_bswap16(header.version_major),
            .version_minor = __builtin_bswap16(header.version_minor),
            .snaplen = __builtin_bswap32(header.snaplen),
            .linktype = __builtin_bswap32(header.linktype),
        };
    if (fwrite(&header, sizeof header, 1, file) != 1 || fseek(file, 0, SEEK_SET) != 0) {
        (void)fclose(file);
        return NULL;
    }
    capture = pcap_fopen_offline(file, reason);
    if (capture == NULL)
        (void)fclose(file);
    return capture;
}

enum status filter_prepare(struct filter *f)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; f->unknown == NULL && i < sizeof usual / sizeof *usual; i++) {
        pcap_t *capture = capture_of(usual[i].link_type, usual[i].is_swapped);
        struct bpf_program *program;
        char reason[FILTER_REASON_MAX];

        if (capture == NULL)
            return STATUS_NO_MEMORY;
        status = filter_for(f, capture, &program, reason);
        pcap_close(capture);
        if (status == STATUS_NO_MEMORY)
            return status;
        /* "unknown host": each further attempt may be a resolver's whole patience. */
        if (status == STATUS_USAGE && strncmp(reason, "unknown ", 8) == 0)
            f->unknown = f->compiled;
    }
    f->is_prepared = true;
    return STATUS_OK;
}
