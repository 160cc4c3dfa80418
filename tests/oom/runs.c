/* Small captures, so that there are few allocations; every room and every way of reading is in one
 * run at least. */
#include "oom/runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "support/packet_builder.h"

static const struct run list[] = {
    { .name = "findings", .arguments = "findings" },
    { .name = "text", .arguments = "analyze captures/01-postfix-pipelining.pcap" },
    { .name = "text_whole", .arguments = "analyze -v --headers captures/33-exim-dialogue.pcap" },
    { .name = "json",
      .arguments = "analyze -f json captures/22-smuggling-postfix.pcap",
      .form = RUN_JSON },
    { .name = "ndjson",
      .arguments = "analyze -f ndjson captures/09-530-authentication-required.pcap",
      .form = RUN_NDJSON },
    { .name = "summary",
      .arguments = "analyze -f summary captures/61-patterns-across-sessions.pcap" },
    { .name = "chunks",
      .arguments = "analyze -f ndjson captures/19-bdat-chunking.pcap",
      .form = RUN_NDJSON },
    { .name = "auth",
      .arguments = "analyze -f json --show-secrets --headers captures/51-auth-refused.pcap",
      .form = RUN_JSON },
    { .name = "stripped",
      .arguments = "analyze -f ndjson captures/60-starttls-stripped-and-injected.pcap",
      .form = RUN_NDJSON },
    { .name = "refused_by_icmp",
      .arguments = "analyze captures/62-connection-refused-by-icmp.pcap "
                   "captures/20-connection-refused-and-timeout.pcap" },
    { .name = "pcapng", .arguments = "analyze captures/10-535-bad-credentials.pcapng" },
    { .name = "fragments", .arguments = "analyze -f ndjson %/fragments.pcap", .form = RUN_NDJSON },
    { .name = "gzip", .arguments = "analyze -q %/packed.pcap.gz" },
    { .name = "zstd", .arguments = "analyze -q %/packed.pcap.zst" },
    { .name = "filter",
      .arguments = "analyze -F tcp[13]&2=0,or,host,192.0.2.1,and,not,portrange,1-5 "
                   "captures/01-postfix-pipelining.pcap" },
    { .name = "outputs",
      .arguments = "analyze -q -o %/reports/report.json -o %/reports/report.ndjson "
                   "-o %/reports/report.txt captures/14-450-greylist.pcap",
      .reports = { { "report.json", RUN_JSON },
                   { "report.ndjson", RUN_NDJSON },
                   { "report.txt", RUN_PROSE } } },
    { .name = "selection",
      .arguments = "analyze --address example --code 5xx --finding quit-missing --ports any "
                   "captures/12-550-unknown-554-relay.pcap" },
    { .name = "catalog",
      .arguments = "analyze --catalog %/catalog.json captures/14-450-greylist.pcap" },
    { .name = "explain", .arguments = "explain 550 5.7.1" },
    { .name = "compare", .arguments = "compare 451 550" },
    { .name = "codes", .arguments = "codes" },
    { .name = "interfaces", .arguments = "interfaces" },
    /* Nobody speaks to port 1: two runs see the same. */
    { .name = "live",
      .arguments = "live -i lo --duration 0.01 -f summary -w %/reports/kept.pcap "
                   "-o %/reports/report.ndjson --metrics 127.0.0.1:19925 --ports 1 tcp,port,1",
      .form = RUN_PROSE,
      .reports = { { "kept.pcap", RUN_PROSE }, { "report.ndjson", RUN_NDJSON } },
      .needs_root = true },
};

const struct run *runs(size_t *count)
{
    *count = sizeof list / sizeof *list;
    return list;
}

const struct run *run_of(const char *name)
{
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(list[i].name, name) == 0)
            return &list[i];
    return NULL;
}

static void put_word(char *to, size_t room, const char *word, const char *folder)
{
    (void)snprintf(to, room, "%s%s", word[0] == '%' ? folder : "", word + (word[0] == '%'));
    for (; *to != '\0'; to++)
        if (*to == ',')
            *to = ' ';
}

char **run_words(const struct run *run, const char *folder, int *count)
{
    static char *words[RUN_WORDS_MAX + 1];
    static char texts[RUN_WORDS_MAX][PATH_MAX];
    char arguments[PATH_MAX];
    char *rest = NULL;

    (void)snprintf(arguments, sizeof arguments, "smtpscope %s", run->arguments);
    *count = 0;
    for (char *word = strtok_r(arguments, " ", &rest); word != NULL && *count < RUN_WORDS_MAX;
         word = strtok_r(NULL, " ", &rest)) {
        put_word(texts[*count], sizeof texts[*count], word, folder);
        words[*count] = texts[*count];
        ++*count;
    }
    words[*count] = NULL;
    return words;
}

static void need(bool is_so, const char *what)
{
    if (is_so)
        return;
    fprintf(stderr, "oom: %s\n", what);
    exit(EXIT_FAILURE);
}

