/* SPDX-License-Identifier: MIT */
/* The phone's partitions by their names in the partition table, as the kernel lists them. */
#ifndef USERLAND_DISK_PARTITION_H
#define USERLAND_DISK_PARTITION_H

#include "base/bytes.h"

#define PARTITION_PATH_BYTES 64

/*
 * Opens the partition `name`, with open(2)'s `flags`; waits at most wait_ms for it to come. Returns
 * the file, or -1.
 */
int disk_partition_open(const char *name, int flags, unsigned wait_ms);

/* The same, as its device file: "/dev/vda4". False: there is no such partition. */
bool disk_partition_path(const char *name, char out_path[PARTITION_PATH_BYTES]);

/*
 * What a block device's uevent file says: true when it is the partition `name`, and then its device
 * file. The part of the above that tests see.
 */
bool disk_partition_of_uevent(const char *uevent, const char *name,
                              char out_path[PARTITION_PATH_BYTES]);

#endif
