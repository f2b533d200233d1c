/* SPDX-License-Identifier: MIT */
/*
 * Reading an Android sparse image. Stage fastboot. Layout: format/sparse.h.
 *
 * First the whole image is checked, every product and total; then its pieces are handed out.
 */
#ifndef FASTBOOT_SPARSE_H
#define FASTBOOT_SPARSE_H

#include "base/bytes.h"

enum sparse_kind {
    SPARSE_KIND_DATA,
    SPARSE_KIND_FILL,
    SPARSE_KIND_SKIP, /* what is there stays */
};

struct sparse_piece {
    enum sparse_kind kind;
    uint64_t offset_bytes; /* in the partition */
    uint64_t length_bytes;
    struct slice data; /* of SPARSE_KIND_DATA */
    uint8_t fill[4];   /* of SPARSE_KIND_FILL, repeated */
};

/* A checked image. */
struct sparse {
    struct slice image;
    uint32_t block_bytes;
    uint32_t chunks;
    uint16_t chunk_header_bytes;
    uint64_t total_bytes; /* that it spans in the partition */

    /* where the next piece is */
    uint32_t next_chunk;
    uint64_t next_at;
    uint64_t next_offset_bytes;
};

/* Does it begin as one? It may be damaged, or cut off: sparse_open tells. */
bool sparse_is(struct slice image);

/* More chunks than the largest images have, and few enough to be walked through in a moment. */
#define SPARSE_CHUNKS_MAX (1u << 20)

/*
 * Checks the image for a partition of `limit_bytes`. Its blocks need not be the disk's.
 *
 *   E_SPARSE_HEADER   cut in the header, another version, headers too small, no blocks, more than
 *                     SPARSE_CHUNKS_MAX chunks, a block size that is 0 or no multiple of 4
 *   E_SPARSE_CHUNK    a chunk of unknown type, or whose size does not fit its blocks
 *   E_SPARSE_RANGE    a chunk beyond the image, or blocks or bytes that do not add up
 *   E_SPARSE_SPACE    it spans more than the partition has
 *
 * On error *out_sparse is untouched.
 */
NODISCARD enum err sparse_open(struct slice image, uint64_t limit_bytes, struct sparse *out_sparse);

/* The next piece of a checked image; false when there is none. */
bool sparse_next(struct sparse *sparse, struct sparse_piece *out_piece);

#endif
