/* SPDX-License-Identifier: MIT */
/* verify/boot_image.h: headers of all versions, hostile sizes, odd command lines. */
#include "tests/unit/check.h"

#include "verify/boot_image.h"

#define LIMIT   (64u << 20)
#define KERNEL  10000
#define RAMDISK 3000

static struct boot_image_header header_of(uint32_t version, uint32_t page_bytes)
{
    static const uint32_t header_bytes[] = {0, BOOT_IMAGE_V1_HEADER_BYTES,
                                            BOOT_IMAGE_V2_HEADER_BYTES};
    struct boot_image_header header = {0};

    memcpy(header.magic, BOOT_IMAGE_MAGIC, sizeof header.magic);
    put_le32(header.kernel_bytes, KERNEL);
    put_le32(header.ramdisk_bytes, RAMDISK);
    put_le32(header.page_bytes, page_bytes);
    put_le32(header.header_version, version);
    put_le32(header.header_bytes, header_bytes[version]);
    memcpy(header.cmdline, "console=ttyAMA0", 16);
    return header;
}

static enum err parse(const struct boot_image_header *header, uint64_t limit_bytes,
                      struct boot_image *out_image)
{
    return boot_image_parse(slice_of(header, sizeof *header), limit_bytes, out_image);
}

static void layout_of_each_version_and_page(void **state)
{
    static const struct {
        uint32_t version;
        uint32_t page_bytes;
        uint64_t ramdisk_offset;
        uint64_t total_bytes; /* with second 1, and from v1 dtbo 1, from v2 dtb 1 */
    } cases[] = {
        {0, 2048, 12288, 18432}, {0, 4096, 16384, 24576}, {1, 2048, 12288, 20480},
        {1, 8192, 24576, 49152}, {2, 2048, 12288, 22528}, {2, 16384, 32768, 98304},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct boot_image_header header = header_of(cases[i].version, cases[i].page_bytes);
        struct boot_image image;

        put_le32(header.second_bytes, 1);
        put_le32(header.recovery_dtbo_bytes, 1);
        put_le32(header.dtb_bytes, 1);
        assert_err(parse(&header, LIMIT, &image), OK);
        assert_int_equal(image.page_bytes, cases[i].page_bytes);
        assert_int_equal(image.kernel_offset, cases[i].page_bytes);
        assert_int_equal(image.kernel_bytes, KERNEL);
        assert_int_equal(image.ramdisk_offset, cases[i].ramdisk_offset);
        assert_int_equal(image.ramdisk_bytes, RAMDISK);
        assert_int_equal(image.total_bytes, cases[i].total_bytes);
        assert_string_equal(image.cmdline, "console=ttyAMA0");
    }
}

static void the_limit_is_exact(void **state)
{
    struct boot_image_header header = header_of(0, 2048);
    struct boot_image image;

    assert_err(parse(&header, 16384, &image), OK);
    assert_int_equal(image.total_bytes, 16384);
    assert_err(parse(&header, 16383, &image), E_BOOT_IMAGE_RANGE);
}

#define FIELD(name) offsetof(struct boot_image_header, name)

static const struct {
    const char *name;
    size_t offset; /* of four bytes */
    uint32_t value;
    uint32_t version;
    enum err err;
} hostile[] = {
    {"magic", FIELD(magic), 0, 1, E_BOOT_IMAGE_MAGIC},
    {"end of the magic", FIELD(magic) + 4, 0x20444f49, 1, E_BOOT_IMAGE_MAGIC},
    {"version 3", FIELD(header_version), 3, 1, E_BOOT_IMAGE_VERSION},
    {"version at the maximum", FIELD(header_version), UINT32_MAX, 1, E_BOOT_IMAGE_VERSION},
    {"header of 0", FIELD(header_bytes), 0, 1, E_BOOT_IMAGE_RANGE},
    {"header of version 2", FIELD(header_bytes), 1660, 1, E_BOOT_IMAGE_RANGE},
    {"header of version 1", FIELD(header_bytes), 1648, 2, E_BOOT_IMAGE_RANGE},
    {"header at the maximum", FIELD(header_bytes), UINT32_MAX, 2, E_BOOT_IMAGE_RANGE},
    {"no page", FIELD(page_bytes), 0, 1, E_BOOT_IMAGE_PAGE_SIZE},
    {"page of 1", FIELD(page_bytes), 1, 1, E_BOOT_IMAGE_PAGE_SIZE},
    {"page of 1024", FIELD(page_bytes), 1024, 1, E_BOOT_IMAGE_PAGE_SIZE},
    {"page of 2047", FIELD(page_bytes), 2047, 1, E_BOOT_IMAGE_PAGE_SIZE},
    {"page of 6144", FIELD(page_bytes), 6144, 1, E_BOOT_IMAGE_PAGE_SIZE},
    {"page of 32768", FIELD(page_bytes), 32768, 1, E_BOOT_IMAGE_PAGE_SIZE},
    {"page at the maximum", FIELD(page_bytes), UINT32_MAX, 1, E_BOOT_IMAGE_PAGE_SIZE},
    {"no kernel", FIELD(kernel_bytes), 0, 1, E_BOOT_IMAGE_RANGE},
    {"kernel at the maximum", FIELD(kernel_bytes), UINT32_MAX, 1, E_BOOT_IMAGE_RANGE},
    {"kernel whose pages wrap", FIELD(kernel_bytes), UINT32_MAX - 2046, 1, E_BOOT_IMAGE_RANGE},
    {"kernel of all the limit", FIELD(kernel_bytes), LIMIT, 1, E_BOOT_IMAGE_RANGE},
    {"ramdisk at the maximum", FIELD(ramdisk_bytes), UINT32_MAX, 1, E_BOOT_IMAGE_RANGE},
    {"ramdisk that wraps with the kernel", FIELD(ramdisk_bytes), UINT32_MAX - KERNEL, 1,
     E_BOOT_IMAGE_RANGE},
    {"second at the maximum", FIELD(second_bytes), UINT32_MAX, 0, E_BOOT_IMAGE_RANGE},
    {"dtbo at the maximum", FIELD(recovery_dtbo_bytes), UINT32_MAX, 1, E_BOOT_IMAGE_RANGE},
    {"dtb at the maximum", FIELD(dtb_bytes), UINT32_MAX, 2, E_BOOT_IMAGE_RANGE},
};

