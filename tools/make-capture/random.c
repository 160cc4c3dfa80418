/* Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (2014), as public domain. */
#include "make-capture/random.h"

struct random random_of(uint64_t seed, uint64_t stream)
{
    struct random r = { seed };

    r.state = random_next(&r) ^ stream * UINT64_C(0xd1342543de82ef95);
    r.state = random_next(&r);
    return r;
}

uint64_t random_next(struct random *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t random_below(struct random *r, uint32_t n)
{
    return (uint32_t)((random_next(r) >> 32) * n >> 32);
}

uint32_t random_between(struct random *r, uint32_t low, uint32_t high)
{
    return low + random_below(r, high - low + 1);
}

bool random_chance(struct random *r, double share)
{
    /* 53 bits are what a double holds exactly. */
    return share > 0 && (double)(random_next(r) >> 11) < share * 9007199254740992.0;
}

void random_fill(struct random *r, uint8_t *to, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        uint64_t word = random_next(r);

        for (size_t k = i; k < n && k < i + 8; k++, word >>= 8)
            to[k] = (uint8_t)word;
    }
}
