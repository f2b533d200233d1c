/* SPDX-License-Identifier: MIT */
/* verify/verify.h: images that are compared where they lie, whole or block by block. */
#include "tests/unit/check.h"

#include "tests/fake/fake_avb.h"

struct fixture {
    struct fake_avb avb;
    struct span scratch;
};

static void start(struct fixture *f, uint32_t block_bytes)
{
    struct fake_avb_spec spec = {.key = fake_root_key(), .block_bytes = block_bytes};

    fake_avb_make(&spec, &f->avb);
    assert_err(fake_avb_claims(&f->avb, NULL, false), OK);
    f->scratch = (struct span){.data = f->avb.scratch, .size = VBMETA_MAX_BYTES};
}

static enum err hash_dtbo(struct fixture *f)
{
    return verify_hash(&f->avb.parts.list[PART_DTBO], &f->avb.verified.images[PART_DTBO],
                       f->scratch, NULL);
}

static enum err check_block(struct fixture *f, uint64_t block)
{
    return verify_system_block(&f->avb.parts.list[PART_SYSTEM], &f->avb.verified.system, block,
                               f->scratch);
}

static void whole_images(void **state)
{
    static const size_t scratch_sizes[] = {4096, 4097, 5000, VBMETA_MAX_BYTES};
    struct fixture f;

    start(&f, 512);
    for (size_t i = 0; i < ARRAY_COUNT(scratch_sizes); i++) {
        f.scratch.size = scratch_sizes[i];
        assert_err(hash_dtbo(&f), OK);
    }
    for (size_t at = 0; at < 1000; at++) {
        fake_avb_at(&f.avb, PART_DTBO)[at] ^= 0x10;
        assert_err(hash_dtbo(&f), E_VBMETA_HASH);
        fake_avb_at(&f.avb, PART_DTBO)[at] ^= 0x10;
    }
    fake_avb_at(&f.avb, PART_DTBO)[1000] ^= 0x10; /* behind it */
    assert_err(hash_dtbo(&f), OK);
    f.avb.verified.images[PART_DTBO].salted.sha256.pending[0] ^= 1;
    assert_err(hash_dtbo(&f), E_VBMETA_HASH);
    f.avb.verified.images[PART_DTBO].unsupported = true;
    assert_err(hash_dtbo(&f), E_VBMETA_UNSUPPORTED);
    fake_avb_free(&f.avb);
}

static void sizes_that_are_not_there(void **state)
{
    static const uint64_t sizes[] = {0, 999, 1001, 8192, 8193, UINT64_MAX};
    struct fixture f;

    start(&f, 4096);
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        f.avb.verified.images[PART_DTBO].size_bytes = sizes[i];
        assert_err(hash_dtbo(&f), E_VBMETA_HASH);
    }
    f.avb.verified.images[PART_DTBO].size_bytes = 1000;
    assert_err(hash_dtbo(&f), OK);
    f.scratch.size = 4095;
    assert_err(hash_dtbo(&f), E_SLICE_RANGE);
    f.scratch.size = 4096;
    f.avb.disk.fail_from = 1;
    assert_err(hash_dtbo(&f), E_BLOCK_IO);
    f.avb.parts.list[PART_DTBO] = (struct partition){.size_bytes = 0};
    assert_err(hash_dtbo(&f), E_VBMETA_HASH);
    fake_avb_free(&f.avb);
}

static bool has_heard_enough(struct progress *progress, uint64_t done, uint64_t total)
{
    assert_true(done != 0 && done <= total);
    return false;
}

static void whoever_listens_may_end_it(void **state)
{
    static const struct progress_ops ops = {.at = has_heard_enough};
    struct progress progress = {&ops};
    struct fixture f;

    start(&f, 512);
    assert_err(verify_hash(&f.avb.parts.list[PART_DTBO], &f.avb.verified.images[PART_DTBO],
                           f.scratch, &progress),
               E_BOOT_IMAGE_STOPPED);
    fake_avb_free(&f.avb);
}

/*
 * A changed byte of a block, or of a hash above it, is seen by the blocks under it and no others.
 */
