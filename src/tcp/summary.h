/* What the tracker tells of a connection that is over. */
#ifndef SMTPSCOPE_TCP_SUMMARY_H
#define SMTPSCOPE_TCP_SUMMARY_H

#include "tcp/state.h"

void summary_make(struct tcp_summary *summary, const struct tracker *t, const struct connection *c,
                  enum tcp_close close);

#endif
