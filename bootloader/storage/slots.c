/* SPDX-License-Identifier: MIT */
/* The A/B slots' record. Stage storage. */
#include "storage/slots.h"

#include "base/crc32.h"
#include "base/text.h"
#include "iface/block.h"
#include "storage/partition_write.h"

#include <stddef.h>
#include <string.h>

#define DEFAULT_PRIORITY 7
#define COUNT_MASK       7u

static const char *const suffixes[SLOT_COUNT] = {"_a", "_b"};

static const char *const unbootable_names[] = {
    [SLOT_UNBOOTABLE_NOT] = "",
    [SLOT_UNBOOTABLE_NO_TRIES] = "no-tries",
    [SLOT_UNBOOTABLE_REFUSED] = "refused",
    [SLOT_UNBOOTABLE_NO_ROM] = "no-rom",
    [SLOT_UNBOOTABLE_VERITY] = "verity",
    [SLOT_UNBOOTABLE_BY_USER] = "by-user",
};

static enum err check(const struct slots_record *record)
{
    if (le32(record->magic) != SLOTS_MAGIC) {
        return E_SLOTS_MAGIC;
    }
    if (crc32(slice_of(record, offsetof(struct slots_record, crc32))) != le32(record->crc32)) {
        return E_SLOTS_CRC;
    }
    if (record->version == 0 || record->version > SLOTS_VERSION) {
        return E_SLOTS_VERSION;
    }
    return (record->counts & COUNT_MASK) == SLOT_COUNT ? OK : E_SLOTS_COUNT;
}

static void set_defaults(struct slots *slots)
{
    slots->active = 0;
    slots->record = (struct slots_record){.version = SLOTS_VERSION, .counts = SLOT_COUNT};
    put_le32(slots->record.magic, SLOTS_MAGIC);
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        slots->list[i] = (struct slot){.priority = DEFAULT_PRIORITY, .tries = SLOT_TRIES_MAX};
    }
}

static struct slot decode_slot(const struct slots_record *record, size_t index)
{
    unsigned info = le16(record->slots[index]);

    return (struct slot){
        .priority = (uint8_t)SLOT_PRIORITY(info),
        .tries = (uint8_t)SLOT_TRIES(info),
        .successful = SLOT_SUCCESSFUL(info) != 0,
        .verity_corrupted = SLOT_VERITY_CORRUPTED(info) != 0,
        .unbootable = record->reserved_1[index],
    };
}

void slots_decode(struct slice record, struct slots *out_slots)
{
    struct slots slots = {.why = E_SLOTS_MAGIC};

    if (record.size >= sizeof slots.record) {
        memcpy(&slots.record, record.data, sizeof slots.record);
        slots.why = check(&slots.record);
    }
    if (slots.why != OK) {
        set_defaults(&slots);
        *out_slots = slots;
        return;
    }
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        slots.list[i] = decode_slot(&slots.record, i);
        if (string_equals((const char *)slots.record.slot_suffix, sizeof slots.record.slot_suffix,
                          suffixes[i])) {
            slots.active = i;
        }
    }
    *out_slots = slots;
}

void slots_encode(const struct slots *slots, struct slots_record *out_record)
{
    *out_record = slots->record;
    memset(out_record->slot_suffix, 0, sizeof out_record->slot_suffix);
    memcpy(out_record->slot_suffix, suffixes[slots->active], strlen(suffixes[slots->active]));
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        const struct slot *slot = &slots->list[i];

        put_le16(out_record->slots[i],
                 (uint16_t)(slot->priority | slot->tries << 4 | slot->successful << 7 |
                            slot->verity_corrupted << 8));
        out_record->reserved_1[i] = slot->unbootable;
    }
    put_le32(out_record->crc32, crc32(slice_of(out_record, offsetof(struct slots_record, crc32))));
}

/* The block that the record lies in, and its place there. */
static enum err read_block(const struct partition *misc, struct span scratch,
                           struct span *out_block, uint64_t *out_offset)
{
    uint32_t unit = misc->disk->block_bytes;

    if (scratch.size < unit) {
        return E_SLICE_RANGE;
    }
    *out_block = (struct span){.data = scratch.data, .size = unit};
    *out_offset = MISC_SLOTS_OFFSET - MISC_SLOTS_OFFSET % unit;
    return partition_read(misc, *out_offset, *out_block);
}

enum err slots_read(const struct partition *misc, struct span scratch, struct slots *out_slots)
{
    struct span block;
    struct slice record;
    uint64_t offset;

    TRY(read_block(misc, scratch, &block, &offset));
    TRY(slice_sub(span_slice(block), MISC_SLOTS_OFFSET - offset, sizeof(struct slots_record),
                  &record));
    slots_decode(record, out_slots);
    return OK;
}

enum err slots_write(const struct partition *misc, struct span scratch, const struct slots *slots)
{
    struct slots_record record;
    struct span block;
    uint64_t offset;

    TRY(read_block(misc, scratch, &block, &offset));
    slots_encode(slots, &record);
    memcpy(block.data + (MISC_SLOTS_OFFSET - offset), &record, sizeof record);
    TRY(partition_write(misc, offset, span_slice(block)));
    return partition_flush(misc);
}

void slots_set_active(struct slots *slots, size_t index)
{
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        if (i != index && slots->list[i].priority == SLOT_PRIORITY_MAX) {
            slots->list[i].priority--;
        }
    }
    slots->list[index] = (struct slot){.priority = SLOT_PRIORITY_MAX, .tries = SLOT_TRIES_MAX};
}

void slots_set_unbootable(struct slots *slots, size_t index, enum slot_unbootable why)
{
    struct slot *slot = &slots->list[index];

    slot->priority = 0;
    slot->tries = 0;
    slot->successful = false;
    slot->unbootable = (uint8_t)why;
}

bool slot_is_bootable(const struct slot *slot)
{
    return slot->priority != 0 && !slot->verity_corrupted && (slot->successful || slot->tries != 0);
}

const char *slot_suffix(size_t index)
{
    return index < SLOT_COUNT ? suffixes[index] : "";
}

const char *slot_unbootable_name(enum slot_unbootable why)
{
    return (size_t)why < ARRAY_COUNT(unbootable_names) ? unbootable_names[why] : "unknown";
}
