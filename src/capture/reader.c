/* Frames of a capture file: libpcap opens it, and reads it too where it is no classic pcap file. */
#include "capture/reader.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "capture/head.h"
#include "capture/link_type.h"
#include "capture/one_line.h"
#include "capture/record.h"
#include "capture/source.h"

enum { SNAP_MAX = 262144 }; /* libpcap's MAXIMUM_SNAPLEN */

struct reader {
    struct stream *stream;
    pcap_t *handle;
    struct bpf_program *filter; /* NULL: every frame passes */
    bool is_fine;
    int link_type;
    uint64_t number;
    bool reads_records; /* without libpcap */
    struct record_form form;
    struct slice ahead; /* of what the stream shows, from the next record on */
    size_t shown;       /* octets that the stream shows from its own place on */
    struct slice later; /* of `ahead`, from the first record that reader_glance has not shown */
    uint64_t glanced;   /* number of the last frame that it showed */
};

static void say(char problem[READER_PROBLEM_MAX], const char *what, const char *text)
{
    one_line(problem, READER_PROBLEM_MAX, what, text);
}

/* Says why libpcap gave up, in its words or in better ones. Before libpcap was asked, errno was set
 * to 0. */
static void explain(struct stream *stream, const char *text, char problem[READER_PROBLEM_MAX])
{
    const char *ours = stream_problem(stream);

    if (ours[0] != '\0')
        say(problem, ours, "");
    else if (errno == ENOMEM)
        say(problem, "out of memory", "");
    else if (strstr(text, "truncated") != NULL)
        say(problem, "cut short", "");
    else
        say(problem, "", text);
}

/* libpcap has read the file's head, and nothing more, for that is all it was given: the records may
 * be read past it. Where it knows link types with longer frames, or turns a pseudo header round that
 * is in the other byte order, it reads them. */
static void take_over(struct reader *r, struct slice head)
{
    int type = pcap_datalink(r->handle);

    r->reads_records = type != DLT_DBUS && type != DLT_EBHSCR && type != DLT_USBPCAP &&
                       (type != DLT_NFLOG || pcap_is_swapped(r->handle) == 0) &&
                       record_form_of(head, pcap_snapshot(r->handle), &r->form);
}

static enum status open_handle(struct reader *r, char problem[READER_PROBLEM_MAX])
{
    char text[PCAP_ERRBUF_SIZE] = "";
    struct slice head = stream_peek(r->stream, 4);
    FILE *file;

    if (head.len == 0 && stream_problem(r->stream)[0] == '\0') {
        say(problem, "empty file", "");
        return STATUS_IO;
    }
    if (head.len < 4 && stream_problem(r->stream)[0] == '\0') {
        say(problem, head_stranger(r->stream), "");
        return STATUS_IO;
    }
    r->is_fine = head_is_fine(r->stream);
    head = stream_peek(r->stream, RECORD_FILE_HEAD);
    file = stream_file(r->stream);
    if (file == NULL)
        return STATUS_NO_MEMORY;
    errno = 0;
    r->handle = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, text);
    if (r->handle != NULL) {
        r->link_type = link_type_of_dlt(pcap_datalink(r->handle));
        take_over(r, head);
        return STATUS_OK;
    }
    (void)fclose(file);
    if (strcmp(text, "unknown file format") == 0 && stream_problem(r->stream)[0] == '\0')
        say(problem, head_stranger(r->stream), "");
    else
        explain(r->stream, text, problem);
    return STATUS_IO;
}

enum status reader_open(struct reader **out, const char *path, char problem[READER_PROBLEM_MAX])
{
    char reason[STREAM_PROBLEM_MAX] = "";
    struct reader *r = mem_calloc(1, sizeof(*r));
    enum status status;

    *out = NULL;
    say(problem, "out of memory", "");
    if (r == NULL)
        return STATUS_NO_MEMORY;
    status = stream_open(&r->stream, path, reason);
    if (status == STATUS_IO)
        say(problem, reason, "");
    if (status == STATUS_OK)
        status = open_handle(r, problem);
    if (status != STATUS_OK) {
        reader_free(r);
        return status;
    }
    *out = r;
    return STATUS_OK;
}

void reader_free(struct reader *r)
{
    if (r == NULL)
        return;
    if (r->handle != NULL)
        pcap_close(r->handle);
    stream_free(r->stream);
    mem_free(r);
}

enum status reader_set_filter(struct reader *r, struct filter *filter,
                              char problem[READER_PROBLEM_MAX])
{
    char reason[FILTER_REASON_MAX];
    enum status status = filter_for(filter, r->handle, &r->filter, reason);

    if (status == STATUS_USAGE)
        say(problem, "filter: ", reason);
    else if (status == STATUS_NO_MEMORY)
        say(problem, "out of memory", "");
    return status;
}

enum status reader_check_filter(struct filter *filter, char problem[READER_PROBLEM_MAX])
{
    char reason[FILTER_REASON_MAX];
    pcap_t *handle = pcap_open_dead(DLT_EN10MB, SNAP_MAX);
    struct bpf_program *program;
    enum status status;

    if (handle == NULL)
        return STATUS_NO_MEMORY;
    status = filter_for(filter, handle, &program, reason);
    if (status == STATUS_USAGE)
        say(problem, "filter: ", reason);
    pcap_close(handle);
    return status;
}

/* A file may hold any two numbers: what no stamp can hold becomes the nearest that can. */
static struct stamp stamp_of(int64_t seconds, int64_t nanoseconds)
{
    int64_t ns;

