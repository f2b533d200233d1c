/* SPDX-License-Identifier: MIT */
/*
 * rom-images' writers against the formats' own offsets, which stand here as numbers: a wrong struct
 * must not be able to hide a wrong image.
 */
#include "tests/fake/fake_rom.h"
#include "tests/unit/check.h"

#include "rom-images/write/image_write.h"

#define PAGE 2048

static struct boot_image_spec small_image(void)
{
    return (struct boot_image_spec){
        .kernel = slice_of("kernel", 6),
        .ramdisk = slice_of("ram disk", 8),
        .name = "phone",
        .cmdline = "console=ttyAMA0 quiet",
        .header_version = 1,
        .page_bytes = PAGE,
        .os_version = boot_image_os_version(8, 1, 0, 2018, 9),
    };
}

static void test_boot_image_fields(void **state)
{
    const struct boot_image_spec spec = small_image();
    uint8_t image[3 * PAGE];

    memset(image, 0xa5, sizeof(image));
    assert_int_equal(boot_image_write_size(&spec), sizeof(image));
    assert_true(boot_image_write(&spec, (struct span){image, sizeof(image)}));
    assert_memory_equal(image, "ANDROID!", 8);
    assert_int_equal(le32(image + 8), 6);            /* kernel_size */
    assert_int_equal(le32(image + 16), 8);           /* ramdisk_size */
    assert_int_equal(le32(image + 24), 0);           /* second_size */
    assert_int_equal(le32(image + 36), PAGE);        /* page_size */
    assert_int_equal(le32(image + 40), 1);           /* header_version */
    assert_int_equal(le32(image + 44), 0x10040129u); /* 8.1.0: 0x20080 << 11; 2018-09: 0x129 */
    assert_string_equal((char *)image + 48, "phone");
    assert_string_equal((char *)image + 64, "console=ttyAMA0 quiet");
    assert_int_equal(image[608], 0);            /* extra_cmdline */
    assert_int_equal(le32(image + 1644), 1648); /* header_size */
    assert_true(slice_is_all(slice_of(image + 1648, PAGE - 1648), 0));
    assert_memory_equal(image + PAGE, "kernel", 6);
    assert_true(slice_is_all(slice_of(image + PAGE + 6, PAGE - 6), 0));
    assert_memory_equal(image + 2 * PAGE, "ram disk", 8);
    assert_true(slice_is_all(slice_of(image + 2 * PAGE + 8, PAGE - 8), 0));
}

/* sha1sum of kernel, 6, "ram disk", 8, 0 [, 0 in version 1], sizes as 32 bits, little endian. */
static void test_boot_image_id(void **state)
{
    static const uint8_t ids[2][20] = {
        {0x7c, 0xc3, 0xd9, 0xe9, 0xdd, 0xbb, 0xb1, 0xf8, 0x37, 0x5a,
         0x69, 0x06, 0xdd, 0xe9, 0xc0, 0x1d, 0xea, 0x32, 0xa5, 0x1e},
        {0xc3, 0x43, 0xeb, 0xda, 0x2a, 0xbb, 0x9a, 0xc9, 0x77, 0x0b,
         0x11, 0x37, 0xe3, 0x98, 0x47, 0x37, 0xcb, 0x88, 0xb8, 0x71},
    };
    struct boot_image_spec spec = small_image();
    uint8_t image[3 * PAGE];

    for (uint32_t version = 0; version < 2; version++) {
        spec.header_version = version;
        assert_true(boot_image_write(&spec, (struct span){image, sizeof(image)}));
        assert_memory_equal(image + 576, ids[version], 20);
        assert_true(slice_is_all(slice_of(image + 596, 12), 0));
    }
    assert_int_equal(le32(image + 1644), 1648);
}

static void test_boot_image_long_cmdline(void **state)
{
    char cmdline[1536];
    struct boot_image_spec spec = small_image();
    uint8_t image[3 * PAGE];

    memset(cmdline, 'x', sizeof(cmdline));
    cmdline[511] = 'Y';
    cmdline[1534] = '\0';
    spec.cmdline = cmdline;
    assert_true(boot_image_write(&spec, (struct span){image, sizeof(image)}));
    assert_int_equal(image[64 + 510], 'x');
    assert_int_equal(image[64 + 511], 0); /* the first field keeps a NUL */
    assert_int_equal(image[608], 'Y');
    assert_int_equal(image[608 + 1023], 0);
    cmdline[1534] = 'x';
    cmdline[1535] = '\0';
    assert_int_equal(boot_image_write_size(&spec), 0);
}

