/* SPDX-License-Identifier: MIT */
/*
 * PNG with stored blocks (RFC 1951, 3.2.4; RFC 1950 around them):
 * a row of pixels is a block. Stage fastboot.
 */
#include "fastboot/png.h"

#include "base/crc32.h"

#include <string.h>

#define PIXEL_BYTES      3
#define CHUNK_HEAD_BYTES 8 /* length, type */
#define CHUNK_TAIL_BYTES 4 /* CRC */
#define HEADER_BYTES     13
#define ZLIB_HEAD_BYTES  2
#define BLOCK_HEAD_BYTES 5
#define BLOCK_BYTES_MAX  65535
#define ADLER_BYTES      4
#define ADLER_MODULUS    65521
#define BITS_A_SAMPLE    8
#define COLOUR_RGB       2

static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

struct writer {
    uint8_t *at;
    uint32_t adler_a;
    uint32_t adler_b;
};

static void put(struct writer *writer, const void *bytes, size_t size)
{
    memcpy(writer->at, bytes, size);
    writer->at += size;
}

static void put_number(struct writer *writer, uint32_t value)
{
    put_be32(writer->at, value);
    writer->at += 4;
}

/* The room for length and type; chunk_end fills the length in and adds the checksum. */
static uint8_t *chunk_begin(struct writer *writer, const char type[4])
{
    uint8_t *chunk = writer->at;

    put_number(writer, 0);
    put(writer, type, 4);
    return chunk;
}

static void chunk_end(struct writer *writer, uint8_t *chunk)
{
    size_t size = (size_t)(writer->at - chunk) - CHUNK_HEAD_BYTES;

    put_be32(chunk, (uint32_t)size);
    put_number(writer, crc32(slice_of(chunk + 4, size + 4)));
}

static void put_header(struct writer *writer, const struct canvas *canvas)
{
    static const uint8_t kind[5] = {BITS_A_SAMPLE, COLOUR_RGB, 0, 0, 0};
    uint8_t *chunk = chunk_begin(writer, "IHDR");

    put_number(writer, canvas->width_px);
    put_number(writer, canvas->height_px);
    put(writer, kind, sizeof kind);
    chunk_end(writer, chunk);
}

static void add_to_checksum(struct writer *writer, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        writer->adler_a = (writer->adler_a + bytes[i]) % ADLER_MODULUS;
        writer->adler_b = (writer->adler_b + writer->adler_a) % ADLER_MODULUS;
    }
}

static void put_row(struct writer *writer, const struct canvas *canvas, uint32_t y_px)
{
    const uint32_t *pixels = canvas->pixels + (size_t)y_px * canvas->stride_px;
    uint16_t size = (uint16_t)(1 + canvas->width_px * PIXEL_BYTES);
    uint8_t *row;

    *writer->at++ = y_px + 1 == canvas->height_px; /* the last block? */
    put_le16(writer->at, size);
    put_le16(writer->at + 2, (uint16_t)~size);
    writer->at += 4;
    row = writer->at;
    *writer->at++ = 0; /* the row is as it is: no filter */
    for (uint32_t x_px = 0; x_px < canvas->width_px; x_px++) {
        *writer->at++ = (uint8_t)(pixels[x_px] >> 16);
        *writer->at++ = (uint8_t)(pixels[x_px] >> 8);
        *writer->at++ = (uint8_t)pixels[x_px];
    }
    add_to_checksum(writer, row, size);
}

static void put_pixels(struct writer *writer, const struct canvas *canvas)
{
    static const uint8_t zlib[ZLIB_HEAD_BYTES] = {0x78, 0x01};
    uint8_t *chunk = chunk_begin(writer, "IDAT");

    put(writer, zlib, sizeof zlib);
    for (uint32_t y_px = 0; y_px < canvas->height_px; y_px++) {
        put_row(writer, canvas, y_px);
    }
    put_number(writer, writer->adler_b << 16 | writer->adler_a);
    chunk_end(writer, chunk);
}

/* Of the whole file; false when a row is too long for a block. */
static bool size_of(const struct canvas *canvas, uint64_t *out_bytes)
{
    uint64_t row = 1 + (uint64_t)canvas->width_px * PIXEL_BYTES;

    *out_bytes = sizeof signature + 3 * (CHUNK_HEAD_BYTES + CHUNK_TAIL_BYTES) + HEADER_BYTES +
                 ZLIB_HEAD_BYTES + canvas->height_px * (BLOCK_HEAD_BYTES + row) + ADLER_BYTES;
    return row <= BLOCK_BYTES_MAX;
}

enum err png_write(const struct canvas *canvas, struct span room, size_t *out_size)
{
    struct writer writer = {.at = room.data, .adler_a = 1};
    uint64_t size;

    if (!size_of(canvas, &size) || size > room.size) {
        return E_PNG_SPACE;
    }
    put(&writer, signature, sizeof signature);
    put_header(&writer, canvas);
    put_pixels(&writer, canvas);
    chunk_end(&writer, chunk_begin(&writer, "IEND"));
    *out_size = (size_t)size;
    return OK;
}
