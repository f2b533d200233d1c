/* SPDX-License-Identifier: MIT */
/*
 * What the ROM on this phone is, and whether that is authentic:
 * the result of stage verify. Values only.
 */
#ifndef VERIFY_VERIFIED_H
#define VERIFY_VERIFIED_H

#include "base/bytes.h"
#include "base/digest.h"
#include "board/region.h"
#include "format/state_record.h"

/* What was found out. Zeroed memory is never trusted. */
enum verdict {
    VERDICT_UNKNOWN = 0,
    VERDICT_AUTHENTIC,     /* signed by the root key; digests of what was loaded are right */
    VERDICT_USER_KEY,      /* the same, signed by the key that the phone's user enrolled */
    VERDICT_WRONG_KEY,     /* a correct signature, by neither of the two */
    VERDICT_BAD_SIGNATURE, /* not signed, or damaged */
    VERDICT_BAD_HASH,      /* an image is not the one that was signed */
    VERDICT_UNSUPPORTED,   /* signed or hashed in a way of AVB's that this phone does not have */
    VERDICT_NO_ROM,        /* nothing there that could be started */
};

const char *verdict_name(enum verdict verdict); /* "authentic", "user-key", "wrong-key", ... */

/* The partitions that a ROM is made of, as descriptors call them: without a slot's suffix. */
enum part {
    PART_VBMETA = 0,
    PART_VBMETA_SYSTEM, /* a vbmeta image that the first one hands part of its say to */
    PART_BOOT,
    PART_RECOVERY,
    PART_DTBO,
    PART_SYSTEM,
    PART_COUNT
};

const char *part_name(enum part part); /* "vbmeta", "boot", ... */

#define VERIFIED_SALT_BYTES    256  /* of a hash tree: what dm-verity's own tools take */
#define VERIFIED_CMDLINE_BYTES 2048 /* what an arm64 kernel takes */

/* What a hash descriptor says of an image that is read whole. */
struct verified_image {
    bool present;
    bool unsupported; /* by a hash function that is not taken here */
    uint64_t size_bytes;
    struct digest salted; /* the salt, of any length, is in it already: the image follows */
    uint8_t digest[DIGEST_BYTES_MAX];
};

/* What a hashtree descriptor says of a partition that the ROM reads through dm-verity. */
struct verified_hashtree {
    bool present;
    uint64_t
        image_bytes; /* in whole blocks, at least 2; and the tree begins at a block after them */
    uint64_t tree_offset;
    enum hash hash;
    uint8_t salt[VERIFIED_SALT_BYTES];
    size_t salt_bytes;
    uint8_t root_digest[DIGEST_BYTES_MAX];
};

/* Whose signature a partition with a vbmeta image of its own needs, and where its index is kept. */
struct verified_chain {
    bool present;
    uint32_t location; /* in the state's rollback indexes: 1 to STATE_ROLLBACK_LOCATIONS - 1 */
    uint8_t key_sha256[SHA256_BYTES];
};

/* A rollback index that a chained image claims. */
struct verified_index {
    bool present;
    uint64_t index;
};

struct verified {
    enum verdict verdict;
    enum err why; /* the check that failed, for the trace; OK when none did */

    /* What the ROM says of itself; to be believed as far as the verdict goes. */
    enum region region;
    char region_text[16]; /* as written; empty: no marker */
    char rom_name[32];
    char rom_version[64];
    char rom_product[32];
    bool has_index;          /* it says one: its vbmeta could be read */
    uint64_t rollback_index; /* location 0: the fuses count it */
    uint32_t flags;          /* as written; what came of them: */
    bool hashtree_disabled;  /* the ROM mounts `system` without dm-verity */

    struct verified_image images[PART_COUNT];
    struct verified_hashtree system;
    struct verified_chain chains[PART_COUNT];
    struct verified_index chained[STATE_ROLLBACK_LOCATIONS]; /* of the chains that were followed */
    char cmdline[VERIFIED_CMDLINE_BYTES]; /* for the kernel, behind the image's own */
};

#endif
