/* SPDX-License-Identifier: MIT */
/*
 * The kernel as it goes into a boot image: what a phone unpacks itself is left as
 * it is. Layouts: bootloader/format/packed_kernel.h.
 */
#ifndef ROM_IMAGES_KERNEL_FILE_H
#define ROM_IMAGES_KERNEL_FILE_H

#include "base/bytes.h"

/*
 * Maps an arm64 kernel: plain, Image.gz or Image.lz4, a device tree behind it or not. End with
 * file_unmap(). False: it said why on standard error; *out_kernel is untouched.
 */
NODISCARD bool kernel_file_map(const char *path, struct slice *out_kernel);

/*
 * Packs the kernel at `path`, plain or packed in any way that rom/unpack.h knows, to `out_path` as
 * an Image.lz4: the fewer bytes a phone reads and hashes, the sooner it is home.
 */
NODISCARD bool kernel_file_pack(const char *path, const char *out_path);

#endif
