/* SPDX-License-Identifier: MIT */
/* A recovery ROM in memory. PKWARE's APPNOTE 6.3, chapter 4; the rest: recovery_zip_format.h. */
#include "base/crc32.h"
#include "base/sha256.h"
#include "rom-images/package/recovery_zip.h"
#include "rom-images/package/recovery_zip_format.h"

#include <stdlib.h>
#include <string.h>

#define EPOCH_DATE 0x0021 /* 1 January 1980: the same inputs give the same bytes */
#define MADE_BY    0x031e /* unix, 3.0 */
#define FILE_MODE  0100644u

/* A zip file while it is being laid out. */
struct layout {
    struct span zip;
    size_t at;
};

static void put(struct layout *layout, const void *bytes, size_t size)
{
    memcpy(layout->zip.data + layout->at, bytes, size);
    layout->at += size;
}

static void put_local(struct layout *layout, const struct recovery_zip_file *file)
{
    struct zip_local local = {0};

    put_le32(local.magic, ZIP_LOCAL_MAGIC);
    put_le16(local.version, ZIP_VERSION);
    put_le16(local.method, ZIP_STORED);
    put_le16(local.date, EPOCH_DATE);
    put_le32(local.crc32, crc32(file->bytes));
    put_le32(local.packed_bytes, (uint32_t)file->bytes.size);
    put_le32(local.bytes, (uint32_t)file->bytes.size);
    put_le16(local.name_bytes, (uint16_t)strlen(file->name));
    put(layout, &local, sizeof(local));
    put(layout, file->name, strlen(file->name));
    put(layout, file->bytes.data, file->bytes.size);
}

/* The directory's record: what its local header at `offset` says, and where that is. */
static void put_central(struct layout *layout, const struct recovery_zip_file *file, size_t offset)
{
    struct zip_central central = {0};
    struct zip_local local;

    memcpy(&local, layout->zip.data + offset, sizeof(local));
    put_le32(central.magic, ZIP_CENTRAL_MAGIC);
    put_le16(central.made_by, MADE_BY);
    memcpy(central.version, local.version, sizeof(local) - sizeof(local.magic));
    put_le32(central.external, FILE_MODE << 16);
    put_le32(central.offset, (uint32_t)offset);
    put(layout, &central, sizeof(central));
    put(layout, file->name, strlen(file->name));
}

static void put_end(struct layout *layout, size_t count, size_t central)
{
    struct zip_end end = {0};

    put_le32(end.magic, ZIP_END_MAGIC);
    put_le16(end.disk_entries, (uint16_t)count);
    put_le16(end.entries, (uint16_t)count);
    put_le32(end.central_bytes, (uint32_t)(layout->at - central));
    put_le32(end.central_offset, (uint32_t)central);
    put_le16(end.comment_bytes, RECOVERY_ZIP_COMMENT_BYTES);
    put(layout, &end, sizeof(end));
}

static void digest_of(struct slice signed_bytes, uint8_t out[SHA256_BYTES])
{
    static const char purpose[] = RECOVERY_ZIP_PURPOSE;
    uint8_t size[8];
    struct sha256 sha;

    put_le64(size, signed_bytes.size);
    sha256_init(&sha);
    sha256_update(&sha, slice_of(purpose, sizeof(purpose)));
    sha256_update(&sha, slice_of(size, sizeof(size)));
    for (size_t at = 0; at < signed_bytes.size; at += RECOVERY_ZIP_BLOCK_BYTES) {
        size_t left = signed_bytes.size - at;
        uint8_t block[SHA256_BYTES];

        sha256_digest(slice_of(signed_bytes.data + at, MIN(left, RECOVERY_ZIP_BLOCK_BYTES)), block);
        sha256_update(&sha, slice_of(block, sizeof(block)));
    }
    sha256_final(&sha, out);
}

bool recovery_zip_seal(const struct signing_key *key, struct span zip)
{
    struct recovery_zip_comment *comment;
    uint8_t digest[SHA256_BYTES];

    if (zip.size < RECOVERY_ZIP_UNSIGNED_BYTES) {
        return false;
    }
    comment = (struct recovery_zip_comment *)(zip.data + zip.size - sizeof(*comment));
    digest_of(slice_of(zip.data, zip.size - RECOVERY_ZIP_UNSIGNED_BYTES), digest);
    return signing_key_sign(key, digest, comment->signature);
}

static void put_comment(struct layout *layout)
{
    struct recovery_zip_comment comment = {0};

    memcpy(comment.signer, RECOVERY_ZIP_SIGNER, sizeof(comment.signer));
    put_le16(comment.block_bytes, RECOVERY_ZIP_BLOCK_FROM_END);
    put_le16(comment.marker, 0xffff);
    put_le16(comment.comment_bytes, RECOVERY_ZIP_COMMENT_BYTES);
    put(layout, &comment, sizeof(comment));
}

static uint64_t zip_bytes(const struct recovery_zip_file *files, size_t count)
{
    uint64_t bytes = sizeof(struct zip_end) + RECOVERY_ZIP_COMMENT_BYTES;

    for (size_t i = 0; i < count; i++) {
        bytes += sizeof(struct zip_local) + sizeof(struct zip_central) + 2 * strlen(files[i].name) +
                 files[i].bytes.size;
    }
    return bytes;
}

bool recovery_zip_make(const struct recovery_zip_file *files, size_t count,
                       const struct signing_key *key, struct span *out_zip)
{
    uint64_t bytes = zip_bytes(files, count);
    struct layout layout = {.zip = {.data = NULL, .size = (size_t)bytes}};
    size_t offsets[RECOVERY_ZIP_FILES_MAX];
    size_t central;

    if (count > RECOVERY_ZIP_FILES_MAX || bytes > RECOVERY_ZIP_BYTES_MAX) {
        return false;
    }
    layout.zip.data = malloc(layout.zip.size);
    if (layout.zip.data == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        offsets[i] = layout.at;
        put_local(&layout, &files[i]);
    }
    central = layout.at;
    for (size_t i = 0; i < count; i++) {
        put_central(&layout, &files[i], offsets[i]);
    }
    put_end(&layout, count, central);
    put_comment(&layout);
    if (key != NULL && !recovery_zip_seal(key, layout.zip)) {
        free(layout.zip.data);
        return false;
    }
    *out_zip = layout.zip;
    return true;
}