    if (__builtin_mul_overflow(seconds, STAMP_SECOND, &ns) ||
        __builtin_add_overflow(ns, nanoseconds, &ns))
        ns = seconds < 0 ? INT64_MIN : INT64_MAX;
    return (struct stamp){ ns };
}

/* Has the stream show `size` octets from the next record on; fewer where it ends before. */
static void look_further(struct reader *r, size_t size)
{
    size_t shown_ahead = r->glanced > r->number ? r->ahead.len - r->later.len : 0;

    stream_pass(r->stream, r->shown - r->ahead.len);
    r->ahead = stream_view(r->stream, size);
    r->shown = r->ahead.len;
    r->later = slice_from(r->ahead, shown_ahead);
}

/* What the record at the front is, where it is none that can be read. */
static enum reader_result explain_record(struct reader *r, enum parse parsed,
                                         const struct record *record,
                                         char problem[READER_PROBLEM_MAX])
{
    char text[80];

    if (parsed == PARSE_MORE) {
        if (r->ahead.len == 0 && stream_problem(r->stream)[0] == '\0')
            return READER_END;
        explain(r->stream, "truncated", problem);
        return READER_ERROR;
    }
    snprintf(text, sizeof(text), "invalid packet capture length %u, bigger than snaplen of %u",
             record->kept, r->form.snap);
    explain(r->stream, text, problem);
    return READER_ERROR;
}

static inline void fill_frame(const struct reader *r, struct frame *frame, uint64_t number,
                              const struct record *record, struct slice in)
{
    /* 32 bits of seconds and of their fractions: no stamp that can't be held. */
    frame->place.at = (struct stamp){ record->seconds * STAMP_SECOND + record->nanoseconds };
    frame->place.frame = number;
    frame->octets = slice_of(in.data + RECORD_HEAD, record->kept);
    frame->length = record->sent > record->kept ? record->sent : record->kept;
    frame->link_type = r->link_type;
}

static inline struct slice behind(const struct record *record, struct slice in)
{
    return slice_of(in.data + record->size, in.len - record->size);
}

static inline enum parse take_record(struct reader *r, struct frame *frame, struct record *record)
{
    enum parse parsed = record_read(&r->form, r->ahead, record);

    if (parsed == PARSE_OK) {
        fill_frame(r, frame, ++r->number, record, r->ahead);
        r->ahead = behind(record, r->ahead);
    }
    return parsed;
}

bool reader_take(struct reader *r, struct frame *frame)
{
    struct record record;

    return r->reads_records && take_record(r, frame, &record) == PARSE_OK;
}

static enum reader_result next_record(struct reader *r, struct frame *frame,
                                      char problem[READER_PROBLEM_MAX])
{
    struct record record = { 0 };
    enum parse parsed = take_record(r, frame, &record);

    if (parsed == PARSE_MORE && r->ahead.len < RECORD_HEAD) {
        look_further(r, RECORD_HEAD);
        parsed = take_record(r, frame, &record);
    }
    if (parsed == PARSE_MORE && r->ahead.len >= RECORD_HEAD) {
        look_further(r, record.size);
        parsed = take_record(r, frame, &record);
    }
    return parsed == PARSE_OK ? READER_FRAME : explain_record(r, parsed, &record, problem);
}

bool reader_glance(struct reader *r, uint32_t distance, struct frame *frame)
{
    struct record record;

    if (r->glanced <= r->number) {
        r->glanced = r->number;
        r->later = r->ahead;
    }
    if (!r->reads_records || r->glanced - r->number >= distance ||
        record_read(&r->form, r->later, &record) != PARSE_OK)
        return false;
    fill_frame(r, frame, ++r->glanced, &record, r->later);
    r->later = behind(&record, r->later);
    return true;
}

enum reader_result reader_next(struct reader *r, struct frame *frame,
                               char problem[READER_PROBLEM_MAX])
{
    struct pcap_pkthdr *header;
    const u_char *octets;
    int result;

    if (r->reads_records)
        return next_record(r, frame, problem);
    errno = 0;
    result = pcap_next_ex(r->handle, &header, &octets);
    if (result == 1) {
        frame->place.at = stamp_of(header->ts.tv_sec, header->ts.tv_usec);
        frame->place.frame = ++r->number;
        frame->octets = slice_of(octets, header->caplen);
        frame->length = header->len > header->caplen ? header->len : header->caplen;
        frame->link_type = r->link_type;
        return READER_FRAME;
    }
    if (result == PCAP_ERROR_BREAK) /* the end of the file */
        return READER_END;
    explain(r->stream, pcap_geterr(r->handle), problem);
    return READER_ERROR;
}

bool reader_passes(const struct reader *r, const struct frame *frame)
{
    struct pcap_pkthdr header;

    if (r->filter == NULL)
        return true;
    header = (struct pcap_pkthdr){ .caplen = (bpf_u_int32)frame->octets.len, .len = frame->length };
    return pcap_offline_filter(r->filter, &header, frame->octets.data) != 0;
}

int reader_link_type(const struct reader *r)
{
    return r->link_type;
}

bool reader_is_fine(const struct reader *r)
{
    return r->is_fine;
}

struct stream_facts reader_facts(const struct reader *r)
{
    return stream_facts(r->stream);
}

uint64_t reader_frames(const struct reader *r)
{
    return r->number;
}

uint64_t reader_octets_read(const struct reader *r)
{
    return stream_octets_read(r->stream);
}

const char *source_library_version(void)
{
    return pcap_lib_version();
}