static void blocks_and_their_hashes(void **state)
{
    struct fixture f;
    uint8_t *system;
    uint8_t *tree;

    start(&f, 512);
    system = fake_avb_at(&f.avb, PART_SYSTEM);
    tree = system + f.avb.verified.system.tree_offset; /* the root's block, then three */
    for (uint64_t block = 0; block < FAKE_AVB_SYSTEM_BLOCKS; block++) {
        assert_err(check_block(&f, block), OK);
        system[block * 4096 + block] ^= 1;
        assert_err(check_block(&f, block), E_HASHTREE_BLOCK);
        assert_err(check_block(&f, (block + 1) % FAKE_AVB_SYSTEM_BLOCKS), OK);
        system[block * 4096 + block] ^= 1;
    }
    for (size_t leaf = 0; leaf < 3; leaf++) {
        tree[(1 + leaf) * 4096 + 4095] ^= 1;
        for (uint64_t block = 0; block < FAKE_AVB_SYSTEM_BLOCKS; block++) {
            assert_err(check_block(&f, block), block / 128 == leaf ? E_HASHTREE_BLOCK : OK);
        }
        tree[(1 + leaf) * 4096 + 4095] ^= 1;
    }
    tree[2000] ^= 1;
    assert_err(check_block(&f, 0), E_HASHTREE_BLOCK);
    assert_err(check_block(&f, 299), E_HASHTREE_BLOCK);
    tree[2000] ^= 1;
    f.avb.verified.system.root_digest[31] ^= 1;
    assert_err(check_block(&f, 5), E_HASHTREE_BLOCK);
    fake_avb_free(&f.avb);
}

/* A block that was changed together with all its hashes is still not what the root digest says. */
static void a_tree_of_its_own(void **state)
{
    struct fixture f;
    struct sha256 sha;
    uint8_t *system;
    uint8_t *tree;

    start(&f, 512);
    system = fake_avb_at(&f.avb, PART_SYSTEM);
    tree = system + f.avb.verified.system.tree_offset;
    system[0] ^= 1;
    for (size_t level = 0; level < 2; level++) {
        sha256_init(&sha);
        sha256_update(&sha, slice_of(f.avb.verified.system.salt, f.avb.verified.system.salt_bytes));
        sha256_update(&sha, slice_of(level == 0 ? system : tree + 4096, 4096));
        sha256_final(&sha, level == 0 ? tree + 4096 : tree);
    }
    assert_err(check_block(&f, 0), E_HASHTREE_BLOCK);
    assert_err(check_block(&f, 1), E_HASHTREE_BLOCK);
    fake_avb_free(&f.avb);
}

/* A level's blocks of hashes: each over salt, then a block; a hash fills up to its slot. */
static void hash_level(const struct verified_hashtree *tree, const uint8_t *below, size_t blocks,
                       uint8_t *level)
{
    for (size_t i = 0; i < blocks; i++) {
        struct digest digest;

        digest_init(&digest, tree->hash);
        digest_update(&digest, slice_of(tree->salt, tree->salt_bytes));
        digest_update(&digest, slice_of(below + i * 4096, 4096));
        digest_final(&digest, level + i * hash_slot_bytes(tree->hash));
    }
}

/* SHA-512 has half as many hashes in a block, SHA-1's are shorter than their places. */
static void trees_by_other_functions(void **state)
{
    static const enum hash hashes[] = {HASH_SHA512, HASH_SHA1};

    for (size_t i = 0; i < ARRAY_COUNT(hashes); i++) {
        struct fixture f;
        struct verified_hashtree *tree;
        size_t leaves;
        uint8_t *system;
        uint8_t *levels;

        start(&f, 512);
        tree = &f.avb.verified.system;
        tree->hash = hashes[i];
        leaves = (FAKE_AVB_SYSTEM_BLOCKS * hash_slot_bytes(tree->hash) + 4095) / 4096;
        system = fake_avb_at(&f.avb, PART_SYSTEM);
        levels = system + tree->tree_offset;
        memset(levels, 0, (1 + leaves) * 4096);
        hash_level(tree, system, FAKE_AVB_SYSTEM_BLOCKS, levels + 4096);
        hash_level(tree, levels + 4096, leaves, levels);
        hash_level(tree, levels, 1, tree->root_digest);
        for (uint64_t block = 0; block < FAKE_AVB_SYSTEM_BLOCKS; block++) {
            assert_err(check_block(&f, block), OK);
            system[block * 4096 + block] ^= 1;
            assert_err(check_block(&f, block), E_HASHTREE_BLOCK);
            system[block * 4096 + block] ^= 1;
        }
        tree->root_digest[hash_bytes(tree->hash) - 1] ^= 1;
        assert_err(check_block(&f, 0), E_HASHTREE_BLOCK);
        fake_avb_free(&f.avb);
    }
}

