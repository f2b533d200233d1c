/* SPDX-License-Identifier: MIT */
/*
 * Rescue mode's writing: a partition by its label, or sectors of the whole disk. Everything is
 * checked before the first byte is asked for.
 */
#include "rescue/rescue_session.h"

#include "base/text.h"
#include "iface/block.h"
#include "storage/partition_write.h"

#include <string.h>

/* Where a command writes: `length_bytes` from `offset_bytes`, all inside the partition. */
struct extent {
    struct partition partition;
    uint64_t offset_bytes;
    uint64_t length_bytes;
};

/* The table is read for each command: the one before may have written it. */
static enum err find_label(struct rescue *rescue, struct slice label, struct partition *out)
{
    const struct phone *phone = rescue->context->phone;
    char name[GPT_NAME_BYTES];
    struct gpt gpt;

    if (label.size == 0 || label.size >= sizeof name) {
        return E_GPT_NOT_FOUND;
    }
    memcpy(name, label.data, label.size);
    name[label.size] = '\0';
    TRY(gpt_open(phone->disk, phone->scratch, &gpt));
    TRY(gpt_find(&gpt, name, out));
    memcpy(rescue->target, name, sizeof name);
    return OK;
}

static enum err find_partition(struct rescue *rescue, const struct rescue_xml *xml,
                               struct partition *out)
{
    struct block *disk = rescue->context->phone->disk;
    struct slice label;

    if (disk == NULL) {
        return E_BLOCK_IO;
    }
    if (rescue_xml_value(xml, "label", &label) == OK) {
        return find_label(rescue, label, out);
    }
    *out = (struct partition){.disk = disk};
    return mul_u64(disk->block_count, disk->block_bytes, &out->size_bytes) ? OK : E_BLOCK_RANGE;
}

/* A number of sectors, in bytes; `fallback` sectors when it is not said. */
static enum err read_sectors(const struct rescue_xml *xml, const char *name, uint64_t fallback,
                             uint32_t sector_bytes, uint64_t *out_bytes)
{
    struct slice said;
    uint64_t sectors = fallback;

    if (rescue_xml_value(xml, name, &said) == OK) {
        TRY(rescue_xml_u64(xml, name, &sectors));
    }
    return mul_u64(sectors, sector_bytes, out_bytes) ? OK : E_BLOCK_RANGE;
}

/*
 * A client that counts in other sectors than the disk's would write to other places than it means.
 */
static enum err check_sector_size(const struct rescue_xml *xml, uint32_t sector_bytes)
{
    struct slice said;
    uint64_t bytes;

    if (rescue_xml_value(xml, "SECTOR_SIZE_IN_BYTES", &said) != OK) {
        return OK;
    }
    TRY(rescue_xml_u64(xml, "SECTOR_SIZE_IN_BYTES", &bytes));
    return bytes == sector_bytes ? OK : E_RESCUE_ATTRIBUTE;
}

/* `whole`: without a number of sectors, all that is left of a labelled partition is meant. */
static enum err find_extent(struct rescue *rescue, const struct rescue_xml *xml, bool whole,
                            struct extent *out)
{
    struct extent extent;
    uint32_t unit;
    uint64_t rest;

    TRY(find_partition(rescue, xml, &extent.partition));
    unit = extent.partition.disk->block_bytes;
    TRY(check_sector_size(xml, unit));
    TRY(read_sectors(xml, "start_sector", 0, unit, &extent.offset_bytes));
    if (extent.offset_bytes > extent.partition.size_bytes) {
        return E_BLOCK_RANGE;
    }
    rest = extent.partition.size_bytes - extent.offset_bytes;
    TRY(read_sectors(xml, "num_partition_sectors",
                     whole && rescue->target[0] != '\0' ? rest / unit : 0, unit,
                     &extent.length_bytes));
    if (extent.length_bytes == 0) {
        return E_RESCUE_ATTRIBUTE;
    }
    if (extent.length_bytes > rest) {
        return E_BLOCK_RANGE;
    }
    *out = extent;
    return OK;
}

/*
 * After a failed write the data is still taken, so that both sides stay in step; then it is told.
 */
static enum err receive(struct rescue *rescue, const struct extent *extent, enum err *out_written)
{
    struct span room = rescue->context->phone->scratch;

    *out_written = OK;
    for (uint64_t done = 0; done != extent->length_bytes;) {
        uint64_t left = extent->length_bytes - done;
        size_t size;

        TRY(rescue_data_head(rescue, MIN(left, room.size), &size));
        TRY(rescue_stream_read(&rescue->stream, (struct span){room.data, size}));
        if (*out_written == OK) {
            *out_written = partition_write(&extent->partition, extent->offset_bytes + done,
                                           slice_of(room.data, size));
        }
        done += size;
    }
    return OK;
}

enum err rescue_program(struct rescue *rescue, const struct rescue_xml *xml)
{
    struct extent extent;
    enum err written;

    TRY(find_extent(rescue, xml, false, &extent));
    TRY(rescue_go_on(rescue));
    TRY(receive(rescue, &extent, &written));
    TRY(written);
    return partition_flush(&extent.partition);
}

enum err rescue_erase(struct rescue *rescue, const struct rescue_xml *xml)
{
    struct extent extent;

    TRY(find_extent(rescue, xml, true, &extent));
    TRY(partition_zero(&extent.partition, extent.offset_bytes, extent.length_bytes));
    return partition_flush(&extent.partition);
}

static enum err say_partition(struct rescue *rescue, const struct gpt_partition *partition)
{
    char chars[RESCUE_REPLY_BYTES];
    struct text text = text_in(chars, sizeof chars);

    text_all(&text, partition->name, " ");
    text_u64(&text, partition->first_lba);
    text_char(&text, ' ');
    text_u64(&text, partition->block_count);
    return rescue_say(rescue, "partition", "value", chars);
}

enum err rescue_storage_info(struct rescue *rescue, const struct rescue_xml *xml)
{
    const struct phone *phone = rescue->context->phone;
    char chars[64];
    struct text text = text_in(chars, sizeof chars);
    struct gpt gpt;

    if (phone->disk == NULL) {
        return E_BLOCK_IO;
    }
    text_u64(&text, phone->disk->block_count);
    text_char(&text, ' ');
    text_u64(&text, phone->disk->block_bytes);
    TRY(rescue_say(rescue, "storage", "value", chars));
    if (gpt_open(phone->disk, phone->scratch, &gpt) != OK) {
        return OK; /* a disk without a table is still one that can be written */
    }
    for (size_t i = 0; i < gpt.count; i++) {
        TRY(say_partition(rescue, &gpt.partitions[i]));
    }
    return OK;
}
