/* SPDX-License-Identifier: MIT */
/*
 * What the bootloader finds of images in a folder: the core's verify stage as a program, for images
 * that tests make apart from it (tests/e2e/avb_make.py).
 *
 *   avb-judge ROOT-KEY FOLDER    FOLDER/vbmeta.img, boot.img and, where they are, vbmeta_system, dtbo, system
 *
 * Prints "VERDICT CHECK region=R index=N blocks=WRONG", then each chained index, the kernel's words.
 */
#include "board/file.h"
#include "format/vbmeta.h"
#include "storage/memory_block.h"
#include "verify/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define ROOM_BYTES (16u << 20)

static void open_part(const char *folder, enum part part, struct memory_block *memory,
                      struct partition *out_partition)
{
    char path[FILE_PATH_BYTES];
    struct slice bytes;

    if (file_path(path, "%s/%s.img", folder, part_name(part)) && access(path, R_OK) == 0 &&
        file_map(path, &bytes)) {
        memory_block_init(memory, bytes);
        *out_partition = (struct partition){.disk = &memory->block,
                                            .size_bytes = (bytes.size + 511) / 512 * 512};
    }
}

static unsigned wrong_blocks(const struct partition *system, const struct verified *verified,
                             struct span scratch)
{
    uint64_t count = verified->system.image_bytes / 4096;
    unsigned wrong = 0;

    for (uint64_t i = 0; verified->system.present && i < count; i++) {
        wrong += verify_system_block(system, &verified->system, i, scratch) != OK;
    }
    return wrong;
}

static void say(const struct verified *verified, unsigned wrong)
{
    printf("%s %s region=%s index=", verdict_name(verified->verdict), err_name(verified->why),
           region_name(verified->region));
    if (verified->has_index) {
        printf("%" PRIu64, verified->rollback_index);
    }
    printf(" blocks=%u\n", wrong);
    for (size_t i = 0; i < STATE_ROLLBACK_LOCATIONS; i++) {
        if (verified->chained[i].present) {
            printf("%zu:%" PRIu64 " ", i, verified->chained[i].index);
        }
    }
    printf("\n%s\n", verified->cmdline);
}

int main(int argc, char **argv)
{
    static struct memory_block memory[PART_COUNT];
    static struct verified verified;
    static uint8_t kernel[ROOM_BYTES];
    static uint8_t ramdisk[ROOM_BYTES];
    static uint8_t scratch[VBMETA_MAX_BYTES];
    struct verify_parts parts = {{{0}}};
    struct verify_room rooms = {.kernel = {kernel, sizeof kernel},
                                .ramdisk = {ramdisk, sizeof ramdisk},
                                .scratch = {scratch, sizeof scratch}};
    struct boot_image image;
    struct slice key;
    uint8_t key_sha256[SHA256_BYTES];
    const struct verify_trust trust = {.root_key_sha256 = key_sha256};

    if (argc != 3 || !file_map(argv[1], &key)) {
        fprintf(stderr, "usage: avb-judge ROOT-KEY FOLDER\n");
        return 2;
    }
    sha256_digest(key, key_sha256);
    for (enum part part = PART_VBMETA; part < PART_COUNT; part++) {
        open_part(argv[2], part, &memory[part], &parts.list[part]);
    }
    if (verify_claims(&parts, PART_BOOT, &trust, rooms.scratch, &verified) != OK ||
        verify_images(&parts, PART_BOOT, &rooms, &verified, &image) != OK) {
        fprintf(stderr, "avb-judge: a partition cannot be read\n");
        return 1;
    }
    say(&verified, wrong_blocks(&parts.list[PART_SYSTEM], &verified, rooms.scratch));
    return 0;
}
