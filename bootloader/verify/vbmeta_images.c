/* SPDX-License-Identifier: MIT */
/*
 * The descriptors of images: hashes of those that are read whole, and the hash tree of the one that
 * the ROM reads through dm-verity. Stage verify. AVB 2.0: format/vbmeta.h.
 */
#include "verify/vbmeta_reading.h"

#include "base/text.h"

#include <string.h>

#define DM_VERITY_VERSION 1

/* What follows the fixed part of both kinds. */
struct tail {
    struct slice name;
    struct slice salt;
    struct slice digest;
};

static enum err take_tail(struct slice rest, const uint8_t name_bytes[4],
                          const uint8_t salt_bytes[4], const uint8_t digest_bytes[4],
                          struct tail *out_tail)
{
    TRY(reading_take(&rest, be32(name_bytes), &out_tail->name));
    TRY(reading_take(&rest, be32(salt_bytes), &out_tail->salt));
    TRY(reading_take(&rest, be32(digest_bytes), &out_tail->digest));
    return reading_end(rest);
}

/* The hash function, as far as it is one of ours and the digest is as long as its digests are. */
static bool find_hash(const uint8_t algorithm[32], const struct tail *tail, enum hash *out_hash)
{
    for (enum hash hash = HASH_SHA256; hash < HASH_COUNT; hash++) {
        if (string_equals((const char *)algorithm, 32, hash_name(hash))) {
            *out_hash = hash;
            return tail->digest.size == hash_bytes(hash);
        }
    }
    return false;
}

/* A chained image speaks for its own partition; only the one for that may speak for others. */
static bool may_speak_for(const struct reading *reading, enum part part)
{
    return reading->from == PART_VBMETA || reading->from == PART_VBMETA_SYSTEM ||
           reading->from == part;
}

static enum err check_owner(const struct reading *reading, bool known, enum part part)
{
    if (!known) {
        /* An image that nobody here loads: passed over, where it may be spoken of at all. */
        return may_speak_for(reading, PART_COUNT) ? OK : E_VBMETA_DESCRIPTOR;
    }
    if (!may_speak_for(reading, part)) {
        return E_VBMETA_DESCRIPTOR;
    }
    return reading_taken(reading, part) ? E_VBMETA_DUPLICATE : OK;
}

enum err vbmeta_read_hash(struct slice body, struct reading *reading)
{
    const struct vbmeta_hash *hash = (const struct vbmeta_hash *)body.data;
    struct verified_image *image;
    struct slice head;
    struct tail tail;
    enum part part = PART_COUNT;
    enum hash function;
    bool known;

    TRY(reading_take(&body, sizeof *hash, &head));
    TRY(take_tail(body, hash->name_bytes, hash->salt_bytes, hash->digest_bytes, &tail));
    known = reading_part(tail.name, &part);
    TRY(check_owner(reading, known, part));
    if (!known) {
        return OK;
    }
    image = &reading->verified->images[part];
    image->present = true;
    image->size_bytes = be64(hash->image_bytes);
    image->unsupported =
        !find_hash(hash->hash_algorithm, &tail, &function) || function == HASH_SHA1;
    if (!image->unsupported) {
        digest_init(&image->salted, function);
        digest_update(&image->salted, tail.salt);
        memcpy(image->digest, tail.digest.data, tail.digest.size);
    }
    return OK;
}

/* How large is the tree over an image of so many bytes? Above 2^52 bytes there is none. */
static bool tree_size(uint64_t image_bytes, enum hash hash, uint64_t *out_bytes)
{
    uint64_t per_block = VERITY_BLOCK_BYTES / hash_slot_bytes(hash);
    uint64_t blocks = image_bytes / VERITY_BLOCK_BYTES;
    uint64_t total = 0;

    if (image_bytes % VERITY_BLOCK_BYTES != 0 || blocks < 2 || image_bytes >> 52 != 0) {
        return false;
    }
    while (blocks > 1) {
        blocks = (blocks + per_block - 1) / per_block;
        total += blocks;
    }
    *out_bytes = total * VERITY_BLOCK_BYTES;
    return true;
}

/* Only the tree that the kernel's dm-verity is told of, and whose every number fits the others. */
static enum err check_tree(const struct vbmeta_hashtree *tree, const struct tail *tail,
                           enum hash *out_hash)
{
    uint64_t image_bytes = be64(tree->image_bytes);
    uint64_t tree_offset = be64(tree->tree_offset);
    uint64_t tree_bytes;

    if (be32(tree->dm_verity_version) != DM_VERITY_VERSION ||
        be32(tree->data_block_bytes) != VERITY_BLOCK_BYTES ||
        be32(tree->hash_block_bytes) != VERITY_BLOCK_BYTES || be64(tree->tree_bytes) == 0 ||
        !find_hash(tree->hash_algorithm, tail, out_hash) ||
        tail->salt.size > VERIFIED_SALT_BYTES) {
        return E_VBMETA_UNSUPPORTED;
    }
    if (!tree_size(image_bytes, *out_hash, &tree_bytes) || be64(tree->tree_bytes) != tree_bytes ||
        tree_offset % VERITY_BLOCK_BYTES != 0 || tree_offset < image_bytes || tree_offset >> 52 != 0) {
        return E_VBMETA_HASHTREE;
    }
    return OK;
}

enum err vbmeta_read_hashtree(struct slice body, struct reading *reading)
{
    const struct vbmeta_hashtree *tree = (const struct vbmeta_hashtree *)body.data;
    struct verified_hashtree *system = &reading->verified->system;
    struct slice head;
    struct tail tail;
    enum part part = PART_COUNT;
    enum hash hash;
    bool known;

    TRY(reading_take(&body, sizeof *tree, &head));
    TRY(take_tail(body, tree->name_bytes, tree->salt_bytes, tree->digest_bytes, &tail));
    known = reading_part(tail.name, &part);
    TRY(check_owner(reading, known, part));
    if (!known || part != PART_SYSTEM) {
        return OK; /* no other partition is mounted */
    }
    TRY(check_tree(tree, &tail, &hash));
    system->hash = hash;
    system->present = true;
    system->image_bytes = be64(tree->image_bytes);
    system->tree_offset = be64(tree->tree_offset);
    system->salt_bytes = tail.salt.size;
    memcpy(system->salt, tail.salt.data, tail.salt.size);
    memcpy(system->root_digest, tail.digest.data, tail.digest.size);
    return OK;
}