static void test_boot_image_refuses(void **state)
{
    struct boot_image_spec spec = small_image();
    uint8_t image[3 * PAGE];

    memset(image, 0xa5, sizeof(image));
    assert_false(boot_image_write(&spec, (struct span){image, sizeof(image) - 1}));
    spec.page_bytes = 1024;
    assert_int_equal(boot_image_write_size(&spec), 0);
    spec = small_image();
    spec.header_version = 2;
    assert_int_equal(boot_image_write_size(&spec), 0);
    spec = small_image();
    spec.name = "sixteen letters!";
    assert_int_equal(boot_image_write_size(&spec), 0);
    assert_false(boot_image_write(&spec, (struct span){image, sizeof(image)}));
    assert_true(slice_is_all(slice_of(image, sizeof(image)), 0xa5));
}

/* Sizes that do not come out even: 32 + 3 + 1 + 5 + 1 = 42, and 132 + 4 + 3 + 32 = 171. */
static struct vbmeta_spec small_vbmeta(const struct signing_key *key)
{
    static const struct vbmeta_property_spec properties[] = {{"key", "value"}};
    static struct vbmeta_hash_spec hashes[1];

    hashes[0] = vbmeta_hash_image("boot", slice_of("abc", 3), slice_of("\1\2\3", 3));
    return (struct vbmeta_spec){.properties = properties,
                                .property_count = 1,
                                .hashes = hashes,
                                .hash_count = 1,
                                .key = key,
                                .rollback_index = 0x0102030405060708,
                                .flags = 3};
}

static void test_vbmeta_header(void **state)
{
    const struct vbmeta_spec spec = small_vbmeta(fake_root_key());
    uint8_t image[4096];
    size_t size;

    memset(image, 0xa5, sizeof(image));
    size = vbmeta_write(&spec, (struct span){image, sizeof(image)});
    /* 32 + 512 is 544, to 576; 48 + 176 + 1032 is 1256, to 1280 */
    assert_int_equal(size, 256 + 576 + 1280);
    assert_memory_equal(image, "AVB0", 4);
    assert_int_equal(be32(image + 4), 1);
    assert_int_equal(be32(image + 8), 0);
    assert_int_equal(be64(image + 12), 576);
    assert_int_equal(be64(image + 20), 1280);
    assert_int_equal(be32(image + 28), 2); /* SHA256_RSA4096 */
    assert_int_equal(be64(image + 32), 0); /* hash */
    assert_int_equal(be64(image + 40), 32);
    assert_int_equal(be64(image + 48), 32); /* signature */
    assert_int_equal(be64(image + 56), 512);
    assert_int_equal(be64(image + 64), 224); /* key */
    assert_int_equal(be64(image + 72), 1032);
    assert_int_equal(be64(image + 80), 1256); /* key metadata: none */
    assert_int_equal(be64(image + 88), 0);
    assert_int_equal(be64(image + 96), 0); /* descriptors */
    assert_int_equal(be64(image + 104), 224);
    assert_int_equal(be64(image + 112), 0x0102030405060708);
    assert_int_equal(be32(image + 120), 3);
    assert_int_equal(be32(image + 124), 0);
    assert_string_equal((char *)image + 128, "flashlab romc");
    assert_true(slice_is_all(slice_of(image + 176, 80), 0));
    assert_int_equal(image[size], 0xa5);
}

static void test_vbmeta_descriptors(void **state)
{
    /* printf '\1\2\3abc' | sha256sum */
    static const uint8_t digest[32] = {0x14, 0xd8, 0x1a, 0x34, 0xfc, 0xf5, 0xff, 0x3c,
                                       0xf0, 0xff, 0xbf, 0xbd, 0x93, 0xac, 0x0a, 0xcd,
                                       0xf1, 0x15, 0xd8, 0x5c, 0xe3, 0x1e, 0x6e, 0x53,
                                       0x8d, 0x94, 0x20, 0x4c, 0xa4, 0xf4, 0x59, 0x2b};
    const struct vbmeta_spec spec = small_vbmeta(fake_root_key());
    uint8_t image[4096];
    const uint8_t *at = image + 256 + 576;

    assert_int_not_equal(vbmeta_write(&spec, (struct span){image, sizeof(image)}), 0);
    assert_int_equal(be64(at), 0); /* property */
    assert_int_equal(be64(at + 8), 32);
    assert_int_equal(be64(at + 16), 3);
    assert_int_equal(be64(at + 24), 5);
    assert_memory_equal(at + 32, "key\0value\0\0\0\0\0\0", 16);
    at += 48;
    assert_int_equal(be64(at), 2); /* hash */
    assert_int_equal(be64(at + 8), 160);
    assert_int_equal(be64(at + 16), 3);
    assert_string_equal((const char *)at + 24, "sha256");
    assert_int_equal(be32(at + 56), 4);
    assert_int_equal(be32(at + 60), 3);
    assert_int_equal(be32(at + 64), 32);
    assert_true(slice_is_all(slice_of(at + 68, 64), 0));
    assert_memory_equal(at + 132, "boot\1\2\3", 7);
    assert_memory_equal(at + 139, digest, 32);
    assert_true(slice_is_all(slice_of(at + 171, 5), 0));
    assert_memory_equal(at + 176, fake_root_key()->public_key, 1032);
}

