/* SPDX-License-Identifier: MIT */
/* Plans and writes a partition table. UEFI 2.10, chapter 5: bootloader/format/gpt.h. */
#include "rom-images/write/gpt_write.h"

#include "base/crc32.h"
#include "base/sha256.h"

#include <string.h>

#define BLOCK        GPT_WRITE_BLOCK_BYTES
#define ENTRY_BLOCKS (GPT_WRITE_ENTRIES_BYTES / BLOCK)
#define GUID_BYTES   16

/* The protective MBR: UEFI 2.10, table 5.4. */
#define MBR_PARTITION_OFFSET 446
#define MBR_SIGNATURE_OFFSET 510

static uint64_t block_count(const struct gpt_plan *plan)
{
    return plan->disk_bytes / BLOCK;
}

bool gpt_write_plan(struct gpt_plan *plan)
{
    uint64_t next = GPT_WRITE_ALIGN_BYTES;

    if (plan->count > GPT_ENTRY_COUNT) {
        return false;
    }
    for (size_t i = 0; i < plan->count; i++) {
        struct gpt_plan_partition *partition = &plan->partitions[i];
        uint64_t size;

        if (partition->size_bytes == 0 ||
            !round_up_u64(partition->size_bytes, GPT_WRITE_ALIGN_BYTES, &size)) {
            return false;
        }
        partition->first_lba = next / BLOCK;
        /* Far below where 64 bits end, so that what is added to it cannot wrap either. */
        if (!add_u64(next, size, &next) || next > INT64_MAX) {
            return false;
        }
        partition->last_lba = next / BLOCK - 1;
    }
    plan->disk_bytes = next + GPT_WRITE_ALIGN_BYTES; /* the backup, and a round size */
    return true;
}

/* A GUID of version 8 (our own kind: RFC 9562) that is the same each time. */
static void make_guid(const char *disk, const char *part, uint8_t out_guid[GUID_BYTES])
{
    uint8_t digest[SHA256_BYTES];
    struct sha256 sha;

    sha256_init(&sha);
    sha256_update(&sha, slice_of(disk, strlen(disk) + 1));
    sha256_update(&sha, slice_of(part, strlen(part) + 1));
    sha256_final(&sha, digest);
    memcpy(out_guid, digest, GUID_BYTES);
    out_guid[7] = (uint8_t)((out_guid[7] & 0x0f) | 0x80); /* its third field is little endian */
    out_guid[8] = (uint8_t)((out_guid[8] & 0x3f) | 0x80);
}

static void put_mbr(const struct gpt_plan *plan, uint8_t *mbr)
{
    static const uint8_t first_chs[3] = {0x00, 0x02, 0x00};
    static const uint8_t last_chs[3] = {0xff, 0xff, 0xff};
    uint8_t *partition = mbr + MBR_PARTITION_OFFSET;
    uint64_t blocks = block_count(plan) - 1;

    memset(mbr, 0, BLOCK);
    memcpy(partition + 1, first_chs, sizeof(first_chs));
    partition[4] = GPT_PROTECTIVE_MBR_TYPE;
    memcpy(partition + 5, last_chs, sizeof(last_chs));
    put_le32(partition + 8, GPT_PRIMARY_LBA);
    put_le32(partition + 12, blocks > UINT32_MAX ? UINT32_MAX : (uint32_t)blocks);
    mbr[MBR_SIGNATURE_OFFSET] = 0x55;
    mbr[MBR_SIGNATURE_OFFSET + 1] = 0xaa;
}

static void put_entries(const struct gpt_plan *plan, uint8_t *entries)
{
    static const uint8_t type_guid[GUID_BYTES] = GPT_TYPE_LINUX_DATA;

    memset(entries, 0, GPT_WRITE_ENTRIES_BYTES);
    for (size_t i = 0; i < plan->count; i++) {
        const struct gpt_plan_partition *partition = &plan->partitions[i];
        struct gpt_entry *entry = (struct gpt_entry *)(entries + i * GPT_ENTRY_BYTES);

        memcpy(entry->type_guid, type_guid, GUID_BYTES);
        make_guid(plan->disk_name, partition->name, entry->unique_guid);
        put_le64(entry->first_lba, partition->first_lba);
        put_le64(entry->last_lba, partition->last_lba);
        for (size_t k = 0; k < GPT_NAME_UNITS && partition->name[k] != '\0'; k++) {
            put_le16(entry->name + 2 * k, (uint8_t)partition->name[k]);
        }
    }
}

static void put_header(const struct gpt_plan *plan, bool primary, uint8_t *block)
{
    struct gpt_header *header = (struct gpt_header *)block;
    uint64_t last = block_count(plan) - 1;
    uint64_t entries_lba = primary ? GPT_PRIMARY_LBA + 1 : last - ENTRY_BLOCKS;

    memset(block, 0, BLOCK);
    memcpy(header->signature, GPT_SIGNATURE, sizeof(header->signature));
    put_le32(header->revision, GPT_REVISION);
    put_le32(header->header_bytes, GPT_HEADER_BYTES);
    put_le64(header->my_lba, primary ? GPT_PRIMARY_LBA : last);
    put_le64(header->alternate_lba, primary ? last : GPT_PRIMARY_LBA);
    put_le64(header->first_usable_lba, GPT_PRIMARY_LBA + 1 + ENTRY_BLOCKS);
    put_le64(header->last_usable_lba, last - ENTRY_BLOCKS - 1);
    make_guid(plan->disk_name, "", header->disk_guid);
    put_le64(header->entries_lba, entries_lba);
    put_le32(header->entry_count, GPT_ENTRY_COUNT);
    put_le32(header->entry_bytes, GPT_ENTRY_BYTES);
}

void gpt_write_seal(uint8_t *header_block, struct slice entries)
{
    struct gpt_header *header = (struct gpt_header *)header_block;

    put_le32(header->entries_crc32, crc32(entries));
    put_le32(header->header_crc32, 0);
    put_le32(header->header_crc32, crc32(slice_of(header_block, GPT_HEADER_BYTES)));
}

void gpt_write_tables(const struct gpt_plan *plan, uint8_t out_primary[GPT_WRITE_PRIMARY_BYTES],
                      uint8_t out_backup[GPT_WRITE_BACKUP_BYTES])
{
    uint8_t *primary_entries = out_primary + 2 * BLOCK;
    uint8_t *backup_header = out_backup + GPT_WRITE_ENTRIES_BYTES;

    put_mbr(plan, out_primary);
    put_header(plan, true, out_primary + BLOCK);
    put_entries(plan, primary_entries);
    gpt_write_seal(out_primary + BLOCK, slice_of(primary_entries, GPT_WRITE_ENTRIES_BYTES));

    put_entries(plan, out_backup);
    put_header(plan, false, backup_header);
    gpt_write_seal(backup_header, slice_of(out_backup, GPT_WRITE_ENTRIES_BYTES));
}
