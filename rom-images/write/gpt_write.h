/* SPDX-License-Identifier: MIT */
/*
 * Plans and writes the partition table of a phone's disk. UEFI 2.10, chapter 5:
 * bootloader/format/gpt.h. Sizes in bytes, addresses in blocks of 512 bytes.
 *
 * Planning and writing are two steps, so that a test can spoil the plan in between: the second step
 * writes any plan.
 */
#ifndef ROM_IMAGES_GPT_WRITE_H
#define ROM_IMAGES_GPT_WRITE_H

#include "base/bytes.h"
#include "format/gpt.h"

#define GPT_WRITE_BLOCK_BYTES   512
#define GPT_WRITE_ALIGN_BYTES   0x100000 /* partitions start on a MiB */
#define GPT_WRITE_ENTRIES_BYTES ((size_t)GPT_ENTRY_COUNT * GPT_ENTRY_BYTES)
/* Start of the disk: protective MBR, header, entries. End of the disk: entries, header. */
#define GPT_WRITE_PRIMARY_BYTES (2 * GPT_WRITE_BLOCK_BYTES + GPT_WRITE_ENTRIES_BYTES)
#define GPT_WRITE_BACKUP_BYTES  (GPT_WRITE_ENTRIES_BYTES + GPT_WRITE_BLOCK_BYTES)

struct gpt_plan_partition {
    const char *name;    /* ASCII, at most 36 characters */
    uint64_t size_bytes; /* as asked for */
    uint64_t first_lba;  /* by gpt_write_plan() */
    uint64_t last_lba;   /* inclusive */
};

struct gpt_plan {
    const char *disk_name; /* the GUIDs come from it and the partitions' names */
    uint64_t disk_bytes;
    size_t count;
    struct gpt_plan_partition partitions[GPT_ENTRY_COUNT];
};

/*
 * Lays out the partitions of `plan` (disk_name, count, names and sizes are given) one after the
 * other, each rounded up to a MiB, and sets disk_bytes to the smallest that fits. False when a size
 * is 0, or the sum wraps, or there are too many.
 */
bool gpt_write_plan(struct gpt_plan *plan);

/*
 * Writes both copies: `out_primary` belongs at the start of the disk, `out_backup` at its end.
 */
void gpt_write_tables(const struct gpt_plan *plan, uint8_t out_primary[GPT_WRITE_PRIMARY_BYTES],
                      uint8_t out_backup[GPT_WRITE_BACKUP_BYTES]);

/* Makes both checksums right again after header or entries were changed. `header` is one block. */
void gpt_write_seal(uint8_t *header, struct slice entries);

#endif
