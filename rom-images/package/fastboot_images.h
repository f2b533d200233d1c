/* SPDX-License-Identifier: MIT */
/*
 * What a fastboot package flashes: which images there are for a ROM and a model, in the order in
 * which they are flashed, with their contents.
 */
#ifndef ROM_IMAGES_FASTBOOT_IMAGES_H
#define ROM_IMAGES_FASTBOOT_IMAGES_H

#include "board/model.h"
#include "format/misc.h"
#include "rom-images/package/flash_script.h"
#include "rom-images/rom/rom_build.h"

#define FASTBOOT_IMAGES_MAX 8

/* Begin with zeros; end with fastboot_images_free. Never copy one: contents point into it. */
struct fastboot_images {
    size_t count;
    struct flash_image list[FASTBOOT_IMAGES_MAX];
    struct slice contents[FASTBOOT_IMAGES_MAX]; /* of list[], of the package, or of what is below */
    struct slice raw[FASTBOOT_IMAGES_MAX];      /* the same, not sparse; empty for what is blank */
    uint8_t message[sizeof(struct bootloader_message)];
    uint8_t *sparse[FASTBOOT_IMAGES_MAX]; /* on the heap, or NULL */
};

/*
 * `package` must live as long as the images. False: it said why on standard error; what was filled
 * in must still be freed.
 */
NODISCARD bool fastboot_images_make(const struct package *package, const struct model *model,
                                    const char *model_file, struct fastboot_images *images);

void fastboot_images_free(struct fastboot_images *images);

#endif
