/* SPDX-License-Identifier: MIT */
/*
 * The scripts of a fastboot package: flash_all.sh and its sisters, from one template
 * (flash_scripts/flash_all.sh.in) and the list of what is flashed. Pure.
 */
#ifndef ROM_IMAGES_FLASH_SCRIPT_H
#define ROM_IMAGES_FLASH_SCRIPT_H

#include "base/bytes.h"
#include "base/text.h"

/* One image, and the partition that it goes to (on a phone with slots: without its suffix). */
struct flash_image {
    const char *partition;
    bool has_slots;    /* goes to both slots */
    bool is_user_data; /* flash_all_except_storage leaves it out */
};

/* What the scripts are made of; images in the order in which they are flashed, boot the last. */
struct flash_plan {
    const char *device;  /* codename */
    const char *rom;     /* the ROM's name */
    const char *version; /* the build's name */
    const char *lock;    /* the words for fastboot that lock the phone */
    bool has_slots;
    size_t image_count;
    const struct flash_image *images;
};

enum flash_script {
    FLASH_ALL,                /* then restarts the phone */
    FLASH_ALL_LOCK,           /* then locks it */
    FLASH_ALL_EXCEPT_STORAGE, /* leaves user data alone */
    FLASH_SCRIPT_COUNT,
};

/* The same steps for two shells. */
enum flash_dialect {
    FLASH_SHELL, /* POSIX: .sh */
    FLASH_BATCH, /* Windows: .bat, its lines end with CR and LF */
    FLASH_DIALECT_COUNT,
};

/* "flash_all.sh", ... */
const char *flash_script_name(enum flash_script script, enum flash_dialect dialect);

/*
 * Puts the script's text together. False when `script_template` asks for something that there is
 * not (@WORD@), or when the text does not fit.
 */
NODISCARD bool flash_script_make(const struct flash_plan *plan, enum flash_script script,
                                 enum flash_dialect dialect, struct slice script_template,
                                 struct text *text);

#endif
