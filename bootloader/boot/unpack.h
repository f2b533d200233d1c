/* SPDX-License-Identifier: MIT */
/*
 * A kernel as the phones of 2018 were sold with it: packed, a device tree behind it or not. Stage
 * boot. Layouts: format/packed_kernel.h.
 *
 * Deflate is zlib's: of Debian's libz.a infback.c, inffast.c and inftrees.c (a port that has no
 * libz.a compiles these three, and stubs zcalloc() and zcfree(), which nobody calls). LZ4's blocks
 * are unpacked here: all of liblz4.a is one section of 52 KiB, a fifth of the firmware, for the
 * 2 KiB of it that unpack. The tests hold ours to it.
 */
#ifndef BOOT_UNPACK_H
#define BOOT_UNPACK_H

#include "iface/progress.h"
#include "verify/boot_image.h"

#define UNPACK_SCRATCH_BYTES 0x10000
#define UNPACK_PIECE_BYTES   0x8000 /* packed; a piece of what costs most takes tens of ms */

/*
 * Unpacks the kernel of `image` to the start of `room`, where verify_images() left it: packed ones
 * at the end, so that there is one bound for all: a kernel that reaches its own packed bytes is too
 * large. A plain one stays as it is. `scratch`: UNPACK_SCRATCH_BYTES. Can be done again. `progress`
 * (NULL: nobody) is told after each piece of UNPACK_PIECE_BYTES.
 *
 *   E_KERNEL_PACKING   packed in a way that this phone cannot unpack
 *   E_KERNEL_STREAM    the packed bytes are damaged, or end too early
 *   E_KERNEL_LARGE     it is larger than the memory for it
 *   E_KERNEL_STOPPED   `progress` had enough
 *
 * What follows a kernel's packed bytes is a device tree that some other phone's bootloader needs:
 * passed over.
 */
NODISCARD enum err unpack_kernel(struct span room, const struct boot_image *image,
                                 struct span scratch, struct progress *progress, size_t *out_bytes);

/* One way of packing, from `packed` to `out`. The same errors. */
NODISCARD enum err unpack_gzip(struct slice packed, struct span out, struct span scratch,
                               struct progress *progress, size_t *out_bytes);
NODISCARD enum err unpack_lz4(struct slice packed, struct span out, struct progress *progress,
                              size_t *out_bytes);

/*
 * A bare deflate stream at the start of `packed` (RFC 1951), by zlib. *out_used: the packed bytes
 * that it takes.
 */
NODISCARD enum err unpack_deflate(struct slice packed, struct span out, struct span scratch,
                                  struct progress *progress, size_t *out_used, size_t *out_bytes);

#endif