/* The signature, by a verifier that gets the key as it stands in the image. */
static bool signature_is_good(const uint8_t *image)
{
    const size_t authentication = (size_t)be64(image + 12);
    const uint8_t *key = image + 256 + authentication + be64(image + 64);
    uint8_t exponent[] = {1, 0, 1};
    uint8_t modulus[512];
    const br_rsa_public_key public_key = {
        .n = modulus, .nlen = sizeof(modulus), .e = exponent, .elen = sizeof(exponent)};
    br_sha256_context sha;
    uint8_t digest[32];
    uint8_t signed_digest[32];

    memcpy(modulus, key + 8, sizeof(modulus));
    br_sha256_init(&sha);
    br_sha256_update(&sha, image, 256);
    br_sha256_update(&sha, image + 256 + authentication, (size_t)be64(image + 20));
    br_sha256_out(&sha, digest);
    return br_rsa_i31_pkcs1_vrfy(image + 256 + 32, 512, BR_HASH_OID_SHA256, sizeof(digest),
                                 &public_key, signed_digest) == 1 &&
           memcmp(signed_digest, digest, sizeof(digest)) == 0 &&
           memcmp(image + 256, digest, sizeof(digest)) == 0;
}

static void test_vbmeta_signature(void **state)
{
    const struct vbmeta_spec spec = small_vbmeta(fake_root_key());
    uint8_t image[4096];
    size_t size = vbmeta_write(&spec, (struct span){image, sizeof(image)});

    assert_true(signature_is_good(image));
    image[123] ^= 1; /* flags */
    assert_false(signature_is_good(image));
    assert_true(vbmeta_write_seal(fake_root_key(), (struct span){image, size}));
    assert_true(signature_is_good(image));
}

static void test_vbmeta_unsigned(void **state)
{
    const struct vbmeta_spec spec = small_vbmeta(NULL);
    uint8_t image[1024];

    assert_int_equal(vbmeta_write(&spec, (struct span){image, sizeof(image)}), 256 + 256);
    assert_int_equal(be64(image + 12), 0);
    assert_int_equal(be32(image + 28), 0); /* NONE */
    assert_true(slice_is_all(slice_of(image + 32, 48), 0));
    assert_int_equal(be64(image + 104), 224);
}

static void test_vbmeta_refuses(void **state)
{
    const struct vbmeta_spec spec = small_vbmeta(fake_root_key());
    uint8_t image[4096];
    size_t size = vbmeta_write(&spec, (struct span){image, sizeof(image)});

    assert_int_equal(vbmeta_write(&spec, (struct span){image, size - 1}), 0);
    assert_int_equal(vbmeta_write(&spec, (struct span){image, 255}), 0);
    assert_int_equal(vbmeta_write(&spec, (struct span){image, size}), size);
    assert_false(vbmeta_write_seal(fake_root_key(), (struct span){image, size - 64}));
    assert_false(vbmeta_write_seal(fake_root_key(), (struct span){image, 255}));
    put_be64(image + 12, 543); /* no room for hash and signature */
    assert_false(vbmeta_write_seal(fake_root_key(), (struct span){image, size}));
}

static void test_gpt_plan(void **state)
{
    struct gpt_plan plan = {.disk_name = "disk", .count = 2};

    plan.partitions[0] = (struct gpt_plan_partition){.name = "boot", .size_bytes = 1};
    plan.partitions[1] = (struct gpt_plan_partition){.name = "system", .size_bytes = 0x100001};
    assert_true(gpt_write_plan(&plan));
    assert_int_equal(plan.partitions[0].first_lba, 2048);
    assert_int_equal(plan.partitions[0].last_lba, 4095);
    assert_int_equal(plan.partitions[1].first_lba, 4096);
    assert_int_equal(plan.partitions[1].last_lba, 8191);
    assert_int_equal(plan.disk_bytes, 5 << 20);

    plan.partitions[1].size_bytes = 0;
    assert_false(gpt_write_plan(&plan));
    plan.partitions[1].size_bytes = UINT64_MAX;
    assert_false(gpt_write_plan(&plan));
    plan.partitions[1].size_bytes = INT64_MAX;
    assert_false(gpt_write_plan(&plan));
    plan.partitions[1].size_bytes = 1;
    plan.count = GPT_ENTRY_COUNT + 1;
    assert_false(gpt_write_plan(&plan));
}

