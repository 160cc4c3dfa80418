/* Nothing here needs escaping: names, numbers and words of our own. */
#include "make-capture/truth.h"

#include <inttypes.h>

#include "net/endpoint.h"

static void write_end(FILE *file, const char *name, const struct host *host)
{
    char address[ADDRESS_TEXT_MAX];

    address_text(&host->end.address, address);
    fprintf(file,
            "\"%s\":{\"ip\":\"%s\",\"port\":%u,\"octets\":%" PRIu64 ",\"missing\":%" PRIu64 "},",
            name, address, host->end.port, host->said, host->missing);
}

static void write_pairs(FILE *file, const struct script *s)
{
    fputs("\"pairs\":[", file);
    for (size_t i = 0; i < s->pair_count; i++)
        fprintf(file, "%s[\"%s\",%u]", i == 0 ? "" : ",",
                s->pairs[i].verb != NULL ? s->pairs[i].verb : "?", s->pairs[i].code);
    fputs("],", file);
}

static void write_messages(FILE *file, const struct script *s)
{
    fputs("\"messages\":[", file);
    for (size_t i = 0; i < s->message_count; i++) {
        const struct script_message *message = &s->messages[i];

        fprintf(file, "%s{\"via\":\"%s\",\"octets\":%" PRIu64 ",\"wire\":%" PRIu64,
                i == 0 ? "" : ",", message->via, message->octets, message->wire);
        if (message->code != 0)
            fprintf(file, ",\"code\":%u}", message->code);
        else
            fputs(",\"code\":null}", file);
    }
    fputs("],", file);
}

void truth_write(FILE *file, const struct flow *flow)
{
    static const char *const tls[] = {
        [SCRIPT_PLAIN] = "null",
        [SCRIPT_STARTTLS] = "\"starttls\"",
        [SCRIPT_IMPLICIT_TLS] = "\"implicit\"",
    };

    fprintf(file, "{\"number\":%" PRIu32 ",", flow->number);
    write_end(file, "client", &flow->hosts[SIDE_CLIENT]);
    write_end(file, "server", &flow->hosts[SIDE_SERVER]);
    write_pairs(file, &flow->script);
    write_messages(file, &flow->script);
    fprintf(file, "\"tls\":%s,\"closed\":%s}\n", tls[flow->script.tls],
            flow->script.end == SCRIPT_CLIENT_CLOSES || flow->script.end == SCRIPT_SERVER_CLOSES
                ? "true"
                : "false");
}
