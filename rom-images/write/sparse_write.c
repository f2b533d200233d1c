/* SPDX-License-Identifier: MIT */
/*
 * Android sparse images: content, zeros, and what is left as it is; a chunk each, if there is any.
 */
#include "rom-images/write/sparse_write.h"

#include "format/sparse.h"

#include <string.h>

static const uint8_t zeros[4];

struct chunk {
    uint16_t type;
    uint64_t bytes; /* on the phone */
    struct slice payload;
};

static size_t put_chunk(uint8_t *out, const struct chunk *chunk)
{
    struct sparse_chunk head = {0};

    put_le16(head.type, chunk->type);
    put_le32(head.blocks, (uint32_t)(chunk->bytes / SPARSE_WRITE_BLOCK_BYTES));
    put_le32(head.total_bytes, (uint32_t)(sizeof(head) + chunk->payload.size));
    memcpy(out, &head, sizeof(head));
    if (chunk->payload.size != 0) {
        memcpy(out + sizeof(head), chunk->payload.data, chunk->payload.size);
    }
    return sizeof(head) + chunk->payload.size;
}

static bool fits(const struct sparse_spec *spec, struct span out)
{
    uint64_t used;
    uint64_t room;

    return spec->content.size % SPARSE_WRITE_BLOCK_BYTES == 0 &&
           spec->zeroed_bytes % SPARSE_WRITE_BLOCK_BYTES == 0 &&
           spec->total_bytes % SPARSE_WRITE_BLOCK_BYTES == 0 &&
           add_u64(spec->content.size, spec->zeroed_bytes, &used) && used <= spec->total_bytes &&
           spec->total_bytes / SPARSE_WRITE_BLOCK_BYTES <= UINT32_MAX &&
           spec->content.size <= UINT32_MAX - sizeof(struct sparse_chunk) &&
           add_u64(spec->content.size, SPARSE_WRITE_OVERHEAD_BYTES, &room) && room <= out.size;
}

size_t sparse_write(const struct sparse_spec *spec, struct span out)
{
    const struct chunk chunks[] = {
        {SPARSE_CHUNK_RAW, spec->content.size, spec->content},
        {SPARSE_CHUNK_FILL, spec->zeroed_bytes, slice_of(zeros, sizeof(zeros))},
        {SPARSE_CHUNK_DONT_CARE, spec->total_bytes - spec->content.size - spec->zeroed_bytes, {0}},
    };
    struct sparse_header header = {0};
    size_t size = sizeof(header);
    uint32_t count = 0;

    if (!fits(spec, out)) {
        return 0;
    }
    for (size_t i = 0; i < ARRAY_COUNT(chunks); i++) {
        if (chunks[i].bytes != 0) {
            size += put_chunk(out.data + size, &chunks[i]);
            count++;
        }
    }
    put_le32(header.magic, SPARSE_MAGIC);
    put_le16(header.major, SPARSE_MAJOR);
    put_le16(header.header_bytes, sizeof(header));
    put_le16(header.chunk_header_bytes, sizeof(struct sparse_chunk));
    put_le32(header.block_bytes, SPARSE_WRITE_BLOCK_BYTES);
    put_le32(header.total_blocks, (uint32_t)(spec->total_bytes / SPARSE_WRITE_BLOCK_BYTES));
    put_le32(header.chunks, count);
    memcpy(out.data, &header, sizeof(header));
    return size;
}
