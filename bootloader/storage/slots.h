/* SPDX-License-Identifier: MIT */
/*
 * The A/B slots' record in `misc`. Stage storage. AOSP hardware/interfaces/boot: format/misc.h.
 *
 * What is decided from it is policy/slot_policy.h's; here it is read, written and changed.
 */
#ifndef STORAGE_SLOTS_H
#define STORAGE_SLOTS_H

#include "format/misc.h"
#include "storage/partition.h"

#define SLOT_COUNT 2 /* phones have none or two: a, b */

#define SLOT_PRIORITY_MAX 15
#define SLOT_TRIES_MAX    7

/* Why a slot does not boot any more; kept in the record's reserved bytes. Values are on disks. */
enum slot_unbootable {
    SLOT_UNBOOTABLE_NOT = 0,
    SLOT_UNBOOTABLE_NO_TRIES = 1, /* never reported a success */
    SLOT_UNBOOTABLE_REFUSED = 2,  /* by policy: signature, index, region */
    SLOT_UNBOOTABLE_NO_ROM = 3,
    SLOT_UNBOOTABLE_VERITY = 4, /* its system was changed */
    SLOT_UNBOOTABLE_BY_USER = 5,
};

struct slot {
    uint8_t priority; /* 0: never boots */
    uint8_t tries;    /* left, while it is not successful */
    bool successful;
    bool verity_corrupted;
    uint8_t unbootable; /* enum slot_unbootable */
};

struct slots {
    enum err why;  /* OK, or why the record is not the disk's but the defaults */
    size_t active; /* the slot that was booted last */
    struct slot list[SLOT_COUNT];
    struct slots_record record; /* what else is in it is kept */
};

/*
 * Decodes the record. A damaged one gives the defaults, as Android's: both slots of the same
 * priority with all tries; out_slots->why says E_SLOTS_MAGIC, E_SLOTS_VERSION,
 * E_SLOTS_CRC or E_SLOTS_COUNT.
 */
void slots_decode(struct slice record, struct slots *out_slots);
void slots_encode(const struct slots *slots, struct slots_record *out_record);

/*
 *   E_BLOCK_...     the partition failed
 *   E_SLICE_RANGE   misc or scratch (at least 4096 bytes) is too small
 *
 * A write is one write and a flush.
 */
NODISCARD enum err slots_read(const struct partition *misc, struct span scratch,
                              struct slots *out_slots);
NODISCARD enum err slots_write(const struct partition *misc, struct span scratch,
                               const struct slots *slots);

/* Changes in memory; `index` < SLOT_COUNT. */
void slots_set_active(struct slots *slots, size_t index);
void slots_set_unbootable(struct slots *slots, size_t index, enum slot_unbootable why);

bool slot_is_bootable(const struct slot *slot);
const char *slot_suffix(size_t index);                      /* "_a", "_b" */
const char *slot_unbootable_name(enum slot_unbootable why); /* "", "no-tries", ... */

#endif
