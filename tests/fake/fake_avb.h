/* SPDX-License-Identifier: MIT */
/*
 * A ROM with everything that AVB 2.0 has, on a disk: boot, dtbo, system with its hash tree, words
 * for the kernel; boot and system may be chained. Made with the writers of rom-images/.
 */
#ifndef TESTS_FAKE_AVB_H
#define TESTS_FAKE_AVB_H

#include "tests/fake/fake_disk.h"
#include "tests/fake/fake_rom.h"
#include "verify/verify.h"

#define FAKE_AVB_SYSTEM_BLOCKS   300 /* of 4096 bytes: a tree of three hash blocks and their root */
#define FAKE_AVB_BOOT_LOCATION   1
#define FAKE_AVB_SYSTEM_LOCATION 4

struct fake_avb_spec {
    const struct signing_key *key;      /* of the first image */
    const struct signing_key *boot_key; /* boot has its own vbmeta, signed so; NULL: it has not */
    const struct signing_key
        *system_key;         /* vbmeta_system speaks for system; NULL: the first does */
    uint64_t rollback_index; /* of all images */
    uint32_t flags;
    uint32_t chained_flags; /* of the chained images: must be 0 on an honest ROM */
    uint32_t block_bytes;   /* of the disk; 0: 512 */
};

struct fake_avb {
    struct fake_disk disk;
    struct verify_parts parts;
    struct fake_rom rom;
    uint8_t *scratch; /* VBMETA_MAX_BYTES */
    struct verified verified;
};

void fake_avb_make(const struct fake_avb_spec *spec, struct fake_avb *avb);
void fake_avb_free(struct fake_avb *avb);

/* The bytes of a partition. */
uint8_t *fake_avb_at(struct fake_avb *avb, enum part part);

/* verify_claims for boot, with the root key, and this user key (or NULL) enrolled. */
NODISCARD enum err fake_avb_claims(struct fake_avb *avb, const struct signing_key *user_key,
                                   bool unlocked);

#endif
