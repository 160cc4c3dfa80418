/* libpcap's DLT_ values as the LINKTYPE_ values of capture files. Private to capture/. */
#ifndef SMTPSCOPE_CAPTURE_LINK_TYPE_H
#define SMTPSCOPE_CAPTURE_LINK_TYPE_H

int link_type_of_dlt(int dlt);

#endif
