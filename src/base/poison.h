/* Memory that waits to be used again must not be read meanwhile: where there is an address sanitizer it
 * is told. */
#ifndef SMTPSCOPE_BASE_POISON_H
#define SMTPSCOPE_BASE_POISON_H

/* gcc says so with a macro, clang as a feature. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISON_IS_TOLD
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(POISON_IS_TOLD)
#define POISON_IS_TOLD
#endif

#ifdef POISON_IS_TOLD
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

#endif
