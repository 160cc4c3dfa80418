/* Temporary files, taken away however the program ends. */
#ifndef SMTPSCOPE_APP_CLEANUP_H
#define SMTPSCOPE_APP_CLEANUP_H

/* SIGINT, SIGTERM and SIGHUP remove what is kept here and then end the program as ever; SIGPIPE is
 * ignored, so that a closed pipe is an error that writing returns. */
void cleanup_catch_signals(void);

/* Makes a file under a name that is nobody's: mkostemp's template, filled in. It is taken away with
 * the program until cleanup_forget, and `path` must stay as it is until then. -1, and errno says
 * why, where it cannot be made. */
int cleanup_make_temporary(char *path);
void cleanup_forget(const char *path);

#endif
