/* SPDX-License-Identifier: MIT */
/*
 * What is in a ROM's ramdisk, or its recovery's: only what the first picture needs, since each byte
 * is hashed before the kernel starts.
 *
 *   /init                  the first process
 *   /bin                   leads to /system/bin, where the ROM's other programs are
 *                          (system_programs.h): not in the recovery, which has no others
 *   /default.prop          the properties
 *   /lib/modules/NAME.ko   kernel modules; /lib/modules/load names them in loading order, a path a
 *                          line; the userland's own come last
 *   /etc/package-key       whose packages the recovery takes
 *   /dev/console, /dev/null and empty folders to mount on
 */
#ifndef ROM_IMAGES_RAMDISK_H
#define ROM_IMAGES_RAMDISK_H

#include "base/bytes.h"
#include "rom-images/rom/kernel_modules.h"
#include "rom-images/rom/userland_files.h"

struct ramdisk_spec {
    const struct userland_files *userland;
    const char *init; /* which of them is the first process: USERLAND_INIT, USERLAND_RECOVERY */
    bool has_system;  /* a ROM: it has /bin, and loads the userland's modules */
    const struct kernel_modules *modules;
    struct slice properties;
    struct slice package_key; /* empty: there is none */
};

/* Builds the archive, on the heap. False: it said why on standard error. */
NODISCARD bool ramdisk_build(const struct ramdisk_spec *spec, struct span *out_archive);

#endif
