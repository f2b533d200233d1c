/* SPDX-License-Identifier: MIT */
/*
 * One record of the state journal: what the phone remembers and may change (lock flag and the like).
 *
 * Our own layout. Each half of the journal holds one record at its start; the newer valid one (higher
 * sequence) counts. Numbers are little endian.
 */
#ifndef FORMAT_STATE_RECORD_H
#define FORMAT_STATE_RECORD_H

#include <assert.h>
#include <stdint.h>

#define STATE_MAGIC   "FLSTATE1"
#define STATE_VERSION 1

/* The lock flag: only this exact value is unlocked, every other is locked. */
#define STATE_FLAG_UNLOCKED 0x554e4c4bu
#define STATE_FLAG_LOCKED   0x4c4f434bu

struct state_record {
    uint8_t magic[8];
    uint8_t version[4];
    uint8_t lock[4];           /* STATE_FLAG_... */
    uint8_t unlock_ability[4]; /* 1: may be unlocked with a token; 0: not */
    uint8_t reserved[36];      /* 0 */
    uint8_t sequence[8];       /* rises by one with each commit */
    uint8_t crc32[4];          /* of all bytes before it */
};

static_assert(sizeof(struct state_record) == 68, "the state record has no padding");

#endif
