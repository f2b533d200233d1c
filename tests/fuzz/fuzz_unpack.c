/* SPDX-License-Identifier: MIT */
/* Fuzzes boot/unpack.h: never a byte beyond its room, and LZ4's blocks as liblz4 has them. */
#include "tests/fuzz/fuzz.h"

#include "boot/unpack.h"
#include "format/packed_kernel.h"

#include <lz4.h>

#define ROOM_BYTES 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span out = {.data = malloc(ROOM_BYTES), .size = ROOM_BYTES};
    struct span scratch = {.data = malloc(UNPACK_SCRATCH_BYTES), .size = UNPACK_SCRATCH_BYTES};
    char *theirs = malloc(ROOM_BYTES);
    size_t count;

    if (unpack_gzip(slice_of(data, size), out, scratch, NULL, &count) == OK) {
        fuzz_assert(count <= out.size);
    }
    if (unpack_lz4(slice_of(data, size), out, NULL, &count) == OK) {
        int first = size < 8 ? 0 : (int)le32(data + 4);

        fuzz_assert(count != 0 && count <= out.size);
        first = LZ4_decompress_safe((const char *)data + 8, theirs, first, ROOM_BYTES);
        fuzz_assert(first >= 0 && memcmp(theirs, out.data, (size_t)first) == 0);
    }
    free(theirs);
    free(scratch.data);
    free(out.data);
    return 0;
}
