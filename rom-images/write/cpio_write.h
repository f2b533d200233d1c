/* SPDX-License-Identifier: MIT */
/*
 * A ramdisk: an uncompressed "newc" archive as the Linux kernel unpacks it (Linux,
 * Documentation/driver-api/early-userspace/buffer-format.rst). libarchive writes it.
 *
 * Uncompressed: under emulation hashing it is faster than the kernel's unpacking would be.
 */
#ifndef ROM_IMAGES_CPIO_WRITE_H
#define ROM_IMAGES_CPIO_WRITE_H

#include "base/bytes.h"

#include <sys/types.h>

/* One entry. The texts and the content belong to the caller. */
struct cpio_node {
    const char *path; /* without a leading slash */
    mode_t mode;      /* type and permissions: S_IFDIR | 0755 ... */
    unsigned major;   /* of a device */
    unsigned minor;
    const char *target;   /* of a symbolic link */
    struct slice content; /* of a regular file */
};

/*
 * Writes the entries in the order of their paths, owned by root, all of one fixed time: the same
 * nodes give the same bytes. The result is on the heap. False: it said why on standard error (there
 * is no memory, or a path is there twice).
 */
NODISCARD bool cpio_write(struct cpio_node *nodes, size_t count, struct span *out_archive);

#endif
