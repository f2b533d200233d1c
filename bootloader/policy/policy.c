/* SPDX-License-Identifier: MIT */
/*
 * Stage policy: may it run here? Authenticity, then rollback, then region; the first refusal
 * counts.
 *
 * What an unsigned ROM says of itself is taken as said: an unlocked phone runs it all the same, so
 * a forged index or region buys nothing that the unlocking did not give. A ROM without a readable
 * vbmeta says index 0 and no region.
 */
#include "policy/policy.h"

#include "format/fuses.h"

#define FIRST_MONTH_OF_THE_LOCK 201801

static bool has(const struct board *board, enum protection protection)
{
    return (board->protections & protection) != 0;
}

bool policy_holds(const struct board *board)
{
    return board->regime == REGIME_ANNOUNCED && board->os == OS_MIUI &&
           board->released >= FIRST_MONTH_OF_THE_LOCK;
}

static enum reason check_present(const struct board *board, bool locked,
                                 const struct verified *verified)
{
    switch (verified->verdict) {
    case VERDICT_NO_ROM:
        return REASON_NO_ROM;
    case VERDICT_UNKNOWN:
        return REASON_BAD_SIGNATURE; /* nobody looked: refused even where nothing is protected */
    case VERDICT_AUTHENTIC:
    case VERDICT_WRONG_KEY:
    case VERDICT_BAD_SIGNATURE:
    case VERDICT_BAD_HASH:
        return REASON_OK;
    }
    return REASON_BAD_SIGNATURE;
}

static enum reason check_authentic(const struct board *board, bool locked,
                                   const struct verified *verified)
{
    if (!locked || !has(board, PROTECTION_VERIFIED_BOOT)) {
        return REASON_OK;
    }
    switch (verified->verdict) {
    case VERDICT_AUTHENTIC:
        return REASON_OK;
    case VERDICT_WRONG_KEY:
        return REASON_WRONG_KEY;
    case VERDICT_BAD_HASH:
        return REASON_BAD_HASH;
    case VERDICT_NO_ROM:
        return REASON_NO_ROM;
    case VERDICT_UNKNOWN:
    case VERDICT_BAD_SIGNATURE:
        return REASON_BAD_SIGNATURE;
    }
    return REASON_BAD_SIGNATURE;
}

static enum reason check_rollback(const struct board *board, bool locked,
                                  const struct verified *verified)
{
    if (has(board, PROTECTION_ANTI_ROLLBACK) && verified->rollback_index < board->rollback_index) {
        return REASON_ROLLBACK;
    }
    return REASON_OK;
}

uint64_t policy_rollback_to(const struct board *board, const struct verified *verified)
{
    if (!has(board, PROTECTION_ANTI_ROLLBACK) || verified->verdict != VERDICT_AUTHENTIC) {
        return 0;
    }
    return verified->rollback_index < FUSES_ROLLBACK_MAX ? verified->rollback_index
                                                         : FUSES_ROLLBACK_MAX;
}

static enum reason check_region(const struct board *board, bool locked,
                                const struct verified *verified)
{
    if (!policy_holds(board)) {
        return REASON_OK;
    }
    if (verified->region == REGION_UNKNOWN) {
        return REASON_REGION_UNKNOWN;
    }
    return verified->region == board->made_for ? REASON_OK : REASON_REGION_MISMATCH;
}

/* In this order. Each gives REASON_OK, or its reason to refuse. */
static enum reason (*const checks[])(const struct board *, bool, const struct verified *) = {
    check_present,
    check_authentic,
    check_rollback,
    check_region,
};

static enum boot_state boot_state_of(const struct board *board, bool locked,
                                     const struct verified *verified)
{
    if (!has(board, PROTECTION_VERIFIED_BOOT)) {
        return BOOT_STATE_UNVERIFIED;
    }
    if (!locked) {
        return BOOT_STATE_ORANGE;
    }
    return verified->verdict == VERDICT_AUTHENTIC ? BOOT_STATE_GREEN : BOOT_STATE_RED;
}

static struct decision refuse(const struct board *board, enum reason reason, enum boot_state state)
{
    if (reason != REASON_ROLLBACK) {
        return (struct decision){.fate = FATE_BRICK, .reason = reason, .boot_state = state};
    }
    return (struct decision){
        .fate = board->os == OS_MIUI ? FATE_DEAD : FATE_BRICK,
        .reason = reason,
        .boot_state = BOOT_STATE_RED,
    };
}

struct decision policy_decide(const struct board *board, const struct state *state,
                              const struct verified *verified)
{
    bool locked = has(board, PROTECTION_BOOTLOADER_LOCK) && !state->unlocked;
    enum boot_state boot_state = boot_state_of(board, locked, verified);

    for (size_t i = 0; i < ARRAY_COUNT(checks); i++) {
        enum reason reason = checks[i](board, locked, verified);

        if (reason != REASON_OK) {
            return refuse(board, reason, boot_state);
        }
    }
    return (struct decision){.fate = FATE_BOOT, .reason = REASON_OK, .boot_state = boot_state};
}
