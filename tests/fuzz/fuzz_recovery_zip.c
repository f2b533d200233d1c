/* SPDX-License-Identifier: MIT */
/* Fuzzes recovery/zip.h: the input is the signed part of a package, believed as it is. */
#include "tests/fuzz/fuzz.h"

#include "recovery/zip.h"

static struct slice input;

static bool read_block(void *context, uint64_t index, uint64_t end, uint8_t *out)
{
    memcpy(out, input.data, input.size);
    return index == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct recovery_reader reader = {.read = read_block};
    static uint8_t digests[1][SHA256_BYTES];
    static struct recovery_package package;
    struct recovery_zip zip;

    if (size < sizeof(struct zip_end) || size > RECOVERY_ZIP_BLOCK_BYTES) {
        return 0;
    }
    input = slice_of(data, size);
    sha256_digest(input, digests[0]);
    package.reader = &reader;
    package.signed_bytes = size;
    package.digests = digests;
    package.cached = UINT64_MAX;
    if (recovery_zip_read(&package, &zip) == FAULT_NONE) {
        for (size_t i = 0; i < zip.count; i++) {
            fuzz_assert(zip.files[i].offset + zip.files[i].size_bytes <= size);
            fuzz_assert(strstr(zip.files[i].name, "..") == NULL);
        }
    }
    return 0;
}
