/* SPDX-License-Identifier: MIT */
/* Fuzzes fastboot/sparse.h: what was checked has its pieces inside the image and the partition. */
#include "tests/fuzz/fuzz.h"

#include "fastboot/sparse.h"

#define LIMIT (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sparse sparse;
    struct sparse_piece piece;
    uint64_t end = 0;

    if (sparse_open(slice_of(data, size), LIMIT, &sparse) == OK) {
        while (sparse_next(&sparse, &piece)) {
            fuzz_assert(piece.offset_bytes == end && piece.length_bytes % 4 == 0);
            fuzz_assert(piece.kind != SPARSE_KIND_DATA || piece.data.size == piece.length_bytes);
            fuzz_assert(piece.data.data >= data &&
                        piece.data.data + piece.data.size <= data + size);
            end += piece.length_bytes;
        }
        fuzz_assert(end == sparse.total_bytes && end <= LIMIT);
    }
    return 0;
}
