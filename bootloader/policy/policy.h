/* SPDX-License-Identifier: MIT */
/*
 * Stage policy: may it run here?
 *
 * One pure function over three values. It does no I/O and includes no interface to any: what is
 * decided can be read, and tested, as a table.
 *
 * Order of the checks, the first failure names the reason: the phone's own records, authenticity,
 * rollback, region.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "board/board.h"
#include "storage/state.h"
#include "verify/verified.h"

/* What we do. Zeroed memory is a brick. */
enum fate {
    FATE_BRICK = 0, /* soft: a screen says why, and keys still reach fastboot */
    FATE_DEAD,      /* hard: nothing on the screen, only rescue answers */
    FATE_BOOT,
    FATE_FASTBOOT,
    FATE_RECOVERY,
    FATE_OFF,
};

/* Why. It picks the screen. */
enum reason {
    REASON_NONE = 0, /* nobody decided anything: never on a screen */
    REASON_OK,
    REASON_REGION_MISMATCH,
    REASON_REGION_UNKNOWN,
    REASON_BAD_SIGNATURE,
    REASON_BAD_HASH,
    REASON_WRONG_KEY,
    REASON_ROLLBACK,
    REASON_NO_ROM,
    REASON_BAD_GPT,
    REASON_BAD_BOARD,
    REASON_BAD_STATE,
    REASON_BOOT_LOOP,
    REASON_KEYS,
    REASON_BCB,
    REASON_COMMAND,
    REASON_UNSUPPORTED,
};

/* What Android calls the result of verified boot. */
enum boot_state {
    BOOT_STATE_RED = 0,
    BOOT_STATE_ORANGE,     /* unlocked */
    BOOT_STATE_YELLOW,     /* locked, a key of the user's own */
    BOOT_STATE_GREEN,      /* locked, the root key */
    BOOT_STATE_UNVERIFIED, /* a phone of a year without verified boot */
};

struct decision {
    enum fate fate;
    enum reason reason;
    enum boot_state boot_state;
};

struct decision policy_decide(const struct board *board, const struct state *state,
                              const struct verified *verified);

/* So often in a row the ROM may restart the phone before it is well. */
#define POLICY_EARLY_RESTARTS 5

/*
 * `decision` about the ROM, or REASON_BOOT_LOOP when it would start one that has restarted the
 * phone so often. A lab value: real phones without slots go on for ever.
 */
struct decision policy_after_restarts(const struct state *state, const struct decision *decision);

/*
 * The index up to which the rollback fuses are burned once this ROM says that it is well; 0: none
 * are. Only what the root key signed counts, locked or not, and nothing beyond the number of fuses.
 */
uint64_t policy_rollback_to(const struct board *board, const struct verified *verified);

/*
 * What AVB's stored index number `location` becomes when this ROM is started: as high as that of
 * the chained partition, on a locked phone, if the ROM is one that it believes; else what it is. It
 * never falls.
 */
uint64_t policy_stored_to(const struct board *board, const struct state *state,
                          const struct verified *verified, size_t location);

/* Does the board's regime make the bootloader compare regions on this model? */
bool policy_holds(const struct board *board);

const char *fate_name(enum fate fate);
const char *reason_name(enum reason reason);             /* "region-mismatch", ... */
const char *boot_state_name(enum boot_state boot_state); /* "green", ... */

#endif
