/* SPDX-License-Identifier: MIT */
/*
 * The partition table: primary, else backup. Stage storage. UEFI 2.10, chapter 5: format/gpt.h.
 *
 * Both copies go through the same checks, so that the backup is trusted no more than the primary.
 * Addresses and counts in logical blocks.
 */
#include "storage/gpt.h"

#include "base/crc32.h"
#include "format/gpt.h"
#include "iface/block.h"

#include <stddef.h>
#include <string.h>

#define BLOCK_BYTES_MAX   4096
#define ENTRIES_BYTES_MAX (GPT_ENTRY_COUNT * GPT_ENTRY_BYTES)

/* What the header says, checked. */
struct table {
    uint64_t first_usable_lba;
    uint64_t last_usable_lba;
    uint64_t entries_lba;
    uint32_t entry_count;
    uint32_t entries_crc32;
};

static enum err check_header_bytes(struct slice block)
{
    const struct gpt_header *header = (const struct gpt_header *)block.data;
    uint32_t header_bytes = le32(header->header_bytes);
    size_t crc_offset = offsetof(struct gpt_header, header_crc32);
    size_t after_crc = crc_offset + sizeof header->header_crc32;
    static const uint8_t no_crc[4];
    uint32_t crc;

    if (memcmp(header->signature, GPT_SIGNATURE, sizeof header->signature) != 0) {
        return E_GPT_SIGNATURE;
    }
    if (header_bytes < GPT_HEADER_BYTES || header_bytes > block.size) {
        return E_GPT_HEADER;
    }
    crc = crc32(slice_of(block.data, crc_offset));
    crc = crc32_update(crc, slice_of(no_crc, sizeof no_crc));
    crc = crc32_update(crc, slice_of(block.data + after_crc, header_bytes - after_crc));
    return crc == le32(header->header_crc32) ? OK : E_GPT_CRC;
}

/* The entries lie outside the usable blocks, and hit neither a header nor the protective MBR. */
static bool entries_placed(const struct table *table, uint64_t entry_blocks, uint64_t disk_blocks)
{
    uint64_t end;

    if (!add_u64(table->entries_lba, entry_blocks, &end)) {
        return false;
    }
    return table->entries_lba > GPT_PRIMARY_LBA && end < disk_blocks &&
           (end <= table->first_usable_lba || table->entries_lba > table->last_usable_lba);
}

static enum err read_header(const struct gpt_header *header, const struct block *disk,
                            uint64_t my_lba, struct table *out_table)
{
    struct table table = {
        .first_usable_lba = le64(header->first_usable_lba),
        .last_usable_lba = le64(header->last_usable_lba),
        .entries_lba = le64(header->entries_lba),
        .entry_count = le32(header->entry_count),
        .entries_crc32 = le32(header->entries_crc32),
    };
    uint64_t entry_blocks;

    if (le32(header->revision) != GPT_REVISION || le64(header->my_lba) != my_lba) {
        return E_GPT_HEADER;
    }
    if (le32(header->entry_bytes) != GPT_ENTRY_BYTES || table.entry_count == 0 ||
        table.entry_count > GPT_ENTRY_COUNT) {
        return E_GPT_HEADER;
    }
    if (table.first_usable_lba <= GPT_PRIMARY_LBA ||
        table.first_usable_lba > table.last_usable_lba ||
        table.last_usable_lba >= disk->block_count - 1) {
        return E_GPT_HEADER;
    }
    entry_blocks =
        (table.entry_count * GPT_ENTRY_BYTES + disk->block_bytes - 1) / disk->block_bytes;
    if (!entries_placed(&table, entry_blocks, disk->block_count)) {
        return E_GPT_HEADER;
    }
    *out_table = table;
    return OK;
}

/* The name in ASCII: 1 to 36 printable characters, and nothing that a person could not type. */
static enum err read_name(const uint8_t units[2 * GPT_NAME_UNITS], char out_name[GPT_NAME_BYTES])
{
    size_t length = 0;

    while (length < GPT_NAME_UNITS && le16(units + 2 * length) != 0) {
        uint16_t unit = le16(units + 2 * length);

        if (unit < 0x20 || unit > 0x7e) {
            return E_GPT_NAME;
        }
        out_name[length++] = (char)unit;
    }
    out_name[length] = '\0';
    return length != 0 ? OK : E_GPT_NAME;
}

