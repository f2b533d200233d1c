/* SPDX-License-Identifier: MIT */
/*
 * Stage policy: which slot? Pure, as policy/policy.h.
 *
 * The slot of the highest priority that may boot is looked at first; when policy refuses what is in
 * it, the next. What the record is to say is written once, just before the kernel is entered, and
 * only then: when nothing boots the disk stays as it is, so that a flash that cures it is enough.
 */
#ifndef POLICY_SLOT_POLICY_H
#define POLICY_SLOT_POLICY_H

#include "policy/policy.h"
#include "storage/slots.h"

#define SLOT_NONE SLOT_COUNT

/* What became of each slot that was looked at in this boot. */
struct slot_trial {
    bool refused[SLOT_COUNT];
    enum reason reason[SLOT_COUNT];
};

/* The slot to look at next, SLOT_NONE when none is left. Of two equal ones the first. */
size_t slot_policy_next(const struct slots *slots, const struct slot_trial *trial);

/* Notes a refusal. */
void slot_policy_refuse(struct slot_trial *trial, size_t index, enum reason reason);

/*
 * The record for booting `chosen`: one try less while it is not successful, refused slots and those
 * without a try left no longer bootable, and why. False: nothing needs to be written.
 */
bool slot_policy_record(const struct slots *slots, const struct slot_trial *trial, size_t chosen,
                        struct slots *out_slots);

#endif
