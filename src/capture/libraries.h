/* The libraries that decompress capture files. */
#ifndef SMTPSCOPE_CAPTURE_LIBRARIES_H
#define SMTPSCOPE_CAPTURE_LIBRARIES_H

/* Their versions as they say them at run time, e.g. "1.2.13". */
const char *capture_zlib_version(void);
const char *capture_zstd_version(void);

#endif
