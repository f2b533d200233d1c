/* SPDX-License-Identifier: MIT */
/*
 * verify/vbmeta.h, descriptors: hash trees, words for the kernel, chains;
 * and who may speak for what.
 */
#include "tests/unit/check.h"

#include "format/vbmeta.h"
#include "rom-images/write/vbmeta_write.h"
#include "verify/vbmeta.h"

#define ROOM_BYTES 8192

static const uint8_t salt[] = "salt";

/* A tree over 129 blocks: two hash blocks and their root. */
static struct vbmeta_hashtree_spec tree_of(const char *partition)
{
    struct vbmeta_hashtree_spec tree = {.partition = partition,
                                        .image_bytes = 129 * 4096,
                                        .tree_offset = 129 * 4096,
                                        .tree_bytes = 3 * 4096,
                                        .salt = slice_of(salt, 4)};

    memset(tree.root_digest, 0x77, sizeof tree.root_digest);
    return tree;
}

static struct vbmeta_hash_spec hash_of(const char *partition)
{
    return (struct vbmeta_hash_spec){
        .partition = partition, .image_bytes = 100, .salt = slice_of(salt, 4)};
}

static struct vbmeta_chain_spec chain_to(const char *partition, uint32_t location)
{
    return (struct vbmeta_chain_spec){
        .partition = partition, .location = location, .public_key = slice_of("a key", 5)};
}

/* Writes the descriptors to `room`; its header is not looked at. */
static size_t write(const struct vbmeta_spec *spec, uint8_t room[ROOM_BYTES])
{
    const struct vbmeta_header *header = (const struct vbmeta_header *)room;

    assert_int_not_equal(vbmeta_write(spec, (struct span){room, ROOM_BYTES}), 0);
    return (size_t)be64(header->descriptors_bytes);
}

/* From a copy of exactly their size. */
static enum err read(const uint8_t *descriptors, size_t size, enum part from,
                     struct verified *verified)
{
    uint8_t *bytes = test_malloc(size + 1);
    struct vbmeta vbmeta = {.descriptors = slice_of(bytes, size)};
    enum err err;

    memcpy(bytes, descriptors, size);
    err = vbmeta_read_descriptors(&vbmeta, from, verified);
    test_free(bytes);
    return err;
}

static enum err read_spec(const struct vbmeta_spec *spec, enum part from,
                          struct verified *out_verified)
{
    uint8_t room[ROOM_BYTES];
    size_t size = write(spec, room);

    memset(out_verified, 0, sizeof *out_verified);
    return read(room + 256, size, from, out_verified);
}

static void a_hash_tree(void **state)
{
    const struct vbmeta_hashtree_spec trees[] = {tree_of("vendor"), tree_of("system")};
    const struct vbmeta_spec spec = {.hashtrees = trees, .hashtree_count = 2};
    struct verified verified;

    assert_err(read_spec(&spec, PART_VBMETA, &verified), OK);
    assert_true(verified.system.present);
    assert_true(verified.system.image_bytes == 129 * 4096);
    assert_true(verified.system.tree_offset == 129 * 4096);
    assert_int_equal(verified.system.salt_bytes, 4);
    assert_memory_equal(verified.system.salt, salt, 4);
    assert_int_equal(verified.system.root_digest[31], 0x77);
    assert_false(verified.images[PART_SYSTEM].present);
}

static void put_be(uint8_t *field, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++) {
        field[size - 1 - i] = i < 8 ? (uint8_t)(value >> 8 * i) : 0;
    }
}

#define IN(type, name) offsetof(struct type, name), sizeof(((struct type *)0)->name)

