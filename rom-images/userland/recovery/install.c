/* SPDX-License-Identifier: MIT */
/* Puts a checked package onto the phone. */
#include "recovery/install.h"

#include "format/vbmeta.h"

#include <string.h>

#define VBMETA_ROOM_BYTES 65536 /* format/vbmeta.h: the most that is read */

/*
 * What a package may carry, in the order in which it is written. At every moment something starts:
 * while the recovery is written, the old ROM, which does not need it (a start that was sent to the
 * recovery says once that it is damaged, and forgets the message); from then on the new recovery,
 * which needs nothing else (its own vbmeta vouches for it), until the new ROM is complete.
 */
static const struct image {
    const char *file;
    const char *partition;
    bool required;
    bool chained; /* its footer, if it has one, is looked for at the end of the partition */
} images[] = {
    {"recovery.img", "recovery", false, true}, {"system.img", "system", false, false},
    {"vendor.img", "vendor", false, false},    {"cust.img", "cust", false, false},
    {"dtbo.img", "dtbo", false, true},         {"boot.img", "boot", true, true},
};

/* Written last, in one go, and over the whole of its partition. */
static const struct image vbmeta_image = {"vbmeta.img", "vbmeta", true, false};

struct install {
    struct recovery_package *package;
    const struct recovery_target *target;
    struct recovery_zip zip;
    uint64_t done_bytes;
    uint64_t all_bytes;
};

static bool file_is_known(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(images); i++) {
        if (strcmp(images[i].file, name) == 0) {
            return true;
        }
    }
    return strcmp(name, vbmeta_image.file) == 0 || strcmp(name, RECOVERY_ZIP_METADATA) == 0 ||
           strcmp(name, RECOVERY_ZIP_SCRIPT) == 0;
}

/* Is the image there where it must be, and is there room for it? */
static bool image_fits(struct install *install, const struct image *image)
{
    const struct recovery_file *file = recovery_zip_find(&install->zip, image->file);
    uint64_t room = 0;

    if (file == NULL) {
        return !image->required;
    }
    install->all_bytes += file->size_bytes;
    return install->target->size(install->target->context, image->partition, &room) &&
           file->size_bytes != 0 && file->size_bytes <= room;
}

static bool images_fit(struct install *install)
{
    const struct recovery_file *vbmeta = recovery_zip_find(&install->zip, vbmeta_image.file);

    for (size_t i = 0; i < install->zip.count; i++) {
        if (!file_is_known(install->zip.files[i].name)) {
            return false;
        }
    }
    for (size_t i = 0; i < ARRAY_COUNT(images); i++) {
        if (!image_fits(install, &images[i])) {
            return false;
        }
    }
    return image_fits(install, &vbmeta_image) && vbmeta->size_bytes <= VBMETA_ROOM_BYTES;
}

static enum recovery_fault read_metadata(struct install *install, struct recovery_metadata *out)
{
    const struct recovery_file *file = recovery_zip_find(&install->zip, RECOVERY_ZIP_METADATA);
    uint8_t text[RECOVERY_METADATA_BYTES_MAX];
    enum recovery_fault fault;

    if (file == NULL || file->size_bytes > sizeof(text)) {
        return FAULT_METADATA;
    }
    fault = recovery_package_read(install->package, file->offset,
                                  (struct span){.data = text, .size = file->size_bytes});
    return fault != FAULT_NONE ? fault
                               : recovery_metadata_read(slice_of(text, file->size_bytes), out);
}

static void tell_progress(struct install *install, size_t bytes)
{
    install->done_bytes += bytes;
    install->target->progress(install->target->context,
                              (unsigned)(install->done_bytes * 100 / install->all_bytes));
}

/* The first so many bytes of the image. */
static enum recovery_fault copy(struct install *install, const struct image *image,
                                const struct recovery_file *file, uint64_t size_bytes)
{
    const struct recovery_target *target = install->target;
    static uint8_t piece[RECOVERY_ZIP_BLOCK_BYTES];

    for (uint64_t at = 0; at < size_bytes; at += sizeof(piece)) {
        struct span part = {.data = piece, .size = (size_t)MIN(size_bytes - at, sizeof(piece))};
        enum recovery_fault fault =
            recovery_package_read(install->package, file->offset + at, part);

        if (fault != FAULT_NONE) {
            return fault;
        }
        if (!target->write(target->context, image->partition, at, span_slice(part))) {
            return FAULT_WRITE;
        }
        tell_progress(install, part.size);
    }
    return FAULT_NONE;
}

static enum recovery_fault clear(struct install *install, const struct image *image, uint64_t begin,
                                 uint64_t end)
{
    const struct recovery_target *target = install->target;
    static uint8_t zeros[RECOVERY_ZIP_BLOCK_BYTES]; /* not const: it would lie in the file */

    for (uint64_t at = begin; at < end; at += sizeof(zeros)) {
        if (!target->write(target->context, image->partition, at,
                           slice_of(zeros, (size_t)MIN(end - at, sizeof(zeros))))) {
            return FAULT_WRITE;
        }
    }
    return FAULT_NONE;
}

