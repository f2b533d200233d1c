/* SPDX-License-Identifier: MIT */
/* A ROM built for a model: from files on the host to its images in memory. */
#ifndef ROM_IMAGES_PACKAGE_H
#define ROM_IMAGES_PACKAGE_H

#include "base/bytes.h"
#include "board/model.h"
#include "rom-images/rom/disk.h"

#define PACKAGE_CHAINS_MAX 4

/*
 * What it is made of: paths, and what is to be otherwise than the manifest says (zeros: nothing).
 */
struct package_spec {
    const char *rom;      /* ROM.yaml */
    const char *keys;     /* the folder that `romc keys` filled */
    const char *kernel;   /* vmlinuz */
    const char *modules;  /* the folder with modules.order */
    const char *userland; /* the folder with init and other programs */
    const char *busybox;  /* NULL: the ROM has no shell */

    const char *sign_with;                  /* a signer's name, or NULL */
    const char *rollback_index;             /* a decimal number, or NULL */
    const char *flags;                      /* of vbmeta: a decimal number, or NULL */
    const char *chains[PACKAGE_CHAINS_MAX]; /* "PARTITION=KEY": rom_vbmeta.h */
    size_t chain_count;
};

/* On the heap: end with package_free. */
struct package {
    struct span boot;
    struct span recovery; /* size 0: the model has no such partition; and so for the next two */
    struct span dtbo;
    struct span system;
    struct span vbmeta;
};

struct rom;

/* Reads the manifest, with what is to be otherwise. False: it said why on standard error. */
NODISCARD bool package_load_rom(const struct package_spec *spec, struct rom *out_rom);

/* False: it said why on standard error, and there is nothing to free. */
NODISCARD bool package_make(const struct package_spec *spec, const struct model *model,
                            struct package *out_package);

/*
 * The images that there are, with the names of their partitions, in the order in which they may be
 * written: vbmeta, which makes them count, comes last. Returns how many; they live in *package.
 */
#define PACKAGE_IMAGES_MAX 5
size_t package_images(const struct package *package,
                      struct disk_image out_images[PACKAGE_IMAGES_MAX]);

void package_free(struct package *package);

#endif
