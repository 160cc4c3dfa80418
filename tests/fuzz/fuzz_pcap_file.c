/* Capture files: what the source reads is what libpcap reads, packed or not; what -w writes reads
 * the same.
 *
 * Input: options, then the file. */
#include <assert.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "capture/link_type.h"
#include "capture/packet_file.h"
#include "capture/source.h"
#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"

enum { OPTION_GZIP = 1, OPTION_ZSTD = 2, OPTION_WRITE = 4, FRAMES_MAX = 2000 };

/* What was read of a file, frame by frame. */
struct reading {
    size_t count;
    struct frame frames[FRAMES_MAX]; /* octets on the heap */
    size_t errors;
};

static void clear(struct reading *r)
{
    for (size_t i = 0; i < r->count; i++)
        mem_free((void *)(uintptr_t)r->frames[i].octets.data);
    r->count = 0;
}

static void keep(struct reading *r, const struct frame *frame)
{
    uint8_t *copy = mem_alloc(frame->octets.len);

    assert(copy != NULL);
    mem_copy(copy, frame->octets.data, frame->octets.len);
    r->frames[r->count] = *frame;
    r->frames[r->count++].octets.data = copy;
}

static void read_source(struct reading *r, const char *path)
{
    struct source *source;
    struct source_problem problem;
    struct frame frame;
    enum source_result result = SOURCE_FRAME;
    char error[256];

    *r = (struct reading){ 0 };
    assert(source_open_files(&source, &path, 1, NULL, error, sizeof(error)) == STATUS_OK);
    while (result != SOURCE_END && r->count < FRAMES_MAX) {
        result = source_next(source, &frame, &problem);
        if (result == SOURCE_ERROR) {
            assert(problem.reason[0] != '\0' && strchr(problem.reason, '\n') == NULL);
            assert(problem.frame == r->count && ++r->errors == 1);
        } else if (result == SOURCE_FRAME) {
            assert(frame.place.frame == r->count + 1 && frame.place.capture == 0);
            keep(r, &frame);
        }
    }
    source_free(source);
}

/* libpcap's own reading of the same octets. */
static void read_libpcap(struct reading *r, struct slice octets)
{
    char error[PCAP_ERRBUF_SIZE];
    FILE *file =
        octets.len == 0 ? NULL : fmemopen((void *)(uintptr_t)octets.data, octets.len, "rb");
    pcap_t *capture =
        file == NULL
            ? NULL
            : pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error);
    struct pcap_pkthdr *head;
    const u_char *data;

    *r = (struct reading){ 0 };
    if (capture == NULL) {
        if (file != NULL)
            fclose(file);
        return;
    }
    while (r->count < FRAMES_MAX && pcap_next_ex(capture, &head, &data) == 1) {
        /* Fewer octets sent than captured is nonsense that the source does not pass on. */
        struct frame frame = { .octets = slice_of(data, head->caplen),
                               .length = head->len > head->caplen ? head->len : head->caplen,
                               .link_type = link_type_of_dlt(pcap_datalink(capture)) };

        keep(r, &frame);
    }
    pcap_close(capture);
}

static void check_same(const struct reading *a, const struct reading *b)
{
    assert(a->count == b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert(slice_equal(a->frames[i].octets, b->frames[i].octets));
        assert(a->frames[i].length == b->frames[i].length);
        assert(a->frames[i].link_type == b->frames[i].link_type);
    }
}

/* Packed by the libraries themselves, so that mutations are of what is inside. */
static struct slice pack(struct slice octets, uint8_t option, uint8_t *out, size_t room)
{
    if ((option & OPTION_ZSTD) != 0) {
        size_t len = ZSTD_compress(out, room, octets.data, octets.len, 1);

        assert(!ZSTD_isError(len));
        return slice_of(out, len);
    } else {
        z_stream z = { .next_in = (Bytef *)(uintptr_t)octets.data,
                       .avail_in = (uInt)octets.len,
                       .next_out = out,
                       .avail_out = (uInt)room };

        assert(deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
        assert(deflate(&z, Z_FINISH) == Z_STREAM_END);
        assert(deflateEnd(&z) == Z_OK);
        return slice_of(out, room - z.avail_out);
    }
}

static void check_packed(const struct reading *plain, struct slice octets, uint8_t option)
{
    static struct reading packed;
    size_t room = ZSTD_compressBound(octets.len) + 1024;
    uint8_t *out = malloc(room);
    struct memory_file file;

    assert(out != NULL);
    memory_file_open(&file, pack(octets, option, out, room));
    read_source(&packed, file.path);
    check_same(plain, &packed);
    assert(plain->errors == packed.errors);
    clear(&packed);
    memory_file_close(&file);
    free(out);
}

static void check_written(const struct reading *plain)
{
    static struct reading written;
    struct memory_file file;
    struct packet_file_options options = {
        .path = file.path,
        .link_type = plain->frames[0].link_type,
        .precision = PACKET_NANOSECONDS,
        .uid = PACKET_FILE_KEEP_OWNER,
        .gid = PACKET_FILE_KEEP_OWNER,
    };
    struct packet_file *out;
    char error[256] = "";

    memory_file_open(&file, slice_of(NULL, 0));
    assert(packet_file_open(&out, &options, error, sizeof(error)) == STATUS_OK);
    for (size_t i = 0; i < plain->count; i++)
        assert(packet_file_write(out, &plain->frames[i], error, sizeof(error)) == STATUS_OK);
    assert(packet_file_finish(out, error, sizeof(error)) == STATUS_OK);
    assert(packet_file_frames(out) == plain->count);
    packet_file_free(out);
    read_source(&written, file.path);
    check_same(plain, &written);
    clear(&written);
    memory_file_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct reading plain;
    static struct reading other;
    struct cursor c = cursor_of(slice_of(data, size));
    uint8_t option = cursor_u8(&c);
    struct slice octets = cursor_rest(&c);
    struct memory_file file;
    bool is_packed;

    memory_file_open(&file, octets);
    read_source(&plain, file.path);
    memory_file_close(&file);
    is_packed = slice_starts(octets, slice_of("\x1F\x8B", 2)) ||
                slice_starts(octets, slice_of("\x28\xB5\x2F\xFD", 4));
    if (!is_packed) {
        read_libpcap(&other, octets);
        check_same(&plain, &other);
        clear(&other);
    }
    if ((option & (OPTION_GZIP | OPTION_ZSTD)) != 0 && !is_packed)
        check_packed(&plain, octets, option);
    if ((option & OPTION_WRITE) != 0 && plain.count > 0)
        check_written(&plain);
    clear(&plain);
    return 0;
}
