/* SPDX-License-Identifier: MIT */
/*
 * A ramdisk: an uncompressed "newc" archive as the Linux kernel unpacks it (Linux,
 * Documentation/driver-api/early-userspace/buffer-format.rst). libarchive writes it.
 *
 * Uncompressed: under emulation hashing it is faster than the kernel's unpacking would be.
 */
#ifndef ROM_IMAGES_CPIO_WRITE_H
#define ROM_IMAGES_CPIO_WRITE_H

#include "rom-images/write/archive_nodes.h"

/*
 * Writes the entries in the order of their paths, owned by root, all of one fixed time: the same
 * nodes give the same bytes. The result is on the heap. False: it said why on standard error (there
 * is no memory, or a path is there twice).
 */
NODISCARD bool cpio_write(struct archive_node *nodes, size_t count, struct span *out_archive);

#endif
