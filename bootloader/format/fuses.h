/* SPDX-License-Identifier: MIT */
/*
 * The fuse sector of the NOR (format/nor_map.h): what is burned once and never comes back.
 *
 * Our own layout. Blank NOR is all ones; to burn is to turn ones into zeros. The record is burned
 * at the factory; after that only bits of `rollback` and `lock_changes` are burned. Numbers are
 * little endian, strings end in a NUL and are filled with NULs.
 */
#ifndef FORMAT_FUSES_H
#define FORMAT_FUSES_H

#include <assert.h>
#include <stdint.h>

#define FUSES_MAGIC              "FLFUSES1"
#define FUSES_VERSION            1
#define FUSES_CODENAME_BYTES     32
#define FUSES_REGION_BYTES       16
#define FUSES_SERIAL_BYTES       32
#define FUSES_KEY_BYTES          32
#define FUSES_ROLLBACK_BYTES     8  /* 64 fuses: the index can rise to 64 */
#define FUSES_LOCK_CHANGES_BYTES 32 /* 256 fuses: so often can a phone be unlocked or locked */

struct fuses_record {
    uint8_t magic[8];
    uint8_t version[4];
    uint8_t reserved[4];                    /* 0 */
    uint8_t codename[FUSES_CODENAME_BYTES]; /* the model it left the factory as */
    uint8_t region[FUSES_REGION_BYTES];     /* the market it was made for: "cn", "global" */
    uint8_t serial[FUSES_SERIAL_BYTES];
    uint8_t root_key_sha256[FUSES_KEY_BYTES]; /* of the AVB public key that signs its ROMs */
    uint8_t crc32[4];                         /* of all bytes before it */
    /*
     * The anti-rollback index, unary: fuse n is bit n % 8 of byte n / 8; the index is one more than
     * the highest burned (0) fuse, so that a half-burned step counts as done. None burned: 0.
     */
    uint8_t rollback[FUSES_ROLLBACK_BYTES];
    /*
     * How often the lock was changed, unary in the same way. A state record from before the last
     * change, put back, is known by its lower count (format/state_record.h).
     */
    uint8_t lock_changes[FUSES_LOCK_CHANGES_BYTES];
};

#define FUSES_ROLLBACK_MAX     (8 * FUSES_ROLLBACK_BYTES)
#define FUSES_LOCK_CHANGES_MAX (8 * FUSES_LOCK_CHANGES_BYTES)

static_assert(sizeof(struct fuses_record) == 172, "the fuse record has no padding");

#endif
