/* SPDX-License-Identifier: MIT */
/*
 * What the ROM on this phone is, and whether that is authentic: the result of stage verify. Values only.
 */
#ifndef VERIFY_VERIFIED_H
#define VERIFY_VERIFIED_H

#include "base/bytes.h"
#include "base/sha256.h"
#include "board/region.h"

/* What was found out. Zeroed memory is never trusted. */
enum verdict {
    VERDICT_UNKNOWN = 0,
    VERDICT_AUTHENTIC,     /* signed by the root key; digests of what was loaded are right */
    VERDICT_WRONG_KEY,     /* a correct signature, by another key than the root key */
    VERDICT_BAD_SIGNATURE, /* not signed, or damaged */
    VERDICT_BAD_HASH,      /* an image is not the one that was signed */
    VERDICT_NO_ROM,        /* nothing there that could be started */
};

const char *verdict_name(enum verdict verdict); /* "authentic", "wrong-key", ... */

/* One image's hash descriptor. */
struct verified_image {
    bool present;
    uint64_t size_bytes;
    uint8_t salt[64];
    size_t salt_bytes;
    uint8_t digest[SHA256_BYTES];
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
    uint64_t rollback_index;
    uint32_t flags;

    struct verified_image boot;
};

#endif
