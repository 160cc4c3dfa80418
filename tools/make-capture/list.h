/* Room at the end of a growing array; a tool that runs out of memory ends. */
#ifndef SMTPSCOPE_MAKE_CAPTURE_LIST_H
#define SMTPSCOPE_MAKE_CAPTURE_LIST_H

#include <stddef.h>

/* A zeroed block of `size` octets. */
void *list_new(size_t size);

/* `list` of `*room` items of `size` octets, moved where it must be so that `count` fit. */
void *list_grown(void *list, size_t *room, size_t count, size_t size);

#endif
