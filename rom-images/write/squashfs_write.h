/* SPDX-License-Identifier: MIT */
/*
 * A read-only file system, squashfs, with the same kind of nodes as a ramdisk. Debian's mksquashfs
 * makes it from a tar archive on its standard input; no file of the host is touched.
 *
 * Nothing in it is packed: under emulation reading is faster than unpacking, and a changed block of
 * the partition is a changed block of a file.
 */
#ifndef ROM_IMAGES_SQUASHFS_WRITE_H
#define ROM_IMAGES_SQUASHFS_WRITE_H

#include "rom-images/write/archive_nodes.h"

#define SQUASHFS_UNIT_BYTES 4096 /* the result is a multiple of it, and at least two of them */

/*
 * Makes the file system, on the heap. Folders must come before what lies in them. The same nodes
 * give the same bytes. False: it said why on standard error.
 */
NODISCARD bool squashfs_write(const struct archive_node *nodes, size_t count,
                              struct span *out_file_system);

#endif
