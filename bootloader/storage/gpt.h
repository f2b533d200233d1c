/* SPDX-License-Identifier: MIT */
/*
 * The partition table. Stage storage. UEFI 2.10, chapter 5: format/gpt.h.
 */
#ifndef STORAGE_GPT_H
#define STORAGE_GPT_H

#include "base/bytes.h"
#include "storage/partition.h"

struct block;

#define GPT_PARTITIONS_MAX 64
#define GPT_NAME_BYTES     37 /* 36 ASCII characters and a NUL */

enum gpt_copy {
    GPT_PRIMARY,
    GPT_BACKUP,
};

struct gpt_partition {
    char name[GPT_NAME_BYTES];
    uint64_t first_lba;
    uint64_t block_count;
};

struct gpt {
    struct block *disk;
    enum gpt_copy used; /* GPT_BACKUP: the primary is damaged */
    size_t count;
    struct gpt_partition partitions[GPT_PARTITIONS_MAX];
};

/*
 * Reads the primary table, or the backup when the primary is damaged. `scratch` holds the entries
 * while they are checked: at least 32 KiB.
 *
 *   E_BLOCK_IO        the disk could not be read
 *   E_GPT_SIGNATURE   no table at all
 *   E_GPT_HEADER      a size, count or address in the header is not usable
 *   E_GPT_CRC         header or entries do not have their checksum
 *   E_GPT_RANGE       a partition lies outside the disk or overlaps another
 *   E_GPT_NAME        a name is empty, not ASCII, or there twice
 *
 * When both copies are bad the error is the primary's. Never writes.
 * On error *out_gpt is untouched.
 */
NODISCARD enum err gpt_open(struct block *disk, struct span scratch, struct gpt *out_gpt);

/* The partition of that name, or E_GPT_NOT_FOUND. */
NODISCARD enum err gpt_find(const struct gpt *gpt, const char *name,
                            struct partition *out_partition);

#endif
