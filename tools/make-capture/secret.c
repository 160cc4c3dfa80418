/* TLS as it looks from outside: hellos that can be read, and records that cannot. */
#include "base/mem.h"
#include "make-capture/play.h"

enum {
    RECORD_CHANGE_CIPHER = 20,
    RECORD_HANDSHAKE = 22,
    RECORD_DATA = 23,
    HELLO_MAX = 512,
    RECORD_MAX = 4096,
};

struct hello {
    uint8_t octets[HELLO_MAX];
    size_t len;
};

static void add(struct hello *h, const void *octets, size_t len)
{
    mem_copy(h->octets + h->len, octets, len);
    h->len += len;
}

static void add_u16(struct hello *h, size_t value)
{
    uint8_t octets[2] = { (uint8_t)(value >> 8), (uint8_t)value };

    add(h, octets, 2);
}

static void set_u16(struct hello *h, size_t at, size_t value)
{
    h->octets[at] = (uint8_t)(value >> 8);
    h->octets[at + 1] = (uint8_t)value;
}

static void begin(struct play *p, struct hello *h, uint8_t kind)
{
    uint8_t numbers[32];
    const uint8_t head[] = { RECORD_HANDSHAKE, 3, 1, 0, 0, kind, 0, 0, 0, 3, 3 };

    random_fill(p->random, numbers, sizeof(numbers));
    add(h, head, sizeof(head));
    add(h, numbers, sizeof(numbers));
    add(h, "\x20", 1); /* a session identifier, for middleboxes (RFC 8446 D.4) */
    add(h, numbers, sizeof(numbers));
}

/* Fills in the lengths of the extensions, which begin at `extensions`, of the message and of the
 * record. */
static void finish(struct hello *h, size_t extensions)
{
    set_u16(h, extensions, h->len - extensions - 2);
    set_u16(h, 7, h->len - 9);
    set_u16(h, 3, h->len - 5);
}

static void client_hello(struct play *p)
{
    static const uint8_t suites[] = { 0, 6, 0x13, 1, 0x13, 2, 0xC0, 0x2F, 1, 0 };
    static const uint8_t versions[] = { 0, 0x2B, 0, 5, 4, 3, 4, 3, 3 };
    char name[32];
    size_t len = (size_t)snprintf(name, sizeof(name), "mx%u.example.test", p->number % 16);
    struct hello h = { .len = 0 };
    size_t extensions;

    begin(p, &h, 1);
    add(&h, suites, sizeof(suites));
    extensions = h.len;
    add_u16(&h, 0);
    add_u16(&h, 0); /* server_name, RFC 6066 3 */
    add_u16(&h, len + 5);
    add_u16(&h, len + 3);
    add(&h, "", 1);
    add_u16(&h, len);
    add(&h, name, len);
    add(&h, versions, sizeof(versions));
    finish(&h, extensions);
    play_send(p, slice_of(h.octets, h.len));
}

static void server_hello(struct play *p)
{
    static const uint8_t suite[] = { 0x13, 1, 0 };
    static const uint8_t version[] = { 0, 0x2B, 0, 2, 3, 4 };
    static const uint8_t change[] = { RECORD_CHANGE_CIPHER, 3, 3, 0, 1, 1 };
    struct hello h = { .len = 0 };
    size_t extensions;

    begin(p, &h, 2);
    add(&h, suite, sizeof(suite));
    extensions = h.len;
    add_u16(&h, 0);
    add(&h, version, sizeof(version));
    finish(&h, extensions);
    add(&h, change, sizeof(change));
    script_turn(p->script, SIDE_SERVER);
    script_say(p->script, slice_of(h.octets, h.len));
}

/* Octets nobody can read, as records of application data. */
static void whisper(struct play *p, size_t len)
{
    uint8_t octets[RECORD_MAX];

    while (len > 0) {
        size_t size = len < RECORD_MAX ? len : RECORD_MAX;
        const uint8_t head[] = { RECORD_DATA, 3, 3, (uint8_t)(size >> 8), (uint8_t)size };

        script_say(p->script, slice_of(head, sizeof(head)));
        random_fill(p->random, octets, size);
        script_say_missable(p->script, slice_of(octets, size));
        len -= size;
    }
}

void play_tls(struct play *p)
{
    struct script *s = p->script;
    uint32_t rounds = random_between(p->random, 4, 9);

    client_hello(p);
    server_hello(p);
    whisper(p, random_between(p->random, 900, 3000)); /* the certificate and so on */
    for (uint32_t i = 0; i < rounds; i++) {
        script_turn(s, SIDE_CLIENT);
        whisper(p, i == 3 ? p->workload->message_size + 1 : random_between(p->random, 30, 120));
        script_turn(s, SIDE_SERVER);
        whisper(p, random_between(p->random, 30, 200));
    }
    s->end = SCRIPT_CLIENT_CLOSES;
}
