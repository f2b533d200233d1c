/* SPDX-License-Identifier: MIT */
/*
 * A vbmeta image: its parts, and who signed it. Stage verify. AVB 2.0: format/vbmeta.h.
 *
 * The signature covers header and auxiliary block. Of the authentication block only hash and
 * signature mean anything; the rest of it must be zero,
 * so that no byte of the image can change unseen.
 */
#include "verify/vbmeta.h"

#include "base/digest.h"
#include "format/vbmeta.h"
#include "verify/rsa.h"
#include "verify/signature.h"

#include <string.h>

static const struct algorithm {
    enum hash hash;
    uint16_t digest_bytes;
    uint16_t rsa_bytes;
} algorithms[] = {
    [VBMETA_ALGORITHM_NONE] = {HASH_SHA256, 0, 0},
    [VBMETA_ALGORITHM_SHA256_RSA2048] = {HASH_SHA256, SHA256_BYTES, VBMETA_RSA2048_BYTES},
    [VBMETA_ALGORITHM_SHA256_RSA4096] = {HASH_SHA256, SHA256_BYTES, VBMETA_RSA4096_BYTES},
    [VBMETA_ALGORITHM_SHA256_RSA8192] = {HASH_SHA256, SHA256_BYTES, VBMETA_RSA8192_BYTES},
    [VBMETA_ALGORITHM_SHA512_RSA2048] = {HASH_SHA512, SHA512_BYTES, VBMETA_RSA2048_BYTES},
    [VBMETA_ALGORITHM_SHA512_RSA4096] = {HASH_SHA512, SHA512_BYTES, VBMETA_RSA4096_BYTES},
    [VBMETA_ALGORITHM_SHA512_RSA8192] = {HASH_SHA512, SHA512_BYTES, VBMETA_RSA8192_BYTES},
};

/* A part of a block, as the header gives it. */
struct range {
    uint64_t offset;
    uint64_t length;
};

static struct range range_at(const uint8_t offset[8], const uint8_t length[8])
{
    return (struct range){.offset = be64(offset), .length = be64(length)};
}

/* Both inside their block already, so that the sums do not wrap. */
static bool overlap(struct range a, struct range b)
{
    return a.length != 0 && b.length != 0 && a.offset < b.offset + b.length &&
           b.offset < a.offset + a.length;
}

static enum err find_blocks(struct slice bytes, const struct vbmeta_header *header,
                            struct vbmeta *vbmeta)
{
    uint64_t authentication_bytes = be64(header->authentication_bytes);
    uint64_t auxiliary_bytes = be64(header->auxiliary_bytes);
    uint64_t auxiliary_offset;

    if (authentication_bytes % VBMETA_BLOCK_UNIT != 0 || auxiliary_bytes % VBMETA_BLOCK_UNIT != 0 ||
        !add_u64(sizeof *header, authentication_bytes, &auxiliary_offset) ||
        slice_sub(bytes, 0, sizeof *header, &vbmeta->header) != OK ||
        slice_sub(bytes, sizeof *header, authentication_bytes, &vbmeta->authentication) != OK ||
        slice_sub(bytes, auxiliary_offset, auxiliary_bytes, &vbmeta->auxiliary) != OK) {
        return E_VBMETA_RANGE;
    }
    return OK;
}

/* Is every byte of the block outside both parts zero? */
static bool rest_is_zero(struct slice block, struct range a, struct range b)
{
    for (uint64_t i = 0; i < block.size; i++) {
        bool meant = (i >= a.offset && i - a.offset < a.length) ||
                     (i >= b.offset && i - b.offset < b.length);

        if (!meant && block.data[i] != 0) {
            return false;
        }
    }
    return true;
}

static enum err find_authentication(const struct vbmeta_header *header, struct vbmeta *vbmeta)
{
    struct range hash = range_at(header->hash_offset, header->hash_bytes);
    struct range signature = range_at(header->signature_offset, header->signature_bytes);
    const struct algorithm *algorithm = &algorithms[vbmeta->algorithm];

