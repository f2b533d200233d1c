/* SPDX-License-Identifier: MIT */
/*
 * Parsing and authenticating a vbmeta image. Stage verify. AVB 2.0: format/vbmeta.h.
 */
#ifndef VERIFY_VBMETA_H
#define VERIFY_VBMETA_H

#include "base/bytes.h"
#include "verify/verified.h"

/* The parts of an image, all inside its bytes. */
struct vbmeta {
    struct slice header;
    struct slice authentication;
    struct slice auxiliary;
    struct slice hash;
    struct slice signature;
    struct slice public_key;
    struct slice descriptors;
    uint32_t algorithm;
    uint32_t flags;
    uint64_t rollback_index;
};

/*
 * Finds the parts. `bytes` may be longer than the image.
 *
 *   E_VBMETA_MAGIC, E_VBMETA_VERSION
 *   E_VBMETA_RANGE       a block or a part is not inside, not a multiple of 64, or parts overlap;
 *                        or the bytes between the parts of the authentication block are not zero
 *   E_VBMETA_ALGORITHM   an algorithm that AVB does not have
 *   E_VBMETA_LOCATION    the image's own rollback index is meant for another location than 0
 */
NODISCARD enum err vbmeta_parse(struct slice bytes, struct vbmeta *out_vbmeta);

/*
 * Checks hash and signature with the key that the image itself carries. Whose key that is, is the
 * caller's question.
 *
 *   E_VBMETA_ALGORITHM   not signed at all
 *   E_VBMETA_UNSUPPORTED by RSA of 8192 bits, which is not taken here
 *   E_VBMETA_KEY         the key is not a well-formed one of the algorithm's size
 *   E_VBMETA_HASH        the hash is not that of header and auxiliary block
 *   E_VBMETA_SIGNATURE   the signature is not one of that key over that hash
 */
NODISCARD enum err vbmeta_check_signature(const struct vbmeta *vbmeta);

/*
 * Adds to *verified what the descriptors of the image in partition `from` say.
 *
 *   PART_VBMETA          everything: the ROM's identity, images, chains, words for the kernel
 *   PART_VBMETA_SYSTEM   images and words
 *   any other            that partition's image, and words
 *
 * Properties that are not ours and descriptors of partitions that are not in enum part are passed
 * over. Words for the kernel are taken as their flags and verified->hashtree_disabled say. An image
 * whose digest is of a kind that is not taken here is marked so: it matters when it is to be loaded.
 *
 *   E_VBMETA_DESCRIPTOR    a descriptor is not inside the block, not well-formed, or not one for an
 *                          image in that partition; words that are not UTF-8, or control characters
 *   E_VBMETA_DUPLICATE     a property of ours or a partition is there twice
 *   E_VBMETA_LOCATION      a chain's rollback index location is 0, too high, or taken
 *   E_VBMETA_CHAIN         a chain in a chained image, or one to the first image
 *   E_VBMETA_HASHTREE      a tree whose numbers do not fit each other
 *   E_VBMETA_UNSUPPORTED   a tree that dm-verity has and this phone has not; more words than a kernel
 *                          takes
 *
 * A descriptor with an error adds nothing, and the others count all the same: the first error is
 * returned at the end. What follows one that is not inside the block cannot be read.
 */
NODISCARD enum err vbmeta_read_descriptors(const struct vbmeta *vbmeta, enum part from,
                                           struct verified *verified);

#endif
