/* Names of rotating files, after tcpdump's -C, -G and -W. */
#include "capture/packet_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum status packet_name(char out[PACKET_NAME_MAX], const char *base, bool is_timed, struct stamp at,
                        uint64_t number, unsigned digits)
{
    time_t seconds = (time_t)(at.ns / STAMP_SECOND);
    size_t len = strlen(base);
    struct tm broken;

    if (is_timed) {
        if (localtime_r(&seconds, &broken) == NULL)
            return STATUS_USAGE;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the template is the user's own */
        len = strftime(out, PACKET_NAME_MAX, base, &broken);
#pragma GCC diagnostic pop
    } else if (len < PACKET_NAME_MAX) {
        snprintf(out, PACKET_NAME_MAX, "%s", base);
    }
    if (len == 0 || len >= PACKET_NAME_MAX || memchr(out, '/', len) != NULL)
        return STATUS_USAGE;
    if (number == 0 && digits == 0)
        return STATUS_OK;
    return snprintf(out + len, PACKET_NAME_MAX - len, "%0*" PRIu64, (int)digits, number) <
                   (int)(PACKET_NAME_MAX - len)
               ? STATUS_OK
               : STATUS_USAGE;
}

unsigned packet_name_digits(uint32_t files)
{
    unsigned digits = 0;

    for (uint32_t highest = files > 0 ? files - 1 : 0; highest > 0; highest /= 10)
        digits++;
    return digits;
}
