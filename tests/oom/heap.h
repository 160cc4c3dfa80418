/* The heap of the whole program, libraries included, made to fail where a test wants it to: this
 * program's own malloc and the like stand before everybody's. One thread only. */
#ifndef SMTPSCOPE_TESTS_OOM_HEAP_H
#define SMTPSCOPE_TESTS_OOM_HEAP_H

#include <stddef.h>
#include <stdint.h>

enum heap_failure {
    HEAP_FAILS_ONCE,
    HEAP_FAILS_FOR_GOOD, /* and every later one too, as on a machine whose memory is spent */
};

/* Counts allocations from 1 on; number `n` fails, or none where it is 0. */
void heap_begin(uint64_t n, enum heap_failure failure);

/* In the place of a hash: within a library that does not live through a failure there. */
enum { HEAP_CALLER_HOPELESS = 0 };

/* As heap_begin(0), and notes for each allocation who calls, as a hash of the call stack up to
 * here, in `callers`, up to `room` of them. */
void heap_record(uint64_t *callers, size_t room);

/* The next allocation that fails shows its call stack on standard error. */
void heap_show(void);

/* Nothing fails any more. Returns how many allocations there were. */
uint64_t heap_end(void);

#endif
