/* Numbers as digits, where printf would take too long. */
#ifndef SMTPSCOPE_BASE_DIGITS_H
#define SMTPSCOPE_BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>

enum { DIGITS_MAX = 20 /* of 64 bits in decimal; 16 in hexadecimal */ };

/* Writes the decimal digits of `value`; how many. No NUL. */
size_t digits_decimal(char *to, uint64_t value);

/* The same as exactly `width` digits, with zeros in front; the number has no more. */
size_t digits_padded(char *to, uint32_t value, size_t width);

/* The hexadecimal ones, in lower case, with no zeros in front. */
size_t digits_hexadecimal(char *to, uint64_t value);

#endif
