/* SPDX-License-Identifier: MIT */
/* Fuzzes recovery/archive.h: the input is the signed part of a package, believed as it is. */
#include "tests/fuzz/fuzz.h"

#include "recovery/archive.h"

static struct slice input;

static bool read_block(void *context, uint64_t index, uint64_t end, uint8_t *out)
{
    memcpy(out, input.data, input.size);
    return index == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct recovery_source source = {.read = read_block};
    static uint8_t digests[1][SHA256_BYTES];
    static struct recovery_package package;
    struct recovery_archive archive;

    if (size < sizeof(struct zip_end) || size > RECOVERY_ZIP_BLOCK_BYTES) {
        return 0;
    }
    input = slice_of(data, size);
    sha256_digest(input, digests[0]);
    package.source = &source;
    package.signed_bytes = size;
    package.digests = digests;
    package.cached = UINT64_MAX;
    if (recovery_archive_read(&package, &archive) == FAULT_NONE) {
        for (size_t i = 0; i < archive.count; i++) {
            fuzz_assert(archive.files[i].offset + archive.files[i].size_bytes <= size);
            fuzz_assert(strstr(archive.files[i].name, "..") == NULL);
        }
    }
    return 0;
}