static const char *path_in(const char *folder, const char *name)
{
    static char path[PATH_MAX];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* The client's next octets, in two fragments, the second one first. */
static void say_in_fragments(struct talk *t, const char *octets)
{
    struct built segment, ip, frame;
    struct built_ip part = { .from = t->address[SIDE_CLIENT], .to = t->address[SIDE_SERVER] };
    size_t cut = 32;

    build_segment(&segment, &(struct built_tcp){ .from = t->address[SIDE_CLIENT],
                                                 .to = t->address[SIDE_SERVER],
                                                 .from_port = t->port[SIDE_CLIENT],
                                                 .to_port = t->port[SIDE_SERVER],
                                                 .sequence = t->next[SIDE_CLIENT],
                                                 .acknowledgement = t->next[SIDE_SERVER],
                                                 .flags = TCP_ACK | TCP_PSH,
                                                 .payload = slice_of_string(octets) });
    need(segment.len > cut, "too few octets for two fragments");
    part.id = (uint16_t)t->next[SIDE_CLIENT];
    for (int i = 1; i >= 0; i--) {
        part.fragment = i == 1 ? (uint16_t)(cut / 8) : 0x2000;
        part.payload = i == 1 ? slice_from(built_view(&segment), cut)
                              : slice_part(built_view(&segment), 0, cut);
        build_ip(&ip, &part);
        build_ethernet(&frame, 0x0800, built_view(&ip));
        t->at.ns += t->step;
        capture_writer_frame(t->writer, t->at, built_view(&frame));
    }
    t->next[SIDE_CLIENT] += (uint32_t)strlen(octets);
}

/* What the server says next comes in two segments, the second one first. */
static void say_out_of_order(struct talk *t, const char *first, const char *second)
{
    uint32_t begin = t->next[SIDE_SERVER];
    uint32_t end;

    t->next[SIDE_SERVER] = begin + (uint32_t)strlen(first);
    talk_server(t, second);
    end = t->next[SIDE_SERVER];
    t->next[SIDE_SERVER] = begin;
    talk_server(t, first);
    t->next[SIDE_SERVER] = end;
}

static void write_fragments(const char *path)
{
    struct capture_writer *w = capture_writer_new(path, &(struct capture_format){ 0 });
    struct talk t = talk_of(w, (struct stamp){ INT64_C(1700000000000000000) });

    talk_open(&t);
    talk_server(&t, "220 mx.example ESMTP\r\n");
    say_in_fragments(&t, "EHLO client.example\r\n");
    say_out_of_order(&t, "250-mx.example\r\n250-SIZE", " 1000\r\n250 8BITMIME\r\n");
    talk_client(&t, "MAIL FROM:<a@client.example>\r\n");
    talk_server(&t, "250 2.1.0 Ok\r\n");
    say_in_fragments(&t, "RCPT TO:<nobody@mx.example>\r\n");
    talk_server(&t, "550 5.1.1 User unknown\r\n");
    talk_client(&t, "QUIT\r\n");
    talk_server(&t, "221 2.0.0 Bye\r\n");
    talk_close(&t);
    capture_writer_free(w);
}

enum { PACKED_MAX = 64 * 1024 };

static void write_packed(const char *folder)
{
    static uint8_t octets[PACKED_MAX];
    static uint8_t packed[PACKED_MAX];
    FILE *in = fopen("captures/01-postfix-pipelining.pcap", "rb");
    size_t len = in == NULL ? 0 : fread(octets, 1, sizeof octets, in);
    size_t packed_len = ZSTD_compress(packed, sizeof packed, octets, len, 1);
    FILE *zstd = fopen(path_in(folder, "packed.pcap.zst"), "wb");
    gzFile gzip = gzopen(path_in(folder, "packed.pcap.gz"), "wb");

    need(len > 0 && fclose(in) == 0, "the capture to pack cannot be read");
    need(ZSTD_isError(packed_len) == 0 && zstd != NULL &&
             fwrite(packed, 1, packed_len, zstd) == packed_len && fclose(zstd) == 0,
         "the .zst cannot be written");
    need(gzip != NULL && gzwrite(gzip, octets, (unsigned)len) == (int)len && gzclose(gzip) == Z_OK,
         "the .gz cannot be written");
}

static void write_catalog(const char *path)
{
    static const char text[] =
        "{\"schema\": \"smtpscope.catalog/1\",\n"
        " \"codes\": [{\"code\": 450, \"title\": \"Held back\",\n"
        "  \"description\": \"The site holds mail back.\",\n"
        "  \"when_seen\": \"At the first attempt.\", \"fix\": \"Wait for the next.\"}],\n"
        " \"specific\": [{\"code\": [450, 451], \"enhanced\": [\"4.7.1\", \"4.2.0\"],\n"
        "  \"verb\": [\"RCPT\", null], \"when_seen\": \"At a site.\", \"fix\": \"Ask it.\"}],\n"
        " \"phrases\": [{\"phrase\": [\"greylisted\", \"try again\"], \"code\": \"4xx\",\n"
        "  \"add\": \"Greylisting ends by itself.\"}]}\n";
    FILE *out = fopen(path, "w");

    need(out != NULL && fputs(text, out) >= 0 && fclose(out) == 0, "the catalog cannot be written");
}

void run_files_write(const char *folder)
{
    write_fragments(path_in(folder, "fragments.pcap"));
    write_packed(folder);
    write_catalog(path_in(folder, "catalog.json"));
}

void run_files_remove(const char *folder)
{
    static const char *const names[] = { "fragments.pcap", "packed.pcap.gz", "packed.pcap.zst",
                                         "catalog.json" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)unlink(path_in(folder, names[i]));
}
