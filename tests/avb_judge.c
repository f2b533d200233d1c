/* SPDX-License-Identifier: MIT */
/*
 * What the bootloader finds of images in a folder: the core's verify stage as a program, for images
 * that tests make apart from it (tests/e2e/avb_make.py).
 *
 *   avb-judge    a line of its input is "BLOCKS FOLDER": FOLDER/key, vbmeta.img, boot.img and,
 *                where they are, vbmeta_system, dtbo, system; of the last so many blocks at most
 *
 * Prints "VERDICT CHECK region=R index=N blocks=WRONG", then each chained index, then the kernel's
 * words: three lines for each folder.
 */
#include "board/file.h"
#include "format/vbmeta.h"
#include "storage/memory_block.h"
#include "verify/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOM_BYTES (1u << 20)

/* What one folder needs: nothing of the folder before is left in it. */
struct judged {
    struct slice key;
    struct slice images[PART_COUNT];
    struct memory_block memory[PART_COUNT];
    struct verify_parts parts;
    struct verified verified;
};

static void open_part(const char *folder, enum part part, struct judged *judged)
{
    char path[FILE_PATH_BYTES];
    struct slice *bytes = &judged->images[part];

    if (file_path(path, "%s/%s.img", folder, part_name(part)) && access(path, R_OK) == 0 &&
        file_map(path, bytes)) {
        memory_block_init(&judged->memory[part], *bytes);
        judged->parts.list[part] = (struct partition){
            .disk = &judged->memory[part].block, .size_bytes = (bytes->size + 511) / 512 * 512};
    }
}

static unsigned wrong_blocks(const struct partition *system, const struct verified *verified,
                             uint64_t most, struct span scratch)
{
    uint64_t count = verified->system.present ? verified->system.image_bytes / 4096 : 0;
    unsigned wrong = 0;

    for (uint64_t i = 0; i < count && i < most; i++) {
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

static bool judge(const char *folder, uint64_t blocks, struct judged *judged)
{
    static uint8_t kernel[ROOM_BYTES];
    static uint8_t ramdisk[ROOM_BYTES];
    static uint8_t scratch[VBMETA_MAX_BYTES];
    struct verify_room rooms = {.kernel = {kernel, sizeof kernel},
                                .ramdisk = {ramdisk, sizeof ramdisk},
                                .scratch = {scratch, sizeof scratch}};
    struct boot_image image;
    char path[FILE_PATH_BYTES];
    uint8_t key_sha256[SHA256_BYTES];
    const struct verify_trust trust = {.root_key_sha256 = key_sha256};

    if (!file_path(path, "%s/key", folder) || !file_map(path, &judged->key)) {
        return false;
    }
    memset(kernel, 0, sizeof kernel);
    memset(ramdisk, 0, sizeof ramdisk);
    memset(scratch, 0, sizeof scratch);
    sha256_digest(judged->key, key_sha256);
    for (enum part part = PART_VBMETA; part < PART_COUNT; part++) {
        open_part(folder, part, judged);
    }
    if (verify_claims(&judged->parts, PART_BOOT, &trust, rooms.scratch, &judged->verified) != OK ||
        verify_images(&judged->parts, PART_BOOT, &rooms, &judged->verified, &image) != OK) {
        return complain("avb-judge: a partition of %s cannot be read", folder);
    }
    say(&judged->verified,
        wrong_blocks(&judged->parts.list[PART_SYSTEM], &judged->verified, blocks, rooms.scratch));
    return true;
}

int main(void)
{
    static struct judged judged;
    char line[FILE_PATH_BYTES];

    while (fgets(line, sizeof line, stdin) != NULL) {
        char *folder;
        uint64_t blocks = strtoull(line, &folder, 10);

        line[strcspn(line, "\n")] = '\0';
        memset(&judged, 0, sizeof judged);
        if (*folder != ' ' || !judge(folder + 1, blocks, &judged)) {
            return 1;
        }
        (void)fflush(stdout);
        file_unmap(&judged.key);
        for (enum part part = PART_VBMETA; part < PART_COUNT; part++) {
            file_unmap(&judged.images[part]);
        }
    }
    return 0;
}
