/* SPDX-License-Identifier: MIT */
/*
 * What a package says of itself, and whether this phone may take it. Pure.
 *
 * META-INF/com/android/metadata, a line each, other lines are passed over:
 *   pre-device=dipper              the model
 *   flashlab-version=V9.6.5.0...   the ROM's version
 *   flashlab-region=cn             the market that it is for
 *   flashlab-date=20180905         when it was built
 *   flashlab-rollback-index=1
 */
#ifndef USERLAND_RECOVERY_METADATA_H
#define USERLAND_RECOVERY_METADATA_H

#include "base/bytes.h"
#include "props.h"
#include "recovery/fault.h"

#define RECOVERY_METADATA_BYTES_MAX 8192

struct recovery_metadata {
    char product[32];
    char version[64];
    char region[16];
    uint64_t date; /* 20180905 */
    uint64_t rollback_index;
};

/* FAULT_METADATA when one of the lines above is missing or makes no sense. */
enum recovery_fault recovery_metadata_read(struct slice text, struct recovery_metadata *out);

/* This phone, as far as a package matters to it. */
struct recovery_phone {
    char product[32];
    char region[16];  /* "cn", "global": by the hardware; missing counts as Global */
    bool region_held; /* it takes packages of its own region only */
    uint64_t rollback_index;
    char rom_region[16]; /* of the ROM that is on it; empty: none that can be read */
    uint64_t rom_date;
};

/*
 * From the properties that the bootloader and the recovery's own file give, and from the vbmeta
 * image of the ROM on the phone, whose properties are only believed as far as to
 * refuse an older package.
 */
void recovery_phone_read(const struct props *props, struct slice vbmeta,
                         struct recovery_phone *out);

/* FAULT_NONE, or the first of FAULT_PRODUCT, _REGION, _ROLLBACK, _DATE. */
enum recovery_fault recovery_may_install(const struct recovery_phone *phone,
                                         const struct recovery_metadata *package);

#endif
