/* SPDX-License-Identifier: MIT */
/*
 * What is done with a fake phone while its power may go: one row an operation (fake_life.h).
 */
#ifndef TESTS_LIFE_OPERATIONS_H
#define TESTS_LIFE_OPERATIONS_H

#include "tests/fake/fake_life.h"

/* What a person, or the phone itself, does. */
struct operation {
    const char *name;
    const char *codename;
    bool unlocked, android_one, slots;
    void (*prepare)(
        struct life *life); /* before the cuts, behind the phone's back; NULL: nothing */
    void (*run)(struct life *life);
    bool locks, unlocks;                 /* asks for a change of the lock */
    bool locks_critical, opens_critical; /* so too, of the critical partitions' */
    bool burns;                          /* the index rises by one */
    bool starts;                         /* whatever happens, a ROM starts */
    bool erases_data;
    bool twice;            /* the start after a cut is cut too */
    bool refused;          /* nothing may happen at all */
    bool no_disk_may_fail; /* it needs every answer of the disk, as no phone does */
};

extern const struct operation life_operations[];
extern const size_t life_operation_count;

/* The operation of that name, which must be there. */
const struct operation *life_operation(const char *name);
/* The phone of an operation, from the factory. */
struct life *life_of(const struct operation *operation);
/* What may become of it. */
struct life_truth life_truth_of(const struct operation *operation, struct life *life);

/* One image of a ROM by fastboot, boot or vbmeta. */
void life_flash(struct life *life, enum life_rom rom, bool boot);

#endif
