/* Numbers as digits, where printf would take too long. */
#ifndef SMTPSCOPE_BASE_DIGITS_H
#define SMTPSCOPE_BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>

enum { DIGITS_MAX = 20 /* of 64 bits in decimal; 16 in hexadecimal */ };

/* Writes the decimal digits of `value`, at least `least` of them (at most DIGITS_MAX), with zeros in
 * front; how many. No NUL. */
size_t digits_decimal(char *to, uint64_t value, size_t least);

/* The hexadecimal ones, in lower case, with no zeros in front. */
size_t digits_hexadecimal(char *to, uint64_t value);

#endif
