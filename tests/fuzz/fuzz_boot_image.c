/* SPDX-License-Identifier: MIT */
/* Fuzzes verify/boot_image.h: whatever is accepted lies inside the limit, part behind part. */
#include "tests/fuzz/fuzz.h"

#include "verify/boot_image.h"

#define LIMIT (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct boot_image image;

    if (boot_image_parse(slice_of(data, size), LIMIT, &image) == OK) {
        fuzz_assert(image.kernel_bytes != 0 && image.total_bytes <= LIMIT);
        fuzz_assert(image.kernel_offset + image.kernel_bytes <= image.ramdisk_offset);
        fuzz_assert(image.ramdisk_offset + image.ramdisk_bytes <= image.total_bytes);
        fuzz_assert(image.total_bytes % image.page_bytes == 0);
        fuzz_assert(strnlen(image.cmdline, sizeof image.cmdline) < sizeof image.cmdline);
    }
    return 0;
}
