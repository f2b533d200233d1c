/* SPDX-License-Identifier: MIT */
/* Fuzzes rom-images/rom/unpack.h: the input is a kernel or a module, packed or not. */
#include "tests/fuzz/fuzz_file.h"

#include "rom-images/rom/unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *file = fuzz_file(data, size);
    struct plain_file plain;

    if (plain_file_kernel(file, &plain)) {
        fuzz_assert(plain.bytes.size > 56 && plain.bytes.size <= 256u << 20);
        plain_file_free(&plain);
    }
    if (plain_file_module(file, &plain)) {
        fuzz_assert(memcmp(plain.bytes.data, "\177ELF", 4) == 0);
        plain_file_free(&plain);
    }
    return 0;
}
