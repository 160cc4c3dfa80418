/* How the values of live's own options are read; for the table. */
#ifndef SMTPSCOPE_APP_OPTION_LIVE_H
#define SMTPSCOPE_APP_OPTION_LIVE_H

#include "app/option_table.h"

enum take_result take_interface(struct options *options, const char *value);
enum take_result take_packets(struct options *options, const char *value);
enum take_result take_rotate_octets(struct options *options, const char *value);
enum take_result take_rotate_seconds(struct options *options, const char *value);
enum take_result take_rotate_files(struct options *options, const char *value);
enum take_result take_snap_length(struct options *options, const char *value);
enum take_result take_buffer(struct options *options, const char *value);
enum take_result take_modest(struct options *options, const char *value);
enum take_result take_user(struct options *options, const char *value);
enum take_result take_sessions_max(struct options *options, const char *value);
enum take_result take_duration(struct options *options, const char *value);
enum take_result take_stats(struct options *options, const char *value);
enum take_result take_metrics(struct options *options, const char *value);

#endif
