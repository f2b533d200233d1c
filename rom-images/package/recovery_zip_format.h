/* SPDX-License-Identifier: MIT */
/*
 * A recovery ROM: a zip file whose comment is a signature over all that is before the comment.
 *
 * As Android's: the last six bytes say how long the signature block is, 0xffff, and how long the
 * comment is. The lab's own: the block is one RSA-4096 signature instead of a PKCS #7 message, the
 * comment is nothing else, and entries are stored, not deflated, one behind the other without gaps:
 * the reader needs no inflate, and there is no byte in the file that nobody looks at. A chained image
 * is there without its padding: its last block, with the footer, comes right behind its vbmeta, and
 * the reader puts it at the end of the partition.
 *
 * What is signed is the SHA-256 of: RECOVERY_ZIP_PURPOSE with its NUL; the number of signed bytes,
 * 8 bytes little endian; the SHA-256 of each RECOVERY_ZIP_BLOCK_BYTES of the signed bytes, the last
 * may be shorter. So one pass gives both the signature's digest and the digest of each block,
 * against which every later read of a block is compared.
 */
#ifndef ROM_IMAGES_RECOVERY_ZIP_FORMAT_H
#define ROM_IMAGES_RECOVERY_ZIP_FORMAT_H

#include <assert.h>
#include <stdint.h>

#define RECOVERY_ZIP_PURPOSE     "flashlab recovery ROM 1"
#define RECOVERY_ZIP_BLOCK_BYTES 65536u     /* also what `adb sideload` sends at once */
#define RECOVERY_ZIP_BYTES_MAX   UINT32_MAX /* no zip64 */

#define RECOVERY_ZIP_METADATA "META-INF/com/android/metadata"
#define RECOVERY_ZIP_SCRIPT   "META-INF/com/google/android/updater-script"

#define RECOVERY_ZIP_SIGNER "signed by flashlab's romc"

/* The comment. */
struct recovery_zip_comment {
    uint8_t signer[26]; /* RECOVERY_ZIP_SIGNER with its NUL: what a person sees who looks */
    uint8_t signature[512];
    uint8_t block_bytes[2];   /* from here back to the signature's first byte, with these: 518 */
    uint8_t marker[2];        /* 0xffff */
    uint8_t comment_bytes[2]; /* of all of this */
};

#define RECOVERY_ZIP_COMMENT_BYTES  544
#define RECOVERY_ZIP_BLOCK_FROM_END 518
/* The comment's length belongs to it: it is not signed, but may have one value only. */
#define RECOVERY_ZIP_UNSIGNED_BYTES (2 + RECOVERY_ZIP_COMMENT_BYTES)

static_assert(sizeof(struct recovery_zip_comment) == RECOVERY_ZIP_COMMENT_BYTES, "no padding");
static_assert(sizeof(RECOVERY_ZIP_SIGNER) == 26, "it fills its field");

/* PKWARE's APPNOTE 6.3, chapter 4.3: little endian. */
#define ZIP_LOCAL_MAGIC   0x04034b50u
#define ZIP_CENTRAL_MAGIC 0x02014b50u
#define ZIP_END_MAGIC     0x06054b50u
#define ZIP_VERSION       10
#define ZIP_STORED        0

struct zip_local {
    uint8_t magic[4];
    uint8_t version[2];
    uint8_t flags[2];
    uint8_t method[2];
    uint8_t time[2];
    uint8_t date[2];
    uint8_t crc32[4];
    uint8_t packed_bytes[4];
    uint8_t bytes[4];
    uint8_t name_bytes[2];
    uint8_t extra_bytes[2];
};

struct zip_central {
    uint8_t magic[4];
    uint8_t made_by[2];
    uint8_t version[2];
    uint8_t flags[2];
    uint8_t method[2];
    uint8_t time[2];
    uint8_t date[2];
    uint8_t crc32[4];
    uint8_t packed_bytes[4];
    uint8_t bytes[4];
    uint8_t name_bytes[2];
    uint8_t extra_bytes[2];
    uint8_t comment_bytes[2];
    uint8_t disk[2];
    uint8_t internal[2];
    uint8_t external[4];
    uint8_t offset[4];
};

struct zip_end {
    uint8_t magic[4];
    uint8_t disk[2];
    uint8_t central_disk[2];
    uint8_t disk_entries[2];
    uint8_t entries[2];
    uint8_t central_bytes[4];
    uint8_t central_offset[4];
    uint8_t comment_bytes[2];
};

static_assert(sizeof(struct zip_local) == 30, "APPNOTE 4.3.7");
static_assert(sizeof(struct zip_central) == 46, "APPNOTE 4.3.12");
static_assert(sizeof(struct zip_end) == 22, "APPNOTE 4.3.16");

#endif
