/* A capture has a link type or two, and a reason or two: a short list. */
#include "app/skipped.h"

#include "capture/source.h"

/* False for what is of no use here however well it was decoded. */
static bool is_undecoded(enum skip_reason reason)
{
    switch (reason) {
    case SKIP_NONE:
    case SKIP_NOT_IP:
    case SKIP_NOT_TCP:
    case SKIP_OTHER_PORT:
    case SKIP_CHECKSUM:
    case SKIP_REASON_COUNT:
        return false;
    case SKIP_TRUNCATED:
    case SKIP_MALFORMED:
    case SKIP_UNSUPPORTED_LINK_TYPE:
    case SKIP_FRAGMENT:
    case SKIP_ENCRYPTED:
    case SKIP_UNSUPPORTED_ENCAPSULATION:
    case SKIP_TOO_DEEP:
        break;
    }
    return true;
}

void skipped_count(struct report_input *input, enum skip_reason reason, int link_type)
{
    input->skipped[reason]++;
    if (!is_undecoded(reason))
        return;
    for (size_t i = 0; i < input->undecoded_count; i++)
        if (input->undecoded[i].reason == reason && input->undecoded[i].link_type == link_type) {
            input->undecoded[i].packets++;
            return;
        }
    if (input->undecoded_count < LIMIT_UNDECODED_ROWS)
        input->undecoded[input->undecoded_count++] = (struct report_undecoded){
            .reason = reason,
            .link_type = link_type,
            .link_name = source_link_type_name(link_type),
            .packets = 1,
        };
}
