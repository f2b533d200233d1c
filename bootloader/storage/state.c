/* SPDX-License-Identifier: MIT */
/*
 * The state journal: the newer valid record counts, the older one is written over. Stage storage.
 */
#include "storage/state.h"

#include "base/crc32.h"
#include "format/fuses.h"
#include "format/nor_map.h"
#include "iface/nor.h"
#include "storage/fuse_burn.h"

#include <stddef.h>
#include <string.h>

static bool decode_record(struct slice half, struct state *out_state)
{
    const struct state_record *record = (const struct state_record *)half.data;

    if (half.size < sizeof *record ||
        memcmp(record->magic, STATE_MAGIC, sizeof record->magic) != 0 ||
        le32(record->version) != STATE_VERSION ||
        crc32(slice_of(half.data, offsetof(struct state_record, crc32))) != le32(record->crc32)) {
        return false;
    }
    *out_state = (struct state){
        .unlocked = le32(record->lock) == STATE_FLAG_UNLOCKED,
        .unlock_ability = le32(record->unlock_ability) == 1,
        .critical_unlocked = le32(record->critical_unlocked) == 1,
        .wipe_pending = le32(record->wipe_pending) != 0,
        .lock_changes = le32(record->lock_changes),
        .nonce_counter = le64(record->nonce_counter),
        .sequence = le64(record->sequence),
    };
    memcpy(out_state->user_key_sha256, record->user_key_sha256, STATE_USER_KEY_BYTES);
    for (size_t i = 0; i < STATE_ROLLBACK_LOCATIONS; i++) {
        out_state->rollback[i] = le64(record->rollback[i]);
    }
    return true;
}

static void encode_record(const struct state *state, struct state_record *record)
{
    *record = (struct state_record){0};
    memcpy(record->magic, STATE_MAGIC, sizeof record->magic);
    put_le32(record->version, STATE_VERSION);
    put_le32(record->lock, state->unlocked ? STATE_FLAG_UNLOCKED : STATE_FLAG_LOCKED);
    put_le32(record->unlock_ability, state->unlock_ability);
    put_le32(record->critical_unlocked, state->critical_unlocked);
    put_le32(record->wipe_pending, state->wipe_pending);
    put_le32(record->lock_changes, state->lock_changes);
    put_le64(record->nonce_counter, state->nonce_counter);
    memcpy(record->user_key_sha256, state->user_key_sha256, STATE_USER_KEY_BYTES);
    for (size_t i = 0; i < STATE_ROLLBACK_LOCATIONS; i++) {
        put_le64(record->rollback[i], state->rollback[i]);
    }
    put_le64(record->sequence, state->sequence);
    put_le32(record->crc32, crc32(slice_of(record, offsetof(struct state_record, crc32))));
}

/*
 * Two records of one sequence do not come from this firmware: then the locked one counts. Else the
 * one that is ahead by less than half of all numbers: a commit is the newer one, whatever number
 * somebody wrote into the record before it.
 */
static bool second_counts(const struct state *first, const struct state *second)
{
    if (first->sequence == second->sequence) {
        return first->unlocked;
    }
    return second->sequence - first->sequence <= UINT64_MAX / 2;
}

/* A record of the fuses as they are, or of the change whose fuse is still to be burned. */
static bool fits_fuses(const struct state *state, uint32_t lock_changes)
{
    return state->lock_changes >= lock_changes && state->lock_changes - lock_changes <= 1 &&
           state->lock_changes <= FUSES_LOCK_CHANGES_MAX;
}

bool state_is_locked(const struct board *board, const struct state *state)
{
    return board_has(board, PROTECTION_BOOTLOADER_LOCK) && !state->unlocked;
}

enum err state_decode(struct slice half_a, struct slice half_b, uint32_t lock_changes,
                      struct state *out_state)
{
    struct state a;
    struct state b;
    bool valid_a = decode_record(half_a, &a);
    bool valid_b = decode_record(half_b, &b);
    bool use_b = valid_b && (!valid_a || second_counts(&a, &b));
    const struct state *newest = use_b ? &b : &a;
    /* Was the lock changed since? User data may be from before: it is wiped, whatever it was. */
    struct state safe = {.lock_changes = lock_changes, .wipe_pending = true};

    if (!valid_a && !valid_b) {
        *out_state = safe;
        return E_STATE_NONE;
    }
    if (!fits_fuses(newest, lock_changes)) {
        /* The next commit goes on from here, whatever the old record says. */
        safe.sequence = newest->sequence;
        safe.in_half_b = use_b;
        *out_state = safe;
        return E_STATE_REPLAYED;
    }
    *out_state = *newest;
    out_state->in_half_b = use_b;
    return OK;
}

/* To the half that does not count, so that the other does until this one is whole. */
static enum err write_record(struct nor *nor, struct state *state)
{
    struct state next = *state;
    struct state_record record;
    struct state_record written;
    uint32_t offset = state->in_half_b ? NOR_STATE_A_OFFSET : NOR_STATE_B_OFFSET;

    next.sequence++;
    next.in_half_b = !state->in_half_b;
    next.early_restarts = 0;
    encode_record(&next, &record);
    TRY(nor->ops->erase(nor, offset));
    TRY(nor->ops->program(nor, offset, slice_of(&record, sizeof record)));
    TRY(nor->ops->read(nor, offset, sizeof written, &written));
    if (memcmp(&written, &record, sizeof record) != 0) {
        return E_NOR_PROGRAM;
    }
    *state = next;
    return OK;
}

enum err state_commit(struct nor *nor, struct state *state)
{
    /* What a change of the lock was cut off from. */
    TRY(fuse_burn_lock_changes(nor, state->lock_changes));
    return write_record(nor, state);
}

enum err state_change_lock(struct nor *nor, struct state *state, bool unlocked)
{
    struct state next = *state;

    if (state->lock_changes >= FUSES_LOCK_CHANGES_MAX) {
        return E_STATE_LOCK_FUSES;
    }
    /* Up to date first: two changes must never hang on one fuse. */
    TRY(fuse_burn_lock_changes(nor, state->lock_changes));
    next.unlocked = unlocked;
    next.wipe_pending = true;
    next.lock_changes++;
    memset(next.rollback, 0, sizeof next.rollback);
    TRY(write_record(nor, &next));
    /* The new record counts from here on, also when the fuse fails: the next commit burns it. */
    *state = next;
    return fuse_burn_lock_changes(nor, next.lock_changes);
}
