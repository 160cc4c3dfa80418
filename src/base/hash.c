/* SipHash-1-3 of our own; SHA-1 and base64 by libcrypto; keys by the kernel. */
#include "base/hash.h"

/* EVP_Digest and SHA1 wake the whole library: a thousand allocations, its configuration read,
 * and OpenSSL 3.0 falls over where there is no memory for that. These three do none of it. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <endian.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/random.h>

#include "base/mem.h"

struct sip {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v1;
    s->v0 += s->v3;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 = rotate(s->v2, 32);
}

/* One round a word: the 1 of 1-3. */
static inline void sip_word(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    s->v0 ^= word;
}

static enum status fill_random(void *key, size_t size)
{
    return getrandom(key, size, 0) == (ssize_t)size ? STATUS_OK : STATUS_IO;
}

enum status siphash_key_random(struct siphash_key *key)
{
    return fill_random(key, sizeof *key);
}

enum status linear_key_random(struct linear_key *key)
{
    return fill_random(key, sizeof *key);
}

static inline struct sip sip_begin(const struct siphash_key *key)
{
    return (struct sip){
        key->k0 ^ UINT64_C(0x736f6d6570736575),
        key->k1 ^ UINT64_C(0x646f72616e646f6d),
        key->k0 ^ UINT64_C(0x6c7967656e657261),
        key->k1 ^ UINT64_C(0x7465646279746573),
    };
}

/* `word` has the last octets and the length. */
static inline uint64_t sip_end(struct sip *s, uint64_t word)
{
    sip_word(s, word);
    s->v2 ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

/* Eight octets of the text, or, of its last, as many as there are. */
static inline uint64_t text_word(struct slice in, size_t at)
{
    uint64_t word = 0;

    if (in.len - at >= sizeof(word)) {
        mem_copy(&word, in.data + at, sizeof(word));
        return le64toh(word);
    }
    if (in.len >= sizeof(word) && at < in.len) {
        mem_copy(&word, in.data + in.len - sizeof(word), sizeof(word));
        return le64toh(word) >> 8 * (sizeof(word) - (in.len - at));
    }
    for (size_t i = at; i < in.len; i++)
        word |= (uint64_t)in.data[i] << 8 * (i - at);
    return word;
}

/* Its octets that are small letters made capital ones, eight at a time. */
static inline uint64_t upper_word(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t low = word & 0x7f * ones;
    uint64_t from_a = low + (0x80 - 'a') * ones; /* bit 7 of an octet: it is that or more */
    uint64_t past_z = low + (0x7f - 'z') * ones;

    return word ^ (from_a & ~past_z & ~word & 0x80 * ones) >> 2;
}

uint64_t siphash13(const struct siphash_key *key, struct slice in)
{
    struct sip s = sip_begin(key);
    size_t whole = in.len & ~(size_t)7;

    for (size_t at = 0; at < whole; at += 8)
        sip_word(&s, text_word(in, at));
    return sip_end(&s, text_word(in, whole) | (uint64_t)in.len << 56);
}

uint64_t siphash13_nocase(const struct siphash_key *key, struct slice in)
{
    struct sip s = sip_begin(key);
    size_t whole = in.len & ~(size_t)7;

    for (size_t at = 0; at < whole; at += 8)
        sip_word(&s, upper_word(text_word(in, at)));
    return sip_end(&s, upper_word(text_word(in, whole)) | (uint64_t)in.len << 56);
}

uint64_t siphash13_words(const struct siphash_key *key, const uint64_t *words, size_t count)
{
    struct sip s = sip_begin(key);

    for (size_t i = 0; i < count; i++)
        sip_word(&s, words[i]);
    return sip_end(&s, (uint64_t)(count * sizeof(*words)) << 56);
}

/* Community ID sorts the ends as octets, so that both directions give one text. */
static bool end_is_lower(const struct flow_end *a, const struct flow_end *b)
{
    int order = memcmp(a->address.data, b->address.data, a->address.len);

    return order < 0 || (order == 0 && a->port <= b->port);
}

static size_t put(uint8_t *to, size_t at, struct slice s)
{
    mem_copy(to + at, s.data, s.len);
    return at + s.len;
}

size_t community_id(struct flow_end a, struct flow_end b, char out[COMMUNITY_ID_TEXT_MAX])
{
    const struct flow_end *low = &a, *high = &b;
    uint8_t text[2 + 16 + 16 + 2 + 4] = { 0, 0 }; /* begins with the seed */
    uint8_t digest[SHA_DIGEST_LENGTH];
    uint8_t encoded[4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1];
    SHA_CTX sha;
    size_t len = 2;

    out[0] = '\0';
    if (a.address.len != b.address.len || (a.address.len != 4 && a.address.len != 16))
        return 0;
    if (!end_is_lower(&a, &b)) {
        low = &b;
        high = &a;
    }
    len = put(text, len, low->address);
    len = put(text, len, high->address);
    text[len++] = 6; /* the protocol number of TCP, and an octet of padding */
    text[len++] = 0;
    text[len++] = (uint8_t)(low->port >> 8);
    text[len++] = (uint8_t)(low->port & 0xff);
    text[len++] = (uint8_t)(high->port >> 8);
    text[len++] = (uint8_t)(high->port & 0xff);
    if (SHA1_Init(&sha) != 1 || SHA1_Update(&sha, text, len) != 1 || SHA1_Final(digest, &sha) != 1)
        return 0;
    (void)EVP_EncodeBlock(encoded, digest, sizeof digest);
    mem_copy(out, "1:", 2);
    mem_copy(out + 2, encoded, COMMUNITY_ID_TEXT_MAX - 2);
    return COMMUNITY_ID_TEXT_MAX - 1;
}
