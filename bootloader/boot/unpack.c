/* SPDX-License-Identifier: MIT */
/* A packed kernel. Stage boot. */
#include "boot/unpack.h"

#include "base/crc32.h"
#include "format/packed_kernel.h"

#include <string.h>

/* Moves *at behind a text that ends with a NUL. */
static bool skip_text(struct slice packed, size_t *at)
{
    const uint8_t *end = memchr(packed.data + *at, '\0', packed.size - *at);

    if (end == NULL) {
        return false;
    }
    *at = (size_t)(end - packed.data) + 1;
    return true;
}

/* Where the deflate stream begins. */
static bool skip_gzip_header(struct slice packed, size_t *out_at)
{
    size_t at = GZIP_HEADER_BYTES;
    uint8_t flags;

    if (packed.size < GZIP_HEADER_BYTES) {
        return false;
    }
    flags = packed.data[GZIP_FLAGS_OFFSET];
    if ((flags & GZIP_EXTRA) != 0) {
        if (packed.size - at < 2) {
            return false;
        }
        at += 2u + le16(packed.data + at);
    }
    if (at > packed.size || ((flags & GZIP_NAME) != 0 && !skip_text(packed, &at)) ||
        ((flags & GZIP_COMMENT) != 0 && !skip_text(packed, &at))) {
        return false;
    }
    at += (flags & GZIP_HEADER_CRC) != 0 ? 2 : 0;
    *out_at = at;
    return at <= packed.size && (flags & GZIP_RESERVED) == 0;
}

enum err unpack_gzip(struct slice packed, struct span out, struct span scratch,
                     struct progress *progress, size_t *out_bytes)
{
    struct slice rest;
    struct slice trailer;
    size_t begin;
    size_t used;
    size_t count;

    if (!skip_gzip_header(packed, &begin)) {
        return E_KERNEL_STREAM;
    }
    rest = slice_of(packed.data + begin, packed.size - begin);
    TRY(unpack_deflate(rest, out, scratch, progress, &used, &count));
    if (slice_sub(rest, used, GZIP_TRAILER_BYTES, &trailer) != OK ||
        le32(trailer.data) != crc32(slice_of(out.data, count)) ||
        le32(trailer.data + 4) != (uint32_t)count) {
        return E_KERNEL_STREAM;
    }
    *out_bytes = count;
    return OK;
}

enum err unpack_kernel(struct span room, const struct boot_image *image, struct span scratch,
                       struct progress *progress, size_t *out_bytes)
{
    size_t begin = boot_image_kernel_place(image, room.size);
    struct slice packed = slice_of(room.data + begin, (size_t)image->kernel_bytes);
    struct span out = {.data = room.data, .size = begin};

    switch (image->packing) {
    case PACKING_NONE:
        *out_bytes = (size_t)image->kernel_bytes;
        return OK;
    case PACKING_GZIP:
        return unpack_gzip(packed, out, scratch, progress, out_bytes);
    case PACKING_LZ4:
        return unpack_lz4(packed, out, progress, out_bytes);
    case PACKING_OTHER:
        return E_KERNEL_PACKING;
    }
    return E_KERNEL_PACKING;
}
