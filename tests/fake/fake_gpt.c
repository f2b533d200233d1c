/* SPDX-License-Identifier: MIT */
/* Partition tables for tests. */
#include "tests/fake/fake_gpt.h"

#include "base/crc32.h"

#include <string.h>

static uint64_t entry_blocks(const struct fake_disk *disk, uint32_t entry_count)
{
    uint32_t unit = disk->block.block_bytes;

    return (entry_count * sizeof(struct gpt_entry) + unit - 1) / unit;
}

struct gpt_header *fake_gpt_header(struct fake_disk *disk, uint64_t header_lba)
{
    return (struct gpt_header *)fake_disk_at(disk, header_lba);
}

struct gpt_entry *fake_gpt_entries(struct fake_disk *disk, uint64_t header_lba)
{
    return (struct gpt_entry *)fake_disk_at(disk,
                                            le64(fake_gpt_header(disk, header_lba)->entries_lba));
}

static void put_entry(struct gpt_entry *to, const struct fake_gpt_entry *from)
{
    static const uint8_t type[16] = GPT_TYPE_LINUX_DATA;

    memcpy(to->type_guid, type, sizeof type);
    put_le64(to->first_lba, from->first_lba);
    put_le64(to->last_lba, from->last_lba);
    for (size_t i = 0; i < GPT_NAME_UNITS && from->name[i] != '\0'; i++) {
        put_le16(to->name + 2 * i, (uint8_t)from->name[i]);
    }
}

void fake_gpt_write(struct fake_disk *disk, uint64_t header_lba, uint32_t entry_count,
                    const struct fake_gpt_entry *entries, size_t used)
{
    struct gpt_header *header = fake_gpt_header(disk, header_lba);
    uint64_t last_lba = disk->block.block_count - 1;
    uint64_t blocks = entry_blocks(disk, entry_count);
    bool is_primary = header_lba == GPT_PRIMARY_LBA;

    memcpy(header->signature, GPT_SIGNATURE, sizeof header->signature);
    put_le32(header->revision, GPT_REVISION);
    put_le32(header->header_bytes, GPT_HEADER_BYTES);
    put_le64(header->my_lba, header_lba);
    put_le64(header->alternate_lba, is_primary ? last_lba : GPT_PRIMARY_LBA);
    put_le64(header->first_usable_lba, GPT_PRIMARY_LBA + 1 + blocks);
    put_le64(header->last_usable_lba, last_lba - 1 - blocks);
    put_le64(header->entries_lba, is_primary ? GPT_PRIMARY_LBA + 1 : last_lba - blocks);
    put_le32(header->entry_count, entry_count);
    put_le32(header->entry_bytes, GPT_ENTRY_BYTES);
    for (size_t i = 0; i < used; i++) {
        put_entry(&fake_gpt_entries(disk, header_lba)[i], &entries[i]);
    }
    fake_gpt_seal(disk, header_lba);
}

void fake_gpt_write_both(struct fake_disk *disk, uint32_t entry_count,
                         const struct fake_gpt_entry *entries, size_t used)
{
    fake_gpt_write(disk, GPT_PRIMARY_LBA, entry_count, entries, used);
    fake_gpt_write(disk, disk->block.block_count - 1, entry_count, entries, used);
}

void fake_gpt_seal(struct fake_disk *disk, uint64_t header_lba)
{
    struct gpt_header *header = fake_gpt_header(disk, header_lba);
    uint64_t disk_bytes = disk->block.block_count * disk->block.block_bytes;
    uint64_t entries_lba = le64(header->entries_lba);
    uint64_t length = (uint64_t)le32(header->entry_count) * GPT_ENTRY_BYTES;
    uint32_t header_bytes = le32(header->header_bytes);

    if (entries_lba < disk->block.block_count &&
        length <= disk_bytes - entries_lba * disk->block.block_bytes) {
        put_le32(header->entries_crc32,
                 crc32(slice_of(fake_gpt_entries(disk, header_lba), (size_t)length)));
    }
    put_le32(header->header_crc32, 0);
    if (header_bytes <= disk->block.block_bytes) {
        put_le32(header->header_crc32, crc32(slice_of(header, header_bytes)));
    }
}