static void hostile_trees(void **state)
{
    static const struct {
        const char *name;
        size_t offset;
        size_t size;
        uint64_t value;
        enum err err;
    } cases[] = {
        {"another dm-verity", IN(vbmeta_hashtree, dm_verity_version), 0, E_VBMETA_UNSUPPORTED},
        {"version 2", IN(vbmeta_hashtree, dm_verity_version), 2, E_VBMETA_UNSUPPORTED},
        {"no image", IN(vbmeta_hashtree, image_bytes), 0, E_VBMETA_HASHTREE},
        {"one block", IN(vbmeta_hashtree, image_bytes), 4096, E_VBMETA_HASHTREE},
        {"not whole blocks", IN(vbmeta_hashtree, image_bytes), 129 * 4096 - 1, E_VBMETA_HASHTREE},
        {"another size", IN(vbmeta_hashtree, image_bytes), 128 * 4096, E_VBMETA_HASHTREE},
        {"a huge image", IN(vbmeta_hashtree, image_bytes), 1ull << 52, E_VBMETA_HASHTREE},
        {"the largest image", IN(vbmeta_hashtree, image_bytes), UINT64_MAX - 4095,
         E_VBMETA_HASHTREE},
        {"a tree in the image", IN(vbmeta_hashtree, tree_offset), 128 * 4096, E_VBMETA_HASHTREE},
        {"a tree not on a block", IN(vbmeta_hashtree, tree_offset), 129 * 4096 + 1,
         E_VBMETA_HASHTREE},
        {"a tree far away", IN(vbmeta_hashtree, tree_offset), 1ull << 52, E_VBMETA_HASHTREE},
        {"a smaller tree", IN(vbmeta_hashtree, tree_bytes), 2 * 4096, E_VBMETA_HASHTREE},
        {"a larger tree", IN(vbmeta_hashtree, tree_bytes), 4 * 4096, E_VBMETA_HASHTREE},
        {"no tree", IN(vbmeta_hashtree, tree_bytes), 0, E_VBMETA_UNSUPPORTED},
        {"data blocks of 0", IN(vbmeta_hashtree, data_block_bytes), 0, E_VBMETA_UNSUPPORTED},
        {"data blocks of 512", IN(vbmeta_hashtree, data_block_bytes), 512, E_VBMETA_UNSUPPORTED},
        {"hash blocks of 8192", IN(vbmeta_hashtree, hash_block_bytes), 8192, E_VBMETA_UNSUPPORTED},
        {"another hash", IN(vbmeta_hashtree, hash_algorithm), 0, E_VBMETA_UNSUPPORTED},
        {"a longer name", IN(vbmeta_hashtree, name_bytes), 4096, E_VBMETA_DESCRIPTOR},
        {"the longest name", IN(vbmeta_hashtree, name_bytes), UINT32_MAX, E_VBMETA_DESCRIPTOR},
        {"the longest salt", IN(vbmeta_hashtree, salt_bytes), UINT32_MAX, E_VBMETA_DESCRIPTOR},
        {"digest of 31", IN(vbmeta_hashtree, digest_bytes), 31, E_VBMETA_UNSUPPORTED},
        {"no digest", IN(vbmeta_hashtree, digest_bytes), 0, E_VBMETA_DESCRIPTOR},
        {"following 0", IN(vbmeta_hashtree, head.bytes_following), 0, E_VBMETA_DESCRIPTOR},
        {"8 too short", IN(vbmeta_hashtree, head.bytes_following), 208 - 16, E_VBMETA_DESCRIPTOR},
    };
    const struct vbmeta_hashtree_spec tree = tree_of("system");
    const struct vbmeta_spec spec = {.hashtrees = &tree, .hashtree_count = 1};

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct verified verified = {.verdict = VERDICT_UNKNOWN};
        uint8_t room[ROOM_BYTES];
        size_t size = write(&spec, room);

        assert_err(read(room + 256, size, PART_VBMETA, &verified), OK);
        verified = (struct verified){.verdict = VERDICT_UNKNOWN};
        put_be(room + 256 + cases[i].offset, cases[i].size, cases[i].value);
        assert_err_in(cases[i].name, read(room + 256, size, PART_VBMETA, &verified), cases[i].err);
    }
}

static void words_for_the_kernel(void **state)
{
    const struct vbmeta_cmdline_spec words[] = {{"one", 0},   {"two=2", 1}, {"three", 2}, {"", 0},
                                                {"never", 3}, {"never", 4}, {"last", 0}};
    const struct vbmeta_spec spec = {.cmdlines = words, .cmdline_count = ARRAY_COUNT(words)};
    uint8_t room[ROOM_BYTES];
    size_t size = write(&spec, room);

    for (int disabled = 0; disabled < 2; disabled++) {
        struct verified verified = {.hashtree_disabled = disabled != 0};

        assert_err(read(room + 256, size, PART_VBMETA, &verified), OK);
        assert_string_equal(verified.cmdline,
                            disabled != 0 ? "one three  last" : "one two=2  last");
    }
}

