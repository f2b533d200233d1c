/* SPDX-License-Identifier: MIT */
/*
 * Stage verify: is it authentic?
 *
 * In two steps, so that a ROM that may not run here is not read in full: first what the ROM claims
 * and who signed that (a few KiB), then, if it may start, the images themselves. Each image is read
 * once, to where it runs, and hashed there while the next piece is being read: what was hashed is
 * what runs.
 *
 * Sees partitions, never the disk; never writes to them. AVB 2.0 (AOSP external/avb, README), and
 * where this is stricter:
 *   - the ROM's identity (region, index) comes from the first image alone
 *   - a chained image speaks for its own partition only, unless that is vbmeta_system
 *   - chains are followed for what this start needs: a damaged recovery does not keep the ROM from
 *     booting
 *   - what VERIFICATION_DISABLED switches off on an unlocked phone is dm-verity alone: everything
 *     else is compared all the same, so that the verdict is true
 */
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include "iface/progress.h"
#include "storage/partition.h"
#include "verify/boot_image.h"
#include "verify/verified.h"

/* The partitions of one slot, or of a phone without slots; size_bytes 0: there is no such one. */
struct verify_parts {
    struct partition list[PART_COUNT];
};

/* Who is believed, and how far. */
struct verify_trust {
    const uint8_t *root_key_sha256; /* SHA256_BYTES each */
    const uint8_t *user_key_sha256; /* all zero, or NULL: the user enrolled none */
    bool unlocked;                  /* the image's flags have their effect */
    bool no_hashtree;               /* a phone of a year without dm-verity */
};

/*
 * The claims for starting `start` (PART_BOOT or PART_RECOVERY): vbmeta, authenticated, and the
 * vbmeta images of chained partitions; or, for a recovery that has one, its own vbmeta image alone,
 * signed by a key that counts, with the ROM's properties and the recovery's hash. Fills *out_verified whatever is there; bad bytes give a
 * verdict, not an error. `scratch` holds one vbmeta image at a time: VBMETA_MAX_BYTES.
 *
 *   E_BLOCK_...   a partition could not be read
 */
NODISCARD enum err verify_claims(const struct verify_parts *parts, enum part start,
                                 const struct verify_trust *trust, struct span scratch,
                                 struct verified *out_verified);

/* Where the pieces of a boot image go. */
struct verify_room {
    struct span kernel;
    struct span ramdisk;
    struct span scratch; /* header page and padding: at least 64 KiB */
    struct progress *progress; /* who is told after each MiB, and may end it; NULL: nobody */
};

/*
 * The images: reads `start` into place and compares its digest with the claim; then, for the ROM,
 * that of dtbo, if there is a claim for it (it is not applied: the lab's phones have their own
 * overlay). A difference, or a damaged header, changes verified->verdict (never to the better) and
 * verified->why. Without a claim (no hash descriptor) the image is loaded all the same and the
 * verdict stays what it is, or becomes VERDICT_BAD_HASH if it was good. With VERDICT_NO_ROM nothing
 * was loaded; so too whenever out_image->kernel_bytes is 0.
 *
 *   E_BLOCK_...            a partition could not be read
 *   E_BOOT_IMAGE_STOPPED   room->progress had enough: the verdict is that of the claims alone
 */
NODISCARD enum err verify_images(const struct verify_parts *parts, enum part start,
                                 const struct verify_room *room, struct verified *verified,
                                 struct boot_image *out_image);

/*
 * Is block number `block` of `system` the one that was signed? Reads it and the hashes above it.
 * `scratch`: 8 KiB. For a ROM that says that dm-verity stumbled over it:
 * only what is found here counts.
 *
 *   E_HASHTREE_RANGE   there is no tree, no such block, or the partition is too small for them
 *   E_HASHTREE_BLOCK   it is not: the block or a hash above it was changed
 *   E_BLOCK_...        the partition could not be read
 */
NODISCARD enum err verify_system_block(const struct partition *system,
                                       const struct verified_hashtree *tree, uint64_t block,
                                       struct span scratch);

/* Takes note of a failed check: a good verdict becomes `verdict`, a bad one stays. */
void verify_degrade(struct verified *verified, enum verdict verdict, enum err why);

/*
 * Compares the content of a partition with a hash descriptor,
 * through `scratch` (at least one block). `progress` (NULL: nobody) is told after each piece of that.
 *
 *   E_VBMETA_HASH          it is another, or there is not so much of it
 *   E_VBMETA_UNSUPPORTED   it is of a kind that is not taken here
 *   E_BLOCK_...            the partition could not be read
 *   E_BOOT_IMAGE_STOPPED   `progress` had enough
 */
NODISCARD enum err verify_hash(const struct partition *partition,
                               const struct verified_image *claim, struct span scratch,
                               struct progress *progress);

#endif
