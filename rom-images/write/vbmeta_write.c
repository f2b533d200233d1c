/* SPDX-License-Identifier: MIT */
/* Writes and signs a vbmeta image. AVB 2.0: bootloader/format/vbmeta.h. */
#include "rom-images/write/vbmeta_write.h"

#include <string.h>

#define RELEASE         "flashlab romc"
#define DESCRIPTOR_UNIT 8

/* Bytes being laid down one after the other; what does not fit is counted but not written. */
struct pen {
    struct span out;
    size_t at;
};

static void pen_bytes(struct pen *pen, const void *bytes, size_t size)
{
    if (pen->at <= pen->out.size && size <= pen->out.size - pen->at && size != 0) {
        memcpy(pen->out.data + pen->at, bytes, size);
    }
    pen->at += size;
}

static void pen_zeros_to(struct pen *pen, size_t unit)
{
    while (pen->at % unit != 0) {
        pen_bytes(pen, "", 1);
    }
}

static bool pen_fits(const struct pen *pen)
{
    return pen->at <= pen->out.size;
}

/* What follows the head of a descriptor of `body_bytes` in all, filled up to the unit. */
static uint64_t bytes_following(size_t body_bytes)
{
    size_t whole = (body_bytes + DESCRIPTOR_UNIT - 1) / DESCRIPTOR_UNIT * DESCRIPTOR_UNIT;

    return whole - sizeof(struct vbmeta_descriptor);
}

static void put_property(struct pen *pen, const struct vbmeta_property_spec *spec)
{
    size_t key_bytes = strlen(spec->key);
    size_t value_bytes = strlen(spec->value);
    struct vbmeta_property property = {0};

    put_be64(property.head.tag, VBMETA_TAG_PROPERTY);
    put_be64(property.head.bytes_following,
             bytes_following(sizeof(property) + key_bytes + 1 + value_bytes + 1));
    put_be64(property.key_bytes, key_bytes);
    put_be64(property.value_bytes, value_bytes);
    pen_bytes(pen, &property, sizeof(property));
    pen_bytes(pen, spec->key, key_bytes + 1);
    pen_bytes(pen, spec->value, value_bytes + 1);
    pen_zeros_to(pen, DESCRIPTOR_UNIT);
}

static void put_hash(struct pen *pen, const struct vbmeta_hash_spec *spec)
{
    size_t name_bytes = strlen(spec->partition);
    struct vbmeta_hash hash = {0};

    put_be64(hash.head.tag, VBMETA_TAG_HASH);
    put_be64(hash.head.bytes_following,
             bytes_following(sizeof(hash) + name_bytes + spec->salt.size + SHA256_BYTES));
    put_be64(hash.image_bytes, spec->image_bytes);
    memcpy(hash.hash_algorithm, "sha256", sizeof("sha256"));
    put_be32(hash.name_bytes, (uint32_t)name_bytes);
    put_be32(hash.salt_bytes, (uint32_t)spec->salt.size);
    put_be32(hash.digest_bytes, SHA256_BYTES);
    pen_bytes(pen, &hash, sizeof(hash));
    pen_bytes(pen, spec->partition, name_bytes);
    pen_bytes(pen, spec->salt.data, spec->salt.size);
    pen_bytes(pen, spec->digest, SHA256_BYTES);
    pen_zeros_to(pen, DESCRIPTOR_UNIT);
}

static void put_hashtree(struct pen *pen, const struct vbmeta_hashtree_spec *spec)
{
    size_t name_bytes = strlen(spec->partition);
    struct vbmeta_hashtree tree = {0};

    put_be64(tree.head.tag, VBMETA_TAG_HASHTREE);
    put_be64(tree.head.bytes_following,
             bytes_following(sizeof(tree) + name_bytes + spec->salt.size + SHA256_BYTES));
    put_be32(tree.dm_verity_version, 1);
    put_be64(tree.image_bytes, spec->image_bytes);
    put_be64(tree.tree_offset, spec->tree_offset);
    put_be64(tree.tree_bytes, spec->tree_bytes);
    put_be32(tree.data_block_bytes, VERITY_BLOCK_BYTES);
    put_be32(tree.hash_block_bytes, VERITY_BLOCK_BYTES);
    memcpy(tree.hash_algorithm, "sha256", sizeof("sha256"));
    put_be32(tree.name_bytes, (uint32_t)name_bytes);
    put_be32(tree.salt_bytes, (uint32_t)spec->salt.size);
    put_be32(tree.digest_bytes, SHA256_BYTES);
    pen_bytes(pen, &tree, sizeof(tree));
    pen_bytes(pen, spec->partition, name_bytes);
    pen_bytes(pen, spec->salt.data, spec->salt.size);
    pen_bytes(pen, spec->root_digest, SHA256_BYTES);
    pen_zeros_to(pen, DESCRIPTOR_UNIT);
}

