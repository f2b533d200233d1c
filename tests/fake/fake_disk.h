/* SPDX-License-Identifier: MIT */
/*
 * A disk in memory, strict as a real one: bounds, one read under way at a time, and a buffer that
 * holds no data before read_wait. It counts, and fails when it is told to.
 */
#ifndef TESTS_FAKE_DISK_H
#define TESTS_FAKE_DISK_H

#include "iface/block.h"

struct fake_disk {
    struct block block;
    uint8_t *bytes;
    uint8_t *times_read; /* how often each block was */
    unsigned requests;   /* reads, read_begins, writes and flushes */
    unsigned writes;
    unsigned unflushed; /* writes since the last flush: a cut of the power may lose them */
    unsigned fail_at;   /* the request that fails, from 1; 0: none */
    unsigned fail_from; /* this request and all after it fail; 0: none */
    bool read_only;

    /* the read under way */
    bool under_way;
    bool failing;
    uint64_t lba;
    size_t count;
    void *out;
};

void fake_disk_init(struct fake_disk *disk, uint64_t block_count, uint32_t block_bytes);
void fake_disk_free(struct fake_disk *disk);

/* The bytes of a block. */
uint8_t *fake_disk_at(struct fake_disk *disk, uint64_t lba);

/* No block was read twice since the start, or since the last fake_disk_forget. */
bool fake_disk_read_once(const struct fake_disk *disk);
void fake_disk_forget(struct fake_disk *disk);

#endif
