/* A count as people read it: "1,204". */
#ifndef SMTPSCOPE_BASE_NUMBER_TEXT_H
#define SMTPSCOPE_BASE_NUMBER_TEXT_H

#include <stdint.h>

enum { NUMBER_TEXT_MAX = 28 /* 18,446,744,073,709,551,615 */ };

/* By value and ended by a NUL, so that a call can stand where the text is needed. */
struct number_text {
    char text[NUMBER_TEXT_MAX];
};

struct number_text number_text_of(uint64_t number);

#endif
