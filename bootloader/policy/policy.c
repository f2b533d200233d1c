/* SPDX-License-Identifier: MIT */
/*
 * Stage policy: may it run here? Authenticity, then rollback, then region;
 * the first refusal counts.
 *
 * What an unsigned ROM says of itself is taken as said: an unlocked phone runs it all the same, so
 * a forged index or region buys nothing that the unlocking did not give. A ROM without a readable
 * vbmeta says neither: there is no index to compare, and its region is unknown.
 */
#include "policy/policy.h"

#include "format/fuses.h"

#define FIRST_MONTH_OF_THE_LOCK 201801

bool policy_holds(const struct board *board)
{
    return board->regime == REGIME_ANNOUNCED && board->os == OS_MIUI &&
           board->released >= FIRST_MONTH_OF_THE_LOCK;
}

/* What is asked of each check. */
struct question {
    const struct board *board;
    const struct state *state;
    const struct verified *verified;
    bool locked;
};

static enum reason check_present(const struct question *q)
{
    switch (q->verified->verdict) {
    case VERDICT_NO_ROM:
        return REASON_NO_ROM;
    case VERDICT_UNKNOWN:
        return REASON_BAD_SIGNATURE; /* nobody looked: refused even where nothing is protected */
    case VERDICT_AUTHENTIC:
    case VERDICT_USER_KEY:
    case VERDICT_WRONG_KEY:
    case VERDICT_BAD_SIGNATURE:
    case VERDICT_BAD_HASH:
    case VERDICT_UNSUPPORTED:
        return REASON_OK;
    }
    return REASON_BAD_SIGNATURE;
}

static enum reason check_authentic(const struct question *q)
{
    if (!q->locked || !board_has(q->board, PROTECTION_VERIFIED_BOOT)) {
        return REASON_OK;
    }
    switch (q->verified->verdict) {
    case VERDICT_AUTHENTIC:
    case VERDICT_USER_KEY:
        return REASON_OK;
    case VERDICT_WRONG_KEY:
        return REASON_WRONG_KEY;
    case VERDICT_BAD_HASH:
        return REASON_BAD_HASH;
    case VERDICT_UNSUPPORTED:
        return REASON_UNSUPPORTED;
    case VERDICT_NO_ROM:
        return REASON_NO_ROM;
    case VERDICT_UNKNOWN:
    case VERDICT_BAD_SIGNATURE:
        return REASON_BAD_SIGNATURE;
    }
    return REASON_BAD_SIGNATURE;
}

static bool is_below_fuses(const struct board *board, const struct verified *verified)
{
    return board_has(board, PROTECTION_ANTI_ROLLBACK) && verified->has_index &&
           verified->rollback_index < board->rollback_index;
}

static enum reason check_rollback(const struct question *q)
{
    return is_below_fuses(q->board, q->verified) ? REASON_ROLLBACK : REASON_OK;
}

/* AVB's stored indexes, of chained partitions: they are there to be kept while locked. */
static enum reason check_stored_indexes(const struct question *q)
{
    if (!q->locked || !board_has(q->board, PROTECTION_VERIFIED_BOOT)) {
        return REASON_OK;
    }
    for (size_t i = 0; i < STATE_ROLLBACK_LOCATIONS; i++) {
        const struct verified_index *chained = &q->verified->chained[i];

        if (chained->present && chained->index < q->state->rollback[i]) {
            return REASON_ROLLBACK;
        }
    }
    return REASON_OK;
}

uint64_t policy_rollback_to(const struct board *board, const struct verified *verified)
{
    if (!board_has(board, PROTECTION_ANTI_ROLLBACK) || verified->verdict != VERDICT_AUTHENTIC) {
        return 0;
    }
    return verified->rollback_index < FUSES_ROLLBACK_MAX ? verified->rollback_index
                                                         : FUSES_ROLLBACK_MAX;
}

uint64_t policy_stored_to(const struct board *board, const struct state *state,
                          const struct verified *verified, size_t location)
{
    const struct verified_index *chained = &verified->chained[location];
    bool locked = state_is_locked(board, state);
    bool believed = verified->verdict == VERDICT_AUTHENTIC || verified->verdict == VERDICT_USER_KEY;

    if (!locked || !board_has(board, PROTECTION_VERIFIED_BOOT) || !believed || !chained->present ||
        chained->index < state->rollback[location]) {
        return state->rollback[location];
    }
    return chained->index;
}

static enum reason check_region(const struct question *q)
{
    if (!policy_holds(q->board)) {
        return REASON_OK;
    }
    if (q->verified->region == REGION_UNKNOWN) {
        return REASON_REGION_UNKNOWN;
    }
    return q->verified->region == q->board->made_for ? REASON_OK : REASON_REGION_MISMATCH;
}

/* In this order. Each gives REASON_OK, or its reason to refuse. */
static enum reason (*const checks[])(const struct question *) = {
    check_present, check_authentic, check_rollback, check_stored_indexes, check_region,
};

static enum boot_state boot_state_of(const struct board *board, bool locked,
                                     const struct verified *verified)
{
    if (!board_has(board, PROTECTION_VERIFIED_BOOT)) {
        return BOOT_STATE_UNVERIFIED;
    }
    if (!locked) {
        return BOOT_STATE_ORANGE;
    }
    if (verified->verdict == VERDICT_USER_KEY) {
        return BOOT_STATE_YELLOW;
    }
    return verified->verdict == VERDICT_AUTHENTIC ? BOOT_STATE_GREEN : BOOT_STATE_RED;
}

/* The hard brick is what the fuses did on Xiaomi's phones; a stored index is only Android's red. */
static struct decision refuse(const struct question *q, enum reason reason, enum boot_state state)
{
    bool dead = q->board->os == OS_MIUI && is_below_fuses(q->board, q->verified);

    if (reason != REASON_ROLLBACK) {
        return (struct decision){.fate = FATE_BRICK, .reason = reason, .boot_state = state};
    }
    return (struct decision){
        .fate = dead ? FATE_DEAD : FATE_BRICK,
        .reason = reason,
        .boot_state = BOOT_STATE_RED,
    };
}

struct decision policy_decide(const struct board *board, const struct state *state,
                              const struct verified *verified)
{
    const struct question question = {
        .board = board,
        .state = state,
        .verified = verified,
        .locked = state_is_locked(board, state),
    };
    enum boot_state boot_state = boot_state_of(board, question.locked, verified);

    for (size_t i = 0; i < ARRAY_COUNT(checks); i++) {
        enum reason reason = checks[i](&question);

        if (reason != REASON_OK) {
            return refuse(&question, reason, boot_state);
        }
    }
    return (struct decision){.fate = FATE_BOOT, .reason = REASON_OK, .boot_state = boot_state};
}

struct decision policy_after_restarts(const struct state *state, const struct decision *decision)
{
    if (decision->fate != FATE_BOOT || state->early_restarts < POLICY_EARLY_RESTARTS) {
        return *decision;
    }
    return (struct decision){FATE_BRICK, REASON_BOOT_LOOP, decision->boot_state};
}
