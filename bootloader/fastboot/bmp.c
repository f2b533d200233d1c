/* SPDX-License-Identifier: MIT */
/* A picture of the screen. Stage fastboot. */
#include "fastboot/bmp.h"

#include <string.h>

#define FILE_BYTES   14 /* "BM", the file's size, where the pixels are */
#define INFO_BYTES   40
#define HEAD_BYTES   (FILE_BYTES + INFO_BYTES)
#define PIXEL_BYTES  4
#define BITS_A_PIXEL 32
#define ONE_PLANE    1

static void put_head(uint8_t *at, const struct canvas *canvas, size_t file_bytes)
{
    uint8_t *info = at + FILE_BYTES;

    memset(at, 0, HEAD_BYTES);
    memcpy(at, "BM", 2);
    put_le32(at + 2, (uint32_t)file_bytes);
    put_le32(at + 10, HEAD_BYTES);
    put_le32(info, INFO_BYTES);
    put_le32(info + 4, canvas->width_px);
    put_le32(info + 8, -canvas->height_px); /* negative: the top row first */
    put_le16(info + 12, ONE_PLANE);
    put_le16(info + 14, BITS_A_PIXEL);
}

enum err bmp_write(const struct canvas *canvas, struct span room, size_t *out_size)
{
    size_t row_bytes = (size_t)canvas->width_px * PIXEL_BYTES;
    uint64_t size = HEAD_BYTES + (uint64_t)row_bytes * canvas->height_px;

    if (size > room.size || size > UINT32_MAX) {
        return E_BMP_SPACE;
    }
    put_head(room.data, canvas, (size_t)size);
    for (size_t y_px = 0; y_px < canvas->height_px; y_px++) {
        memcpy(room.data + HEAD_BYTES + y_px * row_bytes, canvas->pixels + y_px * canvas->stride_px,
               row_bytes);
    }
    *out_size = (size_t)size;
    return OK;
}
