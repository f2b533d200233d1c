/* SPDX-License-Identifier: MIT */
/*
 * One record of the state journal: what the phone remembers and may change (lock
 * flag and the like).
 *
 * Our own layout. Each half of the journal is a NOR sector with one record at its start; the newer
 * valid one (by its sequence) counts. A commit erases the older half and programs it, so that a cut
 * leaves the other. Numbers are little endian; what is reserved is 0.
 */
#ifndef FORMAT_STATE_RECORD_H
#define FORMAT_STATE_RECORD_H

#include <assert.h>
#include <stdint.h>

#define STATE_MAGIC              "FLSTATE1"
#define STATE_VERSION            2
#define STATE_USER_KEY_BYTES     32
#define STATE_ROLLBACK_LOCATIONS 32

/* The lock flag: only this exact value is unlocked, every other is locked. */
#define STATE_FLAG_UNLOCKED 0x554e4c4bu
#define STATE_FLAG_LOCKED   0x4c4f434bu

/*
 * Behind the newest record, in the same sector, a list of words (storage/restarts.h): each says
 * that the ROM restarted the phone early, or that it was well. Erased ones are free; one that was
 * cut off is an early restart.
 */
#define STATE_RESTARTS_OFFSET 0x1000
#define STATE_RESTARTS_MAX    64
#define STATE_RESTARTS_FREE   0xffffffffu
#define STATE_RESTARTS_EARLY  0x0000ffffu
#define STATE_RESTARTS_WELL   0x00000000u

struct state_record {
    uint8_t magic[8];
    uint8_t version[4];
    uint8_t lock[4];           /* STATE_FLAG_... */
    uint8_t unlock_ability[4]; /* 1: may be unlocked; 0: not */
    uint8_t wipe_pending[4];   /* not 0: user data must be wiped before anything else happens */
    /*
     * The lock-change fuses that are burned once this record holds. A record with fewer than the
     * phone has is an old one that was put back; one with one more was cut off before its fuse,
     * which is then burned.
     */
    uint8_t lock_changes[4];
    uint8_t critical_unlocked[4]; /* 1: critical partitions too, while the lock is open */
    uint8_t nonce_counter[8];     /* rises with each unlock: no token is answered twice */
    uint8_t user_key_sha256[STATE_USER_KEY_BYTES]; /* of the user's own AVB key; all zero: none */
    /* AVB's stored indexes, for chained partitions. */
    uint8_t rollback[STATE_ROLLBACK_LOCATIONS][8];
    uint8_t sequence[8]; /* rises by one with each commit, from the last number to 0 */
    uint8_t crc32[4];    /* of all bytes before it */
};

static_assert(sizeof(struct state_record) == 340, "the state record has no padding");

#endif
