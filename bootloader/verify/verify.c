/* SPDX-License-Identifier: MIT */
/*
 * Stage verify, the claims: what the ROM says of itself, and whether a key that counts signed that.
 * The images: verify/verify_images.c.
 */
#include "verify/verify.h"

#include "format/vbmeta.h"
#include "iface/block.h"
#include "verify/vbmeta.h"

#include <string.h>

/* What verify_claims was called with. */
struct claims {
    const struct verify_parts *parts;
    const struct verify_trust *trust;
    struct span scratch;
    struct verified *verified;
};

static void find(struct verified *verified, enum verdict verdict, enum err why)
{
    verified->verdict = verdict;
    verified->why = why;
}

void verify_degrade(struct verified *verified, enum verdict verdict, enum err why)
{
    if (verified->verdict == VERDICT_AUTHENTIC || verified->verdict == VERDICT_USER_KEY) {
        find(verified, verdict, why);
    }
}

/* A signature, a key or a descriptor that failed: not taken here, or not in order? */
static enum verdict verdict_of(enum err err)
{
    return err == E_VBMETA_UNSUPPORTED || err == E_VBMETA_VERSION ? VERDICT_UNSUPPORTED
                                                                  : VERDICT_BAD_SIGNATURE;
}

static bool is_key(const uint8_t key_sha256[SHA256_BYTES], const uint8_t *trusted)
{
    return trusted != NULL && !slice_is_all(slice_of(trusted, SHA256_BYTES), 0) &&
           memcmp(key_sha256, trusted, SHA256_BYTES) == 0;
}

static void check_signature(const struct vbmeta *vbmeta, const struct verify_trust *trust,
                            struct verified *verified)
{
    uint8_t key_sha256[SHA256_BYTES];
    enum err err = vbmeta_check_signature(vbmeta);

    if (err != OK) {
        find(verified, verdict_of(err), err);
        return;
    }
    sha256_digest(vbmeta->public_key, key_sha256);
    if (is_key(key_sha256, trust->root_key_sha256)) {
        find(verified, VERDICT_AUTHENTIC, OK);
    } else if (is_key(key_sha256, trust->user_key_sha256)) {
        find(verified, VERDICT_USER_KEY, OK);
    } else {
        find(verified, VERDICT_WRONG_KEY, E_VBMETA_KEY);
    }
}

/*
 * What is claimed is read also when nobody signed it: an unlocked phone goes by it, and screens
 * show it. The flags have their effect on an unlocked phone only.
 */
static void check_top(const struct claims *claims, struct slice bytes)
{
    const uint32_t off = VBMETA_FLAG_HASHTREE_DISABLED | VBMETA_FLAG_VERIFICATION_DISABLED;
    struct verified *verified = claims->verified;
    struct vbmeta vbmeta;
    enum err err = bytes.size == 0 ? E_GPT_NOT_FOUND : vbmeta_parse(bytes, &vbmeta);

    verified->hashtree_disabled = claims->trust->no_hashtree;
    if (err != OK) {
        find(verified, verdict_of(err), err);
        return;
    }
    verified->has_index = true;
    verified->rollback_index = vbmeta.rollback_index;
    verified->flags = vbmeta.flags;
    verified->hashtree_disabled |= claims->trust->unlocked && (vbmeta.flags & off) != 0;
    check_signature(&vbmeta, claims->trust, verified);
    err = vbmeta_read_descriptors(&vbmeta, PART_VBMETA, verified);
    if (err != OK) {
        verify_degrade(verified, verdict_of(err), err);
    }
}

/* Reads the start of `part` into the scratch area, as much as an image may have. */
static enum err read_start(const struct claims *claims, enum part part, struct slice *out_bytes)
{
    const struct partition *partition = &claims->parts->list[part];
    struct span bytes = {.data = claims->scratch.data, .size = VBMETA_MAX_BYTES};

    if (partition->size_bytes < bytes.size) {
        bytes.size = (size_t)partition->size_bytes;
    }
    if (bytes.size != 0) {
        TRY(partition_read(partition, 0, bytes));
    }
    *out_bytes = span_slice(bytes);
    return OK;
}

/* Checks the footer at the end of `block`; where the vbmeta image lies, in whole blocks. */
static enum err find_behind(const struct partition *partition, struct slice block,
                            uint64_t *out_offset, size_t *out_bytes)
{
    const struct vbmeta_footer *footer =
        (const struct vbmeta_footer *)(block.data + block.size - sizeof *footer);
    uint64_t offset = be64(footer->vbmeta_offset);
    uint64_t size = be64(footer->vbmeta_bytes);
    uint64_t end;

    if (memcmp(footer->magic, VBMETA_FOOTER_MAGIC, sizeof footer->magic) != 0 ||
        be32(footer->major) != VBMETA_FOOTER_MAJOR) {
        return E_VBMETA_FOOTER;
    }
    if (size < sizeof(struct vbmeta_header) || size > VBMETA_MAX_BYTES ||
        offset % block.size != 0 || !round_up_u64(size, block.size, &size) ||
        !add_u64(offset, size, &end) || end > partition->size_bytes - block.size) {
        return E_VBMETA_FOOTER;
    }
    *out_offset = offset;
    *out_bytes = (size_t)size;
    return OK;
}

