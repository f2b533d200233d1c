/* SPDX-License-Identifier: MIT */
/*
 * What the phone runs of our own: the programs and kernel modules for arm64 that a build folder
 * holds, in the order of their names. What is for another machine, or no executable file, is
 * passed over.
 */
#ifndef ROM_IMAGES_USERLAND_FILES_H
#define ROM_IMAGES_USERLAND_FILES_H

#include "base/bytes.h"

#define USERLAND_FILES_MAX  32
#define USERLAND_NAME_BYTES 64

#define USERLAND_INIT     "init"     /* the first process of a ROM */
#define USERLAND_RECOVERY "recovery" /* of the recovery */

struct userland_file {
    char name[USERLAND_NAME_BYTES];
    bool is_module; /* NAME.ko */
    struct slice content;
};

struct userland_files {
    const char *dir;
    size_t count;
    struct userland_file list[USERLAND_FILES_MAX];
};

/* False: it said why on standard error. Either way end with userland_files_free. */
NODISCARD bool userland_files_read(const char *dir, struct userland_files *files);
void userland_files_free(struct userland_files *files);

/* The file of that name; NULL: it is not there, and that was said on standard error. */
const struct userland_file *userland_files_need(const struct userland_files *files,
                                                const char *name);

/* An ELF file for AArch64. */
bool userland_is_for_phone(struct slice file);

#endif
