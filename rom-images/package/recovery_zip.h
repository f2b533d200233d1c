/* SPDX-License-Identifier: MIT */
/*
 * A ROM as people get it for `adb sideload`: recovery_zip_format.h says what it looks like.
 *
 *     miui_MI8_8.8.31_<10 hex>_8.1.zip            China
 *     miui_MI8Global_8.7.12_<10 hex>_8.1.zip      everywhere else
 *
 * Inside: META-INF/com/android/metadata, META-INF/com/google/android/updater-script (for people who
 * look; nobody runs it), and the ROM's images.
 */
#ifndef ROM_IMAGES_RECOVERY_ZIP_H
#define ROM_IMAGES_RECOVERY_ZIP_H

#include "board/model.h"
#include "rom-images/write/keys.h"
#include "rom-images/rom/rom_build.h"

#define RECOVERY_ZIP_NAME_BYTES 160
#define RECOVERY_ZIP_FILES_MAX  16

/* A file in the zip. */
struct recovery_zip_file {
    const char *name;
    struct slice bytes;
};

/*
 * Lays out a zip file in memory, on the heap: the files in their order, then the signature by
 * `key`; NULL: zeros in its place. Writes what it is told, also what no phone takes. False: too
 * large, or no memory.
 */
NODISCARD bool recovery_zip_make(const struct recovery_zip_file *files, size_t count,
                                 const struct signing_key *key, struct span *out_zip);

/*
 * Signs a zip file again whose signed bytes were changed: a test's way to what recovery_zip_make
 * would never write. False: it is too short, or the key is broken.
 */
bool recovery_zip_seal(const struct signing_key *key, struct span zip);

/*
 * Builds the ROM of `spec` for `model` and writes the zip file into the folder `out`, which is made
 * if need be. False: it said why on standard error, and nothing new is there.
 */
NODISCARD bool recovery_zip_write(const struct package_spec *spec, const struct model *model,
                                  const char *out, char out_name[RECOVERY_ZIP_NAME_BYTES]);

#endif