static void hostile_sizes_are_refused(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(hostile); i++) {
        struct boot_image_header header = header_of(hostile[i].version, 2048);
        struct boot_image image;
        struct boot_image before;

        memset(&image, 0x5a, sizeof image);
        before = image;
        put_le32((uint8_t *)&header + hostile[i].offset, hostile[i].value);
        assert_err_in(hostile[i].name, parse(&header, LIMIT, &image), hostile[i].err);
        assert_memory_equal(&image, &before, sizeof image);
    }
}

/* What a version does not know it does not read. */
static void later_fields_are_ignored(void **state)
{
    struct boot_image_header header = header_of(0, 2048);
    struct boot_image image;

    put_le32(header.recovery_dtbo_bytes, UINT32_MAX);
    put_le32(header.dtb_bytes, UINT32_MAX);
    put_le32(header.header_bytes, UINT32_MAX);
    assert_err(parse(&header, LIMIT, &image), OK);
    header = header_of(1, 2048);
    put_le32(header.dtb_bytes, UINT32_MAX);
    assert_err(parse(&header, LIMIT, &image), OK);
    put_le32(header.ramdisk_bytes, 0);
    assert_err(parse(&header, LIMIT, &image), OK);
    assert_int_equal(image.ramdisk_bytes, 0);
}

static void truncated_headers_are_refused(void **state)
{
    static const size_t needed[] = {1632, 1648, 1660};

    for (uint32_t version = 0; version <= 2; version++) {
        struct boot_image_header header = header_of(version, 2048);
        struct boot_image image;

        for (size_t size = 0; size <= sizeof header; size++) {
            /* of exactly that size, so that the sanitizer sees a read beyond it */
            uint8_t *bytes = test_malloc(size + 1);

            memcpy(bytes, &header, size);
            assert_err(boot_image_parse(slice_of(bytes, size), LIMIT, &image),
                       size < needed[version] ? E_SLICE_RANGE : OK);
            test_free(bytes);
        }
    }
}

static void command_lines(void **state)
{
    struct boot_image_header header = header_of(1, 2048);
    struct boot_image image;

    /* the first field full, without a NUL, and going on in the second */
    memset(header.cmdline, 'a', sizeof header.cmdline);
    memcpy(header.extra_cmdline, "bcd", 4);
    assert_err(parse(&header, LIMIT, &image), OK);
    assert_int_equal(strlen(image.cmdline), 515);
    assert_string_equal(image.cmdline + 510, "aabcd");

    memset(header.extra_cmdline, 'b', sizeof header.extra_cmdline - 1);
    assert_err(parse(&header, LIMIT, &image), OK);
    assert_int_equal(strlen(image.cmdline), 1535);
    memset(header.extra_cmdline, 'b', sizeof header.extra_cmdline);
    assert_err(parse(&header, LIMIT, &image), E_BOOT_IMAGE_CMDLINE);

    memset(header.cmdline, 0, sizeof header.cmdline);
    memset(header.extra_cmdline, 0, sizeof header.extra_cmdline);
    assert_err(parse(&header, LIMIT, &image), OK);
    assert_string_equal(image.cmdline, "");
}

static void command_lines_of_odd_bytes(void **state)
{
    static const uint8_t odd[] = {0x01, '\n', '\t', 0x1f, 0x7f, 0x80, 0xff};

    for (size_t i = 0; i < sizeof odd; i++) {
        struct boot_image_header header = header_of(1, 2048);
        struct boot_image image;

        header.cmdline[3] = odd[i];
        assert_err(parse(&header, LIMIT, &image), E_BOOT_IMAGE_CMDLINE);
        header.cmdline[3] = 's';
        header.extra_cmdline[0] = odd[i];
        assert_err(parse(&header, LIMIT, &image), E_BOOT_IMAGE_CMDLINE);
    }
}

/* Of versions 3 and 4 only magic and number are where they are here. */
static void newer_headers(void **state)
{
    struct boot_image_header header = header_of(0, 2048);
    uint32_t version = 77;

    for (uint32_t known = 0; known <= 2; known++) {
        put_le32(header.header_version, known);
        assert_false(boot_image_is_newer(slice_of(&header, sizeof header), &version));
    }
    assert_int_equal(version, 77);
    put_le32(header.header_version, 4);
    assert_true(boot_image_is_newer(slice_of(&header, 44), &version));
    assert_int_equal(version, 4);
    assert_false(boot_image_is_newer(slice_of(&header, 43), &version));
    header.magic[0] = 'B';
    assert_false(boot_image_is_newer(slice_of(&header, sizeof header), &version));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout_of_each_version_and_page),
        cmocka_unit_test(the_limit_is_exact),
        cmocka_unit_test(hostile_sizes_are_refused),
        cmocka_unit_test(later_fields_are_ignored),
        cmocka_unit_test(truncated_headers_are_refused),
        cmocka_unit_test(command_lines),
        cmocka_unit_test(command_lines_of_odd_bytes),
        cmocka_unit_test(newer_headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
