/* SPDX-License-Identifier: MIT */
/*
 * Stage verify: is it authentic?
 *
 * In two steps, so that a ROM that may not run here is not read in full: first what the ROM claims and
 * who signed that (a few KiB), then, if it may start, the images themselves. Each image is read once,
 * to where it runs, and hashed there while the next piece is being read: what was hashed is what runs.
 *
 * Sees partitions, never the disk; never writes to them.
 */
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include "storage/partition.h"
#include "verify/boot_image.h"
#include "verify/verified.h"

/*
 * The claims: vbmeta, authenticated against the root key. Fills *out_verified whatever is there; bad
 * bytes give a verdict, not an error. `scratch` holds the vbmeta image: VBMETA_MAX_BYTES.
 *
 *   E_BLOCK_...   the partition could not be read
 */
NODISCARD enum err verify_claims(const struct partition *vbmeta,
                                 const uint8_t root_key_sha256[SHA256_BYTES], struct span scratch,
                                 struct verified *out_verified);

/* Where the pieces of a boot image go. */
struct verify_room {
    struct span kernel;
    struct span ramdisk;
    struct span scratch; /* header page and padding: at least 64 KiB */
};

/*
 * The images: reads boot into place and compares its digest with the claim. A difference, or a damaged
 * header, changes verified->verdict (never to the better) and verified->why. Without a claim (no hash
 * descriptor) the image is loaded all the same and the verdict stays what it is, or becomes
 * VERDICT_BAD_HASH if it was authentic.
 * With VERDICT_NO_ROM nothing was loaded; so too whenever out_image->kernel_bytes is 0.
 *
 *   E_BLOCK_...   the partition could not be read
 */
NODISCARD enum err verify_images(const struct partition *boot, const struct verify_room *room,
                                 struct verified *verified, struct boot_image *out_image);

#endif
