/* SPDX-License-Identifier: MIT */
/* Writes an Android boot image, header version 0 or 1. Layout: bootloader/format/boot_image.h. */
#include "rom-images/write/boot_image_write.h"

#include "format/boot_image.h"

#include <bearssl.h>
#include <string.h>

/*
 * Where old bootloaders put the parts: AOSP's defaults. Nothing here looks at them,
 * tools print them.
 */
#define BASE_ADDR    0x10000000u
#define KERNEL_ADDR  (BASE_ADDR + 0x8000u)
#define RAMDISK_ADDR (BASE_ADDR + 0x1000000u)
#define TAGS_ADDR    (BASE_ADDR + 0x100u)

/* Part of the command line that the first field takes; each field keeps a NUL. */
#define CMDLINE_FIRST (BOOT_IMAGE_CMDLINE_BYTES - 1)
#define CMDLINE_MAX   (CMDLINE_FIRST + BOOT_IMAGE_EXTRA_CMDLINE_BYTES - 1)

static const uint32_t page_sizes[] = {2048, 4096, 8192, 16384};

uint32_t boot_image_os_version(unsigned major, unsigned minor, unsigned patch, unsigned year,
                               unsigned month)
{
    uint32_t version = (major & 0x7f) << 14 | (minor & 0x7f) << 7 | (patch & 0x7f);
    uint32_t level = ((year - 2000) & 0x7f) << 4 | (month & 0xf);

    return version << 11 | level;
}

static bool page_size_known(uint32_t page_bytes)
{
    for (size_t i = 0; i < ARRAY_COUNT(page_sizes); i++) {
        if (page_sizes[i] == page_bytes) {
            return true;
        }
    }
    return false;
}

static size_t in_pages(size_t size, uint32_t page_bytes)
{
    return (size + page_bytes - 1) / page_bytes * page_bytes;
}

size_t boot_image_write_size(const struct boot_image_spec *spec)
{
    if (!page_size_known(spec->page_bytes) || spec->header_version > 1 ||
        strlen(spec->name) >= BOOT_IMAGE_NAME_BYTES || strlen(spec->cmdline) > CMDLINE_MAX ||
        spec->kernel.size > INT32_MAX || spec->ramdisk.size > INT32_MAX) {
        return 0;
    }
    return spec->page_bytes + in_pages(spec->kernel.size, spec->page_bytes) +
           in_pages(spec->ramdisk.size, spec->page_bytes);
}

static void hash_part(br_sha1_context *sha, struct slice part)
{
    uint8_t size[4];

    br_sha1_update(sha, part.data, part.size);
    put_le32(size, (uint32_t)part.size);
    br_sha1_update(sha, size, sizeof(size));
}

static void write_id(const struct boot_image_spec *spec, struct boot_image_header *header)
{
    const struct slice none = {0};
    br_sha1_context sha;

    br_sha1_init(&sha);
    hash_part(&sha, spec->kernel);
    hash_part(&sha, spec->ramdisk);
    hash_part(&sha, none); /* second stage */
    if (spec->header_version > 0) {
        hash_part(&sha, none); /* recovery DTBO */
    }
    br_sha1_out(&sha, header->id);
}

static void write_header(const struct boot_image_spec *spec, struct boot_image_header *header)
{
    size_t cmdline_size = strlen(spec->cmdline);
    size_t first = MIN(cmdline_size, CMDLINE_FIRST);

    memcpy(header->magic, BOOT_IMAGE_MAGIC, sizeof(header->magic));
    put_le32(header->kernel_bytes, (uint32_t)spec->kernel.size);
    put_le32(header->kernel_addr, KERNEL_ADDR);
    put_le32(header->ramdisk_bytes, (uint32_t)spec->ramdisk.size);
    put_le32(header->ramdisk_addr, RAMDISK_ADDR);
    put_le32(header->tags_addr, TAGS_ADDR);
    put_le32(header->page_bytes, spec->page_bytes);
    put_le32(header->header_version, spec->header_version);
    put_le32(header->os_version, spec->os_version);
    memcpy(header->name, spec->name, strlen(spec->name));
    memcpy(header->cmdline, spec->cmdline, first);
    memcpy(header->extra_cmdline, spec->cmdline + first, cmdline_size - first);
    if (spec->header_version > 0) {
        put_le32(header->header_bytes, BOOT_IMAGE_V1_HEADER_BYTES);
    }
    write_id(spec, header);
}

/* Copies a part to `offset` with zeros up to the page's end; returns the offset after it. */
static size_t write_part(uint8_t *image, size_t offset, struct slice part, uint32_t page_bytes)
{
    size_t whole = in_pages(part.size, page_bytes);

    if (part.size != 0) {
        memcpy(image + offset, part.data, part.size);
    }
    memset(image + offset + part.size, 0, whole - part.size);
    return offset + whole;
}

bool boot_image_write(const struct boot_image_spec *spec, struct span out)
{
    struct boot_image_header header = {0};
    size_t size = boot_image_write_size(spec);
    size_t offset = 0;

    if (size == 0 || size > out.size) {
        return false;
    }
    write_header(spec, &header);
    offset = write_part(out.data, offset, slice_of(&header, sizeof(header)), spec->page_bytes);
    offset = write_part(out.data, offset, spec->kernel, spec->page_bytes);
    (void)write_part(out.data, offset, spec->ramdisk, spec->page_bytes);
    return true;
}