/* CRC-32 bit by bit, apart from base/crc32. */
static uint32_t slow_crc32(const uint8_t *bytes, size_t size)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < 8 * size; i++) {
        uint32_t bit = (uint32_t)(bytes[i / 8] >> i % 8 & 1);

        crc = ((crc ^ bit) & 1) != 0 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return ~crc;
}

static void check_gpt_header(const uint8_t *header, const uint8_t *entries, uint64_t my_lba,
                             uint64_t other_lba, uint64_t entries_lba)
{
    uint8_t copy[92];

    assert_memory_equal(header, "EFI PART\0\0\1\0", 12);
    assert_int_equal(le32(header + 12), 92);
    assert_int_equal(le32(header + 20), 0);
    assert_int_equal(le64(header + 24), my_lba);
    assert_int_equal(le64(header + 32), other_lba);
    assert_int_equal(le64(header + 40), 34);
    assert_int_equal(le64(header + 48), 3 * 2048 - 34);
    assert_int_equal(le64(header + 72), entries_lba);
    assert_int_equal(le32(header + 80), 128);
    assert_int_equal(le32(header + 84), 128);
    assert_int_equal(le32(header + 88), slow_crc32(entries, 128 * 128));
    memcpy(copy, header, sizeof(copy));
    memset(copy + 16, 0, 4);
    assert_int_equal(le32(header + 16), slow_crc32(copy, sizeof(copy)));
    assert_true(slice_is_all(slice_of(header + 92, 512 - 92), 0));
}

static void test_gpt_tables(void **state)
{
    struct gpt_plan plan = {.disk_name = "disk", .count = 1};
    uint8_t primary[34 * 512];
    uint8_t backup[33 * 512];
    const uint8_t *entry = primary + 1024;

    plan.partitions[0] = (struct gpt_plan_partition){.name = "boot", .size_bytes = 1 << 20};
    assert_true(gpt_write_plan(&plan));
    gpt_write_tables(&plan, primary, backup);

    assert_int_equal(primary[450], 0xee);
    assert_int_equal(le32(primary + 454), 1);
    assert_int_equal(le32(primary + 458), 3 * 2048 - 1);
    assert_int_equal(le16(primary + 510), 0xaa55);
    check_gpt_header(primary + 512, primary + 1024, 1, 3 * 2048 - 1, 2);
    check_gpt_header(backup + 32 * 512, backup, 3 * 2048 - 1, 1, 3 * 2048 - 33);
    assert_memory_equal(primary + 1024, backup, 128 * 128);

    assert_memory_equal(entry, "\xaf\x3d\xc6\x0f\x83\x84\x72\x47\x8e\x79\x3d\x69\xd8\x47\x7d\xe4",
                        16);
    assert_false(slice_is_all(slice_of(entry + 16, 16), 0));
    assert_memory_not_equal(entry + 16, primary + 512 + 56, 16); /* not the disk's GUID */
    assert_int_equal(le64(entry + 32), 2048);
    assert_int_equal(le64(entry + 40), 4095);
    assert_memory_equal(entry + 56, "b\0o\0o\0t\0\0\0", 10);
    assert_true(slice_is_all(slice_of(entry + 128, 127 * 128), 0));
}

static void test_gpt_seal(void **state)
{
    struct gpt_plan plan = {.disk_name = "disk", .count = 1};
    uint8_t primary[34 * 512];
    uint8_t backup[33 * 512];

    plan.partitions[0] = (struct gpt_plan_partition){.name = "boot", .size_bytes = 1 << 20};
    assert_true(gpt_write_plan(&plan));
    gpt_write_tables(&plan, primary, backup);
    primary[1024 + 56] = 'B';
    assert_int_not_equal(le32(primary + 512 + 88), slow_crc32(primary + 1024, 128 * 128));
    gpt_write_seal(primary + 512, slice_of(primary + 1024, 128 * 128));
    check_gpt_header(primary + 512, primary + 1024, 1, 3 * 2048 - 1, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_boot_image_fields),
        cmocka_unit_test(test_boot_image_id),
        cmocka_unit_test(test_boot_image_long_cmdline),
        cmocka_unit_test(test_boot_image_refuses),
        cmocka_unit_test(test_vbmeta_header),
        cmocka_unit_test(test_vbmeta_descriptors),
        cmocka_unit_test(test_vbmeta_signature),
        cmocka_unit_test(test_vbmeta_unsigned),
        cmocka_unit_test(test_vbmeta_refuses),
        cmocka_unit_test(test_gpt_plan),
        cmocka_unit_test(test_gpt_tables),
        cmocka_unit_test(test_gpt_seal),
    };

    return cmocka_run_group_tests_name("image_write", tests, NULL, NULL);
}
