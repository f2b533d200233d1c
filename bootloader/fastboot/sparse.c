/* SPDX-License-Identifier: MIT */
/*
 * Sparse images: checked in a first walk, handed out in a second. Both take the same steps, so that
 * what was checked is what is written. Stage fastboot.
 */
#include "fastboot/sparse.h"

#include "format/sparse.h"

#include <string.h>

#define FILL_BYTES  4
#define CRC32_BYTES 4
#define UNIT_BYTES  4 /* what a fill repeats: blocks are multiples of it */

bool sparse_is(struct slice image)
{
    return image.size >= sizeof(uint32_t) && le32(image.data) == SPARSE_MAGIC;
}

/* A payload of the right size for its type and blocks? Real writers make chunks of no blocks too. */
static bool payload_fits(uint16_t type, uint64_t payload_bytes, uint64_t span_bytes)
{
    switch (type) {
    case SPARSE_CHUNK_RAW:
        return payload_bytes == span_bytes;
    case SPARSE_CHUNK_FILL:
        return payload_bytes == FILL_BYTES;
    case SPARSE_CHUNK_DONT_CARE:
        return payload_bytes == 0;
    case SPARSE_CHUNK_CRC32:
        return span_bytes == 0 && payload_bytes == CRC32_BYTES;
    default:
        return false;
    }
}

/* One chunk, from sparse->next_at on. */
static enum err take_chunk(struct sparse *sparse, struct sparse_piece *out_piece,
                           uint16_t *out_type)
{
    uint64_t at = sparse->next_at;
    struct slice head;
    struct slice payload;
    uint64_t payload_bytes;
    uint64_t span_bytes;
    uint64_t end_bytes;
    uint32_t total;

    if (slice_sub(sparse->image, at, sparse->chunk_header_bytes, &head) != OK) {
        return E_SPARSE_RANGE;
    }
    *out_type = le16(head.data);
    total = le32(head.data + offsetof(struct sparse_chunk, total_bytes));
    if (total < sparse->chunk_header_bytes ||
        !mul_u64(le32(head.data + offsetof(struct sparse_chunk, blocks)), sparse->block_bytes,
                 &span_bytes)) {
        return E_SPARSE_CHUNK;
    }
    payload_bytes = total - sparse->chunk_header_bytes;
    if (!payload_fits(*out_type, payload_bytes, span_bytes)) {
        return E_SPARSE_CHUNK;
    }
    if (slice_sub(sparse->image, at + sparse->chunk_header_bytes, payload_bytes, &payload) != OK ||
        !add_u64(sparse->next_offset_bytes, span_bytes, &end_bytes) ||
        end_bytes > sparse->total_bytes) {
        return E_SPARSE_RANGE;
    }
    *out_piece = (struct sparse_piece){
        .kind = *out_type == SPARSE_CHUNK_RAW    ? SPARSE_KIND_DATA
                : *out_type == SPARSE_CHUNK_FILL ? SPARSE_KIND_FILL
                                                 : SPARSE_KIND_SKIP,
        .offset_bytes = sparse->next_offset_bytes,
        .length_bytes = span_bytes,
        .data = payload,
    };
    if (*out_type == SPARSE_CHUNK_FILL) {
        memcpy(out_piece->fill, payload.data, FILL_BYTES);
    }
    sparse->next_at = at + total;
    sparse->next_offset_bytes = end_bytes;
    sparse->next_chunk++;
    return OK;
}

static enum err read_header(struct slice image, uint64_t limit_bytes, struct sparse *sparse)
{
    const struct sparse_header *header = (const struct sparse_header *)image.data;
    uint16_t header_bytes;

    if (!sparse_is(image) || image.size < sizeof *header || le16(header->major) != SPARSE_MAJOR) {
        return E_SPARSE_HEADER;
    }
    header_bytes = le16(header->header_bytes);
    *sparse = (struct sparse){
        .image = image,
        .block_bytes = le32(header->block_bytes),
        .chunks = le32(header->chunks),
        .chunk_header_bytes = le16(header->chunk_header_bytes),
        .next_at = header_bytes,
    };
    if (header_bytes < sizeof *header || sparse->chunk_header_bytes < sizeof(struct sparse_chunk) ||
        sparse->block_bytes == 0 || sparse->block_bytes % UNIT_BYTES != 0 ||
        sparse->chunks > SPARSE_CHUNKS_MAX ||
        !mul_u64(le32(header->total_blocks), sparse->block_bytes, &sparse->total_bytes) ||
        sparse->total_bytes == 0) {
        return E_SPARSE_HEADER;
    }
    return sparse->total_bytes > limit_bytes ? E_SPARSE_SPACE : OK;
}

enum err sparse_open(struct slice image, uint64_t limit_bytes, struct sparse *out_sparse)
{
    struct sparse sparse;
    struct sparse walk;

    TRY(read_header(image, limit_bytes, &sparse));
    walk = sparse;
    while (walk.next_chunk < walk.chunks) {
        struct sparse_piece piece;
        uint16_t type;

        TRY(take_chunk(&walk, &piece, &type));
    }
    if (walk.next_offset_bytes != walk.total_bytes || walk.next_at != image.size) {
        return E_SPARSE_RANGE;
    }
    *out_sparse = sparse;
    return OK;
}

bool sparse_next(struct sparse *sparse, struct sparse_piece *out_piece)
{
    while (sparse->next_chunk < sparse->chunks) {
        uint16_t type;

        if (take_chunk(sparse, out_piece, &type) != OK) {
            return false;
        }
        if (out_piece->length_bytes != 0) { /* no checksum, and no chunk of no blocks */
            return true;
        }
    }
    return false;
}
