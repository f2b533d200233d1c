/* SPDX-License-Identifier: MIT */
/*
 * Slots in the flow: which to look at, which next, and what the disk is to remember. Part of the
 * flow. A phone without slots has one candidate, and nothing is written.
 */
#ifndef FLOW_SLOTS_H
#define FLOW_SLOTS_H

#include "flow/candidate.h"
#include "policy/slot_policy.h"

/* The way through the slots. */
struct slot_walk {
    struct slots record;
    struct slot_trial trial;
    size_t first; /* that was looked at; SLOT_NONE: none may boot */
    size_t slot;  /* that is looked at; 0 on a phone without slots */
};

/*
 * Reads the record; source->suffix is then that of the slot to look at first. False: no slot may
 * boot; source->suffix is that of slot a.
 */
bool slots_begin(struct candidate_source *source, struct slot_walk *out_walk);

/*
 * Looks at one slot after the other until one may start; *out_candidate is that one. When all are
 * refused it is the first again, so that its refusal is what the phone says.
 */
void slots_look(struct candidate_source *source, struct candidate_watcher *watcher,
                struct slot_walk *out_walk, struct candidate *out_candidate);

/*
 * Writes the record for the slot that is about to be started, at most once. Where that fails the
 * phone must not start it, or it would be tried for ever: *decision becomes a brick. `dry` only
 * finds out whether there is a place to write to.
 */
void slots_commit(const struct candidate_source *source, struct slot_walk *walk, bool dry,
                  struct decision *decision);

/*
 * policy_rollback_to for what is about to be started, less where the other slot may still have to
 * boot with a lower index.
 */
uint64_t slots_rollback_to(const struct candidate_source *source, const struct slot_walk *walk,
                           const struct verified *verified);

#endif