static void words_must_fit_and_print(void **state)
{
    char longest[VERIFIED_CMDLINE_BYTES + 1];

    for (size_t length = VERIFIED_CMDLINE_BYTES - 4; length <= VERIFIED_CMDLINE_BYTES; length++) {
        struct vbmeta_cmdline_spec words = {longest, 0};
        const struct vbmeta_spec spec = {.cmdlines = &words, .cmdline_count = 1};
        struct verified verified;
        bool fits = length <= VERIFIED_CMDLINE_BYTES - 2;

        memset(longest, 'x', length);
        longest[length] = '\0';
        assert_err(read_spec(&spec, PART_VBMETA, &verified), fits ? OK : E_VBMETA_UNSUPPORTED);
        words.flags = 2; /* not meant: it need not fit */
        assert_err(read_spec(&spec, PART_VBMETA, &verified), OK);
    }
    for (int byte = 1; byte < 256; byte++) {
        const char text[] = {'a', (char)byte, '\0'};
        const struct vbmeta_cmdline_spec words = {text, 0};
        const struct vbmeta_spec spec = {.cmdlines = &words, .cmdline_count = 1};
        struct verified verified;

        assert_err(read_spec(&spec, PART_VBMETA, &verified),
                   byte >= 0x20 && byte < 0x7f ? OK : E_VBMETA_DESCRIPTOR);
    }
}

static void chains(void **state)
{
    const struct vbmeta_chain_spec list[] = {chain_to("recovery", 2), chain_to("boot", 31),
                                             chain_to("vendor", 5)};
    const struct vbmeta_spec spec = {.chains = list, .chain_count = 3};
    uint8_t key_sha256[SHA256_BYTES];
    struct verified verified;

    sha256_digest(slice_of("a key", 5), key_sha256);
    assert_err(read_spec(&spec, PART_VBMETA, &verified), OK);
    assert_true(verified.chains[PART_RECOVERY].present && verified.chains[PART_BOOT].present);
    assert_false(verified.chains[PART_DTBO].present);
    assert_int_equal(verified.chains[PART_RECOVERY].location, 2);
    assert_int_equal(verified.chains[PART_BOOT].location, 31);
    assert_memory_equal(verified.chains[PART_BOOT].key_sha256, key_sha256, SHA256_BYTES);
}

/* What an image may say, by where it lies: the first one, the one for system, or boot's own. */
static void who_may_say_what(void **state)
{
    const struct vbmeta_hash_spec boot = hash_of("boot");
    const struct vbmeta_hash_spec dtbo = hash_of("dtbo");
    const struct vbmeta_hash_spec vendor = hash_of("vendor");
    const struct vbmeta_hashtree_spec tree = tree_of("system");
    const struct vbmeta_cmdline_spec words = {"word", 0};
    const struct vbmeta_chain_spec chain = chain_to("recovery", 3);
    const struct vbmeta_property_spec region = {ROM_PROPERTY_REGION, "global"};
    const struct {
        const char *name;
        struct vbmeta_spec spec;
        enum err of_vbmeta_system;
        enum err of_boot;
    } cases[] = {
        {"boot", {.hashes = &boot, .hash_count = 1}, OK, OK},
        {"dtbo", {.hashes = &dtbo, .hash_count = 1}, OK, E_VBMETA_DESCRIPTOR},
        {"vendor", {.hashes = &vendor, .hash_count = 1}, OK, E_VBMETA_DESCRIPTOR},
        {"system", {.hashtrees = &tree, .hashtree_count = 1}, OK, E_VBMETA_DESCRIPTOR},
        {"words", {.cmdlines = &words, .cmdline_count = 1}, OK, OK},
        {"a chain", {.chains = &chain, .chain_count = 1}, E_VBMETA_CHAIN, E_VBMETA_CHAIN},
        {"a region", {.properties = &region, .property_count = 1}, OK, OK},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct verified verified;

        assert_err_in(cases[i].name, read_spec(&cases[i].spec, PART_VBMETA, &verified), OK);
        assert_err_in(cases[i].name, read_spec(&cases[i].spec, PART_VBMETA_SYSTEM, &verified),
                      cases[i].of_vbmeta_system);
        assert_int_equal(verified.region, REGION_UNKNOWN); /* that is the first image's say */
        assert_err_in(cases[i].name, read_spec(&cases[i].spec, PART_BOOT, &verified),
                      cases[i].of_boot);
        assert_int_equal(verified.region, REGION_UNKNOWN);
    }
}

