/* SPDX-License-Identifier: MIT */
/*
 * Partition tables for tests, on any block size: written from format/gpt.h,
 * apart from romc's writer.
 */
#ifndef TESTS_FAKE_GPT_H
#define TESTS_FAKE_GPT_H

#include "format/gpt.h"
#include "tests/fake/fake_disk.h"

struct fake_gpt_entry {
    const char *name;
    uint64_t first_lba;
    uint64_t last_lba;
};

/*
 * Writes one copy: the header to `header_lba` (1, or the last block), `entry_count` entries beside
 * it. Those after `used` stay empty.
 */
void fake_gpt_write(struct fake_disk *disk, uint64_t header_lba, uint32_t entry_count,
                    const struct fake_gpt_entry *entries, size_t used);

/* Both copies. */
void fake_gpt_write_both(struct fake_disk *disk, uint32_t entry_count,
                         const struct fake_gpt_entry *entries, size_t used);

struct gpt_header *fake_gpt_header(struct fake_disk *disk, uint64_t header_lba);
struct gpt_entry *fake_gpt_entries(struct fake_disk *disk, uint64_t header_lba);

/*
 * Makes the checksums right again, of the entries where the header says they are
 * (if that is inside).
 */
void fake_gpt_seal(struct fake_disk *disk, uint64_t header_lba);

#endif
