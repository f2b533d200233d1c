/* SPDX-License-Identifier: MIT */
/* The header of a boot image, versions 0 to 2. Stage verify. Layout: format/boot_image.h. */
#include "verify/boot_image.h"

#include "format/packed_kernel.h"

#include <stddef.h>
#include <string.h>

static const size_t header_sizes[] = {
    BOOT_IMAGE_V0_HEADER_BYTES,
    BOOT_IMAGE_V1_HEADER_BYTES,
    BOOT_IMAGE_V2_HEADER_BYTES,
};

static bool is_page_size(uint32_t page_bytes)
{
    return page_bytes == 2048 || page_bytes == 4096 || page_bytes == 8192 || page_bytes == 16384;
}

static enum err check_version(const struct boot_image_header *header, size_t size)
{
    uint32_t version = le32(header->header_version);

    if (version >= ARRAY_COUNT(header_sizes)) {
        return E_BOOT_IMAGE_VERSION;
    }
    if (size < header_sizes[version]) {
        return E_SLICE_RANGE;
    }
    if (version >= 1 && le32(header->header_bytes) != header_sizes[version]) {
        return E_BOOT_IMAGE_RANGE;
    }
    return OK;
}

/*
 * Lays a section of `bytes` at *end, the end of those before it, and moves that on by whole pages.
 */
static bool place(uint32_t bytes, uint32_t page_bytes, uint64_t *end)
{
    uint64_t rounded;

    return round_up_u64(bytes, page_bytes, &rounded) && add_u64(*end, rounded, end);
}

static enum err read_layout(const struct boot_image_header *header, uint64_t limit_bytes,
                            struct boot_image *image)
{
    uint32_t version = le32(header->header_version);
    uint32_t page = image->page_bytes;
    uint64_t end = page;

    image->kernel_bytes = le32(header->kernel_bytes);
    image->ramdisk_bytes = le32(header->ramdisk_bytes);
    image->kernel_offset = end;
    if (image->kernel_bytes == 0 || !place(le32(header->kernel_bytes), page, &end)) {
        return E_BOOT_IMAGE_RANGE;
    }
    image->ramdisk_offset = end;
    if (!place(le32(header->ramdisk_bytes), page, &end) ||
        !place(le32(header->second_bytes), page, &end) ||
        (version >= 1 && !place(le32(header->recovery_dtbo_bytes), page, &end)) ||
        (version >= 2 && !place(le32(header->dtb_bytes), page, &end)) || end > limit_bytes) {
        return E_BOOT_IMAGE_RANGE;
    }
    image->total_bytes = end;
    return OK;
}

/*
 * Appends a field that may lack its NUL; false when it does not fit or holds
 * what cannot be printed.
 */
static bool append(char *line, size_t line_size, const uint8_t *field, size_t field_size)
{
    size_t length = strlen(line);

    for (size_t i = 0; i < field_size && field[i] != '\0'; i++) {
        if (field[i] < 0x20 || field[i] > 0x7e || length + 1 == line_size) {
            return false;
        }
        line[length++] = (char)field[i];
        line[length] = '\0';
    }
    return true;
}

enum err boot_image_parse(struct slice header_bytes, uint64_t limit_bytes,
                          struct boot_image *out_image)
{
    const struct boot_image_header *header = (const struct boot_image_header *)header_bytes.data;
    struct boot_image image = {0};

    if (header_bytes.size < BOOT_IMAGE_V0_HEADER_BYTES) {
        return E_SLICE_RANGE;
    }
    if (memcmp(header->magic, BOOT_IMAGE_MAGIC, sizeof header->magic) != 0) {
        return E_BOOT_IMAGE_MAGIC;
    }
    TRY(check_version(header, header_bytes.size));
    image.page_bytes = le32(header->page_bytes);
    if (!is_page_size(image.page_bytes)) {
        return E_BOOT_IMAGE_PAGE_SIZE;
    }
    TRY(read_layout(header, limit_bytes, &image));
    if (!append(image.cmdline, sizeof image.cmdline, header->cmdline, sizeof header->cmdline) ||
        !append(image.cmdline, sizeof image.cmdline, header->extra_cmdline,
                sizeof header->extra_cmdline)) {
        return E_BOOT_IMAGE_CMDLINE;
    }
    *out_image = image;
    return OK;
}

bool boot_image_is_newer(struct slice image, uint32_t *out_version)
{
    const struct boot_image_header *header = (const struct boot_image_header *)image.data;
    uint32_t version;

    if (image.size < offsetof(struct boot_image_header, os_version) ||
        memcmp(header->magic, BOOT_IMAGE_MAGIC, sizeof header->magic) != 0) {
        return false;
    }
    version = le32(header->header_version);
    if (version < ARRAY_COUNT(header_sizes)) {
        return false;
    }
    *out_version = version;
    return true;
}

static const struct {
    const char *magic;
    size_t offset;
    enum packing packing;
} packers[] = {
    {GZIP_MAGIC, 0, PACKING_GZIP},      {LZ4_LEGACY_MAGIC, 0, PACKING_LZ4},
    {LZ4_FRAME_MAGIC, 0, PACKING_OTHER}, {ZSTD_MAGIC, 0, PACKING_OTHER},
    {XZ_MAGIC, 0, PACKING_OTHER},       {BZIP2_MAGIC, 0, PACKING_OTHER},
    {ZBOOT_MAGIC, 4, PACKING_OTHER},
};

enum packing boot_image_packing(struct slice kernel)
{
    for (size_t i = 0; i < ARRAY_COUNT(packers); i++) {
        size_t length = strlen(packers[i].magic);
        struct slice part;

        if (slice_sub(kernel, packers[i].offset, length, &part) == OK &&
            memcmp(part.data, packers[i].magic, length) == 0) {
            return packers[i].packing;
        }
    }
    return PACKING_NONE;
}

size_t boot_image_kernel_place(const struct boot_image *image, size_t room_bytes)
{
    bool packed = image->packing == PACKING_GZIP || image->packing == PACKING_LZ4;

    return packed ? room_bytes - (size_t)image->kernel_bytes : 0;
}
