/* SPDX-License-Identifier: MIT */
/* What a ramdisk and a file system are made of, as entries of an archive of libarchive's. */
#ifndef ROM_IMAGES_ARCHIVE_NODES_H
#define ROM_IMAGES_ARCHIVE_NODES_H

#include "base/bytes.h"

#include <archive.h>
#include <sys/types.h>

/* 2018-09-05: the same for every file of every ROM. */
#define ARCHIVE_TIME      1536105600
#define ARCHIVE_TIME_TEXT "1536105600"

/* One entry. The texts and the content belong to the caller. */
struct archive_node {
    const char *path; /* without a leading slash */
    mode_t mode;      /* type and permissions: S_IFDIR | 0755 ... */
    unsigned major;   /* of a device */
    unsigned minor;
    const char *target;   /* of a symbolic link */
    struct slice content; /* of a regular file */
};

/*
 * Writes the entries to an open archive and closes it. False: archive_error_string() says why.
 */
NODISCARD bool archive_nodes_write(struct archive *archive, const struct archive_node *nodes,
                                   size_t count);

#endif
