/* Packet records of a classic pcap file (draft-ietf-opsawg-pcap 4 and 5), read where they lie: what
 * libpcap does with them, without a copy. Private to capture/. */
#ifndef SMTPSCOPE_CAPTURE_RECORD_H
#define SMTPSCOPE_CAPTURE_RECORD_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/slice.h"
#include "base/status.h"

enum { RECORD_FILE_HEAD = 24, RECORD_HEAD = 16, RECORD_SNAP_MAX = 262144 };

#define RECORD_HOST_IS_BIG_ENDIAN (BYTE_ORDER == BIG_ENDIAN)

/* How the records of one file are written. */
struct record_form {
    bool is_big_endian;
    bool is_fine;  /* the fraction counts nanoseconds */
    uint32_t snap; /* octets kept of a frame; what a record has beyond them is passed over */
};

struct record {
    int64_t seconds;
    int64_t nanoseconds;
    uint32_t kept; /* octets of the frame in the file, up to the snap length */
    uint32_t sent;
    uint32_t size; /* of the whole record */
};

/* False where the file's head is none that is read here: an older or a modified form. `snap` is what
 * libpcap makes of the head's. */
bool record_form_of(struct slice head, int snap, struct record_form *out);

/* The number of 32 bits that stands there. */
static inline uint32_t record_u32(const struct record_form *form, const uint8_t *octets)
{
    uint32_t number;

    mem_copy(&number, octets, sizeof(number));
    return form->is_big_endian == RECORD_HOST_IS_BIG_ENDIAN ? number : __builtin_bswap32(number);
}

/* The record that `in` begins with. PARSE_MORE: it has fewer than RECORD_HEAD octets, or fewer than
 * out->size. PARSE_BAD: out->kept is more than any frame has. */
static inline enum parse record_read(const struct record_form *form, struct slice in,
                                     struct record *out)
{
    if (in.len < RECORD_HEAD)
        return PARSE_MORE;
    /* Not signed: libpcap 1.10 has it so only where the file is in the other byte order, and takes
     * what is after 2038 for before 1970 where it is not. */
    out->seconds = record_u32(form, in.data);
    out->nanoseconds = (int64_t)record_u32(form, in.data + 4) * (form->is_fine ? 1 : 1000);
    out->kept = record_u32(form, in.data + 8);
    out->sent = record_u32(form, in.data + 12);
    if (out->kept > RECORD_SNAP_MAX)
        return PARSE_BAD;
    out->size = RECORD_HEAD + out->kept;
    if (in.len < out->size)
        return PARSE_MORE;
    if (out->kept > form->snap)
        out->kept = form->snap;
    return PARSE_OK;
}

#endif