static void blocks_that_are_not_there(void **state)
{
    static const uint64_t blocks[] = {300, 301, 1u << 20, UINT64_MAX / 4096, UINT64_MAX};
    struct fixture f;

    start(&f, 4096);
    for (size_t i = 0; i < ARRAY_COUNT(blocks); i++) {
        assert_err(check_block(&f, blocks[i]), E_HASHTREE_RANGE);
    }
    f.scratch.size = 4095;
    assert_err(check_block(&f, 0), E_HASHTREE_RANGE);
    f.scratch.size = 4096;
    assert_err(check_block(&f, 0), OK);
    f.avb.parts.list[PART_SYSTEM].size_bytes = f.avb.verified.system.tree_offset;
    assert_err(check_block(&f, 0), E_BLOCK_RANGE);
    f.avb.parts.list[PART_SYSTEM].size_bytes = 0;
    assert_err(check_block(&f, 0), E_HASHTREE_RANGE);
    f.avb.verified.system.present = false;
    assert_err(check_block(&f, 0), E_HASHTREE_RANGE);
    fake_avb_free(&f.avb);
}

/* The images' stage: dtbo is compared as soon as there is a claim for it. */
static void dtbo_counts_like_boot(void **state)
{
    static uint8_t kernel[65536];
    static uint8_t ramdisk[65536];
    struct fixture f;
    struct boot_image image;
    struct verify_room room = {.kernel = {kernel, sizeof kernel},
                               .ramdisk = {ramdisk, sizeof ramdisk}};

    for (int changed = 0; changed < 2; changed++) {
        start(&f, 512);
        room.scratch = f.scratch;
        fake_avb_at(&f.avb, PART_DTBO)[1] ^= (uint8_t)changed;
        assert_err(verify_images(&f.avb.parts, PART_BOOT, &room, &f.avb.verified, &image), OK);
        assert_int_equal(f.avb.verified.verdict,
                         changed != 0 ? VERDICT_BAD_HASH : VERDICT_AUTHENTIC);
        assert_true(image.kernel_bytes == f.avb.rom.kernel.size);
        fake_avb_free(&f.avb);
    }
}

/* A ROM that is half installed must not keep the recovery from its cure. */
static void the_recovery_does_not_ask_for_dtbo(void **state)
{
    static uint8_t kernel[65536];
    static uint8_t ramdisk[65536];
    struct fixture f;
    struct boot_image image;
    struct verify_room room = {.kernel = {kernel, sizeof kernel},
                               .ramdisk = {ramdisk, sizeof ramdisk}};

    start(&f, 512);
    room.scratch = f.scratch;
    fake_avb_at(&f.avb, PART_DTBO)[1] ^= 1;
    f.avb.parts.list[PART_RECOVERY] = f.avb.parts.list[PART_BOOT]; /* an image like any other */
    f.avb.verified.images[PART_RECOVERY] = f.avb.verified.images[PART_BOOT];
    assert_err(verify_images(&f.avb.parts, PART_RECOVERY, &room, &f.avb.verified, &image), OK);
    assert_int_equal(f.avb.verified.verdict, VERDICT_AUTHENTIC);
    fake_avb_free(&f.avb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_images),
        cmocka_unit_test(sizes_that_are_not_there),
        cmocka_unit_test(whoever_listens_may_end_it),
        cmocka_unit_test(blocks_and_their_hashes),
        cmocka_unit_test(a_tree_of_its_own),
        cmocka_unit_test(trees_by_other_functions),
        cmocka_unit_test(blocks_that_are_not_there),
        cmocka_unit_test(dtbo_counts_like_boot),
        cmocka_unit_test(the_recovery_does_not_ask_for_dtbo),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