static void no_partition_twice(void **state)
{
    const struct vbmeta_hash_spec boot[] = {hash_of("boot"), hash_of("boot")};
    const struct vbmeta_hash_spec system = hash_of("system");
    const struct vbmeta_hashtree_spec trees[] = {tree_of("system"), tree_of("system")};
    const struct vbmeta_chain_spec two[] = {chain_to("boot", 1), chain_to("boot", 2)};
    const struct vbmeta_chain_spec to_system = chain_to("system", 3);
    const struct vbmeta_chain_spec same[] = {chain_to("boot", 1), chain_to("dtbo", 1)};
    const struct vbmeta_chain_spec odd[] = {chain_to("boot", 0), chain_to("boot", 32),
                                            chain_to("boot", UINT32_MAX), chain_to("vbmeta", 1)};
    const struct {
        const char *name;
        struct vbmeta_spec spec;
        enum err err;
    } cases[] = {
        {"hash, hash", {.hashes = boot, .hash_count = 2}, E_VBMETA_DUPLICATE},
        {"tree, tree", {.hashtrees = trees, .hashtree_count = 2}, E_VBMETA_DUPLICATE},
        {"hash, tree",
         {.hashes = &system, .hash_count = 1, .hashtrees = trees, .hashtree_count = 1},
         E_VBMETA_DUPLICATE},
        {"chain, chain", {.chains = two, .chain_count = 2}, E_VBMETA_DUPLICATE},
        {"hash, chain",
         {.hashes = boot, .hash_count = 1, .chains = two, .chain_count = 1},
         E_VBMETA_DUPLICATE},
        {"tree, chain",
         {.hashtrees = trees, .hashtree_count = 1, .chains = &to_system, .chain_count = 1},
         E_VBMETA_DUPLICATE},
        {"one location", {.chains = same, .chain_count = 2}, E_VBMETA_LOCATION},
        {"location 0", {.chains = odd, .chain_count = 1}, E_VBMETA_LOCATION},
        {"location 32", {.chains = odd + 1, .chain_count = 1}, E_VBMETA_LOCATION},
        {"the last location", {.chains = odd + 2, .chain_count = 1}, E_VBMETA_LOCATION},
        {"a chain to itself", {.chains = odd + 3, .chain_count = 1}, E_VBMETA_CHAIN},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct verified verified;

        assert_err_in(cases[i].name, read_spec(&cases[i].spec, PART_VBMETA, &verified),
                      cases[i].err);
    }
}

/* A chained image speaks for a partition only if the first one left it to it. */
static void nobody_speaks_for_another(void **state)
{
    const struct vbmeta_hash_spec boot = hash_of("boot");
    const struct vbmeta_spec spec = {.hashes = &boot, .hash_count = 1};
    struct verified verified = {.verdict = VERDICT_UNKNOWN};
    uint8_t room[ROOM_BYTES];
    size_t size = write(&spec, room);

    assert_err(read(room + 256, size, PART_VBMETA, &verified), OK);
    assert_err(read(room + 256, size, PART_VBMETA_SYSTEM, &verified), E_VBMETA_DUPLICATE);
    verified = (struct verified){.chains[PART_BOOT] = {.present = true, .location = 1}};
    assert_err(read(room + 256, size, PART_VBMETA_SYSTEM, &verified), E_VBMETA_DUPLICATE);
    assert_err(read(room + 256, size, PART_BOOT, &verified), OK);
    assert_true(verified.images[PART_BOOT].present);
}

static void every_truncation_is_seen(void **state)
{
    const struct vbmeta_hashtree_spec tree = tree_of("system");
    const struct vbmeta_cmdline_spec words = {"some words", 0};
    const struct vbmeta_chain_spec chain = chain_to("boot", 1);
    const struct vbmeta_spec specs[] = {{.hashtrees = &tree, .hashtree_count = 1},
                                        {.cmdlines = &words, .cmdline_count = 1},
                                        {.chains = &chain, .chain_count = 1}};

    for (size_t i = 0; i < ARRAY_COUNT(specs); i++) {
        uint8_t room[ROOM_BYTES];
        size_t whole = write(&specs[i], room);

        for (size_t size = 1; size <= whole; size++) {
            struct verified verified = {.verdict = VERDICT_UNKNOWN};

            assert_err(read(room + 256, size, PART_VBMETA, &verified),
                       size == whole ? OK : E_VBMETA_DESCRIPTOR);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_tree),
        cmocka_unit_test(hostile_trees),
        cmocka_unit_test(words_for_the_kernel),
        cmocka_unit_test(words_must_fit_and_print),
        cmocka_unit_test(chains),
        cmocka_unit_test(who_may_say_what),
        cmocka_unit_test(no_partition_twice),
        cmocka_unit_test(nobody_speaks_for_another),
        cmocka_unit_test(every_truncation_is_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
