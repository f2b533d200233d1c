/* SPDX-License-Identifier: MIT */
/* Fuzzes kernel_module_info of rom-images/rom/kernel_modules.h: the input is a kernel module. */
#include "tests/fuzz/fuzz.h"

#include "rom-images/rom/kernel_modules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"depends", "name", ""};
    struct slice value;

    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        if (kernel_module_info(slice_of(data, size), keys[i], &value)) {
            fuzz_assert(value.data >= data && value.data + value.size <= data + size);
            fuzz_assert(value.size == 0 || memchr(value.data, '\0', value.size) == NULL);
        }
    }
    return 0;
}
