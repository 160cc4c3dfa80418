/* What a fuzz target defines; its driver is libFuzzer's or replay_main.c. */
#ifndef SMTPSCOPE_TESTS_FUZZ_H
#define SMTPSCOPE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Feeds one input and asserts the target's laws. Returns 0. `data` may be NULL where size is 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