static bool has_footer(struct slice block)
{
    const struct vbmeta_footer *footer =
        (const struct vbmeta_footer *)(block.data + block.size - sizeof(*footer));

    return memcmp(footer->magic, VBMETA_FOOTER_MAGIC, sizeof(footer->magic)) == 0;
}

/*
 * The last block of a chained image that is smaller than its partition: a footer moves to the end,
 * as fastboot clients move it, and what is between becomes zeros, as if they had been sent.
 */
static enum recovery_fault write_last_block(struct install *install, const struct image *image,
                                            const struct recovery_file *file, uint64_t room)
{
    const struct recovery_target *target = install->target;
    uint64_t at = file->size_bytes - VERITY_BLOCK_BYTES;
    static uint8_t bytes[VERITY_BLOCK_BYTES];
    struct span block = {.data = bytes, .size = sizeof(bytes)};
    enum recovery_fault fault = recovery_package_read(install->package, file->offset + at, block);

    if (fault == FAULT_NONE && has_footer(span_slice(block))) {
        fault = clear(install, image, at, room - VERITY_BLOCK_BYTES);
        at = room - VERITY_BLOCK_BYTES;
    }
    if (fault != FAULT_NONE) {
        return fault;
    }
    tell_progress(install, block.size);
    return target->write(target->context, image->partition, at, span_slice(block)) ? FAULT_NONE
                                                                                   : FAULT_WRITE;
}

static enum recovery_fault write_image(struct install *install, const struct image *image)
{
    const struct recovery_file *file = recovery_zip_find(&install->zip, image->file);
    const struct recovery_target *target = install->target;
    enum recovery_fault fault;
    uint64_t room = 0;
    bool ends_apart;

    if (file == NULL) {
        return FAULT_NONE;
    }
    if (!target->size(target->context, image->partition, &room)) {
        return FAULT_WRITE;
    }
    ends_apart =
        image->chained && file->size_bytes < room && file->size_bytes % VERITY_BLOCK_BYTES == 0;
    install->package->read_ahead =
        (file->offset + file->size_bytes + RECOVERY_ZIP_BLOCK_BYTES - 1) / RECOVERY_ZIP_BLOCK_BYTES;
    fault = copy(install, image, file, file->size_bytes - (ends_apart ? VERITY_BLOCK_BYTES : 0));
    if (fault == FAULT_NONE && ends_apart) {
        fault = write_last_block(install, image, file, room);
    }
    install->package->read_ahead = 0;
    if (fault != FAULT_NONE) {
        return fault;
    }
    return target->finish(target->context, image->partition) ? FAULT_NONE : FAULT_WRITE;
}

/* Nothing of the old image may be left behind the new one. */
static enum recovery_fault write_vbmeta(struct install *install)
{
    const struct recovery_file *file = recovery_zip_find(&install->zip, vbmeta_image.file);
    const struct recovery_target *target = install->target;
    static uint8_t room[VBMETA_ROOM_BYTES];
    uint64_t partition_bytes = 0;
    enum recovery_fault fault;

    memset(room, 0, sizeof(room));
    fault = recovery_package_read(install->package, file->offset,
                                  (struct span){.data = room, .size = file->size_bytes});
    if (fault != FAULT_NONE) {
        return fault;
    }
    if (!target->size(target->context, vbmeta_image.partition, &partition_bytes) ||
        !target->write(
            target->context, vbmeta_image.partition, 0,
            slice_of(room, partition_bytes < sizeof(room) ? partition_bytes : sizeof(room))) ||
        !target->finish(target->context, vbmeta_image.partition)) {
        return FAULT_WRITE;
    }
    tell_progress(install, file->size_bytes);
    return FAULT_NONE;
}

static enum recovery_fault write_all(struct install *install)
{
    for (size_t i = 0; i < ARRAY_COUNT(images); i++) {
        enum recovery_fault fault = write_image(install, &images[i]);

        if (fault != FAULT_NONE) {
            return fault;
        }
    }
    return write_vbmeta(install);
}

enum recovery_fault recovery_install(struct recovery_package *package,
                                     const struct recovery_phone *phone,
                                     const struct recovery_target *target)
{
    struct install install = {.package = package, .target = target};
    struct recovery_metadata metadata;
    enum recovery_fault fault = recovery_zip_read(package, &install.zip);

    if (fault == FAULT_NONE) {
        fault = read_metadata(&install, &metadata);
    }
    if (fault == FAULT_NONE) {
        fault = recovery_may_install(phone, &metadata);
    }
    if (fault != FAULT_NONE) {
        return fault;
    }
    if (!images_fit(&install)) {
        return FAULT_IMAGES;
    }
    if (!target->begin(target->context, &metadata)) {
        return FAULT_WRITE;
    }
    return write_all(&install);
}