static void put_cmdline(struct pen *pen, const struct vbmeta_cmdline_spec *spec)
{
    size_t cmdline_bytes = strlen(spec->words);
    struct vbmeta_cmdline cmdline = {0};

    put_be64(cmdline.head.tag, VBMETA_TAG_CMDLINE);
    put_be64(cmdline.head.bytes_following, bytes_following(sizeof(cmdline) + cmdline_bytes));
    put_be32(cmdline.flags, spec->flags);
    put_be32(cmdline.cmdline_bytes, (uint32_t)cmdline_bytes);
    pen_bytes(pen, &cmdline, sizeof(cmdline));
    pen_bytes(pen, spec->words, cmdline_bytes);
    pen_zeros_to(pen, DESCRIPTOR_UNIT);
}

static void put_chain(struct pen *pen, const struct vbmeta_chain_spec *spec)
{
    size_t name_bytes = strlen(spec->partition);
    struct vbmeta_chain chain = {0};

    put_be64(chain.head.tag, VBMETA_TAG_CHAIN);
    put_be64(chain.head.bytes_following,
             bytes_following(sizeof(chain) + name_bytes + spec->public_key.size));
    put_be32(chain.rollback_index_location, spec->location);
    put_be32(chain.name_bytes, (uint32_t)name_bytes);
    put_be32(chain.key_bytes, (uint32_t)spec->public_key.size);
    pen_bytes(pen, &chain, sizeof(chain));
    pen_bytes(pen, spec->partition, name_bytes);
    pen_bytes(pen, spec->public_key.data, spec->public_key.size);
    pen_zeros_to(pen, DESCRIPTOR_UNIT);
}

static void put_descriptors(struct pen *pen, const struct vbmeta_spec *spec)
{
    for (size_t i = 0; i < spec->property_count; i++) {
        put_property(pen, &spec->properties[i]);
    }
    for (size_t i = 0; i < spec->hash_count; i++) {
        put_hash(pen, &spec->hashes[i]);
    }
    for (size_t i = 0; i < spec->hashtree_count; i++) {
        put_hashtree(pen, &spec->hashtrees[i]);
    }
    for (size_t i = 0; i < spec->cmdline_count; i++) {
        put_cmdline(pen, &spec->cmdlines[i]);
    }
    for (size_t i = 0; i < spec->chain_count; i++) {
        put_chain(pen, &spec->chains[i]);
    }
}

struct vbmeta_hash_spec vbmeta_hash_image(const char *partition, struct slice image,
                                          struct slice salt)
{
    struct vbmeta_hash_spec spec = {
        .partition = partition, .image_bytes = image.size, .salt = salt};
    br_sha256_context sha; /* twice as fast on the host as base/sha256 */

    br_sha256_init(&sha);
    br_sha256_update(&sha, salt.data, salt.size);
    br_sha256_update(&sha, image.data, image.size);
    br_sha256_out(&sha, spec.digest);
    return spec;
}

static void fill_header(const struct vbmeta_spec *spec, struct vbmeta_header *header)
{
    memcpy(header->magic, VBMETA_MAGIC, sizeof(header->magic));
    put_be32(header->required_major, VBMETA_MAJOR);
    put_be32(header->required_minor, VBMETA_MINOR);
    put_be64(header->rollback_index, spec->rollback_index);
    put_be32(header->flags, spec->flags);
    memcpy(header->release, RELEASE, sizeof(RELEASE));
    if (spec->key != NULL) {
        put_be32(header->algorithm, VBMETA_ALGORITHM_SHA256_RSA4096);
        put_be64(header->hash_bytes, SHA256_BYTES);
        put_be64(header->signature_offset, SHA256_BYTES);
        put_be64(header->signature_bytes, VBMETA_RSA4096_BYTES);
        put_be64(header->public_key_bytes, VBMETA_RSA4096_KEY_BYTES);
    }
}

