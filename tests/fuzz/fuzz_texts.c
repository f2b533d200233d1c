/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes the small texts that ROM and recovery read: a package's metadata, the words of dm-verity,
 * a partition's uevent, and the requests in a bootloader message.
 */
#include "tests/fuzz/fuzz.h"

#include "boot_message.h"
#include "disk_partition.h"
#include "recovery/metadata.h"
#include "rom/verity.h"

static void read_text(const char *text)
{
    char path[PARTITION_PATH_BYTES];
    char table[VERITY_TABLE_BYTES];
    struct verity_tree tree;

    if (verity_tree_read(text, &tree)) {
        fuzz_assert(strlen(tree.root_hex) == 64 && strlen(tree.salt_hex) <= 128);
        fuzz_assert(tree.image_blocks <= UINT64_MAX / VERITY_BLOCK);
        fuzz_assert(verity_table_make(&tree, "/dev/vda9", table));
    }
    if (disk_partition_of_uevent(text, "misc", path)) {
        fuzz_assert(strncmp(path, "/dev/", 5) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct props props;
    struct recovery_metadata metadata;
    struct bootloader_message message = {.command = {0}};
    struct recovery_phone phone;
    char text[1025];

    if (recovery_metadata_read(slice_of(data, size), &metadata) == FAULT_NONE) {
        fuzz_assert(metadata.product[0] != '\0' && metadata.date >= 20000101);
    }
    recovery_phone_read(&props, slice_of(data, size), &phone);
    fuzz_assert(strnlen(phone.rom_region, sizeof phone.rom_region) < sizeof phone.rom_region);
    memcpy(&message, data, size < sizeof message ? size : sizeof message);
    (void)boot_message_asks(&message, RECOVERY_SHOW_MISMATCH);
    memcpy(text, data, size < 1024 ? size : 1024);
    text[size < 1024 ? size : 1024] = '\0';
    read_text(text);
    return 0;
}
