/* SPDX-License-Identifier: MIT */
/*
 * The kernel that was loaded: is it one, and where does it begin? Stage boot.
 */
#ifndef BOOT_KERNEL_H
#define BOOT_KERNEL_H

#include "base/bytes.h"

/*
 * Looks at the `kernel_bytes` at the start of `room`, which begins on a 2 MiB boundary.
 *
 *   E_KERNEL_MAGIC   not an arm64 Linux kernel
 *   E_KERNEL_RANGE   it needs another load address, or more memory than `room` has
 */
NODISCARD enum err kernel_check(struct span room, uint64_t kernel_bytes, uint64_t *out_entry);

#endif
