/* SPDX-License-Identifier: MIT */
/* Android sparse images: the few that a ROM package has are blank. */
#include "rom-images/sparse_write.h"

#include "format/sparse.h"

#include <string.h>

static size_t put_chunk(uint8_t *out, uint16_t type, uint32_t blocks, uint32_t payload_bytes)
{
    struct sparse_chunk chunk = {0};

    put_le16(chunk.type, type);
    put_le32(chunk.blocks, blocks);
    put_le32(chunk.total_bytes, (uint32_t)sizeof(chunk) + payload_bytes);
    memcpy(out, &chunk, sizeof(chunk));
    memset(out + sizeof(chunk), 0, payload_bytes);
    return sizeof(chunk) + payload_bytes;
}

size_t sparse_write_blank(uint64_t total_bytes, uint64_t zeroed_bytes,
                          uint8_t out[SPARSE_BLANK_BYTES])
{
    uint64_t blocks = total_bytes / SPARSE_WRITE_BLOCK_BYTES;
    uint64_t zeroed = zeroed_bytes / SPARSE_WRITE_BLOCK_BYTES;
    struct sparse_header header = {0};
    size_t size = sizeof(header);
    uint32_t chunks = 0;

    if (total_bytes % SPARSE_WRITE_BLOCK_BYTES != 0 ||
        zeroed_bytes % SPARSE_WRITE_BLOCK_BYTES != 0 || zeroed > blocks || blocks > UINT32_MAX) {
        return 0;
    }
    if (zeroed != 0) {
        size += put_chunk(out + size, SPARSE_CHUNK_FILL, (uint32_t)zeroed, 4);
        chunks++;
    }
    if (blocks != zeroed) {
        size += put_chunk(out + size, SPARSE_CHUNK_DONT_CARE, (uint32_t)(blocks - zeroed), 0);
        chunks++;
    }
    put_le32(header.magic, SPARSE_MAGIC);
    put_le16(header.major, SPARSE_MAJOR);
    put_le16(header.header_bytes, sizeof(header));
    put_le16(header.chunk_header_bytes, sizeof(struct sparse_chunk));
    put_le32(header.block_bytes, SPARSE_WRITE_BLOCK_BYTES);
    put_le32(header.total_blocks, (uint32_t)blocks);
    put_le32(header.chunks, chunks);
    memcpy(out, &header, sizeof(header));
    return size;
}
