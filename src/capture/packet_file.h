/* What -w keeps: frames in a pcap file, or in several that take turns, named as tcpdump names
 * them. */
#ifndef SMTPSCOPE_CAPTURE_PACKET_FILE_H
#define SMTPSCOPE_CAPTURE_PACKET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/stamp.h"
#include "base/status.h"
#include "capture/frame.h"

struct packet_file;

enum packet_precision { PACKET_MICROSECONDS, PACKET_NANOSECONDS };

enum {
    PACKET_FILE_UNIT = 1000000, /* octets that one of -C's units stands for */
    PACKET_FILE_KEEP_OWNER = -1,
};

struct packet_file_options {
    const char *path; /* "-": standard output. With `seconds`, a strftime template. */
    uint64_t octets;  /* -C: a file that has grown past this is its last; 0: no limit */
    uint32_t seconds; /* -G: a file lasts so long; 0: no limit */
    uint32_t files;   /* -W: with -C the ring's size, with -G alone the number of files; 0: none */
    int link_type;    /* a LINKTYPE_ value */
    uint32_t snap_length;
    enum packet_precision precision;
    struct stamp begun; /* now; -G counts from it */
    int64_t uid;        /* the owner of regular files opened here; PACKET_FILE_KEEP_OWNER: */
    int64_t gid;        /* whoever the process is */
};

/* Opens the first file, mode 0600, and writes its header. The folder stays open, and later files
 * are opened in it by openat. STATUS_USAGE: the options contradict each other (standard output
 * that rotates; -W alone; a template that leads to another folder); STATUS_IO: cannot be opened or
 * written; `error` says so in one line that names the file. packet_file_free afterwards, whatever
 * came back. `path` must outlive it. From then on a sandbox has to let through write, poll, fstat,
 * fchmod, fchown, ftruncate, close, and for later files openat with O_WRONLY, O_CREAT, O_TRUNC,
 * O_CLOEXEC and O_NOCTTY. */
MUST_USE enum status packet_file_open(struct packet_file **out,
                                      const struct packet_file_options *options, char *error,
                                      size_t error_size);

/* The descriptor of the folder that later files are opened in; -1 where the first is the only
 * one. */
int packet_file_folder(const struct packet_file *file);

/* Adds a frame, in a new file where it is time for one. STATUS_IO, with one line in `error` (disk
 * full): nothing more is written, and what was is whole frames; later calls do nothing and return
 * STATUS_OK. */
MUST_USE enum status packet_file_write(struct packet_file *file, const struct frame *frame,
                                       char *error, size_t error_size);

/* Hands to the system what is held; after every batch, so that a reader can follow. Results as
 * above. */
MUST_USE enum status packet_file_flush(struct packet_file *file, char *error, size_t error_size);

/* -G with -W: the last file has had its time, and the frame that told so was not kept. Capturing
 * ends then, in good order. */
bool packet_file_is_complete(const struct packet_file *file);

/* Writing failed because the reader of a pipe has gone. */
bool packet_file_is_closed(const struct packet_file *file);

/* Frames that are in files, and files begun. */
uint64_t packet_file_frames(const struct packet_file *file);
uint64_t packet_file_count(const struct packet_file *file);

/* Flushes and closes the last file. Results as packet_file_write's. */
MUST_USE enum status packet_file_finish(struct packet_file *file, char *error, size_t error_size);

/* Gives everything back; what was not flushed is lost. Takes NULL. */
void packet_file_free(struct packet_file *file);

#endif