/* Descriptors, then the key; returns the size of the block and completes the header. */
static void put_auxiliary(struct pen *pen, const struct vbmeta_spec *spec,
                          struct vbmeta_header *header)
{
    size_t start = pen->at;

    put_descriptors(pen, spec);
    put_be64(header->descriptors_bytes, pen->at - start);
    put_be64(header->public_key_offset, spec->key != NULL ? pen->at - start : 0);
    if (spec->key != NULL) {
        pen_bytes(pen, spec->key->public_key, VBMETA_RSA4096_KEY_BYTES);
    }
    put_be64(header->key_metadata_offset, pen->at - start);
    pen_zeros_to(pen, VBMETA_BLOCK_UNIT);
    put_be64(header->auxiliary_bytes, pen->at - start);
}

size_t vbmeta_write(const struct vbmeta_spec *spec, struct span out)
{
    const size_t authentication_bytes =
        spec->key == NULL ? 0
                          : (SHA256_BYTES + VBMETA_RSA4096_BYTES + VBMETA_BLOCK_UNIT - 1) /
                                VBMETA_BLOCK_UNIT * VBMETA_BLOCK_UNIT;
    struct pen pen = {.out = out, .at = sizeof(struct vbmeta_header) + authentication_bytes};
    struct vbmeta_header header = {0};

    if (!pen_fits(&pen)) {
        return 0;
    }
    memset(out.data, 0, pen.at);
    fill_header(spec, &header);
    put_be64(header.authentication_bytes, authentication_bytes);
    put_auxiliary(&pen, spec, &header);
    if (!pen_fits(&pen)) {
        return 0;
    }
    memcpy(out.data, &header, sizeof(header));
    if (spec->key != NULL &&
        !vbmeta_write_seal(spec->key, (struct span){.data = out.data, .size = pen.at})) {
        return 0;
    }
    return pen.at;
}

void vbmeta_write_footer(uint64_t content_bytes, uint64_t vbmeta_offset, uint64_t vbmeta_bytes,
                         struct vbmeta_footer *out_footer)
{
    *out_footer = (struct vbmeta_footer){.magic = {0}};
    memcpy(out_footer->magic, VBMETA_FOOTER_MAGIC, sizeof(out_footer->magic));
    put_be32(out_footer->major, VBMETA_FOOTER_MAJOR);
    put_be32(out_footer->minor, VBMETA_FOOTER_MINOR);
    put_be64(out_footer->content_bytes, content_bytes);
    put_be64(out_footer->vbmeta_offset, vbmeta_offset);
    put_be64(out_footer->vbmeta_bytes, vbmeta_bytes);
}

bool vbmeta_write_seal(const struct signing_key *key, struct span image)
{
    struct vbmeta_header *header = (struct vbmeta_header *)image.data;
    uint64_t room = image.size - sizeof(*header);
    uint64_t authentication_bytes;
    uint64_t auxiliary_bytes;
    uint8_t *authentication = image.data + sizeof(*header);
    br_sha256_context sha;

    if (image.size < sizeof(*header)) {
        return false;
    }
    authentication_bytes = be64(header->authentication_bytes);
    auxiliary_bytes = be64(header->auxiliary_bytes);
    if (authentication_bytes < SHA256_BYTES + VBMETA_RSA4096_BYTES || authentication_bytes > room ||
        auxiliary_bytes > room - authentication_bytes) {
        return false;
    }
    br_sha256_init(&sha);
    br_sha256_update(&sha, header, sizeof(*header));
    br_sha256_update(&sha, authentication + authentication_bytes, (size_t)auxiliary_bytes);
    br_sha256_out(&sha, authentication);
    return signing_key_sign(key, authentication, authentication + SHA256_BYTES);
}
