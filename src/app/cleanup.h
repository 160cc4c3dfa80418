/* Temporary files, taken away however the program ends. */
#ifndef SMTPSCOPE_APP_CLEANUP_H
#define SMTPSCOPE_APP_CLEANUP_H

/* SIGINT, SIGTERM and SIGHUP remove what is kept here and then end the program as ever; SIGPIPE is
 * ignored, so that a closed pipe is an error that writing returns. */
void cleanup_catch_signals(void);

/* Keeps a name, which must stay as it is until cleanup_forget. */
void cleanup_keep(const char *path);
void cleanup_forget(const char *path);

#endif
