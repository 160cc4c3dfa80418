/* Every cap of the program, with its reason. Reaching one is reported, never fatal, never silent. */
#ifndef SMTPSCOPE_BASE_LIMITS_H
#define SMTPSCOPE_BASE_LIMITS_H

#include "base/stamp.h"

/* Octets held out of order in one direction: a window of 1 MiB is what loss at 100 ms and 80 Mbit/s
 * needs; more is a hole, not reordering. */
#define LIMIT_HELD_A_DIRECTION ((uint64_t)1 << 20)

/* Segments held out of order in one direction: 1 MiB in segments of 256 octets; smaller ones are
 * made to cost, and every one costs a search. */
#define LIMIT_HELD_SEGMENTS 4096

/* Octets held out of order in all connections together. */
#define LIMIT_HELD_IN_ALL ((uint64_t)256 << 20)

/* Octets of one line that are kept; its length is counted on. 128 times RFC 5321's 512. */
#define LIMIT_LINE_KEPT 65536

/* Octets held while a reply decides what they are: after DATA, AUTH and STARTTLS, and from an
 * end-of-data look-alike on. */
#define LIMIT_UNDECIDED 65536

/* Look-alikes of one content that are weighed as its end; an attack needs one. */
#define LIMIT_LOOKALIKES 16

/* How often an undecided content is weighed again before the strict reading stands: each weighing
 * reads all that is held. */
#define LIMIT_WEIGHINGS 64

/* Entries of one session's dialogue that are kept. */
#define LIMIT_DIALOGUE_ENTRIES 10000

/* Lines of one reply that are kept; real EHLO replies have under 40. */
#define LIMIT_REPLY_LINES 1000

/* Octets of one reply that are kept, all lines together. */
#define LIMIT_REPLY_KEPT 65536

/* Octets that the texts of one session's dialogue may take. */
#define LIMIT_SESSION_TEXT ((size_t)8 << 20)

/* Commands waiting for their reply; RFC 2920 clients send tens. */
#define LIMIT_OUTSTANDING 20000

/* Messages, and recipients of one message, that are kept with their addresses. */
#define LIMIT_MESSAGES 10000
#define LIMIT_RECIPIENTS 10000

/* AUTH attempts of one session that are listed; a server closes after a few. */
#define LIMIT_AUTH_ATTEMPTS 1000

/* Header section of a message that is read for Message-ID and --headers. */
#define LIMIT_HEADER_KEPT 65536

/* One header field's body; a Subject has under 1,000 octets, a To of a list may have more. */
#define LIMIT_HEADER_FIELD 4096

/* Connections followed at a time; the longest idle one makes room. */
#define LIMIT_CONNECTIONS 1000000

/* Octets on the heap that --memory does not let the program pass, where it says nothing: what a small
 * virtual machine can spare, and enough for some 150,000 open sessions. Below the least of it the
 * tables that no session owns would leave little to sessions. */
#define LIMIT_MEMORY ((uint64_t)512 << 20)
#define LIMIT_MEMORY_LEAST ((uint64_t)16 << 20)
#define LIMIT_MEMORY_MOST ((uint64_t)1 << 40)

/* The part of it, one in so many, that is kept free: for what one packet may add, and for the holes
 * that the allocator leaves. */
#define LIMIT_MEMORY_RESERVE 8

/* The part of it that fragments of IP datagrams may take, which the connections cannot give up: at
 * --memory's usual value no less than LIMIT_FRAGMENT_OCTETS. */
#define LIMIT_MEMORY_FRAGMENTS 16

/* RFC 5321 4.5.3.2 lets a client wait ten minutes; after fifteen nobody comes back. */
#define LIMIT_IDLE (900 * STAMP_SECOND)

/* How long a closed connection's late packets are recognised as such (twice the two minutes that
 * RFC 9293 3.4.2 takes for a segment's life). */
#define LIMIT_CLOSED_LINGER (240 * STAMP_SECOND)

/* A hole that the peer has acknowledged past is a gap after this much capture time. */
#define LIMIT_HOLE_WAIT STAMP_SECOND

/* Layers of one frame that are walked; the deepest tunnel in use has half as many. */
#define LIMIT_LAYERS 32

/* Rows of packets not decoded, by reason and link type; what has no row is counted by its reason. A
 * capture has one link type, several captures a few. */
#define LIMIT_UNDECODED_ROWS 64

/* Octets of one IP packet whose length field is 0 and leaves it to the frame: what Linux lets
 * segmentation offload reach (GSO_MAX_SIZE). A longer frame length is believed only as far as it
 * was captured. */
#define LIMIT_DATAGRAM 524280

/* IP datagrams put together at a time, and the octets they may hold; the oldest makes room. TCP is
 * hardly ever fragmented, so this is generous. */
#define LIMIT_DATAGRAMS 1024
#define LIMIT_FRAGMENT_OCTETS ((size_t)16 << 20)

/* RFC 8200 4.5 gives fragments 60 seconds to arrive. */
#define LIMIT_FRAGMENT_WAIT (60 * STAMP_SECOND)

/* Distinct names that each list of the summary keeps (servers, domains, findings); what comes after
 * is counted together. Nobody reads past the first hundred, and ten thousand find those. */
#define LIMIT_TALLY_NAMES 10000

/* What is followed across sessions: clients that fail AUTH, servers, domains that refuse, messages
 * deferred. A row costs some 250 octets; a network that shows more than this has its patterns among
 * the first. */
#define LIMIT_PATTERN_SUBJECTS 20000

/* Explanations that the text report remembers having printed at full length; the catalogue has a
 * few hundred. One that is not remembered is printed again. */
#define LIMIT_EXPLAINED 4096

#endif
