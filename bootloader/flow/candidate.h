/* SPDX-License-Identifier: MIT */
/*
 * Something that could be started - the ROM of a slot, the recovery, an image that was downloaded -
 * and whether it may: the one room for that question. Part of the flow.
 *
 *   claims -> policy -> images -> policy -> kernel -> decision
 *
 * What judges is what starts: after FATE_BOOT the candidate lies in the phone's memory, ready for
 * boot_prepare. Asking changes nothing else.
 */
#ifndef FLOW_CANDIDATE_H
#define FLOW_CANDIDATE_H

#include "boot/boot.h"
#include "storage/gpt.h"
#include "verify/verify.h"

/* What to look at, and on which phone. All of it outlives the look. */
struct candidate_source {
    const struct phone *phone;
    const struct board *board;
    const struct state *state;
    const struct gpt *gpt;
    const char *suffix;         /* of the slot; "": the phone has none */
    enum part part;             /* PART_BOOT, PART_RECOVERY */
    struct slice image;         /* in the place of that partition; size 0: what is on the disk */
    struct progress *loading; /* who is told while it is read and unpacked, and may end it; NULL:
                                 nobody */
};

struct candidate {
    const char *suffix;
    enum part part;
    struct verified verified;
    struct boot_image image;
    enum err disk_err;   /* the disk could not be read */
    enum err kernel_err; /* what was loaded cannot be entered */
    uint64_t kernel_entry;
    bool loaded; /* it lies where it runs, and may be started; not so, for all the decision, where
                    the look was ended on the way */
    struct decision decision;
};

/* How far a look has come. */
enum candidate_step {
    CANDIDATE_BEGINS,
    CANDIDATE_CLAIMED, /* who signed what it says of itself; decided as far as that goes */
    CANDIDATE_LOADING, /* it may run if it is what it claims: only now is it read in full */
    CANDIDATE_LOADED,
    CANDIDATE_DECIDED, /* by policy */
    CANDIDATE_NO_KERNEL,
};

struct candidate_watcher;

struct candidate_watcher_ops {
    /* False after CANDIDATE_CLAIMED: that is enough, nothing needs to be loaded. */
    bool (*at)(struct candidate_watcher *watcher, enum candidate_step step,
               const struct candidate *candidate);
};

/* Who is told on the way. The flow embeds it and finds itself again with CONTAINER_OF. */
struct candidate_watcher {
    const struct candidate_watcher_ops *ops;
};

/*
 * The whole look. `watcher` NULL: a dry run. Writes to phone->kernel, phone->ramdisk and
 * phone->scratch. out_candidate->decision says what comes of it, also when the disk fails.
 */
void candidate_look(const struct candidate_source *source, struct candidate_watcher *watcher,
                    struct candidate *out_candidate);

/* The claims alone: what is loaded in the phone's memory stays. Writes to phone->scratch. */
void candidate_look_at_claims(const struct candidate_source *source,
                              struct candidate *out_candidate);

/* The first check that failed, for words; OK: none did. */
enum err candidate_why(const struct candidate *candidate);

/* What stage boot is told of it. */
struct boot_facts candidate_facts(const struct board *board, const struct state *state,
                                  const struct candidate *candidate);

#endif
