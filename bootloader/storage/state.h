/* SPDX-License-Identifier: MIT */
/*
 * What the phone remembers: the state journal in the NOR. Stage storage. Layout:
 * format/state_record.h.
 */
#ifndef STORAGE_STATE_H
#define STORAGE_STATE_H

#include "base/bytes.h"
#include "board/board.h"
#include "format/state_record.h"

struct nor;

struct state {
    bool unlocked;          /* zeroed memory is locked */
    bool unlock_ability;    /* may it be unlocked? */
    bool critical_unlocked; /* counts while unlocked */
    bool wipe_pending;      /* user data must be wiped before anything else happens */
    uint32_t lock_changes;
    uint64_t nonce_counter;
    uint8_t user_key_sha256[STATE_USER_KEY_BYTES]; /* all zero: none */
    uint64_t rollback[STATE_ROLLBACK_LOCATIONS];
    uint64_t sequence;
    bool in_half_b; /* where the newest record lies */
    uint32_t early_restarts; /* not in the record, but behind it: storage/restarts.h */
};

/* Does the lock hold? Never on a phone whose bootloader has none. */
bool state_is_locked(const struct board *board, const struct state *state);

/*
 * Decodes the newer valid one of the two records, each at the start of its half. `lock_changes` is
 * what the fuses count.
 *
 *   E_STATE_NONE       neither is valid
 *   E_STATE_REPLAYED   the newest is from before the last change of the lock: somebody put it back
 *
 * On error *out_state is the safe state: locked, no unlock ability, wipe pending (the lock may have
 * changed since), lock_changes as the fuses have it. A record that is one lock change ahead of the fuses is valid: state_commit
 * burns first what is missing.
 */
NODISCARD enum err state_decode(struct slice half_a, struct slice half_b, uint32_t lock_changes,
                                struct state *out_state);

/*
 * Writes *state as the newest record: sequence and place are updated, no early restart counts any
 * more, the other half stays as it was until the new record has been read back. Cut anywhere, either the old record counts or the
 * new one.
 *
 *   E_NOR_...   the flash failed; the old record still counts, *state is as before
 */
NODISCARD enum err state_commit(struct nor *nor, struct state *state);

/*
 * Changes the lock: `unlocked` as given, user data marked to be wiped, AVB's stored indexes
 * cleared; then burns the fuse that makes older records invalid. The caller wipes, then clears
 * wipe_pending with state_commit. Cut anywhere the phone is either as before, or changed with the
 * wipe still to be done.
 *
 *   E_STATE_LOCK_FUSES   no fuse is left: the lock can change no more
 *   E_NOR_...            the flash failed; *state says what now counts
 */
NODISCARD enum err state_change_lock(struct nor *nor, struct state *state, bool unlocked);

#endif