static enum err read_entry(const struct gpt_entry *entry, const struct table *table,
                           struct gpt_partition *out_partition)
{
    uint64_t first_lba = le64(entry->first_lba);
    uint64_t last_lba = le64(entry->last_lba);

    if (first_lba > last_lba || first_lba < table->first_usable_lba ||
        last_lba > table->last_usable_lba) {
        return E_GPT_RANGE;
    }
    out_partition->first_lba = first_lba;
    out_partition->block_count = last_lba - first_lba + 1;
    return read_name(entry->name, out_partition->name);
}

static enum err check_against_others(const struct gpt *gpt, const struct gpt_partition *added)
{
    for (size_t i = 0; i < gpt->count; i++) {
        const struct gpt_partition *other = &gpt->partitions[i];

        if (added->first_lba < other->first_lba + other->block_count &&
            other->first_lba < added->first_lba + added->block_count) {
            return E_GPT_RANGE;
        }
        if (strcmp(added->name, other->name) == 0) {
            return E_GPT_NAME;
        }
    }
    return OK;
}

static enum err read_entries(struct slice entries, const struct table *table, struct gpt *gpt)
{
    for (size_t i = 0; i < table->entry_count; i++) {
        const struct gpt_entry *entry =
            (const struct gpt_entry *)(entries.data + i * GPT_ENTRY_BYTES);
        struct gpt_partition *partition = &gpt->partitions[gpt->count];

        if (slice_is_all(slice_of(entry->type_guid, sizeof entry->type_guid), 0)) {
            continue;
        }
        if (gpt->count == GPT_PARTITIONS_MAX) {
            return E_GPT_HEADER;
        }
        TRY(read_entry(entry, table, partition));
        TRY(check_against_others(gpt, partition));
        gpt->count++;
    }
    return OK;
}

/*
 * `my_lba`: where this copy's header is. The header is read to the start of scratch,
 * then the entries.
 */
static enum err read_copy(struct block *disk, uint64_t my_lba, struct span scratch, struct gpt *gpt)
{
    uint8_t *entries = scratch.data + BLOCK_BYTES_MAX;
    struct table table;
    size_t used_bytes;

    TRY(disk->ops->read(disk, my_lba, 1, scratch.data));
    TRY(check_header_bytes(slice_of(scratch.data, disk->block_bytes)));
    TRY(read_header((const struct gpt_header *)scratch.data, disk, my_lba, &table));

    used_bytes = (size_t)table.entry_count * GPT_ENTRY_BYTES;
    TRY(disk->ops->read(disk, table.entries_lba,
                        (used_bytes + disk->block_bytes - 1) / disk->block_bytes, entries));
    if (crc32(slice_of(entries, used_bytes)) != table.entries_crc32) {
        return E_GPT_CRC;
    }
    gpt->count = 0;
    return read_entries(slice_of(entries, used_bytes), &table, gpt);
}

enum err gpt_open(struct block *disk, struct span scratch, struct gpt *out_gpt)
{
    struct gpt gpt = {.disk = disk, .used = GPT_PRIMARY};
    uint64_t disk_bytes;
    enum err primary_err;

    if (scratch.size < BLOCK_BYTES_MAX + ENTRIES_BYTES_MAX) {
        return E_SLICE_RANGE;
    }
    if (disk->block_count <= GPT_PRIMARY_LBA + 1) {
        return E_GPT_SIGNATURE;
    }
    if ((disk->block_bytes != 512 && disk->block_bytes != BLOCK_BYTES_MAX) ||
        !mul_u64(disk->block_count, disk->block_bytes, &disk_bytes)) {
        return E_GPT_HEADER;
    }
    primary_err = read_copy(disk, GPT_PRIMARY_LBA, scratch, &gpt);
    if (primary_err != OK) {
        gpt.used = GPT_BACKUP;
        if (read_copy(disk, disk->block_count - 1, scratch, &gpt) != OK) {
            return primary_err;
        }
    }
    *out_gpt = gpt;
    return OK;
}

enum err gpt_find(const struct gpt *gpt, const char *name, struct partition *out_partition)
{
    for (size_t i = 0; i < gpt->count; i++) {
        const struct gpt_partition *found = &gpt->partitions[i];

        if (strcmp(found->name, name) == 0) {
            *out_partition = (struct partition){
                .disk = gpt->disk,
                .first_lba = found->first_lba,
                .size_bytes = found->block_count * gpt->disk->block_bytes,
            };
            return OK;
        }
    }
    return E_GPT_NOT_FOUND;
}
