/* SPDX-License-Identifier: MIT */
/*
 * Stage verify, the claims: what the ROM says of itself, and whether the root key signed that.
 * The images: verify/verify_images.c.
 */
#include "verify/verify.h"

#include "format/vbmeta.h"
#include "iface/block.h"
#include "verify/vbmeta.h"

#include <string.h>

static void find(struct verified *verified, enum verdict verdict, enum err why)
{
    verified->verdict = verdict;
    verified->why = why;
}

static void judge_signature(const struct vbmeta *vbmeta,
                            const uint8_t root_key_sha256[SHA256_BYTES], struct verified *verified)
{
    uint8_t key_sha256[SHA256_BYTES];
    enum err err = vbmeta_check_signature(vbmeta);

    if (err != OK) {
        find(verified, VERDICT_BAD_SIGNATURE, err);
        return;
    }
    sha256_digest(vbmeta->public_key, key_sha256);
    if (memcmp(key_sha256, root_key_sha256, SHA256_BYTES) != 0) {
        find(verified, VERDICT_WRONG_KEY, E_VBMETA_KEY);
        return;
    }
    find(verified, VERDICT_AUTHENTIC, OK);
}

/*
 * What is claimed is read also when nobody signed it: an unlocked phone goes by it, and screens
 * show it. The flags that switch verification off are noted and have no effect.
 */
static void judge(struct slice bytes, const uint8_t root_key_sha256[SHA256_BYTES],
                  struct verified *verified)
{
    struct vbmeta vbmeta;
    enum err err = vbmeta_parse(bytes, &vbmeta);

    if (err != OK) {
        find(verified, VERDICT_BAD_SIGNATURE, err);
        return;
    }
    verified->rollback_index = vbmeta.rollback_index;
    verified->flags = vbmeta.flags;
    judge_signature(&vbmeta, root_key_sha256, verified);
    err = vbmeta_read_descriptors(&vbmeta, verified);
    if (err != OK && verified->verdict != VERDICT_BAD_SIGNATURE) {
        find(verified, VERDICT_BAD_SIGNATURE, err);
    }
}

enum err verify_claims(const struct partition *vbmeta, const uint8_t root_key_sha256[SHA256_BYTES],
                       struct span scratch, struct verified *out_verified)
{
    struct span bytes = {.data = scratch.data, .size = VBMETA_MAX_BYTES};

    *out_verified = (struct verified){.verdict = VERDICT_UNKNOWN};
    if (scratch.size < VBMETA_MAX_BYTES) {
        return E_SLICE_RANGE;
    }
    if (vbmeta->size_bytes < bytes.size) {
        bytes.size = (size_t)vbmeta->size_bytes;
    }
    TRY(partition_read(vbmeta, 0, bytes));
    judge(span_slice(bytes), root_key_sha256, out_verified);
    return OK;
}
