/* The whole way: the octets of a capture file to the reports of every format.
 *
 * Input: options, then the file. */
#include <assert.h>

#include "app/hints.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "capture/source.h"
#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"
#include "fuzz/reports.h"
#include "net/decode.h"
#include "tcp/tracker.h"

/* Less than the reports take: every session is one too many. */
enum { LITTLE_MEMORY = 200000 };

struct way {
    struct source *source;
    struct net_decoder *decoder;
    struct conversations *conversations;
    struct tracker *tracker;
    struct report_input input;
    struct hints hints;
    bool is_any;
};

static bool follows(const void *context, uint16_t port)
{
    const struct way *way = context;

    return way->is_any || port == 25 || port == 587 || port == 465;
}

static void open_way(struct way *way, const char *const *path, uint8_t option,
                     const struct record_sink *sink)
{
    struct conversation_options conversation = { .any_port = option % 4 == 3 };
    struct net_options net = { .checksums = option / 4 % 2 };
    struct tracker_options tracker = {
        .follows_port = follows,
        .port_context = way,
        .connections_max = LIMIT_CONNECTIONS,
        .memory_max = option / 8 % 4 == 3 ? LITTLE_MEMORY : 0,
    };
    struct tracker_sink tracker_sink;
    char error[256];

    way->is_any = conversation.any_port;
    assert(source_open_files(&way->source, path, 1, NULL, error, sizeof(error)) == STATUS_OK);
    assert(net_decoder_new(&way->decoder, &net) == STATUS_OK);
    assert(conversations_new(&way->conversations, &conversation, sink) == STATUS_OK);
    tracker_sink = conversations_tracker_sink(way->conversations);
    assert(tracker_new(&way->tracker, &tracker, &tracker_sink) == STATUS_OK);
}

static void take_packet(struct way *way, enum parse result, const struct packet *packet)
{
    bool used = false;

    if (result == PARSE_OK && packet->kind != PACKET_OTHER) {
        assert(tracker_accept(way->tracker, packet, &used) == STATUS_OK);
        if (packet->kind == PACKET_TCP)
            hints_look(&way->hints, &packet->segment, used);
    } else if (result != PARSE_MORE) {
        way->input.skipped[packet->reason]++;
    }
}
}

static void take_frame(struct way *way, const struct frame *frame)
{
    struct report_input *input = &way->input;
    struct packet packet;

    enum parse result = net_decode(way->decoder, frame, &packet);

    take_packet(way, result, &packet);
    while (packet.has_next) {
        result = net_decode_next(way->decoder, frame, &packet);
        take_packet(way, result, &packet);
    }
    input->first = input->has_times ? input->first : frame->place;
    input->last = frame->place;
    input->has_times = true;
    input->packets++;
    input->octets += frame->length;
}

static void read_all(struct way *way)
{
    enum source_result result = SOURCE_FRAME;
    struct source_problem problem;
    struct frame frame;

    while (result != SOURCE_END) {
        result = source_next(way->source, &frame, &problem);
        if (result == SOURCE_FRAME)
            take_frame(way, &frame);
    }
    assert(tracker_finish(way->tracker) == STATUS_OK);
}

static void close_way(struct way *way)
{
    tracker_free(way->tracker);
    conversations_free(way->conversations);
    net_decoder_free(way->decoder);
    source_free(way->source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor c = cursor_of(slice_of(data, size));
    uint8_t option = cursor_u8(&c);
    struct memory_file file;
    const char *path = file.path;
    struct way way = { .input = { .captures = &path, .capture_count = 1 } };
    struct reports reports;
    struct record_sink sink;

    memory_file_open(&file, cursor_rest(&c));
    reports_begin(&reports, option);
    sink = reports_sink(&reports);
    open_way(&way, &path, option, &sink);
    read_all(&way);
    reports_end(&reports, &way.input);
    reports_clear(&reports);
    close_way(&way);
    memory_file_close(&file);
    return 0;
}
