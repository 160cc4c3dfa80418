/* The library that reads the catalogue. */
#ifndef SMTPSCOPE_CATALOG_LIBRARY_H
#define SMTPSCOPE_CATALOG_LIBRARY_H

/* Jansson's version at run time, e.g. "2.14". */
const char *catalog_jansson_version(void);

#endif
