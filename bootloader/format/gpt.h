/* SPDX-License-Identifier: MIT */
/*
 * The GUID partition table: UEFI 2.10, chapter 5. Little endian; addresses in logical blocks (LBA).
 */
#ifndef FORMAT_GPT_H
#define FORMAT_GPT_H

#include <assert.h>
#include <stdint.h>

#define GPT_SIGNATURE           "EFI PART"
#define GPT_REVISION            0x00010000u
#define GPT_HEADER_BYTES        92
#define GPT_PRIMARY_LBA         1
#define GPT_ENTRY_BYTES         128 /* the size we write and read */
#define GPT_ENTRY_COUNT         128 /* entries that we write; readers take up to this many */
#define GPT_NAME_UNITS          36  /* UTF-16 units in a name */
#define GPT_PROTECTIVE_MBR_TYPE 0xee
/*
 * "Linux filesystem data": 0FC63DAF-8483-4772-8E79-3D69D8477DE4, in the mixed-endian order on disk.
 */
#define GPT_TYPE_LINUX_DATA                                                                        \
    {0xaf, 0x3d, 0xc6, 0x0f, 0x83, 0x84, 0x72, 0x47, 0x8e, 0x79, 0x3d, 0x69, 0xd8, 0x47, 0x7d, 0xe4}

struct gpt_header {
    uint8_t signature[8];
    uint8_t revision[4];
    uint8_t header_bytes[4];
    uint8_t header_crc32[4]; /* with this field as 0 */
    uint8_t reserved[4];
    uint8_t my_lba[8];
    uint8_t alternate_lba[8];
    uint8_t first_usable_lba[8];
    uint8_t last_usable_lba[8];
    uint8_t disk_guid[16];
    uint8_t entries_lba[8];
    uint8_t entry_count[4];
    uint8_t entry_bytes[4];
    uint8_t entries_crc32[4];
};

struct gpt_entry {
    uint8_t type_guid[16]; /* all zero: not used */
    uint8_t unique_guid[16];
    uint8_t first_lba[8];
    uint8_t last_lba[8]; /* inclusive */
    uint8_t attributes[8];
    uint8_t name[2 * GPT_NAME_UNITS]; /* UTF-16LE */
};

static_assert(sizeof(struct gpt_header) == GPT_HEADER_BYTES, "UEFI 2.10, table 5.5");
static_assert(sizeof(struct gpt_entry) == GPT_ENTRY_BYTES, "UEFI 2.10, table 5.6");

#endif
