/* SPDX-License-Identifier: MIT */
/* A ROM with everything that AVB 2.0 has. */
#include "tests/fake/fake_avb.h"

#include "format/vbmeta.h"
#include "rom-images/write/hashtree_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTE   8192
#define SYSTEM_BYTES (FAKE_AVB_SYSTEM_BLOCKS * (size_t)VERITY_BLOCK_BYTES)
#define DTBO_BYTES   1000

static const uint8_t salt[] = "a pinch";

static const uint64_t sizes[PART_COUNT] = {
    [PART_VBMETA] = VBMETA_MAX_BYTES,
    [PART_VBMETA_SYSTEM] = VBMETA_MAX_BYTES,
    [PART_BOOT] = 131072,
    [PART_DTBO] = 8192,
    [PART_SYSTEM] = SYSTEM_BYTES + 65536,
};

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "fake AVB: no %s\n", what);
        abort();
    }
}

uint8_t *fake_avb_at(struct fake_avb *avb, enum part part)
{
    return fake_disk_at(&avb->disk, avb->parts.list[part].first_lba);
}

static void make_disk(struct fake_avb *avb, uint32_t block_bytes)
{
    uint64_t at = FIRST_BYTE;

    for (size_t i = 0; i < PART_COUNT; i++) {
        at += sizes[i];
    }
    fake_disk_init(&avb->disk, at / block_bytes, block_bytes);
    at = FIRST_BYTE;
    for (size_t i = 0; i < PART_COUNT; i++) {
        avb->parts.list[i] = (struct partition){
            .disk = &avb->disk.block, .first_lba = at / block_bytes, .size_bytes = sizes[i]};
        at += sizes[i];
    }
}

/* The file system's blocks differ; returns the descriptor. */
static struct vbmeta_hashtree_spec put_system(struct fake_avb *avb)
{
    struct vbmeta_hashtree_spec tree = {
        .partition = "system",
        .image_bytes = SYSTEM_BYTES,
        .tree_offset = SYSTEM_BYTES + VERITY_BLOCK_BYTES, /* need not follow at once */
        .tree_bytes = hashtree_write_size(SYSTEM_BYTES),
        .salt = slice_of(salt, sizeof salt),
    };
    uint8_t *system = fake_avb_at(avb, PART_SYSTEM);

    for (size_t i = 0; i < SYSTEM_BYTES; i += 64) {
        put_le64(system + i, i * 2654435761u);
    }
    hashtree_write(slice_of(system, SYSTEM_BYTES), tree.salt, system + tree.tree_offset,
                   tree.root_digest);
    return tree;
}

static size_t put_vbmeta(struct fake_avb *avb, enum part part, uint64_t offset,
                         const struct vbmeta_spec *spec)
{
    struct span room = {.data = fake_avb_at(avb, part) + offset,
                        .size = (size_t)(sizes[part] - offset)};
    size_t size = vbmeta_write(spec, room);

    need(size != 0, "vbmeta");
    return size;
}

static struct vbmeta_chain_spec chain_to(const char *partition, uint32_t location,
                                         const struct signing_key *key)
{
    return (struct vbmeta_chain_spec){
        .partition = partition,
        .location = location,
        .public_key = slice_of(key->public_key, sizeof key->public_key),
    };
}

/* Boot's own vbmeta lies behind it, the footer at the end of the partition. */
static void put_boot_chain(const struct fake_avb_spec *spec, struct fake_avb *avb,
                           const struct vbmeta_hash_spec *hash)
{
    const struct vbmeta_spec vbmeta = {.hashes = hash,
                                       .hash_count = 1,
                                       .key = spec->boot_key,
                                       .flags = spec->chained_flags,
                                       .rollback_index = spec->rollback_index};
    uint64_t offset = (avb->rom.boot.size + 4095) / 4096 * 4096;
    struct vbmeta_footer footer;

    vbmeta_write_footer(avb->rom.boot.size, offset, put_vbmeta(avb, PART_BOOT, offset, &vbmeta),
                        &footer);
    memcpy(fake_avb_at(avb, PART_BOOT) + sizes[PART_BOOT] - sizeof footer, &footer, sizeof footer);
}

