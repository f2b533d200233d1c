/* SPDX-License-Identifier: MIT */
/*
 * What is in a ROM's ramdisk, or its recovery's:
 *
 *   /init                  the userland's init
 *   /bin/NAME              its other programs, busybox, and a link to that for each applet: not in
 *                          the recovery, which has no shell
 *   /default.prop          the properties
 *   /lib/modules/NAME.ko   kernel modules; /lib/modules/load names them in loading order, a path a
 *                          line; the userland's own come last
 *   /dev/console, /dev/null and empty folders to mount on
 */
#ifndef ROM_IMAGES_RAMDISK_H
#define ROM_IMAGES_RAMDISK_H

#include "base/bytes.h"
#include "rom-images/rom/kernel_modules.h"

#define RAMDISK_INIT_ROM      "init"
#define RAMDISK_INIT_RECOVERY "recovery"

struct ramdisk_spec {
    const char *userland_dir; /* its executable arm64 files and its modules are taken */
    const char *init;         /* which of them is the first process: RAMDISK_INIT_... */
    const char *busybox;      /* the static binary; NULL: none, and no programs beside init */
    const struct kernel_modules *modules;
    struct slice properties;
    struct slice package_key; /* /etc/package-key: whose packages the recovery takes; or empty */
};

/* Builds the archive, on the heap. False: it said why on standard error. */
NODISCARD bool ramdisk_build(const struct ramdisk_spec *spec, struct span *out_archive);

#endif
