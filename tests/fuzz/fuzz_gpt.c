/* SPDX-License-Identifier: MIT */
/* Fuzzes storage/gpt.h: the input is a small disk of 512-byte blocks. */
#include "tests/fuzz/fuzz.h"

#include "storage/gpt.h"
#include "tests/fake/fake_disk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t room[0x8000];
    struct fake_disk disk;
    struct gpt gpt;

    fake_disk_init(&disk, size / 512, 512);
    memcpy(disk.bytes, data, size / 512 * 512);
    if (gpt_open(&disk.block, (struct span){room, sizeof room}, &gpt) == OK) {
        for (size_t i = 0; i < gpt.count; i++) {
            fuzz_assert(gpt.partitions[i].first_lba < size / 512);
            fuzz_assert(gpt.partitions[i].block_count <= size / 512 - gpt.partitions[i].first_lba);
        }
    }
    fake_disk_free(&disk);
    return 0;
}
