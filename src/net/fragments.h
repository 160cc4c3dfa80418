/* IP fragments in, whole datagrams out (RFC 791 3.2, RFC 8200 4.5). Private to net/. */
#ifndef SMTPSCOPE_NET_FRAGMENTS_H
#define SMTPSCOPE_NET_FRAGMENTS_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/stamp.h"
#include "base/status.h"
#include "net/packet.h"

struct fragments; /* datagrams that are not whole yet, their number and octets capped */

struct fragment {
    uint8_t version;
    uint8_t protocol;
    uint32_t id;
    struct slice source;
    struct slice destination;
    const struct encapsulation *way; /* the same addresses on two VLANs are two datagrams */
    uint32_t offset;                 /* in octets, a multiple of 8 */
    bool is_last;
    struct stamp at;
    struct slice data;
};

/* `octets_max`: what the held datagrams may take on the heap; 0: LIMIT_FRAGMENT_OCTETS, as for all that
 * is more. The datagram in work may pass it. */
MUST_USE enum status fragments_new(struct fragments **out, size_t octets_max);
void fragments_free(struct fragments *fragments);

/* Frees what fragments_add handed out; datagrams within datagrams need each other until the end. */
void fragments_release(struct fragments *fragments);

/* PARSE_OK: `*whole` is the datagram's payload, valid until the release, and `*protocol` what its
 * first fragment says it is. PARSE_MORE: held, or given up with its datagram. PARSE_BAD: no
 * fragment can be like that. */
MUST_USE enum parse fragments_add(struct fragments *fragments, const struct fragment *fragment,
                                  struct slice *whole, uint8_t *protocol);

/* STATUS_NO_MEMORY: some fragment was let go, its datagram with it. */
enum status fragments_status(const struct fragments *fragments);

struct fragment_counts fragments_counts(const struct fragments *fragments);

#endif
