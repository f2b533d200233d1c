/* SPDX-License-Identifier: MIT */
/*
 * Who vouches for a ROM's images: its signed vbmeta, and the vbmeta images of chained partitions.
 */
#ifndef ROM_IMAGES_ROM_VBMETA_H
#define ROM_IMAGES_ROM_VBMETA_H

#include "board/model.h"
#include "rom-images/rom/rom_identity.h"
#include "rom-images/write/vbmeta_write.h"

#define ROM_VBMETA_CHAINS_MAX 3

/* One image that is hashed whole. When it is chained it is made as large as its partition. */
struct rom_vbmeta_image {
    const char *partition; /* "boot", "recovery", "dtbo" */
    struct span *image;    /* on the heap; size 0: the ROM has none */
};

struct rom_vbmeta_spec {
    const struct rom *rom;
    const struct model *model;
    const struct rom_identity *identity;
    const char *keys; /* the folder */
    uint32_t flags;   /* VBMETA_FLAG_... */
    const struct rom_vbmeta_image *images;
    size_t image_count;
    struct slice salt;
    const struct vbmeta_hashtree_spec *system; /* NULL: no such partition */
    /* "PARTITION=KEY": that image gets a vbmeta image of its own, signed with that key. */
    const char *const *chains;
    size_t chain_count;
};

/* Not secret and not random: the same ROM for the same model has the same salt. */
void rom_vbmeta_salt(const struct rom_identity *identity, uint8_t out_salt[SHA256_BYTES]);

/* The ROM's vbmeta, on the heap. False: it said why on standard error. */
NODISCARD bool rom_vbmeta_make(const struct rom_vbmeta_spec *spec, struct span *out_vbmeta);

#endif
