/* SPDX-License-Identifier: MIT */
/*
 * A ROM as people get it for fastboot, laid out and named as the real ones; README.md, "Packages",
 * says what is in it.
 *
 *     NAME/          flash_all.sh, flash_all_lock.sh, flash_all_except_storage.sh, misc.txt, images/
 *     NAME.tgz       the same, packed
 *     NAME-img.zip   for `fastboot update`
 */
#ifndef ROM_IMAGES_FASTBOOT_PACKAGE_H
#define ROM_IMAGES_FASTBOOT_PACKAGE_H

#include "board/model.h"
#include "rom-images/rom/rom_build.h"

#define FASTBOOT_PACKAGE_NAME_BYTES 160

/* How it is written. */
struct fastboot_package_spec {
    const char *model_file; /* the model's name for messages */
    const char *scripts;    /* the folder of the scripts' template */
    const char *out;        /* the folder that it is written to; made if need be */
    bool archives;          /* the two files, too, which take longer than all the rest */
};

/*
 * Builds the ROM of `spec` for `model` and writes the three, or the folder alone. What has one of
 * their names already is replaced.
 *
 * False: it said why on standard error, and nothing new is there.
 */
NODISCARD bool fastboot_package_write(const struct package_spec *spec, const struct model *model,
                                      const struct fastboot_package_spec *how,
                                      char out_name[FASTBOOT_PACKAGE_NAME_BYTES]);

#endif
