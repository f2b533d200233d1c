/* SPDX-License-Identifier: MIT */
/*
 * The programs of a ROM, in /system/bin: the userland's, busybox, and a link to that for each of its
 * applets that the userland has no program of its own for. The first process is not among them: it
 * comes in the ramdisk, with the little that the home screen needs.
 */
#ifndef ROM_IMAGES_SYSTEM_PROGRAMS_H
#define ROM_IMAGES_SYSTEM_PROGRAMS_H

#include "rom-images/rom/userland_files.h"
#include "rom-images/write/archive_nodes.h"

#define SYSTEM_PROGRAMS_MAX        160
#define SYSTEM_PROGRAMS_PATH_BYTES (USERLAND_NAME_BYTES + 8)

struct system_programs {
    struct slice busybox;
    size_t count;
    struct archive_node nodes[SYSTEM_PROGRAMS_MAX]; /* bin/NAME; the folder is the caller's */
    char path[SYSTEM_PROGRAMS_MAX][SYSTEM_PROGRAMS_PATH_BYTES];
};

/*
 * `busybox` may be NULL. `userland` must live as long as the nodes. False: it said why on standard error. Either way end
 * with system_programs_free.
 */
NODISCARD bool system_programs_make(const struct userland_files *userland, const char *busybox,
                                    struct system_programs *programs);
void system_programs_free(struct system_programs *programs);

#endif
