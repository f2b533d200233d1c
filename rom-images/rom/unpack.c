/* SPDX-License-Identifier: MIT */
/* Plain bytes of kernels and kernel modules; libarchive does the unpacking. */
#include "rom-images/rom/unpack.h"

#include "format/kernel_image.h"
#include "board/file.h"

#include <archive.h>
#include <archive_entry.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define UNPACKED_MAX 0x10000000u /* 256 MiB: no kernel and no module is that large */

/*
 * The zboot header: "MZ", then at 4 "zimg", at 8 the payload's offset and at 12 its size, as 32
 * bits, little endian. What packs the payload stands in the payload itself.
 */
#define ZBOOT_HEADER_BYTES 64

static bool has_at(struct slice bytes, size_t offset, const void *magic, size_t magic_size)
{
    struct slice part;

    return slice_sub(bytes, offset, magic_size, &part) == OK &&
           memcmp(part.data, magic, magic_size) == 0;
}

static bool is_kernel(struct slice bytes)
{
    return has_at(bytes, KERNEL_IMAGE_MAGIC_OFFSET, KERNEL_IMAGE_MAGIC, 4);
}

static bool is_elf(struct slice bytes)
{
    return has_at(bytes, 0, ELFMAG, SELFMAG);
}

static struct archive *open_packed(struct slice packed)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;

    if (archive == NULL) {
        return NULL;
    }
    if (archive_read_support_filter_gzip(archive) != ARCHIVE_OK ||
        archive_read_support_filter_xz(archive) != ARCHIVE_OK ||
        archive_read_support_filter_zstd(archive) != ARCHIVE_OK ||
        archive_read_support_format_raw(archive) != ARCHIVE_OK ||
        archive_read_open_memory(archive, packed.data, packed.size) != ARCHIVE_OK ||
        archive_read_next_header(archive, &entry) != ARCHIVE_OK) {
        archive_read_free(archive);
        return NULL;
    }
    return archive;
}

/* Reads until the end, into memory that grows. */
static bool read_all(struct archive *archive, struct span *out_bytes)
{
    size_t room = 0;
    size_t size = 0;
    uint8_t *data = NULL;

    for (;;) {
        la_ssize_t count;

        if (size == room) {
            size_t wanted = room == 0 ? 1u << 20 : 2 * room;
            uint8_t *larger = wanted > UNPACKED_MAX ? NULL : realloc(data, wanted);

            if (larger == NULL) {
                break;
            }
            data = larger;
            room = wanted;
        }
        count = archive_read_data(archive, data + size, room - size);
        if (count < 0) {
            break;
        }
        if (count == 0) {
            *out_bytes = (struct span){.data = data, .size = size};
            return true;
        }
        size += (size_t)count;
    }
    free(data);
    return false;
}

static bool unpack(struct slice packed, struct span *out_bytes)
{
    struct archive *archive = packed.size == 0 ? NULL : open_packed(packed);
    bool done = archive != NULL && read_all(archive, out_bytes);

    if (archive != NULL) {
        archive_read_free(archive);
    }
    return done;
}

/* The packed part of a zboot kernel; anything else is packed as a whole. */
static struct slice payload_of(struct slice bytes)
{
    struct slice payload;

    if (bytes.size >= ZBOOT_HEADER_BYTES && has_at(bytes, 0, "MZ", 2) &&
        has_at(bytes, 4, "zimg", 4) &&
        slice_sub(bytes, le32(bytes.data + 8), le32(bytes.data + 12), &payload) == OK) {
        return payload;
    }
    return bytes;
}

static bool read_plain(const char *path, bool (*is_plain)(struct slice bytes), const char *what,
                       struct plain_file *out_file)
{
    struct plain_file file = {0};

    if (!file_map(path, &file.mapped)) {
        return false;
    }
    file.bytes = file.mapped;
    if (!is_plain(file.bytes) && unpack(payload_of(file.mapped), &file.unpacked)) {
        file.bytes = span_slice(file.unpacked);
    }
    if (!is_plain(file.bytes)) {
        plain_file_free(&file);
        return complain("%s: not %s, neither plain nor packed by gzip, xz or zstd", path, what);
    }
    *out_file = file;
    return true;
}

bool plain_file_kernel(const char *path, struct plain_file *out_file)
{
    return read_plain(path, is_kernel, "an arm64 Linux kernel image", out_file);
}

bool plain_file_module(const char *path, struct plain_file *out_file)
{
    return read_plain(path, is_elf, "a kernel module", out_file);
}

void plain_file_free(struct plain_file *file)
{
    free(file->unpacked.data);
    file_unmap(&file->mapped);
    *file = (struct plain_file){0};
}
