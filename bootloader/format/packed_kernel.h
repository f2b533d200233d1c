/* SPDX-License-Identifier: MIT */
/*
 * How a kernel's image file is packed: "Image.gz" (RFC 1952) and "Image.lz4" (LZ4's legacy frame,
 * lz4_Frame_format.md, chapter "Legacy frame"), a device tree behind it or not. Little endian.
 */
#ifndef FORMAT_PACKED_KERNEL_H
#define FORMAT_PACKED_KERNEL_H

/* gzip: a header of 10 bytes, fields that its flags name, deflate, CRC-32 and size. */
#define GZIP_MAGIC         "\x1f\x8b\x08" /* the third: by deflate, the only way there is */
#define GZIP_HEADER_BYTES  10
#define GZIP_FLAGS_OFFSET  3
#define GZIP_TRAILER_BYTES 8

#define GZIP_HEADER_CRC 0x02
#define GZIP_EXTRA      0x04
#define GZIP_NAME       0x08
#define GZIP_COMMENT    0x10
#define GZIP_RESERVED   0xe0

/* LZ4: the magic, then blocks, each behind its packed size in 32 bits; no end, no checksum. */
#define LZ4_LEGACY_MAGIC "\x02\x21\x4c\x18"
#define LZ4_BLOCK_BYTES  0x800000 /* of plain bytes: in every block but the last */
/* What a block takes that cannot be packed at all. */
#define LZ4_BLOCK_PACKED_MAX (LZ4_BLOCK_BYTES + LZ4_BLOCK_BYTES / 255 + 16)

/* What other tools make, and this phone cannot unpack. */
#define LZ4_FRAME_MAGIC "\x04\x22\x4d\x18"
#define ZSTD_MAGIC      "\x28\xb5\x2f\xfd"
#define XZ_MAGIC        "\xfd\x37zX"
#define BZIP2_MAGIC     "BZh"
#define ZBOOT_MAGIC     "zimg" /* at 4, behind "MZ": a program that unpacks itself under EFI */

#define FDT_MAGIC_BYTES "\xd0\x0d\xfe\xed"

#endif
