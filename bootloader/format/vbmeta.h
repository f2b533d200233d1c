/* SPDX-License-Identifier: MIT */
/*
 * The vbmeta image of Android Verified Boot 2.0. Big endian.
 *
 * Header (256 bytes), authentication block (hash, signature), auxiliary block (descriptors, public
 * key, key metadata); the blocks are multiples of 64 bytes. Hash and signature are over the header
 * followed by the auxiliary block. Offsets in the header are relative to the block they point into.
 */
#ifndef FORMAT_VBMETA_H
#define FORMAT_VBMETA_H

#include <assert.h>
#include <stdint.h>

#define VBMETA_MAGIC         "AVB0"
#define VBMETA_MAJOR         1
#define VBMETA_MINOR         0 /* the highest minor that the firmware understands */
#define VBMETA_BLOCK_UNIT    64
#define VBMETA_RELEASE_BYTES 48
#define VBMETA_MAX_BYTES     65536 /* the most that is read: the size of the vbmeta partition */

/* SHA-256, then SHA-512, each with RSA of 2048, 4096 and 8192 bits. */
#define VBMETA_ALGORITHM_NONE           0
#define VBMETA_ALGORITHM_SHA256_RSA2048 1
#define VBMETA_ALGORITHM_SHA256_RSA4096 2
#define VBMETA_ALGORITHM_SHA256_RSA8192 3
#define VBMETA_ALGORITHM_SHA512_RSA2048 4
#define VBMETA_ALGORITHM_SHA512_RSA4096 5
#define VBMETA_ALGORITHM_SHA512_RSA8192 6

#define VBMETA_FLAG_HASHTREE_DISABLED     1u
#define VBMETA_FLAG_VERIFICATION_DISABLED 2u

struct vbmeta_header {
    uint8_t magic[4];
    uint8_t required_major[4];
    uint8_t required_minor[4];
    uint8_t authentication_bytes[8];
    uint8_t auxiliary_bytes[8];
    uint8_t algorithm[4];
    uint8_t hash_offset[8];
    uint8_t hash_bytes[8];
    uint8_t signature_offset[8];
    uint8_t signature_bytes[8];
    uint8_t public_key_offset[8];
    uint8_t public_key_bytes[8];
    uint8_t key_metadata_offset[8];
    uint8_t key_metadata_bytes[8];
    uint8_t descriptors_offset[8];
    uint8_t descriptors_bytes[8];
    uint8_t rollback_index[8];
    uint8_t flags[4];
    uint8_t rollback_index_location[4];
    uint8_t release[VBMETA_RELEASE_BYTES];
    uint8_t reserved[80];
};

static_assert(sizeof(struct vbmeta_header) == 256, "AVB 2.0");

#define VBMETA_TAG_PROPERTY 0
#define VBMETA_TAG_HASHTREE 1
#define VBMETA_TAG_HASH     2
#define VBMETA_TAG_CMDLINE  3
#define VBMETA_TAG_CHAIN    4

/* Every descriptor: `bytes_following` is a multiple of 8. */
struct vbmeta_descriptor {
    uint8_t tag[8];
    uint8_t bytes_following[8];
};

/* Followed by key, NUL, value, NUL. */
struct vbmeta_property {
    struct vbmeta_descriptor head;
    uint8_t key_bytes[8];
    uint8_t value_bytes[8];
};

/* Followed by partition name, salt, digest. The digest is over salt, then image. */
struct vbmeta_hash {
    struct vbmeta_descriptor head;
    uint8_t image_bytes[8];
    uint8_t hash_algorithm[32]; /* "sha256", "sha512" */
    uint8_t name_bytes[4];
    uint8_t salt_bytes[4];
    uint8_t digest_bytes[4];
    uint8_t flags[4];
    uint8_t reserved[60];
};

/*
 * Followed by partition name, salt, root digest. The tree is dm-verity's (version 1): each hash is
 * over salt, then a block; levels lie from the root's down to the one over the image; offsets are
 * in the partition.
 */
