/* SPDX-License-Identifier: MIT */
/* Kernels for boot images; liblz4 does the packing. */
#include "rom-images/rom/kernel_file.h"

#include "board/file.h"
#include "format/kernel_image.h"
#include "format/packed_kernel.h"
#include "rom-images/rom/unpack.h"
#include "verify/boot_image.h"

#include <lz4hc.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL     9 /* 10 and above take three times as long for half a percent */
#define FILE_MODE 0644

static bool is_for_a_phone(struct slice kernel)
{
    enum packing packing = boot_image_packing(kernel);
    struct slice magic;

    return packing == PACKING_GZIP || packing == PACKING_LZ4 ||
           (packing == PACKING_NONE &&
            slice_sub(kernel, KERNEL_IMAGE_MAGIC_OFFSET, 4, &magic) == OK &&
            memcmp(magic.data, KERNEL_IMAGE_MAGIC, 4) == 0);
}

/* The words for a file that is none. */
static bool complain_of(const char *path, struct slice file)
{
    uint32_t version;

    if (boot_image_is_newer(file, &version)) {
        return complain("%s: a boot image of header version %u, and no kernel: the phones of this "
                        "lab start versions 0 to 2",
                        path, (unsigned)version);
    }
    return complain("%s: not an arm64 Linux kernel image, neither plain nor Image.gz nor "
                    "Image.lz4; `romc kernel %s -o Image.lz4` unpacks other packings",
                    path, path);
}

bool kernel_file_map(const char *path, struct slice *out_kernel)
{
    struct slice kernel;

    if (!file_map(path, &kernel)) {
        return false;
    }
    if (!is_for_a_phone(kernel)) {
        complain_of(path, kernel);
        file_unmap(&kernel);
        return false;
    }
    *out_kernel = kernel;
    return true;
}

/* One block behind its size; the bytes of both, or 0. */
static size_t pack_block(struct slice plain, struct span out)
{
    int count;

    if (out.size < 4) {
        return 0;
    }
    count = LZ4_compress_HC((const char *)plain.data, (char *)out.data + 4, (int)plain.size,
                            (int)(out.size - 4), LEVEL);
    put_le32(out.data, (uint32_t)count);
    return count <= 0 ? 0 : 4 + (size_t)count;
}

static bool pack(struct slice plain, struct span room, size_t *out_size)
{
    size_t used = sizeof(LZ4_LEGACY_MAGIC) - 1;

    memcpy(room.data, LZ4_LEGACY_MAGIC, used);
    for (size_t at = 0; at < plain.size; at += LZ4_BLOCK_BYTES) {
        size_t rest = plain.size - at;
        struct slice block = slice_of(plain.data + at, MIN(rest, LZ4_BLOCK_BYTES));
        size_t count =
            pack_block(block, (struct span){.data = room.data + used, .size = room.size - used});

        if (count == 0) {
            return false;
        }
        used += count;
    }
    *out_size = used;
    return true;
}

bool kernel_file_pack(const char *path, const char *out_path)
{
    struct plain_file kernel;
    struct span room;
    size_t blocks;
    bool done;

    if (!plain_file_kernel(path, &kernel)) {
        return false;
    }
    blocks = kernel.bytes.size / LZ4_BLOCK_BYTES + 1;
    room.size = 4 + blocks * (4 + LZ4_BLOCK_PACKED_MAX);
    room.data = malloc(room.size);
    done = room.data != NULL && pack(kernel.bytes, room, &room.size);
    done = done ? file_write(out_path, FILE_MODE, span_slice(room))
                : complain("%s: the kernel cannot be packed", path);
    free(room.data);
    plain_file_free(&kernel);
    return done;
}
