/* The library behind this room. */
#ifndef SMTPSCOPE_TLS_LIBRARY_H
#define SMTPSCOPE_TLS_LIBRARY_H

/* libcrypto's own version line, for --version. */
const char *tls_library_version(void);

#endif
