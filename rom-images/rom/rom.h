/* SPDX-License-Identifier: MIT */
/*
 * One ROM: rom-images/<name>.yaml, read and checked. README.md beside them lists the keys.
 */
#ifndef ROM_IMAGES_ROM_H
#define ROM_IMAGES_ROM_H

#include "board/yaml_tree.h"

#include <stdint.h>

/* Whose key signs it: names of files in the keys' folder. */
enum rom_signer {
    ROM_SIGNER_OEM = 0,
    ROM_SIGNER_RESELLER,
    ROM_SIGNER_USER,
    ROM_SIGNER_NONE, /* not signed at all */
};

#define ROM_ROLLBACK_OF_MODEL UINT64_MAX /* whatever the phone was made with */
#define ROM_MEDIA_MIB_MAX     1024
#define ROM_ROLLBACK_MAX      64 /* as many fuses as there are: bootloader/format/fuses.h */

struct rom {
    char name[32];
    char title[48];
    char title_zh[48];
    char region[16]; /* empty: no marker */
    unsigned signer; /* enum rom_signer */
    bool official;
    char version[48];        /* with "{model}" in it */
    char android[16];        /* "8.1.0" */
    char security_patch[11]; /* "2018-09-01" */
    char build[24];          /* "8.8.31" */
    char date[9];            /* "20180905" */
    char cmdline[256];       /* more words for the kernel; may be empty */
    char clock[6];           /* "09:41": where the home screen's clock stands still; or empty */
    uint64_t rollback_index; /* or ROM_ROLLBACK_OF_MODEL */
    uint64_t media_mib;      /* of pictures and sounds in the system: what makes a ROM large */
    bool region_check;
    bool adverts;
    uint32_t os_version; /* android and security_patch as a boot image has them */
};

/*
 * Reads `file`. False: tree->error says why ("file:line: ..."). The tree is loaded by this call and
 * must be freed by the caller with yaml_tree_free, either way; the ROM needs it no longer.
 */
bool rom_load(struct yaml_tree *tree, const char *file, struct rom *out_rom);

/* "oem", "reseller", "user", "none". */
const char *rom_signer_name(const struct rom *rom);
bool rom_signer_from_name(const char *name, unsigned *out_signer); /* false: no such signer */

#endif