/* Reads the image that the footer of `part` points at. Bad bytes give E_VBMETA_FOOTER. */
static enum err read_behind(const struct claims *claims, enum part part, struct slice *out_bytes)
{
    const struct partition *partition = &claims->parts->list[part];
    struct span bytes = {.data = claims->scratch.data};
    uint64_t offset;

    if (partition->size_bytes == 0) {
        return E_VBMETA_FOOTER;
    }
    bytes.size = partition->disk->block_bytes;
    TRY(partition_read(partition, partition->size_bytes - bytes.size, bytes));
    TRY(find_behind(partition, span_slice(bytes), &offset, &bytes.size));
    TRY(partition_read(partition, offset, bytes));
    *out_bytes = span_slice(bytes);
    return OK;
}

/* Is the chained image in `bytes` signed by the key that the first image names for it? */
static enum err check_chained(const struct claims *claims, enum part part, struct slice bytes)
{
    struct verified *verified = claims->verified;
    const struct verified_chain *chain = &verified->chains[part];
    uint8_t key_sha256[SHA256_BYTES];
    struct vbmeta vbmeta;

    TRY(vbmeta_parse(bytes, &vbmeta));
    TRY(vbmeta_check_signature(&vbmeta));
    sha256_digest(vbmeta.public_key, key_sha256);
    if (memcmp(key_sha256, chain->key_sha256, SHA256_BYTES) != 0) {
        return E_VBMETA_CHAIN_KEY;
    }
    if (vbmeta.flags != 0) {
        return E_VBMETA_CHAIN; /* flags are the first image's */
    }
    TRY(vbmeta_read_descriptors(&vbmeta, part, verified));
    verified->chained[chain->location].present = true;
    verified->chained[chain->location].index = vbmeta.rollback_index;
    return OK;
}

static bool is_device_error(enum err err)
{
    return err == E_BLOCK_IO || err == E_BLOCK_ALIGN || err == E_BLOCK_RANGE;
}

static enum err follow_chain(const struct claims *claims, enum part part)
{
    struct slice bytes;
    enum err err = part == PART_VBMETA_SYSTEM ? read_start(claims, part, &bytes)
                                              : read_behind(claims, part, &bytes);

    if (is_device_error(err)) {
        return err;
    }
    if (err == OK) {
        err = check_chained(claims, part, bytes);
    }
    if (err != OK) {
        verify_degrade(claims->verified,
                       err == E_VBMETA_CHAIN_KEY ? VERDICT_WRONG_KEY : verdict_of(err), err);
    }
    return OK;
}

static bool is_whole(const struct verified *verified)
{
    bool is_signed =
        verified->verdict == VERDICT_AUTHENTIC || verified->verdict == VERDICT_USER_KEY;

    return is_signed && verified->images[PART_RECOVERY].present && verified->rom_name[0] != '\0';
}

/*
 * A recovery whose own vbmeta image says all that is to be known, signed by a key that counts,
 * needs no other: it starts also when an installation was stopped in the middle of vbmeta. AVB
 * calls that AVB_SLOT_VERIFY_FLAGS_NO_VBMETA_PARTITION.
 */
static enum err check_alone(const struct claims *claims, bool *out_alone)
{
    struct slice bytes;
    enum err err = read_behind(claims, PART_RECOVERY, &bytes);

    *out_alone = false;
    if (err == OK) {
        check_top(claims, bytes);
        *out_alone = is_whole(claims->verified);
    }
    return is_device_error(err) ? err : OK;
}

enum err verify_claims(const struct verify_parts *parts, enum part start,
                       const struct verify_trust *trust, struct span scratch,
                       struct verified *out_verified)
{
    const enum part needed[] = {PART_VBMETA_SYSTEM, start, PART_DTBO, PART_SYSTEM};
    struct claims claims = {
        .parts = parts, .trust = trust, .scratch = scratch, .verified = out_verified};
    struct slice bytes;

    *out_verified = (struct verified){.verdict = VERDICT_UNKNOWN};
    if (scratch.size < VBMETA_MAX_BYTES) {
        return E_SLICE_RANGE;
    }
    if (start == PART_RECOVERY) {
        bool alone;

        TRY(check_alone(&claims, &alone));
        if (alone) {
            return OK;
        }
        *out_verified = (struct verified){.verdict = VERDICT_UNKNOWN};
    }
    TRY(read_start(&claims, PART_VBMETA, &bytes));
    check_top(&claims, bytes);
    for (size_t i = 0; i < ARRAY_COUNT(needed); i++) {
        if (out_verified->chains[needed[i]].present) {
            TRY(follow_chain(&claims, needed[i]));
        }
    }
    return OK;
}