    if (hash.length != algorithm->digest_bytes || signature.length != algorithm->rsa_bytes ||
        slice_sub(vbmeta->authentication, hash.offset, hash.length, &vbmeta->hash) != OK ||
        slice_sub(vbmeta->authentication, signature.offset, signature.length, &vbmeta->signature) !=
            OK ||
        overlap(hash, signature) || !rest_is_zero(vbmeta->authentication, hash, signature)) {
        return E_VBMETA_RANGE;
    }
    return OK;
}

static enum err find_auxiliary(const struct vbmeta_header *header, struct vbmeta *vbmeta)
{
    struct range key = range_at(header->public_key_offset, header->public_key_bytes);
    struct range metadata = range_at(header->key_metadata_offset, header->key_metadata_bytes);
    struct range descriptors = range_at(header->descriptors_offset, header->descriptors_bytes);
    struct slice unused;

    if (slice_sub(vbmeta->auxiliary, key.offset, key.length, &vbmeta->public_key) != OK ||
        slice_sub(vbmeta->auxiliary, metadata.offset, metadata.length, &unused) != OK ||
        slice_sub(vbmeta->auxiliary, descriptors.offset, descriptors.length,
                  &vbmeta->descriptors) != OK ||
        overlap(key, metadata) || overlap(key, descriptors) || overlap(metadata, descriptors)) {
        return E_VBMETA_RANGE;
    }
    return OK;
}

enum err vbmeta_parse(struct slice bytes, struct vbmeta *out_vbmeta)
{
    const struct vbmeta_header *header = (const struct vbmeta_header *)bytes.data;
    struct vbmeta vbmeta = {0};

    if (bytes.size < sizeof *header) {
        return E_VBMETA_RANGE;
    }
    if (memcmp(header->magic, VBMETA_MAGIC, sizeof header->magic) != 0) {
        return E_VBMETA_MAGIC;
    }
    if (be32(header->required_major) != VBMETA_MAJOR ||
        be32(header->required_minor) > VBMETA_MINOR) {
        return E_VBMETA_VERSION;
    }
    if (be32(header->rollback_index_location) != 0) {
        return E_VBMETA_LOCATION;
    }
    vbmeta.algorithm = be32(header->algorithm);
    vbmeta.flags = be32(header->flags);
    vbmeta.rollback_index = be64(header->rollback_index);
    if (vbmeta.algorithm >= ARRAY_COUNT(algorithms)) {
        return E_VBMETA_ALGORITHM;
    }
    TRY(find_blocks(bytes, header, &vbmeta));
    TRY(find_authentication(header, &vbmeta));
    TRY(find_auxiliary(header, &vbmeta));
    *out_vbmeta = vbmeta;
    return OK;
}

enum err vbmeta_check_signature(const struct vbmeta *vbmeta)
{
    const struct algorithm *algorithm = &algorithms[vbmeta->algorithm];
    const struct slice key = vbmeta->public_key;
    struct digest digest;

    if (vbmeta->algorithm == VBMETA_ALGORITHM_NONE) {
        return E_VBMETA_ALGORITHM;
    }
    if (algorithm->rsa_bytes > RSA_BYTES_MAX) {
        return E_VBMETA_UNSUPPORTED;
    }
    if (key.size != sizeof(struct vbmeta_public_key) + 2 * (size_t)algorithm->rsa_bytes ||
        !signature_key_is_well_formed(key)) {
        return E_VBMETA_KEY;
    }
    digest_init(&digest, algorithm->hash);
    digest_update(&digest, vbmeta->header);
    digest_update(&digest, vbmeta->auxiliary);
    if (!digest_is(&digest, vbmeta->hash)) {
        return E_VBMETA_HASH;
    }
    return signature_is_right(key, vbmeta->hash, vbmeta->signature) ? OK : E_VBMETA_SIGNATURE;
}