struct vbmeta_hashtree {
    struct vbmeta_descriptor head;
    uint8_t dm_verity_version[4];
    uint8_t image_bytes[8];
    uint8_t tree_offset[8];
    uint8_t tree_bytes[8];
    uint8_t data_block_bytes[4];
    uint8_t hash_block_bytes[4];
    uint8_t fec_roots[4];
    uint8_t fec_offset[8];
    uint8_t fec_bytes[8];
    uint8_t hash_algorithm[32]; /* "sha256", "sha512", "sha1" */
    uint8_t name_bytes[4];
    uint8_t salt_bytes[4];
    uint8_t digest_bytes[4];
    uint8_t flags[4];
    uint8_t reserved[60];
};

#define VBMETA_CMDLINE_IF_HASHTREE     1u /* use only if dm-verity is not switched off */
#define VBMETA_CMDLINE_IF_NOT_HASHTREE 2u /* use only if it is */

/* Followed by words for the kernel, without a NUL. */
struct vbmeta_cmdline {
    struct vbmeta_descriptor head;
    uint8_t flags[4];
    uint8_t cmdline_bytes[4];
};

/* Followed by partition name, public key: that partition has a vbmeta image of its own. */
struct vbmeta_chain {
    struct vbmeta_descriptor head;
    uint8_t rollback_index_location[4]; /* 1 and up: 0 is the top image's */
    uint8_t name_bytes[4];
    uint8_t key_bytes[4];
    uint8_t flags[4];
    uint8_t reserved[60];
};

static_assert(sizeof(struct vbmeta_property) == 32, "AVB 2.0");
static_assert(sizeof(struct vbmeta_hash) == 132, "AVB 2.0");
static_assert(sizeof(struct vbmeta_hashtree) == 180, "AVB 2.0");
static_assert(sizeof(struct vbmeta_cmdline) == 24, "AVB 2.0");
static_assert(sizeof(struct vbmeta_chain) == 92, "AVB 2.0");

/*
 * The footer: the last 64 bytes of a partition that carries its own vbmeta
 * image behind its content.
 */
#define VBMETA_FOOTER_MAGIC "AVBf"
#define VBMETA_FOOTER_MAJOR 1
#define VBMETA_FOOTER_MINOR 0

struct vbmeta_footer {
    uint8_t magic[4];
    uint8_t major[4];
    uint8_t minor[4];
    uint8_t content_bytes[8]; /* of the partition's content, without tree, vbmeta and footer */
    uint8_t vbmeta_offset[8]; /* in the partition */
    uint8_t vbmeta_bytes[8];
    uint8_t reserved[28];
};

static_assert(sizeof(struct vbmeta_footer) == 64, "AVB 2.0");

#define VERITY_BLOCK_BYTES      4096 /* the only size of data and hash blocks that the lab has */
#define VERITY_HASHES_PER_BLOCK 128  /* SHA-256, as romc writes it */

/*
 * The public key: this, then the modulus, then R^2 mod n, each key_bits / 8 bytes. Exponent 65537.
 */
struct vbmeta_public_key {
    uint8_t key_bits[4];
    uint8_t n0inv[4];
};

#define VBMETA_RSA2048_BYTES     256
#define VBMETA_RSA4096_BYTES     512
#define VBMETA_RSA8192_BYTES     1024
#define VBMETA_RSA4096_KEY_BYTES (8 + 2 * VBMETA_RSA4096_BYTES)

/*
 * The identity of a ROM: the property descriptors that romc writes and the firmware reads.
 */
#define ROM_PROPERTY_REGION  "flashlab.rom.region"  /* "cn", "global" */
#define ROM_PROPERTY_NAME    "flashlab.rom.name"    /* "cn", "global", "reseller": the manifest's */
#define ROM_PROPERTY_VERSION "flashlab.rom.version" /* "V9.6.1.0.OEAMIFD" */
#define ROM_PROPERTY_PRODUCT "flashlab.rom.product" /* the codename that it was built for */
#define ROM_PROPERTY_DATE    "flashlab.rom.date"    /* "20180905"; only the recovery asks for it */

#endif
