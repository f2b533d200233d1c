/* SPDX-License-Identifier: MIT */
/*
 * Writes a vbmeta image into memory. AVB 2.0: bootloader/format/vbmeta.h.
 *
 * Pure: no file is touched, and the same input gives the same bytes. Writes what it is told, also
 * what no phone should accept (a property twice, another key, any flags).
 */
#ifndef ROM_IMAGES_VBMETA_WRITE_H
#define ROM_IMAGES_VBMETA_WRITE_H

#include "base/bytes.h"
#include "base/sha256.h"
#include "rom-images/write/keys.h"

struct vbmeta_property_spec {
    const char *key;
    const char *value;
};

/* A hash descriptor, as it is to be written. */
struct vbmeta_hash_spec {
    const char *partition; /* "boot" */
    uint64_t image_bytes;
    struct slice salt;
    uint8_t digest[SHA256_BYTES]; /* of salt, then image: vbmeta_hash_image() */
};

/* A hashtree descriptor: of an image with a tree behind it (hashtree_write.h). */
struct vbmeta_hashtree_spec {
    const char *partition; /* "system" */
    uint64_t image_bytes;
    uint64_t tree_offset;
    uint64_t tree_bytes;
    struct slice salt;
    uint8_t root_digest[SHA256_BYTES];
};

/* Words for the kernel. */
struct vbmeta_cmdline_spec {
    const char *words;
    uint32_t flags; /* VBMETA_CMDLINE_... */
};

/* A partition with a vbmeta image of its own. */
struct vbmeta_chain_spec {
    const char *partition;
    uint32_t location; /* of its rollback index */
    struct slice public_key;
};

/* Everything belongs to the caller. Descriptors come in the order of the members. */
struct vbmeta_spec {
    const struct vbmeta_property_spec *properties;
    size_t property_count;
    const struct vbmeta_hash_spec *hashes;
    size_t hash_count;
    const struct vbmeta_hashtree_spec *hashtrees;
    size_t hashtree_count;
    const struct vbmeta_cmdline_spec *cmdlines;
    size_t cmdline_count;
    const struct vbmeta_chain_spec *chains;
    size_t chain_count;
    const struct signing_key *key; /* NULL: algorithm none, no signature, no key */
    uint64_t rollback_index;
    uint32_t flags; /* VBMETA_FLAG_... */
};

/* Describes an image: its size, and its digest with that salt. */
struct vbmeta_hash_spec vbmeta_hash_image(const char *partition, struct slice image,
                                          struct slice salt);

/*
 * Writes the image to the start of `out` and returns its size in bytes; 0 when `out` (at most
 * VBMETA_MAX_BYTES are ever needed by what a phone can read) is too small or the key is broken.
 */
size_t vbmeta_write(const struct vbmeta_spec *spec, struct span out);

/*
 * Writes the footer of a partition that carries its own vbmeta image: to its last 64 bytes.
 */
struct vbmeta_footer;
void vbmeta_write_footer(uint64_t content_bytes, uint64_t vbmeta_offset, uint64_t vbmeta_bytes,
                         struct vbmeta_footer *out_footer);

/*
 * Makes hash and signature of an image right again after its header or auxiliary block was changed:
 * a test's way to sign what vbmeta_write() would never write. False when the sizes in the header do
 * not fit `image` or the key is broken.
 */
bool vbmeta_write_seal(const struct signing_key *key, struct span image);

#endif
