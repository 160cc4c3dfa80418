/* libFuzzer's hook for fuzz_conversation: changes a dialogue turn by turn, so that it stays one. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/slice.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

enum { HEAD = 4 /* octets of options ahead of the turns */ };

/* Things that clients and servers say. F8 is the client, F9 the
 * server: fuzz/turns.h. */
static const char *const phrases[] = {
    "\xF9"
    "220 mx.example ESMTP\r\n",
    "\xF8"
    "EHLO c.example\r\n\xF9"
    "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 1000\r\n"
    "250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250-CHUNKING\r\n250 8BITMIME\r\n",
    "\xF8"
    "HELO c\r\n\xF9"
    "250 mx\r\n",
    "\xF8"
    "MAIL FROM:<a@b.example> SIZE=10\r\n\xF9"
    "250 2.1.0 ok\r\n",
    "\xF8"
    "RCPT TO:<c@d.example>\r\n\xF9"
    "250 2.1.5 ok\r\n",
    "\xF8"
    "RCPT TO:<e@d.example>\r\n\xF9"
    "550 5.1.1 User unknown\r\n",
    "\xF8"
    "RCPT TO:<f@d.example>\r\n\xF9"
    "450 4.2.0 Greylisted\r\n",
    "\xF8"
    "DATA\r\n\xF9"
    "354 go ahead\r\n",
    "\xF8"
    "DATA\r\n\xF9"
    "554 5.5.1 no valid recipients\r\n",
    "\xF8"
    "Subject: =?utf-8?q?a?=\r\nMessage-ID: <1@b>\r\n\r\ntext\r\n",
    "\xF8"
    "\r\n.\r\n\xF9"
    "250 2.0.0 Ok: queued as ABC123\r\n",
    "\xF8"
    "\n.\r\n",
    "\xF8"
    "\n.\nMAIL FROM:<x@y>\r\nRCPT TO:<z@y>\r\nDATA\r\n",
    "\xF8"
    "BDAT 4\r\nabcd\xF9"
    "250 ok\r\n",
    "\xF8"
    "BDAT 0 LAST\r\n\xF9"
    "250 ok\r\n",
    "\xF8"
    "AUTH PLAIN AHVzZXIAcGFzcw==\r\n\xF9"
    "235 2.7.0 ok\r\n",
    "\xF8"
    "AUTH LOGIN\r\n\xF9"
    "334 VXNlcm5hbWU6\r\n\xF8"
    "dXNlcg==\r\n\xF9"
    "334 UGFzc3dvcmQ6\r\n\xF8"
    "cGFzcw==\r\n\xF9"
    "535 5.7.8 no\r\n",
    "\xF8"
    "STARTTLS\r\n\xF9"
    "220 2.0.0 ready\r\n",
    "\xF8"
    "\x16\x03\x01\x02\x00\x01\x00",
    "\xF9"
    "\x15\x03\x03\x00\x02\x02\x30",
    "\xF8"
    "RSET\r\n\xF9"
    "250 ok\r\n",
    "\xF8"
    "NOOP\r\n\xF9"
    "250 ok\r\n",
    "\xF8"
    "VRFY a\r\n\xF9"
    "252 perhaps\r\n",
    "\xF8"
    "QUIT\r\n\xF9"
    "221 2.0.0 bye\r\n",
    "\xF9"
    "421 4.4.2 timeout\r\n",
    "\xF9"
    "250-a\r\n250-b\r\n251 c\r\n",
    "\xFA\x05",
    "\xFB\x05",
    "\xFC\x40",
};

enum { PHRASES = sizeof(phrases) / sizeof(phrases[0]), PIECES_MAX = 400 };

/* A dialogue as pieces that each begin with the octet that parts turns. */
struct pieces {
    size_t count;
    struct slice list[PIECES_MAX + 2];
};

static void cut_at_turns(struct pieces *pieces, struct slice in)
{
    size_t begin = 0;

    pieces->count = 0;
    for (size_t i = 0; i < in.len && pieces->count < PIECES_MAX; i++) {
        if (in.data[i] == 0xFF) {
            i++;
        } else if (in.data[i] >= 0xF8 && i > begin) {
            pieces->list[pieces->count++] = slice_part(in, begin, i - begin);
            begin = i;
        }
    }
    pieces->list[pieces->count++] = slice_from(in, begin);
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245U + 12345U;
    return *seed >> 16;
}

static void insert(struct pieces *pieces, size_t at, struct slice piece)
{
    mem_move(&pieces->list[at + 1], &pieces->list[at], (pieces->count - at) * sizeof(piece));
    pieces->list[at] = piece;
    pieces->count++;
}

static void take_out(struct pieces *pieces, size_t at)
{
    pieces->count--;
    mem_move(&pieces->list[at], &pieces->list[at + 1],
             (pieces->count - at) * sizeof(pieces->list[0]));
}

/* Changes the order of the turns, or what they are. */
static void change_turns(struct pieces *pieces, unsigned *seed)
{
    size_t at = next_random(seed) % pieces->count;
    size_t other = next_random(seed) % pieces->count;
    struct slice piece = pieces->list[at];

    switch (next_random(seed) % 4) {
    case 0:
        insert(pieces, at, slice_of_string(phrases[next_random(seed) % PHRASES]));
        break;
    case 1:
        insert(pieces, other, piece);
        break;
    case 2:
        take_out(pieces, at);
        break;
    default:
        pieces->list[at] = pieces->list[other];
        pieces->list[other] = piece;
        break;
    }
}

/* Puts the pieces together again, one of them changed by libFuzzer's own means. */
static size_t join(const struct pieces *pieces, size_t changed, uint8_t *out, size_t room)
{
    size_t len = 0;

    for (size_t i = 0; i < pieces->count; i++) {
        size_t part = pieces->list[i].len < room - len ? pieces->list[i].len : room - len;

        mem_copy(out + len, pieces->list[i].data, part);
        if (i == changed && part > 0)
            part = LLVMFuzzerMutate(out + len, part, room - len);
        len += part;
    }
    return len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static struct pieces pieces;
    uint8_t *out = malloc(max_size);
    size_t len = 0;

    /* Options are a matter for libFuzzer, and so is once in a while all of it. */
    if (out == NULL || size <= HEAD || next_random(&seed) % 16 == 0) {
        free(out);
        return LLVMFuzzerMutate(data, size, max_size);
    }
    cut_at_turns(&pieces, slice_of(data + HEAD, size - HEAD));
    if (next_random(&seed) % 2 == 0)
        change_turns(&pieces, &seed);
    if (pieces.count > 0)
        len = join(&pieces, next_random(&seed) % (2 * pieces.count), out, max_size - HEAD);
    mem_copy(data + HEAD, out, len);
    free(out);
    return HEAD + len;
}