static void put_top(const struct fake_avb_spec *spec, struct fake_avb *avb,
                    const struct vbmeta_hash_spec hashes[2],
                    const struct vbmeta_hashtree_spec *tree)
{
    static const struct vbmeta_property_spec properties[] = {{ROM_PROPERTY_REGION, "cn"},
                                                             {ROM_PROPERTY_NAME, "cn"}};
    static const struct vbmeta_cmdline_spec cmdlines[] = {
        {"always=1", 0},
        {"verity=on", VBMETA_CMDLINE_IF_HASHTREE},
        {"verity=off", VBMETA_CMDLINE_IF_NOT_HASHTREE}};
    struct vbmeta_chain_spec chains[2];
    struct vbmeta_spec vbmeta = {
        .properties = properties,
        .property_count = ARRAY_COUNT(properties),
        .hashes = hashes + (spec->boot_key != NULL ? 1 : 0),
        .hash_count = spec->boot_key != NULL ? 1 : 2,
        .hashtrees = tree,
        .hashtree_count = spec->system_key != NULL ? 0 : 1,
        .cmdlines = cmdlines,
        .cmdline_count = ARRAY_COUNT(cmdlines),
        .chains = chains,
        .key = spec->key,
        .rollback_index = spec->rollback_index,
        .flags = spec->flags,
    };

    if (spec->boot_key != NULL) {
        chains[vbmeta.chain_count++] = chain_to("boot", FAKE_AVB_BOOT_LOCATION, spec->boot_key);
    }
    if (spec->system_key != NULL) {
        chains[vbmeta.chain_count++] =
            chain_to("vbmeta_system", FAKE_AVB_SYSTEM_LOCATION, spec->system_key);
    }
    (void)put_vbmeta(avb, PART_VBMETA, 0, &vbmeta);
}

void fake_avb_make(const struct fake_avb_spec *spec, struct fake_avb *avb)
{
    const struct slice pinch = slice_of(salt, sizeof salt);
    struct fake_rom_spec rom = fake_rom_ordinary("cn", NULL);
    struct vbmeta_hashtree_spec tree;
    struct vbmeta_hash_spec hashes[2];

    *avb = (struct fake_avb){.scratch = malloc(VBMETA_MAX_BYTES)};
    need(avb->scratch != NULL, "memory");
    make_disk(avb, spec->block_bytes != 0 ? spec->block_bytes : 512);
    fake_rom_make(&rom, &avb->rom);
    memcpy(fake_avb_at(avb, PART_BOOT), avb->rom.boot.data, avb->rom.boot.size);
    memset(fake_avb_at(avb, PART_DTBO), 0xd7, DTBO_BYTES);
    tree = put_system(avb);
    hashes[0] = vbmeta_hash_image("boot", span_slice(avb->rom.boot), pinch);
    hashes[1] = vbmeta_hash_image("dtbo", slice_of(fake_avb_at(avb, PART_DTBO), DTBO_BYTES), pinch);
    if (spec->boot_key != NULL) {
        put_boot_chain(spec, avb, &hashes[0]);
    }
    if (spec->system_key != NULL) {
        const struct vbmeta_spec vbmeta = {.hashtrees = &tree,
                                           .hashtree_count = 1,
                                           .key = spec->system_key,
                                           .flags = spec->chained_flags,
                                           .rollback_index = spec->rollback_index};

        (void)put_vbmeta(avb, PART_VBMETA_SYSTEM, 0, &vbmeta);
    }
    put_top(spec, avb, hashes, &tree);
}

void fake_avb_free(struct fake_avb *avb)
{
    fake_rom_free(&avb->rom);
    fake_disk_free(&avb->disk);
    free(avb->scratch);
}

enum err fake_avb_claims(struct fake_avb *avb, const struct signing_key *user_key, bool unlocked)
{
    uint8_t root_sha256[SHA256_BYTES];
    uint8_t user_sha256[SHA256_BYTES] = {0};
    const struct verify_trust trust = {
        .root_key_sha256 = root_sha256, .user_key_sha256 = user_sha256, .unlocked = unlocked};
    struct span scratch = {.data = avb->scratch, .size = VBMETA_MAX_BYTES};

    fake_root_sha256(root_sha256);
    if (user_key != NULL) {
        sha256_digest(slice_of(user_key->public_key, sizeof user_key->public_key), user_sha256);
    }
    return verify_claims(&avb->parts, PART_BOOT, &trust, scratch, &avb->verified);
}
