/* SPDX-License-Identifier: MIT */
/*
 * Files of the host, as romc needs them: read whole,
 * written so that a half-written one is never seen.
 *
 * On failure every function says why on standard error ("PATH: reason") and returns false.
 */
#ifndef ROM_IMAGES_FILE_H
#define ROM_IMAGES_FILE_H

#include "base/bytes.h"

#include <sys/types.h>

#define FILE_PATH_BYTES 4096

/* Prints a line for a person on standard error; returns false, so that a check can end with it. */
bool complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Puts together a path; false when it gets too long. */
bool file_path(char out_path[FILE_PATH_BYTES], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Maps a file for reading. End with file_unmap; an empty file gives an empty slice. */
NODISCARD bool file_map(const char *path, struct slice *out_bytes);
void file_unmap(struct slice *bytes);

/* A file being written under another name beside its own. */
struct staged_file {
    int fd;
    char path[FILE_PATH_BYTES];
    char temporary[FILE_PATH_BYTES];
};

NODISCARD bool staged_open(struct staged_file *file, const char *path, mode_t mode);
NODISCARD bool staged_write(struct staged_file *file, uint64_t offset, struct slice bytes);

/*
 * The same where the file has a size and nothing in it yet: what is zeros stays a hole. A padded
 * image is mostly that, and a hole is not written, copied or read again.
 */
NODISCARD bool staged_write_sparse(struct staged_file *file, uint64_t offset, struct slice bytes);
NODISCARD bool staged_resize(struct staged_file *file, uint64_t size_bytes);
/* Gives the file its name, replacing what has it. The staged file ends, either way. */
NODISCARD bool staged_commit(struct staged_file *file);
/* The same, but what already has the name stays, and that is success too. */
NODISCARD bool staged_commit_new(struct staged_file *file);
/* Ends without a trace. */
void staged_drop(struct staged_file *file);

/* All of it at once: opened, written, named. */
NODISCARD bool file_write(const char *path, mode_t mode, struct slice bytes);

#endif
