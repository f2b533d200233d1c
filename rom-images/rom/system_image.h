/* SPDX-License-Identifier: MIT */
/*
 * The image of `system`: a read-only file system with the ROM's programs, apps and properties, the hash tree over it, and at the end, as AVB 2.0
 * has it, a vbmeta image with the hashtree descriptor, and the footer that points at it. That
 * vbmeta is not signed: what counts is the same descriptor in the ROM's signed vbmeta.
 */
#ifndef ROM_IMAGES_SYSTEM_IMAGE_H
#define ROM_IMAGES_SYSTEM_IMAGE_H

#include "rom-images/rom/rom_identity.h"
#include "rom-images/rom/userland_files.h"
#include "rom-images/write/vbmeta_write.h"

struct system_image_spec {
    const struct rom *rom;
    const struct rom_identity *identity;
    const struct userland_files *userland;
    const char *busybox; /* the static binary, or NULL */
    struct slice salt;
};

/*
 * Builds the image, on the heap, and its descriptor; the descriptor's salt is the caller's. False:
 * it said why on standard error.
 */
NODISCARD bool system_image_make(const struct system_image_spec *spec, struct span *out_image,
                                 struct vbmeta_hashtree_spec *out_descriptor);

#endif
