/* SPDX-License-Identifier: MIT */
/* Fuzzes storage/bcb.h: the input is a bootloader message. */
#include "tests/fuzz/fuzz.h"

#include "format/misc.h"
#include "storage/bcb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum bcb_command command = bcb_decode(slice_of(data, size));
    bool recovery = size >= 32 && memcmp(data, BCB_BOOT_RECOVERY, sizeof BCB_BOOT_RECOVERY) == 0;
    bool once = size >= 32 && memcmp(data, BCB_BOOT_BOOTLOADER, sizeof BCB_BOOT_BOOTLOADER) == 0;

    fuzz_assert((command == BCB_RECOVERY) == recovery);
    fuzz_assert((command == BCB_BOOTLOADER) == once);
    return 0;
}
