/* SPDX-License-Identifier: MIT */
/*
 * The Android sparse image: a partition's content in chunks, the empty ones left out. Little
 * endian. AOSP: system/core/libsparse/sparse_format.h, version 1.0.
 *
 * A header, then `chunks` chunks, each a header and its payload; all counted in blocks.
 */
#ifndef FORMAT_SPARSE_H
#define FORMAT_SPARSE_H

#include <assert.h>
#include <stdint.h>

#define SPARSE_MAGIC 0xed26ff3au
#define SPARSE_MAJOR 1

#define SPARSE_CHUNK_RAW       0xcac1 /* payload: the blocks */
#define SPARSE_CHUNK_FILL      0xcac2 /* payload: 4 bytes, repeated */
#define SPARSE_CHUNK_DONT_CARE 0xcac3 /* no payload: these blocks stay as they are */
#define SPARSE_CHUNK_CRC32     0xcac4 /* payload: CRC-32 of all blocks so far; no blocks */

struct sparse_header {
    uint8_t magic[4];
    uint8_t major[2]; /* another major is another format; any minor can be read */
    uint8_t minor[2];
    uint8_t header_bytes[2];
    uint8_t chunk_header_bytes[2];
    uint8_t block_bytes[4]; /* a multiple of 4 */
    uint8_t total_blocks[4];
    uint8_t chunks[4];
    uint8_t crc32[4]; /* of the whole content; 0: not told */
};

struct sparse_chunk {
    uint8_t type[2];
    uint8_t reserved[2];
    uint8_t blocks[4];
    uint8_t total_bytes[4]; /* this header and the payload */
};

static_assert(sizeof(struct sparse_header) == 28, "libsparse/sparse_format.h");
static_assert(sizeof(struct sparse_chunk) == 12, "libsparse/sparse_format.h");

#endif
