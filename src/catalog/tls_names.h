/* Names of TLS numbers, as IANA's registries and reports have them. */
#ifndef SMTPSCOPE_CATALOG_TLS_NAMES_H
#define SMTPSCOPE_CATALOG_TLS_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* Rows of the table of cipher suites. */
enum { TLS_CIPHER_NAMES = 114 };

/* "TLSv1.3" for 0x0304 and so on down to "SSLv3" (and "SSLv2" for 0x0002); NULL: no such version. */
const char *tls_version_name(uint16_t version);

/* IANA's name, e.g. "TLS_AES_128_GCM_SHA256"; NULL: not in the table. */
const char *tls_cipher_name(uint16_t cipher);

/* RFC 8446 6 and IANA's TLS Alerts registry, e.g. "unknown_ca" for 48; NULL: no such alert. */
const char *tls_alert_name(uint8_t code);

#endif
